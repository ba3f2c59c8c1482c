"""A committee votes: a majority of the people named, a vote that is lost, roles that stay with different people."""

from datetime import UTC, date, datetime

import pytest

from upturn.core.case import Case
from upturn.core.duties import duties
from upturn.core.facts import Actor, Facts
from upturn.core.guards.people import approval_reached, approved, roles_apart, voted_down
from upturn.core.plan import ApprovalGiven, Party, Plan
from upturn.core.reading import BadProgram, read

TEXT = """
key: votes
version: 1
title: Votes
summary: A plan on which a group votes.
about: {what: A trial program.}
parties:
  member: {title: Member, kind: subject}
  lead: {title: Lead, kind: lead}
  group: {title: Group member, kind: committee, max: 9}
  mentor: {title: Mentor, kind: supporter}
  office: {title: Office, kind: office, fill: office}
start: {by: [lead], stage: vote, tells: true}
form: [{id: words, title: Words, by: [lead], in: [vote], fields: [{id: said, title: Said}]}]
stages:
  - {id: vote, title: Vote, phase: decide, says: The group votes.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves: [{id: end, title: End it, from: [vote], to: over, by: [lead]}]
approvals:
  - {id: stay, title: The member stays, by: [group], need: majority, in: [vote], outcomes: [approved, refused]}
  - {id: three, title: Three agree, by: [group], need: 3, in: [vote], outcomes: [approved, refused]}
"""
PROGRAM = read(TEXT).program()
DAY = date(2026, 3, 2)


def case(*votes: str, members: int = 5, approval: str = "stay", more: dict[str, tuple[str, ...]] | None = None) -> Case:
    """Votes in order, `y`, `n` or `r` (recused), of a group of so many."""
    outcome = {"y": "approved", "n": "refused", "r": "recused"}
    given = tuple(ApprovalGiven(approval, outcome[v], f"g{n}", "group", DAY, n) for n, v in enumerate(votes, start=1))
    roles = {f"g{n}": ("group",) for n in range(1, members + 1)} | (more or {})
    plan = Plan(
        stage="vote",
        stage_since=DAY,
        told=DAY,
        parties={c: Party(c, r, DAY) for c, r in roles.items()},
        approvals=given,
    )
    return Case(PROGRAM, plan, Actor("g1", frozenset({"group"})), datetime(2026, 3, 2, 12, tzinfo=UTC), Facts())


@pytest.mark.parametrize(
    ("votes", "reached"),
    [("yy", False), ("yyy", True), ("nny", False), ("nnyyy", True), ("rryy", True), ("ryy", False), ("", False)],
)
def test_a_majority_is_more_than_half_of_those_named_who_did_not_recuse(votes, reached):
    assert approval_reached(case(*votes), PROGRAM.approval["stay"]) is reached


@pytest.mark.parametrize(("votes", "lost"), [("nn", False), ("nnn", True), ("yynn", False), ("rnn", True), ("", False)])
def test_a_vote_is_lost_when_no_majority_is_left(votes, lost):
    assert (voted_down(case(*votes), "stay") is None) is lost


def test_a_number_of_people_is_lost_when_too_few_are_left_for_it():
    assert voted_down(case("n", "n", approval="three"), "three") is not None
    assert voted_down(case("n", "n", "n", approval="three"), "three") is None


def test_a_lacking_majority_says_whose():
    refusal = approved(case("y"), ("stay",))
    assert refusal is not None
    assert refusal.says == "“The member stays” is still missing: more than half of those who are the group member."


def test_a_vote_waits_only_for_those_who_have_not_voted():
    open_ = [(d.role, d.code) for d in duties(case("y", "n", members=3)) if d.offer == "approve:stay"]
    assert open_ == [("group", "g3")]


def test_a_majority_of_people_who_are_not_named_is_refused_when_the_program_is_read():
    with pytest.raises(BadProgram, match="A majority is counted among people who are named"):
        read(TEXT.replace("by: [group], need: majority", "by: [office], need: majority"))


def test_who_holds_two_roles_that_stay_apart_is_named_in_the_refusal():
    both = roles_apart(case(more={"x": ("lead", "mentor")}), ("lead", "mentor"))
    assert both is not None
    assert both.says == "x is the lead and the mentor. These are different people."
    assert roles_apart(case(more={"x": ("lead",), "y": ("mentor",)}), ("lead", "mentor")) is None
