"""Who may see and do what.

Nobody has a right to know that a plan exists: for them `NotFound`, the same as for a made-up id. Who may see but not do
gets
the refusal of the rules; a former party learns whom to ask (`Former`), unless the program lets them read on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet

from upturn.core import rules
from upturn.core.audience import knew, knows, only_helps, reads, section_readers
from upturn.core.case import Case
from upturn.core.duties import Duty
from upturn.core.events import Fact
from upturn.core.facts import Actor as Acting
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.core.promises import Promise, promises
from upturn.core.refusals import Refusal
from upturn.core.verbs import Against
from upturn.core.wording import listed, the
from upturn.records.catalogue import program_for, published
from upturn.records.loading import Loaded, load, rows
from upturn.records.models import Membership, Person, Plan, PlanParty, ProgramVersion
from upturn.records.owed import owed

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
    former = knew(loaded.program, loaded.plan, code)
    if roles or not knows(loaded.program, loaded.plan, former):
        raise NotFound
    if any(loaded.program.parties[r].reads_after_leaving for r in former):
        return Acting(code, frozenset())
    raise Former(whom_to_ask(loaded))


def whom_to_ask(loaded: Loaded) -> str:
    """The sentence a former party gets instead of the plan."""
    program, plan = loaded.program, loaded.plan
    leads = (
        [loaded.facts.name(p.code) for p in plan.holders(program.lead_role)]
        if program.lead_role != program.subject_role
        else []
    )
    contact = str(loaded.facts.settings.get(program.contact.setting) or "")
    asked = listed([*leads, contact], "or") or the(program.words.office)
    return f"You were on this {program.words.plan} and no longer are, so it is closed to you. Ask {asked}."


def visible_plans(person: Person) -> QuerySet[Plan]:
    """Every plan the person may read now, in the person's own organization."""
    own = PlanParty.objects.filter(person=person, reads=True).values("plan")
    return Plan.objects.filter(Q(pk__in=own) | by_fill(person), organization=person.organization_id)


def by_fill(person: Person, prefix: str = "") -> Q:
    """Plans (`prefix` leads to them) that a role in the organization opens to a person; never one about that person."""
    q = Q(**{f"{prefix}pk__in": []})
    for fill in FILLS:
        if person.has_role(fill):
            q |= Q(**{f"{prefix}for_{fill}": True})
    return q & Q(**{f"{prefix}organization": person.organization_id}) & ~Q(**{f"{prefix}subject": person.pk})


# -- one person's look at one plan -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """A plan as one person sees it at one moment: everything a page needs, loaded once.

    `entries` are those this person reads. `offers` is what the person may do: `verb:target` → what stands against it.
    """

    person: Person
    loaded: Loaded
    case: Case

    @property
    def row(self) -> Plan:
        return self.loaded.row

    @property
    def plan(self) -> CorePlan:
        return self.loaded.plan

    @property
    def program(self) -> Program:
        return self.loaded.program

    @property
    def actor(self) -> Acting:
        return self.case.actor

    @property
    def roles(self) -> frozenset[str]:
        return self.case.actor.roles

    @property
    def reads_as(self) -> frozenset[str]:
        """The roles in which the person reads: those held, or (for a former party who may read on) those once held."""
        return self.roles or knew(self.program, self.plan, self.actor.code)

    @cached_property
    def entries(self) -> tuple[Fact, ...]:
        return tuple(f for f in self.loaded.entries if reads(self.plan, f, self.reads_as) or f.actor == self.actor.code)

    @cached_property
    def offers(self) -> Mapping[str, Against]:
        return rules.offers(self.program, self.plan, self.actor, self.case.now, self.case.facts)

    @cached_property
    def only_helps(self) -> bool:
        """Whether the person is on the plan as a helper only, who reads what names them and no more."""
        return bool(self.reads_as) and all(only_helps(self.program, role) for role in self.reads_as)

    @cached_property
    def learns_of_the_rest(self) -> bool:
        """Whether what stays with others is listed to the person as existing: to the subject and who stands by the
        subject, once told. Nobody else learns that there is something they do not read, a helper no more than others.
        """
        side = {self.program.subject_role, *self.program.of_kind("representative")}
        return self.plan.told is not None and bool(self.reads_as & side)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every open duty of the plan that the person is told of, whoever's it is."""
        found = tuple(owed(self.case))
        return tuple(d for d in found if self._owes(d)) if self.only_helps else found

    @cached_property
    def own_duties(self) -> tuple[Duty, ...]:
        """What waits for this person."""
        return tuple(d for d in self.duties if self._owes(d))

    def _owes(self, duty: Duty) -> bool:
        return (duty.code or self.actor.code) == self.actor.code and bool(self.case.holds_role([duty.role]))

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What the program promised beside what was done."""
        return tuple(promises(self.case))

    def sees_section(self, section: str) -> bool:
        """Whether the person reads a section: as it was written, or (nothing written yet) as it would be read now."""
        written = self.plan.sections.get(section)
        spec = self.program.section.get(section)
        if written is not None:
            return any(f.seq == written.seq for f in self.entries)
        return spec is not None and bool(self.reads_as & set(section_readers(self.program, spec, self.plan.stage)))

    def reads_entry(self, seq: int) -> bool:
        """Whether the person reads this entry (and so what was written, signed or attached by it)."""
        return any(f.seq == seq for f in self.entries)

    def name(self, code: str) -> str:
        return self.case.names(code)

    def why_not(self, offer: str) -> tuple[Refusal, ...]:
        """Everything against an offer (`move:start`); empty when it is open."""
        return rules.why_not(self.program, self.plan, self.actor, self.case.now, self.case.facts, offer)


def look(plan_id: str, person: Person, now: datetime) -> Look:
    """Load a plan for one person. Five queries, whatever the plan holds. Raises NotFound or Former."""
    row = rows().filter(pk=plan_id, organization=person.organization_id).first()
    if row is None:
        raise NotFound
    loaded = load(row, remembered=True)
    return Look(person, loaded, loaded.case(acting(loaded, person), now))


# -- may they? ---------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing people may do outside the rules of a program: who, and the sentence for everybody else."""

    may: Callable[[Person, Look | None], bool]
    says: str


def _role(*roles: str) -> Callable[[Person, Look | None], bool]:
    return lambda person, _look: person.has_role(*roles)


def _on_plan(*kinds: str) -> Callable[[Person, Look | None], bool]:
    """Whoever holds a role of these kinds on the plan; any role when none is named."""
    return lambda _person, seen: (
        seen is not None
        and any(not kinds or seen.program.parties[r].kind in kinds for r in seen.reads_as if r in seen.program.parties)
    )


RULES: Mapping[str, Rule] = {
    "read": Rule(_on_plan(), "You are not on this plan."),
    "download": Rule(_on_plan(), "You are not on this plan."),
    "draft": Rule(
        lambda _p, seen: seen is not None and bool(seen.roles),
        "You are no longer on this plan, so you cannot write in it.",
    ),
    "readings": Rule(
        _on_plan("subject", "representative", "office", "auditor"),
        "Who has read the plan is shown to the person it is about, the office and auditors.",
    ),
    "verify": Rule(_on_plan(), "You are not on this plan."),
    "open": Rule(
        lambda person, _look: person.left_on is None and (person.has_role("office") or leads_anybody(person)),
        "A plan is opened by the office, by a manager, or by who leads a group.",
    ),
    "people": Rule(_role("admin", "office"), "People and groups are kept by the office and by administrators."),
    "settings": Rule(_role("admin"), "Settings are kept by administrators."),
    "programs": Rule(_role("admin", "office"), "Programs are kept by the office and by administrators."),
    "audit": Rule(_role("auditor", "office"), "Records of all plans are read by the office and by auditors."),
}
"""The one table. What a program rules (`move:start`, `sign:member`) is asked of the program's own rules."""


def can(person: Person, verb: str, plan: "Look | str | None" = None, *, now: datetime | None = None) -> Yes | No:
    """Whether a person may do something: a verb of `RULES`, or an offer of the plan's program.

    `plan` is a look at it, or its id with `now`. For somebody who may not know of the plan: No with `known` False.
    """
    seen: Look | None
    try:
        seen = _seen(plan, person, now)
    except NotFound as error:
        return No(str(error), known=False)
    except Former as error:
        return No(str(error))
    if ":" in verb and seen is not None:
        against = seen.why_not(verb)
        return No(" ".join(r.sentence for r in against)) if against else Yes()
    rule = RULES.get(verb)
    if rule is None:
        return No("There is nothing of that name to do.")
    return Yes() if rule.may(person, seen) else No(rule.says)


def _seen(plan: "Look | str | None", person: Person, now: datetime | None) -> Look | None:
    if plan is None or isinstance(plan, Look):
        return plan
    if now is None:
        raise TypeError("a plan's id needs the moment at which to look")
    return look(plan, person, now)


# -- opening -----------------------------------------------------------------------------------------------------------


def leads_anybody(person: Person) -> bool:
    """Whether somebody is a manager or leads a group."""
    return (
        Person.objects.filter(manager=person).exists() or Membership.objects.filter(person=person, lead=True).exists()
    )


def may_lead(person: Person, subject: Person) -> bool:
    """Whether somebody may open a plan about a person: the office, the manager, who leads a group of theirs."""
    return person.organization_id == subject.organization_id and about_whom(person).filter(pk=subject.pk).exists()


def about_whom(person: Person) -> QuerySet[Person]:
    """The people about whom somebody may open a plan, by name; never that person."""
    everybody = (
        Person.objects.filter(organization=person.organization_id, left_on=None)
        .exclude(pk=person.pk)
        .order_by("name", "pk")
    )
    if person.left_on is not None:
        return everybody.none()
    if person.has_role("office"):
        return everybody
    led = Membership.objects.filter(person=person, lead=True).values("group")
    members = Membership.objects.filter(group__in=led).values("person")
    return everybody.filter(Q(manager=person) | Q(pk__in=members))


def openable(person: Person) -> list[ProgramVersion]:
    """The programs under which somebody may open a plan: as the office, as a lead, or about themselves."""
    kinds = (
        {"subject"}
        | ({"office"} if person.has_role("office") else set())
        | ({"lead"} if leads_anybody(person) else set())
    )
    return [v for v in published(person.organization) if kinds & _opening_kinds(program_for(v))]


def _opening_kinds(program: Program) -> set[str]:
    """The kinds of person that `start.by` means. A role nobody holds before there is a plan (a buyer, a provost) is
    taken on, in opening it, by somebody who leads the person.
    """
    named = {p: program.parties[p].kind for p in program.start.by if p in program.parties}
    return {named.get(p, p) if named.get(p, p) in ("subject", "office") else "lead" for p in program.start.by}
