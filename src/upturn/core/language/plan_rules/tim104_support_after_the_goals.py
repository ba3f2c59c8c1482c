"""TIM104: help that begins when the last goal is over."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import END, GOAL, HELP, PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Support inside the period that is due after every goal. Without a day on every goal nobody can tell."""
    days = [goal.due for goal in plan.goals if goal.due]
    if not days or len(days) < len(plan.goals):
        return
    for row, support in enumerate(plan.support or ()):
        if support.due and support.due > max(days) and not (plan.end and support.due > plan.end):
            says = f"Support {row + 1} is due on {support.due.isoformat()}, when the last goal is over."
            yield PlanHit("TIM104", "support", row, says)


RULE = PlanRule(
    code="TIM104",
    name="support-after-the-goals",
    title="gives help when the goals are over",
    why="What is promised to help with a goal has to be there while it can still help.",
    instead="Move the day of the support before the goals it is for.",
    cites=("GEN-05", "GEN-06"),
    bad=(
        ("support due six weeks after the only goal", replace(PLAN, goals=(GOAL,), support=(replace(HELP, due=END),))),
    ),
    good=(("support due on the day of a goal", replace(PLAN, goals=(GOAL,))),),
    find=find,
)
