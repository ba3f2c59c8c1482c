"""What is known of a copy by its fingerprint: enough for an answer, and nothing that names anybody."""

import re
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.test_executed import LATER, NOW, both_sign, seen, sign
from tests.web.keeping import kept
from upturn.core.commands import Answer, Move, Sign
from upturn.core.digests import of_signature
from upturn.demo import seeding
from upturn.records import log, seals
from upturn.records.executed import fetch, seal_due
from upturn.records.known_copies import Known, Several, What, of_fingerprint, of_reference, reference_of_entry
from upturn.records.models import Checkpoint, Copy, Entry, Plan, SignedWords
from upturn.records.perform import perform


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Another test's organization has the same number, and its seal would be there already."""
    settings.DATA = tmp_path


@pytest.fixture
def plan(db: None) -> Plan:
    seeding.organization("network", NOW, about=("dee",))
    return Plan.objects.select_related("subject", "lead", "organization").get(stage="signing")


def today(plan: Plan) -> date:
    return LATER.astimezone(ZoneInfo(plan.organization.zone)).date()


def again(plan: Plan) -> None:
    """Change the words, and have them signed and sealed once more."""
    found = seen(plan, plan.lead)
    back = next(m for m in found.program.moves if m.to == "finishing" and "signing" in m.from_)
    asked = dict.fromkeys((field.id for field in back.asks), "One more step")
    perform(plan.pk, Move(move=back.id, answers=asked), plan.lead, LATER)
    answers = {**found.plan.sections["outcome"].answers, "if_not_completed": ["extend"]}
    perform(plan.pk, Answer(section="outcome", answers=answers), plan.lead, LATER)
    perform(plan.pk, Move(move="finish"), plan.lead, LATER)
    both_sign(plan)


def test_a_sealed_copy_is_known_by_its_fingerprint_and_by_how_that_begins(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    state, _ = fetch(seen(plan, plan.lead), "form")
    known = Known(What.SEALED, today(plan), 2, seals.fingerprint(plan.organization))
    assert [of_fingerprint(state.sha256[:n]) for n in (64, 63, 12)] == [known] * 3
    other = "0" if state.sha256[63] != "0" else "1"
    assert of_fingerprint(state.sha256[:63] + other) is None
    assert of_fingerprint("f" * 64) is None


def test_an_earlier_copy_is_known_to_have_been_followed(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    first, _ = fetch(seen(plan, plan.lead), "form")
    again(plan)
    seal_due(LATER)
    second, _ = fetch(seen(plan, plan.lead), "form")
    later = [known and known.later for known in (of_fingerprint(first.sha256), of_fingerprint(second.sha256))]
    assert later == [today(plan), None]


def test_a_copy_for_signing_tells_how_many_signed_it_and_whether_that_stands(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs", "declined")
    shown = Copy.objects.get(plan=plan)
    nobody = Known(What.SHOWN, today(plan), 0)
    assert of_fingerprint(shown.sha256) == nobody
    sign(plan, plan.subject, "member_signs")
    assert of_fingerprint(shown.sha256) == Known(What.SHOWN, today(plan), 1)
    sign(plan, plan.lead, "facilitator_signs")
    again(plan)
    assert of_fingerprint(shown.sha256) == Known(What.SHOWN, today(plan), 1, stands=False)


def test_the_words_of_a_signature_are_known_by_their_fingerprint_and_by_its_reference(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs")
    digest = seen(plan, plan.lead).plan.signatures["member_signs"].digest
    known = Known(What.WORDS, today(plan), 1)
    assert of_fingerprint(digest[:12]) == known
    assert of_reference(plan.number, digest[:8]) == known
    Copy.objects.all().delete()  # a signature whose copy could not be made
    assert of_reference(plan.number, digest[:8]) == known
    assert of_reference(plan.number, digest[1:9]) is None
    assert of_reference("MIP-1999-0001", digest[:8]) is None
    assert of_fingerprint(digest[:12]) == known


def test_the_day_words_were_shown_is_the_day_of_the_copy_and_never_one_that_somebody_typed(plan: Plan) -> None:
    earlier = today(plan) - timedelta(days=3)
    Plan.objects.filter(pk=plan.pk).update(opened_on=earlier)
    found = seen(plan, plan.lead)
    digest = of_signature(found.program, found.plan, "member_signs")
    since = found.plan.stage_since or earlier
    command = Sign(signature="member_signs", outcome="declined", digest=digest, reason="She said no", on=since)
    perform(plan.pk, command, plan.lead, LATER)
    assert since < today(plan)
    assert of_fingerprint(digest) == Known(What.WORDS, today(plan), 0)


def test_every_entry_is_known_by_its_leaf_and_by_the_reference_of_a_decision(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs")
    first, *_, last = Entry.objects.filter(plan=plan).order_by("seq")
    known = Known(What.ENTRY, today(plan), 0)
    assert of_fingerprint(last.leaf) == known
    assert reference_of_entry(plan, last.seq) == f"{plan.number}-{last.leaf[:8].upper()}"
    assert of_reference(plan.number, last.leaf[:8]) == known
    assert of_fingerprint(first.leaf[:12]) == replace(known, on=of_fingerprint(first.leaf).on, stands=False)


def test_the_state_of_a_log_is_known_by_its_root(plan: Plan) -> None:
    made = log.checkpoint(plan.organization, LATER)
    assert of_fingerprint(made.root) == Known(What.LOG, today(plan), 0)


def test_a_copy_that_no_entry_names_is_not_known(plan: Plan) -> None:
    about = {"organization": plan.organization, "size": 1, "path": "", "made_at": NOW}
    Copy.objects.create(plan=plan, of="form", shows="12,14", sha256="a" * 64, **about)
    assert of_fingerprint("a" * 64) is None


def test_a_beginning_that_fits_two_is_refused_and_the_same_file_twice_is_one(plan: Plan) -> None:
    about = {"organization": plan.organization, "size": 1, "path": "", "made_at": NOW}
    for of, file in (("a", "a" * 64), ("b", "a" * 20 + "b" * 44), ("c", "a" * 64)):
        Copy.objects.create(plan=plan, of=of, shows=f"{ord(of):064x}", sha256=file, **about)
    with pytest.raises(Several):
        of_fingerprint("a" * 20)
    assert of_fingerprint("a" * 21) == of_fingerprint("a" * 64)
    assert of_fingerprint("a" * 64) is not None


def test_no_answer_has_a_name_in_it(plan: Plan) -> None:
    both_sign(plan)
    seal_due(LATER)
    state, _ = fetch(seen(plan, plan.lead), "form")
    known = of_fingerprint(state.sha256)
    assert known is not None
    for name in (plan.number, plan.pk, plan.subject.name, plan.lead.name, plan.organization.name):
        assert name not in str(asdict(known))


def test_whatever_is_asked_costs_the_same_few_questions(plan: Plan) -> None:
    for ask, most in ((lambda: of_fingerprint("0" * 12), 5), (lambda: of_reference(plan.number, "0" * 8), 2)):
        with CaptureQueriesContext(connection) as asked:
            assert ask() is None
        assert len(asked) == most


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a small table whole")
def test_a_fingerprint_is_found_by_an_index(plan: Plan) -> None:
    fields = ((Copy, "sha256"), (Copy, "shows"), (SignedWords, "digest"), (Entry, "leaf"), (Checkpoint, "root"))
    for model, field in fields:
        found = model.objects.filter(**{f"{field}__gte": "a", f"{field}__lt": "ag"})
        assert re.search(r"USING INDEX \w+_by_", found.explain())


def test_the_seals_of_all_organizations_are_known_and_none_is_made_for_it(db: None) -> None:
    lakeside, harbor = (kept(name).organization for name in ("Lakeside Peer Network", "Harbor Peer Network"))
    assert seals.fingerprints() == frozenset()
    assert not seals.path_of(lakeside).exists()
    own, theirs = seals.fingerprint(lakeside), seals.fingerprint(harbor)
    assert seals.fingerprints() == {own, theirs}
