"""Who may see and do what.

Nobody has a right to know that a plan exists: for them `NotFound`, the same as for a made-up id. Who may see but not do gets
the refusal of the rules; a former party learns whom to ask (`Former`), unless the program lets them read on.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from upturn.core.audience import knows
from upturn.core.facts import Actor as Acting
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.core.wording import listed
from upturn.records.loading import Loaded
from upturn.records.models import Membership, Person, Plan, PlanParty

FILLS = ("office", "auditor")


class NotFound(Exception):
    """There is no such plan, or none that this person may know of. Nobody is told which."""

    def __init__(self) -> None:
        super().__init__("There is no such plan, or it is not one you can open.")


class Former(Exception):
    """The person was on the plan and no longer is. The message says whom to ask."""


def fill_roles(program: Program, plan: CorePlan, person: Person, code: str) -> frozenset[str]:
    """Roles on the plan that come with a role in the organization; none on a plan about oneself."""
    if code and any(p.code == code for p in plan.holders(program.subject_role)):
        return frozenset()
    return frozenset(r for r, party in program.parties.items() if party.fill in FILLS and person.has_role(party.fill))


def acting(loaded: Loaded, person: Person) -> Acting:
    """The person as the rules see them on this plan. Raises NotFound or Former for somebody who is nobody here."""
    if person.organization_id != loaded.row.organization_id:
        raise NotFound
    code = loaded.code_of(person)
    roles = loaded.plan.roles(code) | fill_roles(loaded.program, loaded.plan, person, code)
    if knows(loaded.program, loaded.plan, roles):
        return Acting(code, roles)
    former = former_roles(loaded.plan, code)
    if roles or not knows(loaded.program, loaded.plan, former):
        raise NotFound
    if any(loaded.program.parties[r].reads_after_leaving for r in former if r in loaded.program.parties):
        return Acting(code, frozenset())
    raise Former(whom_to_ask(loaded))


def former_roles(plan: CorePlan, code: str) -> frozenset[str]:
    """Roles somebody held and no longer holds."""
    party = plan.parties.get(code)
    return frozenset(r for r in party.former if r not in party.roles) if party else frozenset()


def whom_to_ask(loaded: Loaded) -> str:
    """The sentence a former party gets instead of the plan."""
    program, plan = loaded.program, loaded.plan
    leads = (
        [loaded.facts.name(p.code) for p in plan.holders(program.lead_role)]
        if program.lead_role != program.subject_role
        else []
    )
    contact = str(loaded.facts.settings.get(program.contact.setting) or "")
    asked = listed([*leads, contact], "or") or f"the {program.words.office}"
    return f"You were on this {program.words.plan} and no longer are, so it is closed to you. Ask {asked}."


def visible_plans(person: Person) -> QuerySet[Plan]:
    """Every plan the person may read now, in the person's own organization."""
    own = PlanParty.objects.filter(person=person, reads=True).values("plan")
    return Plan.objects.filter(Q(pk__in=own) | by_fill(person), organization=person.organization_id)


def by_fill(person: Person) -> Q:
    """Plans that a role in the organization opens to a person; never one about that person."""
    q = Q(pk__in=[])
    for fill in FILLS:
        if person.has_role(fill):
            q |= Q(**{f"for_{fill}": True})
    return q & ~Q(subject=person.pk)


@dataclass(frozen=True, slots=True)
class Yes:
    """It may be done."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class No:
    """It may not; `sentence` says why. `known` is False when even the plan's existence is not to be told (404)."""

    sentence: str
    known: bool = True

    def __bool__(self) -> bool:
        return False


def may_lead(person: Person, subject: Person) -> bool:
    """Whether somebody may open a plan about a person as its lead: the office, the manager, who leads a group of theirs."""
    if person.organization_id != subject.organization_id or person.left_on is not None:
        return False
    if person.has_role("office") or subject.manager_id == person.pk:
        return True
    led = Membership.objects.filter(person=person, lead=True).values("group")
    return Membership.objects.filter(person=subject, group__in=led).exclude(person=person).exists()
