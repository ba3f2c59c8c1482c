"""PLA101: more goals than a person can work on at once."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import GOAL, LATER, PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords

MOST_GOALS = 5
"""Our own limit; what is known is that several demanding goals at once tax people."""


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """The plan as a whole, from the sixth goal on."""
    if len(plan.goals) > MOST_GOALS:
        yield PlanHit("PLA101", None, None, f"{len(plan.goals)} goals at once: which {MOST_GOALS} matter most now?")


RULE = PlanRule(
    code="PLA101",
    name="too-many-goals",
    title="asks for more goals than somebody can work on at once",
    why="Several demanding goals at once tax people, and a plan nobody could meet reads like one made to fail.",
    instead="Keep three to five; leave the rest for after, or make them steps of a goal.",
    cites=("GEN-16", "EFF-MASUDA"),
    bad=(("six goals", replace(PLAN, goals=(GOAL, *[LATER] * 5))),),
    good=(("five goals", replace(PLAN, goals=(GOAL, *[LATER] * 4))),),
    find=find,
)
