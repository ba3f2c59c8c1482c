"""A target may be a floor, a ceiling or the number itself."""

from datetime import UTC, date, datetime

import pytest

from upturn.core.case import Case
from upturn.core.facts import Actor, Facts
from upturn.core.guards.outcome import target_met
from upturn.core.plan import CheckInState, Plan, Written
from upturn.core.reading import read

PROGRAM = read("""
key: targets
version: 1
title: Targets
summary: Goals with a direction.
about: {what: A trial program.}
parties: {member: {title: Member, kind: subject}, lead: {title: Lead, kind: lead}}
start: {by: [lead], stage: work}
form:
  - id: words
    title: Words
    by: [lead]
    in: [work]
    fields:
      - id: goals
        kind: table
        title: Goals
        fields:
          - {id: text, title: What}
          - {id: target, kind: number, title: Target}
          - {id: way, kind: choice, title: Direction, options: [At least, At most, Exactly]}
goals: [{table: goals, text: text, target: target, direction: way}]
clocks: [{id: period, title: The period, end: {length: 60 days}}]
checkins: [{id: weekly, title: Check-in, clock: period, every: 1 week, by: [lead]}]
stages:
  - {id: work, title: Work, phase: run, says: Work goes on.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves: [{id: end, title: End it, from: [work], to: over, by: [lead], starts: [period]}]
""").program()
DAY = date(2026, 3, 2)


def case(way: str | None, *values: float) -> Case:
    """A goal with the target 10 and the values of its check-ins, oldest first."""
    row = {"_id": "r1", "text": "Returns", "target": 10} | ({"way": way} if way else {})
    held = {
        f"weekly_{n}": CheckInState(
            f"weekly_{n}",
            "weekly",
            DAY,
            DAY,
            held=DAY,
            held_seq=n,
            progress=({"table": "goals", "row": "r1", "value": value},),
        )
        for n, value in enumerate(values, start=1)
    }
    plan = Plan(stage="work", sections={"words": Written({"goals": [row]}, 1, "p1", "lead", DAY)}, checkins=held)
    return Case(PROGRAM, plan, Actor("p1", frozenset({"lead"})), datetime(2026, 3, 9, 12, tzinfo=UTC), Facts())


@pytest.mark.parametrize(
    ("way", "value", "met"),
    [
        ("at_least", 10, True),
        ("at_least", 9, False),
        (None, 11, True),
        (None, 9, False),
        ("at_most", 10, True),
        ("at_most", 3, True),
        ("at_most", 11, False),
        ("exactly", 10, True),
        ("exactly", 11, False),
    ],
)
def test_a_target_is_met_in_the_direction_its_goal_gives(way, value, met):
    assert (target_met(case(way, value)) is None) is met


def test_the_latest_check_in_counts():
    assert target_met(case("at_most", 3, 12)) is not None
    assert target_met(case("at_most", 12, 3)) is None


def test_a_goal_that_no_check_in_reported_on_has_not_met_its_target():
    refusal = target_met(case("at_most"))
    assert refusal is not None
    assert refusal.says == "0 goals reached its target at the latest check-in; 1 needed."
