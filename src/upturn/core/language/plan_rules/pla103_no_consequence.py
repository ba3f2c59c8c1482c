"""PLA103: a plan that does not say what follows if it is not met."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Only where it is known that nothing says it."""
    if plan.goals and plan.consequence is False:
        yield PlanHit("PLA103", None, None, "Nothing says what follows if the goals are not met.")


RULE = PlanRule(
    code="PLA103",
    name="no-consequence",
    title="does not say what follows if it is not met",
    why="Somebody whose work or membership hangs on a plan has to know it while it can still be met.",
    instead="Say in plain words what can follow: more time, other work, an end; and who decides.",
    cites=("GEN-11", "FD-432.104", "NL-PARK"),
    bad=(("goals, and nothing about what follows", replace(PLAN, consequence=False)),),
    good=(("“If the goals are not met, you get more time, once.”", PLAN),),
    find=find,
    about="consequence",
)
