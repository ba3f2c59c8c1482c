"""The wording checker: goals a stranger could judge, words a court could read. It reads sentences, never people.

    labels("Close 9 of 10 tickets each week until 29 January.", "goal")   -> Labels(measurable=True, ...)
    check("You are lazy.", "deficiency")                                  -> [Hit("TRA001", 8, 12, "...")]
    read(text, lang)                                                      -> Reading: tokens and typed spans
    rules()                                                               -> {"TRA001": Rule(...), ...}

`tokens` and `numerals` find words and numbers, `packs` brings a language (`packs/en.toml`), `patterns` finds its
phrases, `reading` puts them together; `times`, `measures`, `concreteness` and `persons` judge it; `labels` and `rules`
tell. A language without a pack is left alone, and `Reading.says` says that.
"""

from upturn.core.language.labels import Labels, labels, labels_of
from upturn.core.language.packs import codes
from upturn.core.language.reading import Reading, Span, read
from upturn.core.language.rule import KINDS, NOTHING, Given, Hit, Kind, Part, Rule
from upturn.core.language.rules import check, check_reading, rules

__all__ = [
    "KINDS",
    "NOTHING",
    "Given",
    "Hit",
    "Kind",
    "Labels",
    "Part",
    "Reading",
    "Rule",
    "Span",
    "check",
    "check_reading",
    "codes",
    "labels",
    "labels_of",
    "read",
    "rules",
]
