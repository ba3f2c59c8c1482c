"""An answer names somebody who is on the plan, in the role that is asked for, and files that are attached to it."""

import pytest

from tests.core.small import CAST, NOW, OFFICE_HOURS, PEOPLE, TODAY, plan_of, small
from upturn.core.commands import Answer, Move, Open, Propose
from upturn.core.events import Opened
from upturn.core.facts import Actor, Facts
from upturn.core.plan import Attachment, Party, Plan
from upturn.core.refusals import Refused
from upturn.core.rules import decide

PROGRAM = small("""
parties: {mentor: {title: Mentor, kind: supporter}}
start: {fields: [{id: owner, kind: person, role: lead, title: Owner}]}
form:
  - id: words
    in: [drafting, running]
    fields:
      - {id: said, required: false}
      - {id: judge, kind: person, title: Judge}
      - {id: guide, kind: person, role: mentor, title: Guide}
      - {id: aide, kind: person, role: staff, title: Aide}
      - {id: proof, kind: file, title: Proof}
      - {id: hidden, kind: person, title: Hidden, show_if: said == 'more'}
      - {id: steps, kind: table, title: Steps, fields: [{id: who, kind: person, title: Who}]}
amendments: {in: [running], by: [lead], sections: [words], agreed_by: [member]}
moves: [{id: begin, asks: [{id: witness, kind: person, title: Witness}]}]
""")
WORLD = Facts(calendars=OFFICE_HOURS, people=PEOPLE)
LEAD = Actor("p2", frozenset({"lead"}))
PARTIES = {code: Party(code, roles, TODAY) for code, roles in {**CAST, "p4": ("mentor",)}.items()}
LEFT = Party("p5", (), TODAY, left=TODAY, former=("mentor",))
FILE = Attachment("a1", "proof.pdf", "application/pdf", 9, "0" * 64, "", "p2", TODAY, 2, ("lead",), ())


def plan(**told):
    return plan_of(parties={**PARTIES, "p5": LEFT}, attachments={"a1": FILE}, **told)


def against(command, held=None):
    with pytest.raises(Refused) as found:
        decide(PROGRAM, held or plan(), command, LEAD, NOW, WORLD)
    return [(r.field, r.says) for r in found.value.reasons]


NOBODY = "nobody on this plan is “@p9”. Choose one of its people, or write a name."
NO_FILE = "Proof: a77 is no file of this plan. Attach it first, then choose it here."
GUIDE = "Guide: choose somebody who is the mentor of this plan."


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"judge": "@p9"}, [("judge", f"Judge: {NOBODY}")]),
        ({"aide": "@p9"}, [("aide", f"Aide: {NOBODY}")]),
        ({"guide": "@p1"}, [("guide", GUIDE)]),
        ({"guide": "@p5"}, [("guide", GUIDE)]),
        ({"guide": "Joe"}, [("guide", GUIDE)]),
        ({"proof": ["a1", "a77"]}, [("proof", NO_FILE)]),
        ({"steps": [{}, {"who": "@p9"}]}, [("steps.1.who", f"Who: {NOBODY}")]),
        ({"judge": "@", "guide": "@p9"}, [("judge", f"Judge: {NOBODY.replace('@p9', '@')}"), ("guide", GUIDE)]),
    ],
)
def test_an_answer_that_names_nobody_or_no_file_is_refused_beside_its_box(answers, refused):
    assert against(Answer(section="words", answers=answers)) == refused


@pytest.mark.parametrize(
    "answers",
    [
        {"judge": "@p1"},
        {"judge": "@p5"},
        {"judge": "Joe of the next office"},
        {"guide": "@p4"},
        {"aide": "Whoever is on duty"},
        {"proof": ["a1"]},
        {"steps": [{"_id": "r1", "who": "@p4"}]},
    ],
)
def test_an_answer_that_names_somebody_there_is_kept(answers):
    (event,) = decide(PROGRAM, plan(), Answer(section="words", answers=answers), LEAD, NOW, WORLD)
    assert event.answers == answers


def test_an_answer_that_is_not_asked_for_is_not_complained_of():
    command = Answer(section="words", answers={"said": "x", "hidden": "@p9"})
    (event,) = decide(PROGRAM, plan(), command, LEAD, NOW, WORLD)
    assert event.answers == {"said": "x"}


def test_what_an_act_asks_and_a_proposed_change_are_held_to_the_same():
    assert against(Move(move="begin", answers={"witness": "@p9"})) == [("witness", f"Witness: {NOBODY}")]
    proposal = Propose(changes={"words": {"judge": "@p9"}}, reason="Somebody else judges")
    assert against(proposal, plan(stage="running")) == [("judge", f"Judge: {NOBODY}")]


@pytest.mark.parametrize(("code", "opens"), [("@p2", True), ("@p1", False)])
def test_a_plan_is_opened_with_the_people_it_is_opened_for(code, opens):
    command = Open(digest="0" * 64, parties=CAST, answers={"owner": code})
    if opens:
        assert isinstance(decide(PROGRAM, Plan(), command, LEAD, NOW, WORLD)[0], Opened)
    else:
        assert against(command, Plan()) == [("owner", "Owner: choose somebody who is the lead of this plan.")]
