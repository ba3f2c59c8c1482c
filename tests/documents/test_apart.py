"""Work in another process comes back, or is stopped and said to be; the next piece of work does not notice."""

import os
import threading
import time

import pytest

from upturn.documents import apart

HERE = "tests.documents.work_for_others"


def run(name: str, *given: bytes, seconds: float = 20, megabytes: int = 200) -> bytes:
    return apart.run(f"{HERE}:{name}", *given, seconds=seconds, megabytes=megabytes)


def test_bytes_go_in_and_come_back() -> None:
    assert run("joined", b"a", b"", b"b" * 1_000_000) == b"a" + b"b" * 1_000_000


def test_the_process_stays_for_the_next_piece_of_work_and_is_not_ours() -> None:
    first, second = run("process"), run("process")
    assert first == second != str(os.getpid()).encode()


def test_it_sees_nothing_of_the_servers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPTURN_SECRET", "swordfish")
    apart.end_all()
    assert b"swordfish" not in run("environment")


def test_what_work_prints_does_not_come_between() -> None:
    assert run("printing") == b"done"


def test_an_exception_is_told_and_the_process_stays() -> None:
    before = run("process")
    with pytest.raises(apart.Broke, match="ValueError: no such page"):
        run("raising", b"no such page")
    assert run("process") == before


@pytest.mark.parametrize("name", ["nowhere", "os.path:nowhere"])
def test_work_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(apart.Broke, match="Error: "):
        apart.run(name if ":" in name else f"{name}:work", seconds=20, megabytes=100)


@pytest.mark.parametrize("name", ["sleeping", "spinning"])
def test_work_that_takes_too_long_is_stopped(name: str) -> None:
    run("process")
    began = time.monotonic()
    with pytest.raises(apart.TookTooLong, match="took longer than"):
        run(name, seconds=0.5)
    assert time.monotonic() - began < 5
    assert run("joined", b"next") == b"next"


def test_work_that_asks_for_too_much_memory_is_stopped() -> None:
    with pytest.raises(apart.RanOut, match="more than 100 MB"):
        run("hoarding", megabytes=100)
    assert run("joined", b"next") == b"next"


def test_an_answer_that_is_too_long_is_not_taken() -> None:
    with pytest.raises(apart.NotDone):
        run("long_answer", megabytes=1)
    assert run("joined", b"next") == b"next"


@pytest.mark.parametrize("name", ["crashing", "leaving"])
def test_work_that_takes_its_process_down_is_told(name: str) -> None:
    with pytest.raises(apart.Broke, match="the process ended with"):
        run(name)
    assert run("joined", b"next") == b"next"


def test_a_process_that_died_while_it_waited_is_replaced() -> None:
    run("process")
    for worker in apart._idle:
        worker.process.kill()
        worker.process.wait()
    assert run("joined", b"next") == b"next"


def test_a_process_is_replaced_after_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PIECES", 1)
    assert run("process") != run("process")


def test_several_threads_each_get_their_own_answer() -> None:
    answers: dict[bytes, bytes] = {}
    names = [str(number).encode() for number in range(12)]
    threads = [threading.Thread(target=lambda n=name: answers.update({n: run("joined", n)})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {name: name for name in names}
