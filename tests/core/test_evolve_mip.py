"""The Member Improvement Plan: what its stories cannot say well (`evolve-mip.story.yaml` tells everything else)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import upturn.programs
from upturn.core import story
from upturn.core.audience import reads
from upturn.core.duties import duties
from upturn.core.events import Noticed
from upturn.core.reading import ProgramFile, read

FOLDER = Path(upturn.programs.__file__).parent


@cache
def the_file() -> ProgramFile:
    return read((FOLDER / "evolve-mip.v1.yaml").read_text(encoding="utf-8"))


@cache
def stories() -> Mapping[str, Any]:
    text = (FOLDER / "evolve-mip.story.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


def told(*steps: Mapping[str, Any]) -> story.Stage:
    return story.tell(the_file(), stories(), {"name": "a test", "steps": steps})


def notices(stage: story.Stage) -> list[Noticed]:
    return [fact.event for fact in stage.record if isinstance(fact.event, Noticed)]


def readable(stage: story.Stage, name: str) -> set[str]:
    roles = stage.actor(name).roles
    return {getattr(f.event, "log", "") for f in stage.record if reads(stage.plan, f, roles)}


def owes(stage: story.Stage, name: str) -> set[str]:
    return {duty.offer for duty in duties(stage.case()) if duty.role in stage.actor(name).roles}


def test_m01_member_facilitator_and_leadership_have_a_part_of_their_own_in_one_plan():
    signing = told({"do": "signing"})
    assert owes(signing, "mara") == {"sign:member_signs"}
    assert owes(signing, "finn") == {"sign:facilitator_signs"}
    three = ("mara", "finn", "ines")
    said = told({"do": "drafted"}, *({"as": n, "comment": "situation", "text": "What I think"} for n in three))
    assert [c.role for c in said.plan.comments.values()] == ["member", "facilitator", "staff"]


ENDED = (
    {"do": "over"},
    {"as": "mara", "answer": "completion", "answers": {"member_review": "Both are done."}},
    {
        "as": "finn", "move": "decide", "finding": "met", "disposition": "good_standing", "criteria": "met",
        "reasons": {"no_missed_check_ins": "By telephone"},
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "notice", "says"),
    [
        (({"do": "running"},), "started", "has started. It runs until 15 June 2026."),
        (ENDED, "ended", "has ended: Completed"),
    ],
    ids=["M-03, M-15: it starts", "M-15: it ends"],
)
def test_leadership_is_told_when_a_plan_starts_and_when_it_ends(steps, notice, says):
    (sent,) = (n for n in notices(told(*steps)) if n.notice == notice)
    assert {"staff", "contact"} <= set(sent.to)
    assert says in sent.text


def test_m15_leadership_is_asked_for_help_and_puts_its_help_on_record():
    help_ = {"what": "Advice on hiring"}
    offered = {"how": "call", "clarity": "The steps are clear", "offered": "An introduction"}
    stage = told(
        {"do": "running"},
        {"as": "mara", "record": "assist_request", "answers": help_},
        {"as": "ines", "record": "staff_contact", "answers": offered},
    )
    assert [n.to for n in notices(stage) if n.notice == "help_asked"] == [("staff",)]
    assert "staff_contact" in readable(stage, "mara")


REMOVAL = {
    "as": "ines", "move": "remove", "finding": "not_met", "disposition": "end_membership", "criteria": "not_met",
    "because": "As documented", "reasons": {"no_missed_check_ins": "By telephone"},
}  # fmt: skip
MORE = {
    "as": "finn", "move": "decide", "finding": "not_met", "disposition": "more_time", "criteria": "not_met",
    "because": "One is open", "extend_by": "30 days", "reasons": {"no_missed_check_ins": "By telephone"},
}  # fmt: skip


@pytest.mark.parametrize(
    "steps",
    [
        ({"do": "running"}, {"as": "finn", "extend": "period", "by": "30 days", "reason": "The quarter was moved"}),
        ({"do": "over"}, MORE),
    ],
    ids=["by the facilitator", "by a decision"],
)
def test_the_member_is_told_the_new_last_day(steps):
    (sent,) = (n for n in notices(told(*steps)) if n.notice == "extended")
    assert "member" in sent.audience
    assert sent.text == "The time to improve of Mara Quill was extended. Its last day is now 15 July 2026."


def test_m16_what_was_found_and_promised_is_kept_with_the_end_of_a_membership():
    stage = told({"do": "over"}, {"do": "consulted"}, REMOVAL)
    decision = stage.plan.decision
    assert decision is not None
    assert (decision.finding, decision.disposition, len(decision.criteria)) == ("not_met", "end_membership", 2)
    assert {p["what"] for p in decision.promises} == {"The time to improve", "Check-in between member and facilitator"}
    (sent,) = (n for n in notices(stage) if n.notice == "ended_removed")
    assert "with it the membership" in sent.text
