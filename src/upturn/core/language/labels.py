"""The five labels of one sentence: what a reader who has only this sentence can see in it.

`specific`: two readers would look for the same thing. `measurable`: it can be counted or answered yes or no.
`time_bound`: it has a deadline, a period or a calendar recurrence. `supportive`: it gives help or joint work.
`subjective_or_biased`: it judges the person, the manner or the motive rather than the work. They describe the
sentence, never the person it is about.
"""

from dataclasses import dataclass

from upturn.core.language.concreteness import is_specific
from upturn.core.language.measures import is_measurable
from upturn.core.language.persons import is_subjective
from upturn.core.language.reading import Reading, read
from upturn.core.language.rule import Kind
from upturn.core.language.times import is_time_bound


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels, and whether the language was one that can be read: if not, all are false and mean nothing."""

    specific: bool = False
    measurable: bool = False
    time_bound: bool = False
    supportive: bool = False
    subjective_or_biased: bool = False
    known: bool = True


def labels(text: str, kind: Kind, lang: str = "") -> Labels:
    """The labels of a sentence of this kind."""
    return labels_of(read(text, lang), kind)


def labels_of(reading: Reading, kind: Kind) -> Labels:
    """The labels of a text that was read already."""
    if not reading.readable:
        return Labels(known=reading.known)
    return Labels(
        specific=is_specific(reading, kind),
        measurable=is_measurable(reading, kind),
        time_bound=is_time_bound(reading, kind),
        supportive=is_supportive(reading, kind),
        subjective_or_biased=is_subjective(reading, kind),
    )


def is_supportive(reading: Reading, kind: Kind) -> bool:
    """Help, a resource or joint work. What somebody is asked to do alone is not."""
    if kind == "support":
        return True
    helps = [s for s in reading.of("supporting", quoted=False) if reading.outside(s, "not_supporting")]
    return bool(helps) and kind in {"action", "outcome", "goal"} and (kind != "goal" or reading.has("joint"))
