"""A `Reading`: one text with its tokens and everything the grammar saw in it, as spans with their places.

What is seen is of a kind: amounts (`n`, `percent`, `share` ...), time (`dated`, `deadline`, `period`, `recurrence`,
`past`, `latency`), and the words of the pack (`trait`, `hearsay`, `observable` ...). A kind is the name of a part of
`[spans]` or `[chunks]` of a pack, or a tag of `numerals`. Labels and rules judge a reading; they never look at the
text itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from upturn.core.language.numerals import numbered
from upturn.core.language.packs import Pack, codes, language_of, pack
from upturn.core.language.tokens import MOST, Token, tokens_of

_SHORT = 500
NUMERALS = ("n", "percent", "share", "money", "range", "placeholder")


@dataclass(frozen=True, slots=True)
class Span:
    """Some characters of the text and what they are. `value` is the number in them, if there is one.

    `first` and `last` are the places of its tokens in `Reading.tokens` (the last one not included).
    """

    start: int
    end: int
    kind: str
    text: str
    value: float | None = None
    quoted: bool = False
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen. `lang` is "" and `known` false when there is no pack for the language: then nothing is seen.

    `cut` says that the text was longer than what is read.
    """

    text: str
    lang: str
    known: bool
    cut: bool
    tokens: tuple[Token, ...] = ()
    spans: tuple[Span, ...] = ()
    _by_kind: dict[str, list[Span]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, *kinds: str, quoted: bool = True) -> list[Span]:
        """The spans of these kinds in the order of the text; with `quoted=False` only the author's own words."""
        found = [s for kind in kinds for s in self._by_kind.get(kind, ()) if quoted or not s.quoted]
        return sorted(found, key=lambda s: (s.start, -s.end)) if len(kinds) > 1 else found

    def has(self, *kinds: str) -> bool:
        """Whether something of one of these kinds was seen."""
        return any(kind in self._by_kind for kind in kinds)

    def outside(self, span: Span, *kinds: str) -> bool:
        """Whether no span of these kinds covers this one."""
        return not any(self._covers(kind, span) for kind in kinds)

    def _covers(self, kind: str, span: Span) -> bool:
        """Spans of one kind never lie inside each other, so the last that begins here or before reaches furthest."""
        known = self._by_kind.get(kind, [])
        at = bisect_right(known, span.start, key=lambda s: s.start)
        return at > 0 and known[at - 1].end >= span.end

    @property
    def readable(self) -> bool:
        """Whether there are words, in a language there is a pack for."""
        return self.known and self.lang in codes()

    @property
    def says(self) -> str:
        """What a person should know about this reading; empty when all was read."""
        if not self.known:
            return "The language of this text is not one that wording is checked in, so it was left alone."
        return f"Only the first {MOST:,} characters were read." if self.cut else ""


def read(text: str, lang: str = "") -> Reading:
    """Reads one text. An empty `lang` is found out from the text; one without a pack is left alone.

    Labels and rules ask for the same sentence one after the other, so short ones are kept for a while; long ones are
    not, for what was seen in them fills megabytes.
    """
    return kept(text, lang) if len(text) <= _SHORT else _read(text, lang)


def _read(text: str, lang: str) -> Reading:
    cut = len(text) > MOST
    tokens = tokens_of(text)
    code = language_of(tokens, lang)
    if code not in codes():
        return Reading(text, code, known=not any(t.text[0].isalpha() for t in tokens), cut=cut)
    language = pack(code)
    tokens = _chunked(_tagged(numbered(tokens, language.words), language), language)
    spans = [*_numerals(tokens, text), *_phrases(tokens, text, language)]
    spans.sort(key=lambda s: (s.start, -s.end, s.kind))
    by_kind: dict[str, list[Span]] = {}
    for span in spans:
        by_kind.setdefault(span.kind, []).append(span)
    return Reading(text, code, known=True, cut=cut, tokens=tuple(tokens), spans=tuple(spans), _by_kind=by_kind)


kept = lru_cache(maxsize=256)(_read)


def _tagged(tokens: Iterable[Token], language: Pack) -> list[Token]:
    """The tokens with what the pack says each word may be. Every word is `any`; a comma is `comma`."""
    result: list[Token] = []
    plain = frozenset({"any"})
    for token in tokens:
        tags = token.tags
        if token.text == ",":
            tags = frozenset({"comma"})
        elif token.text[0].isalpha() and "n" not in tags:
            tags = tags | plain | language.tags.get(token.word, frozenset())
            doubtful = token.word in language.capital and (token.text.islower() or token.first)
            if doubtful and not _beside_number(result):
                tags -= {"month", "weekday", "season"}
                if token.first or token.word in {"may", "march"}:
                    tags |= {"soft_month"}
        elif "n" in tags and token.word in language.tags:
            tags |= language.tags[token.word] - {"joins"}
        result.append(replace(token, tags=tags) if tags != token.tags else token)
    return [_month_before_number(result, at) for at in range(len(result))]


def _beside_number(before: list[Token]) -> bool:
    return bool(before) and not {"n", "ordinal"}.isdisjoint(before[-1].tags) and before[-1].text[0].isdecimal()


def _month_before_number(tokens: list[Token], at: int) -> Token:
    """The same token, a month if a number follows: "May 5", and not "May attend"."""
    token = tokens[at]
    if "soft_month" not in token.tags or at + 1 >= len(tokens):
        return token
    after = tokens[at + 1]
    dated = after.text[0].isdecimal() and not {"n", "ordinal", "year"}.isdisjoint(after.tags)
    return replace(token, tags=token.tags | {"month"}) if dated and "percent" not in after.tags else token


def _chunked(tokens: list[Token], language: Pack) -> list[Token]:
    """The tokens with those that are one thing together joined: the longest first."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        ends = language.chunks.longest(tokens, at)
        end = max(ends.values(), default=0)
        if not end or (end == at + 1 and not tokens[at].tags):
            result.append(tokens[at])
            at += 1
            continue
        tags = {kind for kind, where in ends.items() if where == end}
        inside = tokens[at:end]
        value = next((t.value for t in inside if t.value is not None), None)
        kept = tokens[at].tags if end == at + 1 else frozenset()
        word = tokens[at].word if end == at + 1 else " ".join(t.word for t in inside)
        result.append(replace(inside[0], end=inside[-1].end, word=word, tags=kept | tags, value=value))
        at = end
    return result


def _numerals(tokens: list[Token], text: str) -> Iterator[Span]:
    for place, token in enumerate(tokens):
        for tag in ("length", "short_length", "set_number", "reference", "date", "day_point", *NUMERALS):
            if tag in token.tags:
                said = text[token.start : token.end]
                yield Span(token.start, token.end, tag, said, token.value, token.quoted, place, place + 1)


def _phrases(tokens: list[Token], text: str, language: Pack) -> Iterator[Span]:
    done: dict[str, int] = {}
    for at, token in enumerate(tokens):
        for kind, end in language.spans.longest(tokens, at).items():
            if end <= done.get(kind, 0):
                continue  # inside a longer one of the same kind
            done[kind] = end
            value = next((t.value for t in tokens[at:end] if t.value is not None), None)
            last = tokens[end - 1]
            quoted = token.quoted and last.quoted
            yield Span(token.start, last.end, kind, text[token.start : last.end], value, quoted, at, end)
