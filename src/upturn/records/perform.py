"""`perform`: the only way a plan changes. Load, replay, decide, append, index, queue notices: one transaction.

The web, the terminal, the demo and the clock all come through here.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from upturn.core import rules
from upturn.core.audience import reads
from upturn.core.calendar import CalendarExhausted
from upturn.core.case import Case
from upturn.core.commands import Attach, ChangeParty, Command, Open, Sign
from upturn.core.events import Event, Fact, Noticed, from_json, to_json
from upturn.core.facts import CLOCK
from upturn.core.facts import Actor as Acting
from upturn.core.ledger import SALT_BYTES, NotCanonical, moment, seal
from upturn.core.ledger import Entry as Sealed
from upturn.core.opening import variant_of
from upturn.core.plan import Party, evolve
from upturn.core.plan import Plan as CorePlan
from upturn.core.program import Program
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.scope import DID, NAMES, touched
from upturn.core.verbs import BY_COMMAND
from upturn.core.wording import day_name, listed, the
from upturn.records import index
from upturn.records.access import NotFound, acting, fill_roles, may_lead
from upturn.records.catalogue import program_for, settings_of
from upturn.records.histories import History, remember
from upturn.records.loading import Loaded, load, rows, surroundings
from upturn.records.models import (
    Actor,
    Attachment,
    Copy,
    Entry,
    Group,
    Notice,
    Organization,
    Payload,
    Person,
    Plan,
    ProgramVersion,
)
from upturn.records.step_ups import refuse_unproven

Salts = Callable[[], bytes]
TRIES = 5
T = TypeVar("T")


def fresh_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of a command: the plan after it, its row, what happened (perhaps nothing), its program."""

    plan: CorePlan
    row: Plan
    events: tuple[Event, ...]
    program: Program


# -- performing --------------------------------------------------------------------------------------------------------


def perform(
    plan_id: str,
    command: Command,
    actor: Person | None,
    now: datetime,
    *,
    expected: int | None = None,
    salts: Salts = fresh_salt,
) -> Performed:
    """Do what a command asks, as `actor` (None: the clock), at `now`.

    `expected` is the plan's `seq` as the actor had read it: what others changed since of what the command relies on is
    a
    Conflict. A ChangeParty may name somebody who is not on the plan yet as `reference(person)`.
    Raises NotFound, Former, Refused, Conflict; then nothing was written.
    """
    try:
        return _again(lambda: _perform(plan_id, command, actor, now, expected, salts))
    except _Late:
        bring_due(plan_id, now, salts=salts)
        return _again(lambda: _perform(plan_id, command, actor, now, expected, salts, in_time=True))


def rehearse(
    plan_id: str, command: Command, actor: Person, now: datetime, *, expected: int | None = None
) -> tuple[Event, ...]:
    """What `perform` would put on record, and nothing of it done. Raises what `perform` raises."""
    bring_due(plan_id, now)
    with transaction.atomic():
        done = _perform(plan_id, command, actor, now, expected, fresh_salt, in_time=True)
        transaction.set_rollback(True)
    return done.events


class _Late(Exception):
    """Time has brought something that is not written yet: it comes first, so that nobody acts before a date that is
    past.
    """


def reference(person: Person) -> str:
    """How a command names a person who may have no code on the plan yet."""
    return f"person:{person.pk}"


def bring_due(plan_id: str, now: datetime, *, salts: Salts = fresh_salt) -> int:
    """Append what time alone has brought to a plan, and look anew at its duties. The number of entries appended."""
    return _again(lambda: _bring_due(plan_id, now, salts))


def look_anew(organization: Organization, now: datetime) -> None:
    """Let the clock look at every open plan at its next turn: after the organization changed a calendar or settings.
    One statement, however many plans there are.
    """
    Plan.objects.filter(organization=organization, status=Plan.Status.OPEN).update(wakes_at=now)


def reindex_organization(organization: Organization, now: datetime) -> None:
    """Look anew at every open plan: after the organization changed a calendar or settings, which dates may rest on."""
    for plan_id in Plan.objects.filter(organization=organization, status=Plan.Status.OPEN).values_list("pk", flat=True):
        reindex(plan_id, now)


def reindex(plan_id: str, now: datetime) -> None:
    """Compute a plan's index anew, whatever is stored of it."""
    with transaction.atomic():
        loaded = load(_locked(plan_id))
        index.write(loaded.row, index.derived(loaded, now), now)


def _again(work: Callable[[], T]) -> T:
    """Do it anew when another writer took the next number first; the rules look at the plan as it then is."""
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return work()
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _locked(plan_id: str) -> Plan:
    try:
        return rows().select_for_update(of=("self",)).get(pk=plan_id)
    except Plan.DoesNotExist:
        raise NotFound from None


def _perform(
    plan_id: str,
    command: Command,
    person: Person | None,
    now: datetime,
    expected: int | None,
    salts: Salts,
    *,
    in_time: bool = False,
) -> Performed:
    row = _locked(plan_id)
    if not in_time and row.wakes_at is not None and row.wakes_at <= now:
        raise _Late
    loaded = load(row, remembered=True)
    actor = Acting(CLOCK, frozenset({CLOCK})) if person is None else acting(loaded, person)
    if expected is not None:
        _refuse_stale(loaded, command, actor, expected)
    people = dict(loaded.people)
    if person is not None and not actor.code:
        actor = replace(actor, code=_enter(people, person))
    command = _named(command, row, people)
    _refuse_missing_file(command, row)
    loaded = loaded.with_people(people)
    events = _decided(loaded, command, actor, now)
    if not events:
        return Performed(loaded.plan, row, (), loaded.program)
    refuse_unproven(row.pk, events, now)
    _add_actors(loaded)
    return _recorded(loaded, events, actor.code, now, salts)


def _decided(loaded: Loaded, command: Command, actor: Acting, now: datetime) -> list[Event]:
    try:
        return rules.decide(loaded.program, loaded.plan, command, actor, loaded.local(now), loaded.facts)
    except CalendarExhausted as error:
        raise Refused(Refusal("calendar", str(error))) from None


def _bring_due(plan_id: str, now: datetime, salts: Salts) -> int:
    loaded = before = load(_locked(plan_id), remembered=True)
    for _ in range(rules.MOST_FOLLOWING):
        events = rules.due(loaded.program, loaded.plan, loaded.local(now), loaded.facts)
        if not events:
            break
        loaded = appended(loaded, events, CLOCK, now, salts)
    _store(before, loaded, now)
    return loaded.plan.seq - before.plan.seq


def _recorded(loaded: Loaded, events: Sequence[Event], code: str, now: datetime, salts: Salts) -> Performed:
    after = appended(loaded, events, code, now, salts)
    _store(loaded, after, now)
    return Performed(after.plan, after.row, tuple(f.event for f in _new(loaded, after) if f.event), after.program)


def _new(before: Loaded, after: Loaded) -> tuple[Fact, ...]:
    return after.entries[len(before.entries) :]


# -- appending ---------------------------------------------------------------------------------------------------------


def appended(loaded: Loaded, events: Iterable[Event], code: str, now: datetime, salts: Salts) -> Loaded:
    """Seal events as the next entries of a plan and store them. The plan is evolved from what was stored.

    Raises Refused when an answer holds something that cannot be kept, IntegrityError when the next number is taken.
    """
    at = loaded.local(now)
    entries, payloads, facts = [], [], []
    head, plan = loaded.head, loaded.plan
    for event in events:
        kind, salt = type(event).__name__, salts()
        try:
            sealed, content = seal(
                plan=loaded.row.pk,
                seq=plan.seq + 1,
                prev=head,
                type=kind,
                at=at,
                actor=code,
                payload=to_json(event),
                salt=salt,
            )
        except NotCanonical as error:
            raise Refused(Refusal("answer", f"This cannot be kept as it was given. {error}")) from None
        head = sealed.leaf()
        fact = Fact(sealed.seq, at, code, from_json(kind, json.loads(content)))
        plan = evolve(plan, fact)
        facts.append(fact)
        entries.append(_entry(loaded.row, sealed, head))
        payloads.append((salt, content.decode()))
    stored = Entry.objects.bulk_create(entries)
    Payload.objects.bulk_create(
        [
            Payload(entry=entry, organization_id=entry.organization_id, salt=salt, body=body)
            for entry, (salt, body) in zip(stored, payloads, strict=True)
        ]
    )
    return _now_under(replace(loaded, plan=plan, entries=(*loaded.entries, *facts), head=head, last_at=at))


def _entry(row: Plan, sealed: Sealed, leaf: str) -> Entry:
    return Entry(
        organization_id=row.organization_id,
        plan=row,
        seq=sealed.seq,
        v=sealed.v,
        type=sealed.type,
        at=moment(sealed.at),
        at_text=sealed.at,
        actor=sealed.actor,
        prev=sealed.prev,
        leaf=leaf,
        payload_commitment=sealed.payload,
    )


def _now_under(loaded: Loaded) -> Loaded:
    """The plan under the program version it has moved to, if it has."""
    if loaded.plan.digest == loaded.row.program_version.digest:
        return loaded
    version = ProgramVersion.objects.get(organization=loaded.row.organization_id, digest=loaded.plan.digest)
    loaded.row.program_version = version
    return replace(loaded, program=program_for(version, loaded.plan.variant, loaded.plan.language))


def _store(before: Loaded, after: Loaded, now: datetime) -> None:
    """The index and the outbox after new entries."""
    index.write(after.row, index.derived(after, now), now, before=before if before.entries else None)
    notices = _notices(after, _new(before, after), now)
    if notices:
        Notice.objects.bulk_create(notices)
    transaction.on_commit(partial(remember, after.row, History(after.entries, after.plan, after.head, after.last_at)))


def _notices(loaded: Loaded, new: Iterable[Fact], now: datetime) -> list[Notice]:
    """A row for everybody a notice goes to; who learns of the plan only later gets none."""
    made = []
    for fact in new:
        if isinstance(fact.event, Noticed):
            for person, fill, address in _recipients(loaded, fact.event):
                to = f"{person or fill or 'contact'}"
                made.append(
                    Notice(
                        organization_id=loaded.row.organization_id,
                        plan=loaded.row,
                        seq=fact.seq,
                        notice=fact.event.notice,
                        person_id=person,
                        fill=fill,
                        address=address,
                        title=fact.event.title,
                        text=fact.event.text,
                        queued_at=now,
                        message_id=f"{loaded.row.pk}.{fact.seq}.{to}",
                    )
                )
    return made


def _recipients(loaded: Loaded, event: Noticed) -> list[tuple[int | None, str, str]]:
    found: list[tuple[int | None, str, str]] = []
    for role in event.to:
        party = loaded.program.parties.get(role)
        if role == "contact":
            found.append((None, "", str(loaded.facts.settings.get(loaded.program.contact.setting) or "")[:320]))
        elif party is not None and party.fill != "named":
            found.append((None, party.fill, ""))
        elif role not in event.later:
            codes = [p.code for p in loaded.plan.holders(role)] or [role]
            people = [loaded.people[code] for code in codes if code in loaded.people]
            found += [(person.pk, "", person.email) for person in people]
    return list(dict.fromkeys(found))


# -- people and their codes --------------------------------------------------------------------------------------------


def _enter(people: dict[str, Person], person: Person) -> str:
    """The person's code among these people, made if there is none. Codes are numbered and never used again."""
    code = next((c for c, known in people.items() if known.pk == person.pk), "")
    if not code:
        code = f"p{max((int(c[1:]) for c in people), default=0) + 1}"
        people[code] = person
    return code


def _named(command: Command, row: Plan, people: dict[str, Person]) -> Command:
    """The command with a code for a person it names by `reference`."""
    if not isinstance(command, ChangeParty) or not command.code.startswith("person:"):
        return command
    key = command.code.removeprefix("person:")
    person = (
        Person.objects.filter(organization=row.organization_id, pk=int(key), left_on=None).first()
        if key.isdecimal()
        else None
    )
    if person is None:
        raise Refused(Refusal("code", "There is no such person in this organization.", field="code"))
    return replace(command, code=_enter(people, person))


def _refuse_missing_file(command: Command, row: Plan) -> None:
    """A file goes on record only when its bytes are kept, and a copy only with the words it shows."""
    if isinstance(command, Attach) and not Attachment.objects.filter(plan=row, sha256=command.sha256).exists():
        raise Refused(Refusal("file", "The file did not arrive. Choose it again.", field="file"))
    if isinstance(command, Sign) and command.copy:
        shown = Copy.objects.filter(plan=row, of=command.signature, shows=command.digest, sha256=command.copy)
        if not shown.exists():
            says = "The copy that was shown to you is not the one on file. Open the page again, then sign."
            raise Refused(Refusal("copy", says, field="copy"))


def _add_actors(loaded: Loaded) -> None:
    """Keep the codes that were just made."""
    fresh = [(code, person) for code, person in loaded.people.items() if code in loaded.fresh]
    if fresh:
        Actor.objects.bulk_create(
            [
                Actor(organization_id=loaded.row.organization_id, plan=loaded.row, code=code, person=person)
                for code, person in fresh
            ]
        )


# -- collisions --------------------------------------------------------------------------------------------------------


def _refuse_stale(loaded: Loaded, command: Command, actor: Acting, expected: int) -> None:
    """Raise Conflict when what a command relies on changed after `expected`; what else happened does not matter.

    Nobody relies on what they cannot read: a change of it neither disturbs them nor is told to them.
    """
    verb = BY_COMMAND.get(type(command))
    relied_on = verb.reads(command) if verb else frozenset()
    later = [f for f in loaded.entries if f.seq > expected and touched(f.event) & relied_on]
    changes = [_changed(loaded, f, actor) for f in later if reads(loaded.plan, f, actor.roles)]
    if changes:
        raise Conflict(list(dict.fromkeys(changes)), seq=loaded.plan.seq)


def _changed(loaded: Loaded, fact: Fact, actor: Acting) -> str:
    """Finn Alder changed “Situation” on 3 March 2026, 14:02."""
    who = "You" if fact.actor == actor.code else "The clock" if fact.actor == CLOCK else loaded.facts.name(fact.actor)
    names = sorted(touched(fact.event), key=lambda n: (not n.startswith("section:"), n != "stage", n))
    did = DID.get(type(fact.event)) if fact.event else None
    said = did(loaded.program, fact.event) if did else f"changed {_scope_name(loaded.program, names[0])}"
    return f"{who} {said} on {day_name(fact.at.date())}, {fact.at:%H:%M}."


def _scope_name(program: Program, name: str) -> str:
    kind, _, target = name.partition(":")
    if kind == "section" and target in program.section:
        return f"“{program.section[target].title}”"
    return NAMES.get(kind) or {
        "checkin": "a check-in",
        "item": "an item",
        "comment": "a comment",
        "proposal": "a proposal",
    }.get(kind, "the plan")


# -- opening -----------------------------------------------------------------------------------------------------------


def open_plan(  # noqa: PLR0913 - each is asked by name
    organization: Organization,
    program_version: ProgramVersion,
    *,
    by: Person,
    parties: Mapping[str, Sequence[Person]],
    answers: Mapping[str, Any],
    now: datetime,
    language: str = "",
    group: Group | None = None,
    follows: str = "",
    reasons: Mapping[str, str] | None = None,
    on: date | None = None,
    salts: Salts = fresh_salt,
) -> Performed:
    """Open a plan (or raise a concern): `parties` gives the people of each named role, the subject's among them.

    Raises Refused with every problem; then nothing was written.
    """
    base = program_for(program_version, "", language)
    _refuse_strangers(organization, program_version, by, parties, group, follows)
    people: dict[str, Person] = {}
    roles = _roles_by_code(base, parties, people)
    code = _enter(people, by)
    subjects = [p for role, named in parties.items() if role == base.subject_role for p in named]
    _refuse_leading(base, by, subjects)
    row = Plan(
        organization=organization,
        program_version=program_version,
        program_key=program_version.key,
        group=group,
        subject=(subjects or [by])[0],
    )
    command = Open(
        digest=program_version.digest,
        parties=roles,
        answers=dict(answers),
        language=language,
        group=str(group.pk) if group else "",
        follows=follows,
        reasons=reasons or {},
        on=on,
    )
    return _again(lambda: _open(row, command, by, code, people, now, salts))


def _roles_by_code(
    program: Program, parties: Mapping[str, Sequence[Person]], people: dict[str, Person]
) -> dict[str, tuple[str, ...]]:
    """Code → roles, codes in the order in which the program declares its parties."""
    roles: dict[str, tuple[str, ...]] = {}
    for role in [*program.parties, *(r for r in parties if r not in program.parties)]:
        for person in parties.get(role, ()):
            code = _enter(people, person)
            roles[code] = (*roles.get(code, ()), role)
    return roles


def _refuse_strangers(
    organization: Organization,
    version: ProgramVersion,
    by: Person,
    parties: Mapping[str, Sequence[Person]],
    group: Group | None,
    follows: str,
) -> None:
    """Everybody and everything named must be this organization's own."""
    people = [by, *(p for named in parties.values() for p in named)]
    foreign = any(p.organization_id != organization.pk for p in people) or version.organization_id != organization.pk
    if foreign or (group is not None and group.organization_id != organization.pk):
        raise NotFound
    if follows and not Plan.objects.filter(organization=organization, pk=follows).exists():
        raise NotFound
    if version.retired_at is not None:
        raise Refused(
            Refusal(
                "version", f"No new plan opens under version {version.version} of “{version.title}”: it is retired."
            )
        )
    left = list(dict.fromkeys(p.name for p in people if p.left_on is not None))
    if left:
        raise Refused(
            Refusal(
                "parties",
                f"{listed(left)} left the organization; a plan is opened with people who are there.",
                field="parties",
            )
        )


def _refuse_leading(program: Program, by: Person, subjects: Sequence[Person]) -> None:
    """Nobody makes themselves another person's lead: a manager, the lead of a group of theirs, or the office opens a
    plan.
    """
    own = [p for p in subjects if p.pk == by.pk]
    if own or by.has_role("office"):
        return
    for subject in subjects:
        if not may_lead(by, subject):
            whose = f"A {program.words.plan} about {subject.name}"
            raise Refused(
                Refusal(
                    "role",
                    f"{whose} is opened by a manager or group lead of theirs, or by {the(program.words.office)}.",
                    field="parties",
                )
            )


def _open(
    row: Plan, command: Open, by: Person, code: str, people: Mapping[str, Person], now: datetime, salts: Salts
) -> Performed:
    row.entered = settings_of(row.organization, row.program_key)  # type: ignore[attr-defined]
    base = program_for(row.program_version, "", command.language)
    empty = CorePlan()
    loaded = Loaded(row, empty, base, surroundings(row, base, empty, people), people=people)
    roles = frozenset(command.parties.get(code, ())) | fill_roles(base, _before(command), by, code)
    actor = Acting(code, roles)
    variant = _variant(loaded.case(actor, now), command)
    loaded = replace(loaded, program=program_for(row.program_version, variant, command.language))
    events = _decided(loaded, command, actor, now)
    _number(row, loaded.local(now).date(), loaded.program)
    loaded = replace(loaded, fresh=frozenset(people))
    return _first_entries(loaded, events, code, now, salts)


def _before(command: Open) -> CorePlan:
    """The plan as it will stand, as far as who is on it: the office that opens a plan about itself has no say in it."""
    day = date.min
    return CorePlan(parties={code: Party(code, tuple(roles), day) for code, roles in command.parties.items()})


def _variant(case: Case, command: Open) -> str:
    return variant_of(case.program, command.answers, case.today.isoformat())


def _number(row: Plan, day: date, program: Program) -> None:
    """`MIP-2026-0007`: the program, the year, the next number in it."""
    row.series = f"{_letters(program.key)}-{day.year}"
    highest = Plan.objects.filter(organization=row.organization, series=row.series).aggregate(n=Max("serial"))["n"]
    row.serial = (highest or 0) + 1
    row.number = f"{row.series}-{row.serial:04d}"


def _letters(key: str) -> str:
    *_, last = words = key.split("-")
    return (last if len(last) <= 4 or len(words) == 1 else "".join(w[0] for w in words))[:8].upper()


def _first_entries(loaded: Loaded, events: Sequence[Event], code: str, now: datetime, salts: Salts) -> Performed:
    """The row has to be there before its entries, and what it holds follows from them: it is stored twice in one
    transaction.
    """
    row = loaded.row
    plan = loaded.plan
    for number, event in enumerate(events, start=1):
        plan = evolve(plan, Fact(number, loaded.local(now), code, event))
    index.insert(row, index.derived(replace(loaded, plan=plan), now), now)
    _add_actors(loaded)
    return _recorded(loaded, events, code, now, salts)
