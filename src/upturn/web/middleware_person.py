"""Who is asking: every view is closed by default, and every open one knows its person.

`SignedIn` sends away whoever has not signed in; `StillThem` asks once more before a way to sign in changes;
`CurrentPerson` sets `request.person` and makes dates those of the organization. A view that needs nobody says
`login_not_required`; one that needs an account but no organization says `for_account`.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from upturn.records.access import Former, NotFound
from upturn.web import current
from upturn.web.views import again, pages

View = Callable[..., HttpResponseBase]
SAFE = ("GET", "HEAD", "OPTIONS")


class SignedIn(LoginRequiredMiddleware):
    """Asks for a sign-in, and keeps what was typed when the sign-in ran out while somebody wrote."""

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Where everybody may go, nobody is asked who they are: no session is read, and no cookie answered for."""
        if not getattr(view, "login_required", True):
            return None
        answer: HttpResponseBase | None = super().process_view(request, view, args, kwargs)
        return answer

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseBase:
        if request.headers.get("HX-Request"):
            return render(request, "parts/signed_out.html", {"url": reverse("account_login")}, status=401)
        if request.method not in SAFE:
            return pages.signed_out(request)
        return super().handle_no_permission(request, view_func)


class StillThem:
    """Before somebody changes how they sign in, they show that it is still them (`views.again`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase | None:  # noqa: ARG002
        return again.asked_first(request)


class CurrentPerson:
    """Sets `request.person`: a Person for every view that needs one, None for the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.person = None  # type: ignore[attr-defined]
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()  # the thread serves somebody else next

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase | None:  # noqa: ARG002
        if not current.needs_person(view):
            return None
        person = current.person_of(request)
        if person is None:
            return nobody_yet(request)
        request.person = person  # type: ignore[attr-defined]
        timezone.activate(ZoneInfo(person.organization.zone))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What the rules of access say becomes a page."""
        if isinstance(exception, NotFound):
            return pages.not_found(request, exception)
        if isinstance(exception, Former):
            return current.refused(request, [str(exception)], title="This plan is closed to you")
        return None


def nobody_yet(request: HttpRequest) -> HttpResponseBase:
    """For an account that is several people, or none."""
    if current.people_of(request):
        return redirect(f"{reverse('organizations')}?{urlencode({'next': request.get_full_path()})}")
    return pages.no_organization(request)
