"""What a whole plan says, by its program and the values of its fields: for the rules about plans, and for a terminal.

`sentences` tells which text is of which kind; here they are put together, with the days of their rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upturn.core.conditions import is_answered
from upturn.core.language.plans import ASKED, PlanWords, Words
from upturn.core.language.rule import Given, Kind
from upturn.core.program import FormField, Program, Section
from upturn.core.sentences import Sentence, sentences

Values = Mapping[str, Any]
"""The answers of a plan by the id of their field, those of all sections and of the start together."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A plan's words, and its sentences, each with its place among the rows of its kind in `plan` (or None)."""

    plan: PlanWords
    sentences: tuple[tuple[Sentence, int | None], ...]


def prose(program: Program, values: Values, start: date | None = None, end: date | None = None) -> Prose:
    """The prose of a plan. `start` and `end` are the first and the last day of the time to improve."""
    found: list[tuple[Sentence, int | None]] = []
    words: dict[Kind, list[Words]] = {}
    for section in _parts(program):
        rows: set[tuple[int, ...]] = set()
        for sentence in sentences(program, section, values):
            of_kind = words.setdefault(sentence.kind, [])
            if sentence.kind == "goal" and sentence.row in rows:
                found.append((sentence, None))  # a row is one goal, however many sentences tell it
                continue
            rows |= {sentence.row} if sentence.kind == "goal" and sentence.row else set()
            found.append((sentence, len(of_kind)))
            of_kind.append(Words(sentence.text, sentence.given, _day(program, section, sentence, values)))
    plan = PlanWords(
        goals=tuple(words.get("goal", ())),
        support=tuple(words.get("support", ())) if _helps(program) else None,
        deficiencies=tuple(words.get("deficiency", ())),
        start=start,
        end=end,
        consequence=_consequence(program, values),
        asked=_asked(program),
        lang=program.language,
    )
    return Prose(plan, tuple(found))


def _parts(program: Program) -> Iterator[Section]:
    """What is asked at the start, as a section, and the form."""
    if program.start.fields:
        yield Section.model_construct(id="start", title="Start", by=(), in_=(), fields=program.start.fields)
    yield from program.form


def _day(program: Program, section: Section, sentence: Sentence, values: Values) -> date | None:
    """The day in the row of a goal or of support, where the program names its column."""
    if not sentence.row:
        return None
    table = section.fields[sentence.row[0]]
    columns = {goals.table: goals.due for goals in program.goals}
    if program.support:
        columns[program.support.table] = program.support.due
    column = columns.get(table.id)
    try:
        return date.fromisoformat(str(values[table.id][sentence.row[1] - 1].get(column or ""))[:10])
    except ValueError:
        return None


def _fields(program: Program) -> Iterator[FormField]:
    for section in program.form:
        for field in section.fields:
            yield from field.walk()


def _helps(program: Program) -> bool:
    """Whether the form has a place for support."""
    return bool(program.support) or any(field.reads_as == "support" for field in _fields(program))


def _consequence(program: Program, values: Values) -> bool | None:
    if program.consequence:
        return True
    return is_answered(values.get(program.consequence_field)) if program.consequence_field else None


def _asked(program: Program) -> Given:
    """The parts for which every goal table has a column."""
    return frozenset(part for part in ASKED if all(getattr(goals, part, None) for goals in program.goals))
