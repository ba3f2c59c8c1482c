"""Rows of a table are judged beside the answers that are given with them, not beside those of before."""

import pytest

from upturn.core.conditions import Values, scope
from upturn.core.fields import clean_answers
from upturn.core.reading import read

PROGRAM = read("""
key: marks
version: 1
title: Marks
summary: Rows that depend on an answer beside their table.
about: {what: A trial program.}
parties: {pupil: {title: Pupil, kind: subject}, teacher: {title: Teacher, kind: lead}}
start: {by: [lead], stage: work}
form:
  - id: marks
    title: Marks
    by: [teacher]
    in: [work]
    fields:
      - id: rows
        kind: table
        title: Goals
        fields:
          - {id: mark, kind: number, title: Mark}
          - {id: why, title: Why, show_if: "explain"}
        checks: [{that: "mark >= least", says: A goal lies below the least mark.}]
      - {id: explain, kind: yesno, title: Explain each}
      - {id: least, kind: number, title: Least mark, show_if: "explain"}
stages:
  - {id: work, title: Work, phase: run, says: Work goes on.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves: [{id: end, title: End it, from: [work], to: over, by: [teacher]}]
""").program()
FIELDS = PROGRAM.section["marks"].fields
BEFORE = Values(scope(FIELDS), {"explain": False, "least": 9.0, "rows": [], "answered": ["least"]})


@pytest.mark.parametrize(
    ("mark", "explain", "least", "row", "refused"),
    [
        (3, True, 2, {"mark": 3, "why": "New"}, []),
        (1, True, 2, {"mark": 1, "why": "New"}, ["A goal lies below the least mark."]),
        (1, False, 2, {"mark": 1}, []),
    ],
)
def test_a_row_is_judged_beside_the_answers_given_with_it(mark, explain, least, row, refused):
    answers = {"rows": [{"mark": mark, "why": "New"}], "explain": explain, "least": least}
    cleaned, problems = clean_answers(FIELDS, answers, BEFORE, PROGRAM)
    assert cleaned["rows"] == [{"_id": "r1", **row}]
    assert [p.says for p in problems] == refused
    assert list(cleaned) == [f.id for f in FIELDS if f.id in cleaned]
