"""The small language in which a pack says its phrases, and the index that finds them in one pass.

A pattern is a row of elements: `word`, `one|other`, `maybe?`, `stem*`, and `<class>`, a token that carries the tag.
`no later than <date>` and `every|each other? <weekday>` are patterns. They have no repetition, so a search looks at
most as far ahead as the longest pattern: time is linear in the text, whatever the text is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from upturn.core.language.tokens import Token

_STEM = 2  # letters by which stems are looked up; a stem is at least that long


class PatternError(ValueError):
    """A pattern that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: the words, stems and classes that may stand there."""

    words: tuple[str, ...]
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
    """A pattern of one kind. Most are never met, so its elements after the first ones are read when it first is."""

    kind: str
    written: str
    alone: bool

    def ends(self, tokens: Sequence[Token], at: int) -> int:
        """Where the longest match that begins here ends; 0 when there is none."""
        if self.alone:
            return at + 1
        places = {at}
        for element in _elements(self.written):
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
            parts = written.split()
            pattern = _Pattern(kind, written, alone=len(parts) == 1)
            for part in parts:
                optional = part.endswith("?") and len(part) > 1
                for way in (part[:-1] if optional else part).split("|"):
                    self._index(pattern, way)
                if not optional:
                    break
            else:
                raise PatternError(f"“{written}”: everything in it is optional")

    def _index(self, pattern: _Pattern, way: str) -> None:
        if way[:1] == "<" and len(way) > 2:
            self._classes.setdefault(way[1:-1], []).append(pattern)
        elif way[-1:] == "*" and len(way) > 1:
            self._stems.setdefault(way[:_STEM], []).append((way[:-1], pattern))
        else:
            self._words.setdefault(way, []).append(pattern)

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

    def check(self) -> None:
        """Reads every pattern, also those no text has asked for yet; raises PatternError."""
        for patterns in (*self._words.values(), *self._classes.values()):
            for pattern in patterns:
                _elements(pattern.written)
        for stems in self._stems.values():
            for _, pattern in stems:
                _elements(pattern.written)

    def _beginning(self, token: Token) -> Iterator[_Pattern]:
        word = token.word
        yield from self._words.get(word, ())
        for stem, pattern in self._stems.get(word[:_STEM], ()):
            if word.startswith(stem):
                yield pattern
        for tag in token.tags:
            yield from self._classes.get(tag, ())


@cache
def _elements(written: str) -> tuple[_Element, ...]:
    return tuple(_element(part, written) for part in written.split())


def _element(written: str, pattern: str) -> _Element:
    optional = written.endswith("?") and len(written) > 1
    ways = (written[:-1] if optional else written).split("|")
    classes = [w for w in ways if len(w) > 2 and w[0] == "<" and w[-1] == ">"]
    stems = [w for w in ways if len(w) > 1 and w[-1] == "*"]
    if not all(ways) or any(len(s) <= _STEM for s in stems):
        raise PatternError(f"“{pattern}”: “{written}” cannot be read")
    words = tuple(w for w in ways if w not in classes and w not in stems)
    return _Element(words, tuple(s[:-1] for s in stems), frozenset(c[1:-1] for c in classes), optional)
