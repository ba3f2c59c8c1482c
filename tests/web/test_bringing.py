"""The form goes out as PDF and Word, is filled in by other programs, and comes back line by line into a draft."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import docx
import pikepdf
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.web.keeping import kept, sign_in, signed_in
from upturn.demo import seeding
from upturn.records.access import look
from upturn.records.drafts import save_draft
from upturn.records.models import Draft, Entry, Person, Plan

NOW = datetime.now(UTC)
SITUATION = "situation/led_to"


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan of the peer network that its member is writing."""
    seeding.organization("network", NOW, about=("jonas",))
    return Plan.objects.select_related("subject", "lead").get(stage="drafting")


def url(plan: Plan, name: str = "bring", **more: str) -> str:
    return reverse(name, kwargs={"plan": plan.pk, **more})


def form_of(client: Client, plan: Plan, kind: str) -> bytes:
    answer = client.get(url(plan, "plan_form", document="form", kind=kind))
    assert answer.status_code == 200
    return bytes(answer.content)


def filled(form: bytes, section: str = "situation", **values: str) -> bytes:
    """A form filled in by another program, the values by the end of their address (`led_to`)."""
    reader = pypdf.PdfReader(io.BytesIO(form))
    names = {name.rpartition("/")[2]: name for name in reader.get_fields() or {} if name.startswith(f"{section}/")}
    writer = pypdf.PdfWriter(clone_from=reader)
    for page in writer.pages:
        writer.update_page_form_field_values(page, {names[k]: v for k, v in values.items()}, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def brought(client: Client, plan: Plan, data: bytes, name: str = "form.pdf") -> str:
    answer = client.post(url(plan), {"file": SimpleUploadedFile(name, data)})
    return answer.content.decode()


def sent(page: str) -> dict[str, object]:
    lines = re.search(r'name="lines" value="([^"]+)"', page)
    assert lines
    return {"lines": lines[1], "take": re.findall(r'name="take" value="(\d+)"', page)}


def test_a_form_filled_elsewhere_comes_back_line_by_line_into_a_draft(plan: Plan) -> None:
    member = signed_in(plan.subject)
    before = Entry.objects.filter(plan=plan).count()
    data = filled(form_of(member, plan, "form"), led_to="Three meetings were missed since May.\nNobody was told.")
    page = brought(member, plan, data)
    assert "Three meetings were missed since May." in page
    assert Draft.objects.filter(plan=plan).count() == 0
    done = member.post(url(plan), sent(page), follow=True).content.decode()
    assert "from the file stands in your draft" in done
    draft = Draft.objects.get(plan=plan, person=plan.subject, kind="answer:situation")
    assert draft.data["a"]["led_to"] == "Three meetings were missed since May.\nNobody was told."
    assert Entry.objects.filter(plan=plan).count() == before
    section = member.get(reverse("write_section", kwargs={"plan": plan.pk, "section": "situation"})).content.decode()
    assert "Three meetings were missed since May." in section


def test_a_word_form_comes_back_too(plan: Plan) -> None:
    member = signed_in(plan.subject)
    document = docx.Document(io.BytesIO(form_of(member, plan, "word")))
    controls = [e for e in document.element.body.iter() if e.tag.endswith("}sdt")]
    control = next(
        e for e in controls if any(t.get(t.keys()[0]) == SITUATION for t in e.iter() if t.tag.endswith("}tag"))
    )
    texts = [t for t in control.iter() if t.tag.endswith("}t")]
    texts[0].text = "Written in Word."
    for other in texts[1:]:
        other.text = ""
    out = io.BytesIO()
    document.save(out)
    page = brought(member, plan, out.getvalue(), "form.docx")
    assert "Written in Word." in page


def test_nothing_that_replaces_words_is_taken_by_itself(plan: Plan) -> None:
    """What fills an empty place is ticked; what would take the place of something written is not."""
    member = signed_in(plan.subject)
    data = filled(form_of(member, plan, "form"), led_to="Others words than before.")
    page = brought(member, plan, data)
    had = look(plan.pk, plan.subject, NOW).plan.answer("situation", "led_to")
    assert (" checked" in page.partition('name="take"')[2].partition(">")[0]) == (not had)


def test_a_draft_of_ones_own_is_never_replaced_unseen(plan: Plan) -> None:
    member = signed_in(plan.subject)
    form = form_of(member, plan, "form")
    first = brought(member, plan, filled(form, led_to="My first words."))
    member.post(url(plan), sent(first))
    page = brought(member, plan, filled(form, led_to="Other words."))
    assert "My first words." in page
    assert sent(page)["take"]  # it can be taken
    assert " checked" not in page.partition('name="take"')[2].partition(">")[0]


@pytest.mark.parametrize("kind", ["form", "word"])
def test_ones_own_draft_goes_along_in_the_form_and_nobody_elses(plan: Plan, kind: str) -> None:
    member = signed_in(plan.subject)
    blank = {who: form_of(signed_in(who), plan, kind) for who in (plan.subject, plan.lead)}
    assert "Your own draft goes along" not in member.get(url(plan)).content.decode()
    member.post(url(plan), sent(brought(member, plan, filled(form_of(member, plan, "form"), led_to="My first words."))))
    page = member.get(url(plan)).content.decode()
    assert "Your own draft goes along" in page
    assert "whoever gets the file from you reads it" in page
    own = form_of(member, plan, kind)
    assert own != blank[plan.subject]
    name = "form.pdf" if kind == "form" else "form.docx"
    assert "Nothing in the file differs from the plan." in brought(member, plan, own, name)
    assert form_of(signed_in(plan.lead), plan, kind) == blank[plan.lead]


@pytest.mark.parametrize(
    ("said", "ticked", "shown"),
    [
        ("04/05/2027", "", "“04/05/2027” was read as 5 April 2027; it can also mean 4 May 2027."),
        ("2027-04-05", " checked", '<span class="meta">Will be kept as</span> 5 April 2027'),
    ],
)
def test_what_can_be_read_two_ways_says_how_it_was_read_and_is_not_ticked(
    plan: Plan, said: str, ticked: str, shown: str
) -> None:
    save_draft(plan.subject, plan, "answer:header", {"a": {}}, base_seq=plan.seq, now=NOW)  # nothing stands there
    member = signed_in(plan.subject)
    page = brought(member, plan, filled(form_of(member, plan, "form"), "header", target_date=said))
    assert shown in page
    assert page.partition('name="take" value="0"')[2].partition(">")[0] == ticked


def test_a_form_that_was_not_touched_changes_nothing(plan: Plan) -> None:
    member = signed_in(plan.subject)
    assert "Nothing in the file differs from the plan." in brought(member, plan, form_of(member, plan, "form"))


def test_whoever_may_not_write_now_gets_the_form_and_brings_nothing(plan: Plan) -> None:
    lead = signed_in(plan.lead)
    page = lead.get(url(plan)).content.decode()
    assert "There is no part of this plan that you can write now" in page
    data = filled(form_of(lead, plan, "form"), led_to="The facilitator's words.")
    assert "This part cannot be written by you now." in brought(lead, plan, data)
    assert Draft.objects.filter(plan=plan).count() == 0


def test_a_comparison_is_of_one_plan_and_one_person(plan: Plan) -> None:
    member = signed_in(plan.subject)
    page = brought(member, plan, filled(form_of(member, plan, "form"), led_to="Mine alone."))
    answer = signed_in(plan.lead).post(url(plan), sent(page))
    assert "This comparison is of another plan" in answer.content.decode()
    forged = {**sent(page), "lines": "made:up:words"}
    assert "This comparison is too old" in member.post(url(plan), forged).content.decode()
    assert Draft.objects.filter(plan=plan).count() == 0


def encrypted(form: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def bomb(_form: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"0" * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (encrypted, "a.pdf"),
        (lambda form: form[:400], "a.pdf"),
        (lambda form: b"MZ\x90\x00" + bytes(range(256)) * 40, "a.exe"),
        (lambda form: b"", "a.pdf"),
        (lambda form: b"just text", "a.txt"),
        (bomb, "a.docx"),
    ],
    ids=["encrypted", "begun", "program", "empty", "text", "bomb"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(plan: Plan, make: Callable[[bytes], bytes], name: str) -> None:
    member = signed_in(plan.subject)
    answer = member.post(url(plan), {"file": SimpleUploadedFile(name, make(form_of(member, plan, "form")))})
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.content.decode()
    assert member.post(url(plan), {}).status_code == 422


def test_a_form_of_another_plan_is_refused(plan: Plan) -> None:
    seeding.organization("company", NOW)
    other = Plan.objects.filter(program_key="employer-pip").select_related("lead")[0]
    form = signed_in(other.lead).get(url(other, "plan_form", document="plan", kind="form")).content
    assert "this plan follows" in brought(signed_in(plan.subject), plan, form)


def test_a_stranger_gets_neither_form_nor_page(plan: Plan) -> None:
    stranger = signed_in(kept("Harbor Peer Network").finn)
    assert stranger.get(url(plan)).status_code == 404
    assert stranger.get(url(plan, "plan_form", document="form", kind="form")).status_code == 404


def test_the_empty_form_can_be_filled_in_on_a_screen(plan: Plan) -> None:
    person = Person.objects.get(pk=plan.lead_id)
    where = {"key": "evolve-mip", "version": 1, "document": "form"}
    for kind, begins in (("form", b"%PDF"), ("word", b"PK")):
        blank = signed_in(person).get(reverse("blank_form", kwargs=where | {"kind": kind}))
        assert blank.content.startswith(begins)
    assert signed_in(person).get(reverse("blank_form", kwargs=where | {"kind": "odd"})).status_code == 404


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_read_well_narrow_and_wide(
    plan: Plan, new_page: Callable[..., Page], axe: Callable[[Page], list[str]], width: int
) -> None:
    member = signed_in(plan.subject)
    data = filled(
        form_of(member, plan, "form"), led_to="Three meetings were missed.", why_change="Others wait for him."
    )
    page = new_page(width=width)
    sign_in(page, plan.subject)
    page.goto(url(plan))
    assert axe(page) == []
    page.set_input_files("input[type=file]", {"name": "form.pdf", "mimeType": "application/pdf", "buffer": data})
    page.click("button.button")
    assert "What the file would change" in page.content()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
