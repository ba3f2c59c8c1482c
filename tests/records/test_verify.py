"""`verify` finds what does not agree: in the chain, in the words, in every derived row, on the disk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from tests.records.conftest import MARCH_2, World, after
from upturn.core.commands import Answer, Attach, ChangeParty, Move, Pause
from upturn.records import append_only, catalogue, clock, files
from upturn.records.models import (
    Actor,
    Attachment,
    Calendar,
    Duty,
    Entry,
    Payload,
    Plan,
    PlanParty,
    ProgramVersion,
    SignedWords,
)
from upturn.records.perform import reference, reindex, reindex_organization
from upturn.records.verify import verify


def by_the_owner_of_the_database(change: Callable[[], object]) -> None:
    append_only.remove(connection)
    change()
    append_only.install(connection)


def says(peers: World) -> list[str]:
    return [finding.says for finding in verify(peers.organization)]


def test_a_plan_that_nobody_touched_verifies(peers: World) -> None:
    plan = peers.running().row
    peers.do(
        plan,
        peers.ines,
        ChangeParty(code=reference(peers.otto), role="facilitator", change="joined", instead_of="p2", reason="Leave"),
    )
    peers.do(plan, peers.otto, Pause(start=MARCH_2.date()))
    assert says(peers) == []


LEDGER: dict[str, tuple[Callable[[], object], str]] = {
    "a word": (
        lambda: Payload.objects.filter(entry__seq=2).update(
            body=Payload.objects.get(entry__seq=2).body.replace("open", "done")
        ),
        "The payload of entry 2 is not the one that was recorded: it, or its salt, was changed.",
    ),
    "a salt": (
        lambda: Payload.objects.filter(entry__seq=2).update(salt=b"0" * 16),
        "The payload of entry 2 is not the one that was recorded: it, or its salt, was changed.",
    ),
    "who acted": (
        lambda: Entry.objects.filter(seq=2).update(actor="p1"),
        "Entry 3 does not follow entry 2 as it now reads: one of the two was changed or replaced.",
    ),
    "when": (
        lambda: Entry.objects.filter(seq=2).update(at_text="2026-03-02T15:00:30.000000Z"),
        "Entry 3 does not follow entry 2 as it now reads: one of the two was changed or replaced.",
    ),
    "the last entry": (
        lambda: Entry.objects.filter(seq=5).update(actor="p1"),
        "The ledger ends with entry 5, but not with the head on file: its end was changed.",
    ),
    "a payload gone": (
        lambda: Payload.objects.filter(entry__seq=2)._raw_delete("default"),
        "The payload of entry 2 is missing, and no erasure covers it.",
    ),
    "a copy for searching": (
        lambda: Entry.objects.filter(seq=2).update(leaf="f" * 64),
        "What is stored beside entry 2 for searching is not what the entry says.",
    ),
}


@pytest.mark.parametrize("what", LEDGER)
def test_what_was_changed_in_the_ledger_is_found(peers: World, what: str) -> None:
    peers.told(peers.opened().row)
    change, sentence = LEDGER[what]
    assert Plan.objects.get().seq == 5
    by_the_owner_of_the_database(change)
    assert says(peers) == [sentence]


DERIVED: dict[str, tuple[Callable[[], object], str]] = {
    "stage": (lambda: Plan.objects.update(stage="active"), "The index says stage is active; the entries say drafting."),
    "finding": (lambda: Plan.objects.update(finding="met"), "The index says finding is met; the entries say empty."),
    "wakes": (
        lambda: Plan.objects.update(wakes_at=MARCH_2 + timedelta(days=3)),
        "The index says wakes_at is 2026-03-05 15:00:00+00:00; the entries say empty.",
    ),
    "duty gone": (
        lambda: Duty.objects.filter(offer="answer:header").delete(),
        "The duty “Write “Who and when” and 3 more” is missing.",
    ),
    "duty moved": (
        lambda: Duty.objects.filter(offer="answer:header").update(due="2026-03-03"),
        "The duty “Write “Who and when” and 3 more” is missing.",
    ),
    "duty made up": (
        lambda: Duty.objects.create(
            organization=Plan.objects.get().organization,
            plan=Plan.objects.get(),
            role="member",
            offer="x:y",
            title="Pay",
            since=MARCH_2.date(),
            by=MARCH_2.date(),
        ),
        "The duty “Pay” is there, and should not be.",
    ),
    "party": (
        lambda: PlanParty.objects.filter(role="member").update(reads=False, knows=False),
        "The index of who is on the plan does not agree about the role member.",
    ),
    "party gone": (
        lambda: PlanParty.objects.filter(role="member").delete(),
        "The index of who is on the plan does not agree about the role member.",
    ),
    "party made up": (
        lambda: PlanParty.objects.create(
            organization=Plan.objects.get().organization,
            plan=Plan.objects.get(),
            person=Plan.objects.get().lead,
            role="staff",
            active=True,
            knows=True,
            reads=True,
            opened_on=MARCH_2.date(),
        ),
        "The index of who is on the plan does not agree about the role staff.",
    ),
    "actor": (lambda: Actor.objects.filter(code="p2").delete(), "Nobody is on file for the code p2."),
}


@pytest.mark.parametrize("what", DERIVED)
def test_a_derived_row_that_drifted_is_found(peers: World, what: str) -> None:
    peers.told(peers.opened().row)
    change, sentence = DERIVED[what]
    change()
    assert sentence in says(peers)


def test_what_drifted_is_mended_by_computing_it_anew(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    Plan.objects.update(stage="active", next_due="2026-01-01")
    Duty.objects.all().delete()
    PlanParty.objects.all().delete()
    reindex(plan.pk, plan.updated_at)
    assert says(peers) == []


def test_the_words_that_were_signed_are_found_and_mended_too(peers: World) -> None:
    plan = peers.running().row
    SignedWords.objects.all().delete()
    SignedWords.objects.create(organization=peers.organization, plan=plan, digest="f" * 64)
    assert "The index of signed words does not agree about ffffffffffff." in says(peers)
    reindex(plan.pk, plan.updated_at)
    assert says(peers) == []


def test_a_program_that_was_changed_is_found(peers: World) -> None:
    by_the_owner_of_the_database(lambda: ProgramVersion.objects.filter(key="trial").update(document='{"key":"trial"}'))
    assert [str(f) for f in verify(peers.organization)] == [
        "trial version 1: The program's text is not the one that was published."
    ]


def test_a_file_that_changed_or_went_is_found(peers: World) -> None:
    plan = peers.opened().row
    stored = files.store(
        plan,
        catalogue.program_for(peers.evolve),
        peers.finn,
        name="n.txt",
        media_type="text/plain",
        chunks=[b"abc"],
        now=MARCH_2,
    )
    attach = Attach(name="n.txt", media_type="text/plain", size=3, sha256=stored.sha256)
    peers.do(plan, peers.finn, attach)
    assert says(peers) == []
    files.path_of(stored).write_bytes(b"abd")
    assert says(peers) == ["The file “n.txt” is not the one that was attached."]
    files.path_of(stored).unlink()
    assert says(peers) == ["The file “n.txt” is missing."]
    Attachment.objects.all().delete()
    assert says(peers) == ["The file “n.txt” is missing."]


def test_a_changed_calendar_is_drift_until_the_plans_are_looked_at_anew(peers: World) -> None:
    """What waits so many business days follows the calendar; looking anew is how it learns of a change."""
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    clock.tick(after(days=31))
    assert says(peers) == []
    calendar = Calendar.objects.get(organization=peers.organization, unit="business_days")
    calendar.days = {"name": "business days", "weekdays": ["mon"]}
    calendar.save()
    assert "The duty “Close it” is missing." in says(peers)
    reindex_organization(peers.organization, after(days=31))
    assert says(peers) == []


def test_one_plan_is_verified_by_itself(peers: World) -> None:
    first, second = peers.opened().row, peers.opened().row
    Plan.objects.filter(pk=second.pk).update(stage="active")
    assert (verify(first), len(verify(second)) > 0) == ([], True)
