"""The stage a story is played on: one plan, what has happened on it so far, and the moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from upturn.core.case import Case
from upturn.core.events import Event, Fact, Moved, Screened, Signed
from upturn.core.facts import CLOCK, Actor, Facts
from upturn.core.plan import Plan, evolve
from upturn.core.program import Program
from upturn.core.reading import ProgramFile
from upturn.core.rules import due
from upturn.core.timing import wakes


class StoryFailed(AssertionError):
    """A story went another way than it says; the message names the story, the step and what happened."""


@dataclass
class Told:
    """What a story reached: for the tests that ask every step and outcome of a program to be told."""

    moves: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)
    dispositions: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)
    outcomes: set[tuple[str, str]] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)


@dataclass
class Stage:
    """The stage a story is played on: one plan, its facts so far, the moment."""

    file: ProgramFile
    cast: Mapping[str, tuple[str, ...]]
    now: datetime
    world: Facts
    plan: Plan = field(default_factory=Plan)
    record: list[Fact] = field(default_factory=list)
    program: Program | None = None
    told: Told = field(default_factory=Told)

    def the_program(self) -> Program:
        return self.program or self.file.program()

    def code(self, name: str) -> str:
        return f"p{list(self.cast).index(name) + 1}"

    def actor(self, name: str) -> Actor:
        """A person of the cast, with the roles held on the plan now and those the organization gives."""
        program = self.the_program()
        code = self.code(name)
        filled = {r for r in self.cast[name] if r in program.parties and program.parties[r].fill != "named"}
        held = self.plan.roles(code) if self.plan.seq else frozenset(self.cast[name])
        return Actor(code, frozenset(held) | filled)

    def case(self, actor: Actor | None = None) -> Case:
        return Case(self.the_program(), self.plan, actor or Actor(CLOCK, frozenset({CLOCK})), self.now, self.world)

    def keep(self, events: Iterable[Event], actor: str) -> None:
        for event in events:
            fact = Fact(self.plan.seq + 1, self.world.local(self.now), actor, event)
            self.plan = evolve(self.plan, fact)
            self.record.append(fact)
            self._note(event)
        if self.plan.digest and self.plan.version != self.the_program().version:
            self.program = self.world.versions[self.plan.digest]

    def _note(self, event: Event) -> None:
        if isinstance(event, Moved):
            self.told.moves.add(event.move)
            self.told.findings |= {event.finding} - {""}
            self.told.dispositions |= {event.disposition} - {""}
        elif isinstance(event, Screened) and event.result:
            self.told.results.add(event.result)
        elif isinstance(event, Signed):
            self.told.outcomes.add((event.signature, event.outcome))

    def pass_until(self, moment: datetime) -> None:
        """Time passes; whatever it brings happens on its own day."""
        for _ in range(2000):
            self.bring_due()
            next_ = wakes(self.case()) if self.plan.seq else None
            if next_ is None or next_ > moment:
                break
            self.now = max(self.now, next_)
        self.now = max(self.now, moment)
        self.bring_due()

    def bring_due(self) -> None:
        for _ in range(200):
            events = due(self.the_program(), self.plan, self.now, self.world) if self.plan.seq else []
            if not events:
                return
            self.keep(events, CLOCK)


def day_of(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC)
