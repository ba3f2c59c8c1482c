"""Between “Sign the plan” and the signature: whoever signs shows once more that it is them.

What they wrote stands in their draft; the sign-in keeps only what an answer is checked against. The page may be loaded
again, and nothing is on record until `perform` has the signature, which says how it was confirmed.
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement

from upturn.core.commands import Sign
from upturn.core.events import Signed
from upturn.core.ledger import stamp
from upturn.core.program import Signature
from upturn.core.refusals import Conflict, Refused
from upturn.core.step_up import LEVELS, LIVES, PASSKEY, StepUp, challenge
from upturn.records.access import Look
from upturn.records.drafts import drop_draft
from upturn.records.perform import perform, rehearse
from upturn.records.queries import drafts
from upturn.web import mail_codes
from upturn.web.forms import Small
from upturn.web.passkeys import has_passkey, passkeys_of
from upturn.web.views.acting.pages import expected, not_possible, plan_page

TOO_LATE = "This was asked more than 15 minutes ago. Nothing is lost: confirm it here once more."
TOO_OFTEN = "That was too often in a short time. Nothing was signed. Wait a few minutes, then confirm it here."
CHANGED = (
    "This was opened again elsewhere, or what you sign was changed since. Nothing was signed. Look at what stands here"
    " now, then confirm it once more."
)
NOT_OPEN = "This way is not open to you (any more). Choose one of those below."
NOT_THAT_PASSKEY = (
    "That passkey did not confirm it: it is none of yours, or it did not ask who you are. Nothing was signed."
)
WRONG_CODE = {
    "app": "This is not the right code. Use the newest one of your app; each works once.",
    "mail": "This is not the right code for what stands above. Check it, or ask for a new one.",
}


@dataclass(frozen=True)
class Asked:
    """What one signer was asked, as their sign-in keeps it: no word of the plan."""

    at: str
    nonce: str
    entries: int
    outcome: str
    digest: str
    copy: str
    mail: dict[str, Any] | None = None
    """The code that was sent for this (`MailCode`)."""

    def in_time(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.at) < LIVES

    def anew(self, now: datetime) -> "Asked":
        """The same question, asked again."""
        return replace(self, at=stamp(now), nonce=secrets.token_hex(16), mail=None)


class NotConfirmed(Exception):
    """It was not shown who signs; the message says why. `way`: the box it stands at."""

    def __init__(self, says: str, way: str = "") -> None:
        super().__init__(says)
        self.way = way


def ask(request: HttpRequest, look: Look, spec: Signature, command: Sign) -> str:
    """Begin to ask whether it is this person who signs: the address of the page that does.

    Raises Refused and Conflict where the signature would not be taken: nobody confirms what is then refused.
    """
    now, read = timezone.now(), min(expected(request), look.plan.seq)
    rehearse(look.row.pk, command, look.person, now, expected=read)
    asked = Asked("", "", read, command.outcome, command.digest, command.copy)
    request.session[_key(look, spec)] = asdict(asked.anew(now))
    return reverse("step_up", kwargs={"plan": look.row.pk, "signature": spec.id})


def _key(look: Look, spec: Signature) -> str:
    return f"step-up:{look.row.pk}:{spec.id}"


def confirming(
    request: HttpRequest, look: Look, spec: Signature, outcome_says: Callable[[str], str], then: str
) -> HttpResponse:
    """The page that asks, and what is pressed on it. `then`: where one goes who has signed."""
    key = _key(look, spec)
    if key not in request.session:
        messages.info(request, "Nothing is signed yet. Choose what your signature means, then sign.")
        return _to_sign(look, spec)
    page = StepUpPage(request, look, spec, Asked(**request.session[key]))
    try:
        page.rehearse()
        return _pressed(page, outcome_says, then) if request.method == "POST" else page.shown(outcome_says)
    except Conflict as conflict:
        if closed := look.why_not(f"sign:{spec.id}"):
            typed = [page.command.statement]
            return not_possible(
                request, look, f"sign:{spec.id}", closed, changes=conflict.changes, typed=typed, status=409
            )
        messages.info(request, " ".join([*conflict.changes, "Nothing was signed."]))
        return _to_sign(look, spec)
    except Refused as refused:
        return not_possible(request, look, f"sign:{spec.id}", refused.reasons, typed=[page.command.statement])


def _to_sign(look: Look, spec: Signature) -> HttpResponse:
    return redirect(reverse("sign", kwargs={"plan": look.row.pk, "signature": spec.id}))


def _pressed(page: "StepUpPage", outcome_says: Callable[[str], str], then: str) -> HttpResponse:
    try:
        if page.way == "send":
            page.send_code()
            return redirect(f"{page.request.path}{'' if mail_codes.on_the_page() else '#way-mail'}")
        command = page.confirmed()
    except NotConfirmed as trouble:
        return page.shown(outcome_says, trouble)
    look = page.look
    perform(look.row.pk, command, look.person, timezone.now(), expected=page.asked.entries)
    page.forget()
    return redirect(then)


class StepUpPage:
    """One signer before one signature: what they would put on record, and how they can show that it is them."""

    def __init__(self, request: HttpRequest, look: Look, spec: Signature, asked: Asked) -> None:
        self.request, self.look, self.spec, self.now = request, look, spec, timezone.now()
        self.user: Any = request.user
        self.late = not asked.in_time(self.now)
        self.asked = asked
        if self.late:
            self.keep(asked.anew(self.now))
        self.passkeys = list(passkeys_of(self.user))
        self.way = request.POST.get("way", "")
        draft = drafts(look.person, look.row).get(f"sign:{spec.id}")
        statement = draft.data.get("own", {}).get("statement", [""]) if draft else [""]
        self.command = Sign(
            signature=spec.id,
            outcome=asked.outcome,
            digest=asked.digest,
            copy=asked.copy,
            statement="".join(statement[:1]),
            consent=True,
        )

    def rehearse(self) -> None:
        """Learn what would go on record. Raises Refused and Conflict."""
        look = self.look
        events = rehearse(look.row.pk, self.command, look.person, self.now, expected=self.asked.entries)
        self.signed = next(e for e in events if isinstance(e, Signed))

    def keep(self, asked: Asked) -> None:
        self.asked = asked
        self.request.session[_key(self.look, self.spec)] = asdict(asked)

    def forget(self) -> None:
        """It is signed: nothing of the question is kept, nor of the draft."""
        self.request.session.pop(_key(self.look, self.spec), None)
        drop_draft(self.look.person, self.look.row, f"sign:{self.spec.id}")

    # -- the ways

    def ways(self) -> tuple[str, ...]:
        """The levels that are open to this person, the strongest first."""
        there = {
            PASSKEY: bool(self.passkeys),
            "app": _app_of(self.user) is not None,
            "mail": bool(self.user.email),
            "password": self.user.has_usable_password(),
        }
        return tuple(way for way in LEVELS if there[way])

    def challenge(self) -> bytes:
        """What a passkey signs, and what a code from the mail is for."""
        return challenge(self.look.row.pk, self.signed, asdict(self.asked))

    def confirmed(self) -> Sign:
        """The command with how its signer showed that it is them. Raises NotConfirmed."""
        if self.late:
            raise NotConfirmed(TOO_LATE)
        if self.way not in self.ways():
            raise NotConfirmed(NOT_OPEN)
        if self.request.POST.get("shown") != self.purpose():
            raise NotConfirmed(CHANGED)
        if not ratelimit.consume(self.request, app="allauth.account", action="step_up", user=self.user):
            raise NotConfirmed(TOO_OFTEN)
        asked = self.asked
        shown = CHECKS[self.way](self, StepUp(level=self.way, at=asked.at, entries=asked.entries, nonce=asked.nonce))
        return replace(self.command, step_up=shown.to_json())

    def send_code(self) -> None:
        """Send a code for just this intent. Raises NotConfirmed."""
        if not self.user.email:
            raise NotConfirmed(NOT_OPEN)
        self.asked = self.asked.anew(self.now)
        organization = self.look.row.organization
        try:
            code = mail_codes.send(
                self.request, "mail/step_up.txt", "Your code to sign", self.purpose(), organization=organization
            )
        except mail_codes.NotSent as error:
            raise NotConfirmed(str(error), "mail") from None
        self.keep(replace(self.asked, mail=code.to_json()))

    def purpose(self) -> str:
        """What a code from the mail is good for: these words, asked for now, and no others."""
        return self.challenge().hex()

    def code(self) -> mail_codes.MailCode | None:
        """The code that was sent, while it may be entered."""
        sent = mail_codes.MailCode(**self.asked.mail) if self.asked.mail else None
        return sent if sent and sent.stands() else None

    # -- the page

    def shown(self, outcome_says: Callable[[str], str], trouble: NotConfirmed | None = None) -> HttpResponse:
        """The page, with what was wrong beside its box."""
        ways = self.ways()
        there = [way for way in ways if way in FORMS and (way != "mail" or self.code())]
        boxes = {way: FORMS[way](auto_id=f"{way}-%s") for way in there}
        at = None
        if trouble and trouble.way in boxes:
            at = boxes[trouble.way] = mail_codes.troubled(FORMS[trouble.way], str(trouble), auto_id=f"{trouble.way}-%s")
        context = {
            "spec": self.spec,
            "signed": self.signed,
            "outcome": outcome_says(self.signed.outcome),
            "shown": self.purpose(),
            "ways": [{"key": way, "form": boxes.get(way)} for way in ways],
            "unusable": not self.passkeys and has_passkey(self.user),
            "problems": [at] if at is not None else [],
            "has_errors": at is not None,
            "left": [str(trouble)] if trouble and at is None else [],
            "address": self.user.email,
            "sent": self.code() is not None,
            "js_data": {"request_options": self._options()} if self.passkeys else None,
        }
        return plan_page(self.request, self.look, "acting/step_up.html", context, status=422 if trouble else 200)

    def _options(self) -> dict[str, Any]:
        """What the browser is asked: any of the person's passkeys, over the intent, with the finger or PIN."""
        credentials = [one.credential for one in self.passkeys]
        options, _ = auth.get_server().authenticate_begin(
            credentials, user_verification=UserVerificationRequirement.REQUIRED, challenge=self.challenge()
        )
        return dict(options)


# -- how each way is checked: the step-up with what it leaves behind, or NotConfirmed ---------------------------------


def _passkey(page: StepUpPage, shown: StepUp) -> StepUp:
    try:
        given = AuthenticationResponse.from_dict(json.loads(page.request.POST.get("credential", "")))
        state = {"challenge": _web_safe(page.challenge()), "user_verification": UserVerificationRequirement.REQUIRED}
        used = auth.get_server().authenticate_complete(state, [one.credential for one in page.passkeys], given)
        told = given.response.client_data
        if urlsplit(told.origin).netloc != page.request.get_host():
            raise ValueError(told.origin)
    except Exception:  # noqa: BLE001 - whatever is sent in place of a passkey, the library may stumble over it anyhow
        raise NotConfirmed(NOT_THAT_PASSKEY) from None
    one = next(one for one in page.passkeys if one.credential.credential_id == used.credential_id)
    one.authenticator.record_usage()
    return replace(
        shown,
        enrolled=one.authenticator.created_at.date().isoformat(),
        key=_text(one.key()),
        client_data=_text(bytes(told)),
        authenticator_data=_text(bytes(given.response.authenticator_data)),
        signature=_text(given.response.signature),
    )


def _app(page: StepUpPage, shown: StepUp) -> StepUp:
    known = _app_of(page.user)
    if known is None or not known.wrap().validate_code(mail_codes.typed(page.request)):
        raise NotConfirmed(WRONG_CODE["app"], "app")
    known.record_usage()
    return replace(shown, nonce="")


def _app_of(user: Any) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()


def _mail(page: StepUpPage, shown: StepUp) -> StepUp:
    code = page.code()
    if code is None:
        raise NotConfirmed(mail_codes.GONE, "mail")
    if not code.fits(mail_codes.typed(page.request), page.purpose()):
        page.keep(replace(page.asked, mail=code.missed().to_json()))
        raise NotConfirmed(WRONG_CODE["mail"], "mail")
    return replace(shown, nonce="")


def _password(page: StepUpPage, shown: StepUp) -> StepUp:
    if not page.user.check_password(page.request.POST.get("password", "")):
        raise NotConfirmed("This is not your password. Check it.", "password")
    return replace(shown, nonce="")


CHECKS: Mapping[str, Callable[[StepUpPage, StepUp], StepUp]] = {
    PASSKEY: _passkey,
    "app": _app,
    "mail": _mail,
    "password": _password,
}


class AppBox(Small):
    code = forms.CharField(
        label="Code of your app",
        help_text="The six digits that your authenticator app shows now.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordBox(Small):
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


FORMS: Mapping[str, type[Small]] = {"app": AppBox, "mail": mail_codes.CodeBox, "password": PasswordBox}


def _text(given: bytes) -> str:
    return base64.b64encode(given).decode()


def _web_safe(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()
