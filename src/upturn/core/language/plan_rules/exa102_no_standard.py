"""EXA102: something is said to be wrong, and nothing says what would be right."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import PLAN, SEEN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Rows whose standard is empty though the form asks for it."""
    for row, seen in enumerate(plan.deficiencies):
        if "standard" in plan.asked and not seen.standard:
            says = f"Deficiency {row + 1} names no standard: which duty, policy or agreed goal does it fall short of?"
            yield PlanHit("EXA102", "deficiency", row, says)


RULE = PlanRule(
    code="EXA102",
    name="deficiency-without-standard",
    title="calls something wrong without saying what would have been right",
    why="What nobody was asked to do cannot be held against anybody.",
    instead="Name the duty, the policy, the competency or the goal, and where it is written.",
    cites=("GEN-02", "CA-TOP10", "NL-WS"),
    bad=(("two open doors on 4 May, standard empty", replace(PLAN, deficiencies=(replace(SEEN, standard=""),))),),
    good=(("the same beside “Closing procedure, step 6”", PLAN),),
    find=find,
)
