"""What every verb has in common. A verb is one thing people do to a plan: answer, sign, move, check in.

`offers` and `decide` walk the same three questions of a verb, so they cannot disagree: `open_to` (is this anybody's
to do, here and now, and is it this actor's?), `against` (what stands in the way, and what may be passed with a
reason?), `events` (what happens).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from upturn.core.case import Case
from upturn.core.commands import Command
from upturn.core.events import Event
from upturn.core.fields import clean_answers, inside, missing, missing_sentence
from upturn.core.program import FormField
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import listed, sentence, the


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against something: refusals stop it, warnings may be passed with a written reason."""

    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Refusal, ...] = ()


CLEAR = Against()


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. `targets` lists everything it could be done to; `reads`: what a command of it relies on (`scope`)."""

    name: str
    command: type[Command]
    target: Callable[[Any], str]
    targets: Callable[[Case], Iterable[str]]
    open_to: Callable[[Case, str], Refusal | None]
    events: Callable[[Case, Any], list[Event]]
    against: Callable[[Case, str], Against] = lambda case, target: CLEAR
    weigh: Callable[[Case, Any], Case] = lambda case, command: case
    """The case with what the command itself brings to be weighed (the finding of a decision)."""
    reads: Callable[[Any], frozenset[str]] = lambda command: frozenset()


def no(case: Case, says: str, *, rule: str = "not_open", cites: Iterable[str] = ()) -> Refusal:
    return case.refusal(rule, says, cites)


def while_open(case: Case) -> Refusal | None:
    return (
        None
        if case.open
        else no(
            case,
            f"This {case.program.words.plan} is closed. What is on record stays; nothing is added to it.",
            rule="closed",
        )
    )


def in_stage(case: Case, stages: Iterable[str], what: str) -> Refusal | None:
    """Whether the plan stands in one of these stages."""
    stages = tuple(stages)
    if case.plan.stage in stages:
        return None
    titles = listed((f"“{case.program.stage[s].title}”" for s in stages), "or")
    return no(case, f"{what} is possible in {titles}; the plan stands in “{case.stage.title}”.", rule="stage")


def by_role(case: Case, roles: Iterable[str], what: str) -> Refusal | None:
    """Whether the actor holds one of these roles, or stands in for somebody recorded as absent."""
    roles = tuple(roles)
    if case.holds_role(roles):
        return None
    parties = case.program.parties
    for role in case.actor.roles:
        if role in parties and parties[role].stands_in_for in roles:
            absent = case.role_title(parties[role].stands_in_for or "")
            return no(
                case,
                f"{sentence(the(case.role_title(role)))[:-1]} acts when the absence of {the(absent)} is on record. "
                "It is not.",
                rule="absence",
            )
    return no(case, f"{what} is for {case.titles([r for r in roles if r in parties])}.", rule="role")


def first(*checks: Refusal | None) -> Refusal | None:
    """The first refusal there is."""
    return next((c for c in checks if c is not None), None)


def role_of(case: Case, roles: Iterable[str]) -> str:
    """The role in which the actor acts: the actor's own (a stand-in's own role, too)."""
    roles = tuple(roles)
    own = next((r for r in roles if r in case.actor.roles), "")
    if own:
        return own
    return next((case.stand_in(r) for r in roles if case.stand_in(r)), "") or next(iter(sorted(case.actor.roles)), "")


def asked(case: Case, fields: Iterable[FormField], answers: Mapping[str, Any], *, fresh: bool = True) -> dict[str, Any]:
    """Cleaned answers to what an act asks. Raises Refused with every problem and every missing answer."""
    fields = tuple(fields)
    cleaned, problems = written(case, fields, answers, fresh=fresh)
    problems += required(case, fields, cleaned)
    if problems:
        raise Refused(*problems)
    return cleaned


def written(
    case: Case, fields: Iterable[FormField], answers: Mapping[str, Any], *, fresh: bool
) -> tuple[dict[str, Any], list[Refusal]]:
    """Cleaned answers that are to stand on the plan, and every problem: whom they name must be on it, too."""
    named = partial(_unnamed, case)
    cleaned, problems = clean_answers(fields, answers, case.values, case.program, fresh=fresh, named=named)
    return {name: _told_apart(case, name, answers.get(name), value) for name, value in cleaned.items()}, problems


def _told_apart(case: Case, table: str, given: Any, cleaned: Any) -> Any:
    """The rows of a table; a new one never under the id of one with a history: it would stand as done, or missed."""
    history = {row for t, row in case.plan.items if t == table}
    history |= {c.row for c in case.plan.checkins.values() if c.table == table}
    if not history or not isinstance(cleaned, list) or not isinstance(given, list | tuple):
        return cleaned
    kept = {row.get("_id") for row in given if isinstance(row, Mapping) and isinstance(row.get("_id"), str)}
    free = (f"r{n}" for n in count(1) if f"r{n}" not in history | kept | {row["_id"] for row in cleaned})
    return [row if row["_id"] in kept or row["_id"] not in history else {**row, "_id": next(free)} for row in cleaned]


def _unnamed(case: Case, field: FormField, value: Any) -> str:
    """What is wrong with the person or the files an answer names."""
    if field.kind == "file":
        lost = listed(f for f in value if f not in case.plan.attachments)
        return f"{lost} is no file of this plan. Attach it first, then choose it here" if lost else ""
    if field.kind != "person":
        return ""
    party = case.plan.parties.get(value[1:]) if value.startswith("@") else None
    if field.role and case.program.parties[field.role].fill == "named":
        holds = party is not None and field.role in party.roles
        return "" if holds else f"choose somebody who is the {case.role_title(field.role)} of this plan"
    if party or not value.startswith("@"):
        return ""
    return f"nobody on this plan is “{value}”. Choose one of its people, or write a name"


def required(case: Case, fields: tuple[FormField, ...], answers: Mapping[str, Any]) -> list[Refusal]:
    """A refusal for each required answer that is missing, pointing at its field."""
    scope = inside(fields, answers, case.values, case.program)
    lacking = []
    for field in fields:
        phrases = list(missing([field], answers, scope, case.program))
        if phrases:
            lacking.append(
                Refusal(
                    "required",
                    f"{missing_sentence(phrases)}: an answer is needed.",
                    field.cites,
                    field=field.id,
                )
            )
    return lacking


def numbered(target: str) -> int:
    """The number that a target is; 0 for anything else."""
    return int(target) if target.isascii() and target.isdecimal() and len(target) < 10 else 0


def words(value: str, name: str, *, at_least: int = 1, field: str | None = None) -> str:
    """Text that must be there. Raises Refused."""
    text = (value or "").replace("\r\n", "\n").strip()
    if len(text) < at_least:
        raise Refused(Refusal("required", f"{name}: an answer is needed.", field=field))
    if len(text) > 20_000:
        raise Refused(
            Refusal("answer", f"{name}: this is {len(text):,} characters long; at most 20,000 fit.", field=field)
        )
    return text


def passed(warnings: Iterable[Refusal], reasons: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """The warnings with the reason written for each. Raises Refused for those without one."""
    warnings = tuple(warnings)
    bare = [w for w in warnings if not (reasons.get(w.rule) or "").strip()]
    if bare:
        raise Refused(
            *(
                Refusal(w.rule, f"{w.says} You may go on with a written reason.", w.cites, field=f"reasons.{w.rule}")
                for w in bare
            )
        )
    return tuple({"rule": w.rule, "says": w.sentence, "reason": reasons[w.rule].strip()} for w in warnings)


def present(case: Case, attended: Iterable[str]) -> tuple[str, ...]:
    """Who took part: codes of people on the plan or roles; anything else is refused."""
    given = tuple(dict.fromkeys(attended))
    known = set(case.plan.parties) | set(case.program.parties) | {case.actor.code}
    unknown = [a for a in given if a not in known]
    if unknown:
        raise Refused(Refusal("attended", f"{listed(unknown)}: nobody on this plan.", field="attended"))
    return given
