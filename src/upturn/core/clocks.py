"""Clocks and check-in dates: planned, started, extended, paused. Every date comes with how it was computed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upturn.core.calendar import (
    DAY,
    Length,
    beyond_allowance,
    days_between,
    how_shifted,
    last_anniversary,
    next_anniversary,
    shifted,
)
from upturn.core.case import Case
from upturn.core.events import Dated, Event, Scheduled
from upturn.core.plan import ClockState, Interval
from upturn.core.program import Anchor, CheckIn, Clock, End, Extension, Pausing, Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import counted, day_name

RHYTHMS: Mapping[str, str] = {
    "daily": "1 business day",
    "twice_weekly": "3 days",
    "weekly": "1 week",
    "biweekly": "2 weeks",
    "two_weeks": "2 weeks",
    "twice_monthly": "15 days",
    "monthly": "1 month",
    "quarterly": "3 months",
}
"""What an option id of a rhythm field means."""
MOST_DATES = 400


@dataclass(frozen=True, slots=True)
class Planned:
    """A clock as it would run: first and last day, how the end was computed, the earliest and the last lawful end."""

    start: date
    end: date
    how: str
    floor: date | None
    cap: date | None
    unusual: str = ""


def planned(case: Case, clock_id: str, start: date | None = None) -> Planned:
    """The clock if it started on `start` (else on its own start date, else today). Raises Refused if it may not."""
    clock = case.program.clock[clock_id]
    start = start or _start(case, clock)
    end, how = _end(case, clock, clock.end, start)
    floor = case.end_of(start, clock.min, first_day_counts=clock.first_day_counts) if clock.min else None
    cap = _cap(case, clock, start)
    _refuse_bounds(case, clock, start, end, floor, cap)
    return Planned(start, end, how, floor, cap, _unusual(case, clock, start, end))


def days_known(case: Case, clock_id: str) -> tuple[date | None, date | None]:
    """The first and the last day of a clock, as far as they are certain: it runs, or the plan itself gives the day."""
    state, clock = case.plan.clocks.get(clock_id), case.program.clock[clock_id]
    if state is not None:
        return state.start, state.end
    start = day_in(case.answer(clock.starts_on), "from") if clock.starts_on else None
    return start, planned_end(case, clock_id) if start or clock.end.date else None


def planned_end(case: Case, clock_id: str) -> date | None:
    """The last day of a clock if it started as `planned`; None where it may not, or where something lacks for it."""
    try:
        return planned(case, clock_id).end
    except Refused:
        return None


def day_in(answer: Any, side: str = "to") -> date | None:
    """The day in the answer to a date field, or one side (`from`, `to`) of a date range; None where it is not given."""
    day = answer.get(side) if isinstance(answer, Mapping) else answer
    return date.fromisoformat(day) if day else None


def _start(case: Case, clock: Clock) -> date:
    return day_in(case.answer(clock.starts_on), "from") or case.today if clock.starts_on else case.today


def _end(case: Case, clock: Clock, end: End, start: date) -> tuple[date, str]:
    if end.earlier_of or end.later_of:
        found = [_end(case, clock, e, start) for e in end.earlier_of or end.later_of]
        chosen = min(found) if end.earlier_of else max(found)
        which = "earlier" if end.earlier_of else "later"
        return chosen[0], f"the {which} of {' and '.join(how for _, how in found)}"
    if end.anchor:
        day = next_anniversary(month=end.anchor.month, day=end.anchor.day, on_or_after=start)
        return day, f"{day_name(day)}, a fixed day of the year"
    if end.date:
        given = day_in(case.answer(end.date))
        if given is None:
            raise Refused(_lacking(case, clock, end.date))
        return given, f"{day_name(given)}, the date chosen in the plan"
    length = end.length or _chosen(case, clock, end.chosen or "")
    return case.end_of(start, length, first_day_counts=clock.first_day_counts), case.how(
        start, length, first_day_counts=clock.first_day_counts
    )


def _chosen(case: Case, clock: Clock, field: str) -> Length:
    given = case.answer(field)
    if given in (None, ""):
        raise Refused(_lacking(case, clock, field))
    try:
        return length_in(given, case.program)
    except ValueError as error:
        raise Refused(Refusal("clock", f"{clock.title}: {error}", clock.cites)) from None


def length_in(answer: Any, program: Program) -> Length:
    """The length in the answer to a duration, a number of days, or a choice of lengths. Raises ValueError."""
    said = (answer.get("id") or answer.get("other")) if isinstance(answer, Mapping) else answer
    return Length.parse(_spelled(said), units=(*program.units, *program.calendars))


def _spelled(value: object) -> object:
    """`days_90` and 90 are 90 days: option ids cannot begin with a digit."""
    if isinstance(value, int):
        return f"{value} days"
    if isinstance(value, str) and "_" in value and value.rsplit("_", 1)[1].isdigit():
        unit, n = value.rsplit("_", 1)
        return f"{n} {unit.removeprefix('o_').replace('_', ' ')}"
    if isinstance(value, str) and value.startswith("o_"):
        return value[2:].replace("_", " ", 1)
    return value


def _lacking(case: Case, clock: Clock, field: str) -> Refusal:
    return Refusal(
        "clock", f"{clock.title} cannot be dated before “{case.program.field[field].title}” is answered.", clock.cites
    )


def _cap(case: Case, clock: Clock, start: date) -> date | None:
    caps = [case.end_of(start, m, first_day_counts=clock.first_day_counts) for m in (clock.max, clock.total_max) if m]
    cap = max(caps) if caps else None
    if clock.not_after:
        anchor = next_anniversary(month=clock.not_after.month, day=clock.not_after.day, on_or_after=start)
        cap = min(cap, anchor) if cap else anchor
    return cap


def _refuse_bounds(case: Case, clock: Clock, start: date, end: date, floor: date | None, cap: date | None) -> None:
    def against(says: str, possible_from: date | None = None) -> Refused:
        return Refused(Refusal("clock", says, clock.cites, possible_from))

    if end < start:
        raise against(f"{clock.title} would end on {day_name(end)}, before it starts on {day_name(start)}.")
    if floor and end < floor:
        raise against(
            f"{clock.title} lasts at least {clock.min}: from {day_name(start)} it cannot end before {day_name(floor)}; "
            f"it would end on {day_name(end)}."
        )
    longest = case.end_of(start, clock.max, first_day_counts=clock.first_day_counts) if clock.max else None
    if longest and end > longest:
        raise against(
            f"{clock.title} lasts at most {clock.max}: from {day_name(start)} it must end by {day_name(longest)}; "
            f"it would end on {day_name(end)}."
        )
    if cap and end > cap:
        raise against(f"{clock.title} must end by {day_name(cap)}; it would end on {day_name(end)}.")
    first, last = _season(clock, start)
    if first > start:
        raise against(f"{clock.title} may start from {day_name(first)} until {day_name(last)}.", first)


def _season(clock: Clock, day: date) -> tuple[date, date]:
    """First and last day of the season of the year in which a clock may start: the one that holds a day, or the next.

    Without `not_before` that is any day; without `not_after` the season ends with the year.
    """
    if clock.not_before is None:
        return day, day
    first, until = clock.not_before, clock.not_after or Anchor(month=12, day=31)
    last = next_anniversary(month=until.month, day=until.day, on_or_after=day)
    return last_anniversary(month=first.month, day=first.day, on_or_before=last), last


def _unusual(case: Case, clock: Clock, start: date, end: date) -> str:
    """Why this length is unusual; empty when it is one of the usual ones."""
    if not clock.usual or any(
        case.end_of(start, u, first_day_counts=clock.first_day_counts) == end for u in clock.usual
    ):
        return ""
    days = days_between(start, end, first_day_counts=clock.first_day_counts)
    usual = ", ".join(str(u) for u in clock.usual[:-1]) + (
        f" or {clock.usual[-1]}" if len(clock.usual) > 1 else str(clock.usual[0])
    )
    return f"{clock.title} is usually {usual}; this one is {counted(days, 'day')}."


def started(case: Case, clock_id: str) -> list[Event]:
    """The events by which a clock starts: its dates, and those of its check-ins."""
    plan = planned(case, clock_id)
    dated = Dated(
        what="clock", id=clock_id, cause="started", start=plan.start, end=plan.end, how=plan.how, floor=plan.floor,
        cap=plan.cap,
        days=days_between(plan.start, plan.end, first_day_counts=case.program.clock[clock_id].first_day_counts),
    )  # fmt: skip
    state = ClockState(clock_id, plan.start, plan.end, plan.end, plan.how)
    return [dated, *scheduled(case, state)]


def scheduled(case: Case, state: ClockState) -> list[Event]:
    """The check-ins of every rhythm of a clock that are not dated yet; none is dated for a day that is over."""
    return _scheduled(case, state, (r for r in case.program.checkins if r.clock == state.id))


def rewritten(case: Case, state: ClockState) -> list[Event]:
    """What changed words do to the check-ins ahead: days no longer written fall away, new ones are dated."""
    by_words = [r for r in case.program.checkins if r.clock == state.id and (r.dates_from or r.every_field or r.table)]
    return [*_unwritten(case, state, by_words), *_scheduled(case, state, by_words)]


def _scheduled(case: Case, state: ClockState, rhythms: Iterable[CheckIn]) -> list[Event]:
    events: list[Event] = []
    for rhythm in rhythms:
        wanted = [d for d in _dates(case, rhythm, state) if d[0] >= case.today]
        own = [c for c in case.plan.checkins.values() if c.rhythm == rhythm.id]
        taken = {(c.table, c.row, c.original) for c in own if not c.cancelled}
        fresh = [d for d in wanted if (d[1], d[2], d[0]) not in taken][:MOST_DATES]
        number = len(own)
        dates = tuple(
            {"id": f"{rhythm.id}_{number + n}", "due": day.isoformat()} | ({"table": table, "row": row} if row else {})
            for n, (day, table, row) in enumerate(sorted(fresh), start=1)
        )
        if dates:
            events.append(Scheduled(checkin=rhythm.id, dates=dates, how=_rhythm_says(case, rhythm)))
    return events


def suggested(case: Case, rhythm: CheckIn) -> list[date]:
    """Dates to offer for one action: spread evenly over the clock to its end, on open days.

    There are none while the clock cannot be dated.
    """
    try:
        period = case.plan.clocks.get(rhythm.clock) or planned(case, rhythm.clock)
    except Refused:
        return []
    span, parts = (period.end - period.start).days, rhythm.suggest or 0
    days = [period.start + round(span * n / parts) * DAY for n in range(1, parts + 1)]
    business = case.calendars.get("business_days")
    return sorted({business.add(day + DAY, -1) for day in days} if business else set(days))


def _unwritten(case: Case, state: ClockState, rhythms: Iterable[CheckIn]) -> list[Event]:
    """Check-ins ahead whose date or action a changed plan no longer holds: nobody is to miss what is not promised."""
    events: list[Event] = []
    for rhythm in rhythms:
        wanted = {(table, row, day) for day, table, row in _dates(case, rhythm, state)}
        events += [
            Dated(what="checkin", id=c.id, cause="cancelled", was=c.due, reason="The plan no longer holds this date.")
            for c in case.plan.checkins.values()
            if c.rhythm == rhythm.id and not (c.held or c.missed or c.cancelled)
            and c.due >= case.today and (c.table, c.row, c.original) not in wanted
        ]  # fmt: skip
    return events


def _rhythm_says(case: Case, rhythm: CheckIn) -> str:
    every = _every(case, rhythm)
    parts = [f"every {every}"] if every else []
    parts += [f"from day {r.from_day} every {r.every}" for r in rhythm.then]
    parts += [f"on day {', '.join(str(d) for d in rhythm.days)}"] if rhythm.days else []
    parts += ["on the dates written in the plan"] if rhythm.dates_from else []
    return "; ".join(parts).replace("every 1 ", "every ")


def _every(case: Case, rhythm: CheckIn) -> Length | None:
    if rhythm.every_field:
        given = case.answer(rhythm.every_field)
        spelled = RHYTHMS.get(given) if isinstance(given, str) else None
        if spelled:
            return Length.parse(spelled)
    return rhythm.every


def _dates(case: Case, rhythm: CheckIn, state: ClockState) -> Iterator[tuple[date, str, str]]:
    if rhythm.dates_from and rhythm.table:
        for row in case.rows(rhythm.table):
            found = _days_in(row.get(rhythm.dates_from))
            yield from ((day, rhythm.table, row["_id"]) for day in found if state.start <= day <= state.end)
        return
    days = {*_running(case, rhythm, state), *(state.start + (d - 1) * DAY for d in rhythm.days)}
    business = case.calendars.get("business_days")
    if rhythm.on_open_days and business:
        days = {business.next_open(day) for day in days}
    rows = [(rhythm.table, r["_id"]) for r in case.rows(rhythm.table)] if rhythm.table else [("", "")]
    yield from ((day, table, row) for day in sorted(days) if state.start <= day <= state.end for table, row in rows)


def _days_in(answer: Any) -> list[date]:
    """The days in a date, in several, or in the rows of a nested table (the first date of each row)."""
    found = []
    for value in answer if isinstance(answer, list | tuple) else [answer]:
        cells = [v for k, v in value.items() if k != "_id"] if isinstance(value, Mapping) else [value]
        found += [date.fromisoformat(cell) for cell in cells if _is_day(cell)][:1]
    return found


def _is_day(value: object) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


def _running(case: Case, rhythm: CheckIn, state: ClockState) -> Iterator[date]:
    """The days of a rhythm: each so long after the one before, a later rhythm taking over from its day on."""
    every = _every(case, rhythm)
    if every is None:
        return
    day = state.start
    count = 0
    while count < MOST_DATES:
        number = (day - state.start).days + 1
        now = next((r.every for r in reversed(rhythm.then) if number >= r.from_day), every)
        count += 1
        if now == every and not rhythm.then and now.unit in ("months", "years"):
            day = case.after(
                state.start, Length(now.n * count, now.unit)
            )  # months count from the start: no drift at month ends
        else:
            day = case.after(day, now)
        if day > state.end:
            return
        yield day


# -- extending and pausing --------------------------------------------------------------------------------------------


def asked_extension(case: Case, text: str) -> Length | None:
    """The length somebody asks to extend by, to be weighed; None where the text is no length (the verb says so)."""
    try:
        return length_in(text, case.program)
    except ValueError:
        return None


def not_extensible(case: Case, clock_id: str) -> Refusal | None:
    """What stands against any extension of a clock, whatever its length."""
    clock = case.program.clock[clock_id]
    state = case.plan.clocks.get(clock_id)
    spec = clock.extension
    if spec is None or state is None:
        return Refusal("extension", f"{clock.title} cannot be extended.", clock.cites)
    cites = spec.cites or clock.cites
    if spec.times is not None and state.extensions >= spec.times:
        often = counted(state.extensions, "time")
        return Refusal("extension", f"{clock.title} was extended {often}; that is as often as it may be.", cites)
    least = case.after(_base(case, spec, state), spec.each_min or Length(1, "days"))
    if state.cap and max(least, state.end + DAY) > state.cap:
        return Refusal("extension", f"{_until_cap(clock, state.cap)}, and runs until {day_name(state.end)}.", cites)
    return None


def _base(case: Case, spec: Extension, state: ClockState) -> date:
    """The day from which an extension counts."""
    return state.end if spec.from_ == "end" else max(case.today, state.start)


def _until_cap(clock: Clock, cap: date) -> str:
    most = clock.total_max or clock.max
    why = f"with all extensions it lasts at most {most}" if most else "it may not run longer"
    return f"{clock.title} must end by {day_name(cap)}: {why}"


def extension(case: Case, clock_id: str, by: Length) -> tuple[date, str]:
    """The new end and how it was computed. Raises Refused when the extension is not allowed."""
    refusal = not_extensible(case, clock_id)
    if refusal:
        raise Refused(refusal)
    clock = case.program.clock[clock_id]
    state = case.plan.clocks[clock_id]
    spec = clock.extension
    assert spec

    def against(says: str) -> Refused:
        return Refused(Refusal("extension", says, spec.cites or clock.cites, field="by"))

    base = _base(case, spec, state)
    end = case.after(base, by)
    if by.n == 0 or end <= state.end:
        raise against(f"This would end on {day_name(end)}; {clock.title} already runs until {day_name(state.end)}.")
    if spec.each_max and end > case.after(base, spec.each_max):
        raise against(f"One extension adds at most {spec.each_max}; this would add {by}.")
    if spec.each_min and end < case.after(base, spec.each_min):
        raise against(f"One extension adds at least {spec.each_min}; this would add {by}.")
    if state.cap and end > state.cap:
        raise against(f"{_until_cap(clock, state.cap)}. Extended by {by} it would end on {day_name(end)}.")
    return end, f"extended {case.how(base, by)}"


def unusual_extension(case: Case, clock_id: str, by: Length) -> Refusal | None:
    """A warning when an extension is of an unusual length."""
    spec = case.program.clock[clock_id].extension
    if spec is None or not spec.usual or by in spec.usual:
        return None
    usual = " or ".join(str(u) for u in spec.usual)
    return Refusal("usual_extension", f"An extension is usually {usual}; this one is {by}.", spec.cites)


def extended(case: Case, clock_id: str, by: Length, reason: str) -> list[Event]:
    end, how = extension(case, clock_id, by)
    state = case.plan.clocks[clock_id]
    dated = Dated(
        what="clock",
        id=clock_id,
        cause="extended",
        end=end,
        was=state.end,
        how=how,
        reason=reason,
        days=(end - state.end).days,
    )
    later = ClockState(clock_id, state.start, end, state.original, how)
    return [dated, *scheduled(case, later)]


def resumed(case: Case, pause: Interval, last: date) -> list[Event]:
    """How a finished pause moves clocks and the check-ins that were still to come."""
    return [event for clock_id in pause.clocks for event in _moved_by(case, pause.start, last, clock_id)]


def _moved_by(case: Case, first: date, last: date, clock_id: str) -> list[Event]:
    """How a pause moves one clock. A cap that a pause does not move cuts it, the least length with it."""
    state, clock = case.plan.clocks[clock_id], case.program.clock[clock_id]
    spec = clock.pause
    span, unit = _counting(case, spec, clock_id, first, last), _unit(case, clock)
    counts, calendars = clock.first_day_counts, case.calendars

    def paused(day: date) -> date:
        return shifted(day, start=state.start, first_day_counts=counts, paused=span, unit=unit, calendars=calendars)

    end = paused(state.end)
    if end == state.end:
        return []
    how = how_shifted(
        state.end, start=state.start, first_day_counts=counts, paused=span, unit=unit, calendars=calendars
    )
    cap = paused(state.cap) if state.cap and spec and spec.cap == "moves" else state.cap
    floor = paused(state.floor) if state.floor and spec and spec.floor == "moves" else state.floor
    if cap and end > cap:
        end, how = cap, f"{how}; cut to {day_name(cap)}, which a pause does not move"
        floor = min(floor, cap) if floor else None
    dated = Dated(
        what="clock",
        id=clock_id,
        cause="paused",
        end=end,
        was=state.end,
        how=how,
        floor=floor,
        cap=cap,
        days=(end - state.end).days,
    )
    return [dated, *_checkins_after(case, clock_id, first, end, paused)]


def _counting(case: Case, spec: Pausing | None, clock_id: str, first: date, last: date) -> list[tuple[date, date]]:
    """The days of a pause that stop the clock: all, or those beyond what counts as served."""
    if spec is None or spec.allowance is None:
        return [(first, last)]
    earlier = [(p.start, p.last) for p in case.plan.pauses if p.last and clock_id in p.clocks and p.start != first]
    left = beyond_allowance(
        [*earlier, (first, last)], spec.allowance, calendars=case.calendars, units=case.program.units
    )
    return [(a, b) for a, b in left if a >= first]


def _unit(case: Case, clock: Clock) -> str:
    length = clock.end.length
    return length.unit if length and length.unit in case.calendars else "days"


def _checkins_after(
    case: Case, clock_id: str, first: date, last: date, paused: Callable[[date], date]
) -> Iterator[Event]:
    """The check-ins from a pause on, each on its new day; those beyond the last day no longer take place."""
    for state in case.plan.checkins.values():
        if case.program.checkin[state.rhythm].clock != clock_id or state.held or state.cancelled or state.due < first:
            continue
        day = paused(state.due)
        if day > last:
            reason = f"After the pause it would come later than the last day, {day_name(last)}."
            yield Dated(what="checkin", id=state.id, cause="cancelled", was=state.due, reason=reason)
        elif day != state.due:
            reason = "The plan was paused."
            yield Dated(what="checkin", id=state.id, cause="moved", end=day, was=state.due, reason=reason)


def day_of(case: Case, state: ClockState) -> int:
    """Which day of the clock today is; pauses that are over do not count, a running pause stands still."""
    first_day_counts = case.program.clock[state.id].first_day_counts
    today = min(case.today, state.end)
    running = case.plan.paused
    if running and state.id in running.clocks and running.start <= today:
        today = running.start - DAY
    days = days_between(state.start, today, first_day_counts=first_day_counts)
    lost = sum(
        max(0, (min(p.last, today) - max(p.start, state.start)).days + 1)
        for p in case.plan.pauses
        if p.last and state.id in p.clocks
    )
    return max(0, days - lost)
