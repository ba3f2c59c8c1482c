"""Files that only their owner reads, written whole or not at all."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def kept_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in the file; when there is none, what is made now. Of two processes that need it first, both get the
    same: it is written aside and linked into place, so that nobody reads half a file and nobody's is replaced.
    """
    if not path.exists():
        kept_new(path, make())
    return path.read_bytes()


def kept_new(path: Path, content: bytes) -> bool:
    """Whether these bytes are now in the file: written aside and linked into place, so that nobody reads half a file
    and nobody's is replaced.
    """
    with aside(path.parent) as (written, file):
        file.write(content)
    try:
        os.link(written, path)
    except FileExistsError:
        return False
    finally:
        written.unlink()
    return True


@contextmanager
def aside(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in a folder of our own, to be moved or linked into place after the block; gone if the block fails."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f".{secrets.token_hex(12)}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield path, file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
