"""About whom: words that judge a person, a manner, a motive, or carry what others are said to think.

An evaluative word about the work ("poor code") is none of these. Words inside quotation marks are not the author's.
"""

from collections.abc import Iterator

from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind

_ALWAYS = ("trait", "manner", "hearsay", "mind_reading", "hyperbole", "person_comparison")
_OF_DEFICIENCIES = ("absolute", "loaded", "protected")
_NEAR = 3


def is_subjective(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind judges the person rather than the work."""
    return next(judgements(reading, kind), None) is not None


def judgements(reading: Reading, kind: Kind) -> Iterator[Span]:
    """The words that do."""
    yield from reading.of(*_ALWAYS, quoted=False)
    yield from traits_of_persons(reading)
    if kind == "deficiency":
        for span in reading.of(*_OF_DEFICIENCIES, quoted=False):
            if reading.outside(span, "not_protected"):
                yield span


def traits_of_persons(reading: Reading) -> Iterator[Span]:
    """Words with two meanings, where what stands before them says that a person is meant."""
    for span in reading.of("soft_trait", quoted=False):
        before = reading.tokens[max(0, span.first - _NEAR) : span.first]
        if any("about_person" in t.tags for t in before):
            yield span
