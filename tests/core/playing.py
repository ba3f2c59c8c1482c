"""Plays a plan of the small program by real commands, so that a test says only what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.core.small import NOW, OFFICE_HOURS, PEOPLE, small_file
from upturn.core import commands as c
from upturn.core import rules
from upturn.core.case import Case
from upturn.core.digests import of_signature
from upturn.core.events import Event, Fact
from upturn.core.facts import CLOCK, Actor, Facts
from upturn.core.plan import Plan, evolve
from upturn.core.program import Program
from upturn.core.reading import ProgramFile
from upturn.core.timing import wakes
from upturn.core.verbs.base import Against

NAMES = {"mara": "p1", "finn": "p2", "ines": "p3"}


@dataclass
class Play:
    """One plan: mara is the member, finn the lead, ines of the staff. What time brings comes when `wait` is called."""

    file: ProgramFile
    now: datetime = NOW
    facts: Facts = field(default_factory=lambda: Facts(calendars=OFFICE_HOURS, people=PEOPLE))
    plan: Plan = field(default_factory=Plan)
    record: list[Fact] = field(default_factory=list)
    program: Program | None = None

    @property
    def the_program(self) -> Program:
        return self.program or self.file.program()

    @property
    def today(self) -> date:
        return self.facts.day(self.now)

    def actor(self, name: str) -> Actor:
        code = NAMES[name]
        held = (
            self.plan.roles(code)
            if self.plan.seq
            else {"p1": frozenset({"member"}), "p2": frozenset({"lead"})}.get(code)
        )
        return Actor(code, frozenset({"staff"}) if name == "ines" else held or frozenset())

    def case(self, name: str = "") -> Case:
        actor = self.actor(name) if name else Actor(CLOCK, frozenset({CLOCK}))
        return Case(self.the_program, self.plan, actor, self.now, self.facts)

    def do(self, name: str, command: c.Command) -> list[Event]:
        """What happened. Raises Refused and Conflict as they come."""
        actor = self.actor(name)
        events = rules.decide(self.the_program, self.plan, command, actor, self.now, self.facts)
        self.keep(events, actor.code)
        return events

    def keep(self, events: Iterable[Event], code: str) -> None:
        for event in events:
            fact = Fact(self.plan.seq + 1, self.facts.local(self.now), code, event)
            self.plan = evolve(self.plan, fact)
            self.record.append(fact)

    def offers(self, name: str) -> dict[str, Against]:
        return dict(rules.offers(self.the_program, self.plan, self.actor(name), self.now, self.facts))

    def due(self) -> list[Event]:
        """What time has brought by now, kept."""
        brought: list[Event] = []
        while events := rules.due(self.the_program, self.plan, self.now, self.facts):
            self.keep(events, CLOCK)
            brought += events
        return brought

    def wakes(self) -> datetime | None:
        return wakes(self.case())

    def wait(self, *, until: date) -> list[Event]:
        """Day by day, as the clock would look; everything that time brought."""
        brought = self.due()
        while self.today < until:
            self.now = at_noon(self.today + timedelta(days=1), self.facts.zone)
            brought += self.due()
        return brought

    def sign(self, name: str, signature: str, outcome: str = "agreed", **more: Any) -> list[Event]:
        digest = of_signature(self.the_program, self.plan, signature)
        return self.do(name, c.Sign(signature=signature, outcome=outcome, digest=digest, **more))


def at_noon(day: date, zone: str = "UTC") -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def opened(change: str = "", *, by: str = "finn", now: datetime = NOW, on: date | None = None, **facts: Any) -> Play:
    """A plan of the small program (changed) that finn has opened for mara."""
    play = Play(small_file(change), now=now)
    play.facts = replace(play.facts, **facts)
    parties = {"p1": ("member",), "p2": ("lead",)}
    play.do(by, c.Open(digest=play.file.digest, parties=parties, on=on))
    return play
