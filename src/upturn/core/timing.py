"""What time alone brings, and the next moment to look."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from upturn.core import events as e
from upturn.core.audience import addressed
from upturn.core.calendar import DAY, before
from upturn.core.case import Case
from upturn.core.facts import CLOCK, Actor
from upturn.core.following import is_running, made_by_clock, noticed
from upturn.core.plan import CheckInState, Plan, ProposalState
from upturn.core.program import MoveTime, Notice
from upturn.core.verbs.changing import amended

Moment = tuple[date, Callable[[], list[e.Event]]]


def clock_case(case: Case) -> Case:
    """The same look, with time itself as the actor."""
    return Case(case.program, case.plan, Actor(CLOCK, frozenset({CLOCK})), case.now, case.facts)


def moments(case: Case) -> Iterator[Moment]:
    """Every day ahead (or behind) on which time alone does something, and what it then does."""
    yield from _clocks(case)
    yield from _deadlines(case)
    yield from _notices(case)
    if case.open:
        yield from _check_ins(case)
        yield from _moves(case)
        yield from _proposals(case)


def _clocks(case: Case) -> Iterator[Moment]:
    paused = case.plan.paused
    for state in case.plan.clocks.values():
        if state.ended or state.stopped or (paused and state.id in paused.clocks):
            continue
        yield state.end + DAY, partial(_lapsed, case, "clock", state.id, state.end)


def _deadlines(case: Case) -> Iterator[Moment]:
    for spec in case.program.deadlines:
        state = case.plan.deadlines.get(spec.id)
        if state is None or not is_running(case, spec.id):
            continue
        says = spec.silence.says if spec.silence else spec.otherwise
        yield state.due + DAY, partial(_lapsed, case, "deadline", state.id, state.due, says)


def _check_ins(case: Case) -> Iterator[Moment]:
    paused = case.plan.paused
    for state in case.plan.checkins.values():
        spec = case.program.checkin.get(state.rhythm)
        if spec is None or state.held or state.missed or state.cancelled:
            continue
        if paused and spec.clock in paused.clocks and state.due >= paused.start:
            continue
        clock = case.plan.clocks.get(spec.clock)
        if clock and clock.stopped:
            continue
        yield case.after(state.due, spec.grace) + DAY, partial(_lapsed, case, "checkin", state.id, state.due)


def _moves(case: Case) -> Iterator[Moment]:
    plan = case.plan
    for spec in case.program.moves:
        if CLOCK not in spec.by or spec.after is None or plan.stage not in spec.from_:
            continue
        over, seq = _ran_out(plan, spec.after)
        day = over + DAY if over and seq > _came(plan, spec.from_) else None
        if spec.after.stage_for and plan.stage_since:
            day = case.after(plan.stage_since, spec.after.stage_for)
        if day:
            yield day, partial(made_by_clock, clock_case(case), spec.id)


def _ran_out(plan: Plan, time_: MoveTime) -> tuple[date | None, int]:
    """The last day of the clock or deadline a step of the clock waits for, and the entry that says it is over."""
    clock, deadline = plan.clocks.get(time_.clock or ""), plan.deadlines.get(time_.deadline or "")
    if clock:
        return clock.ended, clock.ended_seq
    return (deadline.lapsed, deadline.lapsed_seq) if deadline else (None, 0)


def _came(plan: Plan, stages: Iterable[str]) -> int:
    """The entry by which the plan came to these stages; going from one to another of them is no coming."""
    steps = [m for m in plan.moves if m.to != m.from_]
    if not any(m.seq == plan.stage_seq for m in steps):  # it was opened or screened to where it stands
        return plan.stage_seq
    return max((m.seq for m in steps if m.to in stages and m.from_ not in stages), default=0)


def _notices(case: Case) -> Iterator[Moment]:
    decided = case.decided()
    for spec in case.program.notices:
        target = _target(case, spec)
        key = f"{spec.id}@{target}"
        if target is None or key in case.plan.noticed or not decided.when(spec.if_):
            continue
        if spec.before and case.today <= target and not _is_over(case, spec):
            day = before(target, spec.before, calendars=case.calendars, units=case.program.units)
            yield day, partial(_noticed, case, spec, key)
        elif spec.after:
            yield case.after(target, spec.after), partial(_noticed, case, spec, key)


def _target(case: Case, spec: Notice) -> date | None:
    """The day a timed notice counts from, while that day still means something."""
    paused = case.plan.paused
    if spec.clock:
        state = case.plan.clocks.get(spec.clock)
        return state.end if state and not state.stopped and not (paused and spec.clock in paused.clocks) else None
    deadline = case.plan.deadlines.get(spec.deadline or "")
    return deadline.due if deadline and not (deadline.met or deadline.withdrawn) else None


def _is_over(case: Case, spec: Notice) -> bool:
    """Whether what a notice announces has passed already."""
    return spec.deadline is not None and not is_running(case, spec.deadline)


def _proposals(case: Case) -> Iterator[Moment]:
    for proposal in case.plan.proposals.values():
        if proposal.effective and not proposal.outcome:
            yield proposal.effective, partial(_imposed, case, proposal)


def _lapsed(case: Case, what: str, id_: str, due: date, says: str = "") -> list[e.Event]:
    return [addressed(case, e.Lapsed(what=what, id=id_, due=due, says=says))]


def _noticed(case: Case, spec: Notice, key: str) -> list[e.Event]:
    return [noticed(case, spec, key=key)]


def _imposed(case: Case, proposal: ProposalState) -> list[e.Event]:
    return [amended(case, proposal, "imposed")]


def wakes(case: Case) -> datetime | None:
    """The next moment (UTC) at which time alone will do something; None when nothing is ahead."""
    ahead = list(moments(clock_case(case)))
    ready = [happens for day, happens in ahead if day <= case.today]
    if any(happens() for happens in ready):
        return case.now
    days = [day for day, _ in ahead if day > case.today] + [case.today + DAY for _ in ready[:1]]
    if not days:
        return None
    day = min(days)  # what could not happen today may be possible tomorrow
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(case.facts.zone)).astimezone(ZoneInfo("UTC"))


def checkins_ahead(case: Case) -> list[CheckInState]:
    """The check-ins still to come, the nearest first; none once the plan has ended or the clock they belong to."""
    clocks = case.plan.clocks

    def over(check: CheckInState) -> bool:
        spec = case.program.checkin.get(check.rhythm)
        return spec is None or (spec.clock in clocks and clocks[spec.clock].stopped)

    live = [c for c in case.plan.checkins.values() if not c.held and not c.cancelled and c.due >= case.today]
    return sorted((c for c in live if not over(c)), key=lambda c: (c.due, c.id)) if case.open else []
