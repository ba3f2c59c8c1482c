"""TIM102: help that may come any time, or never."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import HELP, PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords
from upturn.core.language.rule import Given
from upturn.core.language.times import is_time_bound

OWNED: Given = frozenset({"owner"})


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Rows without a day whose sentence says no when. In a language that is not read, only the field counts."""
    for row, support in enumerate(plan.support or ()):
        reading = plan.read(support.text)
        if "due" not in support.given and not (reading.readable and is_time_bound(reading, "support")):
            yield PlanHit(
                "TIM102", "support", row, f"Support {row + 1} has no day: by when, or how often, is it given?"
            )


RULE = PlanRule(
    code="TIM102",
    name="support-without-date",
    title="promises help without a day",
    why="Help that comes after the goals were due helped nobody, and without a day nobody can say that it is late.",
    instead="Give the day by which it is there, or how often it is given.",
    cites=("GEN-05", "GEN-PS2"),
    bad=(
        (
            "“The shift lead explains the checklist.”, day empty",
            replace(
                PLAN, support=(replace(HELP, text="The shift lead explains the checklist.", given=OWNED, due=None),)
            ),
        ),
    ),
    good=(
        ("the same with a day", replace(PLAN, support=(replace(HELP, text="The shift lead explains the checklist."),))),
        (
            "“... one handover each week”, which says it itself",
            replace(PLAN, support=(replace(HELP, given=OWNED, due=None),)),
        ),
    ),
    find=find,
    satisfied_by=frozenset({"due"}),
)
