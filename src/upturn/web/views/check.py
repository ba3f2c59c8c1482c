"""The public page on which anybody checks a copy: a file or a reference in, one sentence out.

It asks nobody who they are, sets no cookie, keeps nothing of what it is given, and tells the log nothing of it.
"""

import re
import unicodedata
from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from upturn.records.files import MEGABYTE
from upturn.records.known_copies import Several
from upturn.web import check_words
from upturn.web.account_forms import InOurWords
from upturn.web.check_words import Answer
from upturn.web.context import demo_url
from upturn.web.shell import Shell
from upturn.web.views.pages import bare

MOST_MEGABYTES = 25
SHORTEST = 12
"""Digits of a fingerprint: so many nobody guesses."""
OF_SIGNATURE = re.compile(r"(?P<number>[^\s]+)-(?P<digits>[0-9A-F]{8,64})")
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
TOO_LARGE = f"The file is larger than {MOST_MEGABYTES} MB, so it was not read. Type its SHA-256 instead."
ONE_OF_THEM = "Choose a file, or type a reference."
NOT_BOTH = "Give a file or a reference, not both: the answer is about one of them."
TOO_SHORT = f"Type at least {SHORTEST} digits of the fingerprint."
NO_REFERENCE = (
    "This is no reference. A fingerprint has the digits 0 to 9 and the letters a to f, at most 64 of them; the"
    " reference of a signature or a decision looks like MIP-2026-0007-1A2B3C4D."
)
TYPE_MORE = "More than one begins like this. Type more of it."
TOO_OFTEN = "Many copies were checked from here in a short time. Wait a few minutes, then check this one."


class InMemory(MemoryFileUploadHandler):
    """Keeps what is sent in memory and off the disk; what is more than one may send is read past and forgotten."""

    room = MOST_MEGABYTES * MEGABYTE

    def handle_raw_input(self, *_: Any, **__: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.room -= len(raw_data)
        if self.room < 0:
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


class CheckForm(InOurWords):
    """A file, or what stands on a page about it."""

    file = forms.FileField(
        label="Choose the file",
        required=False,
        widget=forms.FileInput,
        help_text=f"At most {MOST_MEGABYTES} MB. It is read once and not kept.",
        error_messages={"empty": "The file is empty."},
    )
    reference = forms.CharField(
        label="Or type a reference",
        required=False,
        max_length=300,
        help_text=f"The fingerprint (SHA-256), at least its first {SHORTEST} digits, or the reference of a signature"
        " or a decision, such as MIP-2026-0007-1A2B3C4D. Capitals and spaces do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    too_large = False

    def clean_reference(self) -> str:
        """Without what a hand, a word processor or a page adds to it."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["reference"]).translate(DASHES).upper()
        return re.sub(r"^(REFERENCE|FINGERPRINT|SHA-256|[:.(])+|[.)]+$", "", re.sub(r"\s", "", typed))

    def clean(self) -> dict[str, Any]:
        file, reference = self.cleaned_data.get("file"), self.cleaned_data.get("reference")
        if self.too_large:
            self.add_error("file", TOO_LARGE)
        elif file and reference:
            self.add_error("reference", NOT_BOTH)
        elif file:
            self.answer = check_words.of_file(file.read())
        elif reference:
            self._look_up(reference)
        elif not self.errors:
            self.add_error("file", ONE_OF_THEM)
        return self.cleaned_data

    def _look_up(self, reference: str) -> None:
        try:
            if re.fullmatch(f"[0-9A-F]{{{SHORTEST},64}}", reference):
                self.answer = check_words.of_fingerprint(reference.lower())
            elif found := OF_SIGNATURE.fullmatch(reference):
                self.answer = check_words.of_reference(found["number"], found["digits"].lower())
            else:
                self.add_error("reference", TOO_SHORT if re.fullmatch("[0-9A-F]+", reference) else NO_REFERENCE)
        except Several:
            self.add_error("reference", TYPE_MORE)


@login_not_required
@csrf_exempt  # a token would be a cookie; and there is nothing to forge where nothing changes and nobody is known
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_copy(request: HttpRequest) -> HttpResponse:
    """The form, and the answer above it."""
    if request.method != "POST":
        return shown(request, CheckForm())
    if not ratelimit.consume(request, app="allauth.account", action="check"):
        return shown(request, CheckForm(), Answer(TOO_OFTEN), status=429)
    given = InMemory(request)
    request.upload_handlers = [given]
    form = CheckForm(request.POST, request.FILES)
    form.too_large = given.room < 0
    if not form.is_valid():
        return shown(request, form, status=422)
    return shown(request, CheckForm(), form.answer)


def shown(request: HttpRequest, form: CheckForm, answer: Answer | None = None, *, status: int = 200) -> HttpResponse:
    """The page; made without the visitor's session, so that it depends on nothing but what is given."""
    shell = Shell(demo_url=demo_url())
    return bare(request, "check.html", status=status, form=form, answer=answer, shell=shell)
