"""TRA003: what somebody is said to want, care or think."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TRA003",
    name="mind-reading",
    title="tells what somebody wanted, thought or felt inside",
    why="Nobody can see a motive; a wrong guess ends the conversation and reads as hostility.",
    instead="Tell what was done; ask for the reason instead of stating it.",
    cites=(
        "LNG-07",
        "EFF-KD",
    ),
    kinds=frozenset({"deficiency", "goal", "action"}),
    bad=(("deficiency", "On 3 March you did not care about the open tickets."),),
    good=(("deficiency", "On 3 March four tickets stayed open past the shift."),),
    find=words("TRA003", "“{}” reads somebody's mind: what was seen or heard?", "mind_reading"),
)
