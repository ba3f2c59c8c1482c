"""Notices are merged from what is written and worked out, and a condition holds for those that wait for a day, too."""

from datetime import UTC, datetime

import pytest

from tests.core.playing import opened
from upturn.core import commands as c
from upturn.core.case import Case
from upturn.core.facts import Actor, Facts
from upturn.core.letters import merged
from upturn.core.plan import Plan, Written
from upturn.core.reading import read
from upturn.core.story import tell

FILE = read("""
key: notices
version: 1
title: Notices
summary: Notices with a condition and a sum.
about: {what: A trial program.}
parties: {member: {title: Member, kind: subject}, lead: {title: Lead, kind: lead}}
start: {by: [lead], stage: work, tells: true, fields: [{id: urgent, kind: yesno, title: Urgent}]}
form:
  - id: words
    title: Words
    by: [lead]
    in: [work]
    fields:
      - {id: costs, kind: table, title: Costs, fields: [{id: cost, kind: money, title: Cost}]}
      - {id: total, kind: computed, title: In all, value: "sum(costs.map(c, c.cost))"}
clocks: [{id: period, title: The period, end: {length: 30 days}}]
stages:
  - {id: work, title: Work, phase: run, says: Work goes on.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves:
  - {id: begin, title: Begin, from: [work], by: [lead], starts: [period]}
  - {id: end, title: End it, from: [work], to: over, by: [lead]}
notices:
  - {id: soon, title: Soon, clock: period, before: 7 days, if: urgent, to: [member], text: "{total}, {clock.period}"}
""")


def test_a_value_that_is_worked_out_can_be_merged():
    words = Written(
        {"costs": [{"_id": "r1", "cost": "1250.00"}, {"_id": "r2", "cost": "80.50"}]}, 1, "p1", "lead", None
    )
    plan = Plan(stage="work", sections={"words": words})
    case = Case(FILE.program(), plan, Actor("p1", frozenset({"lead"})), datetime(2026, 3, 2, 12, tzinfo=UTC), Facts())
    assert merged(case, "{total} until {clock.period}") == "1,330.5 until _____"


@pytest.mark.parametrize(("urgent", "sent"), [(True, {"soon"}), (False, set())])
def test_a_notice_before_a_day_goes_out_only_when_its_condition_holds(urgent, sent):
    steps = [{"as": "lea", "open": {"urgent": urgent}}, {"as": "lea", "move": "begin"}, {"wait": "29 days"}]
    stage = tell(FILE, {"cast": {"mo": "member", "lea": "lead"}}, {"name": "A notice", "steps": steps})
    assert {key.split("@")[0] for key in stage.plan.noticed} == sent


ENDINGS = [
    ("withdraw", "withdrawn", "The plan of Mara Quill was withdrawn. Nothing follows from it; the record stays."),
    ("close_left", "ended_left", "The plan of Mara Quill was closed because the member left. It carries no finding."),
]


@pytest.mark.parametrize(("move", "notice", "says"), ENDINGS)
@pytest.mark.parametrize("told", [True, False], ids=["told", "not told yet"])
def test_the_person_a_plan_is_about_is_told_that_it_was_withdrawn_if_they_knew_of_it(move, notice, says, told):
    play = opened("words: {plan: plan, subject: member}")
    if told:
        play.do("finn", c.Answer(section="words", answers={"said": "It began in May."}))
        play.do("finn", c.Move(move="begin"))
    play.do("ines", c.Move(move=move, answers={"why": "For the wrong person"}))
    (sent,) = (f.event for f in play.record if getattr(f.event, "notice", "") == notice)
    assert (sent.text, sent.to) == (says, ("member", "lead"))
    assert ("member" in sent.audience) == told


def test_a_program_that_has_its_own_words_for_a_withdrawal_sends_those():
    own = "notices: [{id: gone, title: Gone, on: {move: withdraw}, to: [lead], text: It is gone.}]"
    play = opened(own)
    play.do("ines", c.Move(move="withdraw", answers={"why": "For the wrong person"}))
    assert [getattr(f.event, "notice", "") for f in play.record if getattr(f.event, "notice", "")] == ["gone"]


KEPT = """
logs: [{id: ask, title: A question, do: Ask, by: [member], sees: [member, staff], fields: [{id: what, title: What}]}]
notices: [{id: asked, title: Asked, on: {log: ask}, to: [staff], text: A question waits.}]
"""


def test_a_notice_about_an_entry_is_kept_from_those_who_do_not_read_the_entry():
    play = opened(KEPT)
    play.do("finn", c.Answer(section="words", answers={"said": "It began in May."}))
    play.do("finn", c.Move(move="begin"))
    play.do("mara", c.Record(log="ask", answers={"what": "May I work from home?"}))
    (sent,) = (f.event for f in play.record if getattr(f.event, "notice", "") == "asked")
    assert set(sent.audience) == {"staff"}  # the lead does not even learn that something was asked
