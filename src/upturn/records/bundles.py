"""The evidence of a plan as one audience reads it, collected for `documents.bundle`; asking for it is an entry.

Each time is an entry: whoever wants the file again says why again, and it tells the record as it then is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from upturn.core.calendar import long_moment
from upturn.core.checkpoints import Signer
from upturn.core.commands import Disclose
from upturn.core.digests import words
from upturn.core.events import Attached, Disclosed, Erased, Executed, Fact, Signed
from upturn.core.facts import Actor
from upturn.core.ledger import Kept
from upturn.core.plan import Plan as CorePlan
from upturn.core.plan import evolve
from upturn.core.verbs.disclosing import asks_as
from upturn.core.wording import day_name, sentence
from upturn.documents import bundle
from upturn.documents.bundle import Evidence
from upturn.documents.content import Reader, record
from upturn.records import keys, log, papers, seals
from upturn.records.access import Look, NotFound, acting
from upturn.records.files import path_of
from upturn.records.loading import load, rows
from upturn.records.models import Attachment, Checkpoint, Copy, Entry, Person
from upturn.records.perform import perform
from upturn.records.timeline import Item, timeline

NOT_KEPT = "its bytes are not kept any more"


class NoBundle(Exception):
    """No bundle can be made; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Given:
    """A bundle, and what the file is called."""

    name: str
    content: bytes


def give(plan_id: str, command: Disclose, person: Person, now: datetime) -> Given:
    """Put on record that somebody asks for a bundle, then make it. Raises what `perform` raises, and NoBundle."""
    perform(plan_id, command, person, now)
    return made(plan_id, command.audience, person, now)


def made(plan_id: str, audience: str, person: Person, now: datetime) -> Given:
    """The bundle of an audience that this person last asked for, with the whole record up to now.

    The same plan at the same moment is the same file. Raises NotFound for somebody who did not ask, and NoBundle.
    """
    seen = _looked_at_anew(plan_id, person, now)
    asked = next((f for f in reversed(seen.loaded.entries) if _asks(f, audience, seen.actor.code)), None)
    roles = asks_as(seen.case, audience)
    if asked is None or not roles:
        raise NotFound
    at, signer = _checkpoint(seen, now)
    reader = Look(person, seen.loaded, seen.loaded.case(Actor("", roles), now))  # as the audience, not as the person
    return Given(f"{bundle.folder(seen.row.number)}.zip", bundle.zipped(_evidence(reader, asked, at), signer))


def _looked_at_anew(plan_id: str, person: Person, now: datetime) -> Look:
    """From the entries as they are stored now: what is remembered of them may hold words that were erased since."""
    row = rows().filter(pk=plan_id, organization=person.organization_id).first()
    if row is None:
        raise NotFound
    loaded = load(row)
    return Look(person, loaded, loaded.case(acting(loaded, person), now))


def _asks(fact: Fact, audience: str, code: str) -> bool:
    return isinstance(fact.event, Disclosed) and fact.event.for_ == audience and fact.actor == code


def _checkpoint(seen: Look, now: datetime) -> tuple[Checkpoint, Signer]:
    """A state of the log that holds the whole record, and the key that signed it, which signs the manifest as well."""
    organization = seen.row.organization
    try:
        at = log.checkpoint(organization, now)
    except log.Unsound as error:
        raise NoBundle(str(error)) from None
    signer = keys.signer_of(organization, bytes.fromhex(at.key)) if at else None
    if at is None or signer is None:
        raise NoBundle("The key that signed the log is not in the data folder, so no bundle can be signed.")
    return at, signer


def _evidence(reader: Look, asked: Fact, at: Checkpoint) -> Evidence:
    row, event = reader.row, asked.event
    assert isinstance(event, Disclosed)  # noqa: S101 - `made` looked for one
    stored = list(Entry.objects.filter(plan=row, seq__lte=reader.plan.seq).select_related("payload").order_by("seq"))
    told = {f.seq for f in reader.entries if f.event is not None}
    told |= {f.seq for f in reader.loaded.entries if isinstance(f.event, Erased)}  # what was erased, everybody may know
    payloads = {e.seq: _kept(e) for e in stored if e.seq in told}
    whose = reader.case.titles(sorted(reader.roles), "and")
    gone = {f.seq for f in reader.loaded.entries if f.event is None}
    withheld = {e.seq: f"not addressed to {whose}" for e in stored if e.seq not in payloads}
    withheld |= {seq: f"erased: {_rule(reader, seq)}" for seq in gone}
    files, missing = dict[str, bytes](), dict[str, str]()
    for path, content, why in _files(reader, told):
        if content is None:
            missing[path] = why
        else:
            files[path] = content
    names = {code: person.name for code, person in reader.loaded.people.items()}
    known = {f.actor for f in reader.loaded.entries if f.seq in told} | set(reader.plan.parties)
    imprint = papers.imprint_of(row.organization, reader.case.now, reader)
    return Evidence(
        number=row.number,
        organization=row.organization.name,
        whose=whose,
        made=reader.case.now,
        asked_by=reader.name(asked.actor),
        given_to=event.to,
        reason=event.reason,
        entries=[e.sealed() for e in stored],
        payloads=payloads,
        withheld=withheld,
        people={code: name for code, name in names.items() if code in known},
        proof=log.prove(row, reader.plan.seq, at),
        seal=seals.certificate(row.organization),
        plan=record(reader.case, imprint, Reader(reader.sees_section, reader.reads_entry)),
        index=_index(reader, whose, files, missing),
        retention=_retention(reader),
        files=files,
        missing=missing,
    )


def _kept(entry: Entry) -> Kept:
    return bytes(entry.payload.salt), entry.payload.body.encode()


def _rule(reader: Look, seq: int) -> str:
    return next((rule for first, last, rule in reader.plan.erased if first <= seq <= last), "")


# -- files -------------------------------------------------------------------------------------------------------------


def _files(reader: Look, told: set[int]) -> Iterator[tuple[str, bytes | None, str]]:
    """Every file that a disclosed entry names: its path, its bytes or none, and why there are none."""
    copies = {c.sha256: c for c in Copy.objects.filter(plan=reader.row)}
    attached = {a.sha256: a for a in Attachment.objects.filter(plan=reader.row)}
    before = CorePlan()
    for fact in reader.loaded.entries:
        event = fact.event if fact.seq in told else None
        match event:
            case Executed():
                yield bundle.executed_path(fact.seq), _bytes(copies.get(event.sha256)), NOT_KEPT
            case Attached():
                yield bundle.attachment_path(fact.seq, event.name), _bytes(attached.get(event.sha256)), NOT_KEPT
            case Signed():
                yield from _signed(reader, fact.seq, event, before, copies.get(event.copy))
        before = evolve(before, fact)


def _signed(
    reader: Look, seq: int, event: Signed, before: CorePlan, copy: Copy | None
) -> Iterator[tuple[str, bytes | None, str]]:
    """The words that were signed, and the file that showed them, for readers of every section they cover."""
    covered = [before.sections[s].seq for s in event.sections if s in before.sections]
    hidden = next((n for n in covered if not reader.reads_entry(n)), None)
    why = f"it holds what entry {hidden} says, which is not addressed to these readers"
    signed = words(before, event.sections, meaning=event.meaning)
    lost = sha256(signed).hexdigest() != event.digest  # erased since
    yield bundle.words_path(seq), None if hidden or lost else signed, why if hidden else "the words were erased"
    if event.copy:
        yield bundle.signing_copy_path(seq), None if hidden else _bytes(copy), why if hidden else NOT_KEPT


def _bytes(stored: Copy | Attachment | None) -> bytes | None:
    try:
        return path_of(stored).read_bytes() if stored else None
    except FileNotFoundError:
        return None


# -- words for counsel -------------------------------------------------------------------------------------------------


def _index(reader: Look, whose: str, files: dict[str, bytes], missing: dict[str, str]) -> str:
    """What happened, the oldest first, and which file is what."""
    row, case = reader.row, reader.case
    lines = [
        f"{row.number}: {reader.program.title}",
        f"{row.organization.name}. As {whose} reads it, {long_moment(case.now)}.",
        f"It stands in “{case.stage.title}”.",
        "",
        "WHO IS WHO",
        *(f"  {code}  {reader.name(code)}: {_roles(reader, code)}" for code in reader.plan.parties),
        "",
        "WHAT HAPPENED",
        *(line for item in reversed(timeline(reader)) for line in _told(item, files)),
    ]
    if missing:
        lines += ["", "WHAT THE RECORD NAMES AND IS NOT IN HERE", *(f"  {p}: {why}" for p, why in missing.items())]
    return "\n".join(lines) + "\n"


def _roles(reader: Look, code: str) -> str:
    party = reader.plan.parties[code]
    now = [reader.case.role_title(r) for r in party.roles]
    return ", ".join([*now, *(f"{reader.case.role_title(r)} before" for r in party.former if r not in party.roles)])


def _told(item: Item, files: dict[str, bytes]) -> Iterator[str]:
    who = f" by {item.actor}" if item.actor else ""
    role = f" ({item.role})" if item.role else ""
    happened = f" Happened on {day_name(item.happened_on)}." if item.happened_on else ""
    yield ""
    yield f"[{item.seq}] {item.at:%Y-%m-%d %H:%M %Z}  {item.title}{who}{role}.{happened}"
    yield from _indented(item.line)
    yield from _indented(item.words)
    for name, value in item.details:
        yield from _indented(f"{name}: {value}")
    for path in sorted(files):
        if path.rpartition("/")[2].startswith(f"{item.seq:04d}"):
            yield f"        File: data/{path}"
    if item.who_sees:
        yield f"        Read by: {', '.join(item.who_sees)}"


def _indented(text: str) -> Iterator[str]:
    yield from (f"        {line}" for line in text.splitlines() if line.strip())


def _retention(reader: Look) -> str:
    kept = reader.program.retention
    says = sentence(kept.says) if kept else "The program says nothing about it; the organization's own schedule holds."
    closed = reader.row.closed_on
    erased = [f"  {first} to {last}: {rule}" for first, last, rule in reader.plan.erased]
    return "\n".join(
        [
            "HOW LONG THIS IS KEPT",
            f"The plan is closed since {day_name(closed)}." if closed else "The plan is not closed.",
            says,
            *(["Entries whose words were erased:", *erased] if erased else []),
            "",
            "HOLD",
            "While a charge, a claim or a lawsuit is pending or can be expected, nothing that bears on it may be",
            "erased, whatever a schedule says; personnel records that bear on a charge are kept until its final",
            "disposition (29 CFR 1602.14). A copy of this bundle is not a hold: tell the office that keeps the plan.",
            "This is a note for counsel to confirm, and not legal advice.",
            "",
        ]
    )
