"""Words that no list of a pack knows: a trade's own names for its things, mostly."""

from collections.abc import Iterator

from upturn.core.language.packs import pack
from upturn.core.language.reading import Reading, Span
from upturn.core.language.tokens import Token

_EMPTY = (
    "field", "vague_degree", "vague_verb", "vague_time", "trait", "soft_trait", "manner", "absolute", "hearsay",
    "mind_reading", "hyperbole", "loaded", "punitive", "prejudged", "comparison", "comparative", "baseline", "needed",
    "evaluation", "dated", "deadline", "period", "past", "recurrence", "plan_time", "for_length", "threat",
    "person_comparison", "soft_hyperbole", "soft_comparison",
)  # fmt: skip


def unknown(reading: Reading) -> Iterator[Span]:
    """Words that no list of the pack knows, and that are no small words of the language."""
    covered: set[int] = set()
    small = small_words(reading)
    for span in reading.of(*_EMPTY, "concrete", "observable", "completing"):
        covered.update(range(span.first, span.last))
    for place, token in enumerate(reading.tokens):
        plain = "any" in token.tags and len(token.tags - {"any", "soft_month", "reference"}) == 0
        if plain and place not in covered and _long(token) and token.word not in small:
            yield Span(token.start, token.end, "unknown", token.text, None, token.quoted, place, place + 1)


def _long(token: Token) -> bool:
    """Three letters, or two capitals: "QA"."""
    return len(token.word) > 2 or (len(token.text) == 2 and token.text.isupper())


def small_words(reading: Reading) -> frozenset[str]:
    """The words of a language that name nothing."""
    return pack(reading.lang).small
