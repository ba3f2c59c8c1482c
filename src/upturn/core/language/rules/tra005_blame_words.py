"""TRA005: small words that carry blame beside a fact."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TRA005",
    name="blame-words",
    title="adds blame to a fact",
    why="The fact is enough; the aside shows that the writer had decided before.",
    instead="Leave the word out and keep the fact.",
    cites=(
        "LNG-01",
        "LNG-13",
        "EFF-KD",
    ),
    kinds=frozenset({"deficiency"}),
    bad=(("deficiency", "On 3 March you finally sent the report."),),
    good=(("deficiency", "On 3 March you sent the report, six days after it was due."),),
    find=words("TRA005", "“{}” adds blame: the fact says enough without it.", "loaded"),
)
