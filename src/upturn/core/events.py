"""What happened: the facts a plan's ledger is made of, to and from JSON.

The vocabulary is small because the specifics live in programs. Every event carries the roles that read it
(`audience`), the roles that read it from the moment of telling (`later`), and the day it happened `on` when that is
not the day it was recorded. Answers inside events are JSON values (see `fields`). Adding a field with a default keeps
old entries readable; a field is never renamed or removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any, get_type_hints

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of every event."""

    audience: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """A concern was raised, or a plan opened, under one version of a program. `parties`: code → roles."""

    program: str
    version: int
    digest: str
    variant: str = ""
    language: str = ""
    stage: str
    parties: Mapping[str, tuple[str, ...]]
    answers: Answers
    triggers: tuple[str, ...] = ()
    group: str = ""
    follows: str = ""
    tells: bool = False
    warnings: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """A section was shared: its answers as they now stand."""

    section: str
    answers: Answers
    role: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged(Event):
    """A dated record was made: a discussion, a contact, an incident. `attended`: roles or codes that took part."""

    log: str
    number: int
    answers: Answers
    attended: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened(Event):
    """A party answered its screening questions; `result` when all parts are answered."""

    part: str
    answers: Answers
    role: str = ""
    result: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event):
    """A step of the lifecycle. `warnings`: rule, sentence and the written reason for passing it."""

    move: str
    from_: str
    to: str
    role: str = ""
    answers: Answers
    warnings: tuple[Mapping[str, str], ...] = ()
    tells: bool = False
    finding: str = ""
    disposition: str = ""
    reasons: str = ""
    criteria: tuple[Mapping[str, Any], ...] = ()
    promises: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Event):
    """A date was set or moved: of a clock, a deadline, a check-in or an item. `how` says how it was computed."""

    what: str
    id: str
    cause: str
    start: date | None = None
    end: date | None = None
    how: str = ""
    was: date | None = None
    days: int = 0
    reason: str = ""
    floor: date | None = None
    cap: date | None = None
    warnings: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled(Event):
    """The check-ins of a rhythm got their dates. `dates`: id and day of each, and the row it is about, if any."""

    checkin: str
    dates: tuple[Mapping[str, str], ...]
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """Clocks were stopped from a day on. Why stays out of the plan."""

    clocks: tuple[str, ...]
    start: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The pause ended; `last` is its last day."""

    clocks: tuple[str, ...]
    start: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Event):
    """A signature, or what stands in its place. `digest` names the exact words; `meaning` is the statement signed.

    `awaits`: who else has to sign before it stands, where each holder does. `copy`: the SHA-256 of the file that showed
    these words to the signer. `paper`: the attachment that shows the signature, where it was given on paper.
    """

    signature: str
    outcome: str
    digest: str
    meaning: str
    sections: tuple[str, ...]
    signer: str
    role: str = ""
    statement: str = ""
    reason: str = ""
    witnesses: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    copy: str = ""
    paper: str = ""
    consent: str = ""
    """The sentence by which the signer agreed to sign electronically, word for word."""
    step_up: Mapping[str, Any] | None = None
    """How the signer showed anew that it is them (`step_up.StepUp` as JSON)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(Event):
    """Signatures or approvals no longer stand, because words they cover changed."""

    signatures: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Event):
    """An approver answered: approved, returned, refused, concurred, consulted or recused."""

    approval: str
    outcome: str
    role: str = ""
    reason: str = ""
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Event):
    """A comment on a section, or (with `proposed`) a suggested change that the other side answers."""

    number: int
    section: str
    text: str
    proposed: str = ""
    field: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Event):
    """An answer to a comment, a suggestion or a proposal: accepted, declined, or words alone."""

    to: str
    number: int
    outcome: str
    reason: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Event):
    """A statement nobody can edit."""

    number: int
    text: str
    about: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(Event):
    """A check-in was prepared by one side, or held. `progress` per goal: table, row, value, observation, source."""

    checkin: str
    state: str
    answers: Answers
    progress: tuple[Mapping[str, Any], ...] = ()
    attended: tuple[str, ...] = ()
    next_step: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed(Event):
    """Time brought it: a clock ended, a deadline passed, a check-in was missed."""

    what: str
    id: str
    due: date
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved(Event):
    """A row with a life of its own moved a step. `due` when its date moved."""

    table: str
    row: str
    move: str
    to: str
    answers: Answers
    role: str = ""
    due: date | None = None
    was: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Event):
    """A change of the running plan, or a newer program version, is proposed. The old text governs until `Amended`."""

    number: int
    kind: str
    changes: Mapping[str, Answers]
    reason: str
    digest: str = ""
    version: int = 0
    differences: tuple[str, ...] = ()
    role: str = ""
    effective: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Event):
    """A proposal took effect: by agreement, or imposed after notice."""

    number: int
    kind: str
    changes: Mapping[str, Answers]
    how: str
    digest: str = ""
    version: int = 0
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyChanged(Event):
    """Somebody joined or left a role, is absent or back. `instead_of`: the code handed over from."""

    code: str
    role: str
    change: str
    instead_of: str = ""
    reason: str = ""
    until: date | None = None
    by_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Event):
    """A file was attached; the ledger keeps its digest."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    about: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed(Event):
    """The executed copy of a document was made and sealed. `signatures`: the entries of the signatures it carries."""

    document: str
    sha256: str
    size: int
    signatures: tuple[int, ...]
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed(Event):
    """An evidence bundle was asked for: of what an audience reads (`for_`), to be given `to` somebody, and why."""

    for_: str
    reason: str
    to: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Event):
    """A notice was queued. `to`: roles, the code of one person, or the program's contact."""

    notice: str
    to: tuple[str, ...]
    title: str
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Event):
    """A dated correction of an earlier entry; both stay readable."""

    seq: int
    text: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Event):
    """Payloads of a range of entries were erased by a retention rule."""

    first: int
    last: int
    rule: str


TYPES: Mapping[str, type[Event]] = {
    cls.__name__: cls
    for cls in (
        Opened, Answered, Logged, Screened, Moved, Dated, Scheduled, Paused, Resumed, Signed, Voided, Approved,
        Commented, Replied, Stated, CheckedIn, Lapsed, ItemMoved, Proposed, Amended, PartyChanged, Attached, Executed,
        Disclosed, Noticed, Corrected, Erased,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry as the core reads it: number, when recorded, who acted, what happened (None once erased).

    `at` is on the clocks of the place where the plan lives, so that its day is the plan's day.
    """

    seq: int
    at: datetime
    actor: str
    event: Event | None

    def day(self) -> date:
        """The day it happened: as asserted, else as recorded."""
        return self.event.on if self.event is not None and self.event.on else self.recorded()

    def recorded(self) -> date:
        """The day it was recorded. What is promised from a step counts from here: no assertion shortens it."""
        return self.at.date()


@cache
def _dates(kind: str) -> frozenset[str]:
    hints = get_type_hints(TYPES[kind])
    return frozenset(name for name, hint in hints.items() if hint in (date, date | None))


@cache
def _defaults(kind: str) -> Mapping[str, Any]:
    return {f.name: f.default for f in fields(TYPES[kind])}


def to_json(event: Event) -> dict[str, Any]:
    """The payload of an event. What holds its default is left out, so that adding a field changes no digest."""
    values = {name: (getattr(event, name), default) for name, default in _defaults(type(event).__name__).items()}
    return {name.rstrip("_"): _json(value) for name, (value, default) in values.items() if value != default}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_json(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _json(v) for k, v in value.items()}
    return value


def from_json(kind: str, payload: Mapping[str, Any]) -> Event:
    """An event from its payload. Raises KeyError for an unknown type, TypeError for a payload of another type."""
    dates = _dates(kind)
    values: dict[str, Any] = {}
    for name in _defaults(kind):
        key = name.rstrip("_")
        if key not in payload:
            continue
        value = payload[key]
        if name in dates:
            value = date.fromisoformat(value)
        elif isinstance(value, list):
            value = tuple(value)
        elif name == "parties":
            value = {code: tuple(roles) for code, roles in value.items()}
        values[name] = value
    return TYPES[kind](**values)
