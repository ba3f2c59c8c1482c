"""Moving: the steps of the lifecycle, decisions and their dispositions among them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from upturn.core.audience import addressed
from upturn.core.calendar import Length
from upturn.core.case import Case
from upturn.core.clocks import asked_extension, extended, extension, planned, started, unusual_extension
from upturn.core.commands import Move
from upturn.core.events import Dated, Event, Moved
from upturn.core.facts import CLOCK
from upturn.core.guards import refusals_of
from upturn.core.program import Disposition, Outcomes
from upturn.core.program import Move as MoveSpec
from upturn.core.promises import promises
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import (
    Against,
    Verb,
    asked,
    by_role,
    first,
    in_stage,
    no,
    passed,
    role_of,
    words,
)
from upturn.core.wording import listed


def _open_to(case: Case, target: str) -> Refusal | None:
    spec = case.program.move.get(target)
    if spec is None:
        return no(case, "There is no such step.")
    hidden = None if case.when(spec.show_if) else no(case, f"“{spec.title}” does not apply with the answers given.")
    people = [r for r in spec.by if r != CLOCK]
    if case.actor.code == CLOCK:
        whose = None if CLOCK in spec.by else no(case, "Time alone does not make this step.", rule="role")
    elif not people:
        whose = no(case, f"“{spec.title}” comes about by itself when its conditions hold.", rule="role")
    else:
        whose = by_role(case, people, f"“{spec.title}”")
    return first(in_stage(case, spec.from_, f"“{spec.title}”"), whose, hidden)


def _against(case: Case, target: str) -> Against:
    spec = case.program.move[target]
    refusals = refusals_of(spec.when, case)
    warnings = refusals_of(spec.warn, case)
    for clock_id in spec.starts:
        try:
            plan = planned(case, clock_id)
        except Refused as refused:
            refusals += refused.reasons
        else:
            if plan.unusual:
                warnings.append(Refusal("usual_length", plan.unusual, case.program.clock[clock_id].cites))
    return Against(tuple(refusals), tuple(warnings))


def _weigh(case: Case, command: Move) -> Case:
    spec = case.program.move.get(command.move)
    if spec is None:
        return case
    finding = spec.finds or (command.finding if spec.decides else "")
    criteria = _criteria(case, command.criteria) if spec.decides else ()
    return replace(
        case,
        finding=finding,
        disposition=command.disposition if spec.decides else "",
        criteria=criteria,
        extend_by=asked_extension(case, command.extend_by),
    )


def _criteria(case: Case, given: Mapping[str, Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """One criterion per goal, in the order of the plan: what was found, the evidence, the reason."""
    found = []
    for goals in case.program.goals:
        for row in case.rows(goals.table):
            answer = given.get(f"{goals.table}/{row['_id']}", {})
            texts = {k: str(answer.get(k) or "").strip()[:5000] for k in ("finding", "evidence", "reason")}
            found.append({"table": goals.table, "row": row["_id"], "goal": str(row.get(goals.text) or "")} | texts)
    return tuple(found)


def goal_keys(case: Case) -> list[str]:
    """`table/row` of every goal: what a decision answers and a check-in reports on."""
    return [f"{g.table}/{row['_id']}" for g in case.program.goals for row in case.rows(g.table)]


def _events(case: Case, command: Move) -> list[Event]:
    spec = case.program.move[command.move]
    answers = asked(case, spec.asks, command.answers)
    disposition = _decided(case, command) if spec.decides else None
    against = _against(case, spec.id)
    warnings = list(against.warnings)
    problems: list[Refusal] = []
    if disposition:
        problems += refusals_of(disposition.when, case)
        warnings += refusals_of(disposition.warn, case)
        answers |= asked(case, disposition.asks, command.answers)
    clock_id = (disposition.extends if disposition else None) or spec.extends
    by = _extension(case, command) if clock_id else None
    if clock_id and by:
        _refuse_extension(case, clock_id, by)  # what no reason can pass is said before what one can
        unusual = unusual_extension(case, clock_id, by)
        warnings += [unusual] if unusual else []
    if problems:
        raise Refused(*problems)
    to = (disposition.to if disposition else None) or spec.to or case.plan.stage
    moved = Moved(
        move=spec.id,
        from_=case.plan.stage,
        to=to,
        role="" if case.actor.code == CLOCK else role_of(case, spec.by),
        answers=answers,
        warnings=passed(warnings, command.reasons) if case.actor.code != CLOCK else (),
        tells=spec.tells and case.plan.told is None,
        finding=case.finding,
        disposition=disposition.id if disposition else "",
        reasons=words(command.because, "The reasons", at_least=0, field="because"),
        criteria=case.criteria,
        promises=tuple(p.to_json() for p in promises(case)) if case.finding else (),
        on=command.on,
    )
    told = addressed(case, moved)
    if moved.tells:
        told = replace(told, audience=told.audience + told.later, later=())
    events: list[Event] = [told]
    after = case.with_plan(replace(case.plan, told=case.plan.told or case.today)) if moved.tells else case
    if clock_id and by:
        events += [addressed(after, e) for e in extended(case, clock_id, by, command.because.strip())]
    events += [addressed(after, Dated(what="clock", id=clock, cause="stopped")) for clock in _stopped(case, spec, to)]
    for clock in (*spec.starts, *(disposition.starts if disposition else ())):
        events += [addressed(after, e) for e in started(case, clock)]
    return events


def _stopped(case: Case, spec: MoveSpec, to: str) -> list[str]:
    """The clocks this step stops. Those that still run when a plan ends are stopped by its end, which says so once."""
    if case.program.stage[to].final:
        return []
    return [c for c in spec.stops if (state := case.plan.clocks.get(c)) and not (state.ended or state.stopped)]


def _extension(case: Case, command: Move) -> Length:
    try:
        return Length.parse(command.extend_by, units=(*case.program.units, *case.program.calendars))
    except ValueError as error:
        raise Refused(Refusal("required", f"Extend by: {error}", field="extend_by")) from None


def _refuse_extension(case: Case, clock_id: str, by: Length) -> None:
    try:
        extension(case, clock_id, by)
    except Refused as refused:
        raise Refused(*(replace(r, field="extend_by") for r in refused.reasons)) from None


def _decided(case: Case, command: Move) -> Disposition | None:
    """The disposition of a complete decision, or None where none is needed. Raises Refused with all that lacks."""
    outcomes = case.program.outcomes
    assert outcomes, "checked when the program is read"
    spec = case.program.move[command.move]
    finding = case.program.finding.get(command.finding)
    if finding is None or finding not in case.program.findings(spec):
        open_ = listed((f"“{f.title}”" for f in case.program.findings(spec)), "or")
        raise Refused(Refusal("finding", f"Choose a finding: {open_}.", field="finding"))
    problems = _criteria_problems(case, outcomes, good=finding.good)
    if finding.reasons and not command.because.strip():
        problems.append(
            Refusal("reasons", f"“{finding.title}” needs its reasons in writing.", finding.cites, field="because")
        )
    fitting = case.program.follows(spec, finding.id)
    chosen = next((d for d in fitting if d.id == command.disposition), None)
    if fitting and chosen is None:
        titles = listed((f"“{d.title}”" for d in fitting), "or")
        cites = tuple(dict.fromkeys(c for d in fitting for c in d.cites))
        problems.append(
            Refusal("disposition", f"Say what follows from “{finding.title}”: {titles}.", cites, field="disposition")
        )
    if problems:
        raise Refused(*problems)
    return chosen


def _criteria_problems(case: Case, outcomes: Outcomes, *, good: bool) -> list[Refusal]:
    problems = []
    for number, criterion in enumerate(case.criteria, start=1):
        where = f"criteria.{criterion['table']}/{criterion['row']}"
        if criterion["finding"] not in outcomes.criteria:
            problems.append(
                Refusal("criteria", f"Goal {number}: say whether it was met.", ("GEN-12",), field=f"{where}.finding")
            )
        elif not criterion["evidence"] and criterion["finding"] != "not_assessable":
            problems.append(
                Refusal(
                    "criteria", f"Goal {number}: say what the finding rests on.", ("GEN-12",), field=f"{where}.evidence"
                )
            )
        elif not criterion["reason"] and criterion["finding"] != "met":
            problems.append(
                Refusal("criteria", f"Goal {number}: give the reason.", ("GEN-12",), field=f"{where}.reason")
            )
        elif good and outcomes.all_must_pass and criterion["finding"] != "met":
            problems.append(
                Refusal(
                    "criteria",
                    f"Goal {number} is not met, and all goals must be met for this finding.",
                    field=f"{where}.finding",
                )
            )
    return problems


MOVE = Verb(
    name="move",
    command=Move,
    target=lambda c: str(c.move),
    targets=lambda case: case.program.move,
    open_to=_open_to,
    against=_against,
    weigh=_weigh,
    events=_events,
    reads=lambda c: frozenset({"stage", "text", "clocks", "decision"}),
)

VERBS = (MOVE,)
