"""What events touch and commands rely on: the names by which `perform` tells a harmless collision from a conflict.

A command whose reading is stale is tried again by itself when no later entry touches what it reads. Signing, deciding
and closing rely on the whole `text`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from upturn.core import events as e
from upturn.core.program import Program
from upturn.core.verbs.signing import OUTCOMES
from upturn.core.wording import listed

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


DID: Mapping[type[e.Event], Callable[[Program, Any], str]] = {
    e.Moved: lambda program, event: f"took the step “{_title(program.move, event.move)}”",
    e.Signed: lambda program, event: (
        f"put “{_title(program.signature, event.signature)}” on record ({OUTCOMES.get(event.outcome, event.outcome)})"
    ),
    e.Approved: lambda program, event: f"answered “{_title(program.approval, event.approval)}” ({event.outcome})",
    e.Voided: lambda program, event: (
        "changed words under "
        + listed(
            f"“{title}”"
            for title in (
                *(_title(program.signature, s) for s in event.signatures),
                *(_title(program.approval, a) for a in event.approvals),
            )
        )
        + ", so that it must be given again,"
    ),
}
"""What somebody did, where that says more than that something changed."""


def _title(known: Mapping[str, Any], name: str) -> str:
    return str(known[name].title) if name in known else name


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
