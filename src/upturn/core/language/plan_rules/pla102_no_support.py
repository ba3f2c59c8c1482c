"""PLA102: goals for one side, and nothing from the other."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """A plan with goals whose place for support is empty."""
    if plan.goals and plan.support is not None and not plan.support:
        yield PlanHit(
            "PLA102", None, None, "This plan asks for goals and promises no help: what will be given, and by whom?"
        )


RULE = PlanRule(
    code="PLA102",
    name="no-support",
    title="asks for goals and promises no help",
    why="Goals are reached when the means are there; a plan without any help is read as paperwork for an end.",
    instead="Promise at least one thing that helps with a goal, with who gives it and by when.",
    cites=("GEN-05", "FD-432.105A", "GEN-PS2"),
    bad=(("two goals, and the list of support is empty", replace(PLAN, support=())),),
    good=(
        ("one promise with its owner and day", PLAN),
        ("a form without a place for support", replace(PLAN, support=None)),
    ),
    find=find,
    about="support",
)
