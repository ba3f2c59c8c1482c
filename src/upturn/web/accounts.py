"""How people sign in: allauth's rules, bent to an application that people are invited to, in its own words."""

import base64
import smtplib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from upturn.web.views import pages

log = structlog.get_logger(__name__)

MAIL_TROUBLE = (OSError, smtplib.SMTPException)
"""What sending a mail raises when the mail server cannot be reached or does not take it."""


def mail_is_printed() -> bool:
    """Whether there is no mail server, so that mail is printed where Upturn runs."""
    return settings.EMAIL_BACKEND.endswith("console.EmailBackend")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people are invited (`invitations`)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. Ask the office of your organization.",
        "cannot_remove_primary_email": "This is the address you sign in with, so it stays until there is another.",
        "duplicate_email": "This is already your address.",
        "email_password_mismatch": "This e-mail address and this password do not belong together. Check both.",
        "email_taken": "Another account has this e-mail address.",
        "enter_current_password": "This is not your current password. Check it.",
        "incorrect_code": "This is not the right code. Check it, or ask for a new one.",
        "incorrect_password": "This is not your password. Check it.",
        "invalid_or_expired_key": "This link has been used or is too old. Ask for a new one.",
        "invalid_login": "This is no e-mail address or sign-in name.",
        "invalid_password_reset": "This link has been used or is too old. Ask for a new one.",
        "rate_limited": "That was too often in a short time. Wait a few minutes, then try again.",
        "same_as_current": "This is the one you have already.",
        "too_many_login_attempts": "That was too often in a short time. Wait a few minutes, then try again.",
        "unverified_primary_email": "Confirm this address first: use the link in the mail we sent there.",
        "username_password_mismatch": "This sign-in name and this password do not belong together. Check both.",
        "username_taken": "Somebody has this sign-in name already. Choose another.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, or answer with a page that says that the mail did not go out."""
        try:
            super().send_mail(template_prefix, email, {"base_url": settings.BASE_URL, **context})
        except MAIL_TROUBLE as error:
            log.exception("account mail was not sent", mail=template_prefix)
            raise ImmediateHttpResponse(pages.bare(self.request, "mail_trouble.html", status=503)) from error

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account")

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code of your authenticator app, or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words.get(method["id"], method["description"])} for method in methods]


class MFAAdapter(DefaultMFAAdapter):
    """Passkeys and codes, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "unverified_email": "Confirm your e-mail address first.",
        "add_email_blocked": "Switch off the second step before you change your e-mail address.",
        "cannot_delete_authenticator": "This cannot be removed.",
        "cannot_generate_recovery_codes": "Recovery codes are for accounts with a passkey or an authenticator app.",
        "incorrect_code": "This is not the right code. Use the newest one of your app, or an unused recovery code.",
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"My passkey {count + 1}" if count else "My passkey"

    def encrypt(self, text: str) -> str:
        """The secret of an authenticator app is not kept in the clear: a stolen database alone makes no codes."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()


def _cipher() -> MultiFernet:
    """Keys made from the secret key, and from those before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("upturn.authenticators", "key", secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
