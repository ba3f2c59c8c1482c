"""FAI004: punishing words, and orders to keep silent."""

from upturn.core.language.rule import KINDS, Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="FAI004",
    name="threat-or-secrecy",
    title="punishes or silences",
    why=(
        "People may talk about their working conditions; an order not to may itself be unlawful, and "
        "threats do not improve work."
    ),
    instead="Say what follows, in plain words, and who may see the plan.",
    cites=(
        "LNG-11",
        "US-NLRB",
    ),
    kinds=frozenset(KINDS),
    bad=(("consequence", "Do not discuss this plan with colleagues."),),
    good=(("consequence", "If fewer than 8 of 10 targets are met on 1 June, employment may end."),),
    find=words("FAI004", "“{}” punishes or silences: say what follows, and who may see the plan.", "punitive"),
)
