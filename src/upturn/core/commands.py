"""What people ask of a plan. A command holds what its door collected; it decides nothing.

`expected` (the sequence number its author had read) travels beside the command, to `perform`; what a command relies
on is its `reads`: names that events `touch` (see `scope`). `reasons` answer warnings: rule → written reason. `on` is
the day it happened, when that is not today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The base of every command."""

    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Command):
    """Open a plan under the given version. `parties`: code → roles, the actor's own code among them."""

    digest: str
    parties: Mapping[str, tuple[str, ...]]
    answers: Answers = field(default_factory=dict)
    language: str = ""
    group: str = ""
    follows: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """Share a section."""

    section: str
    answers: Answers
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Command):
    """Make a dated record: a discussion, a contact."""

    log: str
    answers: Answers
    attended: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen(Command):
    """Answer one part of the screening."""

    part: str
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Command):
    """Make a step of the lifecycle. `criteria`: `table/row` → {finding, evidence, reason}; `extend_by`: a length."""

    move: str
    answers: Answers = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    finding: str = ""
    disposition: str = ""
    because: str = ""
    criteria: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extend_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Command):
    """Sign, or record that a signature was declined or could not be had. `digest` is what the signer read, `copy` the
    SHA-256 (hex) of the very file that showed it, where there is one. `paper`: the attachment with the scan, for a
    signature that was given on paper and is put on record by a witness.
    """

    signature: str
    outcome: str
    digest: str
    statement: str = ""
    reason: str = ""
    signer: str = ""
    witnesses: Sequence[str] = ()
    copy: str = ""
    paper: str = ""
    consent: bool = False
    """Whether the signer was shown, and accepts, that pressing the button signs (`CONSENT` in `verbs.signing`)."""
    step_up: Mapping[str, Any] | None = None
    """How the signer showed anew that it is them (`step_up.StepUp` as JSON), where the door asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Command):
    """Answer an approval; `outcome` may be `recused`."""

    approval: str
    outcome: str
    reason: str = ""
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Command):
    """Comment on a section; with `proposed`, suggest a change. `audience` narrows the section's readers."""

    section: str
    text: str
    proposed: str = ""
    field: str = ""
    audience: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Answer comment number `number`: `accepted`, `declined` or `noted`."""

    number: int
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Command):
    """Make a statement. `about` names a stage, section, signature or decision, or nothing."""

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare(Command):
    """Share one side's part of a check-in before it is held."""

    checkin: str
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    """Record that a check-in was held. `progress`: `table/row` → {value, observation, source}."""

    checkin: str
    answers: Answers = field(default_factory=dict)
    progress: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    attended: Sequence[str] = ()
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reschedule(Command):
    """Move a check-in to another day, with a reason."""

    checkin: str
    to: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveItem(Command):
    """Move one row of an item table a step; `due` with an item move that moves the date."""

    table: str
    row: str
    move: str
    answers: Answers = field(default_factory=dict)
    due: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Command):
    """Propose a change of the running plan: whole sections as they would stand, and why. `impose`: after notice."""

    changes: Mapping[str, Answers]
    reason: str
    impose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeVersion(Command):
    """Propose that the plan move to a newer version of its program."""

    digest: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond(Command):
    """Answer proposal `number`: `agreed`, `declined`, or (its author) `withdrawn`."""

    number: int
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """Extend a clock by a length."""

    clock: str
    by: str
    reason: str
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop the clocks that leave stops, from a day on. Why it is stays out of the plan."""

    start: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """End the pause; `last` is its last day."""

    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeParty(Command):
    """Name somebody to a role (`joined`), or record that somebody left, is absent until a day, or is back.

    `instead_of` with `joined` hands the role over from that person.
    """

    code: str
    role: str
    change: str
    instead_of: str = ""
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Command):
    """Attach a file that is already stored; `sha256` of its bytes, `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute(Command):
    """Put on record that the executed copy of a document was made and sealed; `sha256` and `size` of its bytes, `seal`
    the fingerprint of the certificate that sealed it.
    """

    document: str
    sha256: str
    size: int
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclose(Command):
    """Ask for an evidence bundle of what an audience reads (`office`, `lead`, `subject`); `to`: who is given it."""

    audience: str
    reason: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Command):
    """Correct an earlier entry by a dated one."""

    seq: int
    text: str
