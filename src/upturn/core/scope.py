"""What events touch and commands rely on: the names by which `perform` tells a harmless collision from a conflict.

A command whose reading is stale is tried again by itself when no later entry touches what it reads. Signing, deciding
and closing rely on the whole `text`.
"""

from collections.abc import Mapping

from upturn.core import events as e


def touched(event: e.Event | None) -> frozenset[str]:
    """The names an event changes; empty for one that nothing relies on (a comment, a statement, a notice)."""
    match event:
        case e.Answered():
            return frozenset({f"section:{event.section}", "text"})
        case e.Amended():
            return frozenset({"text", "stage", *(f"section:{s}" for s in event.changes)})
        case e.Moved():
            return frozenset({"stage", "decision"})
        case e.Screened():
            return frozenset({"screening"} | ({"stage"} if event.to else set()))
        case e.Dated():
            return frozenset({"clocks"}) if event.what == "clock" else frozenset({f"{event.what}:{event.id}"})
        case e.Paused() | e.Resumed():
            return frozenset({"clocks"})
        case e.Signed() | e.Voided():
            return frozenset({"signatures", "approvals"})
        case e.Approved():
            return frozenset({"approvals"})
        case e.CheckedIn():
            return frozenset({f"checkin:{event.checkin}"}) if event.state == "held" else frozenset()
        case e.ItemMoved():
            return frozenset({f"item:{event.table}/{event.row}"})
        case e.Replied():
            return frozenset({f"{event.to}:{event.number}"})
        case e.PartyChanged():
            return frozenset({"parties"})
        case e.Erased():
            return frozenset({"text"})
    return frozenset()


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
