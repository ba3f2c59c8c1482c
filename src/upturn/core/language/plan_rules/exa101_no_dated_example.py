"""EXA101: what is wrong is told without a single day."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import PLAN, SEEN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords
from upturn.core.language.times import is_time_bound


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """No deficiency has a day, beside it or in it; and each could be read."""
    readings = [plan.read(seen.text) for seen in plan.deficiencies if "evidence" not in seen.given]
    undated = [r for r in readings if r.readable and not is_time_bound(r, "deficiency")]
    if plan.deficiencies and len(undated) == len(plan.deficiencies):
        yield PlanHit(
            "EXA101", "deficiency", None, "Nothing of what is said to be wrong has a day on which it happened."
        )


RULE = PlanRule(
    code="EXA101",
    name="no-dated-example-at-all",
    title="says what is wrong without one day on which it happened",
    why="Dated instances are what reviewers and courts weigh, and the only thing the person can answer to.",
    instead="Add at least one day, what was seen on it, and where it is written.",
    cites=("GEN-01", "FD-4303", "GEN-PS"),
    bad=(("“Doors are left open.”", replace(PLAN, deficiencies=(replace(SEEN, text="Doors are left open."),))),),
    good=(
        ("“On 4 May two doors were left open.”", PLAN),
        (
            "the day stands in its own field",
            replace(PLAN, deficiencies=(replace(SEEN, text="Doors were left open.", given=frozenset({"evidence"})),)),
        ),
    ),
    find=find,
    about="deficiency",
    same_as=frozenset({"EXA001"}),
)
