"""Does what is stored still say what was recorded? Every chain is checked, every derived row computed anew and
compared, and so is the log.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from upturn.core import digests
from upturn.core.events import Erased, Signed, from_json
from upturn.core.facts import CLOCK
from upturn.core.ledger import Kept, first_break, moment
from upturn.records import index, log, step_ups
from upturn.records.files import path_of
from upturn.records.loading import Loaded, load, rows
from upturn.records.models import Actor, Attachment, Copy, Entry, Organization, Payload, Plan, ProgramVersion


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: the plan's number (or the program) it is about, and a sentence."""

    about: str
    says: str

    def __str__(self) -> str:
        return f"{self.about}: {self.says}"


def verify(target: Organization | Plan) -> list[Finding]:
    """Check one plan, or an organization's programs, all its plans and its log. Empty: everything agrees."""
    logged = [Finding(about, says) for about, says in log.changed(target)]
    if isinstance(target, Plan):
        return [*_plan(target.pk), *logged]
    found = [
        finding
        for version in ProgramVersion.objects.filter(organization=target).iterator()
        for finding in _program(version)
    ]
    ids = Plan.objects.filter(organization=target).order_by("series", "serial").values_list("pk", flat=True)
    found += [finding for pk in list(ids) for finding in _plan(pk)]
    return found + logged + [Finding("The log", says) for says in log.findings(target)]


def _program(version: ProgramVersion) -> Iterator[Finding]:
    try:
        sound = digests.document(json.loads(version.document)) == version.digest
    except ValueError:
        sound = False
    if not sound:
        yield Finding(
            f"{version.key} version {version.version}", "The program's text is not the one that was published."
        )


def _plan(plan_id: str) -> Iterator[Finding]:
    """Everything about one plan; where the chain is broken, nothing that rests on it is looked at."""
    row = rows().get(pk=plan_id)
    broken = list(_chain(row))
    yield from (Finding(row.number, says) for says in broken)
    if broken:
        return
    if Payload.objects.filter(entry__plan=row).count() < row.seq:
        return  # what retention erased no longer says what the index must be; the chain says that nothing else changed
    try:
        loaded = load(row)
        fresh = index.derived(loaded, row.updated_at)
    except Exception as error:  # noqa: BLE001 - whatever was stored, the answer is a finding and never a crash
        yield Finding(row.number, f"The entries cannot be replayed ({type(error).__name__}: {error}).")
        return
    for check in CHECKS:
        yield from (Finding(row.number, says) for says in check(loaded, fresh))


def _chain(row: Plan) -> Iterator[str]:
    stored = list(Entry.objects.filter(plan=row).order_by("seq").select_related("payload"))
    kept = {entry.seq: _kept(entry) for entry in stored}
    broken = first_break([entry.sealed() for entry in stored], kept, _covered(stored), plan=row.pk, head=row.head)
    if broken:
        yield broken.says
        return
    if not stored:
        yield "There is no entry."
    for entry in stored:
        if entry.leaf != entry.sealed().leaf() or entry.at != moment(entry.at_text):
            yield f"What is stored beside entry {entry.seq} for searching is not what the entry says."
        if entry.organization_id != row.organization_id:
            yield f"Entry {entry.seq} is kept under another organization."


def _kept(entry: Entry) -> Kept | None:
    payload = getattr(entry, "payload", None)
    return (bytes(payload.salt), payload.body.encode()) if payload else None


def _covered(stored: Iterable[Entry]) -> set[int]:
    """The entries whose payload an Erased entry covers; what cannot be read covers nothing."""
    covered: set[int] = set()
    for entry in stored:
        kept = _kept(entry)
        if entry.type == "Erased" and kept:
            try:
                event = from_json(entry.type, json.loads(kept[1]))
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(event, Erased):
                covered |= set(range(event.first, min(event.last, entry.seq - 1) + 1))
    return covered


# -- derived rows ------------------------------------------------------------------------------------------------------


def _columns(loaded: Loaded, fresh: index.Derived) -> Iterator[str]:
    for name, wanted in fresh.columns.items():
        stored = getattr(loaded.row, name)
        if stored != wanted:
            yield f"The index says {name.removesuffix('_id')} is {_said(stored)}; the entries say {_said(wanted)}."
    if loaded.row.program_version.digest != loaded.plan.digest:
        yield "The index points at another program version than the entries."


def _said(value: Any) -> str:
    return "empty" if value in (None, "") else f"{value}"[:80]


def _parties(loaded: Loaded, fresh: index.Derived) -> Iterator[str]:
    stored = Counter(index.stored_parties(loaded.row).values())
    for row in set(stored) | fresh.parties:
        if stored[row] != (row in fresh.parties):
            yield f"The index of who is on the plan does not agree about the role {row[1]}."


def _duties(loaded: Loaded, fresh: index.Derived) -> Iterator[str]:
    stored = Counter(index.stored_duties(loaded.row).values())
    for row in index.sorted_duties(set(stored) | fresh.duties):
        if stored[row] != (row in fresh.duties):
            kind = (
                "is missing"
                if not stored[row]
                else "is there, and should not be"
                if row not in fresh.duties
                else "is there twice"
            )
            yield f"The duty “{row[4]}” {kind}."


def _words(loaded: Loaded, fresh: index.Derived) -> Iterator[str]:
    for digest in sorted(index.stored_words(loaded.row) ^ fresh.words):
        yield f"The index of signed words does not agree about {digest[:12]}."


def _actors(loaded: Loaded, _fresh: index.Derived) -> Iterator[str]:
    used = {fact.actor for fact in loaded.entries} | set(loaded.plan.parties)
    for code in sorted(used - set(loaded.people) - {CLOCK}):
        yield f"Nobody is on file for the code {code}."
    foreign = Actor.objects.filter(plan=loaded.row).exclude(person__organization=loaded.row.organization_id)
    for code in foreign.values_list("code", flat=True):
        yield f"The code {code} stands for somebody of another organization."


def _attachments(loaded: Loaded, _fresh: index.Derived) -> Iterator[str]:
    if not loaded.plan.attachments:
        return
    kept = {a.sha256: a for a in Attachment.objects.filter(plan=loaded.row)}
    for state in loaded.plan.attachments.values():
        found = kept.get(state.sha256)
        if found is None or not path_of(found).is_file():
            yield f"The file “{state.name}” is missing."
        elif _digest(found) != state.sha256:
            yield f"The file “{state.name}” is not the one that was attached."


def _copies(loaded: Loaded, _fresh: index.Derived) -> Iterator[str]:
    """The copies that were signed, and those that were sealed, are kept and are what they were."""
    named = {s.copy: f"that was signed ({s.id})" for s in loaded.plan.signers.values() if s.copy}
    named |= {s.sha256: f"that was sealed ({s.document})" for s in loaded.plan.executed.values()}
    if not named:
        return
    kept = {c.sha256: c for c in Copy.objects.filter(plan=loaded.row, sha256__in=named)}
    for sha256, what in named.items():
        found = kept.get(sha256)
        if found is None or not path_of(found).is_file():
            yield f"The copy {what} is missing."
        elif _digest(found) != sha256:
            yield f"The copy {what} is not the one on file."


def _passkeys(loaded: Loaded, _fresh: index.Derived) -> Iterator[str]:
    """Each passkey that signed did so over what stands on record."""
    for fact in loaded.entries:
        if isinstance(fact.event, Signed) and (why := step_ups.against(loaded.row.pk, fact.event, fact.at)):
            yield f"The signature of entry {fact.seq}: {why}"


def _digest(stored: Attachment | Copy) -> str:
    with path_of(stored).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


CHECKS: tuple[Callable[[Loaded, index.Derived], Iterable[str]], ...] = (
    _columns,
    _parties,
    _duties,
    _words,
    _actors,
    _attachments,
    _copies,
    _passkeys,
)
