"""A document whose parts are not all of the right shape, made whole for one more look: so that its other mistakes are
said at once, too, and not one round later.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

MENDED = "mended"
"""What stands where something was missing or wrong; whatever speaks of it is no mistake of the author's."""
_PARTS = [{"id": f"{MENDED}_{number}", "title": MENDED} for number in range(2)]
_STANDINS: tuple[Any, ...] = (MENDED, 1, [MENDED], {}, _PARTS, "run", "supporter", {"length": "1 day"})
MOST_ROUNDS = 20

Place = tuple[Any, ...]


def mended(document: Mapping[str, Any], faults: Callable[[Mapping[str, Any]], list[Place]]) -> dict[str, Any] | None:
    """The document without what is wrong in its shape: a value too many is left out, one that lacks gets a stand-in.

    `faults` gives the place of every fault of shape. None when the document cannot be made whole so.
    """
    whole: dict[str, Any] = deepcopy(dict(document))
    tried: Counter[Place] = Counter()
    for _ in range(MOST_ROUNDS):
        found = faults(whole)
        if not found:
            return whole
        for place in sorted(set(found), key=_depth, reverse=True):
            if not _mend(whole, place, tried):
                return None
    return None


def _depth(place: Place) -> tuple[int, list[str]]:
    """What lies deeper is mended first, and what stands later in a list."""
    return len(place), [f"{step:06}" if isinstance(step, int) else str(step) for step in place]


def _mend(whole: Any, place: Place, tried: Counter[Place]) -> bool:
    """Take out what is wrong at a place; what is missing there after that gets one stand-in after the other."""
    around, key = _around(whole, place)
    if around is None:
        return False
    if isinstance(around, list) or (key in around and not tried[place]):
        del around[key]
        tried[place] += isinstance(around, dict)
        return True
    standin = max(tried[place] - 1, 0)
    tried[place] += 1 if tried[place] else 2
    if standin >= len(_STANDINS):
        return False
    around[key] = deepcopy(_STANDINS[standin])
    return True


def _around(whole: Any, place: Place) -> tuple[Any, Any]:
    """The mapping or list in which the last step of a place lies, and that step; None when there is none."""
    node = whole
    for step in place[:-1]:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None, None
    inside = isinstance(node, dict) or (isinstance(node, list) and isinstance(place[-1], int) and place[-1] < len(node))
    return (node, place[-1]) if place and inside else (None, None)
