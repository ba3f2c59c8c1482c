"""What counts from the beginning, and what has to happen again when a plan comes back to a stage."""

from datetime import UTC, date, datetime, timedelta

import pytest

from upturn.core.calendar import Length
from upturn.core.case import Case
from upturn.core.facts import Actor, Facts
from upturn.core.guards.people import answers_counting, discussed
from upturn.core.guards.record import step_made
from upturn.core.guards.time import days_since
from upturn.core.plan import ApprovalGiven, Interval, LogRecord, MoveMade, Plan
from upturn.core.reading import read

PROGRAM = read("""
key: hearings
version: 1
title: Hearings
summary: A plan that comes before a panel, and can come back to it.
about: {what: A trial program.}
parties:
  member: {title: Member, kind: subject}
  lead: {title: Lead, kind: lead}
  panel: {title: Panel, kind: committee, max: 3}
start: {by: [lead], stage: work}
form: [{id: words, title: Words, by: [lead], in: [work], fields: [{id: said, title: Said}]}]
logs: [{id: heard, title: Hearing, do: Record the hearing, by: [panel], fields: [{id: what, title: What}]}]
stages:
  - {id: work, title: Work, phase: run, says: Work goes on.}
  - {id: hearing, title: Hearing, phase: decide, says: The panel hears the case.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves:
  - {id: call, title: Call the hearing, from: [work], to: hearing, by: [lead]}
  - {id: invite, title: Invite, from: [hearing], by: [lead]}
  - {id: more, title: Give more time, from: [hearing], to: work, by: [panel]}
  - {id: end, title: End it, from: [hearing], to: over, by: [panel]}
approvals:
  - {id: vote, title: Vote, by: [panel], need: 2, in: [hearing], each_time: true}
  - {id: fairness, title: Fairness check, by: [panel], in: [hearing]}
""").program()


def on(day: int) -> date:
    return date(2026, 3, day)


def moved(move: str, from_: str, to: str, seq: int, day: int) -> MoveMade:
    return MoveMade(move, from_, to, on(day), seq, "p2", "lead", {})


def approved(approval: str, by: str, seq: int) -> ApprovalGiven:
    return ApprovalGiven(approval, "approved", by, "panel", on(3), seq)


def case(plan: Plan, today: int) -> Case:
    noon = datetime(2026, 3, today, 12, tzinfo=UTC)
    return Case(PROGRAM, plan, Actor("p2", frozenset({"lead"})), noon, Facts())


FIRST = (moved("call", "work", "hearing", 2, 1), moved("invite", "hearing", "hearing", 3, 1))
BACK = (*FIRST, moved("more", "hearing", "work", 8, 10), moved("call", "work", "hearing", 9, 20))
HEARD = {"heard": (LogRecord("heard", 1, {}, 5, "p3", "panel", on(3), ()),)}
VOTES = (approved("vote", "p3", 6), approved("vote", "p4", 7), approved("fairness", "p3", 4))
ONCE = Plan(seq=7, stage="hearing", stage_since=on(1), stage_seq=2, moves=FIRST, logs=HEARD, approvals=VOTES)
AGAIN = Plan(seq=9, stage="hearing", stage_since=on(20), stage_seq=9, moves=BACK, logs=HEARD, approvals=VOTES)


def test_votes_of_a_first_hearing_do_not_count_at_the_second_and_other_approvals_do():
    vote, fairness = PROGRAM.approval["vote"], PROGRAM.approval["fairness"]
    assert [a.by for a in answers_counting(case(ONCE, 5), vote)] == ["p3", "p4"]
    assert answers_counting(case(AGAIN, 21), vote) == ()
    assert [a.by for a in answers_counting(case(AGAIN, 21), fairness)] == ["p3"]


def test_an_invitation_to_a_first_hearing_gives_no_notice_of_the_second():
    notice = Length(5, "days")
    assert days_since(case(ONCE, 6), notice, move="invite", anew=True) is None
    assert days_since(case(AGAIN, 30), notice, move="invite") is None
    refusal = days_since(case(AGAIN, 30), notice, move="invite", anew=True)
    assert refusal is not None
    assert "has not happened yet" in refusal.says


def test_a_second_invitation_begins_the_notice_again():
    plan = Plan(stage="hearing", stage_seq=2, moves=(*FIRST, moved("invite", "hearing", "hearing", 4, 8)))
    refusal = days_since(case(plan, 10), Length(5, "days"), move="invite", anew=True)
    assert refusal is not None
    assert refusal.possible_from == on(13)


def test_a_record_of_a_first_hearing_is_none_of_the_second():
    assert discussed(case(AGAIN, 21), "heard") is None
    assert discussed(case(ONCE, 5), "heard", anew=True) is None
    assert discussed(case(AGAIN, 21), "heard", anew=True) is not None


def test_a_step_that_led_to_a_stage_counts_as_made_in_it():
    assert step_made(case(AGAIN, 21), "call", anew=True) is None
    assert step_made(case(AGAIN, 21), "invite") is None
    refusal = step_made(case(AGAIN, 21), "invite", anew=True)
    assert refusal is not None
    assert refusal.says == "“Invite” comes first; it is not on record here."


@pytest.mark.parametrize(("first", "last", "opens"), [(2, 12, 17), (12, 13, 17), (2, 10, 15), (2, 5, 15)])
def test_only_paused_days_after_the_day_that_is_counted_from_move_what_is_possible(first, last, opens):
    plan = Plan(stage="work", told=on(10), pauses=(Interval(on(first), ("period",), on(last)),))
    refusal = days_since(case(plan, 14), Length(5, "days"), told=True)
    assert refusal is not None
    assert refusal.possible_from == on(10) + timedelta(days=opens - 10)
