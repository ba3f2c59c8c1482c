"""One-click sign-in, in the demo and nowhere else: signed links to the invented people of demo organizations."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from upturn.records.models import Person

SALT = "upturn.demo"


@dataclass(frozen=True)
class DemoPerson:
    """An invented person, in plain words what the person does there, and the link that signs in."""

    person: Person
    does: str
    url: str


@dataclass(frozen=True)
class DemoOrganization:
    """An invented organization with its people."""

    name: str
    people: tuple[DemoPerson, ...]


def path_for(person: Person) -> str:
    """The path that signs in as a person of the demo."""
    return reverse("demo_sign_in", args=[signing.dumps(person.pk, salt=SALT)])


def url_for(person: Person) -> str:
    """The same, to be printed at a terminal."""
    return settings.BASE_URL + path_for(person)


def person_for(token: str) -> Person | None:
    """The person of a link; None for a link that is none of ours, and for everybody outside the demo."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    demo = Person.objects.select_related("organization", "user").filter(organization__demo=True, left_on=None)
    return demo.filter(pk=pk, user__is_active=True).first()


def organizations() -> Iterator[DemoOrganization]:
    """Every demo organization with the people one can be: those with an account and a `demo_role` in their details."""
    people = Person.objects.select_related("organization").filter(
        organization__demo=True, left_on=None, user__is_active=True, details__has_key="demo_role"
    )
    by_organization: dict[str, list[DemoPerson]] = {}
    for person in people.order_by("organization__name", "pk"):
        shown = DemoPerson(person, str(person.details["demo_role"]), path_for(person))
        by_organization.setdefault(person.organization.name, []).append(shown)
    return (DemoOrganization(name, tuple(people)) for name, people in by_organization.items())
