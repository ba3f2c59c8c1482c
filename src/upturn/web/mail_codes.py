"""Codes sent by mail: six digits for one purpose, known again without being kept."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from upturn.web.accounts import MAIL_TROUBLE, mail_is_printed
from upturn.web.forms import Small

LIVES = timedelta(minutes=15)
MOST_TRIES = 5
DIGITS = 6
TOO_OFTEN = "That was too often in a short time. Nothing was done. Wait a few minutes, then try again."
NOT_SENT = "The mail could not be sent. Try again in a few minutes, or choose another way."
GONE = "There is no code that works for this. Ask for a new one."


class NotSent(Exception):
    """No code went out; the message says why."""


@dataclass(frozen=True)
class MailCode:
    """A code that was sent: when, what it is known by, and how often another was entered in its place."""

    at: str
    known: str
    tries: int = 0

    def stands(self) -> bool:
        """Whether it may still be entered."""
        return self.tries < MOST_TRIES and timezone.now() - datetime.fromisoformat(self.at) < LIVES

    def fits(self, code: str, purpose: str) -> bool:
        return self.stands() and constant_time_compare(_known_by(code, purpose), self.known)

    def missed(self) -> "MailCode":
        return replace(self, tries=self.tries + 1)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def send(request: HttpRequest, template: str, subject: str, purpose: str, **words: Any) -> MailCode:
    """Send a code to the account's address, good for one purpose only. Raises NotSent.

    A demo without a mail server shows it on the page.
    """
    user: Any = request.user
    if not ratelimit.consume(request, app="allauth.account", action="mail_code", user=user):
        raise NotSent(TOO_OFTEN)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    body = render_to_string(template, {"code": code, "base_url": settings.BASE_URL, **words})
    try:
        send_mail(subject, body, None, [user.email])
    except MAIL_TROUBLE:
        raise NotSent(NOT_SENT) from None
    if on_the_page():
        messages.info(request, f"No mail leaves this demo. The code is {code}.")
    return MailCode(timezone.now().isoformat(), _known_by(code, purpose))


def on_the_page() -> bool:
    """Whether codes are shown at the top of the next page, because no mail leaves here."""
    return bool(settings.DEMO) and mail_is_printed()


def _known_by(code: str, purpose: str) -> str:
    """What is kept of a code: of no use for anything else, nor to whoever reads the sign-ins."""
    return salted_hmac("upturn.mail-codes", f"{code} {purpose}", algorithm="sha256").hexdigest()


def typed(request: HttpRequest) -> str:
    """The code in what somebody typed or pasted."""
    return "".join(request.POST.get("code", "").split()).replace("-", "")


class CodeBox(Small):
    """Where a code from the mail is entered."""

    code = forms.CharField(
        label="Code from the mail",
        help_text="Six digits. You can paste them.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def troubled(box: type[Small], says: str, **options: Any) -> Small:
    """A form with one box, empty, with what was wrong beside it."""
    form = box({}, **options)
    for one in form.fields.values():
        one.error_messages["required"] = says
    return form
