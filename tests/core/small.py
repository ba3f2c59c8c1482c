"""A small program that the tests of the core change in the one place they are about."""

from datetime import UTC, date, datetime
from functools import cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from upturn.core.calendar import Calendar
from upturn.core.case import Case
from upturn.core.facts import Actor, Facts
from upturn.core.plan import Party, Plan
from upturn.core.program import Program
from upturn.core.reading import ProgramFile, patch, read

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFICE_HOURS = {"business_days": Calendar(name="business days")}

SMALL = """
key: small
version: 1
title: A small plan
summary: As little as a program may hold.
about: {what: A trial program.}
basis: [{id: Handbook, title: The handbook}]
parties:
  member: {title: Member, kind: subject}
  lead: {title: Lead, kind: lead}
  staff: {title: Program staff, kind: office, fill: office}
start: {by: [lead, office], stage: drafting}
form:
  - id: words
    title: What it is about
    by: [member, lead]
    in: [drafting, running]
    fields: [{id: said, kind: longtext, title: What was said, required: true}]
stages:
  - {id: drafting, title: Drafting, phase: draft, says: It is written.}
  - {id: running, title: Under way, phase: run, says: It runs.}
  - {id: over, title: Over, phase: closed, final: true, says: It is over.}
moves:
  - {id: begin, title: Begin, from: [drafting], to: running, by: [lead], tells: true}
  - {id: end, title: End, from: [running], to: over, by: [lead]}
"""

CAST = {"p1": ("member",), "p2": ("lead",)}
PEOPLE = {"p1": {"name": "Mara Quill"}, "p2": {"name": "Finn Alder"}, "p3": {"name": "Ines Roth"}}


def document(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


@cache
def _file(change: str) -> ProgramFile:
    changed = patch(document(SMALL), document(change) or {})
    return read(_written(changed))


def _written(value: Any) -> str:
    out = StringIO()
    YAML(typ="safe", pure=True).dump(value, out)
    return out.getvalue()


def small_file(change: str = "") -> ProgramFile:
    """The small program with a change as a variant would make it: mappings merge, parts merge by id."""
    return _file(change)


def small(change: str = "") -> Program:
    return small_file(change).program()


def case_of(program: Program, plan: Plan | None = None, *, code: str = "p2", now: datetime = NOW, **facts: Any) -> Case:
    """A look at a plan of the small cast by one of them; `p3` is of the staff."""
    held = plan or plan_of()
    roles = held.roles(code) or frozenset({"staff"} if code == "p3" else set())
    world = Facts(**{"calendars": OFFICE_HOURS, "people": PEOPLE, **facts})
    return Case(program, held, Actor(code, roles), now, world)


def plan_of(**told: Any) -> Plan:
    """A plan of the small cast that stands in its first stage since today, told from the first day."""
    base: dict[str, Any] = {
        "seq": 1,
        "program": "small",
        "stage": "drafting",
        "stage_since": TODAY,
        "told": TODAY,
        "parties": {code: Party(code, roles, TODAY) for code, roles in CAST.items()},
        "readers": (("p2", ("member", "lead", "staff"), ()),),
    }
    return Plan(**{**base, **told})
