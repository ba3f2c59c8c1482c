"""Clocks take days and lengths from answers: which kinds of field can hold one is said when a program is read."""

from datetime import UTC, date, datetime

import pytest

from upturn.core.case import Case
from upturn.core.clocks import planned
from upturn.core.facts import Actor, Facts
from upturn.core.plan import Plan
from upturn.core.reading import BadProgram, read
from upturn.core.refusals import Refused

TEXT = """
key: times
version: 1
title: Times
summary: A plan whose time is in its answers.
about: {{what: A trial program.}}
parties: {{member: {{title: Member, kind: subject}}, lead: {{title: Lead, kind: lead}}}}
start:
  by: [lead]
  stage: work
  fields:
    - {{id: timeline, kind: daterange, title: Timeline}}
    - {{id: length, kind: choice, title: Length, other: true, options: [{{id: days_30, title: A month}}, 60 days]}}
    - {{id: mood, kind: choice, title: Mood, options: [Good, Bad]}}
    - {{id: words, kind: text, title: Words}}
form: [{{id: form, title: Form, by: [lead], in: [work], fields: [{{id: said, title: Said}}]}}]
clocks: [{{id: period, title: The time, {clock}}}]
checkins: [{{id: talk, title: Talk, clock: period, by: [lead], {rhythm}}}]
stages:
  - {{id: work, title: Work, phase: run, says: Work goes on.}}
  - {{id: over, title: Over, phase: closed, final: true, says: It is over.}}
moves: [{{id: end, title: End it, from: [work], to: over, by: [lead], starts: [period]}}]
"""


def program(clock: str, rhythm: str = "every: 1 week"):
    return read(TEXT.format(clock=clock, rhythm=rhythm)).program()


def times(clock: str, **answers):
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    plan = planned(Case(program(clock), Plan(stage="work", start=answers), Actor("p1"), noon, Facts()), "period")
    return plan.start, plan.end


RANGE = "starts_on: timeline, end: {date: timeline}"


def test_a_date_range_holds_the_first_and_the_last_day():
    timeline = {"from": "2026-03-09", "to": "2026-04-07"}
    assert times(RANGE, timeline=timeline) == (date(2026, 3, 9), date(2026, 4, 7))


@pytest.mark.parametrize("timeline", [None, {"from": "2026-03-09"}])
def test_a_date_range_without_its_last_day_cannot_date_a_period(timeline):
    with pytest.raises(Refused, match="before “Timeline” is answered"):
        times(RANGE, timeline=timeline)


@pytest.mark.parametrize(
    ("length", "last"),
    [("days_30", date(2026, 3, 31)), ("o_60_days", date(2026, 4, 30)), ({"other": "2 weeks"}, date(2026, 3, 15))],
)
def test_a_length_is_chosen_or_written(length, last):
    assert times("end: {chosen: length}", length=length) == (date(2026, 3, 2), last)


def test_a_length_in_words_that_are_none_is_refused_with_what_would_be_one():
    with pytest.raises(Refused, match="a while"):
        times("end: {chosen: length}", length={"other": "a while"})


@pytest.mark.parametrize(
    ("clock", "rhythm", "says"),
    [
        ("end: {date: words}", "every: 1 week", "`words` is a text; this needs one of the kinds date, daterange."),
        ("end: {length: 9 days}, starts_on: mood", "every: 1 week", "`mood` is a choice; this needs one of"),
        ("end: {chosen: words}", "every: 1 week", "this needs one of the kinds duration, integer, choice"),
        ("end: {chosen: mood}", "every: 1 week", "The option `good` of `mood` is no length"),
        ("end: {length: 9 days}", "every_field: mood", "The option `good` of `mood` is no rhythm"),
        ("end: {length: 9 days}", "every_field: words", "`words` is a text; this needs one of the kinds choice."),
    ],
)
def test_a_field_that_can_hold_no_day_length_or_rhythm_is_a_problem_of_the_program(clock, rhythm, says):
    with pytest.raises(BadProgram) as problem:
        program(clock, rhythm)
    assert says in str(problem.value)
