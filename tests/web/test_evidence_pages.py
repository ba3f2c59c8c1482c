"""The page on which an evidence bundle is asked for: reason, to whom, then the file."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.web.keeping import signed_in
from upturn.demo import seeding
from upturn.records.models import Entry, Person, Plan

NOW = datetime.now(UTC)
WHY = {"reason": "A charge was filed", "to": "Counsel", "press": "do"}


@pytest.fixture
def plan(db: None) -> Plan:
    seeding.organization("company", NOW)
    return Plan.objects.filter(phase="run").select_related("subject", "lead", "organization").order_by("pk")[0]


def page(plan: Plan, audience: str) -> str:
    return reverse("bundle", kwargs={"plan": plan.pk, "audience": audience})


def office(plan: Plan) -> Person:
    people = Person.objects.filter(organization=plan.organization)
    return next(p for p in people if p.has_role("office") and p not in (plan.subject, plan.lead))


def test_each_side_finds_its_own_and_takes_it(plan: Plan) -> None:
    for audience, person in (("subject", plan.subject), ("lead", plan.lead), ("office", office(plan))):
        client = signed_in(person)
        body = client.get(reverse("plan", kwargs={"plan": plan.pk})).content.decode()
        assert [one for one in ("office", "lead", "subject") if page(plan, one) in body] == [audience]
        assert "Why is it needed?" in client.get(page(plan, audience)).content.decode()
        answer = client.post(page(plan, audience), WHY)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
        assert answer["Content-Disposition"] == f'attachment; filename="{plan.number}-evidence.zip"'
        assert answer["Cache-Control"] == "private, no-store"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert f"{plan.number}-evidence/data/verify.py" in archive.namelist()
    assert Entry.objects.filter(plan=plan, type="Disclosed").count() == 3
    record = signed_in(plan.subject).get(reverse("timeline", kwargs={"plan": plan.pk})).content.decode()
    assert record.count("Evidence bundle asked for") == 3


def test_without_a_reason_there_is_neither_a_file_nor_an_entry(plan: Plan) -> None:
    answer = signed_in(plan.lead).post(page(plan, "lead"), WHY | {"reason": ""})
    assert (answer.status_code, "Write why it is needed" in answer.content.decode()) == (422, True)
    assert not Entry.objects.filter(plan=plan, type="Disclosed").exists()


def test_the_person_it_is_about_may_keep_it(plan: Plan) -> None:
    answer = signed_in(plan.subject).post(page(plan, "subject"), WHY | {"to": ""})
    assert answer["Content-Type"] == "application/zip"


def test_nobody_takes_that_of_another_side_and_a_stranger_learns_nothing(plan: Plan) -> None:
    for audience, person, status in (
        ("office", plan.subject, 403),
        ("lead", plan.subject, 403),
        ("office", plan.lead, 403),
        ("subject", office(plan), 403),
        ("everything", plan.lead, 404),
    ):
        client = signed_in(person)
        assert client.get(page(plan, audience)).status_code == status
        assert client.post(page(plan, audience), WHY).status_code == status
    others = Person.objects.filter(organization=plan.organization).exclude(planparty__plan=plan)
    stranger = next(p for p in others if not p.has_role("office", "auditor"))
    assert signed_in(stranger).post(page(plan, "office"), WHY).status_code == 404
    assert not Entry.objects.filter(plan=plan, type="Disclosed").exists()
