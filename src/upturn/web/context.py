"""The context of every page: the shell around its content."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from upturn.records.models import Person
from upturn.web.current import OFFICERS, people_of, person_of
from upturn.web.shell import Contact, Link, Shell

FOR_EVERYBODY = (("My work", "work"), ("Plans", "plans"), ("Groups", "groups"))
FOR_OFFICERS = (("People", "people"), ("Settings", "organization"))


def shell(request: HttpRequest) -> dict[str, object]:
    """`shell`, built when a template asks for it: a fragment pays nothing for it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest, *, contact: Contact | None = None) -> Shell:
    """The shell of a request. A plan's page passes its own named contact and gives the result to its template."""
    if not request.user.is_authenticated:
        return Shell(sign_in_url=reverse("account_login"), demo_url=demo_url(), contact=contact)
    person = person_of(request)
    return Shell(
        nav=tuple(links(request, person)) if person else (),
        signed_in_as=person.name if person else request.user.get_username(),
        account_url=reverse("account"),
        sign_out_url=reverse("account_logout"),
        organization=person.organization.name if person else "",
        organizations_url=reverse("organizations") if len(people_of(request)) > 1 else "",
        contact=contact,
        demo_url=demo_url(),
        now=timezone.now(),
    )


def links(request: HttpRequest, person: Person) -> Iterator[Link]:
    """The navigation: what everybody has, and what those have who keep the organization."""
    for label, name in FOR_EVERYBODY + (FOR_OFFICERS if person.has_role(*OFFICERS) else ()):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue  # an area that is not there is not linked to
        current = request.path == url if url == "/" else request.path.startswith(url)
        yield Link(label, url, current=current)


def demo_url() -> str:
    return reverse("demo") if settings.DEMO else ""
