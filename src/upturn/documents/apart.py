"""Work on bytes that may be hostile, done in a process of its own that can be stopped: with a deadline and a limit on
memory, without the server's environment.

The processes stay warm for the next piece of work, because importing the libraries takes longer than using them. One
that broke off or was stopped is replaced. Only bytes go in and out: an answer is never unpickled.
"""

import atexit
import importlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

STARTING = 60.0
"""Seconds in which a process has to be up and to have imported what it needs; they do not count as work."""
PIECES = 500
"""After so much work a process is replaced: whatever a library leaks goes with it."""
MEGABYTE = 1_048_576
DONE, FAILED, NO_MEMORY, READY = b"=", b"!", b"m", b"+"


class NotDone(Exception):
    """The work was not finished; the message is a sentence that says why."""


class TookTooLong(NotDone):
    """It was stopped at the deadline."""


class RanOut(NotDone):
    """It asked for more memory than it may have."""


class Broke(NotDone):
    """It raised an exception, or took its process down with it."""


def run(work: str, *given: bytes, seconds: float, megabytes: int) -> bytes:
    """What the function `package.module:name` answers when it is given these bytes; it takes and returns bytes.

    `megabytes` is what the work may take beside what its process holds already. Raises NotDone.
    """
    with _turn:
        worker = _ready()
        try:
            outcome, answer = worker.ask(work, given, seconds=seconds, megabytes=megabytes)
        except BaseException:
            worker.end()
            raise
        worker.keep_or_end(sane=outcome != NO_MEMORY)
    match outcome:
        case b"=":
            return answer
        case b"m":
            raise RanOut(f"It needed more than {megabytes} MB of memory.")
        case _:
            raise Broke(f"It broke off ({answer.decode(errors='replace')}).")


class Worker:
    """A process that does one piece of work after the other."""

    def __init__(self) -> None:
        self.asked = 0
        self.stopped = False
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from upturn.documents.apart import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
            | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
        )
        self.to, self.back = _open(self.process.stdin), _open(self.process.stdout)

    def ask(self, work: str, given: tuple[bytes, ...], *, seconds: float, megabytes: int) -> tuple[bytes, bytes]:
        """How it went, and what came of it; the clock runs from when the work has been found and imported."""
        self.asked += 1
        order = {"work": work, "given": [len(each) for each in given], "seconds": seconds, "megabytes": megabytes}
        with self._by(STARTING):
            _write(self.to, json.dumps(order).encode(), *given)
            outcome = _read(self.back, 1)
        with self._by(seconds):
            if outcome == READY:
                outcome = _read(self.back, 1)
            return outcome, _framed(self.back, most=megabytes * MEGABYTE)

    @contextmanager
    def _by(self, seconds: float) -> Iterator[None]:
        """Killed at the deadline; whoever waits then reads the end of a pipe."""
        timer = threading.Timer(seconds, self._stop)
        timer.start()
        try:
            yield
        except (EOFError, OSError):
            code = self.process.wait()
            if self.stopped or (os.name == "posix" and -code == signal.SIGXCPU):
                raise TookTooLong(f"It took longer than {seconds:g} seconds and was stopped.") from None
            raise Broke(f"It broke off (the process ended with {code}).") from None
        finally:
            timer.cancel()

    def _stop(self) -> None:
        self.stopped = True
        self.process.kill()

    def keep_or_end(self, *, sane: bool) -> None:
        if not sane or self.stopped or self.asked >= PIECES or self.process.poll() is not None:
            self.end()
        else:
            _idle.append(self)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.back.close()
        with suppress(OSError):  # over what it never read
            self.to.close()


def _ready() -> Worker:
    while _idle:
        with suppress(IndexError):  # another thread was quicker
            worker = _idle.pop()
            if worker.process.poll() is None:
                return worker
            worker.end()
    return Worker()


_idle: list[Worker] = []
_turn = threading.BoundedSemaphore(os.cpu_count() or 1)


@atexit.register
def end_all() -> None:
    """End the processes that wait for work."""
    while _idle:
        _idle.pop().end()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # two processes must not share one pipe


# -- in the other process ----------------------------------------------------------------------------------------------


def serve() -> None:
    """Do what is asked on the standard input until it ends. What the work prints goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server, which also gets it, decides
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            order = json.loads(_framed(orders))
            given = [_read(orders, size) for size in order["given"]]
        except EOFError:
            return
        outcome, answer = _done(order["work"], given, answers, order["seconds"], order["megabytes"])
        answers.write(outcome)
        _write(answers, answer)


def _done(work: str, given: list[bytes], answers: IO[bytes], seconds: float, megabytes: int) -> tuple[bytes, bytes]:
    try:
        module, _, name = work.partition(":")
        function = getattr(importlib.import_module(module), name)
    except Exception as error:  # noqa: BLE001 - the one who asked is told
        return FAILED, _named(error)
    answers.write(READY)
    answers.flush()
    try:
        with _limited(seconds, megabytes):
            return DONE, bytes(function(*given))
    except MemoryError:
        return NO_MEMORY, b""
    except Exception as error:  # noqa: BLE001 - the one who asked is told
        return FAILED, _named(error)


@contextmanager
def _limited(seconds: float, megabytes: int) -> Iterator[None]:
    """The soft limits, lifted again afterwards. The one on processor time ends a process whose server has died."""
    if sys.platform == "win32":  # only the deadline
        yield
        return
    import resource  # noqa: PLC0415 - not on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)
    limits = {resource.RLIMIT_CPU: int(spent) + 2, resource.RLIMIT_CORE: 0}
    if taken := _taken():
        limits[resource.RLIMIT_AS] = taken + megabytes * MEGABYTE
    before = {limit: resource.getrlimit(limit) for limit in limits}
    for limit, wanted in limits.items():
        hard = before[limit][1]
        resource.setrlimit(limit, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        for limit, old in before.items():
            resource.setrlimit(limit, old)


def _taken() -> int:
    """The address space of this process in bytes; 0 where that cannot be known, and memory is not limited."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _named(error: Exception) -> bytes:
    return f"{type(error).__name__}: {error}"[:1000].encode(errors="replace")


# -- between them: each piece after its length -------------------------------------------------------------------------


def _write(pipe: IO[bytes], first: bytes, *more: bytes) -> None:
    pipe.write(struct.pack(">Q", len(first)) + first)
    pipe.writelines(more)
    pipe.flush()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - for the type checker: both were asked for
    return pipe


def _framed(pipe: IO[bytes], *, most: int | None = None) -> bytes:
    (size,) = struct.unpack(">Q", _read(pipe, 8))
    if most is not None and size > most:
        raise RanOut(f"Its answer is longer than {most // MEGABYTE} MB.")
    return _read(pipe, size)


def _read(pipe: IO[bytes], size: int) -> bytes:
    read = pipe.read(size)
    if len(read) < size:
        raise EOFError
    return read
