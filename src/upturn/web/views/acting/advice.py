"""The panel beside a section: what is still to be written, which words to look at, and how a stranger reads each goal.

It is advice: never red, and it keeps nobody from saving or sharing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from upturn.core.conditions import Values, is_answered
from upturn.core.fields import clean_answers, inside, missing
from upturn.core.guards.words import GOAL_PARTS, of_plan
from upturn.core.plan import Written
from upturn.core.plan_words import PlanRemark, fields_of, not_said, start_section
from upturn.core.program import GoalTable, Program, Section, SupportTable
from upturn.core.sentences import Answers, Reading, Remark, advised, readings, sentences, unread
from upturn.core.wording import listed
from upturn.records.access import Look
from upturn.web.forms import Raw

TITLE = "Before you share"
QUIET = "Everything that is asked for is here."
ABOUT_WORDS = "About the words"
NOTHING_YET = "What could be said so that it can be checked and answered is told here once you have written."
NOTHING_FOUND = "Nothing to suggest about these words."
NOT_WRITTEN = 8
OF_PLAN = 3
OF_GOALS = ("target", "due", "source", "judge", "measure")
"""The parts of a goal that are told by goal, whether or not they are required."""


def guidance(look: Look, spec: Section, raw: Raw) -> dict[str, Any]:
    """What `parts/guidance.html` shows about the words that stand in the boxes."""
    program = look.program
    answers, problems = clean_answers(spec.fields, raw, look.case.values, program)
    refused = [{"says": problem.says, "try": ""} for problem in problems[:NOT_WRITTEN]]
    read = list(readings(program, spec, answers, look.name))
    words = advised(program, spec, answers)
    advice = [
        *refused,
        *_wording(words),
        *_not_written(look, spec, answers),
        *_goals(look, spec, answers, read),
        *_plan(look, spec, answers, words),
    ]
    lacking = any(reading.composed.lacks for reading in read)
    return {
        "title": TITLE,
        "advice": advice,
        "quiet": "" if lacking else QUIET,
        "read": [_as_read(reading) for reading in read],
        "unread": unread(program, spec, answers),
    }


def start_guidance(program: Program, raw: Raw, around: Values, language: str) -> dict[str, Any] | None:
    """The same about the wording of what is asked at the start, in the plan's language; None if no text is read."""
    spec = start_section(program)
    if not any(field.reads_as for top in spec.fields for field in top.walk()):
        return None
    answers, _problems = clean_answers(spec.fields, raw, around, program)
    spoken = program.model_copy(update={"language": language or program.language})
    left_alone = unread(spoken, spec, answers)
    written = any(True for _ in sentences(spoken, spec, answers))
    return {
        "title": ABOUT_WORDS,
        "advice": list(_wording(advised(spoken, spec, answers))),
        "quiet": "" if left_alone else NOTHING_FOUND if written else NOTHING_YET,
        "read": [],
        "unread": left_alone,
    }


def _wording(words: Iterable[Remark]) -> Iterator[Mapping[str, str]]:
    for remark in words:
        yield {"says": f"{remark.where}: {remark.says}", "try": remark.rule.instead}


def _not_written(look: Look, spec: Section, answers: Answers) -> Iterator[Mapping[str, str]]:
    for phrase in list(missing(spec.fields, answers, look.case.values, look.program))[:NOT_WRITTEN]:
        yield {"says": f"{phrase} is not written yet.", "try": ""}
    scope = inside(spec.fields, answers, look.case.values, look.program)
    for check in spec.checks:
        if not scope.holds(check.that):
            yield {"says": check.says, "try": ""}


def _goals(look: Look, spec: Section, answers: Answers, read: Iterable[Reading]) -> Iterator[Mapping[str, str]]:
    """Which parts a goal lacks, as far as neither its reading nor what is not written says so."""
    told = {reading.where: reading.composed.missing for reading in read}
    for goals in look.program.goals:
        table = next((f for f in spec.fields if f.id == goals.table), None)
        required = {column.id for column in table.fields if column.required} if table else ()
        for number, row in enumerate(answers.get(goals.table) or () if table else (), start=1):
            columns = {part: getattr(goals, part) for part in OF_GOALS}
            name = f"{(table.row if table else '') or 'Row'} {number}"
            lacking = [
                GOAL_PARTS[part]
                for part, column in columns.items()
                if column
                and not is_answered(row.get(column))
                and part not in told.get(name, ())
                and column not in required
            ]
            if lacking:
                yield {
                    "says": f"{name} lacks {listed(lacking)}.",
                    "try": "Without it, nobody can say later whether it was met.",
                }


def _plan(look: Look, spec: Section, answers: Answers, words: Sequence[Remark]) -> Iterator[Mapping[str, str]]:
    """What the rules about plans find in this section, as far as no other line says so; the same is said once."""
    program, plan = look.program, look.plan
    written = Written(answers, plan.seq, look.actor.code, "", look.case.today)
    case = look.case.with_plan(replace(plan, sections={**plan.sections, spec.id: written}))
    values = dict(plan.start)
    for one in program.form:
        if one.id in case.plan.sections and (one.id == spec.id or (look.sees_section(one.id) and case.shown(one))):
            values |= case.plan.sections[one.id].answers
    phrases = list(missing(spec.fields, answers, look.case.values, program))
    found: dict[tuple[str, str], list[PlanRemark]] = {}
    for remark in not_said(of_plan(case, values, [spec]), words):
        if not _asked_for(program, spec, answers, remark, phrases):
            found.setdefault((remark.rule.code, remark.says), []).append(remark)
    for same in list(found.values())[:OF_PLAN]:
        where = "; ".join(remark.where for remark in same if remark.sentence)
        yield {"says": f"{where}: {same[0].says}" if where else same[0].hit.says, "try": same[0].rule.instead}


def _asked_for(program: Program, spec: Section, answers: Answers, remark: PlanRemark, phrases: Sequence[str]) -> bool:
    """Whether the lines about what is not written, or about the parts of goals, say what a rule about plans says."""
    sentence, rule = remark.sentence, remark.rule
    if sentence is None or not sentence.row:
        if any(s.kind == rule.about for s in sentences(program, spec, answers)):
            return False
        titles = {field.title for field in fields_of(program, spec, rule.about)}
        return any(phrase in titles or phrase.rpartition(" (")[0] in titles for phrase in phrases)
    table = spec.fields[sentence.row[0]]
    tables: list[GoalTable | SupportTable] = [*program.goals, *([program.support] if program.support else [])]
    for part in rule.satisfied_by:
        for one in tables:
            column = getattr(one, part, None) if one.table == table.id else None
            title = next((c.title for c in table.fields if c.id == column), "") if column else ""
            told = isinstance(one, GoalTable) and part in OF_GOALS
            if title and (told or f"{title} ({(table.row or 'row').lower()} {sentence.row[1]})" in phrases):
                return True
    return False


def _as_read(reading: Reading) -> Mapping[str, str]:
    return {
        "where": reading.where,
        "sentence": reading.composed.sentence,
        "lacks": " ".join(reading.composed.lacks),
    }
