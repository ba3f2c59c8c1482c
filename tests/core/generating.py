"""Plausible people: answers that fit their fields, and commands for what is offered, drawn from a source of chance.

`Random` is made from a number that Hypothesis draws, so that a wandering story is told again the same, and shrinks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from upturn.core import commands as c
from upturn.core.case import Case
from upturn.core.digests import of_signature
from upturn.core.fields import options_of
from upturn.core.guards import GUARDS
from upturn.core.program import FormField
from upturn.core.verbs.checking_in import goals_of
from upturn.core.verbs.moving import goal_keys

WORDS = (
    "As agreed",
    "Close two recommendations",
    "Ärger mit Zahlen",
    "1 of 3 – “on time”",
    "Since spring, line one\nline two",
)
LENGTHS = ("1 day", "7 days", "14 days", "30 days", "45 days", "60 days", "90 days")


# -- answers ----------------------------------------------------------------------------------------------------------


def answers_for(fields: Iterable[FormField], case: Case, chance: Random, *, complete: float = 0.9) -> dict[str, Any]:
    """An answer to each field, now and then to none of those that may stay empty."""
    return {
        field.id: _KINDS[field.kind](field, case, chance)
        for field in fields
        if field.kind != "computed" and (field.required or field.required_if or chance.random() < complete)
    }


def _text(field: FormField, _case: Case, chance: Random) -> str:
    return chance.choice(WORDS)[: field.max_length or 500]


def _integer(field: FormField, _case: Case, chance: Random) -> int:
    least = int(field.min) if field.min is not None else 0
    return chance.randint(least, int(field.max) if field.max is not None else least + 100)


def _number(field: FormField, case: Case, chance: Random) -> int | float:
    whole = _integer(field, case, chance)
    return whole if chance.random() < 0.5 else min(whole + 0.5, field.max if field.max is not None else whole + 0.5)


def _day(_field: FormField, case: Case, chance: Random) -> str:
    return (case.today + timedelta(days=chance.randint(-40, 120))).isoformat()


def _daterange(field: FormField, case: Case, chance: Random) -> dict[str, str]:
    first, last = sorted((_day(field, case, chance), _day(field, case, chance)))
    return {"from": first, "to": last}


def _one(field: FormField, case: Case, chance: Random) -> Any:
    option = chance.choice(options_of(field, case.program))
    if field.other and chance.random() < 0.2:
        return {"other": "In other words"}
    if option.options and chance.random() < 0.5:
        return {"id": option.id, "within": chance.choice(option.options).id}
    return option.id


def _several(field: FormField, case: Case, chance: Random) -> list[Any]:
    return [_one(field, case, chance) for _ in range(chance.randint(1, 3))]


def _rating(field: FormField, case: Case, chance: Random) -> str:
    return chance.choice(case.program.scales[field.scale or ""].levels).id


def _person(_field: FormField, case: Case, chance: Random) -> str:
    return chance.choice([*(f"@{code}" for code in case.plan.parties), "Somebody else"])


def _file(_field: FormField, case: Case, chance: Random) -> list[str]:
    return [chance.choice(list(case.plan.attachments))] if case.plan.attachments else []


def _rows(field: FormField, case: Case, chance: Random) -> list[dict[str, Any]]:
    if field.fixed_rows:
        ids: list[str | None] = [f"r{n}" for n, _ in enumerate(field.rows, start=1)]
    else:
        ids = [None] * chance.randint(max(field.min_rows, 1), min(field.max_rows, max(field.min_rows, 1) + 2))
    return [answers_for(field.fields, case, chance) | ({"_id": row} if row else {}) for row in ids]


_KINDS: Mapping[str, Callable[[FormField, Case, Random], Any]] = {
    "text": _text,
    "longtext": _text,
    "integer": _integer,
    "number": _number,
    "percent": _number,
    "money": lambda field, case, chance: f"{_integer(field, case, chance)}.50",
    "date": _day,
    "daterange": _daterange,
    "time": lambda field, case, chance: f"{chance.randint(0, 23):02}:30",
    "datetime": lambda field, case, chance: {"at": f"{_day(field, case, chance)}T14:30", "place": "Room 4"},
    "duration": lambda field, case, chance: chance.choice(LENGTHS),
    "yesno": lambda field, case, chance: chance.random() < 0.6,
    "choice": _one,
    "choices": _several,
    "rating": _rating,
    "person": _person,
    "file": _file,
    "table": _rows,
}


# -- commands ---------------------------------------------------------------------------------------------------------


REASONS = {
    f"{rule}{number}": "She is away until Friday"
    for rule in (*GUARDS, "usual_length", "usual_extension")
    for number in ("", "_2", "_3", "_4")
}
"""A written reason for whatever warning asks for one."""


def command_for(offer: str, case: Case, chance: Random, sets: Mapping[str, Any]) -> c.Command:
    """A plausible command for an offer. `sets` are answers that fit a section, by its id (a story file has some)."""
    verb, _, target = offer.partition(":")
    return _COMMANDS[verb](target, case, chance, sets)


def _answer(target: str, case: Case, chance: Random, sets: Mapping[str, Any]) -> c.Command:
    if target in sets and chance.random() < 0.6:
        answers = dict(sets[target])
    else:
        answers = answers_for(case.program.section[target].fields, case, chance)
    return c.Answer(section=target, answers=answers, why=chance.choice(["", "As we discussed"]))


def _record(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.log[target]
    on = case.today - timedelta(days=chance.randint(1, 9)) if chance.random() < 0.2 else None
    return c.Record(log=target, answers=answers_for(spec.fields, case, chance), attended=_present(case), on=on)


def _present(case: Case) -> tuple[str, ...]:
    return (*case.plan.parties, *(r for r, party in case.program.parties.items() if party.fill != "named"))


def _screen(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    assert case.program.screening
    part = next(p for p in case.program.screening.parts if p.id == target)
    return c.Screen(part=target, answers=answers_for(part.fields, case, chance))


def _move(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec, program = case.program.move[target], case.program
    finding = disposition = ""
    answers = answers_for(spec.asks, case, chance)
    if spec.decides and program.outcomes:
        chosen = chance.choice(program.findings(spec))
        finding = chosen.id
        follows = program.follows(spec, finding)
        if follows:
            picked = chance.choice(follows)
            disposition = picked.id
            answers |= answers_for(picked.asks, case, chance)
    return c.Move(
        move=target,
        answers=answers,
        reasons=REASONS,
        finding=finding,
        disposition=disposition,
        because="As the record shows",
        criteria=dict(_criteria(case, chance, met=bool(finding and program.finding[finding].good))),
        extend_by=chance.choice(LENGTHS),
    )


def _criteria(case: Case, chance: Random, *, met: bool) -> Iterator[tuple[str, dict[str, str]]]:
    allowed = case.program.outcomes.criteria if case.program.outcomes else ("met",)
    for key in goal_keys(case):
        finding = "met" if met else chance.choice(allowed)
        yield key, {"finding": finding, "evidence": "The weekly report", "reason": "As it shows"}


def _sign(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.signature[target]
    own = case.holds_role(spec.by)
    outcomes = spec.outcomes if own else [o for o in spec.outcomes if o in ("declined", "not_reachable")]
    return c.Sign(
        signature=target,
        outcome=chance.choice(outcomes),
        digest=of_signature(case.program, case.plan, target),
        statement=chance.choice(["", "I see it otherwise"]),
        reason="Three letters had no answer",
        witnesses=["Wanda Witness", "Wim Witness"],
    )


def _approve(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.approval[target]
    outcome = chance.choice([spec.outcomes[0], spec.outcomes[0], *spec.outcomes, "recused"])
    answers = answers_for(spec.asks, case, chance)
    return c.Approve(approval=target, outcome=outcome, reason="As the file shows", answers=answers)


def _comment(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    field = chance.choice(case.program.section[target].fields)
    return c.Comment(section=target, text="Is that so?", field=field.id, proposed=chance.choice(["", "In my words"]))


def _reply(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    comment = case.plan.comments[int(target)]
    settles = comment.by != case.actor.code and not comment.answered
    writes = case.holds_role((*case.program.section[comment.section].by, *case.program.of_kind("lead", "office")))
    outcome = chance.choice(["accepted", "declined", "noted"]) if settles and writes else "noted"
    return c.Reply(number=int(target), outcome=outcome, reason="As we said")


def _prepare(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.checkin[case.plan.checkins[target].rhythm]
    return c.Prepare(checkin=target, answers=answers_for(spec.before, case, chance) or {"note": "All is well"})


def _hold(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    state = case.plan.checkins[target]
    spec = case.program.checkin[state.rhythm]
    said = {"value": chance.randint(0, 5), "observation": "It moves", "source": "The weekly report"}
    return c.Hold(
        checkin=target,
        answers=answers_for(spec.after, case, chance),
        progress={f"{goals.table}/{row['_id']}": said for goals, row in goals_of(case, state)},
        attended=_present(case),
        next_step="Go on as planned",
    )


def _reschedule(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    day = max(case.plan.checkins[target].due, case.today) + timedelta(days=chance.randint(-3, 5))
    return c.Reschedule(checkin=target, to=day, reason="A holiday")


def _item(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    table, row, move = target.split("/")
    spec = next(m for m in case.program.item[table].moves if m.id == move)
    return c.MoveItem(
        table=table,
        row=row,
        move=move,
        answers=answers_for(spec.asks, case, chance),
        due=case.today + timedelta(days=chance.randint(0, 30)),
        reason="A part was late",
    )


def _propose(_target: str, case: Case, chance: Random, sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.amendments
    assert spec
    section = chance.choice(spec.sections)
    answers = answers_for(case.program.section[section].fields, case, chance)
    impose = bool(case.holds_role(spec.imposed_by)) and chance.random() < 0.5
    return c.Propose(changes={section: answers}, reason="The quarter moved", impose=impose)


def _respond(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    mine = case.plan.proposals[int(target)].by == case.actor.code
    outcome = "withdrawn" if mine else chance.choice(["agreed", "agreed", "declined"])
    return c.Respond(number=int(target), outcome=outcome, reason="As we said")


def _extend(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    spec = case.program.clock[target].extension
    assert spec
    lengths = [str(length) for length in (*spec.usual, spec.each_max, spec.each_min) if length] or list(LENGTHS)
    return c.Extend(clock=target, by=chance.choice(lengths), reason="The quarter moved", reasons=REASONS)


def _pause(_target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    return c.Pause(start=case.today - timedelta(days=chance.randint(0, 3)), note="")


def _resume(_target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    assert case.plan.paused
    days = (case.today - case.plan.paused.start).days
    return c.Resume(last=case.plan.paused.start + timedelta(days=chance.randint(0, max(days, 0))))


def _party(target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    held = [p.code for p in case.plan.holders(target)]
    change = chance.choice(["joined", "left", "absent", "returned"]) if held else "joined"
    code = chance.choice(held) if change != "joined" else chance.choice(["p90", "p91", *case.plan.parties])
    return c.ChangeParty(
        code=code,
        role=target,
        change=change,
        instead_of=held[0] if change == "joined" and len(held) >= case.program.parties[target].max else "",
        reason="An illness",
        until=case.today + timedelta(days=20) if change == "absent" else None,
    )


def _attach(_target: str, case: Case, chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    about = chance.choice(["", *case.program.section])
    name = f"report.{case.program.attachments.types[0]}"
    return c.Attach(name=name, media_type="application/pdf", size=2000, sha256="ab" * 32, about=about)


def _correct(target: str, _case: Case, _chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    return c.Correct(seq=int(target), text="It was a Tuesday")


def _state(_target: str, _case: Case, _chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    return c.State(text="I see it otherwise")


def _disclose(target: str, _case: Case, _chance: Random, _sets: Mapping[str, Any]) -> c.Command:
    return c.Disclose(audience=target, reason="A hearing", to="Counsel")


_COMMANDS: Mapping[str, Callable[[str, Case, Random, Mapping[str, Any]], c.Command]] = {
    "answer": _answer,
    "record": _record,
    "screen": _screen,
    "move": _move,
    "sign": _sign,
    "approve": _approve,
    "comment": _comment,
    "reply": _reply,
    "prepare": _prepare,
    "check_in": _hold,
    "reschedule": _reschedule,
    "item": _item,
    "propose": _propose,
    "respond": _respond,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "party": _party,
    "attach": _attach,
    "state": _state,
    "correct": _correct,
    "disclose": _disclose,
}

CALM = ("comment", "correct", "disclose", "state", "attach", "party", "reply", "reschedule", "prepare")
"""What does not carry a plan on: a wandering story does it, and not all the time."""
