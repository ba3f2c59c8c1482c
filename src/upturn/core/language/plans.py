"""The words of a whole plan, and the rules about them: what no sentence can show alone.

    check_plan(PlanWords(goals=(Words("Close 9 of 10 tickets a week."),)))   -> [PlanHit("MEA103", "goal", 0, ...)]

Whoever knows a plan (its fields, its program) makes `PlanWords` of it; nothing here knows forms or programs. A rule
about a plan has the shape of a rule about a sentence: only its examples and what it looks at are plans.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module, resources
from typing import Literal

from upturn.core.language.reading import Reading, read
from upturn.core.language.rule import NOTHING, Given, Hit, Kind

ASKED: Given = frozenset({"baseline", "unit", "source", "judge"})
"""The parts that only a place of the form's own can take; an owner or a day may stand in the sentence."""


@dataclass(frozen=True, slots=True)
class Words:
    """One goal, support or deficiency: its sentence, what stands in fields beside it, and its day if it is known."""

    text: str
    given: Given = NOTHING
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWords:
    """A plan as its rules see it.

    `support` is None where the form has no place for it, and so is `consequence` where nobody can tell whether it is
    stated. `start` and `end` are the first and the last day of the time to improve. `asked` are the parts the form has
    a place for: an author cannot fill what is not there.
    """

    goals: tuple[Words, ...] = ()
    support: tuple[Words, ...] | None = None
    deficiencies: tuple[Words, ...] = ()
    start: date | None = None
    end: date | None = None
    consequence: bool | None = None
    asked: Given = ASKED
    lang: str = ""

    def read(self, text: str) -> Reading:
        """A sentence of this plan, read."""
        return read(text, self.lang)


@dataclass(frozen=True, slots=True)
class PlanHit:
    """One finding: of a row (`kind` and its place among those, from 0), or of the plan as a whole (both None)."""

    code: str
    kind: Kind | None
    row: int | None
    says: str


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule about a plan. One file each in `plan_rules/`, found by its name; its examples are run by the tests.

    The fields are those of `Rule`. An example is a plan, with what it shows in words. `same_as` are the codes of text
    rules that would say the same of the same row: it is said once. `about` is the kind of row at which a finding of the
    plan as a whole is mended.
    """

    code: str
    name: str
    title: str
    why: str
    instead: str
    cites: tuple[str, ...]
    bad: tuple[tuple[str, PlanWords], ...]
    good: tuple[tuple[str, PlanWords], ...]
    find: Callable[[PlanWords], Iterator[PlanHit]]
    satisfied_by: Given = NOTHING
    about: Kind = "goal"
    same_as: frozenset[str] = frozenset()
    subject: Literal["plan"] = "plan"


@cache
def plan_rules() -> dict[str, PlanRule]:
    """Every rule about plans by its code, in order."""
    folder = "upturn.core.language.plan_rules"
    files = (f.name for f in resources.files(folder).iterdir())
    names = sorted(name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))
    found: list[PlanRule] = [import_module(f"{folder}.{name}").RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


def check_plan(plan: PlanWords) -> list[PlanHit]:
    """What the rules find in a plan: first about the whole, then row by row."""
    hits = [hit for rule in plan_rules().values() for hit in rule.find(plan)]
    return sorted(hits, key=lambda hit: (hit.kind or "", -1 if hit.row is None else hit.row, hit.code))


def told_once(hits: Sequence[Hit], kind: Kind, row: int, of_plan: Sequence[PlanHit]) -> list[Hit]:
    """The hits of a row's sentence without those that the plan's own hits say already."""
    about = [hit for hit in of_plan if hit.kind == kind and hit.row in {row, None}]
    said = {code for hit in about for code in plan_rules()[hit.code].same_as}
    return [hit for hit in hits if hit.code not in said]
