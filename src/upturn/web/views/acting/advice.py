"""The panel beside a section: what is still to be written, which words to look at, and how a stranger reads each goal.

It is advice: never red, and it keeps nobody from saving or sharing.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from upturn.core.fields import clean_answers, inside, missing
from upturn.core.guards.words import GOAL_PARTS
from upturn.core.program import Section
from upturn.core.sentences import Answers, Reading, advised, readings, unread
from upturn.core.wording import listed
from upturn.records.access import Look
from upturn.web.forms import Raw

TITLE = "Before you share"
QUIET = "Everything that is asked for is here."
NOT_WRITTEN = 8


def guidance(look: Look, spec: Section, raw: Raw) -> dict[str, Any]:
    """What `parts/guidance.html` shows about the words that stand in the boxes."""
    program = look.program
    answers, problems = clean_answers(spec.fields, raw, look.case.values, program)
    refused = [{"says": problem.says, "try": ""} for problem in problems[:NOT_WRITTEN]]
    read = list(readings(program, spec, answers, look.name))
    advice = [
        *refused,
        *_wording(look, spec, answers),
        *_not_written(look, spec, answers),
        *_goals(look, spec, answers, read),
    ]
    lacking = any(reading.composed.lacks for reading in read)
    return {
        "title": TITLE,
        "advice": advice,
        "quiet": "" if lacking else QUIET,
        "read": [_as_read(reading) for reading in read],
        "unread": unread(program, spec, answers),
    }


def _wording(look: Look, spec: Section, answers: Answers) -> Iterator[Mapping[str, str]]:
    for remark in advised(look.program, spec, answers):
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
            columns = {part: getattr(goals, part) for part in ("target", "due", "source", "judge", "measure")}
            name = f"{(table.row if table else '') or 'Row'} {number}"
            lacking = [
                GOAL_PARTS[part]
                for part, column in columns.items()
                if column and not row.get(column) and part not in told.get(name, ()) and column not in required
            ]
            if lacking:
                yield {
                    "says": f"{name} lacks {listed(lacking)}.",
                    "try": "Without it, nobody can say later whether it was met.",
                }


def _as_read(reading: Reading) -> Mapping[str, str]:
    return {
        "where": reading.where,
        "sentence": reading.composed.sentence,
        "lacks": " ".join(reading.composed.lacks),
    }
