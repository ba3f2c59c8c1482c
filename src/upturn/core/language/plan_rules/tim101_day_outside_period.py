"""TIM101: a day before the time to improve begins, or after it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from upturn.core.language.plan_rules._sound import END, GOAL, HELP, PLAN, START
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords
from upturn.core.language.rule import Kind


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Goals on either side, support after the end: help may have begun before."""
    for row, goal in enumerate(plan.goals):
        if goal.due and plan.start and goal.due < plan.start:
            yield _hit("goal", row, goal.due, f"before the time to improve begins on {plan.start.isoformat()}")
        elif goal.due and plan.end and goal.due > plan.end:
            yield _hit("goal", row, goal.due, f"after the time to improve ends on {plan.end.isoformat()}")
    for row, support in enumerate(plan.support or ()):
        if support.due and plan.end and support.due > plan.end:
            yield _hit("support", row, support.due, f"after the time to improve ends on {plan.end.isoformat()}")


def _hit(kind: Kind, row: int, day: date, where: str) -> PlanHit:
    return PlanHit("TIM101", kind, row, f"The day of {kind} {row + 1}, {day.isoformat()}, lies {where}.")


DAY = timedelta(days=1)

RULE = PlanRule(
    code="TIM101",
    name="day-outside-period",
    title="has a day that lies outside the time to improve",
    why="What is due before the start was never a chance, and what is due after the end is judged by nobody.",
    instead="Move the day into the period, or the period so that it holds the day.",
    cites=("GEN-03", "US-01", "US-02"),
    bad=(
        ("a goal due a day after the last day", replace(PLAN, goals=(GOAL, replace(GOAL, due=END + DAY)))),
        ("a goal due a day before the first", replace(PLAN, goals=(GOAL, replace(GOAL, due=START - DAY)))),
    ),
    good=(
        ("a goal due on the last day", PLAN),
        ("a goal due on the first", replace(PLAN, goals=(GOAL, replace(GOAL, due=START)))),
        ("support that began before", replace(PLAN, support=(replace(HELP, due=START - DAY),))),
    ),
    find=find,
)
