"""Answers as people type them on paper, as the form knows them: `3/16/26`, `Marginal (2)`, `☒ Weekly`, `$1,250`."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from upturn.core.fields import KINDS, Unfit, tickable
from upturn.core.program import FormField, Program
from upturn.core.wording import day_name

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TICK = re.compile(r"[☒☑✔✓✗✘■]|\[\s*[xX✓]\s*\]|\(\s*[xX✓]\s*\)")
_NO_TICK = re.compile(r"[☐□❏]|\[\s*\]|\(\s*\)")
_AT = re.compile(r"[\sT,]+(?:at\s+)?(\d{1,2}:\d{2}(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)\b\.?(.*)$", re.IGNORECASE)
"""A time of day behind a day, and the place behind it."""
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(?:([ap])\.?m\.?|o'clock|h)?", re.IGNORECASE)
_COMMA = re.compile(r"-?\d{1,3}(?:[.\s]\d{3})*,\d{1,2}|-?\d+,\d{1,2}")
"""A number with a decimal comma."""
_EITHER = re.compile(r"(?<!\d)\d{1,2}[^\w.]{1,2}\d{1,2}[^\w.]{1,2}(?:\d{4}|\d{2})(?!\d)")
"""A day in three numbers of which the first may be the month or the day; with points between them it is the day."""
_BOX = re.compile(f"({_TICK.pattern}|{_NO_TICK.pattern})")


@dataclass(frozen=True, slots=True)
class Told:
    """Reads answers for one program. `people`: the names on the plan by code. `day_first`: 4/3 is the 4th of March."""

    program: Program
    people: Mapping[str, str] = field(default_factory=dict)
    day_first: bool = False

    def value(self, asked: FormField, said: Any) -> Any:
        """The answer as the form keeps it; None for an empty one. Raises Unfit with what would fit."""
        if isinstance(said, str):
            said = said.strip()
        if said in ("", [], None):
            return None
        meant = _MEANT[asked.kind](self, asked, said) if asked.kind in _MEANT and _is_paper(said) else said
        return KINDS[asked.kind].clean(asked, meant, self.program) if meant is not None else None

    def doubt(self, asked: FormField, said: Any) -> str:
        """How a day was read that may be another one (03/04/2027), in a sentence; empty where none may."""
        if asked.kind not in ("date", "daterange", "datetime") or not isinstance(said, str):
            return ""
        for found in _EITHER.finditer(said):
            read, other = (day_of(found[0], day_first=first) for first in (self.day_first, not self.day_first))
            if read and other and read != other:
                return f"“{found[0]}” was read as {day_name(read)}; it can also mean {day_name(other)}."
        return ""


def _is_paper(said: Any) -> bool:
    """Whether it was written or ticked by a person, and is not a value of a record."""
    return isinstance(said, str | list)


def plain(said: str) -> str:
    """A title, for comparing: letters and digits alone, small."""
    folded = unicodedata.normalize("NFKC", said).casefold().replace("’", "'")
    return " ".join(re.sub(r"[^\w%]+", " ", folded).split())


def is_box(said: str) -> bool:
    """Whether a text holds a box to tick."""
    return _BOX.search(said) is not None


def boxes(said: str) -> Iterator[tuple[bool, str]]:
    """The boxes of a text, whether each is ticked, with what stands behind it."""
    pieces = _BOX.split(said)
    for mark, text in zip(pieces[1::2], pieces[2::2], strict=False):
        yield _TICK.fullmatch(mark) is not None, text.strip()


# -- days --------------------------------------------------------------------------------------------------------------


def _day(told: Told, _asked: FormField, said: Any) -> str:
    found = day_of(str(said), day_first=told.day_first)
    if found is None:
        raise Unfit("Enter a date, for example 2027-03-15")
    return found.isoformat()


def day_of(said: str, *, day_first: bool) -> date | None:
    """A day as people write one; None for what is no day."""
    text = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", plain(said))
    text = re.sub(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\s+", "", text)
    parts = text.split()
    if len(parts) == 1 and re.fullmatch(r"\d{8}", parts[0]):
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if len(parts) != 3:
        return None
    named = [MONTHS.index(p[:3]) + 1 if p[:3] in MONTHS and p.isalpha() else None for p in parts]
    numbers = [int(p) if p.isdecimal() and len(p) <= 4 else None for p in parts]
    year, month, day = _in_order(parts, named, numbers, day_first=day_first or "." in said)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _in_order(
    parts: list[str], named: list[int | None], numbers: list[int | None], *, day_first: bool
) -> tuple[int, int, int]:
    """Year, month and day; zeros, which no day has, where it cannot be said."""
    match named, numbers:
        case [None, int(month), None], [int(day), None, int(year)]:
            return year, month, day
        case [int(month), None, None], [None, int(day), int(year)]:
            return year, month, day
        case [None, None, None], [int(year), int(month), int(day)] if len(parts[0]) == 4:
            return year, month, day
        case [None, None, None], [int(first), int(second), int(year)]:
            is_day = first > 12 or (day_first and second <= 12)
            return (year, second, first) if is_day else (year, first, second)
    return 0, 0, 0


def _range(told: Told, asked: FormField, said: Any) -> dict[str, str]:
    ends = re.split(r"\s+(?:to|until|till)\s+|\s*[–—]\s*|\s+-+\s+", str(said).strip(), maxsplit=1)
    return dict(zip(("from", "to"), (_day(told, asked, end) for end in ends), strict=False))


def _moment(told: Told, _asked: FormField, said: Any) -> dict[str, str]:
    whole, _, place = str(said).partition("\n")
    found = re.search(
        r"[\sT,]+(?:at\s+)?(\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)\b\.?(.*)$", whole, re.IGNORECASE
    )
    if not found:
        raise Unfit("Enter a date and time, for example 2027-03-15 14:30")
    day = day_of(whole[: found.start()], day_first=told.day_first)
    if day is None:
        raise Unfit("Enter a date and time, for example 2027-03-15 14:30")
    where = f"{found[2]} {place}".strip(" ,")
    return {"at": f"{day.isoformat()}T{_clock(found[1])}"} | ({"place": where} if where else {})


def _time(_told: Told, _asked: FormField, said: Any) -> str:
    return _clock(str(said))


def _clock(said: str) -> str:
    found = _CLOCK.fullmatch(said.strip())
    if not found:
        return said
    hour, half = int(found[1]), (found[3] or "").lower()
    hour = hour % 12 + 12 * (half == "p") if half and hour <= 12 else hour
    return f"{hour:02}:{found[2] or '00'}"


# -- numbers -----------------------------------------------------------------------------------------------------------


def _number(_told: Told, asked: FormField, said: Any) -> str:
    text = str(said).strip()
    text = re.sub(r"\s*(?:percent|per cent|%)$", "", text, flags=re.IGNORECASE) if asked.kind == "percent" else text
    unit = (asked.unit or "").casefold()
    return _with_point(text[: -len(unit)].strip() if unit and text.casefold().endswith(unit) else text)


def _money(_told: Told, _asked: FormField, said: Any) -> str:
    return _with_point(re.sub(r"^(?:[A-Z]{2,3}\s*)?[$€£¥]?\s*|\s*(?:[A-Z]{3}|[$€£¥])$", "", str(said).strip()))


def _with_point(said: str) -> str:
    return re.sub(r"[.\s]", "", said).replace(",", ".") if _COMMA.fullmatch(said) else said


# -- choices -----------------------------------------------------------------------------------------------------------


def _chosen(told: Told, asked: FormField, said: Any) -> list[Any]:
    """What a text or a list of ticked boxes chooses, as ids of `fields.tickable` and `{"other": words}`."""
    if isinstance(said, list):
        return said
    if is_box(said):
        texts = [text for on, text in boxes(said) if on and text]
    elif asked.kind == "choices":
        whole = _box_of(told, asked, said)
        texts = [said] if whole else [text for text in re.split(r"[;\n]", said) if text.strip()]
    else:
        texts = [said]
    return [_box_of(told, asked, text) or _in_words(asked, text) for text in texts]


def _box_of(told: Told, asked: FormField, text: str) -> str:
    """The box that a text names by id, by title, or (a rating) by number; empty for none."""
    wanted = plain(text)
    for box, title in tickable(asked, told.program):
        if wanted in (plain(box), plain(title)) or (asked.kind == "rating" and wanted in _rated(title)):
            return box
    return ""


def _rated(title: str) -> set[str]:
    """`2`, `Marginal` and `Marginal (2)` for “2, Marginal”."""
    number, _, name = title.partition(", ")
    return {plain(number), plain(name), plain(f"{name} {number}")}


def _in_words(asked: FormField, text: str) -> Any:
    if not asked.other:
        raise Unfit(f"“{text.strip()[:60]}” is none of the options given")
    return {"other": re.sub(r"^other\s*:\s*", "", text.strip(), flags=re.IGNORECASE)}


def _kept(box: Any) -> Any:
    """A box as an answer names it."""
    if isinstance(box, str) and "/" in box:
        option, inner = box.split("/", 1)
        return {"id": option, "within": inner}
    return box


def _choices(told: Told, asked: FormField, said: Any) -> list[Any] | None:
    return [_kept(box) for box in _chosen(told, asked, said)] or None


def _choice(told: Told, asked: FormField, said: Any) -> Any:
    chosen = _chosen(told, asked, said)
    within = [box.split("/", 1)[0] for box in chosen if isinstance(box, str) and "/" in box]
    chosen = [box for box in chosen if box not in within]  # an option ticked together with one inside it
    if len(chosen) > 1:
        raise Unfit("More than one is ticked; choose one")
    return _kept(chosen[0]) if chosen else None


def _yesno(told: Told, asked: FormField, said: Any) -> Any:
    if isinstance(said, str) and plain(said) in ("y", "n", "x", "true", "false"):
        return plain(said) in ("y", "x", "true")
    return _choice(told, asked, said)


def _person(told: Told, _asked: FormField, said: Any) -> str:
    named = [code for code, name in told.people.items() if plain(name) == plain(str(said))]
    return f"@{named[0]}" if len(named) == 1 else str(said)


_MEANT: Mapping[str, Callable[[Told, FormField, Any], Any]] = {
    "date": _day,
    "daterange": _range,
    "datetime": _moment,
    "time": _time,
    "integer": _number,
    "number": _number,
    "percent": _number,
    "money": _money,
    "yesno": _yesno,
    "choice": _choice,
    "choices": _choices,
    "rating": _choice,
    "person": _person,
}
"""How each kind is written on paper; one that is not here is kept as it is written."""
