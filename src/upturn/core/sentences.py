"""The sentences of a section: which text is of what kind, what stands beside it, and what the wording checker finds.

A program says it with data: the texts of its `goals` are goals, those of its `support` are support, and any other field
may say what it `reads_as`. What stands in the columns beside a text counts as if it stood in the text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from upturn.core.conditions import is_answered
from upturn.core.fields import show
from upturn.core.language import NOTHING, Given, Hit, Kind, Part, Rule, check_reading, read, rules
from upturn.core.language.compose import Composed, Direction, Pieces, compose
from upturn.core.language.plans import plan_rules
from upturn.core.language.tokens import MOST
from upturn.core.program import FormField, GoalTable, Program, Section

Answers = Mapping[str, Any]

FAMILIES = {
    "FAI": "fairness",
    "TRA": "words about character and manner",
    "MEA": "measures",
    "TIM": "time",
    "WHO": "who does it",
    "VAG": "vague verbs",
    "EXA": "dated examples",
    "PLA": "the plan as a whole",
}
"""The families of rules and what they look after, in the order in which they help an author most."""

_GOAL_PARTS: tuple[Part, ...] = ("baseline", "target", "unit", "due", "source", "judge")
_SUPPORT_PARTS: tuple[Part, ...] = ("owner", "due")
_READABLE = 400  # characters of a goal that is read out again
_DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text somebody wrote. `where` names its box to people, `row` is the row it stands in (empty: in none).

    `given` stands beside it in other columns; `asked` has a column there, filled or not, and is asked for there.
    """

    where: str
    kind: Kind
    text: str
    row: tuple[int, ...] = ()
    given: Given = NOTHING
    asked: Given = NOTHING


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule finds in a sentence."""

    sentence: Sentence
    rule: Rule
    hit: Hit

    @property
    def where(self) -> str:
        return self.sentence.where

    @property
    def says(self) -> str:
        """What it says, to stand after the place and a colon."""
        return self.hit.says[:1].lower() + self.hit.says[1:]


@dataclass(frozen=True, slots=True)
class Reading:
    """A goal as somebody reads it who has only this row."""

    where: str
    composed: Composed


def sentences(program: Program, section: Section, answers: Answers) -> Iterator[Sentence]:
    """Every text of a section that is of a kind, in the order of the form."""
    yield from _within(program, section.fields, answers, "", (), "")


def _within(
    program: Program, fields: Iterable[FormField], answers: Answers, table: str, row: tuple[int, ...], place: str
) -> Iterator[Sentence]:
    fields = tuple(fields)
    for number, field in enumerate(fields):
        value = answers.get(field.id)
        if field.kind == "table":
            for n, inner in enumerate(value or (), start=1):
                name = f"{place}, {(field.row or 'row').lower()} {n}" if place else f"{field.row or 'Row'} {n}"
                yield from _within(program, field.fields, inner, field.id, (*row, number, n), name)
            continue
        kind, asked, given = _of_field(program, table, field, fields, answers)
        if kind and isinstance(value, str) and value.strip():
            where = f"{place}, “{field.title}”" if place else f"“{field.title}”"
            yield Sentence(where, kind, value, row, given, asked)


def _of_field(
    program: Program, table: str, field: FormField, beside: tuple[FormField, ...], answers: Answers
) -> tuple[Kind | None, Given, Given]:
    """What a field holds, which parts of it have a column beside it, and which of these are filled."""
    columns: dict[Part, str | None] = {}
    kind: Kind | None = field.reads_as
    for goals in program.goals:
        if goals.table == table and goals.text == field.id:
            kind, columns = kind or "goal", {part: getattr(goals, part) for part in _GOAL_PARTS}
    support = program.support
    if support and support.table == table and support.text == field.id:
        kind, columns = kind or "support", {part: getattr(support, part) for part in _SUPPORT_PARTS}
    if columns:
        asked = frozenset(part for part, column in columns.items() if column)
        return kind, asked, frozenset(part for part in asked if is_answered(answers.get(columns[part] or "")))
    told = set(_told_beside(beside, answers)) if table and kind else set()
    if kind == "support" and any(goals.table == table for goals in program.goals):
        told.add("owner")  # a box for help beside a goal is somebody's: its title says whose
    return kind, NOTHING, frozenset(told)


def _told_beside(fields: Iterable[FormField], answers: Answers, *, nested: bool = False) -> Iterator[Part]:
    """What the row around a text says: a day says when, and a person who."""
    for field in fields:
        value: Any = answers.get(field.id)
        if not is_answered(value):
            continue
        if field.kind == "date":
            yield "due"
            if not nested:
                yield "evidence"
        elif field.kind == "person":
            yield "owner"
        elif field.kind == "table":
            for row in value:
                yield from _told_beside(field.fields, row, nested=True)


# -- what is found ----------------------------------------------------------------------------------------------------


def remarks(program: Program, section: Section, answers: Answers, codes: Sequence[str] = ()) -> list[Remark]:
    """What the rules find in a section, the most useful first; with `codes`, only of these codes or families.

    What is missing in a sentence as a whole is not missing where another text of the same kind beside it says it.
    """
    said = list(sentences(program, section, answers))
    found = [_found(s.text, s.kind, program.language, s.given)[0] for s in said]
    lacking = [{hit.code for hit in hits if _is_whole(hit, s)} for s, hits in zip(said, found, strict=True)]
    result = []
    for sentence, hits in zip(said, found, strict=True):
        beside = [
            codes_
            for other, codes_ in zip(said, lacking, strict=True)
            if other.kind == sentence.kind and other.row[: len(sentence.row)] == sentence.row
        ]
        for hit in hits:
            told = _is_whole(hit, sentence) and not all(hit.code in codes_ for codes_ in beside)
            if not told and (not codes or hit.code in codes or hit.code[:3] in codes):
                result.append(Remark(sentence, rules()[hit.code], hit))
    return sorted(result, key=lambda r: _rank(r.hit.code))


def advised(program: Program, section: Section, answers: Answers, *, at_most: int = 5) -> list[Remark]:
    """What to tell the author now: what a column of its own asks for is left to that column."""
    found = [
        remark
        for remark in remarks(program, section, answers)
        if not remark.rule.satisfied_by & (remark.sentence.asked - remark.sentence.given)
    ]
    return found[:at_most]


def unread(program: Program, section: Section, answers: Answers) -> str:
    """The sentence that says that some text here is in a language whose wording is not checked; empty if none is."""
    for sentence in sentences(program, section, answers):
        says = _found(sentence.text, sentence.kind, program.language, sentence.given)[1]
        if says:
            return says
    return ""


@lru_cache(maxsize=1024)
def _found(text: str, kind: Kind, language: str, given: Given) -> tuple[tuple[Hit, ...], str]:
    """Hits, and what to know about a language that is left alone. Kept: every look at a plan asks for them again."""
    reading = read(text, language)
    return tuple(check_reading(reading, kind, given)), "" if reading.known else reading.says


def _is_whole(hit: Hit, sentence: Sentence) -> bool:
    return hit.start == 0 and hit.end >= min(len(sentence.text), MOST)


def _rank(code: str) -> int:
    return list(FAMILIES).index(code[:3]) if code[:3] in FAMILIES else len(FAMILIES)


def known_codes() -> frozenset[str]:
    """The codes and the families a program may name."""
    codes = {*rules(), *plan_rules()}
    return frozenset(codes) | {code[:3] for code in codes}


# -- a goal as it is read ---------------------------------------------------------------------------------------------


def readings(program: Program, section: Section, answers: Answers, name: Callable[[str], str]) -> Iterator[Reading]:
    """Each goal of a section as one sentence, made of what stands in its row. `name` tells who a person is."""
    for goals in program.goals:
        table = next((f for f in section.fields if f.id == goals.table), None)
        for number, row in enumerate(answers.get(goals.table) or () if table else (), start=1):
            pieces = _pieces(program, goals, row, name)
            short = 0 < len(pieces.what) <= _READABLE
            if table and short and (pieces.target is not None or pieces.due or pieces.source or pieces.judge):
                asked = [p for p in ("target", "due", "source", "judge") if getattr(goals, p)]
                composed = compose(pieces, program.language, asked=asked)
                if composed.sentence:
                    yield Reading(f"{table.row or 'Row'} {number}", composed)


def _pieces(program: Program, goals: GoalTable, row: Answers, name: Callable[[str], str]) -> Pieces:
    columns = program.column[goals.table]

    def of(column: str | None) -> str:
        value = row.get(column or "")
        return show(columns[column], value, program, name) if column and is_answered(value) else ""

    direction = row.get(goals.direction or "")
    return Pieces(
        what=of(goals.text),
        measure=of(goals.measure),
        target=_number(row.get(goals.target or "")),
        unit=of(goals.unit),
        direction=next((d for d in _DIRECTIONS if d == direction), "at_least"),
        due=str(row.get(goals.due or "") or ""),
        source=of(goals.source),
        judge=of(goals.judge),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
