"""What changes between two versions of a program, in sentences for the people on a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from upturn.core.program import Part, Program

_NAMED = {
    "form": "section", "stages": "stage", "moves": "step", "clocks": "period", "deadlines": "deadline",
    "checkins": "check-in", "signatures": "signature", "approvals": "approval", "logs": "record", "notices": "notice",
    "items": "item table",
}  # fmt: skip


def differences(old: Program, new: Program) -> Iterator[str]:
    """A sentence per part that is new, gone or changed."""
    yield f"Version {old.version} becomes version {new.version}."
    for part, noun in _NAMED.items():
        yield from _listed_differences(noun, _by_id(getattr(old, part)), _by_id(getattr(new, part)))
    yield from _listed_differences("party", dict(old.parties), dict(new.parties))
    if old.outcomes != new.outcomes:
        yield "The outcomes change."
    if old.basis != new.basis:
        yield "The rules cited change."


def _by_id(parts: Any) -> dict[str, Any]:
    return {getattr(p, "id", None) or p.table: p for p in parts}


def _listed_differences(noun: str, old: Mapping[str, Part], new: Mapping[str, Part]) -> Iterator[str]:
    for key in [*old, *(k for k in new if k not in old)]:
        title = getattr(new.get(key) or old[key], "title", key)
        if key not in old:
            yield f"New {noun}: “{title}”."
        elif key not in new:
            yield f"No longer there: {noun} “{title}”."
        elif old[key] != new[key]:
            names = [n for n in type(new[key]).model_fields if getattr(old[key], n) != getattr(new[key], n)]
            yield f"Changed: {noun} “{title}” ({', '.join(n.rstrip('_').replace('_', ' ') for n in names)})."
