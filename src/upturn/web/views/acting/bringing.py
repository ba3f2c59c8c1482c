"""A filled form comes back: what it would change stands beside the plan, and a person takes it line by line.

What is taken becomes a draft, seen by its writer alone; it is on record once that person shares it.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from upturn.core.fields import clean_answers
from upturn.core.wording import by_count, counted
from upturn.documents.inspecting import NotRead
from upturn.documents.reading_back import Draft, Line, accepted
from upturn.records.access import Look
from upturn.records.drafts import TooLong, save_draft
from upturn.records.forms import brought
from upturn.records.papers import offered
from upturn.records.queries import drafts
from upturn.web.forms import Small
from upturn.web.views.acting.pages import plan_page
from upturn.web.views.acting.writing import Writing
from upturn.web.views.plan import seen

LARGEST = 20 * 1_048_576
SALT = "upturn.brought"
HOURS = 12


class BringForm(Small):
    """The file that comes back. It is read once and not kept."""

    file = forms.FileField(
        label="The filled form",
        help_text="PDF or Word (.docx), up to 20 MB. The file itself is not kept.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        error_messages={"required": "Choose the filled form", "empty": "The file is empty"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 20 MB; no form is. Send the form alone.")
        return file


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, plan: str) -> HttpResponse:
    """Bring a filled form, look at what differs, take what is right."""
    look = seen(request, plan)
    if request.method != "POST":
        return _page(request, look, BringForm())
    if "lines" in request.POST:
        return _take(request, look)
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, look, form)
    try:
        found = brought(look, form.cleaned_data["file"].read(), drafted(look))
    except NotRead as error:
        return _refused(request, look, str(error))
    return _compared(request, look, found)


def drafted(look: Look) -> dict[str, dict[str, Any]]:
    """What this person has in drafts of sections they may write, as answers: it goes along in the form they take, and a
    file is compared with it, so that it never replaces it unseen.
    """
    found = {}
    for key, draft in drafts(look.person, look.row).items():
        section = look.program.section.get(key.removeprefix("answer:"))
        if section is None or not key.startswith("answer:") or not writable(look, section.id):
            continue
        if isinstance(draft.data.get("a"), dict):
            raw = Writing(look, section).raw
            found[section.id] = clean_answers(section.fields, raw, look.case.values, look.program)[0]
    return found


def writable(look: Look, section: str) -> bool:
    offer = f"answer:{section}"
    return offer in look.offers and not look.offers[offer].refusals


def _page(request: HttpRequest, look: Look, form: BringForm) -> HttpResponse:
    documents = [{"title": one.title or look.program.title, "urls": form_urls(look, one.id)} for one in offered(look)]
    writes = any(writable(look, section.id) for section in look.program.form)
    own = [look.program.section[section].title for section in drafted(look)]
    context = {"form": form, "has_errors": bool(form.errors), "documents": documents, "writes": writes, "own": own}
    return plan_page(request, look, "acting/bring.html", context, status=422 if form.errors else 200)


def _refused(request: HttpRequest, look: Look, says: str) -> HttpResponse:
    form = BringForm({})
    form.errors.clear()
    form.add_error("file", says)
    return _page(request, look, form)


def form_urls(look: Look, document: str) -> list[tuple[str, str]]:
    """Where the form of a plan is to be had, to fill in: as PDF and for Word."""
    where = {"plan": look.row.pk, "document": document}
    return [
        ("PDF to fill in", reverse("plan_form", kwargs=where | {"kind": "form"})),
        ("Word", reverse("plan_form", kwargs=where | {"kind": "word"})),
    ]


def _compared(request: HttpRequest, look: Look, found: Draft) -> HttpResponse:
    """Each line beside the present answer. What fills an empty place is ticked; what replaces words, or may mean
    something else than it was read as, is not.
    """
    seen_lines = [line for line in found.lines if look.sees_section(line.section)]
    unseen = [(line.title, line.found) for line in found.lines if line not in seen_lines]
    rows = []
    for number, line in enumerate(seen_lines):
        closed = "" if writable(look, line.section) else "This part cannot be written by you now."
        rows.append(
            {
                "number": number,
                "line": line,
                "section": look.program.section[line.section].title,
                "problem": line.problem or closed,
                "ticked": not (line.before or line.problem or line.doubt),
            }
        )
    kept = [[line.section, line.path, line.value] for line in seen_lines]
    context = {
        "rows": rows,
        "notes": found.notes,
        "left_over": [*found.left_over, *unseen],
        "lines": signing.dumps([look.row.pk, look.person.pk, kept], salt=SALT, compress=True),
        "takes": any(not row["problem"] for row in rows),
    }
    return plan_page(request, look, "acting/brought.html", context)


def _take(request: HttpRequest, look: Look) -> HttpResponse:
    """Put the lines that were ticked into drafts of their sections."""
    try:
        plan, person, kept = signing.loads(request.POST["lines"], salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return _refused(request, look, "This comparison is too old. Bring the file again.")
    if (plan, person) != (look.row.pk, look.person.pk):
        return _refused(request, look, "This comparison is of another plan. Bring the file again.")
    wanted = {int(n) for n in request.POST.getlist("take") if n.isdecimal()}
    chosen = [
        Line(section=section, path=path, title="", before="", found="", value=value)
        for number, (section, path, value) in enumerate(kept)
        if number in wanted and writable(look, section)
    ]
    if not chosen:
        messages.info(request, "Nothing was taken. The plan is as it was.")
        return redirect(reverse("plan", kwargs={"plan": look.row.pk}))
    try:
        _draft(look, chosen)
    except TooLong as error:
        return _refused(request, look, str(error))
    taken = f"{counted(len(chosen), 'answer')} from the file {by_count(len(chosen), 'stands', 'stand')} in your draft."
    messages.info(request, f"{taken} Only you see it until you share it.")
    return redirect(reverse("write", kwargs={"plan": look.row.pk}))


def _draft(look: Look, chosen: Iterable[Line]) -> None:
    by_section: dict[str, list[Line]] = {}
    for line in chosen:
        by_section.setdefault(line.section, []).append(line)
    for section, lines in by_section.items():
        writing = Writing(look, look.program.section[section])
        data: dict[str, Any] = {"a": accepted(writing.raw, lines), "why": "From a filled form"}
        save_draft(look.person, look.row, writing.offer, data, base_seq=look.plan.seq, now=timezone.now())
