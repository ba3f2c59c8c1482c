"""What a whole plan says, by its program and the values of its fields: for the rules about plans, and for a terminal.

`sentences` tells which text is of which kind; here they are put together, with the days of their rows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from upturn.core.conditions import is_answered
from upturn.core.language.plans import ASKED, PlanHit, PlanRule, PlanWords, Words, check_plan, plan_rules
from upturn.core.language.rule import Given, Kind
from upturn.core.program import FormField, Program, Section
from upturn.core.sentences import Remark, Sentence, sentences
from upturn.core.wording import day_name

Values = Mapping[str, Any]
"""The answers of a plan by the id of their field, those of all sections and of the start together."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A plan's words, and its sentences, each with its place among the rows of its kind in `plan` (or None).

    `sections` are the ids of the sections they stand in, one by one; what is asked at the start is in `start`.
    """

    plan: PlanWords
    sentences: tuple[tuple[Sentence, int | None], ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanRemark:
    """What a rule about plans finds: in which section, and at the sentence of which row (None: in all of them)."""

    section: Section
    sentence: Sentence | None
    rule: PlanRule
    hit: PlanHit

    @property
    def where(self) -> str:
        return self.sentence.where if self.sentence else f"“{self.section.title}”"

    @property
    def says(self) -> str:
        """What it says, to stand after the place and a colon: so the row needs no number, and days are days."""
        says = self.hit.says
        if self.hit.kind and self.hit.row is not None:
            says = re.sub(
                rf"\b{self.hit.kind} {self.hit.row + 1}\b", f"this {self.hit.kind}", says, flags=re.IGNORECASE
            )
        says = re.sub(r"\d{4}-\d\d-\d\d", lambda day: day_name(date.fromisoformat(day[0])), says)
        return says[:1].lower() + says[1:]


def prose(program: Program, values: Values, start: date | None = None, end: date | None = None) -> Prose:
    """The prose of a plan. `start` and `end` are the first and the last day of the time to improve."""
    found: list[tuple[Sentence, int | None]] = []
    within: list[str] = []
    words: dict[Kind, list[Words]] = {}
    for section in _parts(program):
        rows: set[tuple[int, ...]] = set()
        for sentence in sentences(program, section, values):
            of_kind = words.setdefault(sentence.kind, [])
            within.append(section.id)
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
    return Prose(plan, tuple(found), tuple(within))


def plan_remarks(
    program: Program,
    values: Values,
    days: tuple[date | None, date | None] = (None, None),
    *,
    sections: Sequence[Section],
    codes: Sequence[str] = (),
) -> list[PlanRemark]:
    """What the rules about plans find in these sections; with `codes`, only of these codes or families.

    What is about the plan as a whole is told of the first section where it can be mended.
    """
    if codes and not any(code in codes or code[:3] in codes for code in plan_rules()):
        return []
    found = prose(program, values, *days)
    rows = {
        (sentence.kind, row): (sentence, section)
        for (sentence, row), section in zip(found.sentences, found.sections, strict=True)
        if row is not None
    }
    result = []
    for hit in check_plan(found.plan):
        rule = plan_rules()[hit.code]
        if codes and hit.code not in codes and hit.code[:3] not in codes:
            continue
        if hit.kind and hit.row is not None:
            sentence, id_ = rows[hit.kind, hit.row]
            result += [PlanRemark(section, sentence, rule, hit) for section in sections if section.id == id_]
        else:
            about = [section for section in sections if any(fields_of(program, section, rule.about))]
            result += [PlanRemark(section, None, rule, hit) for section in about[:1]]
    return result


def not_said(found: Iterable[PlanRemark], by: Sequence[Remark]) -> list[PlanRemark]:
    """Without what a rule about sentences says already of the same sentence (of the plan: of any)."""

    def said(remark: PlanRemark) -> bool:
        return any(
            other.rule.code in remark.rule.same_as or other.rule.satisfied_by & remark.rule.satisfied_by
            for other in by
            if remark.sentence in (None, other.sentence)
        )

    return [remark for remark in found if not said(remark)]


def fields_of(program: Program, section: Section, kind: Kind) -> Iterator[FormField]:
    """The fields of a section that hold what is of a kind: tables of goals or support, and texts that read as it."""
    tables = {goals.table for goals in program.goals} if kind == "goal" else set()
    if kind == "support" and program.support:
        tables.add(program.support.table)
    for field in (inner for top in section.fields for inner in top.walk()):
        consequence = kind == "consequence" and field.id == program.consequence_field
        if field.id in tables or field.reads_as == kind or consequence:
            yield field


def start_section(program: Program) -> Section:
    """What is asked at the start, as a section."""
    return Section.model_construct(id="start", title="Start", by=(), in_=(), fields=program.start.fields)


def _parts(program: Program) -> Iterator[Section]:
    """What is asked at the start, and the form."""
    yield start_section(program)
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
