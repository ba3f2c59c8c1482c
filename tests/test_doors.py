"""The same commands by the terminal and by `perform` leave the same entries.

The browser is held to the same by `tests/web/test_stories_on_screen.py`, which plays stories through the forms.
"""

import io
import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from tests.web.keeping import Kept, kept
from upturn import cli
from upturn.core.asking import command
from upturn.records.models import Entry, Person, Plan, ProgramVersion
from upturn.records.perform import open_plan, perform

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
CONCERN = {
    "identified_on": "2026-01-05",
    "basis_of_concern": ["observation"],
    "concern": "Two recommendations are open.",
}
TALK = {"topics": "Both recommendations", "member_view": "Time was short", "agreed_next": "Begin a plan"}
SITUATION = {"led_to": "Two recommendations are open.", "why_change": "The group plans on them."}
ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("finn", "record:discussion", {"answers": TALK, "attended": ["p1", "p2"]}),
    ("finn", "begin", {}),
    ("mara", "state:plan", {"text": "I want this to work."}),
    ("mara", "answer:situation", {"answers": SITUATION}),
    ("finn", "comment:situation", {"text": "Which one first?"}),
    ("mara", "reply:1", {"outcome": "noted", "reason": "The older one."}),
    ("rosa", "record:staff_contact", {"answers": {"how": "call", "clarity": "The steps are clear."}}),
    ("finn", "withdraw", {"answers": {"why": "The group dissolved."}}),
]
"""Who asks what, in order: a talk, a step, a statement, words, a comment and its answer, a contact, an end."""


def opened(there: Kept) -> Plan:
    version = ProgramVersion.objects.get(organization=there.organization, key="evolve-mip")
    parties = {"member": [there.mara], "facilitator": [there.finn]}
    given = {"parties": parties, "answers": CONCERN, "reasons": {"no_open_plan": "The member belongs to two groups"}}
    return open_plan(there.organization, version, by=there.finn, now=NOW, **given).row


def told(plan: Plan) -> list[tuple[str, str, Any]]:
    """Every entry: type, actor, payload."""
    entries = Entry.objects.filter(plan=plan).select_related("payload").order_by("seq")
    return [(e.type, e.actor, json.loads(e.payload.body)) for e in entries]


def at_the_terminal(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, person: Person, offer: str, data: dict[str, Any]
) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(data)))
    with pytest.raises(SystemExit) as left:
        cli.main(["plan", "do", plan.pk, offer, "--as", person.email, "--json", "-"])
    return int(left.value.code or 0)


@pytest.mark.django_db
def test_the_terminal_leaves_the_entries_that_perform_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    there = kept()
    with time_machine.travel(NOW, tick=False):
        by_hand = opened(there)
        for who, offer, data in ASKED:
            perform(by_hand.pk, command(offer, data), getattr(there, who), NOW)
        by_terminal = opened(there)
        for who, offer, data in ASKED:
            assert at_the_terminal(monkeypatch, by_terminal, getattr(there, who), offer, data) == 0
    assert told(by_terminal) == told(by_hand)
    assert len(told(by_hand)) > len(ASKED)


@pytest.mark.django_db
def test_the_terminal_says_a_refusal_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = kept()
    plan = opened(there)
    assert at_the_terminal(monkeypatch, plan, there.finn, "begin", {}) == 1
    assert "No “Discussion with the member” with the member is on record." in capsys.readouterr().err
    assert at_the_terminal(monkeypatch, plan, there.mara, "state:plan", {"text": "Hello"}) == 1
    assert "There is no such plan, or it is not one you can open." in capsys.readouterr().err
    assert at_the_terminal(monkeypatch, plan, there.finn, "fly:away", {}) == 1
    assert len(told(plan)) == 1


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(list(args))
    return int(left.value.code or 0), *capsys.readouterr()


@pytest.mark.django_db
def test_a_number_that_two_organizations_use_is_told_apart_by_the_person_or_the_organization(
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, there = kept(), kept("another")
    plan, other = opened(here), opened(there)
    assert plan.number == other.number
    status, _out, err = said(capsys, "plan", "show", plan.number)
    assert (status, "name one with --organization" in err) == (1, True)
    status, out, _err = said(capsys, "plan", "show", plan.number, "--organization", here.organization.slug)
    assert (status, f"as {here.finn.name} sees it" in out) == (0, True)
    status, out, _err = said(capsys, "plan", "show", plan.number, "--as", there.finn.email)
    assert (status, f"as {there.finn.name} sees it" in out) == (0, True)


def test_a_simulation_with_a_field_that_is_not_there_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, _out, err = said(capsys, "program", "simulate", "employer-pip", "--set", "period_lenght=60 days")
    assert (status, "Did you mean period_length?" in err) == (1, True)


def test_a_port_that_is_taken_is_refused_before_anything_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = said(capsys, "demo", "--no-browser", "--port", str(port))
    assert (status, out) == (1, "")
    assert f"Port {port} is taken" in err
