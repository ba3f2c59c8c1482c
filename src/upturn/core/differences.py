"""What changes between two versions of a program, in sentences for the people on a plan."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from upturn.core.plan import Plan
from upturn.core.program import Part, Program, ScreeningResult

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
    told = {*_NAMED, "parties", "outcomes", "basis", "version"}
    rest = [n for n in Program.model_fields if n not in told and getattr(old, n) != getattr(new, n)]
    if rest:
        yield f"Also changed: {', '.join(n.replace('_', ' ') for n in rest)}."


def lost(plan: Plan, new: Program) -> Iterator[str]:
    """What a plan holds that a version has no place for: words, periods, check-ins, people. It cannot move there."""
    held: tuple[tuple[str, Iterable[str], Mapping[str, Any]], ...] = (
        ("section", (*plan.sections, *(c.section for c in plan.comments.values())), new.section),
        ("period", plan.clocks, new.clock),
        ("check-in", (c.rhythm for c in plan.checkins.values()), new.checkin),
        ("item table", (table for table, _row in plan.items), new.item),
        ("party", (role for party in plan.parties.values() for role in party.roles), new.parties),
        ("result of the screening", [plan.screening] if plan.screening else [], _results(new)),
    )
    for noun, names, known in held:
        yield from (f"the {noun} `{name}`" for name in dict.fromkeys(names) if name not in known)


def _results(program: Program) -> dict[str, ScreeningResult]:
    return {result.id: result for result in program.screening.results} if program.screening else {}


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
