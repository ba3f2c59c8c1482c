"""TIM103: every goal is due on the last day."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import GOAL, LATER, PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Two goals or more, each with a day, and every day is the last one."""
    if len(plan.goals) > 1 and plan.end and {goal.due for goal in plan.goals} == {plan.end}:
        says = f"All {len(plan.goals)} goals are due on the last day: what can be seen before?"
        yield PlanHit("TIM103", None, None, says)


RULE = PlanRule(
    code="TIM103",
    name="all-on-the-last-day",
    title="puts every goal on its last day",
    why="Progress that is looked at on the way is reached more often; a single day of judging leaves no time.",
    instead="Give at least one goal an earlier day, or a step on the way.",
    cites=("GEN-03", "EFF-HARK"),
    bad=(("two goals, both due on the last day", replace(PLAN, goals=(replace(GOAL, due=PLAN.end), LATER))),),
    good=(
        ("one of them due six weeks before", PLAN),
        ("a plan of one goal", replace(PLAN, goals=(LATER,))),
    ),
    find=find,
)
