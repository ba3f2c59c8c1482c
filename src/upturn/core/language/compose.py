"""The sentence a stranger reads, composed of the pieces a goal was given in; and which pieces are missing.

    compose(Pieces(what="Answer tickets within 4 business hours", target=9, unit="of 10 tickets", due="2027-01-29",
                   source="ticket report", judge="Finn Alder"))
    -> "By 29 January 2027, answer at least 9 of 10 tickets within 4 business hours, counted in the ticket report;
        Finn Alder decides."

No model, no guessing: what somebody wrote is kept word for word, and the pieces are put where they belong. Another
language is another `_Way`.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from upturn.core.language.measures import is_measurable
from upturn.core.language.packs import pack
from upturn.core.language.reading import Reading, read
from upturn.core.language.times import is_time_bound
from upturn.core.wording import day_name

Direction = Literal["at_least", "at_most", "exactly"]
Piece = Literal["what", "target", "due", "source", "judge"]
PIECES: tuple[Piece, ...] = ("what", "target", "due", "source", "judge")

_ENDS = " \t\r\n.;,:"
_LONG = 200  # characters from which a text is not woven into a sentence but left as it stands


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a person gave: what is done, how much of what, by when, where it can be checked, who decides."""

    what: str = ""
    measure: str = ""
    target: float | None = None
    unit: str = ""
    direction: Direction = "at_least"
    due: str = ""
    source: str = ""
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """The sentence, empty when nothing says what is to be done; which pieces are missing, and a sentence for each."""

    sentence: str
    missing: tuple[Piece, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """How a language says the pieces."""

    direction: dict[Direction, str]
    due: Callable[[str], str]
    counted: str
    checked: str
    the: str
    determiners: frozenset[str]
    decides: tuple[str, str]
    also: str
    every: str
    lacks: dict[Piece, str]


_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _by_in_english(said: str) -> str:
    day = _day(said)
    return f"by {day_name(day) if day else said}"


def _by_in_spanish(said: str) -> str:
    day = _day(said)
    return f"a más tardar el {day.day} de {_MONTHS[day.month - 1]} de {day.year}" if day else f"a más tardar {said}"


_WAYS: dict[str, _Way] = {
    "en": _Way(
        direction={"at_least": "at least", "at_most": "at most", "exactly": "exactly"},
        due=_by_in_english,
        counted="counted in",
        checked="checked in",
        the="the",
        determiners=frozenset({"the", "a", "an", "our", "your", "their", "his", "her", "my", "this", "each", "every"}),
        decides=("decides", "decide"),
        also="and",
        every=r"(?:all|every|each|any|the|your|our)\s+(?:of\s+(?:the|your|our)\s+)?",
        lacks={
            "what": "What is to be done is not said.",
            "target": "No level to reach is given.",
            "due": "No day is given.",
            "source": "Where it can be checked is not said.",
            "judge": "Nobody is named who decides.",
        },
    ),
    "es": _Way(
        direction={"at_least": "al menos", "at_most": "como máximo", "exactly": "exactamente"},
        due=_by_in_spanish,
        counted="según",
        checked="según",
        the="",
        determiners=frozenset(),
        decides=("decide", "deciden"),
        also="y",
        every=r"(?:todos|todas|cada|los|las|sus|tus|nuestros|nuestras)\s+(?:los\s+|las\s+)?",
        lacks={
            "what": "No se dice qué hay que hacer.",
            "target": "No se da ningún nivel que alcanzar.",
            "due": "No se da ninguna fecha.",
            "source": "No se dice dónde puede comprobarse.",
            "judge": "No se nombra a nadie que decida.",
        },
    ),
}


def languages() -> tuple[str, ...]:
    """The languages a sentence can be composed in."""
    return tuple(_WAYS)


def compose(pieces: Pieces, lang: str = "en", *, asked: Collection[str] = PIECES) -> Composed:
    """The sentence of these pieces. Missing is what is `asked` and neither given nor said in the text itself.

    A language that has no way of composing gives no sentence, and lacks nothing.
    """
    code = lang.strip().lower()[:2]
    way = _WAYS.get(code)
    if way is None:
        return Composed("")
    what = _one_line(pieces.what)
    reading = read(what, code)
    missing = tuple(p for p in PIECES if (p == "what" or p in asked) and not _has(pieces, p, reading))
    sentence = _sentence(way, code, pieces, what, reading) if what else ""
    return Composed(sentence, missing, tuple(way.lacks[p] for p in missing))


def _has(pieces: Pieces, piece: Piece, reading: Reading) -> bool:
    match piece:
        case "target":
            return pieces.target is not None or is_measurable(reading, "goal")
        case "due":
            return bool(pieces.due.strip()) or is_time_bound(reading, "goal")
    return bool(getattr(pieces, piece).strip())


def _sentence(way: _Way, code: str, pieces: Pieces, what: str, reading: Reading) -> str:
    due = way.due(_one_line(pieces.due)) if pieces.due.strip() and not reading.has("deadline", "dated") else ""
    amount = _amount(way, code, pieces, reading)
    if _stands_alone(what):
        body, lead = ", ".join(part for part in (due, amount) if part), f"{what}. "
    else:
        woven = _woven(way, code, pieces, reading, amount)
        body = f"{due}, {_lowered(woven, code)}" if due else woven
        lead = ""
    tail = _tail(way, code, pieces)
    whole = ", ".join(part for part in (body, *tail[:1]) if part)
    whole = "; ".join(part for part in (whole, *tail[1:]) if part)
    return f"{lead}{_capital(whole)}." if whole else lead.strip()


def _tail(way: _Way, code: str, pieces: Pieces) -> tuple[str, str]:
    """Where it is looked up, and who decides."""
    source, judge = _one_line(pieces.source), " ".join(pieces.judge.split())
    verb = way.counted if pieces.target is not None else way.checked
    several = f" {way.also} " in judge
    return (
        f"{verb} {_with_article(way, source, code)}" if source else "",
        f"{_lowered(judge, code)}{',' if ',' in judge else ''} {way.decides[several]}" if judge else "",
    )


def _amount(way: _Way, code: str, pieces: Pieces, reading: Reading) -> str:
    """`at least 9 of 10 tickets`; empty when there is no level, or the text says it itself."""
    noun = _noun(pieces)
    said = any(
        t.value == pieces.target and "date" not in t.tags and ("length" not in t.tags or (noun and noun in t.word))
        for t in reading.tokens
    )
    if pieces.target is None or said:
        return ""
    unit = _lowered(_one_line(pieces.unit), code)
    return f"{way.direction[pieces.direction]} {_number(pieces.target, code)} {unit}".strip()


def _noun(pieces: Pieces) -> str:
    """What is counted: the last word of its unit."""
    return _one_line(pieces.unit).rpartition(" ")[2].casefold()


def _woven(way: _Way, code: str, pieces: Pieces, reading: Reading, amount: str) -> str:
    """The amount where the text begins with what is done to what is counted ("Answer all tickets ..."); else behind the
    text, with what is measured.
    """
    what, noun = reading.text, _noun(pieces)
    if not amount:
        return what
    if len(noun) > 2 and not reading.has("n", "share", "percent"):
        named = rf"(\w+\s+)(?:{way.every})?{re.escape(noun)}(?![\w-])"
        found = re.match(named, what, flags=re.IGNORECASE)
        if found:
            return f"{found[1]}{amount}{what[found.end() :]}"
    measure = _lowered(_one_line(pieces.measure), code, beside=f"{what} {amount}")
    known = measure.casefold() in f"{what} {amount}".casefold()
    return f"{what}: {amount}" if known else f"{what} ({measure}: {amount})"


def _with_article(way: _Way, source: str, code: str) -> str:
    """`the ticket report`: an article where a known word stands first without one; names and addresses have none."""
    first = source.partition(" ")[0]
    if not way.the or first.casefold() in way.determiners or "/" in source or _lowered(source, code)[:1].isupper():
        return _lowered(source, code)
    return f"{way.the} {_lowered(source, code)}"


def _lowered(text: str, code: str, *, beside: str = "") -> str:
    """The text as it stands inside a sentence: a capital goes where the language knows the word, or where the word
    stands in lower case `beside` it; names keep theirs.
    """
    found = re.match(r"[^\W\d_]+", text)
    word = found.group() if found else ""
    ends = text[len(word) : len(word) + 1] in ("", " ", ",", "-")
    if not word or not ends or not word[0].isupper() or not (word[1:].islower() or len(word) == 1):
        return text
    language = pack(code)
    tags = language.tags.get(word.lower(), frozenset())
    if not tags.isdisjoint({"month", "weekday"}):
        return text
    known = bool(tags) or word.lower() in language.small or language.spans.knows(word.lower())
    known = known or word.lower() in re.findall(r"\w+", beside)
    return text[0].lower() + text[1:] if known else text


def _stands_alone(what: str) -> bool:
    """Several sentences, or a long one: nothing is woven into it."""
    return len(what) > _LONG or bool(re.search(r"[.!?;]\s", what))


def _one_line(text: str) -> str:
    return " ".join(text.split()).strip(_ENDS)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: float, code: str) -> str:
    said = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0")
    return said.translate(str.maketrans(",.", ".,")) if code == "es" else said
