"""A plan without any finding, of which each rule's examples are made."""

from dataclasses import replace
from datetime import date

from upturn.core.language.plans import PlanWords, Words
from upturn.core.language.rule import Given

START, MIDDLE, END = date(2027, 1, 11), date(2027, 2, 26), date(2027, 4, 9)
GIVEN: Given = frozenset({"baseline", "target", "unit", "due", "source", "judge"})
GOAL = Words("Close at least 9 of 10 tickets within 4 business hours each week.", GIVEN, MIDDLE)
LATER = replace(GOAL, text="Hand over every shift with the checklist signed.", due=END)
HELPING: Given = frozenset({"owner", "due"})
HELP = Words("The shift lead sits in on one handover each week.", HELPING, MIDDLE)
SEEN = Words("On 4 May two doors were left open (night log, entry 212).")
PLAN = PlanWords(
    goals=(GOAL, LATER), support=(HELP,), deficiencies=(SEEN,), start=START, end=END, consequence=True, lang="en"
)


def without(part: str) -> Words:
    """The sound goal with one part left out."""
    return replace(GOAL, given=frozenset(p for p in GIVEN if p != part))
