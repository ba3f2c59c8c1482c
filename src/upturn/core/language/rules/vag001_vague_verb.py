"""VAG001: improve, enhance, step up: with nothing to see."""

from collections.abc import Iterator

from upturn.core.language.concreteness import is_specific
from upturn.core.language.measures import is_instruction, is_measurable
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Vague verbs that ask for something, in a sentence that neither counts nor names anything."""
    if is_measurable(reading, kind) or is_specific(reading, kind):
        return
    asked = [s for s in reading.of("vague_verb", quoted=False) if is_instruction(reading, s)]
    yield from said_of("VAG001", "“{}”: what would somebody see you do?", asked[:1])


RULE = Rule(
    code="VAG001",
    name="vague-verb",
    title="asks for more without saying what would be seen",
    why="A verb of improvement alone leaves both sides to picture something else.",
    instead="Say the act: what somebody does, sends, finishes or stops doing.",
    cites=(
        "LNG-02",
        "GEN-KNOW",
    ),
    kinds=frozenset({"goal", "action"}),
    bad=(("action", "Step up communication by 30 June."),),
    good=(
        ("action", "Post one status note in the team channel each Friday."),
        ("goal", "Improve on-time delivery from 82% to 96% by 30 June."),
    ),
    find=find,
    satisfied_by=frozenset({"target"}),
)
