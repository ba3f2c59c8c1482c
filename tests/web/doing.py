"""A peer network and its plans at any point of their lives, brought there by real commands on past days."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from upturn.core.commands import Answer, Command, Hold, Move, Prepare, Record, Sign
from upturn.core.digests import of_signature
from upturn.records import catalogue
from upturn.records.access import Look, look
from upturn.records.models import Group, Membership, Organization, Person, Plan, User
from upturn.records.perform import Performed, bring_due, open_plan, perform


def confirms(page: Page) -> None:
    """Show in the browser who signs, with a code from the mail, and sign."""
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code from the mail").fill(re.findall(r"\d{6}", mail.outbox[-1].body)[0])
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed the plan")


def signs(client: Client, url: str, sent: dict[str, Any]) -> Any:
    """Send the page of a signature, and confirm with a code from the mail."""
    page = client.post(url, {**sent, "press": "do"})
    return page if page.status_code != 302 else confirms_by_mail(client, page["Location"])


def confirms_by_mail(client: Client, url: str) -> Any:
    """Show who signs, with a code from the mail."""
    client.post(url, {"way": "send"})
    code = re.findall(r"\d{6}", mail.outbox[-1].body)[0]
    return client.post(url, {"shown": shown_on(client.get(url)), "way": "mail", "code": code})


def shown_on(page: Any) -> str:
    """What a page that asks who signs says that it shows."""
    return re.findall(r'name="shown" value="([0-9a-f]+)"', page.content.decode())[0]


TALK = {
    "topics": "The three open recommendations and the missed meetings",
    "member_view": "A key person left in January. **Nobody** was asked how it went since then.",
    "agreed_next": "Write a plan together",
}
CONCERN = {
    "identified_on": "2026-02-20",
    "basis_of_concern": ["observation", "group_guidelines"],
    "concern": "Three recommendations of last October are open, and two meetings were missed in February.",
}


def sections(now: datetime) -> dict[str, dict[str, Any]]:
    """The member's words, with dates that lie ahead of `now`."""

    def ahead(days: int) -> str:
        return (now + timedelta(days=days)).date().isoformat()

    return {
        "header": {
            "member_name": "Mara Quill",
            "facilitator_name": "Finn Alder",
            "company": "Quill IT",
            "group_name": "Group 14",
            "issue_identified": "2026-02-20",
            "target_date": ahead(95),
        },
        "situation": {
            "led_to": "Three recommendations from October are open.\n\n- hiring\n- pricing\n- the second site",
            "why_change": "The group plans its own quarters on what members report.",
        },
        "improvement_steps": {
            "steps": [
                {
                    "who": "@p1",
                    "what": "Close two of the three open recommendations and report on each in the monthly call",
                    "when": ahead(80),
                    "measure": "Recommendations closed",
                    "baseline": 0,
                    "target": 2,
                    "unit": "recommendations",
                    "source": "The group's list of recommendations",
                    "facilitator_help": "A call every second week",
                    "group_help": "Two members share how they hired",
                    "milestones": [{"milestone": "First recommendation closed", "on": ahead(40)}],
                    "judge": "Finn Alder, with the group",
                },
                {
                    "who": "@p1",
                    "what": "Attend both quarterly days in full",
                    "when": ahead(60),
                    "measure": "Days attended",
                    "target": 2,
                    "unit": "days",
                    "source": "Attendance list",
                    "judge": "Finn Alder",
                },
            ]
        },
        "outcome": {
            "if_not_completed": ["extend", "membership"],
            "other_items": [{"do": "start", "item": "Post the four plans by the fifth of the month"}],
        },
    }


@dataclass
class Network:
    """The network, its people, and one plan about Mara led by Finn."""

    organization: Organization
    group: Group
    people: dict[str, Person]
    now: datetime = field(default_factory=timezone.now)
    plan: str = ""

    @property
    def mara(self) -> Person:
        return self.people["mara"]

    @property
    def finn(self) -> Person:
        return self.people["finn"]

    @property
    def ines(self) -> Person:
        return self.people["ines"]

    def address(self, rest: str = "") -> str:
        return f"/plans/{self.plan}/{rest}"

    def row(self) -> Plan:
        return Plan.objects.get(pk=self.plan)

    def seen(self, name: str = "finn") -> Look:
        return look(self.plan, self.people[name], max(self.now, timezone.now()))

    def do(self, name: str, *commands: Command) -> Performed:
        """Commands of one person, a minute between them, at the network's own moment."""
        for command in commands:
            self.now += timedelta(minutes=1)
            done = perform(self.plan, command, self.people[name], self.now)
        return done

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        bring_due(self.plan, self.now)

    # scenes

    def raised(self, *, days_ago: int = 5) -> "Network":
        self.now = timezone.now() - timedelta(days=days_ago)
        version = catalogue.published(self.organization)
        evolve = next(v for v in version if v.key == "evolve-mip")
        done = open_plan(
            self.organization,
            evolve,
            by=self.finn,
            parties={"member": [self.mara], "facilitator": [self.finn]},
            answers=CONCERN,
            group=self.group,
            now=self.now,
            reasons={"no_open_plan": "The member belongs to two groups"},
        )
        self.plan = done.row.pk
        return self

    def told(self, *, days_ago: int = 5) -> "Network":
        self.raised(days_ago=days_ago)
        self.do("finn", Record(log="discussion", answers=TALK, attended=("p1", "p2")), Move(move="begin"))
        return self

    def drafted(self, *, days_ago: int = 5) -> "Network":
        self.told(days_ago=days_ago)
        words = sections(self.now)
        self.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()), Move(move="submit"))
        return self

    def signing(self, *, days_ago: int = 5) -> "Network":
        self.drafted(days_ago=days_ago)
        self.do("finn", Move(move="finish", reasons={"goals_complete": "The unit goes without saying."}))
        return self

    def sign(self, name: str, signature: str, outcome: str = "agreed", **more: Any) -> Performed:
        seen = self.seen(name)
        digest = of_signature(seen.program, seen.plan, signature)
        return self.do(name, Sign(signature=signature, outcome=outcome, digest=digest, **more))

    def running(self, *, days_ago: int = 20) -> "Network":
        self.signing(days_ago=days_ago)
        self.sign("mara", "member_signs")
        self.sign("finn", "facilitator_signs")
        self.do("finn", Move(move="start"))
        return self

    def checked_in(self, *, days_ago: int = 20) -> "Network":
        """Running, with one check-in held and one prepared by the member."""
        self.running(days_ago=days_ago)
        self.wait(14)
        first, second = sorted(self.seen().plan.checkins.values(), key=lambda c: c.due)[:2]
        self.do("mara", Prepare(checkin=first.id, answers={"progress": "One is nearly closed"}))
        goals = {f"steps/r{n}": {"value": n, "observation": "As listed", "source": "The list"} for n in (1, 2)}
        self.do(
            "finn",
            Hold(
                checkin=first.id,
                answers={"said": "Both sides are content"},
                progress=goals,
                attended=("p1", "p2"),
                next_step="Mara calls the second site",
            ),
        )
        self.do("mara", Prepare(checkin=second.id, answers={"progress": "The second one moves", "obstacles": "Time"}))
        return self

    def over(self) -> "Network":
        self.running(days_ago=100)
        self.wait(97)
        return self

    def next_check_in(self) -> str:
        live = [c for c in self.seen().plan.checkins.values() if not c.held and not c.cancelled]
        return min(live, key=lambda c: c.due).id


def network(slug: str = "lakeside") -> Network:
    """The organization with Mara (member), Finn (facilitator), Ines (office), Vera (nobody on the plan)."""
    organization = Organization.objects.create(name="Lakeside Peer Network", slug=slug, zone="America/Chicago")
    group = Group.objects.create(organization=organization, name="Group 14")

    def person(name: str, **more: Any) -> Person:
        first = name.split(maxsplit=1)[0].lower()
        user = User.objects.create_user(username=f"{first}@{slug}", email=f"{first}@{slug}.example")
        return Person.objects.create(organization=organization, name=name, user=user, **more)

    people = {
        "mara": person("Mara Quill", details={"company": "Quill IT"}, email="mara@quill.example"),
        "finn": person("Finn Alder", title="Facilitator"),
        "ines": person("Ines Roth", roles=["office"]),
        "vera": person("Vera Sand", email="vera@sand.example"),
    }
    for name in ("mara", "finn"):
        Membership.objects.create(organization=organization, group=group, person=people[name], lead=name == "finn")
    catalogue.adopt_shipped(organization, timezone.now() - timedelta(days=200), keys=frozenset({"evolve-mip"}))
    catalogue.enter_settings(organization, "evolve-mip", {"contact": "Pat Lindqvist <mip@network.example>"})
    return Network(organization, group, people)


def client_of(person: Person) -> Client:
    """A browser without a screen, signed in as somebody."""
    client = Client()
    client.force_login(person.user)
    return client


def signed_in(new_page: Callable[..., Page], person: Person, **options: Any) -> Page:
    """A real browser's page, signed in as somebody."""
    page = new_page(**options)
    key = client_of(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "domain": "localhost", "path": "/"}])
    return page
