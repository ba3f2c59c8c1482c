"""WHO102: help on the list that nobody gives."""

from collections.abc import Iterator
from dataclasses import replace

from upturn.core.language.plan_rules._sound import HELP, PLAN
from upturn.core.language.plans import PlanHit, PlanRule, PlanWords
from upturn.core.language.rule import NOTHING, Given
from upturn.core.language.rules import rules

TEXT_RULES = ("WHO001", "WHO002")
DATED: Given = frozenset({"due"})


def find(plan: PlanWords) -> Iterator[PlanHit]:
    """Rows without an owner, unless their sentence names one. In a language that is not read, only the field counts."""
    for row, support in enumerate(plan.support or ()):
        if "owner" in support.given:
            continue
        reading = plan.read(support.text)
        named = reading.readable and not any(
            True for code in TEXT_RULES for _ in rules()[code].find(reading, "support", NOTHING)
        )
        if not named:
            yield PlanHit("WHO102", "support", row, f"Nobody is named who gives support {row + 1}.")


RULE = PlanRule(
    code="WHO102",
    name="support-nobody-gives",
    title="promises help that belongs to nobody",
    why="Help with nobody beside it is forgotten first; courts ask whether it was given, and the goals lean on it.",
    instead="Put the person or the role who gives it into its field.",
    cites=("GEN-05", "GEN-PS2", "FD-432.105A"),
    bad=(
        (
            "“Weekly coaching on handovers.”, owner empty",
            replace(PLAN, support=(replace(HELP, text="Weekly coaching on handovers.", given=DATED),)),
        ),
    ),
    good=(
        ("the same with an owner", replace(PLAN, support=(replace(HELP, text="Weekly coaching on handovers."),))),
        ("“The shift lead sits in ...”, which names one", replace(PLAN, support=(replace(HELP, given=DATED),))),
    ),
    find=find,
    satisfied_by=frozenset({"owner"}),
    same_as=frozenset(TEXT_RULES),
)
