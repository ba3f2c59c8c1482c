"""Whoever changes how they sign in shows first that it is still them; without a password, by a code from the mail.

allauth asks for a password or a second step. An account that has neither would be open to whoever finds its browser.
"""

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from upturn.web import current, mail_codes
from upturn.web.views.pages import safe_next

CHANGES = ("account_email", "account_set_password", "mfa_activate_totp", "mfa_add_webauthn")
"""Pages on which somebody changes how they sign in."""
RECENT = 5 * 60  # seconds, as with allauth
SENT, SHOWN = "again_code", "again_at"  # the session's keys
PURPOSE = "change how one signs in"
WRONG = "This is not the right code. Check it, or ask for a new one."


def asked_first(request: HttpRequest) -> HttpResponse | None:
    """Where somebody goes before a page of `CHANGES`; None where allauth asks, or they showed it just now."""
    user: Any = request.user
    match = request.resolver_match
    if match is None or match.url_name not in CHANGES or not user.is_authenticated or not user.email:
        return None
    if get_reauthentication_flows(user) or _recently(request):
        return None
    return redirect(f"{reverse('again_by_mail')}?{urlencode({'next': request.get_full_path()})}")


def _recently(request: HttpRequest) -> bool:
    signed_in = [one["at"] for one in get_authentication_records(request, request.user)]  # type: ignore[arg-type]
    return time.time() - max([*signed_in, request.session.get(SHOWN, 0)]) < RECENT


@current.for_account
def by_mail(request: HttpRequest) -> HttpResponse:
    """A code from the mail, and on to where somebody was going."""
    then = safe_next(request, request.GET.get("next", ""))
    kept = request.session.get(SENT)
    sent = mail_codes.MailCode(**kept) if kept else None
    sent = sent if sent and sent.stands() else None
    trouble = ""
    if request.POST.get("press") == "send":
        try:
            made = mail_codes.send(request, "mail/again.txt", "Your code to change how you sign in", PURPOSE)
        except mail_codes.NotSent as error:
            messages.info(request, str(error))
        else:
            request.session[SENT] = made.to_json()
        return redirect(request.get_full_path())
    if request.method == "POST":
        if sent and sent.fits(mail_codes.typed(request), PURPOSE):
            del request.session[SENT]
            request.session[SHOWN] = time.time()
            return redirect(then)
        if sent:
            request.session[SENT] = sent.missed().to_json()
        trouble = WRONG if sent else mail_codes.GONE
    box = mail_codes.troubled(mail_codes.CodeBox, trouble) if trouble else mail_codes.CodeBox()
    context = {"form": box, "sent": sent, "address": request.user.email, "trouble": trouble, "left": [trouble]}  # type: ignore[union-attr]
    return render(request, "account/again_by_mail.html", context, status=422 if trouble else 200)
