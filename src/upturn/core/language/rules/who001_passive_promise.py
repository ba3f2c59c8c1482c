"""WHO001: help that will be given, by nobody."""

from collections.abc import Iterator

from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of

_WHEN = ("deadline", "period", "latency", "dated", "past")


def find(reading: Reading, _kind: Kind, _given: Given) -> Iterator[Hit]:
    """Passive promises in a sentence that names nobody who does it."""
    if not reading.has("helper") and not any(reading.outside(s, *_WHEN) for s in reading.of("agent")):
        promised = (s for s in reading.of("passive_promise", quoted=False) if not _asked_about(reading, s))
        yield from said_of("WHO001", "“{}”: by whom?", promised)


def _asked_about(reading: Reading, span: Span) -> bool:
    """Nothing is promised by "Read how complaints are to be reviewed"."""
    return any("asks" in token.tags and not token.first for token in reading.tokens[: span.first])


RULE = Rule(
    code="WHO001",
    name="passive-promise",
    title="promises something without saying who does it",
    why=("A promise without a person is kept by nobody, and help that was promised and not given undoes a plan."),
    instead='Name who does it, and by when: "The training lead gives the course by 10 March."',
    cites=(
        "LNG-10",
        "GEN-05",
        "GEN-PS2",
    ),
    kinds=frozenset({"support", "action"}),
    bad=(("support", "Two hours of training will be provided each week."),),
    good=(
        ("support", "The training lead provides two hours of training each week."),
        ("support", "Two hours of training will be provided each week by the shift lead."),
    ),
    find=find,
    satisfied_by=frozenset({"owner"}),
)
