"""What to look for: things, acts and conditions that two readers would find alike, against words of whole fields.

A sentence earns points for what can be pointed at; vague words earn none. Listing the vague vocabulary is possible,
listing every thing of every trade is not: so a word that no list knows counts a little, as something named.
"""

from collections.abc import Iterator

from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind

ENOUGH = 2.0
"""Points from which a sentence names something. A known thing or act is 1, an amount 1, an unknown word ½."""

_EMPTY = (
    "field", "vague_degree", "vague_verb", "vague_time", "trait", "soft_trait", "manner", "absolute", "hearsay", "mind_reading",
    "hyperbole", "loaded", "punitive", "prejudged", "comparison", "comparative", "baseline", "needed", "supporting",
    "dated", "deadline", "period", "past", "recurrence", "plan_time", "for_length", "threat", "person_comparison",
)  # fmt: skip
_NUMERAL_TAGS = frozenset({"n", "length", "percent", "share", "money", "set_number"})


def is_specific(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind says what to look for."""
    return points(reading) >= ENOUGH


def points(reading: Reading) -> float:
    """How much of the sentence can be pointed at."""
    seen: dict[int, float] = {}
    for span in reading.of("concrete", "observable", "completing"):
        if not any(_covers(reading, span, kind) for kind in ("trait", "manner", "hearsay", "mind_reading", "plan_time")):
            seen[span.first] = 1.0
    for span in unknown(reading):
        seen.setdefault(span.first, 0.5)
    amounts = {t.start for t in reading.tokens if not t.tags.isdisjoint(_NUMERAL_TAGS)}
    amounts -= {t.start for t in reading.tokens if not t.tags.isdisjoint({"date", "reference", "point", "stretch"})}
    return sum(seen.values()) + min(len(amounts), 1)


def things(reading: Reading) -> list[Span]:
    """What the sentence names: things of the pack's lists, and words that no list knows."""
    return sorted([*reading.of("concrete"), *unknown(reading)], key=lambda s: s.start)


def unknown(reading: Reading) -> Iterator[Span]:
    """Words that no list of the pack knows, and that are no small words of the language."""
    covered: set[int] = set()
    for span in reading.spans:
        covered.update(range(span.first, span.last))
    for place, token in enumerate(reading.tokens):
        plain = "any" in token.tags and len(token.tags - {"any", "soft_month", "reference"}) == 0
        if plain and place not in covered and len(token.word) > 2 and token.word not in _small(reading.lang):
            yield Span(token.start, token.end, "unknown", token.text, None, token.quoted, place, place + 1)


def vague_only(reading: Reading) -> bool:
    """Whether nothing but vague words is there."""
    return points(reading) < 1


def _covers(reading: Reading, span: Span, kind: str) -> bool:
    return not reading.outside(span, kind)


def _small(lang: str) -> frozenset[str]:
    from upturn.core.language.packs import pack  # noqa: PLC0415

    return pack(lang).small
