"""MEA001: a goal with nothing that can be counted or answered yes or no."""

from collections.abc import Iterator

from upturn.core.language.concreteness import is_specific
from upturn.core.language.measures import is_instruction, is_measurable
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule, whole


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """The sentence as a whole, when it measures nothing and asks for no act that is seen or not seen."""
    if not is_measurable(reading, kind) and not _asks_for_an_act(reading, kind):
        says = "Nothing here can be counted or answered yes or no: how much, how many, or which one thing?"
        yield whole("MEA001", reading, says)


def _asks_for_an_act(reading: Reading, kind: Kind) -> bool:
    """Each time, it is answered yes or no, though nobody has said how often: "Knock before entering a room"."""
    plain = is_specific(reading, kind) and not reading.has("evaluation", "comparative", "degree")
    return plain and any(is_instruction(reading, act) for act in reading.of("observable", quoted=False))


RULE = Rule(
    code="MEA001",
    name="missing-measure",
    title="has nothing a stranger could count or answer yes or no",
    why=(
        "A goal that cannot be checked is decided by opinion; specific goals are reached more often than "
        '"do your best".'
    ),
    instead=(
        'Say how many, how much, what share, "every" or "none", or name the one thing that is done when it is done.'
    ),
    cites=(
        "LNG-03",
        "GEN-03",
        "EFF-LL",
    ),
    kinds=frozenset({"goal"}),
    bad=(("goal", "Clear notes in the ward log by 31 March."),),
    good=(
        ("goal", "Report every blocker in the team channel by 31 March."),
        ("goal", "Pass the forklift exam by 31 March."),
        ("goal", "Close 9 of 10 tickets within 4 hours each week."),
    ),
    find=find,
    satisfied_by=frozenset({"target"}),
)
