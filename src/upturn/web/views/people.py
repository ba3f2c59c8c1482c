"""The people an organization knows, kept by its officers; everybody sees what is kept about themselves."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from upturn.core.wording import listed
from upturn.records.models import Invitation, Person
from upturn.web import invitations
from upturn.web.accounts import MAIL_TROUBLE, mail_is_printed
from upturn.web.current import OFFICERS, officer_only, refused
from upturn.web.invitations import NotInvited
from upturn.web.lists import paged
from upturn.web.people_forms import ROLE_NAMES, PeopleFilter, PersonForm, asked_details, own_details, shown_detail

log = structlog.get_logger(__name__)


def somebody(request: HttpRequest, pk: int) -> Person:
    """A person of one's own organization; anybody else's is a 404."""
    return get_object_or_404(
        Person.objects.select_related("user", "manager", "organization"),
        pk=pk,
        organization=request.person.organization,
    )


# -- the list ------------------------------------------------------------------------------------------------------


@officer_only
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, by name."""
    form = PeopleFilter(request.GET, auto_id="filter_%s")
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paged(request, narrowed(request.person, chosen), "People")
    table = {
        "caption": "People of the organization",
        "columns": ["Name", "Job title", "Roles", "Sign-in"],
        "rows": [row(person) for person in page.items],
        "empty": "Nobody is found. Try a part of the name." if any(chosen.values()) else "There is nobody yet.",
    }
    context = {
        "form_of_list": form,
        "clear_url": request.path if any(chosen.values()) else "",
        "table": table,
        "pages": page,
    }
    return render(request, "people/list.html", context)


def narrowed(person: Person, chosen: dict[str, Any]) -> QuerySet[Person]:
    """The people that a filter leaves."""
    found = Person.objects.filter(organization=person.organization).select_related("user").order_by("name", "pk")
    if not chosen.get("left"):
        found = found.filter(left_on=None)
    if words := (chosen.get("q") or "").strip():
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if role := chosen.get("role"):
        found = found.annotate(roles_text=Cast("roles", TextField())).filter(roles_text__contains=f'"{role}"')
    pending = Invitation.objects.filter(person=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())
    return found.annotate(invited=Exists(pending))


def row(person: Person) -> list[object]:
    note = f"Left on {person.left_on:%-d %B %Y}" if person.left_on else person.email
    name = {"text": person.name, "url": f"/people/{person.pk}/", "note": note}
    return [name, person.title, roles_of(person), sign_in_of(person)]


def roles_of(person: Person) -> str:
    return listed(ROLE_NAMES[role] for role in person.roles if role in ROLE_NAMES)


def sign_in_of(person: Any) -> str:
    """In a few words whether somebody can sign in."""
    if person.left_on or person.kind != Person.Kind.PERSON:
        return ""
    if person.user:
        return "Signs in" if person.user.is_active else "Account closed"
    return "Invited" if person.invited else "Not invited yet"


# -- one person ----------------------------------------------------------------------------------------------------


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What is kept about somebody: for officers, and for that person."""
    found = somebody(request, pk)
    officer = request.person.has_role(*OFFICERS)
    if not officer and found != request.person:
        return refused(
            request, ["What an organization keeps about somebody is shown to that person, and to those who keep it."]
        )
    context = {
        "found": found,
        "own": found == request.person,
        "officer": officer,
        "rows": list(facts(found)),
        "memberships": list(found.memberships.select_related("group").order_by("group__name")),
        "invited": list(found.invitations.order_by("-made_at")[:10]),
        "closed_to_invitations": invitations.against_inviting(found),
        "now": timezone.now(),
    }
    return render(request, "people/person.html", context)


def facts(found: Person) -> Iterator[dict[str, str]]:
    """Rows of what is kept."""
    kept = [
        ("Name", found.name),
        ("E-mail address", found.email or "none"),
        ("Job title", found.title or "none"),
        ("Manager or supervisor", found.manager.name if found.manager else "none"),
        ("Roles in the organization", roles_of(found) or "none"),
    ]
    if found.kind != Person.Kind.PERSON:
        kept.append(("Kind", found.get_kind_display()))
    asked = dict(asked_details(found.organization))
    for key, value in own_details(found).items():
        title = asked[key].title if key in asked else key.replace("_", " ").capitalize()
        kept.append((title, shown_detail(asked.get(key), value)))
    if found.left_on:
        kept.append(("Left the organization on", f"{found.left_on:%-d %B %Y}"))
    return ({"key": key, "value": value} for key, value in kept)


@officer_only
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    form = PersonForm(request.POST or None, organization=request.person.organization, by=request.person)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.info(request, f"{made.name} is added. You can invite {made.name} to sign in.")
        return redirect("person", made.pk)
    return render(request, "people/add.html", {"form": form}, status=422 if form.is_bound else 200)


@officer_only
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is kept about somebody."""
    found = somebody(request, pk)
    before = list(found.roles)
    form = PersonForm(request.POST or None, organization=found.organization, by=request.person, person=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        if before != found.roles:
            log.info("roles changed", person=found.pk, by=request.person.pk, before=before, after=found.roles)
        messages.info(request, f"What is kept about {found.name} is changed.")
        return redirect("person", found.pk)
    context = {"form": form, "found": found, "own": found == request.person}
    return render(request, "people/change.html", context, status=422 if form.is_bound else 200)


# -- inviting ------------------------------------------------------------------------------------------------------


@officer_only
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation by mail."""
    found = somebody(request, pk)
    try:
        made = invitations.invite_by_mail(found, request.person, timezone.now())
    except NotInvited as error:
        return refused(request, [str(error)], title="No invitation was made")
    except MAIL_TROUBLE:
        log.exception("an invitation was not sent", person=found.pk)
        reasons = ["The mail server did not take it, so nothing was changed. Try again later, or print a code instead."]
        return refused(request, reasons, title="The invitation could not be sent")
    sent = f"An invitation is on its way to {found.email}."
    printed = "No mail server is set up here: the mail was printed where Upturn runs."
    messages.info(
        request, f"{printed if mail_is_printed() else sent} It works until {made.invitation.expires_at:%-d %B %Y}."
    )
    return redirect("person", found.pk)


@officer_only
@require_POST
@never_cache
def print_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a code and show it once, on a page to be printed."""
    found = somebody(request, pk)
    try:
        made = invitations.invite(found, Invitation.How.PRINTED, timezone.now())
    except NotInvited as error:
        return refused(request, [str(error)], title="No code was made")
    return render(
        request, "people/code.html", {"found": found, "made": made, "join_url": request.build_absolute_uri("/join/")}
    )
