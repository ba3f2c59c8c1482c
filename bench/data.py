"""The data a bench runs on: one organization with many plans, twelve of them one lead's, some a hundred entries long.

Plans that are opened in the bench are made by `perform`. The mass around them is copied rows of the index: lists read
nothing else.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from ruamel.yaml import YAML

from bench.bare import make_table
from upturn.core import commands as c
from upturn.core.digests import of_signature
from upturn.records import catalogue
from upturn.records.access import look
from upturn.records.models import Duty, Group, Membership, Organization, Person, Plan, PlanParty, User
from upturn.records.perform import open_plan, perform

OWN = 12
LONG = 8
ENTRIES = 100
BATCH = 2000


def make(plans: int) -> dict[str, Any]:
    """Make it, and say what a client needs: ids and cookies."""
    call_command("migrate", verbosity=0)
    make_table()
    random.seed(1)
    organization = Organization.objects.create(name="Bench", slug="bench", zone="UTC", country="US")
    version = catalogue.adopt_shipped(organization, datetime.now(UTC), keys=frozenset({"evolve-mip"}))[0]
    lead, officer = _person(organization, "Lena Lead"), _person(organization, "Olaf Office", roles=["office", "admin"])
    group = Group.objects.create(organization=organization, name="Group 1")
    Membership.objects.create(organization=organization, group=group, person=lead, lead=True)
    own = [_own(organization, version, lead, group, number) for number in range(OWN)]
    for plan in own[:LONG]:
        _lengthen(plan)
    _mass(organization, Plan.objects.get(pk=own[0]), plans - OWN)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"own": own[:LONG], "lead": _cookie(lead), "officer": _cookie(officer), "plans": plans}


def _person(organization: Organization, name: str, roles: list[str] | None = None, *, signs_in: bool = True) -> Person:
    user = User.objects.create(username=name.replace(" ", ".").lower()) if signs_in else None
    return Person.objects.create(organization=organization, user=user, name=name, roles=roles or [])


def _cookie(person: Person) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(person.user.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = person.user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _words(begun: date) -> Any:
    """The words of the program's own story, its days moved so that the concern is noticed three days before `begun`."""
    text = (resources.files("upturn.programs") / "evolve-mip.story.yaml").read_text(encoding="utf-8")
    words = YAML(typ="safe", pure=True).load(text)["answers"]
    return _plain(words, begun - timedelta(days=3) - words["concern"]["identified_on"])


def _plain(value: Any, later: timedelta) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v, later) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, later) for v in value]
    return (value + later).isoformat() if isinstance(value, date) else value


def _own(organization: Organization, version: Any, lead: Person, group: Group, number: int) -> str:
    """A plan under way, made by commands."""
    subject = _person(organization, f"Member {number}")
    Membership.objects.create(organization=organization, group=group, person=subject)
    at = datetime.now(UTC) - timedelta(days=20)
    words = _words(at.date())
    plan = open_plan(
        organization,
        version,
        by=lead,
        parties={"member": [subject], "facilitator": [lead]},
        answers=words["concern"],
        now=at,
        group=group,
    ).row.pk
    perform(plan, c.Record(log="discussion", answers=words["talk"], attended=("p1", "p2")), lead, at)
    perform(plan, c.Move(move="begin"), lead, at)
    for section in ("header", "situation", "improvement_steps", "outcome"):
        perform(plan, c.Answer(section=section, answers=words[section]), subject, at)
    perform(plan, c.Move(move="submit"), subject, at)
    perform(plan, c.Move(move="finish"), lead, at)
    for signature, who in (("member_signs", subject), ("facilitator_signs", lead)):
        found = look(plan, who, at)
        digest = of_signature(found.program, found.plan, signature)
        perform(plan, c.Sign(signature=signature, outcome="agreed", digest=digest), who, at)
    perform(plan, c.Move(move="start"), lead, at)
    return str(plan)


def _lengthen(plan: str) -> None:
    row = Plan.objects.select_related("subject__organization").get(pk=plan)
    for number in range(row.seq, ENTRIES):
        words = f"Statement {number}, of an ordinary length, as people write them."
        perform(plan, c.State(text=words), row.subject, datetime.now(UTC))


def _mass(organization: Organization, like: Plan, count: int) -> None:
    """Rows of the index like those of a real plan, for other people."""
    people = [_person(organization, f"Person {n}", signs_in=False) for n in range(min(2000, count))]
    leads = people[: max(1, len(people) // 20)]
    phases = [
        ("raised", "concern", "open"),
        ("drafting", "draft", "open"),
        ("active", "run", "open"),
        ("completed", "closed", "ended"),
    ]
    for start in range(0, count, BATCH):
        rows = list(_rows(organization, like, start, min(BATCH, count - start), people, leads, phases))
        Plan.objects.bulk_create(rows)
        PlanParty.objects.bulk_create(_parties(rows))
        Duty.objects.bulk_create(_duties(rows))


def _rows(
    organization: Organization,
    like: Plan,
    start: int,
    count: int,
    people: list[Person],
    leads: list[Person],
    phases: Any,
) -> Iterator[Plan]:
    fields = {f.attname: getattr(like, f.attname) for f in Plan._meta.concrete_fields if f.name != "id"}
    for n in range(start, start + count):
        stage, phase, status = random.choice(phases)
        opened = date(2026, 1, 1) + timedelta(days=random.randrange(320))
        yield Plan(
            **fields
            | {
                "number": f"MIP-2025-{n:06}",
                "serial": 1000 + n,
                "series": "MIP-2025",
                "subject_id": random.choice(people).pk,
                "lead_id": random.choice(leads).pk,
                "stage": stage,
                "phase": phase,
                "status": status,
                "opened_on": opened,
                "wakes_at": None,
                "group_id": None,
            }
        )


def _parties(rows: list[Plan]) -> list[PlanParty]:
    made = []
    for row in rows:
        for role, person in (("member", row.subject_id), ("facilitator", row.lead_id)):
            made.append(
                PlanParty(
                    organization_id=row.organization_id,
                    plan=row,
                    person_id=person,
                    role=role,
                    active=True,
                    knows=True,
                    reads=True,
                    opened_on=row.opened_on,
                )
            )
    return made


def _duties(rows: list[Plan]) -> list[Duty]:
    return [
        Duty(
            organization_id=row.organization_id,
            plan=row,
            person_id=row.lead_id,
            role="facilitator",
            offer="check_in:monthly_1",
            title="Hold it",
            since=row.opened_on,
            due=row.opened_on,
            by=row.opened_on,
            otherwise="It stands as missed.",
        )
        for row in rows
        if row.status == "open"
    ]


if __name__ == "__main__":
    print(json.dumps(make(int(sys.argv[1]))))
