"""Finders that several rules share: each takes what a rule looks for and gives its `find`."""

from collections.abc import Callable, Iterable, Iterator

from upturn.core.language.persons import counts_cases, own_words
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Given, Hit, Kind, hit

Find = Callable[[Reading, Kind, Given], Iterator[Hit]]


def words(code: str, says: str, *kinds: str) -> Find:
    """Finds the author's own words of these kinds. `says` names the word found as `{}`."""

    def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
        if not counts_cases(reading, kind):
            yield from said_of(code, says, (s for name in kinds for s in own_words(reading, name)))

    return find


def own(reading: Reading, kind: str, but: str) -> Iterator[Span]:
    """The author's own words of one kind, outside what only looks like it."""
    yield from (s for s in reading.of(kind, quoted=False) if reading.outside(s, but))


def said_of(code: str, says: str, spans: Iterable[Span]) -> Iterator[Hit]:
    """One hit for each span, told once even if two lists know the same words."""
    done: set[int] = set()
    for span in spans:
        if span.first not in done:
            done.update(range(span.first, span.last))
            yield hit(code, span, says.format(span.text))
