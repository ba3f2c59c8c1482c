"""MEA103: a goal that can be looked up nowhere."""

from dataclasses import replace

from upturn.core.language.plan_rules._missing import lacking
from upturn.core.language.plan_rules._sound import PLAN, without
from upturn.core.language.plans import PlanRule

RULE = PlanRule(
    code="MEA103",
    name="goal-without-source",
    title="does not say where a goal's result can be looked up",
    why="A figure without a source can be picked at the end; both sides should be able to look at it all the time.",
    instead="Name the report, the log or the observation that will be read, and who keeps it.",
    cites=("GEN-03", "C-02"),
    bad=(("the source is empty", replace(PLAN, goals=(without("source"),))),),
    good=(("the source is “Report of the ticket system, read each Friday”", PLAN),),
    find=lacking("MEA103", "source", "Goal {} names no source: which report, log or observation will be read?"),
    satisfied_by=frozenset({"source"}),
)
