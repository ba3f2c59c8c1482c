"""A command from plain data, for the terminal and for files: what it becomes, and that nothing sent breaks anything."""

from contextlib import suppress
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.playing import NAMES, Play, opened
from upturn.core import commands as c
from upturn.core.asking import TARGETS, command
from upturn.core.refusals import Conflict, Refused
from upturn.core.rules import decide
from upturn.core.verbs import VERBS

EVERYTHING = """
start: {tells: true}
form:
  - id: words
    fields:
      - id: steps
        kind: table
        title: Steps
        fields: [{id: what, title: What}, {id: when, kind: date, title: When}, {id: rows, kind: table, title: R, fields: [{id: x, title: X}]}]
      - {id: pick, kind: choices, title: Pick, other: true, options: [Call, Visit]}
goals: [{table: steps, text: what, due: when}]
items:
  - table: steps
    stages: [{id: open, title: Open}, {id: done, title: Done, open: false}]
    moves: [{id: do_it, title: Do it, from: [open], to: done, by: [lead, member]}, {id: shift, title: Shift, from: [open], to: open, by: [lead], moves_due: true}]
    in: [running]
logs: [{id: talk, title: A talk, do: Record a talk, by: [lead, member], fields: [{id: said_there, title: What}]}]
clocks: [{id: period, title: The period, end: {length: 90 days}, extension: {by: [lead]}, pause: {by: [lead]}}]
checkins: [{id: weekly, title: Weekly, clock: period, every: 1 week, by: [lead]}]
signatures: [{id: mine, title: Mine, by: [lead], in: [running], covers: [words], meaning: x, outcomes: [agreed, declined]}]
approvals: [{id: look, title: A look, by: [staff], in: [running]}]
amendments: {in: [running], by: [lead, member], sections: [words], agreed_by: [lead, member]}
outcomes:
  findings: [{id: met, title: Met}, {id: not_met, title: Not met, reasons: true}]
  dispositions: [{id: more, title: More time, for: [not_met], to: running, extends: period}]
moves:
  - {id: begin, starts: [period]}
  - {id: decide, title: Decide, from: [running], to: over, by: [lead], decides: true}
"""  # noqa: E501


@cache
def running() -> Play:
    play = opened(EVERYTHING)
    play.do(
        "finn", c.Answer(section="words", answers={"said": "x", "steps": [{"what": "Do it", "when": "2026-04-01"}]})
    )
    play.do("mara", c.Comment(section="words", text="?", proposed="y", field="said"))
    play.do("finn", c.Move(move="begin"))
    play.do("mara", c.Propose(changes={"words": {"said": "z"}}, reason="It is so"))
    return play


@pytest.mark.parametrize(
    ("offer", "data", "made"),
    [
        ("begin", {}, c.Move(move="begin")),
        ("move:begin", {"on": "2026-03-02"}, c.Move(move="begin", on=date(2026, 3, 2))),
        ("answer:words", {"answers": {"said": "x"}}, c.Answer(section="words", answers={"said": "x"})),
        ("reply:2", {"outcome": "noted", "reason": "y"}, c.Reply(number=2, outcome="noted", reason="y")),
        (
            "item:steps/r1/do_it",
            {"due": "2026-03-09"},
            c.MoveItem(table="steps", row="r1", move="do_it", due=date(2026, 3, 9)),
        ),
        ("state:plan", {"text": "x"}, c.State(text="x")),
        (
            "propose:plan",
            {"changes": {"words": {}}, "reason": "x", "impose": True},
            c.Propose(changes={"words": {}}, reason="x", impose=True),
        ),
        ("pause:plan", {"start": "2026-03-02"}, c.Pause(start=date(2026, 3, 2))),
    ],
)
def test_an_offer_and_its_data_become_a_command(offer, data, made):
    assert command(offer, data) == made


@pytest.mark.parametrize(
    ("offer", "data", "says"),
    [
        ("fly:away", {}, "There is no “fly”."),
        ("item:steps", {}, "Say what of: item:TABLE/ROW/MOVE."),
        ("begin", {"colour": "blue"}, "“move” takes no colour."),
        ("state:plan", {}, "“state” needs text."),
        ("pause:plan", {"start": "soon"}, "“pause” cannot be asked so: start: "),
        ("reply:two", {"outcome": "noted"}, "“reply” cannot be asked so: number: "),
        ("answer:words", {"answers": ["x"]}, "“answer” cannot be asked so: answers: "),
        ("decide", {"criteria": {"steps/r1": "met"}}, "“move” cannot be asked so: criteria.steps/r1: "),
        ("sign:mine", {"outcome": "agreed", "digest": "", "witnesses": "Wa"}, "“sign” cannot be asked so: witnesses: "),
    ],
)
def test_data_that_is_no_command_is_refused_in_a_sentence(offer, data, says):
    with pytest.raises(Refused) as refused:
        command(offer, data)
    assert str(refused.value).startswith(says)


def test_every_verb_can_be_asked():
    assert {name: TARGETS[name][0] for name in VERBS} == {name: verb.command for name, verb in VERBS.items()}


KEYS = [
    *(
        "said",
        "steps",
        "pick",
        "what",
        "when",
        "_id",
        "id",
        "within",
        "other",
        "x",
        "rows",
        "words",
        "steps/r1",
        "value",
    ),
    *("observation", "source", "finding", "evidence", "reason", "why", "at", "from", "to"),
]
WORDS = [
    *("met", "not_met", "more", "agreed", "accepted", "joined", "left", "absent", "p1", "p2", "r1", "call", "weekly_1"),
    *("words", "lead", "approved", "recused", "2026-03-09", "30 days", "a.pdf", "\ud800", "\x00", "²", "9" * 30),
]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_is_sent_is_done_or_refused_in_a_sentence(data):
    play = running()
    name = data.draw(st.sampled_from(list(NAMES)))
    offer = data.draw(st.sampled_from(sorted(play.offers(name))))
    names = [f for f in TARGETS[offer.partition(":")[0]][0].__slots__ if f not in TARGETS[offer.partition(":")[0]][1]]
    sent = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys([*names, "on"], ANY)))
    with suppress(Refused, Conflict):
        asked = command(offer, sent)
        events = decide(play.the_program, play.plan, asked, play.actor(name), play.now, play.facts)
        Play(play.file, plan=play.plan, record=list(play.record), facts=play.facts).keep(events, "p2")
