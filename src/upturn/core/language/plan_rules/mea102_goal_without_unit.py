"""MEA102: a level to reach, counted in nothing."""

from dataclasses import replace

from upturn.core.language.plan_rules._missing import lacking
from upturn.core.language.plan_rules._sound import PLAN, without
from upturn.core.language.plans import PlanRule, Words
from upturn.core.language.reading import Reading


def needed(goal: Words, _reading: Reading) -> bool:
    """Only a number needs a unit."""
    return "target" in goal.given or "baseline" in goal.given


RULE = PlanRule(
    code="MEA102",
    name="goal-without-unit",
    title="gives a goal a number without saying of what",
    why="“24” can be hours, percent or pieces; at the end each side reads it as suits it.",
    instead="Say what is counted, and of how many or in which time: “of 8 releases”, “hours”, “per month”.",
    cites=("GEN-03",),
    bad=(("the level to reach is 9, and the unit is empty", replace(PLAN, goals=(without("unit"),))),),
    good=(
        ("the level to reach is 9, counted in “of 10 tickets a week”", PLAN),
        (
            "no number in the fields at all",
            replace(
                PLAN,
                goals=(
                    replace(
                        without("unit"), given=frozenset({"source", "judge"}), text="Pass the forklift exam by 5 March."
                    ),
                ),
            ),
        ),
    ),
    find=lacking(
        "MEA102", "unit", "Goal {} has a number, but not what it counts: hours, percent, of how many?", needed
    ),
    satisfied_by=frozenset({"unit"}),
)
