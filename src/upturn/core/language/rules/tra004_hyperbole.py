"""TRA004: words too big for a record."""

from upturn.core.language.rule import KINDS, Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TRA004",
    name="hyperbole",
    title="uses a word bigger than the facts",
    why="Big words, kind or harsh, carry no information, and are the first thing quoted to show bias.",
    instead="Put the fact and its effect.",
    cites=(
        "LNG-12",
        "EFF-TEX22",
        "EFF-TEX24",
    ),
    kinds=frozenset(KINDS),
    bad=(("deficiency", "The demo on 3 March was a disaster."),),
    good=(
        ("deficiency", "The demo on 3 March stopped twice and the customer left after 10 minutes."),
        ("goal", "Write the disaster recovery plan by 3 March."),
    ),
    find=words(
        "TRA004", "“{}” is bigger than any fact: what happened, and what did it lead to?", "hyperbole", "soft_hyperbole"
    ),
)
