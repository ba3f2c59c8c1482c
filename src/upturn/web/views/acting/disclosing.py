"""Asking for an evidence bundle: why, for whom; then the file. That it was asked for is an entry of its own."""

import structlog
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from upturn.core.commands import Disclose
from upturn.core.verbs.disclosing import asks_as
from upturn.records import files
from upturn.records.access import Look
from upturn.records.bundles import NoBundle, made
from upturn.web.forms import Small
from upturn.web.views.acting.readers import audience as readers_of
from upturn.web.views.acting.sheet import Sheet, acted
from upturn.web.views.plan import frame

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, plan: str, audience: str) -> HttpResponse:
    """Ask for the evidence that an audience reads; the answer is the file."""
    return acted(request, plan, f"disclose:{audience}", lambda look: _sheet(request, look, audience))


def _sheet(request: HttpRequest, look: Look, audience: str) -> Sheet:
    whose = look.case.titles(sorted(asks_as(look.case, audience)), "and")
    who, since = readers_of(look)

    class BundleForm(Small):
        reason = forms.CharField(
            label="Why is it needed?",
            help_text="Your reason stands on record, and everybody on the plan reads it.",
            widget=forms.Textarea,
            error_messages={"required": "Write why it is needed"},
        )
        to = forms.CharField(
            label="To whom is it given?",
            help_text="Leave it empty if you keep it." if audience == "subject" else "A name, an office, a court.",
            max_length=200,
            required=audience != "subject",
            error_messages={"required": "Write to whom it is given"},
        )

    return Sheet(
        title="Ask for an evidence bundle",
        button="Ask for it and download",
        said="The record says that you asked for an evidence bundle.",
        lede="Everything that stands on record, in one file that anybody can check without us.",
        says=[
            (
                f"It holds what {whose} reads: the sealed copies and those shown for signing, the record with its"
                f" proofs, the files, an index, and a checker. Of the rest it shows only that it exists."
            ),
            "Whoever has the file can read all of it. Give it to nobody else.",
        ],
        own=BundleForm,
        who=who,
        since=since,
        command=lambda given: Disclose(audience=audience, reason=given.own["reason"], to=given.own["to"]),
        answer=lambda _done: _given(request, look, audience),
    )


def _given(request: HttpRequest, look: Look, audience: str) -> HttpResponse:
    try:
        given = made(look.row.pk, audience, look.person, timezone.now())
    except NoBundle:
        log.exception("no evidence bundle", plan=look.row.pk, audience=audience)
        return render(request, "plans/no_document.html", frame(request, look), status=503)
    response = HttpResponse(given.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{given.name}"'
    for header, value in files.HEADERS.items():
        response[header] = value
    return response
