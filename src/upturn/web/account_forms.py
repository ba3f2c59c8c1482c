"""allauth's forms in our words. What they check is theirs; what they say is ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm, LoginWebAuthnForm
from django import forms

HOW_TO_CHOOSE = (
    "At least 12 characters. Three or four words that belong together only for you are easier to remember than signs."
)


@dataclass(frozen=True)
class Words:
    """What a field is called, what is said when it is left empty, and its hint."""

    label: str
    missing: str = ""
    hint: str = ""


class InOurWords(forms.Form):
    """Gives the fields of a form their words, and takes away what would only repeat them."""

    words: ClassVar[Mapping[str, Words]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            reword(self.fields[name], words)


def reword(field: forms.Field, words: Words) -> None:
    """Set the words of one field."""
    field.label, field.help_text = words.label, words.hint
    field.widget.attrs.pop("placeholder", None)
    if words.missing:
        field.error_messages["required"] = words.missing


PASSWORD = Words("Password", "Enter your password")
EMAIL = Words("E-mail address", "Enter your e-mail address")
NEW = Words("New password", "Choose a new password", HOW_TO_CHOOSE)
AGAIN = Words("The new password again", "Enter the new password again")


class Login(InOurWords, account.LoginForm):
    """Sign in with a password."""

    words = {
        "login": Words("E-mail address or sign-in name", "Enter your e-mail address or sign-in name"),
        "password": PASSWORD,
        "remember": Words("Keep me signed in on this device", hint="Leave this off on a computer that others use."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username webauthn",
            "autocapitalize": "none",
            "spellcheck": "false",
        }


class RequestLoginCode(InOurWords, account.RequestLoginCodeForm):
    """Ask for a code by e-mail."""

    words = {"email": EMAIL}


class ConfirmLoginCode(InOurWords, account.ConfirmLoginCodeForm):
    """Enter the code."""

    words = {
        "code": Words("Code from the mail", "Enter the code from the mail", "You can paste it. Capitals do not matter.")
    }


class Reauthenticate(InOurWords, account.ReauthenticateForm):
    """The password again, before something important."""

    words = {"password": PASSWORD}


class ChangePassword(InOurWords, account.ChangePasswordForm):
    """Another password."""

    words = {
        "oldpassword": Words("The password you have now", "Enter the password you have now"),
        "password1": NEW,
        "password2": AGAIN,
    }


class SetPassword(InOurWords, account.SetPasswordForm):
    """A first password, for an account without one."""

    words = {"password1": NEW, "password2": AGAIN}


class ResetPassword(InOurWords, account.ResetPasswordForm):
    """Ask for a link to choose another password."""

    words = {"email": EMAIL}


class ResetPasswordFromKey(InOurWords, account.ResetPasswordKeyForm):
    """Choose another password after following the link."""

    words = {"password1": NEW, "password2": AGAIN}


class ChangeEmail(InOurWords, account.AddEmailForm):
    """Another e-mail address, which counts once it has been confirmed."""

    words = {"email": Words("New e-mail address", "Enter the new e-mail address")}


CODE_OF_APP = Words("Code", "Enter the code", "Six digits from your authenticator app, or one of your recovery codes.")


class SecondStep(InOurWords, mfa.AuthenticateForm):
    """The second step of a sign-in."""

    words = {"code": CODE_OF_APP}


class SecondStepAgain(InOurWords, mfa.ReauthenticateForm):
    """The second step again, before something important."""

    words = {"code": CODE_OF_APP}


class ActivateApp(InOurWords, ActivateTOTPForm):
    """Connect an authenticator app."""

    words = {"code": Words("Code that the app shows", "Enter the code that the app shows", "Six digits.")}


class AddPasskey(InOurWords, AddWebAuthnForm):
    """Add a passkey."""

    words = {
        "name": Words("What do you call it?", "Give it a name, such as My phone", "Such as: My phone, Office laptop."),
        "passwordless": Words(
            "Sign in with this passkey alone, without a password",
            hint="Your device then asks for your fingerprint, your face or its code. Otherwise it is a second step"
            " after your password.",
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["passwordless"].initial = True


class SignInWithPasskey(InOurWords, LoginWebAuthnForm):
    """Sign in with a passkey. Without scripts nothing of it arrives."""

    words = {"credential": Words("Passkey", "Passkeys need scripts, and they are switched off in this browser.")}


class RenamePasskey(InOurWords, EditWebAuthnForm):
    """Another name for a passkey."""

    words = {"name": Words("What do you call it?", "Give it a name, such as My phone")}
