"""Words and signs of a text, with their places. No meaning yet: `numerals` finds the numbers, `reading` the rest.

A hyphen inside a word parts it ("follow-up" is two tokens), so that a pack needs to say each phrase only once.
"""

import re
from dataclasses import dataclass

MOST = 20_000
"""Characters that are read. What comes after is left alone, and `Reading.cut` says so."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]\w*(?:['’][^\W\d_]+)*|_{2,}|\S")
_JOINS = {"-", "‐", "‑"}
_OPENS = {"“": "”", "«": "»", "„": "“", "‘": "’"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign. `word` is its plain lower-case form; `tags` say what it may be (`n`, `date` ...).

    `value` is the number of a numeral. `quoted` tokens stand inside quotation marks: words said by somebody, not the
    author's wording. `first` tokens begin a sentence, where a capital letter means nothing.
    """

    start: int
    end: int
    text: str
    word: str
    tags: frozenset[str] = frozenset()
    value: float | None = None
    quoted: bool = False
    first: bool = False


def tokens_of(text: str) -> list[Token]:
    """The tokens of the first `MOST` characters, in order."""
    found = list(_TOKEN.finditer(text[:MOST]))
    quoted = _quoted(text[:MOST])
    tokens: list[Token] = []
    first = True
    for number, match in enumerate(found):
        said = match.group()
        start, end = match.span()
        if said in _JOINS and _inside_word(found, number):
            continue
        is_word = said[0].isalpha()
        tokens.append(
            Token(start, end, said, _plain(said) if is_word else _sign(said), quoted=bool(quoted[start]), first=first)
        )
        first = (first and not said[0].isalnum()) or said in {".", "!", "?", ":", ";", "•", "*"}
    return tokens


def _sign(said: str) -> str:
    """Itself; a blank to be filled in is as long as its author liked."""
    return "__" if said.startswith("__") else said


def _plain(said: str) -> str:
    """Lower case, straight apostrophes, without the possessive."""
    word = said.lower().replace("’", "'")
    return word.removesuffix("'s")


def _inside_word(found: list[re.Match[str]], number: int) -> bool:
    """A hyphen with a letter on one side, and something on both: "follow-up", "30-day", not "4-6"."""
    if not 0 < number < len(found) - 1:
        return False
    before, here, after = found[number - 1], found[number], found[number + 1]
    touching = before.end() == here.start() and here.end() == after.start()
    return touching and (before.group()[-1].isalpha() or after.group()[0].isalpha())


def _quoted(text: str) -> bytearray:
    """For each character, whether it stands inside quotation marks that are closed again."""
    inside = bytearray(len(text) + 1)
    opened: tuple[int, str] | None = None
    for place, sign in enumerate(text):
        if opened is None:
            apart = place == 0 or not text[place - 1].isalnum()
            if sign == '"' or (sign in _OPENS and apart):
                opened = (place, _OPENS.get(sign, '"'))
            elif sign == "'" and apart and text[place + 1 : place + 2].isalnum():
                opened = (place, "'")
        elif sign == opened[1] and not (sign in "'’" and text[place + 1 : place + 2].isalnum()):
            inside[opened[0] : place] = b"\x01" * (place - opened[0])
            opened = None
        elif sign == "\n" or place - opened[0] > 600:
            opened = None
    return inside
