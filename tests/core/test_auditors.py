"""An auditor reads, and adds nothing: no comment, no answer to one, no file, no statement."""

import pytest

from tests.core.small import CAST, NOW, OFFICE_HOURS, PEOPLE, TODAY, plan_of, small
from upturn.core.commands import Attach, Comment, Reply, State
from upturn.core.facts import Actor, Facts
from upturn.core.plan import CommentState, Party
from upturn.core.refusals import Refused
from upturn.core.rules import decide, offers

SILENT = "parties: {checker: {title: Checker, kind: auditor}, counsel: {title: Counsel, kind: auditor, fill: auditor}}"
NAMED = f"""{SILENT}
comments: {{by: [lead, checker, counsel]}}
statements: {{by: [checker, counsel]}}
attachments: {{by: [lead, checker, counsel]}}
"""
WORLD = Facts(calendars=OFFICE_HOURS, people=PEOPLE)
READERS = ("member", "lead", "staff", "checker", "counsel")
COMMENT = CommentState(1, "words", "said", "Was it so?", "", "p2", "lead", TODAY, 2, READERS, ())
ACTORS = [Actor("p4", frozenset({"checker"})), Actor("p5", frozenset({"counsel"}))]


def plan():
    parties = {code: Party(code, roles, TODAY) for code, roles in {**CAST, "p4": ("checker",)}.items()}
    return plan_of(parties=parties, comments={1: COMMENT}, readers=(("p2", READERS, ()),) * 2, seq=2)


@pytest.mark.parametrize("change", [SILENT, NAMED], ids=["by default", "even where a program names them"])
@pytest.mark.parametrize("actor", ACTORS, ids=["named", "of the organization"])
def test_an_auditor_is_offered_nothing_to_say(change, actor):
    assert offers(small(change), plan(), actor, NOW, WORLD) == {}


@pytest.mark.parametrize(
    "command",
    [
        Comment(section="words", text="I wonder"),
        Reply(number=1, outcome="noted", reason="It was"),
        State(text="I saw it"),
        Attach(name="proof.pdf", media_type="application/pdf", size=9, sha256="0" * 64),
    ],
)
@pytest.mark.parametrize("actor", ACTORS, ids=["named", "of the organization"])
def test_an_auditor_who_says_something_all_the_same_is_refused(command, actor):
    with pytest.raises(Refused):
        decide(small(NAMED), plan(), command, actor, NOW, WORLD)


def test_an_auditor_who_also_leads_acts_as_lead():
    both = Actor("p2", frozenset({"lead", "counsel"}))
    offered = offers(small(SILENT), plan(), both, NOW, WORLD)
    assert {"comment:words", "attach:plan"} <= set(offered)
    (event,) = decide(small(SILENT), plan(), Comment(section="words", text="I wonder"), both, NOW, WORLD)
    assert event.role == "lead"
