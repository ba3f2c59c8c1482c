"""The small language in which a pack says its phrases, and the index that finds them in one pass.

A pattern is a row of elements: `word`, `one|other`, `maybe?`, `stem*`, and `<class>`, a token that carries the tag.
`no later than <date>` and `every|each other? <weekday>` are patterns. They have no repetition, so a search looks at
most as far ahead as the longest pattern: time is linear in the text, whatever the text is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from upturn.core.language.tokens import Token

_STEM = 2  # letters by which stems are looked up; a stem is at least that long


class PatternError(ValueError):
    """A pattern that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: the words, stems and classes that may stand there."""

    words: frozenset[str]
    stems: tuple[str, ...]
    classes: frozenset[str]
    optional: bool

    def fits(self, token: Token) -> bool:
        return (
            token.word in self.words
            or bool(self.stems and token.word.startswith(self.stems))
            or bool(self.classes and not self.classes.isdisjoint(token.tags))
        )


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    elements: tuple[_Element, ...]

    def ends(self, tokens: Sequence[Token], at: int) -> int:
        """Where the longest match that begins here ends; 0 when there is none."""
        places = {at}
        for element in self.elements:
            after = {p + 1 for p in places if p < len(tokens) and element.fits(tokens[p])}
            places = after | places if element.optional else after
            if not places:
                return 0
        return max(places) if max(places) > at else 0


class Phrases:
    """Patterns by what they may begin with. `add` them once, then `longest` tells what begins at a token."""

    __slots__ = ("_classes", "_stems", "_words")

    def __init__(self) -> None:
        self._words: dict[str, list[_Pattern]] = {}
        self._stems: dict[str, list[tuple[str, _Pattern]]] = {}
        self._classes: dict[str, list[_Pattern]] = {}

    def add(self, kind: str, patterns: Iterable[str]) -> None:
        """Learns that these patterns are of this kind."""
        for written in patterns:
            pattern = _Pattern(kind, tuple(_element(e, written) for e in written.split()))
            for element in pattern.elements:
                self._index(pattern, element)
                if not element.optional:
                    break
            else:
                raise PatternError(f"“{written}”: everything in it is optional")

    def _index(self, pattern: _Pattern, element: _Element) -> None:
        for word in element.words:
            self._words.setdefault(word, []).append(pattern)
        for stem in element.stems:
            self._stems.setdefault(stem[:_STEM], []).append((stem, pattern))
        for name in element.classes:
            self._classes.setdefault(name, []).append(pattern)

    def knows(self, word: str) -> bool:
        """Whether some pattern begins with this word."""
        return word in self._words or any(word.startswith(stem) for stem, _ in self._stems.get(word[:_STEM], ()))

    def longest(self, tokens: Sequence[Token], at: int) -> dict[str, int]:
        """Each kind that begins at this token, with the end of its longest match."""
        ends: dict[str, int] = {}
        for pattern in self._beginning(tokens[at]):
            end = pattern.ends(tokens, at)
            if end > ends.get(pattern.kind, 0):
                ends[pattern.kind] = end
        return ends

    def _beginning(self, token: Token) -> Iterator[_Pattern]:
        word = token.word
        yield from self._words.get(word, ())
        for stem, pattern in self._stems.get(word[:_STEM], ()):
            if word.startswith(stem):
                yield pattern
        for tag in token.tags:
            yield from self._classes.get(tag, ())


def _element(written: str, pattern: str) -> _Element:
    optional = written.endswith("?") and len(written) > 1
    ways = (written[:-1] if optional else written).split("|")
    classes = frozenset(w[1:-1] for w in ways if len(w) > 2 and w[0] == "<" and w[-1] == ">")
    stems = tuple(w[:-1] for w in ways if len(w) > 1 and w.endswith("*"))
    words = frozenset(w for w in ways if not (len(w) > 2 and w[0] == "<") and not (len(w) > 1 and w.endswith("*")))
    if not all(ways) or any(len(s) < _STEM for s in stems):
        raise PatternError(f"“{pattern}”: “{written}” cannot be read")
    return _Element(words, stems, classes, optional)
