"""TRA001: words about character instead of behaviour."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TRA001",
    name="trait-words",
    title="judges the person instead of telling what was done",
    why=(
        "Trait words fall unevenly on women and minorities, cannot be answered, and turn attention from "
        "the task to the self, where feedback harms."
    ),
    instead="Tell what was done or said, when, and what it led to.",
    cites=(
        "LNG-01",
        "EFF-SNY",
        "EFF-TEX22",
        "EFF-TEXB",
        "EFF-KD",
    ),
    kinds=frozenset({"goal", "action", "deficiency", "support"}),
    bad=(("deficiency", "On 3 March you were abrasive with the night shift."),),
    good=(
        ("deficiency", "On 3 March you told the night shift lead to “do it yourself” and hung up."),
        ("deficiency", "On 3 March the code review was weak: two of five files had no comment."),
    ),
    find=words("TRA001", "“{}” judges the person: what was done or said, and when?", "trait", "soft_trait"),
)
