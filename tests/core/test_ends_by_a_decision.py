"""What may follow from a step that decides; a plan's end stops each clock once; what was owed by a day stays owed."""

import pytest

from tests.core.small import small, small_file
from upturn.core.duties import duties
from upturn.core.events import Dated
from upturn.core.reading import BadProgram
from upturn.core.story import tell

CHANGE = """
clocks: [{id: period, title: The period, end: {length: 30 days}}]
outcomes:
  findings: [{id: met, title: Met, good: true}, {id: not_met, title: Not met}]
  dispositions:
    - {id: stays, title: All stays as it is, for: [met, not_met], to: over}
    - {id: leaves, title: The member leaves, for: [not_met], to: over}
logs:
  - {id: call, title: A call, do: Ask for a call, by: [member], fields: [{id: why, title: Why}]}
  - {id: called, title: A call that was made, do: Record a call, by: [staff], fields: [{id: said, title: Said}]}
deadlines:
  - {id: help, title: Make the call, for: [staff], after: {log: call}, within: 3 days, met_by: {logs: [called]}, otherwise: The request stays open.}
moves:
  - {id: begin, starts: [period]}
  - {id: end, stops: [period]}
  - {id: part, title: Part, from: [running], by: [staff], decides: true, dispositions: [leaves], stops: [period]}
  - {id: decide, title: Decide, from: [running], by: [lead], decides: true}
"""  # noqa: E501
CAST = {"mo": "member", "lea": "lead", "sol": "staff"}
BEGUN = [{"as": "lea", "open": {}}, {"as": "lea", "move": "begin"}]


def told(*steps):
    return tell(small_file(CHANGE), {"cast": CAST}, {"name": "Ends", "steps": [*BEGUN, *steps]})


def stops(stage):
    return [e.id for e in (fact.event for fact in stage.record) if isinstance(e, Dated) and e.cause == "stopped"]


def owed_by_staff(stage):
    return [(d.offer, d.due.isoformat()) for d in duties(stage.case()) if d.role == "staff"]


def test_a_step_offers_what_may_follow_from_it_and_finds_nothing_else():
    program = small(CHANGE)
    part, decide = program.move["part"], program.move["decide"]
    assert [f.id for f in program.findings(part)] == ["not_met"]
    assert [d.id for d in program.follows(part, "not_met")] == ["leaves"]
    assert [f.id for f in program.findings(decide)] == ["met", "not_met"]
    assert [d.id for d in program.follows(decide, "not_met")] == ["stays", "leaves"]
    told(
        {"as": "sol", "move": "part", "finding": "met", "refused": "Choose a finding: “Not met”."},
        {
            "as": "sol", "move": "part", "finding": "not_met", "disposition": "stays",
            "refused": "Say what follows from “Not met”: “The member leaves”.",
        },
        {"as": "sol", "move": "part", "finding": "not_met", "disposition": "leaves"},
        {"expect": {"stage": "over", "disposition": "leaves"}},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("dispositions: [leaves]", "dispositions: [leave]", "There is no disposition `leave`. Did you mean `leaves`?"),
        ("id: end, ", "id: end, dispositions: [stays], ", "Only a step that `decides` says what may follow from it."),
    ],
)
def test_what_may_follow_is_there_and_decided(was, now, says):
    with pytest.raises(BadProgram) as wrong:
        small_file(CHANGE.replace(was, now))
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    "last",
    [
        {"as": "lea", "move": "end"},
        {"as": "sol", "move": "part", "finding": "not_met", "disposition": "leaves"},
        {"as": "lea", "move": "decide", "finding": "met", "disposition": "stays"},
    ],
    ids=lambda step: step["move"],
)
def test_the_end_of_a_plan_stops_a_clock_once(last):
    assert stops(told(last)) == ["period"]


def test_a_clock_that_ran_out_is_not_stopped():
    assert stops(told({"wait": "40 days"}, {"as": "lea", "move": "end"})) == []


def test_what_was_owed_by_a_day_is_owed_after_it_until_it_is_done():
    asked = {"as": "mo", "record": "call", "answers": {"why": "x"}}
    called = {"as": "sol", "record": "called", "answers": {"said": "x"}}
    owed = [("record:called", "2026-03-05")]
    assert owed_by_staff(told(asked)) == owed_by_staff(told(asked, {"wait": "9 days"})) == owed
    assert owed_by_staff(told(asked, called)) == owed_by_staff(told(asked, {"wait": "9 days"}, called)) == []
    assert owed_by_staff(told(asked, {"wait": "9 days"}, {"as": "lea", "move": "end"})) == []
