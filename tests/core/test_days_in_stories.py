"""A story may write a day with or without quotes, alone, in a list or inside an answer."""

import pytest

from tests.core.small import small_file
from upturn.core.story import StoryFailed, told

FILE = small_file("""
form:
  - id: words
    fields:
      - {id: said, required: false}
      - {id: on, kind: date, title: On}
      - {id: steps, kind: table, title: Steps, fields: [{id: by, kind: date, title: By}]}
clocks: [{id: period, title: The period, end: {length: 15 days}}]
moves: [{id: begin, starts: [period]}]
checkins: [{id: weekly, title: Weekly talk, clock: period, every: 1 week, by: [lead]}]
""")
STORY = """
cast: {{mo: member, lea: lead}}
stories:
  - name: A plan with days
    steps:
      - {{as: lea, open: {{}}}}
      - {{as: lea, answer: words, answers: {{on: 2026-03-09, steps: [{{by: 2026-03-16}}]}}}}
      - {{as: lea, move: begin}}
      - expect: {expected}
"""


@pytest.mark.parametrize(
    "expected",
    [
        "{checkin_days.weekly: [2026-03-09, 2026-03-16]}",
        '{checkin_days.weekly: ["2026-03-09", 2026-03-16]}',
        "{checkin_days.weekly: 2026-03-16}",
        "{told: 2026-03-02, clock.period: 2026-03-16}",
        '{told: "2026-03-02", clock.period: "2026-03-16"}',
        "{answer.on: 2026-03-09, answer.steps: [{_id: r1, by: 2026-03-16}]}",
    ],
)
def test_a_day_that_is_there_is_found(expected):
    assert "begin" in told(FILE, STORY.format(expected=expected)).moves


@pytest.mark.parametrize(
    "expected",
    [
        "{checkin_days.weekly: [2026-03-09, 2026-03-17]}",
        "{told: 2026-03-03}",
        "{answer.steps: [{_id: r1, by: 2026-03-17}]}",
    ],
)
def test_a_day_that_is_not_there_fails_the_story(expected):
    with pytest.raises(StoryFailed, match="2026-03-"):
        told(FILE, STORY.format(expected=expected))
