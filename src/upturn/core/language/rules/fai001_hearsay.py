"""FAI001: what people say, with nobody who saw it."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="FAI001",
    name="hearsay",
    title="reports what others say without who, when and what",
    why="Nobody can answer a rumour, and evidence that cannot be traced has no weight.",
    instead="Name who saw what and on which day, or where it is written.",
    cites=(
        "LNG-09",
        "GEN-01",
        "GEN-PS",
    ),
    kinds=frozenset({"deficiency", "consequence", "outcome"}),
    bad=(("deficiency", "In May it was noticed that doors were left open."),),
    good=(
        ("deficiency", "On 4 May the night guard logged two open doors."),
        ("deficiency", "In May six parents wrote that their calls were not returned."),
    ),
    find=words("FAI001", "“{}”: who saw it, when, and where is it written?", "hearsay"),
)
