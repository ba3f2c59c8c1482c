"""The index over a plan: everything that follows from its entries and is stored again so that it can be searched.

`derived` computes it, `write` stores what changed, `verify` computes it anew and compares.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from upturn.core.audience import knew, knows, only_helps
from upturn.core.case import Case
from upturn.core.duties import SOON
from upturn.core.duties import Duty as Owed
from upturn.core.events import Signed
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.core.timing import wakes
from upturn.core.verbs.executing import to_execute
from upturn.records.loading import Loaded
from upturn.records.models import Duty, Person, Plan, PlanParty, SignedWords
from upturn.records.models.work import NO_DAY
from upturn.records.owed import owed

DAY = timedelta(days=1)

PartyRow = tuple[int, str, bool, bool, bool, bool]
"""person, role, active, knows, reads"""
DutyRow = tuple[int | None, str, str, str, str, date, date | None, str]
"""person, role, fill, offer, title, since, due, otherwise"""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the entries of a plan say about its index: columns of its row, its parties, its duties, words signed."""

    columns: Mapping[str, Any]
    parties: frozenset[PartyRow]
    duties: frozenset[DutyRow]
    words: frozenset[str]


def derived(loaded: Loaded, now: datetime, *, seq: int | None = None, head: str | None = None) -> Derived:
    """The index as it must be after the entries loaded, looked at at a moment (not before the last entry)."""
    case = loaded.clock(now)
    owed = frozenset(_duty_rows(case, loaded.people))
    return Derived(_columns(case, loaded, owed, seq, head), parties_of(loaded), owed, words_of(loaded))


def _columns(case: Case, loaded: Loaded, owed: Iterable[DutyRow], seq: int | None, head: str | None) -> dict[str, Any]:
    plan, program, stage = loaded.plan, loaded.program, case.stage
    decision = plan.decision
    fills = {party.fill for party in program.parties.values()}
    return {
        "program_key": plan.program,
        "subject_id": _holder(loaded, program.subject_role),
        "lead_id": _holder(loaded, program.lead_role) if program.lead_role != program.subject_role else None,
        "group_id": int(plan.group) if plan.group else None,
        "stage": stage.id,
        "phase": stage.phase,
        "status": Plan.Status.ENDED.value if stage.final else Plan.Status.OPEN.value,
        "variant": plan.variant,
        "seq": plan.seq if seq is None else seq,
        "head": loaded.head if head is None else head,
        "opened_on": plan.opened,
        "closed_on": plan.stage_since if stage.final else None,
        "finding": decision.finding if decision else "",
        "disposition": decision.disposition if decision else "",
        "next_due": _next_due(case, [row[6] for row in owed if row[6]]),
        "wakes_at": next_look(case),
        "unsealed": any(to_execute(case)),
        "told": plan.told is not None,
        "for_office": "office" in fills,
        "for_auditor": "auditor" in fills,
    }


def _next_due(case: Case, days: list[date]) -> date | None:
    """The next day on which something is due; where none is ahead, the last that has passed."""
    return min((day for day in days if day >= case.today), default=max(days, default=None))


def _holder(loaded: Loaded, role: str) -> int | None:
    holders = loaded.plan.holders(role)
    person = loaded.people.get(holders[0].code) if holders else None
    return person.pk if person else None


def parties_of(loaded: Loaded) -> frozenset[PartyRow]:
    """The party rows that follow from the entries loaded."""
    return frozenset(party_rows(loaded.program, loaded.plan, loaded.people))


def words_of(loaded: Loaded) -> frozenset[str]:
    """The digests of all words that were signed, or on record as not signed."""
    return frozenset(fact.event.digest for fact in loaded.entries if isinstance(fact.event, Signed))


def party_rows(program: Program, plan: CorePlan, people: Mapping[str, Person]) -> Iterator[PartyRow]:
    """Every role that somebody holds or held, and whether it lets them know of the plan and read it."""
    for code, party in plan.parties.items():
        if code not in people:
            continue
        for role in party.roles:
            known = knows(program, plan, [role])
            yield people[code].pk, role, True, known, known, known and not only_helps(program, role)
        for role in (r for r in party.former if r not in party.roles):
            known = role in knew(program, plan, code) and knows(program, plan, [role])
            spec = program.parties.get(role)
            reads = known and spec is not None and spec.reads_after_leaving
            yield people[code].pk, role, False, known, reads, reads and not only_helps(program, role)


def _duty_rows(case: Case, people: Mapping[str, Person]) -> Iterator[DutyRow]:
    seen = set()
    for one in owed(case):
        for person, role, fill in _owing(case, one, people):
            key = (person, fill, one.offer)
            if key not in seen:
                seen.add(key)
                yield person, role, fill, one.offer[:120], one.title[:600], one.since, one.due, one.otherwise


def _owing(case: Case, owed: Owed, people: Mapping[str, Person]) -> Iterator[tuple[int | None, str, str]]:
    """Who owes it: the person named, else each holder of the role and each stand-in of an absent one, else whoever
    fills
    it.
    """
    parties = case.program.parties
    if owed.role in parties and parties[owed.role].fill != "named" and not owed.code:
        yield None, owed.role, parties[owed.role].fill
        return
    holders = [p for p in case.plan.holders(owed.role) if not owed.code or p.code == owed.code]
    for party in holders:
        if party.code in people:
            yield people[party.code].pk, owed.role, ""
    if any(p.absent and not case.is_back(p.absent_until) for p in holders):
        for role in (r for r, party in parties.items() if party.stands_in_for == owed.role):
            for party in case.plan.holders(role):
                if party.code in people:
                    yield people[party.code].pk, role, ""


def next_look(case: Case) -> datetime | None:
    """When time alone changes something next: an entry falls due, a check-in becomes a duty, somebody is back."""
    midnights = [_midnight(case, day) for day in _days_ahead(case)]
    return min([m for m in (wakes(case), *midnights) if m], default=None)


def _days_ahead(case: Case) -> Iterator[date]:
    days = [c.due - SOON for c in case.plan.checkins.values() if not (c.held or c.cancelled)] if case.open else []
    days += [p.absent_until + DAY for p in case.plan.parties.values() if p.absent and p.absent_until]
    return (day for day in days if day > case.today)


def _midnight(case: Case, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(case.facts.zone)).astimezone(ZoneInfo("UTC"))


def insert(row: Plan, fresh: Derived, now: datetime) -> None:
    """Store the row of a plan that is just being opened; `write` follows once its entries are there."""
    _set(row, fresh, now)
    row.save(force_insert=True)


def write(row: Plan, fresh: Derived, now: datetime, *, before: Loaded | None = None) -> None:
    """Store the index, touching only what changed. `before`: the plan as the index tells of it, where that is known."""
    changed = [name.removesuffix("_id") for name, value in fresh.columns.items() if getattr(row, name) != value]
    _set(row, fresh, now)
    row.save(update_fields=[*changed, "program_version", "updated_at"])
    _write_duties(row, fresh.duties)
    if before is None or parties_of(before) != fresh.parties:
        _write_parties(row, fresh.parties)
    if before is None or words_of(before) != fresh.words:
        _write_words(row, fresh.words)


def _set(row: Plan, fresh: Derived, now: datetime) -> None:
    for name, value in fresh.columns.items():
        setattr(row, name, value)
    row.updated_at = now


def sorted_duties(rows: Iterable[DutyRow]) -> list[DutyRow]:
    return sorted(rows, key=lambda r: (r[3], r[1], r[0] or 0))


def _duty(row: Plan, values: DutyRow) -> Duty:
    person, role, fill, offer, title, since, due, otherwise = values
    return Duty(
        organization_id=row.organization_id,
        plan=row,
        person_id=person,
        role=role,
        fill=fill,
        offer=offer,
        title=title,
        since=since,
        due=due,
        by=due or NO_DAY,
        otherwise=otherwise,
    )


def _party(row: Plan, values: PartyRow) -> PlanParty:
    person, role, active, known, reads, follows = values
    return PlanParty(
        organization_id=row.organization_id,
        plan=row,
        person_id=person,
        role=role,
        active=active,
        knows=known,
        reads=reads,
        follows=follows,
        opened_on=row.opened_on,
    )


def stored_duties(row: Plan) -> dict[int, DutyRow]:
    """The duty rows of a plan as they are stored, by their key."""
    found = Duty.objects.filter(plan=row).values_list(
        "pk", "person_id", "role", "fill", "offer", "title", "since", "due", "otherwise"
    )
    return {pk: values for pk, *rest in found for values in [_as_duty(rest)]}


def _as_duty(values: list[Any]) -> DutyRow:
    person, role, fill, offer, title, since, due, otherwise = values
    return person, role, fill, offer, title, since, due, otherwise


def _write_duties(row: Plan, wanted: frozenset[DutyRow]) -> None:
    stored = stored_duties(row)
    gone = [pk for pk, values in stored.items() if values not in wanted]
    new = wanted - set(stored.values())
    if gone:
        Duty.objects.filter(pk__in=gone).delete()
    if new:
        Duty.objects.bulk_create([_duty(row, d) for d in sorted_duties(new)])


def stored_parties(row: Plan) -> dict[int, PartyRow]:
    """The party rows of a plan as they are stored, by their key."""
    found = PlanParty.objects.filter(plan=row)
    columns = found.values_list("pk", "person_id", "role", "active", "knows", "reads", "follows")
    return {pk: values for pk, *rest in columns for values in [_as_party(rest)]}


def _as_party(values: list[Any]) -> PartyRow:
    person, role, active, known, reads, follows = values
    return person, role, active, known, reads, follows


def _write_parties(row: Plan, wanted: frozenset[PartyRow]) -> None:
    stored = stored_parties(row)
    gone = [pk for pk, values in stored.items() if values not in wanted]
    if gone:
        PlanParty.objects.filter(pk__in=gone).delete()
    new = wanted - set(stored.values())
    if new:
        PlanParty.objects.bulk_create([_party(row, p) for p in sorted(new)])


def stored_words(row: Plan) -> frozenset[str]:
    """The digests of signed words as they are stored."""
    return frozenset(SignedWords.objects.filter(plan=row).values_list("digest", flat=True))


def _write_words(row: Plan, wanted: frozenset[str]) -> None:
    stored = stored_words(row)
    SignedWords.objects.filter(plan=row, digest__in=stored - wanted).delete()
    new = [SignedWords(organization_id=row.organization_id, plan=row, digest=one) for one in sorted(wanted - stored)]
    SignedWords.objects.bulk_create(new)
