"""Commands from plain data: an offer (`sign:member`) and a mapping of what a door collected.

For the terminal, files and tests.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, get_type_hints

from upturn.core import commands as c
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import listed

TARGETS: Mapping[str, tuple[type[c.Command], tuple[str, ...]]] = {
    "answer": (c.Answer, ("section",)),
    "record": (c.Record, ("log",)),
    "screen": (c.Screen, ("part",)),
    "move": (c.Move, ("move",)),
    "sign": (c.Sign, ("signature",)),
    "approve": (c.Approve, ("approval",)),
    "comment": (c.Comment, ("section",)),
    "reply": (c.Reply, ("number",)),
    "state": (c.State, ()),
    "correct": (c.Correct, ("seq",)),
    "prepare": (c.Prepare, ("checkin",)),
    "check_in": (c.Hold, ("checkin",)),
    "reschedule": (c.Reschedule, ("checkin",)),
    "item": (c.MoveItem, ("table", "row", "move")),
    "propose": (c.Propose, ()),
    "version": (c.ProposeVersion, ()),
    "respond": (c.Respond, ("number",)),
    "extend": (c.Extend, ("clock",)),
    "pause": (c.Pause, ()),
    "resume": (c.Resume, ()),
    "party": (c.ChangeParty, ("role",)),
    "attach": (c.Attach, ()),
}
"""Verb → its command, and the fields that the target of an offer names."""


def command(offer: str, data: Mapping[str, Any]) -> c.Command:
    """The command for an offer (a bare name is a move), its other fields from `data`: days as `2026-11-22`, else JSON.

    Raises Refused with a sentence for an unknown verb, a field that the command lacks, or one it has not.
    """
    verb, _, target = offer.partition(":") if ":" in offer else ("move", "", offer)
    if verb not in TARGETS:
        raise Refused(Refusal("unknown", f"There is no “{verb}”. There are: {listed(TARGETS, 'or')}."))
    cls, names = TARGETS[verb]
    parts = target.split("/") if names else []
    if len(parts) != len(names):
        raise Refused(Refusal("unknown", f"Say what of: {verb}:{'/'.join(n.upper() for n in names)}."))
    values = {**data, **dict(zip(names, parts, strict=True))}
    known = _types(verb)
    strange = [name for name in values if name not in known]
    if strange:
        raise Refused(
            Refusal("unknown", f"“{verb}” takes no {listed(strange, 'or')}. It takes: {listed(known, 'and')}.")
        )
    try:
        return cls(**{name: _value(known[name], value) for name, value in values.items()})
    except (TypeError, ValueError) as error:
        raise Refused(Refusal("answer", f"“{verb}” cannot be asked so: {_plain(error)}.")) from None


def _plain(error: Exception) -> str:
    text = str(error)
    return (
        text.split("missing ", 1)[1].replace("required keyword-only argument", "missing:")
        if "missing " in text
        else text
    )


@cache
def _types(verb: str) -> dict[str, Any]:
    """The fields of a verb's command, each with its type."""
    cls = TARGETS[verb][0]
    hints = get_type_hints(cls)
    return {f.name: hints[f.name] for f in fields(cls)}


def _value(hint: Any, value: Any) -> Any:
    if hint in (date, date | None) and isinstance(value, str):
        return date.fromisoformat(value)
    if hint is int and isinstance(value, str):
        return int(value)
    return value
