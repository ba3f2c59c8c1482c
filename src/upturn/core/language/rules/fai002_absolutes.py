"""FAI002: always, never, constantly."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="FAI002",
    name="absolutes",
    title="says “always” or “never” where there is a count",
    why="One counter-example defeats an absolute, and the person stops listening to think of it.",
    instead="Count: n of m, with the period.",
    cites=("LNG-05",),
    kinds=frozenset({"deficiency"}),
    bad=(("deficiency", "In May you never signed the ward log."),),
    good=(
        ("deficiency", "In May you signed the ward log on 2 of 20 shifts."),
        ("deficiency", "On 4 May you said “I never sign that log”."),
    ),
    find=words("FAI002", "“{}” is answered by a single exception: how many of how many?", "absolute"),
)
