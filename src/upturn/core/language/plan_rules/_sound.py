"""A plan without any finding, of which each rule's examples are made."""

from dataclasses import replace
from datetime import date

from upturn.core.language.plans import DeficiencyWords, GoalWords, PlanWords, SupportWords
from upturn.core.language.rule import Given

START, MIDDLE, END = date(2027, 1, 11), date(2027, 2, 26), date(2027, 4, 9)
GIVEN: Given = frozenset({"baseline", "target", "unit", "due", "source", "judge"})
GOAL = GoalWords("Close at least 9 of 10 tickets within 4 business hours each week.", GIVEN, MIDDLE)
LATER = replace(GOAL, text="Hand over every shift with the checklist signed.", due=END)
HELP = SupportWords("The shift lead sits in on one handover each week.", "Kim Osei", MIDDLE)
SEEN = DeficiencyWords(
    "On 4 May two doors were left open (night log, entry 212).", standard="Closing procedure, step 6"
)
PLAN = PlanWords(
    goals=(GOAL, LATER), support=(HELP,), deficiencies=(SEEN,), start=START, end=END, consequence=True, lang="en"
)


def without(part: str) -> GoalWords:
    """The sound goal with one part left out."""
    return replace(GOAL, given=frozenset(p for p in GIVEN if p != part))
