"""From an invitation to a first sign-in: enter the code, choose how to sign in."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from upturn.records.models import Invitation, User
from upturn.web import current, invitations
from upturn.web.account_forms import HOW_TO_CHOOSE, InOurWords
from upturn.web.invitations import NotInvited
from upturn.web.views import pages

JOINING = "joining"  # the session's key of the invitation whose code was entered


class CodeForm(InOurWords):
    """A code, typed or pasted; the whole link will do."""

    code = forms.CharField(
        label="Code",
        max_length=300,
        help_text="Twelve letters and digits, such as ABCD-EFGH-JKMN. Paste it if you like; capitals do not matter.",
        error_messages={"required": "Enter the code of your invitation"},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        try:
            self.invitation = invitations.find(self.cleaned_data["code"], timezone.now())
        except NotInvited as error:
            raise ValidationError(str(error)) from None
        return self.cleaned_data["code"]


class AccountForm(InOurWords):
    """How somebody invited will sign in. With an e-mail address or an account, there is no name to choose."""

    name = forms.CharField(
        label="Choose a sign-in name",
        max_length=60,
        help_text="You sign in with it, so choose one you will remember, such as maria.lopez. Nobody else needs it.",
        error_messages={"required": "Choose a sign-in name"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Choose a password",
        strip=False,
        max_length=500,
        help_text=HOW_TO_CHOOSE,
        error_messages={"required": "Choose a password"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The password again",
        strip=False,
        max_length=500,
        error_messages={"required": "Enter the password again"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = invitation.person
        if invitation.how == Invitation.How.EMAIL or self.person.user:
            del self.fields["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "@" in name:
            raise ValidationError("A sign-in name is no e-mail address: leave out the @.")
        try:
            User.username_validator(name)
        except ValidationError:
            raise ValidationError("Use letters, digits, and . - _ + only, without spaces.") from None
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("Somebody has this sign-in name already. Choose another.")
        return name

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "This is another password than the one above. Enter the same one twice.")
        if data.get("password"):
            account = User(username=data.get("name", ""), email=self.person.email, first_name=self.person.name)
            try:
                password_validation.validate_password(data["password"], account)
            except ValidationError as error:
                self.add_error("password", error)
        return data


def slowed(request: HttpRequest) -> bool:
    """Whether codes are tried too often from one place."""
    return not ratelimit.consume(request, app="allauth.account", action="join", limit_get=True)


@login_not_required
@never_cache
def enter_code(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """The code, typed or brought by the link of the mail. Opening the link spends nothing: mail scanners do it too."""
    if request.method != "POST" and not code:
        return render(request, "join/code.html", {"form": CodeForm()})
    if slowed(request):
        return pages.too_many(request)
    form = CodeForm(request.POST if request.method == "POST" else {"code": code})
    if not form.is_valid():
        return render(request, "join/code.html", {"form": form}, status=422)
    request.session[JOINING] = form.invitation.pk
    return redirect("join_account")  # so that the code does not stay in the address


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
def account(request: HttpRequest) -> HttpResponseBase:
    """What the person invited does next: choose a password, or join with the account there is."""
    invitation = (
        Invitation.objects.select_related("person__user", "organization")
        .filter(pk=request.session.get(JOINING))
        .first()
    )
    if invitation is None:
        return redirect("join")
    if why := invitations.against_using(invitation, timezone.now()):
        return render(request, "join/closed.html", {"reasons": [why]}, status=410)
    if request.user.is_authenticated:
        return join_with_account(request, invitation)
    known = None if invitation.person.user else _known(invitation)
    if known:
        return render(request, "join/sign_in_first.html", {"invitation": invitation})
    return choose(request, invitation)


def _known(invitation: Invitation) -> User | None:
    by_mail = invitation.how == Invitation.How.EMAIL
    return invitations.account_with(invitation.person.email) if by_mail else None


def join_with_account(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Somebody who is signed in takes the place of the person invited."""
    context = {"invitation": invitation}
    if request.method != "POST":
        return render(request, "join/with_account.html", context)
    try:
        person = invitations.join_account(invitation, request.user, timezone.now())
    except NotInvited as error:
        return render(request, "join/closed.html", {"reasons": [str(error)]}, status=409)
    del request.session[JOINING]
    current.choose(request, person)
    messages.info(request, f"You belong to {invitation.organization.name} now.")
    return redirect("/")


def choose(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Choose a password (and a name, without an e-mail address), and be signed in."""
    form = AccountForm(request.POST or None, invitation=invitation)
    if not (request.method == "POST" and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "join/account.html", {"form": form, "invitation": invitation}, status=status)
    data = form.cleaned_data
    try:
        user = invitations.open_account(invitation, data.get("name", ""), data["password"], timezone.now())
    except NotInvited as error:
        return render(request, "join/closed.html", {"reasons": [str(error)]}, status=409)
    del request.session[JOINING]
    request.session[current.CHOSEN] = invitation.organization_id
    said = user.email or user.username
    messages.info(
        request, f"Welcome to {invitation.organization.name}. Next time, sign in with {said} and your password."
    )
    return perform_login(request, user, redirect_url="/")
