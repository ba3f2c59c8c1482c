"""TIM002: soon, promptly, going forward."""

from collections.abc import Iterator

from upturn.core.language.persons import in_clause_before
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import own, said_of
from upturn.core.language.times import is_time_bound


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Vague times in a sentence that gives neither a time frame nor hours or days, and is about no emergency."""
    if not is_time_bound(reading, kind) and not reading.has("latency", "at_once"):
        says = "“{}” names no time: which day, or how many hours or days?"
        found = own(reading, "unclear_time", "not_unclear")
        yield from said_of("TIM002", says, (s for s in found if not in_clause_before(reading, s, "tell_that")))


RULE = Rule(
    code="TIM002",
    name="vague-time",
    title="says when with words that name no day",
    why="A time that nobody can point at on a calendar can be neither kept nor missed.",
    instead="Put the day, or the number of hours or days from a named event.",
    cites=("LNG-04",),
    kinds=frozenset({"goal", "action", "support"}),
    bad=(("support", "Your mentor gives you notes on each lesson as soon as possible."),),
    good=(
        ("action", "File one report with the lead each Friday by noon."),
        ("goal", "Reply to all tickets within 4 hours until 29 January."),
    ),
    find=find,
)
