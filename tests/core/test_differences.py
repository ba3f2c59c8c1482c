"""A newer version: what changes, in sentences; whether the plan has a place there; who agrees; what is not lost."""

import pytest

from tests.core.playing import Play, opened
from tests.core.small import small, small_file
from upturn.core import commands as c
from upturn.core.differences import differences, lost
from upturn.core.refusals import Refused

NEWER = "version: 2"
PERIOD = """
clocks: [{id: period, title: The period, end: {length: 30 days}}]
moves:
  - {id: begin, starts: [period]}
"""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (NEWER, []),
        ("title: Another title", ["Also changed: title."]),
        ("comments: {in: [running]}\nconsequence: The contract ends.", ["Also changed: comments, consequence."]),
        ("form: [{id: words, title: Other words}]", ["Changed: section “Other words” (title)."]),
        ("form: [{id: words, in: [running], withheld: true}]", ["Changed: section “What it is about” (in, withheld)."]),
        (PERIOD, ["Changed: step “Begin” (starts).", "New period: “The period”."]),
        ("parties: {mentor: {title: Mentor, kind: supporter}}", ["New party: “Mentor”."]),
        ("basis: [{id: Handbook, title: The new handbook}]", ["The rules cited change."]),
        ("outcomes: {findings: [{id: met, title: Met}]}", ["The outcomes change."]),
    ],
)
def test_what_changes_is_said_part_by_part(change, says):
    new = small(f"{change}\nversion: 2" if "version" not in change else change)
    assert list(differences(small(), new)) == ["Version 1 becomes version 2.", *says]


def test_what_is_gone_is_said_too():
    assert list(differences(small(PERIOD + "version: 2\n"), small("version: 3")))[1:] == [
        "Changed: step “Begin” (starts).",
        "No longer there: period “The period”.",
    ]


def moved_to(play: Play, change: str) -> Play:
    file = small_file(change)
    play.facts = play.facts.__class__(**{**_fields(play.facts), "versions": {file.digest: file.program()}})
    play.do("ines", c.ProposeVersion(digest=file.digest, reason="The law changed"))
    return play


def _fields(facts):
    return {name: getattr(facts, name) for name in facts.__slots__}


def test_a_plan_moves_to_a_newer_version_when_both_sides_agree_and_sees_what_changes():
    play = moved_to(opened("start: {tells: true}"), NEWER)
    assert play.plan.proposals[1].differences == ("Version 1 becomes version 2.", "Also changed: start.")
    play.do("mara", c.Respond(number=1, outcome="agreed"))
    assert play.plan.version == 1
    play.do("finn", c.Respond(number=1, outcome="agreed"))
    assert (play.plan.version, play.plan.digest) == (2, small_file(NEWER).digest)


def test_a_version_that_has_no_place_for_what_the_plan_holds_is_refused_with_what_would_be_lost():
    play = opened("start: {tells: true}\n" + PERIOD)
    play.do("finn", c.Move(move="begin"))
    with pytest.raises(Refused) as refused:
        moved_to(play, NEWER)
    assert [r.says for r in refused.value.reasons] == [
        "Version 2 has no place for what this improvement plan holds: the period `period`."
    ]


def test_what_a_plan_came_to_hold_after_the_proposal_is_not_lost_either():
    play = moved_to(opened("start: {tells: true}\n" + PERIOD), NEWER)
    play.do("mara", c.Respond(number=1, outcome="agreed"))
    play.do("finn", c.Move(move="begin"))
    with pytest.raises(Refused, match="has no place"):
        play.do("finn", c.Respond(number=1, outcome="agreed"))
    assert play.plan.version == 1


def test_nothing_is_lost_where_everything_has_its_place():
    play = opened("start: {tells: true}")
    play.do("finn", c.Answer(section="words", answers={"said": "x"}))
    assert list(lost(play.plan, small(NEWER))) == []
    assert list(
        lost(play.plan, small("version: 2\nparties: {lead: null, boss: {title: Boss, kind: lead}}\n" + RENAMED))
    ) == ["the party `lead`"]


RENAMED = """
start: {by: [boss, office]}
form: [{id: words, by: [member, boss]}]
moves:
  - {id: begin, by: [boss]}
  - {id: end, by: [boss]}
"""

AMENDABLE = "amendments: {in: [running], by: [member, lead], sections: [words], agreed_by: [member, lead]}"


def test_words_that_changed_after_a_change_was_proposed_are_not_overwritten_by_agreeing_to_it():
    play = opened(AMENDABLE)
    play.do("finn", c.Answer(section="words", answers={"said": "one"}))
    play.do("finn", c.Move(move="begin"))
    play.do("mara", c.Propose(changes={"words": {"said": "two"}}, reason="It is so"))
    play.do("finn", c.Answer(section="words", answers={"said": "three"}))
    with pytest.raises(Refused, match="changed after the change was proposed"):
        play.do("finn", c.Respond(number=1, outcome="agreed"))
    assert play.plan.answer("words", "said") == "three"
