"""Merge text: what stands in braces becomes the plan's own, and a blank where nothing is known."""

from datetime import date

import pytest

from tests.core.playing import opened
from tests.core.small import case_of, plan_of, small
from upturn.core import commands as c
from upturn.core.letters import known, merge_fields, merged
from upturn.core.plan import ClockState, DeadlineState, MoveMade, Written

PROGRAM = small("""
words: {plan: growth plan}
settings: [{id: room, title: Room}]
form:
  - id: words
    fields: [{id: rate, kind: percent, title: Rate}, {id: who, kind: person, title: Who}]
outcomes:
  findings: [{id: met, title: The plan was met}]
  dispositions: [{id: stay, title: All stays as it is, for: [met], to: over}]
""")
DAY = date(2026, 5, 31)
DECIDED = MoveMade("end", "running", "over", DAY, 9, "p2", "lead", {}, "met", "stay", "All three steps are done.")
FULL = {
    "clocks": {"period": ClockState("period", DAY, DAY, DAY, "")},
    "deadlines": {"reply": DeadlineState("reply", DAY, "", DAY)},
    "sections": {"words": Written({"said": "It began in May.", "rate": 12.5, "who": "@p1"}, 2, "p1", "member", DAY)},
    "moves": (DECIDED,),
}


@pytest.mark.parametrize(
    ("text", "full", "empty"),
    [
        ("The {plan} of {subject}, by {lead}.", "The growth plan of Mara Quill, by Finn Alder.", None),
        ("{program}: {stage}, {today}", "A small plan: Drafting, 2 March 2026", None),
        (
            "{finding}; {disposition}. {reasons}",
            "The plan was met; All stays as it is. All three steps are done.",
            "_____; _____. _____",
        ),
        ("{clock.period}, by {deadline.reply}.", "31 May 2026, by 31 May 2026.", "_____, by _____."),
        ("{said} {rate} {who}", "It began in May. 12.5 % Mara Quill", "_____ _____ _____"),
        ("{setting.room} {contact}", "Room 4 pat@example.org", "_____ _____"),
        ("{party.lead}, {party.staff}", "Finn Alder, _____", None),
        ("{group}", "Group 14", "_____"),
        ("{nobody} {moon.light} {Not a field}", "_____ _____ {Not a field}", None),
    ],
)  # fmt: skip
def test_a_text_is_merged_with_what_is_known_and_leaves_a_blank_for_the_rest(text, full, empty):
    settings = {"room": "Room 4", "contact": "pat@example.org"}
    assert merged(case_of(PROGRAM, plan_of(**FULL), settings=settings, group="Group 14"), text) == full
    assert merged(case_of(PROGRAM, plan_of()), text) == (empty or full)


def test_the_fields_of_a_text_are_those_in_braces():
    assert merge_fields("Dear {subject}, {clock.period} {Not this} {}") == ["subject", "clock.period"]


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("subject", True), ("said", True), ("clock.period", True), ("deadline.reply", True), ("setting.room", True),
        ("party.lead", True), ("clock.moon", False), ("moon.light", False), ("nobody", False), ("said.more", False),
    ],
)  # fmt: skip
def test_a_merge_field_is_known_when_the_program_has_it(name, means):
    assert known(name, {"said"}, {"period"}, {"reply"}, {"room"}, {"lead"}) == means


def test_a_notice_holds_the_words_as_they_were_when_it_was_sent():
    play = opened(
        "notices: [{id: begun, title: Begun, on: {move: begin}, to: [member], text: '{said}'}]\nstart: {tells: true}"
    )
    play.do("finn", c.Answer(section="words", answers={"said": "one"}))
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Answer(section="words", answers={"said": "two"}))
    assert [fact.event.text for fact in play.record if hasattr(fact.event, "notice")] == ["one"]
