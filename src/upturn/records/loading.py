"""A plan read from its entries, with the facts of the moment around it, in few queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from upturn.core.case import Case
from upturn.core.events import Fact
from upturn.core.facts import CLOCK, EarlierPlan, Facts
from upturn.core.facts import Actor as Acting
from upturn.core.ledger import GENESIS
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.records import histories
from upturn.records.catalogue import program_for
from upturn.records.models import Actor, Calendar, Person, Plan, ProgramSettings, ProgramVersion


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan as its entries tell it, and what surrounds it. `people`: code → person; `head`: the leaf of the last
    entry.
    """

    row: Plan
    plan: CorePlan
    program: Program
    facts: Facts
    entries: tuple[Fact, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    head: str = GENESIS
    last_at: datetime | None = None
    fresh: frozenset[str] = frozenset()
    """Codes that are not stored yet."""

    def with_people(self, people: Mapping[str, Person]) -> "Loaded":
        """The same with these people; codes that were not there are fresh."""
        fresh = frozenset(people) - frozenset(self.people)
        if not fresh:
            return self
        facts = replace(self.facts, people={code: person.facts() for code, person in people.items()})
        return replace(self, people=people, facts=facts, fresh=self.fresh | fresh)

    def case(self, actor: Acting, now: datetime) -> Case:
        return Case(self.program, self.plan, actor, self.local(now), self.facts)

    def clock(self, now: datetime) -> Case:
        return self.case(Acting(CLOCK, frozenset({CLOCK})), now)

    def local(self, now: datetime) -> datetime:
        """A moment on the plan's own clock, never before the last entry: the days of a plan are days in its zone."""
        at = max(now, self.last_at) if self.last_at else now
        return at.astimezone(ZoneInfo(self.facts.zone))

    def code_of(self, person: Person) -> str:
        """The person's code on this plan; empty for somebody who has none."""
        return next((code for code, known in self.people.items() if known.pk == person.pk), "")


def rows() -> QuerySet[Plan]:
    """Plan rows with what `load` needs of other tables in the same query."""
    return _rows().all()


@cache
def _rows() -> QuerySet[Plan]:
    """Built once: putting such a query together costs more than asking it."""
    entered = ProgramSettings.objects.filter(organization=OuterRef("organization"), key=OuterRef("program_key")).values(
        "values"
    )
    newer = ProgramVersion.objects.filter(
        organization=OuterRef("organization"),
        key=OuterRef("program_key"),
        version__gt=OuterRef("program_version__version"),
        retired_at=None,
    )
    others = Plan.objects.filter(organization=OuterRef("organization"), subject=OuterRef("subject")).exclude(
        pk=OuterRef("pk")
    )
    return (
        Plan.objects.select_related("organization", "program_version", "group", "held_back")
        .defer("program_version__source", "program_version__document")
        .annotate(entered=Subquery(entered[:1]), has_newer=Exists(newer), has_earlier=Exists(others))
    )


def load(row: Plan, *, remembered: bool = False) -> Loaded:
    """A plan and what surrounds it; `row` comes from `rows()`. Three queries, one more each where the person has other
    plans and where newer versions exist.

    `remembered`: what was replayed before in this process is not replayed again (`histories`); `verify` always reads.
    """
    past = histories.remembered(row) if remembered else histories.read(row)
    plan = past.plan
    people = {a.code: a.person for a in Actor.objects.filter(plan=row).select_related("person").order_by("id")}
    program = program_for(row.program_version, plan.variant, plan.language)
    facts = surroundings(row, program, plan, people)
    return Loaded(row, plan, program, facts, past.entries, people, past.head, past.last_at)


def surroundings(row: Plan, program: Program, plan: CorePlan, people: Mapping[str, Person]) -> Facts:
    """The facts of the moment around a plan (or one about to be opened, whose row is not stored yet)."""
    return Facts(
        zone=row.organization.zone,
        calendars={c.unit: c.value() for c in Calendar.objects.filter(organization=row.organization_id)},
        people={code: person.facts() for code, person in people.items()},
        settings=entered(program, getattr(row, "entered", None)),
        earlier=_earlier(row) if getattr(row, "has_earlier", True) else (),
        group=row.group.name if row.group else "",
        versions=_newer(row, plan) if getattr(row, "has_newer", False) else {},
    )


def entered(program: Program, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of a program: what was entered, else its defaults."""
    return {s.id: s.default for s in program.settings} | {
        k: v for k, v in (values or {}).items() if v not in (None, "")
    }


def _earlier(row: Plan) -> tuple[EarlierPlan, ...]:
    others = (
        Plan.objects.filter(organization=row.organization_id, subject=row.subject_id)
        .exclude(pk=row.pk)
        .order_by("opened_on", "id")
    )
    return tuple(
        EarlierPlan(*found) for found in others.values_list("program_key", "opened_on", "closed_on", "finding")
    )


def _newer(row: Plan, plan: CorePlan) -> dict[str, Program]:
    versions = ProgramVersion.objects.filter(
        organization=row.organization_id, key=row.program_key, version__gt=row.program_version.version, retired_at=None
    ).defer("source", "document")
    return {v.digest: program_for(v, plan.variant, plan.language) for v in versions.order_by("version")}
