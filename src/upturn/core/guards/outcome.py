"""Guards about results: criteria answered with evidence, nothing judged before its day, earlier plans."""

import operator
from collections.abc import Callable, Mapping
from datetime import date

from upturn.core.calendar import Length, before
from upturn.core.case import Case
from upturn.core.conditions import is_answered
from upturn.core.guards.registry import guard
from upturn.core.guards.time import goal_dates
from upturn.core.refusals import Refusal
from upturn.core.wording import by_count, counted, day_name, listed


@guard()
def no_result_before_due(case: Case) -> Refusal | None:
    """No goal is judged before its own day (US-02)."""
    early = [(title, due) for title, due in goal_dates(case) if due > case.today]
    if not early:
        return None
    title, due = max(early, key=lambda pair: pair[1])
    return case.refusal(
        "no_result_before_due",
        f"{title} runs until {day_name(due)}; it cannot be judged before that.",
        possible_from=due,
    )


@guard()
def evidence_given(case: Case) -> Refusal | None:
    """Every goal's finding names its evidence (GEN-12)."""
    judged = [(n, c) for n, c in enumerate(case.criteria, start=1) if c.get("finding") != "not_assessable"]
    bare = [str(n) for n, c in judged if not str(c.get("evidence") or "").strip()]
    if not bare:
        return None
    return case.refusal("evidence_given", f"Goal {listed(bare)}: say what the finding rests on.")


@guard()
def finding_fits_goals(case: Case) -> Refusal | None:
    """The finding follows from the goals: none is unmet under a good one, and not all are met under any other."""
    finding = case.program.finding.get(case.finding)
    if finding is None or not case.criteria:
        return None
    unmet = [str(n) for n, c in enumerate(case.criteria, start=1) if c.get("finding") == "not_met"]
    if finding.good and unmet:
        goals = f"{by_count(len(unmet), 'Goal', 'Goals')} {listed(unmet)} {by_count(len(unmet), 'is', 'are')}"
        return case.refusal("finding_fits_goals", f"{goals} not met; the finding “{finding.title}” does not follow.")
    if not finding.good and all(c.get("finding") == "met" for c in case.criteria):
        says = f"Every goal is met; the finding “{finding.title}” does not follow."
        return case.refusal("finding_fits_goals", says)
    return None


@guard()
def last_finding(case: Case, is_: tuple[str, ...]) -> Refusal | None:
    """The latest decision found one of these."""
    decision = case.plan.decision
    if decision and decision.finding in is_:
        return None
    wanted = listed((f"“{case.program.finding[f].title}”" for f in is_ if f in case.program.finding), "or")
    if decision is None:
        return case.refusal("last_finding", f"This follows a decision of {wanted}, and none is made yet.")
    return case.refusal(
        "last_finding",
        f"This follows a decision of {wanted}; the decision was “{case.program.finding[decision.finding].title}”.",
    )


@guard()
def earlier_plans(case: Case, at_most: int, program: str | None = None, within: Length | None = None) -> Refusal | None:
    """The person had no more than so many earlier plans (of a program, in a window)."""
    since = _back(case, within)
    plans = [p for p in case.facts.earlier if (program is None or p.program == program) and p.opened_on >= since]
    if len(plans) <= at_most:
        return None
    window = f" in the last {within}" if within else ""
    return case.refusal(
        "earlier_plans",
        f"There {by_count(len(plans), 'was', 'were')} {counted(len(plans), 'earlier plan')}{window}; "
        f"at most {at_most} allowed.",
    )


@guard()
def had_plan(case: Case, program: str, at_least: int = 1, finding: str | None = None) -> Refusal | None:
    """The person had an earlier plan under a program (an informal stage, a first warning)."""
    plans = [
        p
        for p in case.facts.earlier
        if p.program == program and p.closed_on and (finding is None or p.finding == finding)
    ]
    if len(plans) >= at_least:
        return None
    return case.refusal(
        "had_plan",
        f"This needs an earlier “{program}” that ended{f' with “{finding}”' if finding else ''}; none is on record.",
    )


@guard()
def no_open_plan(case: Case) -> Refusal | None:
    """The person has no other open plan under this program."""
    open_ = [p for p in case.facts.earlier if p.program == case.program.key and p.closed_on is None]
    if not open_:
        return None
    return case.refusal(
        "no_open_plan",
        f"There is already an open {case.program.words.plan}, opened on {day_name(open_[0].opened_on)}. "
        "Close or withdraw it first.",
    )


def _back(case: Case, within: Length | None) -> date:
    if within is None:
        return date.min
    return before(case.today, within, calendars=case.calendars, units=case.program.units)


_REACHED: Mapping[str, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "exactly": operator.eq,
}
"""How a latest value meets its target, by the option of the goal table's `direction` column."""


@guard()
def target_met(case: Case, at_least: int = 1) -> Refusal | None:
    """So many goals reached their target at their latest check-in."""
    met = 0
    for goals in case.program.goals:
        for row in case.rows(goals.table):
            latest = [
                p
                for c in sorted(case.plan.checkins.values(), key=lambda c: c.held_seq)
                for p in c.progress
                if p.get("row") == row["_id"] and p.get("table") == goals.table and is_answered(p.get("value"))
            ]
            target = row.get(goals.target or "")
            reached = _REACHED.get(str(row.get(goals.direction or "")), _REACHED["at_least"])
            if latest and isinstance(target, int | float) and reached(float(latest[-1]["value"]), target):
                met += 1
    if met >= at_least:
        return None
    return case.refusal(
        "target_met", f"{counted(met, 'goal')} reached its target at the latest check-in; {at_least} needed."
    )
