"""Guards about days: how many have passed, whether a period has run, whether dates lie inside it."""

from datetime import date

from upturn.core.calendar import DAY, Length, next_anniversary
from upturn.core.case import Case
from upturn.core.clocks import extension, planned
from upturn.core.guards.registry import guard
from upturn.core.program import Anchor
from upturn.core.refusals import Refusal
from upturn.core.wording import by_count, counted, day_name, listed


@guard(stage="stage")
def days_in_stage(case: Case, stage: str, at_least: Length) -> Refusal | None:
    """The plan has stood in a stage for a length of time; leaving and coming back does not start it again."""
    days = [m.on for m in case.plan.moves if m.to == stage]
    since = min(days) if days else case.plan.stage_since if case.plan.stage == stage else None
    return _elapsed(case, since, at_least, f"“{case.program.stage[stage].title}” began")


@guard(move="move", log="log", section="section")
def days_since(
    case: Case,
    at_least: Length,
    move: str | None = None,
    log: str | None = None,
    section: str | None = None,
    *,
    told: bool = False,
    anew: bool = False,
) -> Refusal | None:
    """A length of time has passed since the first time something happened; doing it again does not start it again.

    `anew`: since the last time a step or record was made, and only in the present stage (a notice before each hearing).
    """
    came, which = (case.plan.stage_seq, -1) if anew else (0, 0)
    if told:
        since, what = case.plan.told, "the plan was given to the person it is about"
    elif move:
        made = [m.on for m in case.plan.made(move) if m.seq >= came]
        since, what = (made[which] if made else None), f"“{case.program.move[move].title}”"
    elif log:
        records = case.plan.logs.get(log, ())
        days = sorted(r.on for r in records if r.seq >= came)
        nth = "latest" if anew else "first"
        since, what = (days[which] if days else None), f"the {nth} “{case.program.log[log].title}”"
    else:
        written = case.plan.sections.get(section or "")
        since, what = (written.on if written else None), f"“{case.program.section[section or ''].title}”"
    return _elapsed(case, since, at_least, what)


def _elapsed(case: Case, since: date | None, at_least: Length, what: str) -> Refusal | None:
    if since is None:
        return case.refusal("days_since", f"This needs {at_least} since {what}, and that has not happened yet.")
    paused = sum(_overlap(p.start, p.last or case.today, since + DAY, case.today) for p in case.plan.pauses)
    opens = case.after(since, at_least) + paused * DAY
    if case.today >= opens:
        return None
    passed = (case.today - since).days - paused
    says = (
        f"This is possible from {day_name(opens)}: {at_least} must pass since {what} ({day_name(since)}); "
        f"{counted(passed, 'day')} {by_count(passed, 'has', 'have')} passed."
    )
    if paused:
        says += f" {counted(paused, 'paused day')} did not count."
    return case.refusal("days_since", says, possible_from=opens)


def _overlap(first: date, last: date, start: date, end: date) -> int:
    return max(0, (min(last, end) - max(first, start)).days + 1)


@guard(clock="clock")
def clock_ended(case: Case, clock: str) -> Refusal | None:
    """A clock has run to its last day, and that day is over."""
    state = case.plan.clocks.get(clock)
    title = case.program.clock[clock].title
    if state is None:
        return case.refusal("clock_ended", f"{title} has not started.")
    if case.today > state.end or state.ended:
        return None
    return case.refusal(
        "clock_ended",
        f"{title} runs until {day_name(state.end)}; this is possible from {day_name(state.end + DAY)}.",
        possible_from=state.end + DAY,
    )


@guard(clock="clock")
def clock_running(case: Case, clock: str) -> Refusal | None:
    """A clock has started and its last day is not over."""
    state = case.plan.clocks.get(clock)
    title = case.program.clock[clock].title
    if state is None:
        return case.refusal("clock_running", f"{title} has not started.")
    if state.stopped or case.today > state.end:
        return case.refusal("clock_running", f"{title} ended on {day_name(state.end)}.")
    return None


@guard(clock="clock")
def day_reached(case: Case, clock: str, day: int) -> Refusal | None:
    """A clock has reached a day (day 1 is its first)."""
    state = case.plan.clocks.get(clock)
    title = case.program.clock[clock].title
    if state is None:
        return case.refusal("day_reached", f"{title} has not started.")
    opens = state.start + (day - 1) * DAY
    if case.today >= opens:
        return None
    return case.refusal(
        "day_reached", f"This is possible from {day_name(opens)}, day {day} of {title}.", possible_from=opens
    )


@guard(clock="clock")
def not_crossing(case: Case, clock: str, month: int, day: int) -> Refusal | None:
    """A clock does not run past the day of the year that follows its start: as planned, or as it would be extended."""
    state = case.plan.clocks.get(clock)
    if state and case.extend_by:
        start, end = state.start, extension(case, clock, case.extend_by)[0]
    else:
        plan = planned(case, clock)
        start, end = plan.start, plan.end
    limit = next_anniversary(month=month, day=day, on_or_after=start)
    if end <= limit:
        return None
    return case.refusal(
        "not_crossing", f"{case.program.clock[clock].title} would end on {day_name(end)}, after {day_name(limit)}."
    )


@guard()
def between_days(case: Case, first: Anchor, last: Anchor) -> Refusal | None:
    """Today lies in a season of the year (`first` to `last`, both included)."""
    opens = next_anniversary(month=first.month, day=first.day, on_or_after=case.today)
    closes = next_anniversary(month=last.month, day=last.day, on_or_after=case.today)
    if closes < opens or (case.today.month, case.today.day) == (first.month, first.day):
        return None
    return case.refusal("between_days", f"This is possible from {day_name(opens)}.", possible_from=opens)


@guard()
def goals_due_after_today(case: Case) -> Refusal | None:
    """No goal, milestone or dated action falls before the day the plan is issued (US-01)."""
    late = [f"{title} ({day_name(due)})" for title, due in goal_dates(case) if due < case.today]
    if not late:
        return None
    return case.refusal(
        "goals_due_after_today",
        f"{listed(late[:3])} {by_count(len(late), 'lies', 'lie')} before today, "
        f"so nobody could meet {by_count(len(late), 'it', 'them')}. Give later dates.",
    )


@guard(clock="clock")
def goals_due_within(case: Case, clock: str) -> Refusal | None:
    """Every goal's date lies inside a clock, running or planned."""
    state = case.plan.clocks.get(clock) or planned(case, clock)
    outside = [f"{title} ({day_name(due)})" for title, due in goal_dates(case) if due > state.end]
    if not outside:
        return None
    return case.refusal(
        "goals_due_within",
        f"{listed(outside[:3])} {by_count(len(outside), 'lies', 'lie')} after {case.program.clock[clock].title} "
        f"ends on {day_name(state.end)}.",
    )


def goal_dates(case: Case) -> list[tuple[str, date]]:
    """Title and date of every dated goal."""
    found = []
    for goals in case.program.goals:
        if goals.due:
            for number, row in enumerate(case.rows(goals.table), start=1):
                due = row.get(goals.due)
                if isinstance(due, str) and len(due) == 10:
                    found.append((f"Goal {number}", date.fromisoformat(due)))
    return found


@guard()
def not_paused(case: Case) -> Refusal | None:
    """No pause is running."""
    pause = case.plan.paused
    if pause is None:
        return None
    return case.refusal("not_paused", f"The plan has been paused since {day_name(pause.start)}. End the pause first.")
