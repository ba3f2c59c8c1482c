"""Whoever signs has had the words, as they now are, for so many days."""

from datetime import UTC, date, datetime

import pytest

from tests.core.small import case_of, plan_of, small
from upturn.core.guards.people import time_to_read
from upturn.core.plan import Written

PROGRAM = small("""
form:
  - {id: words, in: [drafting, running]}
  - {id: notes, title: Notes, by: [lead], in: [running], fields: [{id: noted, title: Noted}]}
signatures:
  - id: member
    title: The member signs
    by: [member]
    in: [running]
    covers: [words]
    meaning: I have read it.
    outcomes: [agreed]
""")


def on(day, *, told=date(2026, 3, 2), stage_since=date(2026, 3, 2), written=date(2026, 3, 1), noted=None):
    sections = {"words": Written({"said": "We met"}, 2, "p2", "lead", written)}
    sections |= {"notes": Written({"noted": "x"}, 3, "p2", "lead", noted)} if noted else {}
    plan = plan_of(stage="running", told=told, stage_since=stage_since, sections=sections)
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return time_to_read(case_of(PROGRAM, plan, now=now), "member", 5)


@pytest.mark.parametrize(
    "since",
    [
        {"told": date(2026, 3, 9)},
        {"stage_since": date(2026, 3, 9)},
        {"written": date(2026, 3, 9)},
        {"told": None, "stage_since": date(2026, 3, 9)},
    ],
    ids=["the telling", "the stage in which it is signed", "the last change of the words", "the stage, untold"],
)
def test_the_days_count_from_what_came_last(since):
    refusal = on(date(2026, 3, 13), **since)
    assert refusal is not None
    assert refusal.says == (
        "What “The member signs” covers has been there to read since 9 March 2026; 5 days to read it are promised."
    )
    assert refusal.possible_from == date(2026, 3, 14)
    assert on(date(2026, 3, 14), **since) is None


def test_a_change_of_other_words_takes_no_day_away():
    assert on(date(2026, 3, 13), noted=date(2026, 3, 12)) is None
