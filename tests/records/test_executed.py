"""The executed copy: sealed once everybody has signed, named by its digest in the record, made by the clock alone."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from django.urls import reverse

from tests.documents.executed_copy import clock_pems
from tests.documents.time_stamps import authority
from upturn.core.commands import Answer, Attach, Execute, Move, Sign, State
from upturn.core.digests import of_signature, reference
from upturn.core.ledger import stamp
from upturn.core.program import Document
from upturn.core.refusals import Refused
from upturn.core.verbs.executing import to_execute
from upturn.demo import seeding
from upturn.documents import gate
from upturn.documents.examining import examine
from upturn.records import log, queries, seals
from upturn.records.access import Look, NotFound, look
from upturn.records.executed import execute, fetch, held_back, seal_due
from upturn.records.files import path_of, store
from upturn.records.models import Copy, Entry, HeldBack, Notice, Person, Plan
from upturn.records.papers import signing_copy
from upturn.records.perform import perform
from upturn.records.verify import verify

NOW = datetime.now(UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan of the peer network that waits for both signatures."""
    seeding.organization("network", NOW, about=("dee",))
    return Plan.objects.select_related("subject", "lead", "organization").get(stage="signing")


def seen(plan: Plan, person: Person) -> Look:
    return look(plan.pk, person, LATER)


def sign(plan: Plan, person: Person, signature: str, outcome: str = "agreed") -> None:
    found = seen(plan, person)
    copy = signing_copy(found, found.program.signature[signature])
    digest = of_signature(found.program, found.plan, signature)
    shown = {"level": "mail", "at": stamp(LATER), "entries": found.plan.seq} if signature == "member_signs" else None
    command = Sign(signature=signature, outcome=outcome, digest=digest, copy=copy.sha256 if copy else "", step_up=shown)
    perform(plan.pk, command, person, LATER)


def both_sign(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs")
    sign(plan, plan.lead, "facilitator_signs")


def test_nothing_is_sealed_while_a_signature_is_awaited(plan: Plan) -> None:
    assert seal_due(LATER) == 0
    sign(plan, plan.subject, "member_signs")
    assert seal_due(LATER) == 0
    assert seen(plan, plan.subject).plan.executed == {}


def test_when_the_last_has_signed_the_copy_is_sealed_and_the_record_names_it(plan: Plan) -> None:
    both_sign(plan)
    assert Plan.objects.get(pk=plan.pk).unsealed
    assert seal_due(LATER) == 1
    state, copy = fetch(seen(plan, plan.subject), "form")
    pdf = path_of(copy).read_bytes()
    found = examine(pdf, ours=[seals.fingerprint(plan.organization)])
    assert found.is_the_copy(state.sha256)
    assert state.seal == seals.fingerprint(plan.organization)
    assert list(gate.failures(pdf)) == []
    assert verify(plan) == []
    assert not Plan.objects.get(pk=plan.pk).unsealed
    assert seal_due(LATER) == 0


def test_a_seal_is_time_stamped_where_an_authority_is_set_and_waits_while_it_is_away(
    plan: Plan, settings: Any, tmp_path: Path
) -> None:
    pems = clock_pems()
    (tmp_path / "roots.pem").write_bytes(pems[1])
    both_sign(plan)
    settings.TSA_URL = "http://localhost:9/"
    assert seal_due(LATER) == 0
    assert Plan.objects.get(pk=plan.pk).unsealed
    HeldBack.objects.update(next_try=NOW)
    (tmp_path / "desk").mkdir()
    with authority(tmp_path / "desk", pems) as url:
        settings.TSA_URL, settings.TSA_ROOTS = url, tmp_path / "roots.pem"
        assert seal_due(datetime.now(UTC)) == 1
    _, copy = fetch(seen(plan, plan.lead), "form")
    found = examine(path_of(copy).read_bytes(), ours=[seals.fingerprint(plan.organization)], clocks=pems[1])
    assert found.holds
    assert found.seal is not None
    assert found.seal.stamped_by


def test_the_page_shows_both_signatures_and_the_root_of_the_log_that_holds_them(plan: Plan) -> None:
    both_sign(plan)
    last = Entry.objects.filter(plan=plan).order_by("-seq")[0]
    seal_due(LATER)
    _, copy = fetch(seen(plan, plan.lead), "form")
    document = pypdfium2.PdfDocument(path_of(copy))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    checkpoint = log.last_checkpoint(plan.organization)
    assert checkpoint is not None
    for words in (plan.subject.name, plan.lead.name, "Agreed.", "Executed copy", checkpoint.root, last.leaf):
        assert words in text
    for state in seen(plan, plan.lead).plan.signers.values():
        assert f"Reference {reference(plan.number, state.digest)}" in text
    assert text.count("Confirmed with a code sent by mail.") == 1
    assert f"check this copy at {settings.BASE_URL}{reverse('check_copy')}" in text
    assert "a fingerprint of everything that was on record" in text
    assert log.prove(plan, last.seq) is not None
    with pikepdf.open(io.BytesIO(path_of(copy).read_bytes())) as pdf:
        inside = json.loads(pdf.attachments["plan.json"].get_file().read_bytes())
    assert [s["copy"] for s in inside["signatures"]] == [
        s.copy for s in seen(plan, plan.lead).plan.signers.values() if s.copy
    ]


def test_everybody_named_to_the_plan_and_the_contact_get_a_copy(plan: Plan) -> None:
    """M-09: once signed, a copy goes to the named contact; and one to each party."""
    both_sign(plan)
    seal_due(LATER)
    queued = Notice.objects.filter(plan=plan, notice="executed_copy")
    state, _ = fetch(seen(plan, plan.lead), "form")
    assert all(state.sha256 in one.text for one in queued)
    assert {one.person_id for one in queued if one.person_id} == {plan.subject_id, plan.lead_id}
    assert [one.address for one in queued if not one.person_id and not one.fill] != []


def test_words_that_change_and_are_signed_again_make_another_copy(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    first, _ = fetch(seen(plan, plan.lead), "form")
    found = seen(plan, plan.lead)
    back = next(m for m in found.program.moves if m.to == "finishing" and "signing" in m.from_)
    asked = [field.id for field in back.asks]
    perform(plan.pk, Move(move=back.id, answers=dict.fromkeys(asked, "One more step")), plan.lead, LATER)
    answers = {**found.plan.sections["outcome"].answers, "if_not_completed": ["extend"]}
    perform(plan.pk, Answer(section="outcome", answers=answers), plan.lead, LATER)
    perform(plan.pk, Move(move="finish"), plan.lead, LATER)
    assert seal_due(LATER) == 0
    both_sign(plan)
    assert seal_due(LATER) == 1
    second, _ = fetch(seen(plan, plan.lead), "form")
    assert second.sha256 != first.sha256
    assert Copy.objects.filter(plan=plan, of="form").count() == 2
    assert verify(plan) == []


def test_nobody_but_the_clock_puts_a_copy_on_record(plan: Plan) -> None:
    both_sign(plan)
    with pytest.raises(Refused, match="made by itself"):
        perform(plan.pk, Execute(document="form", sha256="0" * 64, size=1), plan.lead, LATER)
    assert not any(offer.startswith("execute") for offer in seen(plan, plan.lead).offers)


def test_two_clocks_make_one_copy(plan: Plan) -> None:
    both_sign(plan)
    assert [execute(plan.pk, LATER), execute(plan.pk, LATER)] == [1, 0]
    assert Entry.objects.filter(plan=plan, type="Executed").count() == 1


def test_a_clock_that_was_stopped_in_the_middle_goes_on_with_the_same_file(plan: Plan) -> None:
    both_sign(plan)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("upturn.records.executed.perform", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            execute(plan.pk, LATER)
    kept = Copy.objects.get(plan=plan, of="form")
    assert seal_due(LATER) == 1
    assert fetch(seen(plan, plan.lead), "form")[0].sha256 == kept.sha256


def test_a_statement_beside_it_makes_no_new_copy_and_is_no_conflict(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    perform(plan.pk, State(text="I look forward to it."), plan.subject, LATER)
    assert seal_due(LATER) == 0


def test_whoever_does_not_read_the_plan_gets_no_copy(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    others = Person.objects.filter(organization=plan.organization).exclude(planparty__plan=plan)
    stranger = next(person for person in others if not person.has_role("office", "auditor"))
    with pytest.raises(NotFound):
        fetch(seen(plan, stranger), "form")


# -- signed on paper ---------------------------------------------------------------------------------------------------


def attach(plan: Plan, person: Person) -> str:
    """A scan of the signed paper, stored and put on record; its id on the plan."""
    found = seen(plan, person)
    scan = [b"%PDF-1.7 signed by hand"]
    kept = store(plan, found.program, person, name="signed.pdf", media_type="application/pdf", chunks=scan, now=LATER)
    command = Attach(name=kept.name, media_type=kept.media_type, size=kept.size, sha256=kept.sha256)
    perform(plan.pk, command, person, LATER)
    return list(seen(plan, person).plan.attachments)[-1]


def on_paper(plan: Plan, person: Person, scan: str, outcome: str = "agreed") -> None:
    found = seen(plan, person)
    digest = of_signature(found.program, found.plan, "member_signs")
    command = Sign(
        signature="member_signs",
        outcome=outcome,
        digest=digest,
        paper=scan,
        reason="Signed at the meeting",
        witnesses=["Rosa Lind"],
    )
    perform(plan.pk, command, person, LATER)


def test_what_was_signed_on_paper_is_put_on_record_by_a_witness_with_its_scan(plan: Plan) -> None:
    scan = attach(plan, plan.subject)
    on_paper(plan, plan.lead, scan)
    sign(plan, plan.lead, "facilitator_signs")
    assert seal_due(LATER) == 1
    _, copy = fetch(seen(plan, plan.lead), "form")
    document = pypdfium2.PdfDocument(path_of(copy))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    assert f"Agreed, on paper, witnessed by {plan.lead.name} and Rosa Lind." in text
    sha256 = seen(plan, plan.lead).plan.attachments[scan].sha256
    assert f"begins with {sha256[:4]} {sha256[4:8]} {sha256[8:12]}." in text.replace("\u00a0", " ")
    with pikepdf.open(io.BytesIO(path_of(copy).read_bytes())) as pdf:
        inside = json.loads(pdf.attachments["plan.json"].get_file().read_bytes())
    assert inside["signatures"][0]["paper"] == sha256
    assert inside["signatures"][0]["witnesses"] == ["Rosa Lind"]
    assert verify(plan) == []


@pytest.mark.parametrize(
    ("who", "scan", "outcome", "says"),
    [
        ("lead", "a9", "agreed", "Attach a scan or photo of the signed paper first"),
        ("subject", "", "agreed", "put on record by a witness"),
        ("lead", "", "declined", "Choose what this signature says"),
    ],
)
def test_a_signature_on_paper_needs_its_scan_and_somebody_else(
    plan: Plan, who: str, scan: str, outcome: str, says: str
) -> None:
    attached = attach(plan, plan.subject)
    with pytest.raises(Refused, match=says):
        on_paper(plan, getattr(plan, who), scan or attached, outcome)


# -- held back ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(plan: Plan) -> Iterator[Plan]:
    """A plan that both have signed, in an organization whose seal cannot be read."""
    both_sign(plan)
    seal = seals.path_of(plan.organization)
    whole = seal.read_bytes() if seal.exists() else None
    seal.parent.mkdir(parents=True, exist_ok=True)
    seal.write_bytes(b"no key")
    yield plan
    seal.unlink(missing_ok=True) if whole is None else seal.write_bytes(whole)


def mend(plan: Plan) -> None:
    seals.path_of(plan.organization).unlink()


def test_a_copy_that_cannot_be_made_is_tried_again_later_and_later_a_day_at_most(broken: Plan) -> None:
    waits, now = [], LATER
    for _ in range(13):
        assert seal_due(now) == 0
        held = HeldBack.objects.get(plan=broken)
        waits.append(held.next_try - now)
        assert seal_due(held.next_try - timedelta(seconds=1)) == 0
        assert HeldBack.objects.get(plan=broken) == held
        now = held.next_try
    assert waits[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
    assert waits[-2:] == [timedelta(days=1)] * 2
    assert HeldBack.objects.get(plan=broken).since == LATER
    mend(broken)
    assert seal_due(now) == 1
    assert not HeldBack.objects.exists()


def test_something_written_on_the_plan_gives_it_another_turn_at_once(broken: Plan) -> None:
    seal_due(LATER)
    mend(broken)
    assert seal_due(LATER) == 0
    perform(broken.pk, State(text="I wait for my copy."), broken.subject, LATER)
    assert seal_due(LATER) == 1


def test_a_plan_that_fails_takes_no_others_turn(broken: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one plan a turn, the one that was never tried comes before the one that failed."""
    seal_due(LATER)
    mend(broken)
    other = Plan.objects.get(pk=broken.pk)
    other.pk, other.serial, other.number, other.updated_at = "another", 99, "MIP-99", LATER + timedelta(hours=1)
    other.save(force_insert=True)
    tried: list[str] = []
    monkeypatch.setattr("upturn.records.executed.execute", lambda plan_id, now: tried.append(plan_id) or 0)
    seal_due(LATER + timedelta(days=2), limit=1)
    assert tried == [other.pk]


def test_one_document_that_fails_keeps_no_other_of_the_plan_back(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    both_sign(plan)
    due = list(to_execute(seen(plan, plan.lead).loaded.clock(LATER)))
    bad = (replace_document(due[0][0]), due[0][1])
    monkeypatch.setattr("upturn.records.executed.to_execute", lambda case: [bad, *due])
    assert seal_due(LATER) == 0
    assert "form" in seen(plan, plan.lead).plan.executed
    assert HeldBack.objects.get().why.startswith("The form could not be set in type")


def replace_document(document: Document) -> Document:
    return document.model_copy(update={"id": "broken", "template": "#panic()"})


def test_the_lead_and_the_office_are_told_what_is_held_back_and_nobody_else(broken: Plan) -> None:
    seal_due(LATER)
    office = next(p for p in Person.objects.filter(organization=broken.organization) if p.has_role("office"))
    for person in (broken.lead, office):
        held = held_back(seen(broken, person))
        assert held is not None
        assert (held.titles, held.since) == (("Member Improvement Plan",), LATER)
        assert [one.plan_id for one in queries.held_back(person)] == [broken.pk]
    assert held_back(seen(broken, broken.subject)) is None
    assert queries.held_back(broken.subject) == []
