"""Papers taken from the pages: who gets which, what they hold, and what happens when one does not pass its check."""

import hashlib
import io
import json
import re
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.web.doing import signs
from tests.web.keeping import kept, signed_in
from upturn.core.events import Signed
from upturn.core.program import Program
from upturn.core.wording import day_name
from upturn.demo import seeding
from upturn.documents import gate
from upturn.records import papers
from upturn.records.access import look
from upturn.records.catalogue import settings_of
from upturn.records.files import path_of
from upturn.records.models import Copy, Organization, Person, Plan, Reading
from upturn.records.verify import verify

NOW = datetime.now(UTC)


@pytest.fixture
def company(db: None) -> str:
    return seeding.organization("company", NOW).name


def said(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    document = pypdfium2.PdfDocument(answer.content)
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    return text


def running() -> Plan:
    return Plan.objects.filter(organization__name__startswith="Larkfield", phase="run").order_by("pk")[0]


def test_the_person_on_the_plan_and_the_lead_take_the_form_with_the_plan_inside(company: str) -> None:
    plan = running()
    url = reverse("plan_document", kwargs={"plan": plan.pk, "document": "plan"})
    for person in (plan.subject, plan.lead):
        client = signed_in(person)
        assert url in client.get(reverse("plan", kwargs={"plan": plan.pk})).content.decode()
        answer = client.get(url)
        text = said(answer)
        assert plan.subject.name in text
        assert plan.number in text
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            inside = json.loads(pdf.attachments["plan.json"].get_file().read_bytes())
        assert inside["plan"] == plan.number
        assert inside["head"] == plan.head
        assert Reading.objects.filter(plan=plan, person=person).exists()


def test_a_copy_holds_what_its_reader_reads_and_no_more(company: str) -> None:
    """What HR keeps about timing and consistency is in nobody's copy of the plan, and not in the record inside it."""
    plan = running()
    for person in (plan.subject, plan.lead):
        answer = signed_in(person).get(reverse("plan_document", kwargs={"plan": plan.pk, "document": "plan"}))
        with pikepdf.open(io.BytesIO(answer.content)) as pdf:
            inside = json.loads(pdf.attachments["plan.json"].get_file().read_bytes())
        assert "hr_note" not in inside["sections"]


def test_whoever_only_helps_and_whoever_knows_nothing_get_no_form(company: str) -> None:
    mentor = Person.objects.get(name="Mo Lindgren")
    helped = Plan.objects.filter(parties__person=mentor, parties__knows=True).distinct()[0]
    url = reverse("plan_document", kwargs={"plan": helped.pk, "document": "plan"})
    assert signed_in(mentor).get(url).status_code == 404
    assert url not in signed_in(mentor).get(reverse("plan", kwargs={"plan": helped.pk})).content.decode()
    stranger = kept("Harbor Peer Network").finn
    assert signed_in(stranger).get(url).status_code == 404


def test_a_document_that_is_none_is_not_there(company: str) -> None:
    plan = running()
    url = reverse("plan_document", kwargs={"plan": plan.pk, "document": "invoice"})
    assert signed_in(plan.lead).get(url).status_code == 404


def test_the_empty_form_is_there_for_everybody_in_the_organization(company: str) -> None:
    person = Person.objects.get(name="Mo Lindgren")
    client = signed_in(person)
    page = client.get(reverse("program", kwargs={"key": "employer-pip"})).content.decode()
    url = reverse("blank_document", kwargs={"key": "employer-pip", "version": 1, "document": "plan"})
    assert url in page
    assert "What is to be reached" in said(client.get(url))
    assert client.get(url.replace("employer-pip", "dc-pip")).status_code == 404


def test_an_empty_form_names_the_contact_and_the_one_to_fill_in_is_called_otherwise(company: str) -> None:
    client = signed_in(Person.objects.get(name="Mo Lindgren"))
    where = {"key": "employer-pip", "version": 1, "document": "plan"}
    answers = [
        client.get(reverse("blank_document", kwargs=where)),
        client.get(reverse("blank_form", kwargs={**where, "kind": "form"})),
    ]
    contact = settings_of(Organization.objects.get(name=company), "employer-pip")["contact"]
    assert [f"Questions: {contact}" in said(answer) for answer in answers] == [True, True]
    names = [answer["Content-Disposition"].partition("filename=")[2] for answer in answers]
    assert names == ['"employer-pip-plan-blank.pdf"', '"employer-pip-plan-form.pdf"']


def test_a_letter_bears_the_day_of_its_step_and_is_the_same_for_its_writer_and_its_reader(company: str) -> None:
    plan = running()
    step = next(m for m in look(plan.pk, plan.lead, NOW).plan.moves if m.move == "start")
    url = reverse("letter", kwargs={"plan": plan.pk, "letter": "start_letter"})
    files = []
    for person in (plan.subject, plan.lead):
        client = signed_in(person)
        assert url in client.get(reverse("plan", kwargs={"plan": plan.pk})).content.decode()
        page = client.get(url).content.decode()
        assert day_name(step.on) in page
        assert f"{plan.lead.name} (manager)" in page
        files.append(client.get(reverse("letter_pdf", kwargs={"plan": plan.pk, "letter": "start_letter"})))
    text = said(files[0])
    assert [text.count(words) for words in (day_name(step.on), plan.subject.name, plan.lead.name)] == [1, 1, 1]
    assert files[0].content == files[1].content


def test_a_letter_about_a_decision_is_not_there_before_it(company: str) -> None:
    plan = running()
    for person in (plan.subject, plan.lead):
        for name in ("letter", "letter_pdf"):
            where = reverse(name, kwargs={"plan": plan.pk, "letter": "outcome_letter"})
            assert signed_in(person).get(where).status_code == 404


FORGETFUL = '#import "base.typ": *\n#show: page-of\n= A form that leaves out every answer'


def program_of(plan: Plan) -> Program:
    return look(plan.pk, plan.lead, datetime.now(UTC)).program


def test_a_file_that_does_not_pass_is_held_back_with_a_sentence(
    company: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = running()
    program = program_of(plan)
    forgetful = program.papers[0].model_copy(update={"template": FORGETFUL})
    monkeypatch.setitem(vars(program), "papers", (forgetful,))
    answer = signed_in(plan.lead).get(reverse("plan_document", kwargs={"plan": plan.pk, "document": "plan"}))
    assert answer.status_code == 503
    assert "Nothing is wrong with the plan itself" in answer.content.decode()
    assert plan.subject.name not in capsys.readouterr().err


def test_the_same_day_makes_the_same_file(company: str) -> None:
    plan = running()
    client = signed_in(plan.lead)
    url = reverse("plan_document", kwargs={"plan": plan.pk, "document": "plan"})
    assert client.get(url).content == client.get(url).content


# -- signing -----------------------------------------------------------------------------------------------------------


def to_sign(word: str = "member_signs") -> tuple[Plan, Person, str]:
    """A plan of the peer network that waits for its member's signature."""
    plan = Plan.objects.get(stage="signing", subject__name="Dee Castellan")
    return plan, plan.subject, reverse("sign", kwargs={"plan": plan.pk, "signature": word})


def fields_of(page: str) -> dict[str, str]:
    """What the form on a page would send, nothing typed."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


@pytest.fixture
def network(db: None) -> str:
    return seeding.organization("network", NOW, about=("dee",)).name


def test_the_signer_gets_the_exact_copy_and_the_signature_names_it(network: str) -> None:
    """M-08: a signature is bound to the exact text; what is attached to the copy is what its digest is of."""
    plan, member, url = to_sign()
    client = signed_in(member)
    page = client.get(url).content.decode()
    sent = fields_of(page)
    copy = client.get(reverse("signing_copy", kwargs={"plan": plan.pk, "signature": "member_signs"})).content
    assert hashlib.sha256(copy).hexdigest() == sent["copy"]
    assert sent["copy"] in page.replace(sent["copy"], "", 1)
    assert hashlib.sha256(gate.attached(copy)).hexdigest() == sent["digest"]
    signs(client, url, {**sent, "outcome": "agreed"})
    state = look(plan.pk, member, datetime.now(UTC)).plan.signatures["member_signs"]
    assert (state.copy, state.digest) == (sent["copy"], sent["digest"])
    signed = next(f.event for f in look(plan.pk, member, datetime.now(UTC)).entries if isinstance(f.event, Signed))
    assert signed.consent in page.replace("&#x27;", "'")
    assert verify(plan) == []
    done = client.get(reverse("signed", kwargs={"plan": plan.pk, "signature": "member_signs"})).content.decode()
    assert "Take the exact copy that was signed" in done


def test_a_draft_brings_back_the_statement_and_never_the_choice(network: str) -> None:
    """What somebody agrees to is chosen when the button is pressed, not out of yesterday's draft."""
    _plan, member, url = to_sign()
    client = signed_in(member)
    sent = fields_of(client.get(url).content.decode())
    client.post(f"{url}?draft=1", {**sent, "outcome": "agreed", "statement": "I will keep the dates."})
    page = client.get(url).content.decode()
    assert "I will keep the dates." in page
    choices = re.findall(r'<input[^>]*name="outcome"[^>]*>', page)
    assert choices
    assert not any("checked" in one for one in choices)
    assert "error-summary" not in page


def test_every_signer_of_the_same_words_gets_the_same_bytes_whenever(network: str) -> None:
    plan, member, _ = to_sign()
    url = reverse("signing_copy", kwargs={"plan": plan.pk, "signature": "member_signs"})
    first = signed_in(member).get(url).content
    assert signed_in(plan.lead).get(url).content == first
    Person.objects.filter(pk=member.pk).update(name="Dee Castellan-Okoro")
    assert signed_in(plan.lead).get(url).content == first


def test_a_copy_that_nobody_made_is_not_signed(network: str) -> None:
    plan, member, url = to_sign()
    client = signed_in(member)
    sent = fields_of(client.get(url).content.decode())
    answer = client.post(url, {**sent, "copy": "0" * 64, "outcome": "agreed", "statement": "Kept words", "press": "do"})
    assert "The copy that was shown to you is not the one on file" in answer.content.decode()
    assert "member_signs" not in look(plan.pk, member, datetime.now(UTC)).plan.signatures


def test_a_copy_that_was_changed_or_lost_is_told_by_verify(network: str) -> None:
    plan, member, url = to_sign()
    client = signed_in(member)
    sent = fields_of(client.get(url).content.decode())
    signs(client, url, {**sent, "outcome": "agreed"})
    path = path_of(Copy.objects.get(plan=plan))
    path.write_bytes(path.read_bytes() + b" ")
    assert [f.says for f in verify(plan)] == ["The copy that was signed (member_signs) is not the one on file."]
    path.unlink()
    assert [f.says for f in verify(plan)] == ["The copy that was signed (member_signs) is missing."]


@pytest.mark.parametrize(("country", "size"), [("US", "us-letter"), ("CA", "us-letter"), ("GB", "a4"), ("DE", "a4")])
def test_paper_has_the_size_that_the_country_prints_on(country: str, size: str) -> None:
    organization = Organization(name="Anywhere", country=country, zone="UTC")
    assert papers.imprint_of(organization, NOW).paper == size
