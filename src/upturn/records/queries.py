"""Lists and searches: my work, the plans, people. Each a fixed number of queries, and the same cost however many plans
there are.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet

from upturn.records.access import FILLS, by_fill
from upturn.records.models import Draft, Duty, Group, HeldBack, Person, Plan, PlanParty

PAGE = 25
MOST_FOUND = 500
"""So many people are looked through for a name; who types more of it finds the rest."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next` is the cursor of the page after it, empty on the last one."""

    items: Sequence[T]
    next: str = ""


def _cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(v) for v in values]).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> list[str]:
    """The values of a cursor; none for one that nobody gave out, which leads to the first page."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        date.fromisoformat(values[0])
    except (ValueError, binascii.Error, TypeError, IndexError, KeyError):
        return []
    return [str(v) for v in values]


# -- my work -----------------------------------------------------------------------------------------------------------


def my_work(person: Person, *, after: str = "", size: int = PAGE) -> Page[Duty]:
    """What waits for a person, the soonest first: `duty.plan`, `.offer`, `.title`, `.since`, `.due`, `.otherwise`."""
    own = Duty.objects.filter(person=person)
    shared = [
        Duty.objects.filter(organization=person.organization_id, fill=fill, person=None).exclude(plan__subject=person)
        for fill in FILLS
        if person.has_role(fill)
    ]
    return _duty_page([own, *shared], after, size)


def waiting_for_others(person: Person, *, after: str = "", size: int = PAGE) -> Page[Duty]:
    """What others owe on the plans a person reads. `duty.person` is who, or None for everybody with `duty.fill`."""
    own = _own_plans(person, follows=True)
    filled = [fill for fill in FILLS if person.has_role(fill)]
    others = Duty.objects.filter(plan__in=own)
    if filled:
        others = Duty.objects.filter(Q(plan__in=own) | by_fill(person, "plan__"), organization=person.organization_id)
    return _duty_page([others.exclude(person=person).exclude(fill__in=filled)], after, size)


def _duty_page(sources: Iterable[QuerySet[Duty]], after: str, size: int) -> Page[Duty]:
    """The first so many duties of several ordered sources after a cursor: each is asked through its own index."""
    found: list[Duty] = []
    values = _read_cursor(after)
    for source in sources:
        ordered = source.select_related("plan__subject", "plan__program_version", "person").order_by("by", "id")
        if len(values) == 2 and values[1].isdecimal():
            ordered = ordered.filter(Q(by__gt=values[0]) | Q(by=values[0], id__gt=int(values[1])), by__gte=values[0])
        found += ordered.defer("plan__program_version__source", "plan__program_version__document")[: size + 1]
    found.sort(key=lambda d: (d.by, d.pk))
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], _cursor(last.by, last.pk) if last else "")


def held_back(person: Person) -> list[HeldBack]:
    """The executed copies that wait on plans which somebody leads, or looks after in the office; the oldest first."""
    whose = Q(plan__lead=person)
    if person.has_role("office"):
        whose |= Q(plan__for_office=True) & ~Q(plan__subject=person)
    found = HeldBack.objects.filter(whose, organization=person.organization_id, plan__unsealed=True)
    return list(found.select_related("plan__subject").order_by("since", "pk")[:PAGE])


LATELY = timedelta(days=90)
MOST_ENDED = 5


def ended_lately(person: Person, today: date) -> list[Plan]:
    """The plans about somebody that ended not long ago, the latest first, as far as they may know of them."""
    own = PlanParty.objects.filter(person=person, reads=True).values("plan")
    found = Plan.objects.filter(pk__in=own, subject=person, status=Plan.Status.ENDED, closed_on__gte=today - LATELY)
    return list(found.select_related("program_version").order_by("-closed_on", "-serial")[:MOST_ENDED])


# -- plans -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of plans is narrowed to; empty values narrow nothing. `q` is part of a name, or a number."""

    q: str = ""
    program: str = ""
    phase: str = ""
    stage: str = ""
    status: str = ""
    group: int | None = None
    lead: int | None = None


def plans(person: Person, filters: Filters = Filters(), *, after: str = "", size: int = PAGE) -> Page[Plan]:
    """The plans a person may read, the newest first. Two queries; four with words to look for."""
    found = _readable(person, _matching(person, filters.q.strip()) if filters.q.strip() else None)
    found = found.filter(**_narrowed(filters))
    values = _read_cursor(after)
    if len(values) == 2:
        found = found.filter(
            Q(opened_on__lt=values[0]) | Q(opened_on=values[0], pk__lt=values[1]), opened_on__lte=values[0]
        )
    related = found.select_related("subject", "lead", "group", "program_version")
    texts = ("program_version__source", "program_version__document")
    page = list(related.defer(*texts).order_by("-opened_on", "-pk")[: size + 1])
    return Page(page[:size], _cursor(page[size - 1].opened_on, page[size - 1].pk) if len(page) > size else "")


def _readable(person: Person, among: list[str] | None) -> QuerySet[Plan]:
    """What `visible_plans` says, in words that lead a database to the short way.

    Where the plans are few and known by id, nothing else may look like an index to walk: SQLite, which keeps no count
    of what it holds, would rather walk all plans of the organization in their order than sort ten.
    """
    own = _own_plans(person)
    if not person.has_role(*FILLS):
        return Plan.objects.filter(pk__in=own if among is None else set(own) & set(among))
    seen = Q(pk__in=own) | by_fill(person)
    if among is None:
        return Plan.objects.filter(seen, organization=person.organization_id)
    return Plan.objects.filter(seen, pk__in=among)


def _narrowed(filters: Filters) -> dict[str, object]:
    named = {
        "program_key": filters.program,
        "phase": filters.phase,
        "stage": filters.stage,
        "status": filters.status,
        "group": filters.group,
        "lead": filters.lead,
    }
    return {name: value for name, value in named.items() if value not in ("", None)}


def _own_plans(person: Person, **more: bool) -> list[str]:
    """The plans a person reads by being on them: few."""
    own = PlanParty.objects.filter(person=person, reads=True, **more)
    return list(own.values_list("plan_id", flat=True).distinct())


def only_helped(person: Person, found: Iterable[Plan]) -> set[str]:
    """Those of these plans on which a person only helps, and is told no more than what names them."""
    own = PlanParty.objects.filter(person=person, reads=True, plan__in=[p.pk for p in found])
    follows: dict[str, bool] = {}
    for plan, follow in own.values_list("plan_id", "follows"):
        follows[plan] = follows.get(plan, False) or follow
    return {plan for plan, follow in follows.items() if not follow}


def _matching(person: Person, q: str) -> list[str]:
    """The plans of the organization whose subject's name holds these words, or whose number begins with them."""
    own = Plan.objects.filter(organization=person.organization_id)
    people = Person.objects.filter(organization=person.organization_id, name__icontains=q).order_by("pk")
    named = list(people.values_list("pk", flat=True)[:MOST_FOUND])
    numbered = own.filter(number__gte=q.upper(), number__lt=f"{q.upper()}\U0010ffff") if q[:1].isalpha() else own.none()
    found = (
        Plan.objects.filter(subject__in=named).values_list("pk", flat=True).union(numbered.values_list("pk", flat=True))
    )
    return list(found[: 4 * MOST_FOUND])


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters of a list of plans offer."""

    programs: Sequence[tuple[str, str]] = field(default_factory=tuple)
    groups: Sequence[Group] = field(default_factory=tuple)


def filter_choices(person: Person) -> Choices:
    """The programs (key, title) and groups of the person's organization."""
    versions = person.organization.programversion_set.order_by("key", "version").values_list("key", "title")
    return Choices(
        sorted(dict(versions).items(), key=lambda p: p[1]),
        list(Group.objects.filter(organization=person.organization_id).order_by("name")),
    )


# -- people ------------------------------------------------------------------------------------------------------------


def people(person: Person, q: str = "", *, left: bool = False, after: str = "", size: int = PAGE) -> Page[Person]:
    """The people of somebody's organization by name, found by a part of the name or of the e-mail address."""
    found = Person.objects.filter(organization=person.organization_id)
    found = found if left else found.filter(left_on=None)
    if q.strip():
        found = found.filter(Q(name__icontains=q.strip()) | Q(email__icontains=q.strip()))
    offset = int(after) if after.isdecimal() and len(after) < 8 else 0
    page = list(found.select_related("user", "manager").order_by("name", "pk")[offset : offset + size + 1])
    return Page(page[:size], str(offset + size) if len(page) > size else "")


# -- drafts ------------------------------------------------------------------------------------------------------------


def drafts(person: Person, plan: Plan | None = None) -> dict[str, Draft]:
    """A person's own drafts on a plan (None: of plans not opened yet), by what they are for."""
    return {d.kind: d for d in Draft.objects.filter(organization=person.organization_id, person=person, plan=plan)}
