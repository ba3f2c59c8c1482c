"""MEA005: often or repeatedly, with no count beside it."""

from collections.abc import Iterator

from upturn.core.language.measures import amounts
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Words of frequency in a sentence that has no number."""
    if next(amounts(reading, kind), None) is None:
        yield from said_of("MEA005", "“{}”: how many times, of how many?", reading.of("frequency", quoted=False))


RULE = Rule(
    code="MEA005",
    name="frequency-without-count",
    title="says how often with a word instead of a count",
    why='A count with its days can be checked and answered; "often" can only be denied.',
    instead="Count: n of m, with the days or the period.",
    cites=("LNG-05",),
    kinds=frozenset({"deficiency"}),
    bad=(("deficiency", "In May the ward log was often left unsigned."),),
    good=(
        ("deficiency", "In May the ward log was left unsigned on 6 of 31 days."),
        ("deficiency", "In May you were often late: 7 of 20 mornings."),
    ),
    find=find,
)
