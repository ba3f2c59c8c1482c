"""Dates of check-ins when a plan changes its rhythm or is given more time after its end; who writes in which stage."""

import pytest

from upturn.core.reading import BadProgram, read
from upturn.core.story import StoryFailed, tell

TEXT = """
key: rhythm
version: 1
title: Rhythm
summary: A plan whose rhythm is an answer.
about: {what: A trial program.}
parties: {member: {title: Member, kind: subject}, lead: {title: Lead, kind: lead}}
start: {by: [lead], stage: draft, tells: true}
form:
  - id: words
    title: Words
    by: [member, lead]
    in: [draft, work]
    by_in: BY_IN
    fields:
      - {id: how_often, kind: choice, title: How often, options: [{id: weekly, title: A}, {id: two_weeks, title: B}]}
clocks: [{id: period, title: The time, end: {length: 43 days}, extension: {by: [lead]}}]
checkins: [{id: talk, title: Talk, clock: period, every_field: how_often, by: [lead]}]
amendments: {in: [work], by: [lead], sections: [words], agreed_by: [lead]}
stages:
  - {id: draft, title: Draft, phase: draft, says: It is written.}
  - {id: work, title: Work, phase: run, says: Work goes on.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves:
  - {id: begin, title: Begin, from: [draft], to: work, by: [lead], starts: [period]}
  - {id: end, title: End it, from: [work], to: over, by: [lead]}
"""
BEGUN = [
    {"as": "lea", "open": {}},
    {"as": "lea", "answer": "words", "answers": {"how_often": "two_weeks"}},
    {"as": "lea", "move": "begin"},
]


def days(*steps, by_in="{draft: [lead]}"):
    """The days of check-ins that are still to be held, or were missed, after these steps from 2 March 2026 on."""
    story = {
        "name": "A rhythm",
        "cast": {"mel": "member", "lea": "lead"},
        "zone": "UTC",
        "today": "2026-03-02",
        "steps": [*BEGUN, *steps],
    }
    stage = tell(read(TEXT.replace("BY_IN", by_in)), {}, story)
    live = [c for c in stage.plan.checkins.values() if not c.cancelled]
    return [f"{c.due:%m-%d}{' missed' if c.missed else ''}" for c in sorted(live, key=lambda c: c.due)]


def changed(how_often):
    return [
        {"as": "lea", "propose": {"words": {"how_often": how_often}}, "reason": "So it fits"},
        {"as": "lea", "respond": 1},
    ]


def test_a_closer_rhythm_asks_for_no_day_that_is_over():
    assert days({"until": "2026-03-20"}, *changed("weekly")) == [
        "03-16 missed", "03-23", "03-30", "04-06", "04-13",
    ]  # fmt: skip


def test_a_wider_rhythm_lets_the_days_between_fall_away():
    start = [*changed("weekly"), {"until": "2026-03-05"}]
    back = [{"as": "lea", "propose": {"words": {"how_often": "two_weeks"}}, "reason": "x"}, {"as": "lea", "respond": 2}]
    assert days(*start, *back) == ["03-16", "03-30", "04-13"]


def test_more_time_after_the_end_brings_no_check_in_that_nobody_could_hold():
    more = {"as": "lea", "extend": "period", "by": "28 days", "reason": "It was a holiday"}
    assert days({"until": "2026-04-29"}, more)[3:] == ["05-11"]


def test_in_a_stage_only_those_write_who_are_named_for_it():
    weekly = {"as": "mel", "answer": "words", "answers": {"how_often": "weekly"}}
    assert days(weekly, by_in="{draft: [lead]}")[:2] == ["03-09", "03-16"]
    with pytest.raises(StoryFailed, match="is for the lead"):
        days(weekly, by_in="{work: [lead]}")


@pytest.mark.parametrize(
    ("by_in", "says"),
    [
        ("{over: [lead]}", "“Words” is not written in `over`: add it to `in`."),
        ("{work: [panel]}", "Name who of member, lead writes it then."),
        ("{work: []}", "Name who of member, lead writes it then."),
    ],
)
def test_writers_of_a_stage_are_some_of_the_writers_of_the_section(by_in, says):
    with pytest.raises(BadProgram) as problem:
        read(TEXT.replace("BY_IN", by_in))
    assert says in str(problem.value)
