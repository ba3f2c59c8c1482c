"""What follows from an event by itself: deadlines begin and are met, signatures fall, notices are queued."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upturn.core import events as e
from upturn.core.audience import addressed, waits_for_telling
from upturn.core.case import Case
from upturn.core.clocks import day_in, rewritten
from upturn.core.commands import Move
from upturn.core.digests import of_signature
from upturn.core.facts import CLOCK, Actor
from upturn.core.guards.people import approval_reached
from upturn.core.letters import merged
from upturn.core.plan import Plan
from upturn.core.program import Acts, Deadline, Notice, Trigger
from upturn.core.verbs import VERBS
from upturn.core.witnessed import witnessed
from upturn.core.wording import day_name


def _clock_matches(trigger: Trigger, event: e.Dated) -> bool:
    started = event.cause == "started" and trigger.clock_start == event.id
    return event.what == "clock" and (started or (event.cause == "extended" and trigger.event == "extended"))


def _lapse_matches(trigger: Trigger, event: e.Lapsed) -> bool:
    named = {"clock": trigger.clock_end, "deadline": trigger.deadline}.get(event.what)
    return named == event.id or (event.what == "checkin" and trigger.event == "check_in_missed")


def _move_matches(trigger: Trigger, event: e.Moved) -> bool:
    return trigger.move == event.move or (event.to != event.from_ and trigger.stage == event.to)


_MATCHES: Mapping[type[e.Event], Callable[[Trigger, Any], bool]] = {
    e.Opened: lambda trigger, event: trigger.stage == event.stage,
    e.Moved: _move_matches,
    e.Screened: lambda trigger, event: bool(event.to) and trigger.stage == event.to,
    e.Dated: _clock_matches,
    e.Lapsed: _lapse_matches,
    e.Signed: lambda trigger, event: trigger.signature == event.signature and not event.awaits,
    e.Logged: lambda trigger, event: trigger.log == event.log,
    e.Approved: lambda trigger, event: trigger.approval == event.approval and event.outcome != "recused",
    e.Answered: lambda trigger, event: trigger.section == event.section,
    e.CheckedIn: lambda trigger, event: trigger.event == "check_in" and event.state == "held",
    e.PartyChanged: lambda trigger, event: trigger.event == "handed_over" and bool(event.instead_of),
    e.Stated: lambda trigger, event: trigger.event == "statement",
    e.Commented: lambda trigger, event: trigger.event == "comment",
    e.Proposed: lambda trigger, event: trigger.event == "proposal",
    e.Voided: lambda trigger, event: trigger.event == "voided",
    e.Paused: lambda trigger, event: trigger.event == "paused",
}


def matches(trigger: Trigger, event: e.Event) -> bool:
    """Whether an event is what a trigger names."""
    test = _MATCHES.get(type(event))
    return test is not None and test(trigger, event)


def follow(case: Case, event: e.Event, day: date) -> Iterator[e.Event]:
    """What follows from one event that happened on `day`; `case` holds the plan after it."""
    yield from _deadlines_begin(case, event, day)
    yield from _deadlines_met(case, event)
    yield from _deadlines_fall(case, event)
    yield from _clocks_stop(case)
    yield from _voids(case, event)
    yield from _redated(case, event)
    if isinstance(event, e.Signed):
        yield from witnessed(case, event)


def _deadlines_begin(case: Case, event: e.Event, day: date) -> Iterator[e.Event]:
    for spec in case.program.deadlines:
        if matches(spec.after, event) or (spec.later_of and matches(spec.later_of, event)):
            yield from _begin(case, spec, _counts_from(case, spec, event, day))


def _counts_from(case: Case, spec: Deadline, event: e.Event, day: date) -> date:
    """A deadline counts from the day something happened; for those a plan is about from no day before it was written
    down, because days that nobody knew of are no time to answer.
    """
    if isinstance(event, e.Lapsed):
        return event.due
    return case.today if any(waits_for_telling(case.program, role) for role in spec.for_) else day


def _begin(case: Case, spec: Deadline, base: date) -> Iterator[e.Event]:
    if spec.later_of and not all(_has_happened(case.plan, t) for t in (spec.after, spec.later_of)):
        return
    if _stands_met(case, spec.met_by):
        return
    if spec.on:
        given = day_in(case.answer(spec.on))
        if given is None:
            return
        end, how = given, f"{day_name(given)}, the date given in the plan"
    else:
        assert spec.within, "checked when the program is read"
        end, how = case.after(base, spec.within), case.how(base, spec.within)
    yield addressed(case, e.Dated(what="deadline", id=spec.id, cause="set", start=base, end=end, how=how))


def _stands_met(case: Case, acts: Acts) -> bool:
    """Whether a signature or approval that would meet a deadline stands already: what is done is not asked again."""
    given = [case.program.approval[a] for a in acts.approvals]
    return any(map(case.plan.standing, acts.signatures)) or any(approval_reached(case, spec) for spec in given)


def _has_happened(plan: Plan, trigger: Trigger) -> bool:
    clock = plan.clocks.get(trigger.clock_end or trigger.clock_start or "")
    return any(
        (
            trigger.move and plan.made(trigger.move),
            trigger.stage and (plan.stage == trigger.stage or any(m.to == trigger.stage for m in plan.moves)),
            clock and (trigger.clock_start or clock.ended),
            trigger.signature and plan.standing(trigger.signature),
            trigger.log and plan.logs.get(trigger.log),
            trigger.approval and plan.approvals_standing(trigger.approval),
            trigger.section and trigger.section in plan.sections,
            trigger.deadline and trigger.deadline in plan.deadlines and plan.deadlines[trigger.deadline].lapsed,
            trigger.event == "statement" and plan.statements,
        )
    )


_MEETS: Mapping[type[e.Event], Callable[[Acts, Any], bool]] = {
    e.Moved: lambda acts, event: event.move in acts.moves,
    e.Signed: lambda acts, event: event.signature in acts.signatures and not event.awaits,
    e.Logged: lambda acts, event: event.log in acts.logs,
    e.Approved: lambda acts, event: event.approval in acts.approvals and event.outcome != "recused",
    e.Answered: lambda acts, event: event.section in acts.sections,
    e.Stated: lambda acts, event: acts.statement,
}


def _meets(acts: Acts, event: e.Event) -> bool:
    test = _MEETS.get(type(event))
    return test is not None and test(acts, event)


def is_running(case: Case, deadline: str) -> bool:
    state = case.plan.deadlines.get(deadline)
    return state is not None and not (state.met or state.lapsed or state.withdrawn)


def _deadlines_met(case: Case, event: e.Event) -> Iterator[e.Event]:
    for spec in case.program.deadlines:
        if is_running(case, spec.id) and _meets(spec.met_by, event):
            yield addressed(case, e.Dated(what="deadline", id=spec.id, cause="met"))


def _deadlines_fall(case: Case, event: e.Event) -> Iterator[e.Event]:
    """An extension takes back what counted from the old end; the end of a plan takes back what began before it."""
    for spec in case.program.deadlines:
        if not is_running(case, spec.id):
            continue
        extended = (
            isinstance(event, e.Dated)
            and event.what == "clock"
            and event.cause in ("extended", "paused")
            and spec.after.clock_end == event.id
        )
        ended = (
            isinstance(event, e.Moved)
            and case.stage.final
            and event.from_ != event.to
            and not _meets(spec.met_by, event)
        )
        begins_here = matches(spec.after, event)
        if (extended or ended) and not begins_here:
            yield addressed(case, e.Dated(what="deadline", id=spec.id, cause="withdrawn"))


def _clocks_stop(case: Case) -> Iterator[e.Event]:
    """The end of a plan stops every clock that runs; one that the end itself starts has not begun here."""
    if case.stage.final and case.plan.stage_seq == case.plan.seq:
        for state in case.plan.clocks.values():
            if not (state.ended or state.stopped):
                yield addressed(case, e.Dated(what="clock", id=state.id, cause="stopped"))


def _voids(case: Case, event: e.Event) -> Iterator[e.Event]:
    """Only a change to the covered sections voids a signature or an approval, visibly."""
    if isinstance(event, e.Amended):
        changed = tuple(event.changes)
        if event.kind == "amendment" and case.program.amendments and not case.program.amendments.voids:
            return
    elif isinstance(event, e.Answered):
        changed = (event.section,)
    else:
        return
    signatures = tuple(
        s.id
        for s in case.plan.signatures.values()  # where each signs, the latest is over the same words as the others
        if not s.voided
        and s.id in case.program.signature
        and set(s.sections) & set(changed)
        and s.digest != of_signature(case.program, case.plan, s.id)
    )
    approvals = tuple(
        dict.fromkeys(
            a.approval
            for a in case.plan.approvals
            if not a.voided
            and a.approval in case.program.approval
            and set(case.program.approval[a.approval].covers) & set(changed)
        )
    )
    if signatures or approvals:
        yield addressed(case, e.Voided(signatures=signatures, approvals=approvals, sections=changed))


def _redated(case: Case, event: e.Event) -> Iterator[e.Event]:
    """Check-in dates written while a clock runs are scheduled, those no longer written there cancelled."""
    if isinstance(event, e.Answered) or (isinstance(event, e.Amended) and event.kind == "amendment"):
        for state in case.plan.clocks.values():
            if not state.ended and not state.stopped:
                yield from (addressed(case, one) for one in rewritten(case, state))


@dataclass(frozen=True, slots=True)
class Queued:
    """A notice that an event brought: its key, and who reads the entry it is about."""

    spec: Notice
    key: str
    readers: tuple[str, ...]


def notices(case: Case, event: e.Event) -> Iterator[Queued]:
    """The notices an event brings. They are written once everything of the same act has happened: a notice that a plan
    has started names the day on which it ends.
    """
    decided = case.decided()
    for spec in case.program.notices:
        if spec.on and matches(spec.on, event) and decided.when(spec.if_):
            yield Queued(spec, f"{spec.id}@{case.plan.seq}", (*event.audience, *event.later))


def noticed(case: Case, spec: Notice, *, key: str, readers: Iterable[str] | None = None) -> e.Noticed:
    """The entry by which a notice is queued. Who waits for the telling gets none before it; lead, office and auditors
    read along unless the entry it is about is kept from them (`readers`: those who read that entry).
    """
    along = set(case.program.of_kind("lead", "office", "auditor"))
    along &= set(case.program.parties if readers is None else readers)
    text = merged(case, spec.text)
    event = e.Noticed(notice=spec.id, to=tuple(spec.to), title=spec.title, text=text, key=key)
    return addressed(case, event, tuple(r for r in case.program.parties if r in spec.to or r in along))


def clock_moves(case: Case) -> list[e.Event]:
    """The first step that makes itself because all its conditions hold now; nothing when none does."""
    clock = Case(case.program, case.plan, Actor(CLOCK, frozenset({CLOCK})), case.now, case.facts)
    for spec in case.program.moves:
        if CLOCK in spec.by and spec.after is None and case.plan.stage in spec.from_ and spec.when:
            events = made_by_clock(clock, spec.id)
            if events:
                return events
    return []


def made_by_clock(clock: Case, move: str) -> list[e.Event]:
    """A step made by time, or nothing when its conditions do not hold."""
    verb = VERBS["move"]
    command = Move(move=move)
    weighed = verb.weigh(clock, command)
    if verb.open_to(weighed, move) is None and not verb.against(weighed, move).refusals:
        return verb.events(weighed, command)
    return []
