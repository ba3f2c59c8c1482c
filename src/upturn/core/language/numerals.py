"""Numbers, shares, percents, sums of money, dates and clock times in digits: several tokens become one with a tag.

Tags it gives: `n` (any number), and beside it `percent`, `money`, `share` ("4/5"), `range`, `placeholder` ("X%"); or
without `n`: `date`, `clock`, `year`, `ordinal`, `marker` (the "1." of a list), `reference` ("#12"). "95%" is never a
year, "4/5" a date only after a word that asks for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from upturn.core.language.tokens import Token

_CURRENCIES = frozenset("$€£¥₹")
_DASHES = frozenset("-–—‐‑−")
_PLACEHOLDERS = frozenset({"X", "XX", "XXX", "N", "NN", "##", "Y"})
_SCALES = frozenset({2, 3, 4, 5, 6, 7, 10, 12, 15, 20, 25, 50, 100})  # what a rating or a share is commonly out of
_ORDINALS = frozenset({"st", "nd", "rd", "th", "º", "ª"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a language adds to digits: number words, and the words that turn a number into something else."""

    numbers: Mapping[str, float]
    joins: frozenset[str]  # "and" in "one hundred and five"
    percent: frozenset[str]
    money: frozenset[str]
    clock: frozenset[str]  # "am", "o'clock"
    before_date: frozenset[str]  # "on" in "on 10/5"
    range: frozenset[str]  # "to" in "3 to 5"


def numbered(tokens: Sequence[Token], words: Words) -> list[Token]:
    """The same tokens with the numerals joined and tagged."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        token, width = _numeral(tokens, at, words)
        result.append(token)
        at += width
    return result


def _numeral(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int]:
    token = tokens[at]
    if token.text in _CURRENCIES and at + 1 < len(tokens) and _is_digits(tokens[at + 1]):
        amount, width = _after_number(tokens, at + 1, words)
        return _joined(tokens[at], amount, {"n", "money"}, amount.value), width + 1
    if _is_digits(token):
        return _after_number(tokens, at, words)
    if token.word in words.numbers:
        return _in_words(tokens, at, words)
    if token.text in _PLACEHOLDERS or token.text.startswith("__"):
        return _placeholder(tokens, at, words)
    if token.text == "#" and at + 1 < len(tokens) and _is_digits(tokens[at + 1]):
        return _joined(token, tokens[at + 1], {"reference"}, None), 2
    return token, 1


def _after_number(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int]:
    """What digits are, by what follows them."""
    for reads in (_marker, _date, _clock, _ordinal, _slash, _year):
        found = reads(tokens, at, words)
        if found is not None:
            return found
    last, width, tags = tokens[at], 1, {"n"}
    value = _value(tokens[at])
    second = _second(tokens, at + 1, words)
    if second is not None:
        last, width, value = tokens[second], second - at + 1, _value(tokens[second])
        tags.add("range")
    return _with_suffix(tokens, at, width, replace(last, value=value), tags, words)


def _with_suffix(
    tokens: Sequence[Token], at: int, width: int, last: Token, tags: set[str], words: Words
) -> tuple[Token, int]:
    """Adds the "+", the "k", the percent sign or the currency that follows a number."""
    value = last.value
    after = tokens[at + width] if at + width < len(tokens) else None
    if after and after.word in {"k", "m", "bn"} and after.start == last.end:
        value = (value or 0) * {"k": 1e3, "m": 1e6, "bn": 1e9}[after.word]
        last, width = after, width + 1
    elif after and words.numbers.get(after.word, 0) >= 100:
        value = (value or 0) * words.numbers[after.word]
        last, width = after, width + 1
    after = tokens[at + width] if at + width < len(tokens) else None
    if after and after.text == "+" and after.start == last.end:
        last, width = after, width + 1
        after = tokens[at + width] if at + width < len(tokens) else None
    if after and (after.text == "%" or after.word in words.percent):
        tags.add("percent")
        last, width = after, width + 1
    elif (after and after.word == "per" and at + width + 1 < len(tokens)) and tokens[at + width + 1].word == "cent":
        tags.add("percent")
        last, width = tokens[at + width + 1], width + 2
    elif after and (after.text in _CURRENCIES or after.word in words.money):
        tags.add("money")
        last, width = after, width + 1
    return _joined(tokens[at], last, tags, value), width


def _in_words(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int]:
    """A number written out: "twenty five", "one hundred and five". A single word keeps its own form."""
    total, part, end = 0.0, 0.0, at
    place = at
    while place < len(tokens):
        value = words.numbers.get(tokens[place].word)
        joins = tokens[place].word in words.joins and place > at and place + 1 < len(tokens)
        if value is None and joins and tokens[place + 1].word in words.numbers and part >= 100:
            place += 1
            continue
        if value is None:
            break
        if place > at and value < 100 and not (part >= 20 and part % 10 == 0 and value < 20 and value < part):
            break  # "two three": two numbers, not one
        part = max(part, 1) * value if value >= 100 else part + value
        if value >= 1000:
            total, part = total + part, 0.0
        place, end = place + 1, place
    joined = _joined(tokens[at], tokens[end], {"n"}, total + part)
    if end == at:
        joined = replace(joined, word=tokens[at].word)
    width = end - at + 1
    after = tokens[at + width] if at + width < len(tokens) else None
    bracket = after is not None and after.text == "(" and at + width + 2 < len(tokens)
    if bracket and _is_digits(tokens[at + width + 1]) and tokens[at + width + 2].text == ")":
        return _joined(joined, tokens[at + width + 2], {"n"}, _value(tokens[at + width + 1])), width + 3  # "two (2)"
    if after is not None and (after.text == "%" or after.word in words.percent):
        return _joined(joined, after, {"n", "percent"}, joined.value), width + 1
    return joined, width


def _placeholder(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int]:
    """What somebody is to fill in: "X%", "$__", "N tickets", or a day: "by ____." A lone capital is only a letter."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    asked = at > 0 and tokens[at - 1].word in words.before_date and tokens[at].word == "__"
    if asked and (after is None or after.text[0] in ",.;:)" or after.text[0].isupper()):
        return replace(tokens[at], tags=frozenset({"date"})), 1
    if after is not None and (after.text == "%" or after.word in words.percent):
        return _joined(tokens[at], after, {"n", "percent", "placeholder"}, None), 2
    if after is not None and after.text.islower() and tokens[at].text != "Y":
        return replace(tokens[at], tags=frozenset({"n", "placeholder"})), 1
    return tokens[at], 1


def _marker(tokens: Sequence[Token], at: int, _words: Words) -> tuple[Token, int] | None:
    """The "1." or "2)" before an item of a list."""
    if not tokens[at].first or len(tokens[at].text) > 2 or at + 2 >= len(tokens):
        return None
    sign, after = tokens[at + 1], tokens[at + 2]
    if sign.text in {".", ")"} and sign.start == tokens[at].end and after.start > sign.end:
        return _joined(tokens[at], sign, {"marker"}, None), 2
    return None


def _date(tokens: Sequence[Token], at: int, _words: Words) -> tuple[Token, int] | None:
    """`2027-01-29`, `29/01/2027`, `1.29.27`."""
    parts = tokens[at].text.split(".")
    if len(parts) == 3 and all(p.isdigit() for p in parts):
        day = _is_day([int(p) for p in parts])
        return _joined(tokens[at], tokens[at], {"date"} if day else {"reference"}, None), 1
    five = tokens[at : at + 5]
    if len(five) < 5 or not _touching(five) or not all(_is_whole(t) for t in five[::2]):
        return None
    same = five[1].text == five[3].text and five[1].text in {"/", "-", "."}
    if same and _is_day([int(t.text) for t in five[::2]]):
        return _joined(five[0], five[-1], {"date"}, None), 5
    return None


def _is_day(parts: Sequence[int]) -> bool:
    """Whether three numbers can be a day, in any of the usual orders."""
    first, second, third = parts
    if first >= 1900:
        return first < 2200 and 1 <= second <= 12 and 1 <= third <= 31
    fits = 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31
    return fits and (third < 100 or 1900 <= third < 2200)


def _clock(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int] | None:
    """`10:30`, `5 pm`, `10:30 a.m.`"""
    last = at
    if len(tokens[at].text) <= 2 and at + 2 < len(tokens) and tokens[at + 1].text == ":":
        minutes = tokens[at + 2]
        if _touching(tokens[at : at + 3]) and _is_whole(minutes) and len(minutes.text) == 2:
            last = at + 2
    after = tokens[last + 1 : last + 4]
    if after and after[0].word in words.clock:
        last += 1
    elif len(after) == 3 and after[0].word in {"a", "p"} and after[1].text == "." and after[2].word == "m":
        last += 3
    return (_joined(tokens[at], tokens[last], {"clock"}, None), last - at + 1) if last > at else None


def _ordinal(tokens: Sequence[Token], at: int, _words: Words) -> tuple[Token, int] | None:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.word in _ORDINALS and after.start == tokens[at].end:
        return _joined(tokens[at], after, {"ordinal"}, _value(tokens[at])), 2
    return None


def _slash(tokens: Sequence[Token], at: int, words: Words) -> tuple[Token, int] | None:
    """`4/5`: a share, or the fifth of April after a word that asks for a day."""
    three = tokens[at : at + 3]
    if len(three) < 3 or three[1].text != "/" or not _touching(three) or not _is_digits(three[2]):
        return None
    first, second = _value(three[0]) or 0, _value(three[2]) or 0
    if (first, second) == (24, 7):
        return _joined(three[0], three[2], {"always"}, None), 3
    before = tokens[at - 1].word if at else ""
    after = tokens[at + 3] if at + 3 < len(tokens) else None
    day = _is_whole(three[0]) and _is_whole(three[2]) and 1 <= min(first, second) <= 12 and max(first, second) <= 31
    counted = after is not None and after.text.islower() and after.word.endswith("s") and len(after.word) > 3
    starts = at == 0 and after is not None and after.text in {":", "-", "–"}
    asked = before in words.before_date or starts
    if day and not counted and (asked or second not in _SCALES or first > second):
        return _joined(three[0], three[2], {"date"}, None), 3
    return _with_suffix(
        tokens, at, 3, replace(three[2], value=first / second if second else None), {"n", "share"}, words
    )


def _year(tokens: Sequence[Token], at: int, _words: Words) -> tuple[Token, int] | None:
    """`2027`, `2026-27`: four bare digits of our time with no thing counted after them."""
    token = tokens[at]
    if not _is_whole(token) or len(token.text) != 4 or not 1990 <= int(token.text) <= 2079:
        return None
    three = tokens[at : at + 3]
    if len(three) == 3 and three[1].text in _DASHES | {"/"} and _touching(three) and _is_whole(three[2]):
        return _joined(token, three[2], {"year", "dated"}, None), 3
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    counted = after is not None and after.text.islower() and after.word.endswith("s") and len(after.word) > 3
    if after is not None and (after.text == "%" or counted):
        return None
    return replace(token, tags=frozenset({"year"}), value=float(token.text)), 1


def _second(tokens: Sequence[Token], at: int, words: Words) -> int | None:
    """The place of the second number of a range that goes on here: "4-6", "4 to 6"."""
    if at + 1 >= len(tokens) or not _is_digits(tokens[at + 1]):
        return None
    sign = tokens[at]
    if sign.text in _DASHES or sign.word in words.range:
        third = tokens[at + 2] if at + 2 < len(tokens) else None
        return None if third is not None and third.text in {"/", ":"} else at + 1
    return None


def _joined(first: Token, last: Token, tags: set[str], value: float | None) -> Token:
    text = first.text if first is last else f"{first.text} {last.text}"
    return replace(first, end=last.end, text=text, word=f"#{text}", tags=frozenset(tags), value=value)


def _touching(tokens: Sequence[Token]) -> bool:
    return all(a.end == b.start for a, b in pairwise(tokens))


def _is_digits(token: Token) -> bool:
    return token.text[0].isdecimal() and token.text[0].isascii()


def _is_whole(token: Token) -> bool:
    return token.text.isdecimal() and token.text.isascii() and len(token.text) < 10


def _value(token: Token) -> float | None:
    """`1,250` and `4.5`; nothing for what is no number (`1.2.3`)."""
    try:
        return float(token.text.replace(",", "")) if len(token.text) < 30 and token.text.isascii() else None
    except ValueError:
        return None
