"""Work that is done in another process, well and badly."""

import ctypes
import json
import os
import time


def joined(*given: bytes) -> bytes:
    return b"".join(given)


def process() -> bytes:
    return str(os.getpid()).encode()


def environment() -> bytes:
    return json.dumps(dict(os.environ)).encode()


def printing() -> bytes:
    print("a word", flush=True)
    os.write(1, b"and another")
    return b"done"


def raising(why: bytes) -> bytes:
    raise ValueError(why.decode())


def sleeping() -> bytes:
    time.sleep(60)
    return b""


def spinning() -> bytes:
    while True:
        pass


def hoarding() -> bytes:
    return bytes(1 << 30)[:1]


def long_answer() -> bytes:
    return bytes(1_500_000)


def crashing() -> bytes:
    return bytes(ctypes.string_at(0))


def leaving() -> bytes:
    os._exit(3)
