"""MEA005: often or repeatedly, with no count beside it."""

from collections.abc import Iterator

from upturn.core.language.measures import amounts
from upturn.core.language.persons import in_clause_before
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of
from upturn.core.language.times import on_one_day


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Words of frequency in a sentence that has no number."""
    if next(amounts(reading, kind), None) is None:
        found = (s for s in reading.of("frequency", quoted=False) if _asks_for_count(reading, s))
        yield from said_of("MEA005", "“{}”: how many times, of how many?", found)


def _asks_for_count(reading: Reading, span: Span) -> bool:
    """Not in a name ("a rarely used valve"), a rule, or beside one dated event, unless it is what somebody did then."""
    before = reading.tokens[max(0, span.first - 2) : span.first]
    name = bool(before) and "det" in before[-1].tags and "own" not in before[-1].tags
    did = any("person" in t.tags for t in before)
    return not name and not in_clause_before(reading, span, "rule_says") and (did or not on_one_day(reading))


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
