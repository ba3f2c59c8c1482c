"""WHO101: a goal that nobody is named to judge."""

from dataclasses import replace

from upturn.core.language.plan_rules._missing import lacking
from upturn.core.language.plan_rules._sound import PLAN, without
from upturn.core.language.plans import PlanRule

RULE = PlanRule(
    code="WHO101",
    name="goal-without-judge",
    title="does not say who decides whether a goal is met",
    why="Whoever works towards a goal needs to know whom to ask and to show it to; an unnamed judge is named too late.",
    instead="Name the person or the role who decides it.",
    cites=("GEN-03", "M-06", "NL-DL"),
    bad=(("nobody is named as judge", replace(PLAN, goals=(without("judge"),))),),
    good=(("the judge is the shift lead", PLAN),),
    find=lacking("WHO101", "judge", "Nobody is named who decides whether goal {} is met."),
    satisfied_by=frozenset({"judge"}),
)
