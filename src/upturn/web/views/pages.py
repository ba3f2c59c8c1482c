"""Pages that are not about anything: the health check, and what is said when a request cannot be answered.

An error page asks the database nothing: it must come up when nothing else does.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from upturn.web import current
from upturn.web.shell import Shell

MOST_KEPT = 256 * 1024
"""So many characters are carried over into a page that offers to send them again."""
NOT_KEPT = ("password", "credential", "code")
"""Fields with these words in their names are typed again."""


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether this process can answer, and its database too: 200 and `ok`, or 503 and what is wrong."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, whoever asks needs an answer
        return HttpResponse("the database does not answer", content_type="text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")


# -- errors --------------------------------------------------------------------------------------------------------


def bare(request: HttpRequest, template: str, *, status: int, **context: object) -> HttpResponse:
    """A page in the usual look, made without the context processors: no session, no database."""
    plain = {"shell": Shell(), "request": request, **context}
    return HttpResponse(loader.get_template(template).render(plain), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return bare(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return bare(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """The same page for what never was and for what is not this person's to know."""
    several = len(getattr(request, "people", ())) > 1  # only if they were asked for anyway
    return bare(request, "404.html", status=404, organizations_url=reverse("organizations") if several else "")


def too_many(request: HttpRequest) -> HttpResponse:
    return bare(request, "429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    return bare(request, "500.html", status=500)


# -- what was typed is kept ----------------------------------------------------------------------------------------


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A form that is older than the sign-in. If our own page sent it, it can be sent again from here."""
    if request.headers.get("HX-Request"):
        return bare(request, "parts/page_too_old.html", status=403)
    kept = typed(request) if from_our_page(request) else []
    token = get_token(request) if kept else ""
    return bare(request, "csrf.html", status=403, kept=kept, csrf_token=token, action=request.get_full_path())


def signed_out(request: HttpRequest) -> HttpResponse:
    """Something was sent after the sign-in had run out: nothing was done, and nothing is lost."""
    return bare(
        request,
        "signed_out.html",
        status=403,
        kept=typed(request),
        csrf_token=get_token(request),
        action=request.get_full_path(),
        sign_in_url=f"{reverse('account_login')}?{urlencode({'next': reverse('signed_in_again')})}",
        files=bool(request.FILES),
    )


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, ready to be sent again; nothing when it holds a secret or is too much to carry."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    secret = any(word in name for name, _ in sent for word in NOT_KEPT)
    return [] if secret or sum(len(value) for _, value in sent) > MOST_KEPT else sent


def from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this: no other site may have its forms sent from here."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.get_host()


@current.for_account
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in beside a page that waits."""
    return render(request, "signed_in_again.html")


# -- organizations -------------------------------------------------------------------------------------------------


def no_organization(request: HttpRequest) -> HttpResponse:
    """For an account that is nobody (any more) in any organization."""
    return render(request, "no_organization.html", {"left": list(left_by(request))}, status=403)


def left_by(request: HttpRequest) -> Iterator[dict[str, object]]:
    """The organizations somebody left, with whom to ask there."""
    for person in request.user.people.select_related("organization").exclude(left_on=None):
        whom = [officer.name for officer in current.officers(person.organization)[:3]]
        yield {"organization": person.organization.name, "on": person.left_on, "whom": whom}


@current.for_account
def organizations(request: HttpRequest) -> HttpResponse:
    """Choose the organization to act in, for an account that is somebody in several."""
    people = current.people_of(request)
    if not people:
        return no_organization(request)
    if request.method == "POST":
        chosen = next((p for p in people if str(p.organization_id) == request.POST.get("organization")), None)
        if chosen is None:
            return not_found(request, LookupError())
        current.choose(request, chosen)
        return redirect(safe_next(request, request.POST.get("next", "")))
    return render(request, "organizations.html", {"people": people, "next": request.GET.get("next", "")})


def safe_next(request: HttpRequest, url: str) -> str:
    """An address on this site to go on to; my work for any other."""
    return url if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) else "/"
