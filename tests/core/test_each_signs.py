"""Where each holder of a role signs, a signature stands when all have: who still has to, what voids it, witnesses."""

from dataclasses import replace

import pytest

from tests.core.small import NOW, OFFICE_HOURS, PEOPLE, SMALL, TODAY, case_of, plan_of, small
from upturn.core.commands import Answer, ChangeParty, Move, Sign
from upturn.core.digests import of_signature
from upturn.core.duties import duties
from upturn.core.events import Fact
from upturn.core.facts import Actor, Facts
from upturn.core.guards.people import signature_settled, signed
from upturn.core.plan import Party, evolve
from upturn.core.reading import BadProgram, read
from upturn.core.refusals import Refused
from upturn.core.rules import decide, offers

CHANGE = """
parties: {lead: {max: 3}, deputy: {title: Deputy, kind: outside, stands_in_for: lead}}
form: [{id: words, by: [member, lead, staff]}]
signatures:
  - id: leads
    title: The leads sign
    by: [lead]
    each: true
    in: [drafting]
    covers: [words]
    meaning: I stand by these words.
    outcomes: [agreed, declined]
    witness: [staff]
  - id: member
    title: The member signs
    by: [member]
    in: [drafting]
    covers: [words]
    meaning: I have read these words.
    outcomes: [agreed]
    after: [leads]
moves: [{id: begin, when: [{signed: leads}]}]
deadlines:
  - id: names
    title: The names of the leads
    for: [lead]
    after: {section: words}
    within: 5 days
    met_by: {signatures: [leads]}
    otherwise: It waits.
notices: [{id: all_signed, title: All signed, to: [member], on: {signature: leads}, text: All leads have signed.}]
"""
PROGRAM = small(CHANGE)
ALONE = small(CHANGE.replace("    each: true\n", ""))
WORLD = Facts(calendars=OFFICE_HOURS, people={**PEOPLE, "p4": {"name": "Lu Marsh"}, "p5": {"name": "Ada Fenn"}})
ROLES = {"p1": ("member",), "p2": ("lead",), "p3": ("staff",), "p4": ("lead",), "p5": ("deputy",)}
ACTORS = {code: Actor(code, frozenset(roles)) for code, roles in ROLES.items()}
PARTIES = {code: Party(code, roles, TODAY) for code, roles in ROLES.items() if code != "p3"}


class Told:
    """A plan on which two lead, and what happens on it."""

    def __init__(self, program=PROGRAM):
        self.program = program
        self.plan = plan_of(parties=PARTIES)
        self.happened = []
        self.do("p2", Answer(section="words", answers={"said": "We met."}))

    def do(self, code, command):
        actor = replace(ACTORS[code], roles=ACTORS[code].roles | self.plan.roles(code))
        for event in decide(self.program, self.plan, command, actor, NOW, WORLD):
            self.plan = evolve(self.plan, Fact(self.plan.seq + 1, NOW, code, event))
            self.happened.append(event)
        return self

    def sign(self, code, outcome="agreed", **more):
        digest = of_signature(self.program, self.plan, "leads")
        return self.do(code, Sign(signature="leads", outcome=outcome, digest=digest, **more))

    def declined(self, **more):
        return self.sign("p3", "declined", reason="She would not", **more)

    def party(self, change, code, **more):
        return self.do("p3", ChangeParty(code=code, role="lead", change=change, reason="So it was agreed", **more))

    @property
    def case(self):
        return case_of(self.program, self.plan, people=WORLD.people)

    @property
    def owed(self):
        return [(d.role, d.code) for d in duties(self.case) if d.offer == "sign:leads" and d.title == "The leads sign"]

    def offered(self, code, offer="sign:leads"):
        found = offers(self.program, self.plan, ACTORS[code], NOW, WORLD)
        return offer in found and not found[offer].refusals


def test_a_signature_stands_when_each_has_signed():
    told = Told()
    assert told.owed == [("lead", "p2"), ("lead", "p4")]
    told.sign("p2")
    assert told.plan.standing("leads") is None
    assert told.owed == [("lead", "p4")]
    assert [told.offered(code) for code in ("p2", "p4")] == [False, True]
    assert signed(told.case, ("leads",)).says == "“The leads sign” (Lu Marsh) is still missing."
    told.sign("p4")
    assert told.plan.standing("leads").signer == "p4"
    assert told.owed == []
    assert {code for (_id, code) in told.plan.signers} == {"p2", "p4"}
    assert told.do("p2", Move(move="begin")).plan.stage == "running"


def test_nobody_signs_twice():
    with pytest.raises(Refused, match="on record: agreed"):
        Told().sign("p2").sign("p2")


def test_what_comes_after_comes_after_all():
    told = Told().sign("p2")
    assert not told.offered("p1", "sign:member")
    assert told.sign("p4").offered("p1", "sign:member")


def test_a_deadline_is_met_and_a_notice_sent_when_all_have_signed():
    told = Told().sign("p2")
    assert (told.plan.deadlines["names"].met, set(told.plan.noticed)) == (None, set())
    told.sign("p4")
    assert told.plan.deadlines["names"].met == TODAY
    assert [key.split("@")[0] for key in told.plan.noticed] == ["all_signed"]


@pytest.mark.parametrize("signers", [("p2",), ("p2", "p4")], ids=["one of two", "both"])
def test_changed_words_void_what_each_has_signed(signers):
    told = Told()
    for code in signers:
        told.sign(code)
    told.do("p1", Answer(section="words", answers={"said": "We met twice."}))
    assert [e.signatures for e in told.happened if type(e).__name__ == "Voided"] == [("leads",)]
    assert told.owed == [("lead", "p2"), ("lead", "p4")]
    assert told.sign("p2").plan.standing("leads") is None
    assert told.sign("p4").plan.standing("leads") is not None


def test_a_witness_records_it_for_whoever_has_not_signed_and_that_person_may_still_sign():
    told = Told().sign("p2").declined()
    assert told.plan.signers["leads", "p4"].outcome == "declined"
    assert signature_settled(told.case, ("leads",)) is None
    assert signed(told.case, ("leads",)).says == "“The leads sign” (Lu Marsh) is still missing."
    assert [told.offered(code) for code in ("p2", "p4")] == [False, True]
    assert signed(told.sign("p4").case, ("leads",)) is None


def test_an_order_of_answers_makes_no_difference():
    told = Told().declined(signer="p4").sign("p2")
    assert signature_settled(told.case, ("leads",)) is None
    assert signed(told.case, ("leads",)) is not None


def test_a_witness_says_nothing_for_somebody_who_has_signed():
    with pytest.raises(Refused, match="Finn Alder"):
        Told().sign("p2").declined(signer="p2")


def test_all_is_on_record_for_a_witness_once_each_has_signed():
    assert not Told().sign("p2").sign("p4").offered("p3")


def test_whoever_leaves_need_not_sign_and_whoever_takes_over_must():
    told = Told().sign("p2").party("left", "p4")
    assert (signed(told.case, ("leads",)), told.owed) == (None, [])
    told = Told().sign("p2").party("joined", "p6", instead_of="p4")
    assert signed(told.case, ("leads",)) is not None
    assert told.owed == [("lead", "p6")]


def test_whoever_comes_once_it_stands_may_sign_and_need_not():
    told = Told().sign("p2").sign("p4").party("joined", "p6")
    assert (signed(told.case, ("leads",)), told.owed) == (None, [])


def test_a_stand_in_signs_for_whoever_is_absent():
    told = Told().sign("p2").party("absent", "p4").sign("p5")
    state = told.plan.standing("leads")
    assert (state.signer, state.by, state.role) == ("p4", "p5", "deputy")


def test_without_it_one_signs_for_all():
    told = Told(ALONE).sign("p4")
    assert told.plan.standing("leads").signer == "p4"
    assert told.owed == []


def test_each_can_only_be_somebody_who_is_named():
    text = SMALL + (
        "signatures: [{id: office, title: The office signs, by: [staff], each: true, in: [drafting], covers: [words], "
        "meaning: So it is., outcomes: [agreed]}]\n"
    )
    with pytest.raises(BadProgram) as found:
        read(text)
    assert [p.says for p in found.value.problems] == [
        "Each signs who is named to the plan: `staff` is named by nobody."
    ]
