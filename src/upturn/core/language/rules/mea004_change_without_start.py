"""MEA004: a change by so much, without where it starts."""

from collections.abc import Iterator

from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import own, said_of


def find(reading: Reading, _kind: Kind, _given: Given) -> Iterator[Hit]:
    """A change by an amount in a sentence that names no starting point, and is no order for certain cases."""
    if not reading.has("starting_from", "only_when"):
        says = "“{}”: from where? The figure now is missing."
        yield from said_of("MEA004", says, own(reading, "change_by", "not_change"))


RULE = Rule(
    code="MEA004",
    name="change-without-start",
    title="says by how much, but not from where",
    why="Without the figure at the start nobody can work out whether the change was reached.",
    instead='Add where it stands now, with its source: "from 82 % (May report) to 96 %".',
    cites=(
        "LNG-06",
        "GEN-03",
    ),
    kinds=frozenset({"goal"}),
    bad=(("goal", "Increase sales by 15% by 30 June."),),
    good=(
        ("goal", "Increase sales by 15% over last year by 30 June."),
        ("goal", "Raise on-time delivery from 82% to 96% by 30 June."),
    ),
    find=find,
    satisfied_by=frozenset({"baseline"}),
)
