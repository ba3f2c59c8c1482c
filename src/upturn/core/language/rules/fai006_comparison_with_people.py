"""FAI006: somebody measured against a colleague."""

from upturn.core.language.rule import KINDS, Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="FAI006",
    name="comparison-with-people",
    title="compares with a person instead of a standard",
    why="A person is not a standard: it cannot be met, and it shames two people at once.",
    instead="Compare with the written standard or the target.",
    cites=(
        "EFF-KD",
        "GEN-02",
    ),
    kinds=frozenset(KINDS),
    bad=(("deficiency", "In May you closed fewer tickets than everyone else."),),
    good=(("deficiency", "In May you closed 12 tickets; the standard is 20."),),
    find=words(
        "FAI006", "“{}” compares with people: which written standard is meant?", "person_comparison", "soft_comparison"
    ),
)
