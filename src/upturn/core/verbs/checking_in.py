"""Check-ins: each side prepares, the meeting is held, or it is moved with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from upturn.core.audience import addressed
from upturn.core.case import Case
from upturn.core.commands import Hold, Prepare, Reschedule
from upturn.core.events import CheckedIn, Dated, Event
from upturn.core.fields import Unfit, number_of
from upturn.core.plan import CheckInState
from upturn.core.program import CheckIn, GoalTable
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import (
    Against,
    Verb,
    asked,
    by_role,
    first,
    no,
    present,
    role_of,
    while_open,
    words,
)
from upturn.core.wording import day_name


def preparers(case: Case, spec: CheckIn) -> tuple[str, ...]:
    """Who writes before a check-in: as the program says, else the subject and whoever holds it."""
    return spec.before_by or tuple(dict.fromkeys((case.program.subject_role, *spec.by)))


def _state(case: Case, target: str) -> tuple[CheckInState, CheckIn] | None:
    state = case.plan.checkins.get(target)
    return (state, case.program.checkin[state.rhythm]) if state and state.rhythm in case.program.checkin else None


def decided_upon(case: Case, state: CheckInState) -> bool:
    """Whether a decision that stands rests on the time in which this check-in lay."""
    decision = case.plan.decision
    return decision is not None and case.stage.phase == "after" and state.due <= decision.on


def _live(case: Case, state: CheckInState) -> Refusal | None:
    if state.held:
        return no(case, f"This check-in was held on {day_name(state.held)}.")
    if state.cancelled:
        return no(case, "This check-in no longer takes place.")
    if decided_upon(case, state):
        return no(case, "The decision is made. Nothing is added to what it rests on.")
    return while_open(case)


def _prepare_open(case: Case, target: str) -> Refusal | None:
    found = _state(case, target)
    if found is None:
        return no(case, "There is no such check-in.")
    state, spec = found
    return first(_live(case, state), by_role(case, preparers(case, spec), "Preparing this check-in"))


def _prepare(case: Case, command: Prepare) -> list[Event]:
    found = _state(case, command.checkin)
    assert found
    state, spec = found
    role = role_of(case, preparers(case, spec))
    if spec.before:
        answers = asked(case, spec.before, command.answers, fresh=role not in state.prepared)
    else:
        answers = {"note": words(str(command.answers.get("note") or ""), "Your part", field="note")}
    event = CheckedIn(checkin=command.checkin, state="prepared", answers=answers, role=role, on=command.on)
    return [addressed(case, event)]


PREPARE = Verb(
    name="prepare",
    command=Prepare,
    target=lambda c: str(c.checkin),
    targets=lambda case: case.plan.checkins,
    open_to=_prepare_open,
    events=_prepare,
)


def _hold_open(case: Case, target: str) -> Refusal | None:
    found = _state(case, target)
    if found is None:
        return no(case, "There is no such check-in.")
    state, spec = found
    return first(_live(case, state), by_role(case, spec.by, "Recording this check-in"))


def _hold_against(case: Case, target: str) -> Against:
    state = case.plan.checkins[target]
    clock = case.plan.clocks.get(case.program.checkin[state.rhythm].clock)
    if clock and case.today < clock.start:
        return Against(
            (case.refusal("clock", f"The period starts on {day_name(clock.start)}.", possible_from=clock.start),)
        )
    return Against()


def _refuse_absence(case: Case, spec: CheckIn, attended: tuple[str, ...]) -> list[Refusal]:
    """A check-in is a talk with the person the plan is about, unless the program says who takes part instead."""
    if not attended:
        return [Refusal("attended", "Say who took part.", ("GEN-07",), field="attended")]
    subject = case.program.subject_role
    roles = {*attended, *(r for code in attended for r in case.plan.roles(code))}
    if subject in roles or (spec.attends and subject not in spec.attends):
        return []
    who = case.role_title(subject)
    says = f"A check-in is held with the {who}. Without the {who} it stands as missed; move it to another day."
    return [Refusal("attended", says, ("GEN-07",), field="attended")]


def _hold(case: Case, command: Hold) -> list[Event]:
    found = _state(case, command.checkin)
    assert found
    state, spec = found
    clock = case.plan.clocks.get(spec.clock)
    if command.on and clock and command.on < clock.start:
        raise Refused(
            Refusal("on", f"The period started on {day_name(clock.start)}; a check-in cannot be older.", field="on")
        )
    answers = asked(case, spec.after, command.answers)
    attended = present(case, command.attended)
    problems = _refuse_absence(case, spec, attended)
    progress, found_problems = _progress(case, state, command.progress)
    problems += found_problems
    next_step = command.next_step.strip()
    if not next_step:
        problems.append(Refusal("required", "Say what the next step is.", ("GEN-07",), field="next_step"))
    if problems:
        raise Refused(*problems)
    event = CheckedIn(
        checkin=command.checkin,
        state="held",
        answers=answers,
        progress=progress,
        attended=attended,
        next_step=next_step,
        role=role_of(case, spec.by),
        on=command.on,
    )
    return [addressed(case, event)]


def goals_of(case: Case, state: CheckInState) -> list[tuple[GoalTable, Mapping[str, Any]]]:
    """The goals a check-in reports on: all of the plan's, or the one action it belongs to."""
    return [
        (goals, row)
        for goals in case.program.goals
        for row in case.rows(goals.table)
        if not state.row or state.table != goals.table or state.row == row["_id"]
    ]


def _progress(
    case: Case, state: CheckInState, given: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[dict[str, Any], ...], list[Refusal]]:
    """Per goal a number or an observation, with its source; and every problem."""
    entries: list[dict[str, Any]] = []
    problems: list[Refusal] = []
    for number, (goals, row) in enumerate(goals_of(case, state), start=1):
        key = f"{goals.table}/{row['_id']}"
        entry, problem = _reported(given.get(key, {}))
        entries.append({"table": goals.table, "row": row["_id"], **entry})
        if problem:
            problems.append(
                replace(problem, says=f"Goal {number}: {problem.says}", field=f"progress.{key}.{problem.field}")
            )
    return tuple(entries), problems


def _reported(answer: Mapping[str, Any]) -> tuple[dict[str, Any], Refusal | None]:
    """What was reported on one goal, and what is wrong with it."""
    entry: dict[str, Any] = {
        name: text
        for name, most in (("observation", 5000), ("source", 500))
        if (text := str(answer.get(name) or "").strip()[:most])
    }
    if answer.get("value") not in (None, ""):
        try:
            entry["value"] = number_of(answer["value"])
        except Unfit:
            return entry, Refusal("answer", "enter a number, for example 12.", field="value")
    if "value" not in entry and "observation" not in entry:
        return entry, Refusal("progress", "give a number or what was observed.", ("GEN-07",), field="observation")
    if "source" not in entry:
        return entry, Refusal("progress", "say where this comes from.", ("GEN-07",), field="source")
    return entry, None


HOLD = Verb(
    name="check_in",
    command=Hold,
    target=lambda c: str(c.checkin),
    targets=lambda case: case.plan.checkins,
    open_to=_hold_open,
    against=_hold_against,
    events=_hold,
    reads=lambda c: frozenset({f"checkin:{c.checkin}"}),
)


def _reschedule_open(case: Case, target: str) -> Refusal | None:
    closed = _hold_open(case, target)
    if closed:
        return closed
    clock = case.plan.clocks.get(case.program.checkin[case.plan.checkins[target].rhythm].clock)
    if clock and clock.end < case.today:
        says = f"The period ended on {day_name(clock.end)}: a check-in can be recorded, and no longer moved."
        return no(case, says)
    return None


def _reschedule(case: Case, command: Reschedule) -> list[Event]:
    found = _state(case, command.checkin)
    assert found
    state, spec = found
    reason = words(command.reason, "The reason", field="reason")
    clock = case.plan.clocks.get(spec.clock)
    if command.to < case.today:
        raise Refused(Refusal("to", "Give a day from today on.", field="to"))
    if command.to == state.due:
        raise Refused(Refusal("to", f"The check-in already is on {day_name(state.due)}.", field="to"))
    if clock and command.to > clock.end:
        raise Refused(
            Refusal("to", f"The period ends on {day_name(clock.end)}; the check-in must lie before that.", field="to")
        )
    if spec.largest_gap and command.to > state.due:  # bringing one forward keeps nobody waiting
        _refuse_gap(case, state, spec, command)
    event = Dated(what="checkin", id=state.id, cause="moved", end=command.to, was=state.due, reason=reason)
    return [addressed(case, event)]


def _refuse_gap(case: Case, state: CheckInState, spec: CheckIn, command: Reschedule) -> None:
    """A delay may not make a gap longer than the program allows, before the new day or where the old one was."""
    assert spec.largest_gap
    known = {
        c.held or c.due
        for c in case.plan.checkins.values()
        if c.rhythm == spec.id and c.row == state.row and c.id != state.id and not c.cancelled
    }
    clock = case.plan.clocks.get(spec.clock)
    known |= {clock.start} if clock else set()
    opened = _gaps({*known, command.to}) - _gaps({*known, state.due})
    too_long = [(a, b) for a, b in sorted(opened) if b > case.after(a, spec.largest_gap)]
    if too_long:
        between = " and ".join(day_name(day) for day in too_long[0])
        says = f"At most {spec.largest_gap} may lie between check-ins; this would leave none between {between}."
        raise Refused(Refusal("largest_gap", says, spec.cites, field="to"))


def _gaps(days: Iterable[date]) -> set[tuple[date, date]]:
    """Each day with the next one."""
    return set(pairwise(sorted(days)))


RESCHEDULE = Verb(
    name="reschedule",
    command=Reschedule,
    target=lambda c: str(c.checkin),
    targets=lambda case: case.plan.checkins,
    open_to=_reschedule_open,
    events=_reschedule,
    reads=lambda c: frozenset({f"checkin:{c.checkin}"}),
)

VERBS = (PREPARE, HOLD, RESCHEDULE)
