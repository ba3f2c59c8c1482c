"""A step that time makes counts only time that ran out since the plan came to where the step leads from."""

import pytest

from tests.core.small import small_file
from upturn.core.story import tell

CHANGE = """
clocks: [{id: period, title: The period, end: {length: 10 days}, extension: {by: [lead]}}]
stages:
  - {id: talking, title: Talking, phase: run, says: It is talked about.}
  - {id: deciding, title: Deciding, phase: decide, says: It is decided.}
moves:
  - {id: begin, starts: [period]}
  - {id: ask, title: Ask for the draft, from: [running], by: [lead]}
  - {id: talk, title: Talk, from: [running], to: talking, by: [lead]}
  - {id: talked, title: It was talked about, from: [talking], to: running, by: [lead]}
  - {id: back, title: Back, from: [deciding], to: running, by: [lead]}
  - {id: time_over, title: It is over, from: [running, talking], to: deciding, by: [clock], after: {clock: period}}
  - {id: overdue, title: The draft is overdue, from: [running], to: deciding, by: [clock], after: {deadline: draft}}
  - {id: end, from: [running, deciding]}
deadlines:
  - id: draft
    title: The draft
    for: [member]
    after: {move: ask}
    within: 3 days
    met_by: {sections: [words]}
    otherwise: It goes on.
"""
CAST = {"mo": "member", "lea": "lead"}
BEGUN = [{"as": "lea", "open": {}}, {"as": "lea", "move": "begin"}]
OVER, LATE = {"expect": {"stage": "deciding"}}, {"wait": "4 days"}


def by_time(*steps):
    """The steps that time made, in a plan that was begun and then went this way."""
    stage = tell(small_file(CHANGE), {"cast": CAST}, {"name": "Time", "steps": [*BEGUN, *steps]})
    return [m.move for m in stage.plan.moves if m.by == "clock"]


def lea(move):
    return {"as": "lea", "move": move}


@pytest.mark.parametrize(
    ("steps", "made"),
    [
        ([lea("ask"), LATE, OVER, lea("back"), {"wait": "2 days"}], ["overdue"]),
        ([lea("ask"), LATE, OVER, lea("back"), lea("ask"), {"wait": "2 days"}], ["overdue"]),
        ([lea("ask"), LATE, OVER, lea("back"), lea("ask"), LATE, OVER], ["overdue", "overdue"]),
        ([lea("ask"), lea("talk"), LATE, lea("talked"), {"wait": "2 days"}], []),
    ],
    ids=["come back", "set again and not yet over", "set again and over again", "over while the plan stood elsewhere"],
)
def test_a_deadline_that_passed_before_the_plan_came_makes_no_step(steps, made):
    assert by_time(*steps) == made


def test_a_period_that_ended_before_the_plan_came_back_makes_no_step_until_it_is_extended_and_ends_again():
    ended = [{"wait": "11 days"}, OVER, lea("back"), {"wait": "5 days"}]
    assert by_time(*ended) == ["time_over"]
    longer = {"as": "lea", "extend": "period", "by": "30 days", "reason": "The help came late"}
    assert by_time(*ended, longer, {"wait": "31 days"}, OVER) == ["time_over", "time_over"]


def test_going_from_one_to_another_of_the_stages_a_step_leads_from_is_no_coming_back():
    assert by_time(lea("talk"), {"wait": "11 days"}, OVER) == ["time_over"]
    assert by_time(lea("talk"), lea("talked"), {"wait": "11 days"}, OVER) == ["time_over"]
