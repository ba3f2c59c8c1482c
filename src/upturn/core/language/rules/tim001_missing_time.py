"""TIM001: a goal or an action with no day, period or rhythm."""

from collections.abc import Iterator

from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule, whole
from upturn.core.language.times import is_time_bound


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """The sentence as a whole, when it says no when."""
    if not is_time_bound(reading, kind):
        says = "No day, period or rhythm stands here: by when, or over which weeks, is this judged?"
        yield whole("TIM001", reading, says)


RULE = Rule(
    code="TIM001",
    name="missing-time",
    title="has no day, no period and no rhythm",
    why="Without an end nobody knows when to judge, and a deadline can be moved silently.",
    instead=('Say by when, over which period, or how often: "by 29 January", "over the next 8 weeks", "each Friday".'),
    cites=(
        "LNG-03",
        "GEN-03",
    ),
    kinds=frozenset({"goal", "action"}),
    bad=(("goal", "Answer every parent letter within two school days."),),
    good=(
        ("goal", "Answer every parent letter within two school days until 29 January."),
        ("action", "Send the log each Friday."),
    ),
    find=find,
    satisfied_by=frozenset({"due"}),
)
