"""One's own account: how one signs in, and what each organization keeps about one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from upturn.web import current


@current.for_account
def account(request: HttpRequest) -> HttpResponse:
    """Where everything about signing in is found."""
    user = request.user
    rows = [
        {"key": "E-mail address", "value": user.email or "none", "url": reverse("account_email")},
        {
            "key": "Password",
            "value": "You have one" if user.has_usable_password() else "You have none",
            "url": reverse("account_change_password"),
        },
        {
            "key": "Passkeys and codes",
            "value": "Ways to sign in that nobody can guess",
            "url": reverse("mfa_index"),
            "action": "See",
        },
    ]
    if not user.email:
        rows.insert(0, {"key": "Sign-in name", "value": user.username})
    context = {"rows": rows, "people": current.people_of(request), "shell_person": current.person_of(request)}
    return render(request, "account/home.html", context)
