"""What events touch and commands rely on: the names by which `perform` tells a harmless collision from a conflict.

A command whose reading is stale is tried again by itself when no later entry touches what it reads. Signing, deciding
and closing rely on the whole `text`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from upturn.core import events as e

_TOUCHES: Mapping[type[e.Event], Callable[[Any], set[str]]] = {
    e.Answered: lambda event: {"text", f"section:{event.section}"},
    e.Amended: lambda event: {"text", "stage", *(f"section:{s}" for s in event.changes)},
    e.Moved: lambda event: {"stage", "decision"},
    e.Screened: lambda event: {"screening", "stage"} if event.to else {"screening"},
    e.Dated: lambda event: {"clocks"} if event.what == "clock" else {f"{event.what}:{event.id}"},
    e.Paused: lambda event: {"clocks"},
    e.Resumed: lambda event: {"clocks"},
    e.Signed: lambda event: {"signatures", "approvals"},
    e.Voided: lambda event: {"signatures", "approvals"},
    e.Approved: lambda event: {"approvals"},
    e.CheckedIn: lambda event: {f"checkin:{event.checkin}"} if event.state == "held" else set(),
    e.ItemMoved: lambda event: {f"item:{event.table}/{event.row}"},
    e.Replied: lambda event: {f"{event.to}:{event.number}"},
    e.PartyChanged: lambda event: {"parties"},
    e.Erased: lambda event: {"text"},
}


def touched(event: e.Event | None) -> frozenset[str]:
    """The names an event changes; empty for one that nothing relies on (a comment, a statement, a notice)."""
    names = _TOUCHES.get(type(event)) if event else None
    return frozenset(names(event)) if names else frozenset()


NAMES: Mapping[str, str] = {
    "text": "the words of the plan",
    "stage": "where the plan stands",
    "clocks": "a date of the plan",
    "screening": "the screening",
    "signatures": "a signature",
    "approvals": "an approval",
    "decision": "the decision",
    "parties": "who is on the plan",
}
