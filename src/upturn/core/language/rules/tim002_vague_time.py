"""TIM002: soon, promptly, going forward."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="TIM002",
    name="vague-time",
    title="says when with words that name no day",
    why="A time that nobody can point at on a calendar can be neither kept nor missed.",
    instead="Put the day, or the number of hours or days from a named event.",
    cites=("LNG-04",),
    kinds=frozenset({"goal", "action", "support"}),
    bad=(("action", "Promptly file one report with the lead each Friday."),),
    good=(
        ("action", "File one report with the lead each Friday by noon."),
        ("goal", "Reply to all tickets within 4 hours until 29 January."),
    ),
    find=words("TIM002", "“{}” names no time: which day, or how many hours or days?", "unclear_time"),
)
