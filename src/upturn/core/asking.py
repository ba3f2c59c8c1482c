"""Commands from plain data: an offer (`sign:member`) and a mapping of what a door collected.

For the terminal, files and tests.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

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
    "execute": (c.Execute, ("document",)),
    "disclose": (c.Disclose, ("audience",)),
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
    missing = [f.name for f in fields(cls) if f.name not in values and f.default is f.default_factory is MISSING]
    if missing:
        raise Refused(Refusal("required", f"“{verb}” needs {listed(missing, 'and')}.", field=missing[0]))
    return cls(**{name: _value(verb, name, known[name], value) for name, value in values.items()})


@cache
def _types(verb: str) -> dict[str, TypeAdapter[Any]]:
    """The fields of a verb's command, each with what reads its value."""
    cls = TARGETS[verb][0]
    hints = get_type_hints(cls)
    return {f.name: TypeAdapter(hints[f.name]) for f in fields(cls)}


def _value(verb: str, name: str, kind: TypeAdapter[Any], value: Any) -> Any:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in (name, *first["loc"]))
        says = f"“{verb}” cannot be asked so: {where}: {first['msg']}."
        raise Refused(Refusal("answer", says, field=name)) from None
