"""Papers to take along: a plan on its official form, letters, and the empty form of a program."""

from collections.abc import Callable

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from upturn.documents.gate import Refused
from upturn.documents.typesetting import NotTypeset
from upturn.records import files, forms, papers
from upturn.records.access import Look
from upturn.records.catalogue import program_for
from upturn.records.executed import fetch
from upturn.records.readings import record_reading
from upturn.web.views.acting.bringing import drafted
from upturn.web.views.plan import frame, one_letter, seen
from upturn.web.views.programs import one_version

log = structlog.get_logger(__name__)
PDF = "application/pdf"


@require_GET
def plan_document(request: HttpRequest, plan: str, document: str) -> HttpResponse:
    """A plan on one of its program's forms, as this person reads it."""
    found = seen(request, plan)
    one = next((d for d in papers.offered(found) if d.id == document), None)
    if one is None:
        raise Http404
    return given(request, found, lambda: papers.plan_pdf(found, one), f"{found.row.number}.pdf")


@require_GET
def plan_form(request: HttpRequest, plan: str, document: str, kind: str) -> HttpResponse:
    """A plan's form with its answers in place, those of this person's own drafts among them, to be filled in elsewhere:
    as PDF or for Word.
    """
    found = seen(request, plan)
    one = next((d for d in papers.offered(found) if d.id == document), None)
    if one is None or kind not in forms.KINDS:
        raise Http404
    ending, media_type = forms.KINDS[kind]
    name = f"{found.row.number}-form.{ending}"
    return given(request, found, lambda: forms.plan_form(found, one, kind, drafted(found)), name, media_type)


@require_GET
def executed_copy(request: HttpRequest, plan: str, document: str) -> HttpResponse:
    """The sealed copy of what was signed, byte for byte as the record names it."""
    found = seen(request, plan)
    _state, copy = fetch(found, document)
    record_reading(found, request.session.session_key or "", timezone.now())
    return as_file(files.path_of(copy).read_bytes(), f"{found.row.number}-executed.pdf")


@require_GET
def letter(request: HttpRequest, plan: str, letter: str) -> HttpResponse:
    """A letter of the program, merged from the plan, as a file."""
    found = seen(request, plan)
    spec, case = one_letter(found, letter)
    return given(request, found, lambda: papers.letter_pdf(found, spec, case), f"{found.row.number}-{letter}.pdf")


def given(
    request: HttpRequest, found: Look, make: Callable[[], bytes], name: str, media_type: str = PDF
) -> HttpResponse:
    """A paper of a plan, and that it was taken noted; one that fails its check is held back, and said to be."""
    try:
        made = make()
    except (Refused, NotTypeset):
        log.exception("a document was held back", plan=found.row.pk, document=name)
        return render(request, "plans/no_document.html", frame(request, found), status=503)
    record_reading(found, request.session.session_key or "", timezone.now())
    return as_file(made, name, media_type)


@require_GET
def blank(request: HttpRequest, key: str, version: int, document: str) -> HttpResponse:
    """The empty form, to be filled by hand."""
    person = request.person  # type: ignore[attr-defined]
    program = program_for(one_version(person.organization, key, version))
    one = papers.document(program, document)
    if one is None:
        raise Http404
    made = papers.blank_pdf(person.organization, program, one, timezone.now())
    return as_file(made, f"{key}-{document}-blank.pdf")


@require_GET
def blank_form(request: HttpRequest, key: str, version: int, document: str, kind: str) -> HttpResponse:
    """The empty form, to be filled in on a screen."""
    own = request.person.organization  # type: ignore[attr-defined]
    published = one_version(own, key, version)
    program = program_for(published)
    one = papers.document(program, document)
    if one is None or kind not in forms.KINDS:
        raise Http404
    ending, media_type = forms.KINDS[kind]
    made = forms.blank_form(own, published, program, one, kind, timezone.now())
    return as_file(made, f"{key}-{document}-form.{ending}", media_type)


def as_file(made: bytes, name: str, media_type: str = PDF) -> HttpResponse:
    """A file that is kept, never run."""
    response = HttpResponse(made, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    for header, value in files.HEADERS.items():
        response[header] = value
    return response
