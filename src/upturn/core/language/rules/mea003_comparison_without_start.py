"""MEA003: more, fewer or better, with nothing to compare with."""

from collections.abc import Iterator

from upturn.core.language.measures import amounts
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Comparing words in a sentence that has neither a number nor a starting point."""
    compared = reading.has("starting_from", "baseline", "threshold", "comparison")
    if not compared and next(amounts(reading, kind), None) is None:
        says = "“{}” than what? Say where it stands now and where it should be."
        yield from said_of("MEA003", says, reading.of("comparing", quoted=False))


RULE = Rule(
    code="MEA003",
    name="comparison-without-start",
    title="compares without saying with what",
    why="A comparison without its starting point can be called met or missed at will.",
    instead='Give the figure now and the figure wanted: "from 14 to 5 a month".',
    cites=(
        "LNG-06",
        "GEN-03",
        "EFF-LL",
    ),
    kinds=frozenset({"goal"}),
    bad=(("goal", "Respond faster to every ticket by 30 June."),),
    good=(
        ("goal", "Respond to tickets in 4 hours instead of 26 by 30 June."),
        ("goal", "Answer every call faster than last quarter by 30 June."),
    ),
    find=find,
    satisfied_by=frozenset({"baseline", "target"}),
)
