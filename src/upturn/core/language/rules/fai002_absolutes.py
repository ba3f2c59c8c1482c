"""FAI002: always, never, constantly."""

from collections.abc import Iterator

from upturn.core.language.persons import accusing_absolutes, counts_cases
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Absolutes about a person, or about work that is called bad. "The alarm always rings here" accuses nobody."""
    if counts_cases(reading, kind):
        return
    says = "“{}” is answered by a single exception: how many of how many?"
    yield from said_of("FAI002", says, accusing_absolutes(reading))


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
    find=find,
)
