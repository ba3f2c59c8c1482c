"""Organizations with people for the tests of the pages around the plan: two that look alike, so that a leak shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from upturn.core.ledger import canonical
from upturn.core.reading import read
from upturn.records import catalogue
from upturn.records.models import Group, Membership, Organization, Person, ProgramVersion, User

PASSWORD = "three lakes and a mill"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """One organization: its officer Rosa, its administrator Adam, its auditor Vera, its members Mara and Finn."""

    organization: Organization
    rosa: Person
    adam: Person
    vera: Person
    mara: Person
    finn: Person
    group: Group


def kept(name: str = "Lakeside Peer Network", **more: Any) -> Kept:
    """An organization with the shipped peer program, five people, a group of two."""
    slug = name.lower().replace(" ", "-")
    organization = Organization.objects.create(name=name, slug=slug, zone="America/New_York", subdivision="DC", **more)
    ProgramVersion.objects.create(organization=organization, **evolve())
    finn = somebody(organization, "Finn Alder", title="Facilitator")
    mara = somebody(organization, "Mara Quill", title="Owner", manager=finn, details={"company": "Quill IT"})
    group = Group.objects.create(organization=organization, name="Group 7")
    for person, lead in ((finn, True), (mara, False)):
        Membership.objects.create(organization=organization, group=group, person=person, lead=lead)
    return Kept(
        organization,
        somebody(organization, "Rosa Lind", roles=["office"], title="Program manager"),
        somebody(organization, "Adam Bell", roles=["admin"]),
        somebody(organization, "Vera Holt", roles=["auditor"]),
        mara,
        finn,
        group,
    )


@lru_cache(maxsize=1)
def evolve() -> dict[str, Any]:
    """The peer program as a published version; its file is read once, because reading takes half a second."""
    text = next(text for text in catalogue.shipped() if "\nkey: evolve-mip\n" in text)
    file = read(text)
    program = file.program()
    named = {name: getattr(program, name) for name in ("key", "version", "title", "language")}
    return named | {
        "digest": file.digest,
        "source": text,
        "document": canonical(file.document).decode(),
        "published_at": NOW,
    }


def somebody(organization: Organization, name: str, **more: Any) -> Person:
    """A person with an account, whose address is unlike everybody's elsewhere."""
    first = name.split(maxsplit=1)[0].lower()
    email = more.pop("email", f"{first}@{organization.slug}.example.org")
    return Person.objects.create(
        organization=organization, name=name, email=email, user=account(f"{first}-{organization.pk}", email), **more
    )


def account(username: str, email: str = "") -> User:
    """An account with the password of all tests."""
    user = User.objects.create_user(username, email, PASSWORD)
    if email:
        EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    return user


def signed_in(person: Person) -> Client:
    """A client that is signed in as somebody."""
    client = Client()
    client.force_login(person.user)
    return client


def without_account(organization: Organization, name: str = "Nils Berg", **more: Any) -> Person:
    """Somebody the organization knows who has not signed in yet."""
    return Person.objects.create(organization=organization, name=name, **more)


# In the browser ---------------------------------------------------------------------------------------------------

VIEWS = [(1280, "light"), (320, "light"), (320, "dark"), (1280, "dark")]


def sign_in(page: Any, person: Person) -> None:
    """Give the browser somebody's sign-in, as if it had just happened."""
    cookie = signed_in(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "domain": "localhost", "path": "/"}])


def wrong_with(page: Any, url: str, axe: Any) -> list[str]:
    """What is wrong with a page at 1280 and 320 pixels, light and dark: axe's findings, and scrolling sideways."""
    page.goto(url)
    found = []
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{url} {width} {scheme}: scrolls sideways to {wide}"] if wide > width else []
        found += [f"{url} {width} {scheme}: {problem}" for problem in axe(page)]
    return found
