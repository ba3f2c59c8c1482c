"""Makes the demo's three organizations once, from their files, and the links to become somebody in them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from importlib import resources
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from ruamel.yaml import YAML

from upturn.core.reading import read
from upturn.demo.playing import Cast, oldest, play
from upturn.records import catalogue, keys
from upturn.records.models import Group, Membership, Organization, Person, User
from upturn.records.perform import reindex
from upturn.web.demo_links import organizations

FILES = tuple(n for n in ("network", "agency", "company"))


def seed(now: datetime | None = None) -> str:
    """Make the demo's data, unless it is there. Returns a sentence that says what there is."""
    now = now or timezone.now()
    with transaction.atomic():
        if not Organization.objects.filter(demo=True).exists():
            for name in FILES:
                organization(name, now)
    made = Organization.objects.filter(demo=True)
    plans = sum(o.plan_set.count() for o in made)
    people = sum(o.person_set.count() for o in made)
    return f"{made.count()} organizations, {people} people, {plans} plans"


def _document(name: str) -> Mapping[str, Any]:
    text = (resources.files("upturn.demo") / f"{name}.yaml").read_text(encoding="utf-8")
    return _plain(YAML(typ="safe", pure=True).load(text))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def organization(name: str, now: datetime, *, about: Collection[str] = ()) -> Organization:
    """Make one of the demo's organizations as it stands at a moment: its people, groups, programs and plans.

    `about` (the file's own names) makes only the plans about these people.
    """
    document = _document(name)
    made = Organization.objects.create(demo=True, **document["organization"])
    keys.private_key(made)
    people = {who: _person(made, who, spec) for who, spec in document["people"].items()}
    for who, spec in document["people"].items():
        if "manager" in spec:
            people[who].manager = people[spec["manager"]]
            people[who].save(update_fields=["manager"])
    groups = {g["name"]: _group(made, g, people) for g in document.get("groups", [])}
    adopted = catalogue.adopt_shipped(made, now, keys=frozenset(document["programs"]))
    versions = {v.key: v for v in adopted}
    files = {v.key: read(v.source) for v in adopted}
    for key, values in document["programs"].items():
        catalogue.enter_settings(made, key, values or {})
    cast = Cast(made, people, groups, versions, files)
    for spec in oldest(document["plans"]):
        if about and spec["cast"]["subject"] not in about:
            continue
        row = play(cast, document, {"cast": {}, **spec}, now)
        reindex(row.pk, now)
    return made


def _person(organization: Organization, name: str, spec: Mapping[str, Any]) -> Person:
    email = f"{name}@{organization.slug}.example" if spec.get("email", True) else ""
    user = None
    if spec.get("signs_in", True):
        user = User.objects.create(username=f"{name}.{organization.slug}", email=email)
        user.set_unusable_password()
        user.save()
        if email:
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    details = dict(spec.get("details", {}))
    if "role" in spec:
        details["demo_role"] = spec["role"]
    return Person.objects.create(
        organization=organization,
        user=user,
        name=spec["name"],
        email=email,
        title=spec.get("title", ""),
        details=details,
        kind=spec.get("kind", "person"),
        roles=spec.get("roles", []),
    )


def _group(organization: Organization, spec: Mapping[str, Any], people: Mapping[str, Person]) -> Group:
    group = Group.objects.create(organization=organization, name=spec["name"])
    for lead, names in ((True, spec.get("leads", [])), (False, spec.get("members", []))):
        for name in names:
            Membership.objects.create(organization=organization, group=group, person=people[name], lead=lead)
    return group


def sign_in_links() -> Iterator[str]:
    """Lines for the terminal: one link per person who shows a role of the demo."""
    for organization in organizations():
        yield organization.name
        for person in organization.people:
            yield f"  {person.person.name}, {person.does}"
            yield f"    {settings.BASE_URL}{person.url}"
        yield ""
