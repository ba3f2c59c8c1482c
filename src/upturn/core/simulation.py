"""Every date and duty a plan would have from a start date, before any plan exists.

Nothing is decided here: clocks are planned with the lengths a program fixes, or with the usual (else shortest) one
where a person chooses; what counts from a person's act is named as such.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from upturn.core.calendar import DAY, before
from upturn.core.case import Case
from upturn.core.clocks import Planned, planned, scheduled, suggested
from upturn.core.events import Scheduled
from upturn.core.facts import CLOCK, Actor, Facts
from upturn.core.plan import ClockState, Plan, Written
from upturn.core.program import Clock, Deadline, End, Notice, Program
from upturn.core.refusals import Refused
from upturn.core.wording import day_name


@dataclass(frozen=True, slots=True)
class Expected:
    """One date ahead: the day (None while it counts from an act to come), what, for whom, how computed."""

    day: date | None
    what: str
    who: str = ""
    how: str = ""
    otherwise: str = ""


def simulate(program: Program, start: date, facts: Facts, answers: Mapping[str, Any] | None = None) -> list[Expected]:
    """Every date and duty, the dated ones first. `answers` to fields override what is assumed."""
    assumed = _assumed(program, start) | dict(answers or {})
    sections = {
        s.id: Written({f.id: assumed[f.id] for f in s.fields if f.id in assumed}, 1, "p1", "", start)
        for s in program.form
    }
    plan = Plan(seq=1, stage=program.start.stage, stage_since=start, start=assumed, sections=sections, told=start)
    now = datetime.combine(start, time(17), tzinfo=UTC)
    case = Case(program, plan, Actor(CLOCK, frozenset({CLOCK})), now, facts)
    found: list[Expected] = []
    ends: dict[str, date] = {}
    for clock in program.clocks:
        found += _clock(case, clock, start, ends)
    found += [one for spec in program.deadlines for one in _deadline(case, spec, ends)]
    found += list(_notices(case, ends))
    found += list(_standing(program))
    return sorted(found, key=lambda e: (e.day is None, e.day or date.max))


def _assumed(program: Program, start: date) -> dict[str, Any]:
    """Where a person chooses a length or a last day: the usual one, else the shortest, else 60 days."""
    values: dict[str, Any] = {}
    for clock in program.clocks:
        length = clock.usual[-1] if clock.usual else clock.min
        for end in _ends(clock.end):
            if end.chosen:
                values[end.chosen] = _choice_of(program, end.chosen, str(length or "60 days"))
            if end.date:
                values[end.date] = (start + 89 * DAY).isoformat()
        if clock.starts_on:
            values[clock.starts_on] = start.isoformat()
    return values


def _ends(end: End) -> Iterator[End]:
    yield end
    for inner in (*end.earlier_of, *end.later_of):
        yield from _ends(inner)


def _choice_of(program: Program, field: str, length: str) -> str:
    """The option that means this length, for a choice among lengths."""
    options = program.field[field].options if field in program.field else ()
    number = length.split(maxsplit=1)[0]
    return next((o.id for o in options if number in o.id.split("_")), options[0].id if options else length)


def _clock(case: Case, clock: Clock, start: date, ends: dict[str, date]) -> list[Expected]:
    begins = start if not ends or _starts_at_once(case.program, clock.id) else max(ends.values()) + DAY
    try:
        plan: Planned = planned(case, clock.id, begins)
    except Refused as refused:
        return [Expected(None, clock.title, how=str(refused))]
    ends[clock.id] = plan.end
    rows = [
        Expected(
            plan.start,
            f"{clock.title} begins",
            how="the day given" if begins == start else "the day after the period before it",
        ),
        Expected(plan.end, f"{clock.title} ends", how=plan.how),
    ]
    if clock.extension and plan.cap:
        rows.append(
            Expected(
                plan.cap,
                f"The last day to which {clock.title} may be extended",
                how=f"at most {clock.total_max or clock.max}",
            )
        )
    state = ClockState(clock.id, plan.start, plan.end, plan.end, plan.how)
    for event in scheduled(case, state):
        if isinstance(event, Scheduled):
            rhythm = case.program.checkin[event.checkin]
            rows += [
                Expected(date.fromisoformat(d["due"]), rhythm.title, case.titles(rhythm.by, "and"), event.how)
                for d in event.dates
            ]
    for rhythm in case.program.checkins:
        if rhythm.clock == clock.id and rhythm.suggest:
            who = case.titles(rhythm.by, "and")
            how = "offered for each action; people write their own"
            rows += [Expected(day, rhythm.title, who, how) for day in suggested(case, rhythm)]
    return rows


def _starts_at_once(program: Program, clock: str) -> bool:
    """Whether a clock starts with the running of the plan, and not with its outcome."""
    return any(clock in m.starts and m.kind in ("start", "issue", "other") for m in program.moves)


def _deadline(case: Case, spec: Deadline, ends: Mapping[str, date]) -> Iterator[Expected]:
    base = ends.get(spec.after.clock_end or "")
    who = case.titles(spec.for_, "and")
    otherwise = spec.silence.says if spec.silence else spec.otherwise
    if base is None or spec.within is None:
        counted = f"{spec.within} after it" if spec.within else "on the date given in the plan"
        yield Expected(None, spec.title, who, f"{counted}: {_trigger_says(case.program, spec)}", otherwise)
        return
    try:
        yield Expected(case.after(base, spec.within), spec.title, who, case.how(base, spec.within), otherwise)
        if spec.also_show:
            yield Expected(
                case.after(base, spec.also_show),
                f"{spec.title} (stricter internal date)",
                who,
                case.how(base, spec.also_show),
            )
    except Refused as refused:
        yield Expected(None, spec.title, who, str(refused), otherwise)


def _trigger_says(program: Program, spec: Deadline) -> str:
    trigger = spec.after
    titles = {
        "move": {m.id: m.done or m.title for m in program.moves},
        "stage": {s.id: s.title for s in program.stages},
        "signature": {s.id: s.title for s in program.signatures},
        "log": {one.id: one.title for one in program.logs},
        "approval": {a.id: a.title for a in program.approvals},
        "deadline": {d.id: d.title for d in program.deadlines},
        "clock_start": {c.id: f"{c.title} begins" for c in program.clocks},
        "clock_end": {c.id: f"{c.title} ends" for c in program.clocks},
    }
    for kind, named in titles.items():
        value = getattr(trigger, kind)
        if value:
            return f"“{named.get(value, value)}”"
    return str(trigger.event or trigger.section or "")


def _notices(case: Case, ends: Mapping[str, date]) -> Iterator[Expected]:
    for spec in case.program.notices:
        target = ends.get(spec.clock or "")
        if target and (spec.before or spec.after):
            day, side = _beside(case, target, spec)
            yield Expected(day, f"Notice: {spec.title}", ", ".join(spec.to), f"{side} {day_name(target)}")


def _beside(case: Case, target: date, spec: Notice) -> tuple[date, str]:
    if spec.before:
        return before(target, spec.before, calendars=case.calendars, units=case.program.units), f"{spec.before} before"
    assert spec.after
    return case.after(target, spec.after), f"{spec.after} after"


def _standing(program: Program) -> Iterator[Expected]:
    """What waits for people in each stage, without a day until the stage begins."""
    for stage in program.stages:
        for wait in stage.waits:
            within = f"within {wait.within} of “{stage.title}”" if wait.within else f"in “{stage.title}”"
            yield Expected(
                None, wait.do, ", ".join(program.parties[r].title for r in wait.for_), within, wait.otherwise or ""
            )
    for signature in program.signatures:
        titles = ", ".join(program.parties[r].title for r in signature.by)
        within = f"within {signature.within}" if signature.within else f"in “{program.stage[signature.in_[0]].title}”"
        yield Expected(None, signature.title, titles, within, signature.otherwise or "")
