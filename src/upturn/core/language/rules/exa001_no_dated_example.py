"""EXA001: something that is wrong, with no day on which it was."""

from collections.abc import Iterator

from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule, whole
from upturn.core.language.times import is_time_bound


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """The sentence as a whole, when nothing in it is dated."""
    if not is_time_bound(reading, kind):
        yield whole("EXA001", reading, "No day stands here: when did it happen, and where is it written?")


RULE = Rule(
    code="EXA001",
    name="no-dated-example",
    title="gives no day on which it happened",
    why="Dated instances are what reviewers and courts weigh; a label alone cannot be answered.",
    instead="Add at least one day, or a period with a count, and where it is written down.",
    cites=(
        "GEN-01",
        "FD-4303",
        "GEN-PS",
    ),
    kinds=frozenset({"deficiency"}),
    bad=(("deficiency", "You left the forklift running with the key inside."),),
    good=(
        ("deficiency", "On 14 May you left the forklift running with the key inside."),
        ("deficiency", "In the past 2 months 7 of 40 orders were late."),
    ),
    find=find,
    satisfied_by=frozenset({"evidence"}),
)
