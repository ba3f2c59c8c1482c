"""The person a request acts as, and what asks for one.

One account may be several people, one per organization; the session remembers which organization was chosen.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from upturn.core.wording import listed
from upturn.records.models import Organization, Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
OFFICERS = ("office", "admin")
"""Roles in an organization that keep its people and settings."""
CHOSEN = "organization"  # the session's key


def people_of(request: HttpRequest) -> tuple[Person, ...]:
    """Who the signed-in account is, in each organization not left yet, by its name. One query a request."""
    if not hasattr(request, "people"):
        request.people = _people(request)  # type: ignore[attr-defined]
    return request.people


def _people(request: HttpRequest) -> tuple[Person, ...]:
    if not request.user.is_authenticated:
        return ()
    mine = Person.objects.filter(user=request.user).select_related("organization").order_by("organization__name", "pk")
    today = timezone.now().date()
    return tuple(person for person in mine if person.left_on is None or person.left_on > today)


def person_of(request: HttpRequest) -> Person | None:
    """The person chosen, or the only one there is; None while somebody with several has not chosen."""
    people = people_of(request)
    chosen = request.session.get(CHOSEN)
    return next((p for p in people if p.organization_id == chosen), people[0] if len(people) == 1 else None)


def choose(request: HttpRequest, person: Person) -> None:
    """From now on this session acts as that person."""
    request.session[CHOSEN] = person.organization_id


def for_account(view: View) -> View:
    """Mark a view that needs a signed-in account, and no person."""
    view.person_required = False  # type: ignore[attr-defined]
    return view


def needs_person(view: Callable[..., Any]) -> bool:
    """Whether `request.person` must be somebody in this view. Accounts themselves are allauth's pages."""
    open_to_all = not getattr(view, "login_required", True)
    return not (open_to_all or view.__module__.startswith("allauth.") or not getattr(view, "person_required", True))


def officer_only(view: View) -> View:
    """Close a view to everybody but those who keep the organization; others get a page that says whom to ask."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person: Person = request.person  # type: ignore[attr-defined]
        return view(request, *args, **kwargs) if person.has_role(*OFFICERS) else refused(request, [_whom(person)])

    return guarded  # type: ignore[return-value]


def refused(request: HttpRequest, reasons: Iterable[str], title: str = "This page is not open to you") -> HttpResponse:
    """A page that says why something is refused, with status 403."""
    return render(request, "refused.html", {"title": title, "reasons": list(reasons)}, status=403)


def _whom(person: Person) -> str:
    who = [officer.name for officer in officers(person.organization)[:3]]
    ask = f" Ask {listed(who, 'or')}." if who else ""
    return (
        f"People, groups and settings of {person.organization.name} are kept by its office and its administrators.{ask}"
    )


def officers(organization: Organization) -> list[Person]:
    """Those who keep the organization, by name."""
    return [p for p in with_roles(organization, *OFFICERS) if p.has_role(*OFFICERS)]


def with_roles(organization: Organization, *roles: str) -> list[Person]:
    """The people of an organization who hold one of these roles, by name."""
    # Roles are a JSON list, which SQLite cannot search; its text it can.
    some = Person.objects.annotate(text=Cast("roles", TextField())).filter(organization=organization)
    found = {p.pk: p for role in roles for p in some.filter(text__contains=f'"{role}"')}
    return sorted(found.values(), key=lambda p: p.name)
