"""Between “Sign the plan” and the signature: whoever signs shows once more that it is them.

What was entered travels through the page; the sign-in keeps only what an answer is checked against. Nothing of it is
on record until `perform` has the signature, which says how it was confirmed.
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django import forms
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from fido2.utils import bytes2int
from fido2.webauthn import AttestedCredentialData, AuthenticationResponse, UserVerificationRequirement

from upturn.core.commands import Sign
from upturn.core.events import Signed
from upturn.core.ledger import stamp
from upturn.core.program import Signature
from upturn.core.step_up import LEVELS, PASSKEY, StepUp, challenge
from upturn.records.access import Look
from upturn.records.perform import rehearse
from upturn.web.accounts import MAIL_TROUBLE, mail_is_printed
from upturn.web.forms import Small
from upturn.web.views.acting.pages import CONFIRMS, expected, plan_page

LIVES = timedelta(minutes=15)
MOST_TRIES = 5
ASKED_HERE = ("csrfmiddlewaretoken", *CONFIRMS)
"""Everything else that was sent goes along."""
DIGITS = 6
TOO_LATE = "This was asked more than 15 minutes ago, or in another sign-in. Nothing is lost: confirm it here once more."
TOO_OFTEN = "That was too often in a short time. Nothing was signed. Wait a few minutes, then confirm it here."
NOT_THAT_PASSKEY = "This passkey did not confirm it: it is not one of yours, or it did not ask who you are. Try again."
NOT_SENT = "The mail could not be sent. Try again in a few minutes, or choose another way."
CODE_GONE = "There is no code that works for this. Ask for a new one."
WRONG_CODE = {
    "app": "This is not the right code. Use the newest one of your app; each works once.",
    "mail": "This is not the right code. Check it, or ask for a new one.",
}


@dataclass
class Asked:
    """What one signer was asked, as their sign-in keeps it. `code`: what the code from the mail is known by."""

    at: str
    nonce: str
    entries: int
    code: str = ""
    tries: int = 0


class NotConfirmed(Exception):
    """It was not shown who signs; the message says why. `way`: the box it stands at."""

    def __init__(self, says: str, way: str = "") -> None:
        super().__init__(says)
        self.way = way


@dataclass
class StepUpPage:
    """One signer before one signature: what they would put on record, and how they can show that it is them."""

    request: HttpRequest
    look: Look
    spec: Signature
    command: Sign
    outcome: str
    """What the signature says, as it was chosen on the page before."""

    def __post_init__(self) -> None:
        look, now = self.look, timezone.now()
        events = rehearse(look.row.pk, self.command, look.person, now, expected=expected(self.request))
        self.signed = next(e for e in events if isinstance(e, Signed))
        self.key = f"step-up:{look.row.pk}:{self.spec.id}"
        self.passkeys = list(_passkeys(self.request.user))
        self.asked = self._kept() if self.way else None
        self.shown_code = ""

    @property
    def way(self) -> str:
        return str(self.request.POST.get("way", ""))

    def _kept(self) -> Asked | None:
        """What was asked before, while it may still be answered."""
        kept = self.request.session.get(self.key)
        found = Asked(**kept) if kept else None
        return found if found and self.look.case.now - datetime.fromisoformat(found.at) < LIVES else None

    def keep(self, asked: Asked) -> None:
        self.asked = asked
        self.request.session[self.key] = asdict(asked)

    def _ask_anew(self) -> None:
        self.keep(Asked(stamp(self.look.case.now), secrets.token_hex(16), expected(self.request)))

    # -- the ways

    def ways(self) -> tuple[str, ...]:
        """The levels that are open to this person, the strongest first."""
        user = self.request.user
        app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
        there = {PASSKEY: bool(self.passkeys), "app": app, "mail": bool(user.email), "password": _has_password(user)}
        return tuple(way for way in LEVELS if there[way])

    def challenge(self) -> bytes:
        """What a passkey signs, and what a code from the mail is for."""
        return challenge(self.look.row.pk, self.signed, asdict(self.standing()))

    def standing(self) -> Asked:
        """What this signer was asked. Raises NotConfirmed when that is too long ago."""
        if self.asked is None:
            raise NotConfirmed(TOO_LATE)
        return self.asked

    def confirmed(self) -> Sign:
        """The command with how its signer showed that it is them. Raises NotConfirmed."""
        check = CHECKS.get(self.way)
        if check is None or self.way not in self.ways():
            raise NotConfirmed("Choose how to confirm that it is you.")
        asked = self.standing()
        if not ratelimit.consume(self.request, app="allauth.account", action="step_up", user=self.request.user):
            raise NotConfirmed(TOO_OFTEN)
        shown = check(self, StepUp(level=self.way, at=asked.at, entries=asked.entries, nonce=asked.nonce))
        del self.request.session[self.key]
        return replace(self.command, step_up=shown.to_json())

    def send_code(self) -> None:
        """Send a code for just this intent. Raises NotConfirmed."""
        asked, user = self.standing(), self.request.user
        if not ratelimit.consume(self.request, app="allauth.account", action="step_up_mail", user=user):
            raise NotConfirmed(TOO_OFTEN, "mail")
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        words = {"code": code, "organization": self.look.row.organization, "base_url": settings.BASE_URL}
        try:
            send_mail("Your code to sign", render_to_string("mail/step_up.txt", words), None, [user.email])
        except MAIL_TROUBLE:
            raise NotConfirmed(NOT_SENT, "mail") from None
        self.keep(replace(asked, code=self.known_by(code), tries=0))
        self.shown_code = code if settings.DEMO and mail_is_printed() else ""

    def known_by(self, code: str) -> str:
        """What is kept of a code: good for these words only, and of no use to whoever reads the sign-ins."""
        return salted_hmac("upturn.step-up", code + self.challenge().hex(), algorithm="sha256").hexdigest()

    # -- the page

    def page(self, trouble: NotConfirmed | None = None) -> HttpResponse:
        if self.asked is None or (trouble and self.way == PASSKEY):
            self._ask_anew()
        ways = self.ways()
        there = [way for way in ways if way in FORMS and (way != "mail" or self.standing().code)]
        boxes = {way: FORMS[way](auto_id=f"{way}-%s") for way in there}
        at = None
        if trouble and trouble.way in boxes:
            at = boxes[trouble.way] = _troubled(trouble)
        context = {
            "spec": self.spec,
            "signed": self.signed,
            "outcome": self.outcome,
            "ways": [{"key": way, "form": boxes.get(way)} for way in ways],
            "carried": [(k, v) for k, vs in self.request.POST.lists() if k not in ASKED_HERE for v in vs],
            "problems": [at] if at is not None else [],
            "has_errors": at is not None,
            "left": [str(trouble)] if trouble and at is None else [],
            "address": self.request.user.email,
            "sent": bool(self.standing().code),
            "shown_code": self.shown_code,
            "js_data": {"request_options": self._options()} if self.passkeys else None,
        }
        return plan_page(
            self.request, self.look, "acting/step_up.html", context, status=422 if trouble or not ways else 200
        )

    def _options(self) -> dict[str, Any]:
        """What the browser is asked: any of the person's passkeys, over the intent, with the finger or PIN."""
        credentials = [credential for credential, _ in self.passkeys]
        options, _ = auth.get_server().authenticate_begin(
            credentials, user_verification=UserVerificationRequirement.REQUIRED, challenge=self.challenge()
        )
        return dict(options)


def confirm(request: HttpRequest, look: Look, spec: Signature, command: Sign, outcome: str) -> Sign | HttpResponse:
    """The command of a signer who has shown that it is them, or the page that asks for it.

    Raises Refused and Conflict where the signature would not be taken: nobody confirms what is then refused.
    """
    page = StepUpPage(request, look, spec, command, outcome)
    if not page.way:
        return page.page()
    try:
        if page.way != "send":
            return page.confirmed()
        page.send_code()
    except NotConfirmed as trouble:
        return page.page(trouble)
    return page.page()


# -- how each way is checked: the step-up with what it leaves behind, or NotConfirmed ---------------------------------


def _passkey(page: StepUpPage, shown: StepUp) -> StepUp:
    server = auth.get_server()
    known = {credential.credential_id: (credential, enrolled) for credential, enrolled in page.passkeys}
    try:
        sent = json.loads(page.request.POST.get("credential", ""))
        given = AuthenticationResponse.from_dict(sent)
        state = {"challenge": _web_safe(page.challenge()), "user_verification": UserVerificationRequirement.REQUIRED}
        used = server.authenticate_complete(state, [credential for credential, _ in page.passkeys], given)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotConfirmed(NOT_THAT_PASSKEY) from None
    credential, enrolled = known[used.credential_id]
    public = _public(credential)
    return replace(
        shown,
        enrolled=enrolled.date().isoformat(),
        key=_text(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        client_data=_text(bytes(given.response.client_data)),
        authenticator_data=_text(bytes(given.response.authenticator_data)),
        signature=_text(given.response.signature),
    )


def _app(page: StepUpPage, shown: StepUp) -> StepUp:
    known = Authenticator.objects.filter(user_id=page.request.user.pk, type=Authenticator.Type.TOTP).first()
    if known is None or not known.wrap().validate_code(_typed(page.request)):
        raise NotConfirmed(WRONG_CODE["app"], "app")
    return replace(shown, nonce="")


def _mail(page: StepUpPage, shown: StepUp) -> StepUp:
    asked = page.standing()
    if not asked.code or asked.tries >= MOST_TRIES:
        raise NotConfirmed(CODE_GONE, "mail")
    page.keep(replace(asked, tries=asked.tries + 1))
    if not constant_time_compare(page.known_by(_typed(page.request)), asked.code):
        raise NotConfirmed(WRONG_CODE["mail"], "mail")
    return replace(shown, nonce="")


def _password(page: StepUpPage, shown: StepUp) -> StepUp:
    if not page.request.user.check_password(page.request.POST.get("password", "")):
        raise NotConfirmed("This is not your password. Check it.", "password")
    return replace(shown, nonce="")


CHECKS: Mapping[str, Callable[[StepUpPage, StepUp], StepUp]] = {
    PASSKEY: _passkey,
    "app": _app,
    "mail": _mail,
    "password": _password,
}


class CodeBox(Small):
    code = forms.CharField(
        label="Code from the mail",
        help_text="Six digits. You can paste them.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class AppBox(Small):
    code = forms.CharField(
        label="Code of your app",
        help_text="The six digits that your authenticator app shows now.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordBox(Small):
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


FORMS: Mapping[str, type[Small]] = {"app": AppBox, "mail": CodeBox, "password": PasswordBox}


def _troubled(trouble: NotConfirmed) -> Small:
    """The box, empty, with what was wrong beside it."""
    form = FORMS[trouble.way]({}, auto_id=f"{trouble.way}-%s")
    for box in form.fields.values():
        box.error_messages["required"] = str(trouble)
    return form


# -- passkeys ----------------------------------------------------------------------------------------------------------


def _passkeys(user: Any) -> list[tuple[AttestedCredentialData, datetime]]:
    """Somebody's passkeys whose signatures can be kept as evidence, with when each was added."""
    added = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("created_at")
    found = [(one.wrap().authenticator_data.credential_data, one.created_at) for one in added]
    return [(credential, at) for credential, at in found if credential and credential.public_key.get(3) in KINDS]


KINDS: Mapping[int, Callable[[Mapping[int, Any]], PublicKeyTypes]] = {
    -7: lambda cose: ec.EllipticCurvePublicNumbers(
        bytes2int(cose[-2]), bytes2int(cose[-3]), ec.SECP256R1()
    ).public_key(),
    -8: lambda cose: ed25519.Ed25519PublicKey.from_public_bytes(cose[-2]),
    -257: lambda cose: rsa.RSAPublicNumbers(bytes2int(cose[-2]), bytes2int(cose[-1])).public_key(),
}
"""Kinds of key by their COSE number (RFC 9053, RFC 8812): ES256, EdDSA, RS256."""


def _public(credential: AttestedCredentialData) -> PublicKeyTypes:
    return KINDS[credential.public_key[3]](credential.public_key)


def _has_password(user: Any) -> bool:
    return bool(user.has_usable_password())


def _typed(request: HttpRequest) -> str:
    return "".join(request.POST.get("code", "").split()).replace("-", "")


def _text(given: bytes) -> str:
    return base64.b64encode(given).decode()


def _web_safe(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()
