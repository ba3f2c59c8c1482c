"""What is said after a decision knows what was decided: notices at once, notices after a time, letters."""

import pytest

from tests.core.small import TODAY, case_of, plan_of, small, small_file
from upturn.core.letters import paragraphs
from upturn.core.plan import MoveMade
from upturn.core.story import tell

CHANGE = """
outcomes:
  findings: [{id: met, title: Met, good: true}, {id: not_met, title: Not met}]
  dispositions:
    - {id: thanked, title: Thanked, for: [met], to: running}
    - {id: ended, title: Ended, for: [not_met], to: running}
clocks: [{id: after_it, title: The time after, end: {length: 10 days}}]
moves:
  - {id: decide, title: Decide, from: [running], by: [lead], decides: true, starts: [after_it]}
notices:
  - {id: good, title: Well done, to: [member], on: {move: decide}, if: finding == 'met', text: Well done.}
  - {id: ends, title: It ends, to: [member], on: {move: decide}, if: disposition == 'ended', text: It ends.}
  - {id: later, title: Later, to: [member], clock: after_it, after: 2 days, if: finding == 'not_met', text: Later.}
letters:
  - id: told
    title: The decision
    to: [member]
    paragraphs:
      - Dear reader
      - {text: Thank you., show_if: finding == 'met'}
      - {text: So it ends., show_if: disposition == 'ended'}
"""
CAST = {"mo": "member", "lea": "lead"}


def noticed(*decisions):
    steps = [{"as": "lea", "open": {}}, {"as": "lea", "move": "begin"}]
    for finding, disposition in decisions:
        steps += [{"as": "lea", "move": "decide", "finding": finding, "disposition": disposition}, {"wait": "13 days"}]
    stage = tell(small_file(CHANGE), {"cast": CAST}, {"name": "Decisions", "steps": steps})
    return [key.split("@")[0] for key in stage.plan.noticed]


@pytest.mark.parametrize(
    ("decisions", "notices"),
    [
        ([("met", "thanked")], ["good"]),
        ([("not_met", "ended")], ["ends", "later"]),
        ([("met", "thanked"), ("not_met", "ended")], ["good", "ends", "later"]),
    ],
)
def test_a_notice_knows_the_latest_decision(decisions, notices):
    assert noticed(*decisions) == notices


def decided(finding, disposition):
    return MoveMade("decide", "running", "running", TODAY, 3, "p2", "lead", {}, finding, disposition)


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ((), ["Dear reader"]),
        ((decided("met", "thanked"),), ["Dear reader", "Thank you."]),
        ((decided("met", "thanked"), decided("not_met", "ended")), ["Dear reader", "So it ends."]),
    ],
)
def test_a_letter_says_what_fits_the_latest_decision(moves, said):
    program = small(CHANGE)
    case = case_of(program, plan_of(stage="running", moves=moves))
    assert paragraphs(case, program.letters[0]) == said
