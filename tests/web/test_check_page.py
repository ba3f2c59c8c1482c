"""The public page: a file or a reference in, one sentence out; no sign-in, no cookie, no name, nothing kept."""

import io
import logging
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.documents import executed_copy
from tests.records.test_executed import LATER, NOW, both_sign, seen, sign
from tests.records.test_known_copies import again
from tests.web.doing import network
from tests.web.keeping import VIEWS, kept, signed_in, wrong_with
from upturn.core.calendar import long_date, long_moment
from upturn.core.commands import Answer, Move
from upturn.demo import seeding
from upturn.documents import sealing
from upturn.documents.examining import SENTENCES, Verdict
from upturn.records import seals
from upturn.records.executed import fetch, seal_due
from upturn.records.files import path_of
from upturn.records.known_copies import reference_of_entry
from upturn.records.models import Copy, Entry, Plan
from upturn.records.perform import perform
from upturn.web import check_words
from upturn.web.views import check

UNCHANGED = "Signed by 2 people, and unchanged since the seal of {} was put on it on {} (by its own clock);"


@pytest.fixture(autouse=True)
def sealing_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of the browser's driver runs in this thread, and whoever seals wants one of its own."""

    def threaded(*given: Any, seal: Any = sealing.seal, **more: Any) -> bytes:
        with ThreadPoolExecutor(1) as pool:
            return bytes(pool.submit(seal, *given, **more).result())

    monkeypatch.setattr("upturn.documents.sealing.seal", threaded)
    monkeypatch.setattr("upturn.records.executed.seal", threaded)


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Another test's organization has the same number, and its seal would be there already."""
    settings.DATA = tmp_path / "data"


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan of the peer network that waits for both signatures."""
    seeding.organization("network", NOW, about=("dee",))
    return Plan.objects.select_related("subject", "lead", "organization").get(stage="signing")


@pytest.fixture
def copy(plan: Plan) -> bytes:
    """Its executed copy."""
    both_sign(plan)
    seal_due(LATER)
    return latest(plan)


def latest(plan: Plan) -> bytes:
    return path_of(fetch(seen(plan, plan.lead), "form")[1]).read_bytes()


def bring(content: bytes, name: str = "copy.pdf", **more: Any) -> HttpResponse:
    """The page's answer to a file, from a browser that keeps what it is told to keep."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/check/", {"file": SimpleUploadedFile(name, content), **more})
    assert not client.cookies
    return answer


def ask(reference: str) -> HttpResponse:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/check/", {"reference": reference})
    assert not client.cookies
    return answer


def said(answer: HttpResponse) -> str:
    """The one sentence."""
    assert answer.status_code == 200
    found = re.findall(r'<p class="reference">(.*?)</p>', answer.content.decode())
    assert len(found) == 1
    return unescape(found[0])


def refused(answer: HttpResponse) -> str:
    """What stands beside the form instead of an answer."""
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'class="reference"' not in html
    return unescape(re.findall(r'<li><a href="#[^"]*">(.*?)</a></li>', html)[0])


def text_of(answer: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


# A file -----------------------------------------------------------------------------------------------------------


def test_the_latest_sealed_copy_is_unchanged_and_signed_by_two(plan: Plan, copy: bytes) -> None:
    answer = bring(copy)
    name, when = plan.organization.name, long_moment(LATER.replace(microsecond=0))
    assert said(answer) == f"{UNCHANGED.format(name, when)} the seal covers the whole file."
    text = text_of(answer)
    assert f"SHA-256 of the file: {sha256(copy).hexdigest()}" in text
    assert f"SHA-256 of the certificate of its seal: {seals.fingerprint(plan.organization)}" in text
    assert "This does not say that what is written in it is true, or who sat at the keyboard." in text
    for secret in (plan.number, plan.subject.name, plan.lead.name, plan.pk):
        assert secret not in answer.content.decode()


def test_an_earlier_copy_is_said_to_be_one(plan: Plan, copy: bytes) -> None:
    again(plan)
    seal_due(LATER)
    answer = bring(copy)
    day = long_date(seen(plan, plan.lead).plan.executed["form"].on)
    assert said(answer) == f"This is an earlier copy: it is unchanged, but a later one was sealed on {day}."
    assert UNCHANGED.format(plan.organization.name, long_moment(LATER.replace(microsecond=0))) in text_of(answer)
    assert said(bring(latest(plan))).startswith("Signed by 2 people, and unchanged")


def test_a_sealed_copy_whose_words_were_changed_says_that_its_signatures_no_longer_stand(
    plan: Plan, copy: bytes
) -> None:
    files = reverse("plan", kwargs={"plan": plan.pk})
    assert "no longer stand" not in text_of(signed_in(plan.lead).get(files))
    perform(plan.pk, Move(move="rework", answers={"what": "One date"}), plan.subject, LATER)
    written = seen(plan, plan.lead).plan.sections["situation"].answers
    changed = Answer(section="situation", answers={**written, "led_to": "Two were closed on Friday."})
    perform(plan.pk, changed, plan.lead, LATER)
    answer = bring(copy)
    assert said(answer) == check_words.NO_LONGER
    assert "unchanged since the seal" in text_of(answer)
    by_fingerprint = said(ask(sha256(copy).hexdigest()))
    assert "signed by 2 people, but the words were changed later, so this no longer stands" in by_fingerprint
    assert "the words were changed since, so they no longer stand" in text_of(signed_in(plan.lead).get(files))


def test_our_seal_on_a_file_that_no_record_names_says_no_more_than_that(plan: Plan) -> None:
    other = kept("Harbor Peer Network").organization
    for organization in (plan.organization, other):
        pdf = sealing.seal(
            executed_copy.executed(), by=seals.signer(organization), name="Anybody", reason="None", at=LATER
        )
        answer = bring(pdf)
        assert said(answer) == (
            "It bears the seal of an organization here and is unchanged, but no record here names it."
        )
        assert f"Unchanged since the seal of {organization.name} was put on it" in text_of(answer)
        assert "Signed by" not in text_of(answer)


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def painted_over(pdf: bytes) -> bytes:
    """With a revision after the seal."""
    writer = sealing.IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def rewritten(pdf: bytes, **how: Any) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(output, **how)
    return output.getvalue()


def zipped(pdf: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.pdf", pdf)
    return output.getvalue()


CHANGED: dict[str, tuple[Callable[[bytes], bytes], Verdict]] = {
    "a bit in the text": (lambda pdf: flipped(pdf, pdf.index(b"stream\n") + 40), Verdict.CHANGED),
    "a bit in the seal": (lambda pdf: flipped(pdf, pdf.rindex(b"/Contents") + 500), Verdict.CHANGED),
    "saved by another program": (rewritten, Verdict.CHANGED),
    "encrypted": (lambda pdf: rewritten(pdf, encryption=pikepdf.Encryption(owner="o", user="u")), Verdict.ENCRYPTED),
    "cut short": (lambda pdf: pdf[:-40], Verdict.UNREADABLE),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(1000), Verdict.NO_PDF),
    "zipped": (zipped, Verdict.NO_PDF),
    "garbage": (lambda _: bytes(range(256)) * 400, Verdict.NO_PDF),
    "garbage that says it is a PDF": (lambda _: b"%PDF-1.7\n" + bytes(range(256)) * 400, Verdict.UNREADABLE),
    "one byte": (lambda _: b"\0", Verdict.NO_PDF),
    "never sealed": (lambda _: executed_copy.executed(), Verdict.UNSEALED),
}


def test_whatever_else_is_brought_gets_its_sentence(plan: Plan, copy: bytes) -> None:
    answers = {name: bring(make(copy)) for name, (make, _) in CHANGED.items()}
    assert {name: said(answer) for name, answer in answers.items()} == {
        name: SENTENCES[verdict] for name, (_, verdict) in CHANGED.items()
    }
    for answer in answers.values():
        assert "A copy that was saved, printed or scanned anew is another file." in text_of(answer)
        assert "SHA-256 of the file:" in text_of(answer)
        assert "certificate" not in text_of(answer)
        assert plan.organization.name not in text_of(answer)


def test_what_was_added_to_a_sealed_copy_is_seen(plan: Plan, copy: bytes) -> None:
    name = plan.organization.name
    added = f"Something was added after the seal of {name} was put on it: what it shows may not be what was sealed."
    assert [said(bring(pdf)) for pdf in (copy + b"%", painted_over(copy))] == [added, added]


def test_a_strangers_seal_is_not_ours_whatever_it_calls_itself(plan: Plan) -> None:
    own = sealing.new_seal(plan.organization.name, at=NOW)
    pdf = sealing.seal(
        executed_copy.executed(), by=sealing.signer(own), name=plan.organization.name, reason="", at=LATER
    )
    answer = said(bring(pdf))
    assert answer.startswith(f"Unchanged since a seal in the name of “{plan.organization.name}” was put on it")
    assert answer.endswith("but its certificate is not one of ours.")


def test_the_record_vouches_for_its_copy_also_after_the_seal_was_replaced(plan: Plan, copy: bytes) -> None:
    seals.path_of(plan.organization).unlink()
    assert said(bring(copy)).startswith("Signed by 2 people, and unchanged since the seal of")


def test_a_known_copy_that_cannot_be_read_now_is_still_the_one_on_record(
    plan: Plan, copy: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upturn.documents.examining.SECONDS", 0.0)
    answer = bring(copy)
    assert re.fullmatch(r"A copy with this fingerprint was sealed on [^;]+; signed by 2 people\.", said(answer))
    assert SENTENCES[Verdict.TOO_MUCH] in text_of(answer)


def test_a_copy_for_signing_is_known_as_what_it_is(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs", "declined")
    shown = path_of(Copy.objects.get(plan=plan)).read_bytes()
    begins = r"This is the copy that was shown for signing on \d+ \w+ \d{4}, unchanged; "
    assert re.fullmatch(begins + r"nobody has signed so far; it is not sealed\.", said(bring(shown)))
    sign(plan, plan.subject, "member_signs")
    assert re.fullmatch(begins + r"signed by 1 person; it is not sealed\.", said(bring(shown)))
    sign(plan, plan.lead, "facilitator_signs")
    again(plan)
    gone = r"signed by 1 person, but the words were changed later, so this no longer stands; it is not sealed\."
    assert re.fullmatch(begins + gone, said(bring(shown)))
    assert said(bring(shown + b"\n")) == SENTENCES[Verdict.UNSEALED]


def test_the_words_attached_to_a_copy_for_signing_are_known_too(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs")
    with pikepdf.open(path_of(Copy.objects.get(plan=plan))) as pdf:
        words = pdf.attachments["plan.json"].get_file().read_bytes()
    answer = said(bring(words, "plan.json"))
    assert re.fullmatch(
        r"These are words that were shown for signing on [^;]+, unchanged; signed by 1 person\.", answer
    )


def test_neither_an_empty_file_nor_one_that_is_too_large_is_an_error_of_ours(db: None) -> None:
    assert refused(bring(b"")) == "The file is empty."
    just = check.MOST_MEGABYTES * 1024 * 1024
    assert said(bring(bytes(just))) == SENTENCES[Verdict.NO_PDF]
    assert refused(bring(bytes(just + 1))) == check.TOO_LARGE
    assert refused(bring(bytes(30 * 1024 * 1024))) == check.TOO_LARGE
    assert refused(bring(bytes(just + 1), reference="a" * 64)) == check.TOO_LARGE


def test_many_files_at_once_take_no_more_room_than_one(client: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", bytes(10 * 1024 * 1024)) for n in range(4)]
    assert refused(client.post("/check/", {"file": files})) == check.TOO_LARGE
    many = {f"file{n}": SimpleUploadedFile(f"{n}.pdf", b"x") for n in range(101)}
    assert client.post("/check/", many).status_code == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n"),
        ("application/x-www-form-urlencoded", b"reference=" + b"a" * 3_000_000),
        ("application/json", b"{}"),
    ],
)
def test_a_body_that_is_no_form_is_no_error_of_ours(client: Client, kind: str, body: bytes) -> None:
    assert client.post("/check/", body, content_type=kind).status_code in (400, 422)


def test_other_ways_of_asking_are_not_open(client: Client) -> None:
    assert [client.generic(how, "/check/").status_code for how in ("PUT", "DELETE", "PATCH")] == [405] * 3
    assert client.head("/check/").status_code == 200


# A reference ------------------------------------------------------------------------------------------------------


def test_a_fingerprint_says_when_and_how_many_and_no_name(plan: Plan, copy: bytes) -> None:
    digest = sha256(copy).hexdigest()
    day = long_date(seen(plan, plan.lead).plan.executed["form"].on)
    sentence = f"A copy with this fingerprint was sealed on {day}; signed by 2 people."
    spaced = " ".join(digest[n : n + 8] for n in range(0, 64, 8))
    for typed in (digest, digest[:12], digest.upper(), f"  {spaced}\n", f"SHA-256 {digest}", f"sha-256: {digest}"):
        answer = ask(typed)
        assert said(answer) == sentence
    fullwidth = digest.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789abcdef"})
    assert said(ask(fullwidth)) == sentence
    names = (plan.organization.name, plan.number, plan.subject.name, plan.lead.name, digest, digest[:12])
    assert [name for name in names if name in answer.content.decode()] == []
    again(plan)
    seal_due(LATER)
    assert said(ask(digest)) == sentence.replace(".", f"; a later copy was sealed on {day}.")


def test_a_signature_is_known_by_the_reference_that_its_page_gave(plan: Plan) -> None:
    sign(plan, plan.subject, "member_signs")
    page = signed_in(plan.subject).get(f"/plans/{plan.pk}/sign/member_signs/done/")
    found = re.search(r'<span class="reference">(.*?)</span>', page.content.decode())
    assert found is not None
    reference = found[1]
    begins = r"The words that this reference stands for were shown for signing on \d+ \w+ \d{4}; "
    for typed in (
        reference,
        reference.lower(),
        f" {reference} ",
        reference.replace("-", "–"),
        f"Reference {reference}.",
    ):
        answer = ask(typed)
        assert re.fullmatch(begins + r"signed by 1 person\.", said(answer))
    assert plan.organization.name not in answer.content.decode()
    assert plan.number not in answer.content.decode()
    other = reference[:-1] + ("0" if reference[-1] != "0" else "1")
    assert said(ask(other)) == "No signature or decision that is on record here has this reference."
    assert said(ask("NO-SUCH-1-ABCDEF12")) == "No signature or decision that is on record here has this reference."


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", check.ONE_OF_THEM),
        ("   ", check.ONE_OF_THEM),
        ("a", check.TOO_SHORT),
        ("abcdef12345", check.TOO_SHORT),
        ("a" * 65, check.TOO_SHORT),
        ("MIP-2026-0001", check.NO_REFERENCE),
        ("MIP-2026-0001-ABC", check.NO_REFERENCE),
        ("-abcdef12", check.NO_REFERENCE),
        ("<script>alert(1)</script>", check.NO_REFERENCE),
        ("' OR 1=1 --", check.NO_REFERENCE),
        ("%", check.NO_REFERENCE),
        ("a\u202eb\ud83d\ude00", check.NO_REFERENCE),
        ("\u0660" * 12, check.NO_REFERENCE),
        ("\x00" * 12, "Null characters are not allowed."),
    ],
)
def test_what_is_no_reference_is_refused_with_a_sentence(db: None, typed: str, says: str) -> None:
    assert refused(ask(typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))) == says


def test_what_is_not_known_is_said_in_the_same_words_for_everybody(db: None) -> None:
    assert (
        said(ask("0" * 64))
        == said(ask("f" * 12))
        == "No copy, signature or entry that is kept here has this fingerprint."
    )
    assert said(ask("%" * 3 + "-ABCDEF12")) == "No signature or decision that is on record here has this reference."


def test_a_beginning_that_fits_two_asks_for_more(plan: Plan) -> None:
    about = {"organization": plan.organization, "size": 1, "path": "", "made_at": NOW}
    for n, file in enumerate(("a" * 20 + "b" * 44, "a" * 20 + "c" * 44)):
        Copy.objects.create(plan=plan, of=str(n), shows=f"{n:064x}", sha256=file, **about)
    assert refused(ask("a" * 12)) == check.TYPE_MORE
    assert said(ask("a" * 20 + "b")).startswith("A copy with this fingerprint was shown for signing on")


def test_a_file_and_a_reference_together_are_refused(db: None) -> None:
    assert refused(bring(b"%PDF-", reference="a" * 64)) == check.NOT_BOTH


# Nobody is known, nothing is kept -----------------------------------------------------------------------------------


def test_the_page_sets_no_cookie_and_is_kept_by_no_cache(plan: Plan, copy: bytes) -> None:
    answers = [Client().get("/check/"), bring(copy), ask("a" * 64), bring(b""), signed_in(plan.lead).get("/check/")]
    for answer in answers:
        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert b"csrfmiddlewaretoken" not in answer.content
    assert plan.lead.name not in answers[-1].content.decode()


def test_who_asks_is_not_looked_up(plan: Plan, django_assert_num_queries: Any) -> None:
    client, signed_out = signed_in(plan.lead), Client()
    signed_out.cookies["sessionid"] = "of-a-session-that-is-over"
    with django_assert_num_queries(0):
        answers = [each.get("/check/") for each in (client, signed_out)]
    assert [(answer.status_code, "Set-Cookie" in answer) for answer in answers] == [(200, False)] * 2
    assert not any(answer.cookies for answer in answers)


def everything() -> tuple[dict[str, int], dict[Path, tuple[int, int]]]:
    """How many rows each table has, and each file of the data folder."""
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models()}
    files = [path for path in Path(django_settings.DATA).rglob("*") if path.is_file()]
    assert files
    return rows, {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_nothing_is_stored_and_nothing_is_logged(
    plan: Plan, copy: bytes, caplog: pytest.LogCaptureFixture, tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")  # whoever writes there fails
    client, before = signed_in(plan.lead), everything()
    caplog.set_level(logging.DEBUG)
    reference = f"{plan.number}-{seen(plan, plan.lead).plan.signatures['member_signs'].digest[:8]}"
    for sent in (copy, copy + b"%", bytes(5_000_000), b""):
        client.post("/check/", {"file": SimpleUploadedFile("a-name.pdf", sent)})
    for typed in (sha256(copy).hexdigest(), reference, "nonsense"):
        client.post("/check/", {"reference": typed})
    assert everything() == before
    told = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    secrets = (sha256(copy).hexdigest()[:12], reference, plan.number, plan.organization.name, "a-name", "nonsense")
    assert [secret for secret in secrets if secret in told] == []


def test_copies_are_not_checked_for_ever_from_one_address(client: Client, settings: Any, db: None) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"check": "3/m/ip"}
    cache.clear()
    tried = [client.post("/check/", {"reference": "a" * 12}) for _ in range(4)]
    assert [answer.status_code for answer in tried] == [200, 200, 200, 429]
    assert check.TOO_OFTEN in text_of(tried[3])
    assert client.get("/check/").status_code == 200
    elsewhere = client.post("/check/", {"reference": "a" * 12}, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200
    cache.clear()


def test_the_sign_in_page_and_every_footer_lead_here(client: Client, plan: Plan) -> None:
    link = '<a href="/check/">Check a copy</a>'
    assert client.get("/account/login/").content.decode().count(link) == 2
    assert signed_in(plan.lead).get("/plans/").content.decode().count(link) == 1
    assert client.get("/nowhere/").content.decode().count(link) == 1


# In the browser ---------------------------------------------------------------------------------------------------


def looked_at(page: Page, axe: Any) -> list[str]:
    """What is wrong with the page as it stands, at each width and in each light."""
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{width} {scheme}: scrolls sideways to {wide}"] if wide > width else []
        found += [f"{width} {scheme}: {problem}" for problem in axe(page)]
    return found


@pytest.mark.django_db(transaction=True)
def test_a_file_is_checked_without_script_and_without_a_cookie(new_page: Any) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/account/login/")
    page.context.clear_cookies()
    page.get_by_role("main").get_by_role("link", name="Check a copy").click()
    file = {"name": "copy.pdf", "mimeType": "application/pdf", "buffer": executed_copy.sealed()}
    page.get_by_label("Choose the file").set_input_files(file)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("but its certificate is not one of ours.")).to_be_visible()
    page.get_by_label("Or type a reference").fill("0" * 64)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("No copy, signature or entry that is kept here has this fingerprint.")).to_be_visible()
    assert page.context.cookies() == []


@pytest.mark.django_db(transaction=True)
def test_the_page_stands_up_at_every_width(page: Page, axe: Any) -> None:
    problems = wrong_with(page, "/check/", axe)
    file = {"name": "copy.pdf", "mimeType": "application/pdf", "buffer": executed_copy.sealed()}
    page.get_by_label("Choose the file").set_input_files(file)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="The answer")).to_be_visible()
    problems += looked_at(page, axe)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert problems + looked_at(page, axe) == []


def test_every_fingerprint_on_a_page_or_a_paper_is_answered_in_a_sentence_without_a_name(db: None) -> None:
    """Of signatures whose words no copy is kept of, too: those of the demo were played, not shown."""
    organization = seeding.organization("network", NOW, about=("mara",))
    plan = Plan.objects.select_related("subject", "lead").get(stage="active")
    client = signed_in(plan.lead)
    pages = [text_of(client.get(f"/plans/{plan.pk}/{rest}")) for rest in ("", "record/")]
    paper = pypdfium2.PdfDocument(client.get(f"/plans/{plan.pk}/documents/form/").content)
    pages += ["".join(page.get_textpage().get_text_bounded().split()) for page in paper]
    paper.close()
    printed = set(re.findall(r"(?<![0-9a-f])(?:[0-9a-f]{12}|[0-9a-f]{64})(?![0-9a-f])", " ".join(pages)))
    signed = {state.digest for state in seen(plan, plan.lead).plan.signers.values()}
    assert {digest[:12] for digest in signed} <= printed
    assert plan.head in printed
    assert not Copy.objects.filter(plan=plan).exists()
    names = (organization.name, plan.number, plan.subject.name, plan.lead.name)
    for typed in printed:
        form = check.CheckForm({"reference": typed})
        assert form.is_valid()
        assert form.answer.sentence != check_words.UNKNOWN, typed
        assert [name for name in names if name in repr(form.answer)] == []


def test_the_reference_of_a_decision_is_answered_too(db: None) -> None:
    net = network().over()
    decision = Entry.objects.filter(plan=net.plan).order_by("-seq")[0]
    form = check.CheckForm({"reference": reference_of_entry(net.row(), decision.seq)})
    assert form.is_valid()
    assert form.answer.sentence.startswith(
        "This reference stands for an entry of a record that is kept here, written on"
    )
