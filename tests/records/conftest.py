"""The cast of the records tests, in two organizations full of look-alike data, and plans brought along by real
commands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from upturn.core.commands import Answer, Command, Move, Record, Sign
from upturn.core.digests import of_signature
from upturn.records import catalogue
from upturn.records.access import Look, look
from upturn.records.models import Group, Membership, Organization, Person, Plan, ProgramVersion, User
from upturn.records.perform import Performed, open_plan, perform

MARCH_2 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TRIAL = (Path(__file__).parent / "trial.v1.yaml").read_text(encoding="utf-8")
CONCERN = {
    "identified_on": "2026-02-20",
    "basis_of_concern": ["observation"],
    "concern": "Three recommendations are open.",
}
TALK = {"topics": "The open recommendations", "member_view": "A key person left in January"}
SECTIONS: dict[str, dict[str, Any]] = {
    "header": {
        "member_name": "Mara Quill",
        "facilitator_name": "Finn Alder",
        "company": "Quill IT",
        "issue_identified": "2026-02-20",
        "target_date": "2026-06-15",
    },
    "situation": {"led_to": "Three recommendations from October are open.", "why_change": "The group plans on them."},
    "improvement_steps": {
        "steps": [
            {
                "who": "@p1",
                "what": "Close two recommendations and report on each",
                "when": "2026-05-29",
                "measure": "Recommendations closed",
                "target": 2,
                "source": "The group's list",
                "judge": "Finn Alder",
            }
        ]
    },
    "outcome": {"if_not_completed": ["extend"]},
}


def after(**span: float) -> datetime:
    return MARCH_2 + timedelta(**span)


@dataclass(frozen=True)
class World:
    """One organization with its people and programs, and what they do there."""

    organization: Organization
    group: Group
    mara: Person
    finn: Person
    ines: Person
    otto: Person
    ada: Person
    vera: Person
    evolve: ProgramVersion
    trial: ProgramVersion

    def opened(self, *, now: datetime = MARCH_2, by: Person | None = None, **more: Any) -> Performed:
        """A concern about Mara, raised by Finn."""
        return open_plan(
            self.organization,
            self.evolve,
            by=by or self.finn,
            parties={"member": [self.mara], "facilitator": [self.finn]},
            answers=CONCERN,
            group=self.group,
            now=now,
            reasons={"no_open_plan": "The member belongs to two groups"},
            **more,
        )

    def tried(
        self, *, now: datetime = MARCH_2, answers: dict[str, Any] | None = None, **parties: Sequence[Person]
    ) -> Performed:
        """A plan under the trial program."""
        named = {"learner": [self.mara], "coach": [self.finn], **parties}
        return open_plan(
            self.organization,
            self.trial,
            by=self.finn,
            parties=named,
            answers=answers or {"grade": 2, "why": "x"},
            now=now,
        )

    def do(self, plan: Plan, person: Person | None, *commands: Command, at: datetime | None = None) -> Performed:
        """Commands one after the other, a minute between them."""
        row = Plan.objects.get(pk=plan.pk)
        now = at or row.updated_at
        for command in commands:
            now += timedelta(minutes=1)
            done = perform(row.pk, command, person, now)
        return done

    def told(self, plan: Plan, *, at: datetime | None = None) -> Performed:
        """Talked about with Mara, who now writes."""
        record = Record(log="discussion", answers=TALK, attended=("p1", "p2"))
        return self.do(plan, self.finn, record, Move(move="begin"), at=at)

    def signing(self, plan: Plan) -> Performed:
        """Written by Mara, opened for signing by Finn."""
        self.do(plan, self.mara, *(Answer(section=s, answers=a) for s, a in SECTIONS.items()), Move(move="submit"))
        reasons = {"goals_complete": "The unit goes without saying."}
        return self.do(plan, self.finn, Move(move="finish", reasons=reasons))

    def signed(self, plan: Plan, person: Person, signature: str, outcome: str = "agreed") -> Performed:
        seen = look(plan.pk, person, plan.updated_at)
        digest = of_signature(seen.program, seen.plan, signature)
        return self.do(plan, person, Sign(signature=signature, outcome=outcome, digest=digest))

    def running(self) -> Performed:
        """Signed by both and started."""
        plan = self.opened().row
        self.told(plan)
        self.signing(plan)
        self.signed(plan, self.mara, "member_signs")
        self.signed(plan, self.finn, "facilitator_signs")
        return self.do(plan, self.finn, Move(move="start"))

    def seen(self, plan: Plan, person: Person, now: datetime | None = None) -> Look:
        return look(plan.pk, person, now or Plan.objects.get(pk=plan.pk).updated_at)


def world(slug: str) -> World:
    """An organization where everything has the same names as in every other."""
    organization = Organization.objects.create(name="Peers", slug=slug, zone="America/Chicago")

    def person(name: str, **more: Any) -> Person:
        user = User.objects.create_user(username=f"{name.partition(' ')[0].lower()}@{slug}")
        return Person.objects.create(organization=organization, name=name, user=user, **more)

    group = Group.objects.create(organization=organization, name="Group 14")
    mara = person("Mara Quill", details={"company": "Quill IT"}, email="mara@quill.example")
    finn, otto = person("Finn Alder"), person("Otto Brand")
    for member, leads in ((mara, False), (finn, True)):
        Membership.objects.create(organization=organization, group=group, person=member, lead=leads)
    return World(
        organization=organization,
        group=group,
        mara=mara,
        finn=finn,
        otto=otto,
        ines=person("Ines Roth", roles=["office"]),
        ada=person("Ada Lind", roles=["auditor"]),
        vera=person("Vera Sand", roles=["admin"]),
        evolve=catalogue.adopt_shipped(organization, MARCH_2, keys=frozenset({"evolve-mip"}))[0],
        trial=catalogue.publish(organization, TRIAL, MARCH_2),
    )


@pytest.fixture
def peers(db: None) -> World:
    """Mara (member), Finn (facilitator, leads her group), Ines (office), Otto (nobody on the plan), Ada (auditor), Vera
    (admin).
    """
    return world("peers")


@pytest.fixture
def others(db: None) -> World:
    """Another organization in which everybody and everything is called the same."""
    return world("others")


@pytest.fixture
def theo(others: World) -> Person:
    """The outsider: the office of the other organization."""
    user = User.objects.create_user(username="theo")
    return Person.objects.create(organization=others.organization, name="Theo Vance", user=user, roles=["office"])
