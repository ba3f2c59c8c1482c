"""MEA101: a goal with a number, and nothing that says where it stands now."""

from dataclasses import replace

from upturn.core.language.measures import amounts
from upturn.core.language.plan_rules._missing import lacking
from upturn.core.language.plan_rules._sound import GOAL, PLAN, without
from upturn.core.language.plans import PlanRule, Words
from upturn.core.language.reading import Reading


def needed(goal: Words, reading: Reading) -> bool:
    """What is counted has a level now; "Pass the forklift exam" has none. A sentence may say it itself."""
    counted = "target" in goal.given or next(amounts(reading, "goal"), None) is not None
    return counted and not reading.has("starting_from", "baseline")


RULE = PlanRule(
    code="MEA101",
    name="goal-without-baseline",
    title="does not say where a goal stands at the start",
    why="Without the figure at the start nobody can show that something got better, or that it was wrong before.",
    instead="Fill in where it stands now, with the same source that will be asked at the end.",
    cites=("GEN-03", "LNG-06", "EFF-LL"),
    bad=(("“Close at least 9 of 10 tickets ...”, and no level now", replace(PLAN, goals=(without("baseline"),))),),
    good=(
        ("the same with “6 of 10 in May” beside it", PLAN),
        (
            "“Raise on-time delivery from 82% to 96%”, which says it itself",
            replace(PLAN, goals=(replace(without("baseline"), text="Raise on-time delivery from 82% to 96%."),)),
        ),
        (
            "“Pass the forklift exam”, which is done or not",
            replace(
                PLAN,
                goals=(replace(GOAL, text="Pass the forklift exam.", given=frozenset({"due", "source", "judge"})),),
            ),
        ),
    ),
    find=lacking("MEA101", "baseline", "Goal {} does not say where it stands now: what is the figure today?", needed),
    satisfied_by=frozenset({"baseline"}),
)
