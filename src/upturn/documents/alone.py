"""Work in a thread of its own: pyHanko runs an event loop, and where one runs already a second may not begin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def alone(work: Callable[[], T]) -> T:
    """What the work answers, or raises."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
