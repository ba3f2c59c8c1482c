"""The demo's way to be anybody. These addresses exist in the demo only, and work for invented people only."""

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from upturn.web import current, demo_links
from upturn.web.views.pages import safe_next


@login_not_required
@require_GET
def demo(request: HttpRequest) -> HttpResponse:
    """Everybody one can be, by organization."""
    return render(request, "demo.html", {"organizations": list(demo_links.organizations())})


@login_not_required
@never_cache
@require_GET
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Be that person from now on. A link may do it: there is nobody here to be harmed."""
    person = demo_links.person_for(token)
    if person is None:
        raise Http404
    logout(request)  # whoever one was before leaves nothing behind
    login(request, person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    current.choose(request, person)
    return redirect(safe_next(request, request.GET.get("next", "")))
