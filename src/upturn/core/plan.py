"""A plan as a value, and how facts add up to it. No rule lives here: `evolve` only says what happened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from upturn.core import events as e
from upturn.core.events import Answers, Fact


@dataclass(frozen=True, slots=True)
class Party:
    """A person on the plan, by code: the roles held, since when, and an absence that lets a stand-in act."""

    code: str
    roles: tuple[str, ...]
    since: date
    left: date | None = None
    absent: date | None = None
    absent_until: date | None = None
    former: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    """Roles laid down before the plan was told to the person it is about."""


@dataclass(frozen=True, slots=True)
class Written:
    """A section (or screening part) as it stands."""

    answers: Answers
    seq: int
    by: str
    role: str
    on: date
    authors: tuple[str, ...] = ()
    """Every role that has shared it, in order of first sharing."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    log: str
    number: int
    answers: Answers
    seq: int
    by: str
    role: str
    on: date
    attended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockState:
    """A running or ended clock. `end` is the last day; `original` the end before any extension or pause."""

    id: str
    start: date
    end: date
    original: date
    how: str
    floor: date | None = None
    cap: date | None = None
    extensions: int = 0
    ended: date | None = None
    stopped: bool = False
    ended_seq: int = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """A pause: its first day and, once over, its last."""

    start: date
    clocks: tuple[str, ...]
    last: date | None = None


@dataclass(frozen=True, slots=True)
class DeadlineState:
    id: str
    due: date
    how: str
    since: date
    met: date | None = None
    lapsed: date | None = None
    withdrawn: bool = False
    base: date | None = None
    """The day it counts from."""
    lapsed_seq: int = 0


@dataclass(frozen=True, slots=True)
class CheckInState:
    """One check-in: its day, what each side prepared, and whether it was held, missed or moved."""

    id: str
    rhythm: str
    due: date
    original: date
    table: str = ""
    row: str = ""
    prepared: Mapping[str, Written] = field(default_factory=dict)
    held: date | None = None
    held_seq: int = 0
    missed: date | None = None
    cancelled: bool = False
    moves: tuple[tuple[date, date, str], ...] = ()
    answers: Answers = field(default_factory=dict)
    progress: tuple[Mapping[str, Any], ...] = ()
    attended: tuple[str, ...] = ()
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class SignatureState:
    id: str
    outcome: str
    digest: str
    signer: str
    by: str
    role: str
    on: date
    seq: int
    sections: tuple[str, ...] = ()
    statement: str = ""
    awaits: tuple[str, ...] = ()
    """Who else had to sign before it stands, where each holder does."""
    copy: str = ""
    """SHA-256 of the file that showed the words."""
    paper: str = ""
    """The attachment with the scan, where it was given on paper."""
    step_up: Mapping[str, Any] | None = None
    """How the signer showed anew that it is them (`step_up.StepUp` as JSON)."""
    witnesses: tuple[str, ...] = ()
    """Who saw it besides the one who put it on record, by name."""
    voided: int = 0
    """The entry that voided it; 0 while it stands."""


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    approval: str
    outcome: str
    by: str
    role: str
    on: date
    seq: int
    reason: str = ""
    answers: Answers = field(default_factory=dict)
    voided: int = 0


@dataclass(frozen=True, slots=True)
class CommentState:
    number: int
    section: str
    field: str
    text: str
    proposed: str
    by: str
    role: str
    on: date
    seq: int
    audience: tuple[str, ...]
    later: tuple[str, ...]
    replies: tuple[tuple[str, str, str, date], ...] = ()
    """(code, outcome, words, day) in order."""
    accepted: int = 0
    """The entry by which it was accepted."""

    @property
    def answered(self) -> bool:
        return any(outcome in ("accepted", "declined") for _, outcome, _, _ in self.replies)


@dataclass(frozen=True, slots=True)
class StatementState:
    number: int
    text: str
    about: str
    by: str
    role: str
    on: date
    seq: int


@dataclass(frozen=True, slots=True)
class ItemState:
    table: str
    row: str
    stage: str
    since: date
    due: date | None = None
    original_due: date | None = None
    doers: Mapping[str, str] = field(default_factory=dict)
    """Who made each item move last."""


@dataclass(frozen=True, slots=True)
class ProposalState:
    number: int
    kind: str
    changes: Mapping[str, Answers]
    reason: str
    by: str
    role: str
    on: date
    seq: int
    digest: str = ""
    version: int = 0
    differences: tuple[str, ...] = ()
    effective: date | None = None
    agreed: tuple[str, ...] = ()
    outcome: str = ""
    """Empty while it is open; then agreed, declined, withdrawn or imposed."""


@dataclass(frozen=True, slots=True)
class MoveMade:
    move: str
    from_: str
    to: str
    on: date
    seq: int
    by: str
    role: str
    answers: Answers
    finding: str = ""
    disposition: str = ""
    reasons: str = ""
    criteria: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[Mapping[str, str], ...] = ()
    promises: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    about: str
    by: str
    on: date
    seq: int
    audience: tuple[str, ...]
    later: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExecutedState:
    """The latest executed copy of a document: its digest, whose seal it bears, which signatures (by entry) it shows."""

    document: str
    sha256: str
    size: int
    seal: str
    signatures: tuple[int, ...]
    on: date
    seq: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a plan's entries say. Mappings are replaced, never changed."""

    seq: int = 0
    program: str = ""
    version: int = 0
    digest: str = ""
    variant: str = ""
    language: str = ""
    group: str = ""
    follows: str = ""
    opened: date | None = None
    opened_by: str = ""
    triggers: tuple[str, ...] = ()
    stage: str = ""
    stage_since: date | None = None
    stage_seq: int = 0
    told: date | None = None
    told_seq: int = 0
    start: Answers = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    sections: Mapping[str, Written] = field(default_factory=dict)
    logs: Mapping[str, tuple[LogRecord, ...]] = field(default_factory=dict)
    screened: Mapping[str, Written] = field(default_factory=dict)
    screening: str = ""
    screening_on: date | None = None
    clocks: Mapping[str, ClockState] = field(default_factory=dict)
    pauses: tuple[Interval, ...] = ()
    deadlines: Mapping[str, DeadlineState] = field(default_factory=dict)
    checkins: Mapping[str, CheckInState] = field(default_factory=dict)
    signatures: Mapping[str, SignatureState] = field(default_factory=dict)
    """The latest of each signature."""
    signers: Mapping[tuple[str, str], SignatureState] = field(default_factory=dict)
    """The latest of each signature by each signer."""
    approvals: tuple[ApprovalGiven, ...] = ()
    comments: Mapping[int, CommentState] = field(default_factory=dict)
    statements: tuple[StatementState, ...] = ()
    items: Mapping[tuple[str, str], ItemState] = field(default_factory=dict)
    proposals: Mapping[int, ProposalState] = field(default_factory=dict)
    moves: tuple[MoveMade, ...] = ()
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    executed: Mapping[str, ExecutedState] = field(default_factory=dict)
    noticed: Mapping[str, date] = field(default_factory=dict)
    corrections: Mapping[int, tuple[tuple[str, str, date], ...]] = field(default_factory=dict)
    erased: tuple[tuple[int, int, str], ...] = ()
    readers: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    """Per entry, in order: who wrote it, its audience, and who reads it from the moment of telling."""

    @property
    def paused(self) -> Interval | None:
        """The pause that is running, if one is."""
        return next((p for p in self.pauses if p.last is None), None)

    @property
    def decision(self) -> MoveMade | None:
        """The latest move that carried a finding."""
        return next((m for m in reversed(self.moves) if m.finding), None)

    def holders(self, role: str) -> tuple[Party, ...]:
        """The people who hold a role now."""
        return tuple(p for p in self.parties.values() if role in p.roles)

    def roles(self, code: str) -> frozenset[str]:
        party = self.parties.get(code)
        return frozenset(party.roles) if party else frozenset()

    def answer(self, section: str, name: str) -> Any:
        written = self.sections.get(section)
        return written.answers.get(name) if written else None

    def unwritten(self) -> list[CommentState]:
        """Suggested changes that were accepted while their section has not been written since."""
        accepted = (c for c in self.comments.values() if c.proposed and c.accepted)
        return [c for c in accepted if c.section not in self.sections or self.sections[c.section].seq < c.accepted]

    def standing(self, signature: str) -> SignatureState | None:
        """The signature that stands, if one does: where each holder signs, the last of them."""
        state = self.signatures.get(signature)
        return state if state and not state.voided and not state.awaits else None

    def signed_by(self, signature: str, code: str) -> SignatureState | None:
        """What one person put under a signature, while it is not voided."""
        state = self.signers.get((signature, code))
        return state if state and not state.voided else None

    def approvals_standing(self, approval: str) -> tuple[ApprovalGiven, ...]:
        return tuple(a for a in self.approvals if a.approval == approval and not a.voided)

    def made(self, move: str) -> tuple[MoveMade, ...]:
        return tuple(m for m in self.moves if m.move == move)


Handler = Callable[[Plan, Fact, Any], Plan]


def evolve(plan: Plan, fact: Fact) -> Plan:
    """The plan after one more fact. An erased fact changes nothing but the number."""
    if fact.event is None:
        return replace(plan, seq=fact.seq, readers=(*plan.readers, (fact.actor, (), ())))
    event = fact.event
    readers = (*plan.readers, (fact.actor, event.audience, event.later))
    return replace(_HANDLERS[type(event)](plan, fact, event), seq=fact.seq, readers=readers)


def replay(facts: Iterable[Fact]) -> Plan:
    """The plan that these facts make, from the first on."""
    plan = Plan()
    for fact in facts:
        plan = evolve(plan, fact)
    return plan


def _opened(plan: Plan, fact: Fact, event: e.Opened) -> Plan:
    day = fact.day()
    return replace(
        plan,
        program=event.program,
        version=event.version,
        digest=event.digest,
        variant=event.variant,
        language=event.language,
        group=event.group,
        follows=event.follows,
        opened=day,
        opened_by=fact.actor,
        triggers=event.triggers,
        stage=event.stage,
        stage_since=fact.recorded(),
        stage_seq=fact.seq,
        told=fact.recorded() if event.tells else None,
        told_seq=fact.seq if event.tells else 0,
        start=event.answers,
        parties={code: Party(code, roles, day) for code, roles in event.parties.items()},
    )


def _write(plan: Plan, section: str, answers: Answers, fact: Fact, role: str) -> Plan:
    before = plan.sections.get(section)
    authors = before.authors if before else ()
    authors = authors if not role or role in authors else (*authors, role)
    written = Written(answers, fact.seq, fact.actor, role, fact.day(), authors)
    return replace(plan, sections={**plan.sections, section: written})


def _answered(plan: Plan, fact: Fact, event: e.Answered) -> Plan:
    return _write(plan, event.section, event.answers, fact, event.role)


def _logged(plan: Plan, fact: Fact, event: e.Logged) -> Plan:
    record = LogRecord(
        event.log, event.number, event.answers, fact.seq, fact.actor, event.role, fact.day(), event.attended
    )
    return replace(plan, logs={**plan.logs, event.log: (*plan.logs.get(event.log, ()), record)})


def _screened(plan: Plan, fact: Fact, event: e.Screened) -> Plan:
    written = Written(event.answers, fact.seq, fact.actor, event.role, fact.day())
    fresh = {} if plan.screening else plan.screened
    plan = replace(plan, screened={**fresh, event.part: written}, screening=event.result)
    if event.result:
        plan = replace(plan, screening_on=fact.day())
    return _stand(plan, event.to, fact) if event.to else plan


def _stand(plan: Plan, stage: str, fact: Fact) -> Plan:
    return replace(plan, stage=stage, stage_since=fact.recorded(), stage_seq=fact.seq)


def _moved(plan: Plan, fact: Fact, event: e.Moved) -> Plan:
    made = MoveMade(
        event.move, event.from_, event.to, fact.recorded(), fact.seq, fact.actor, event.role, event.answers,
        event.finding, event.disposition, event.reasons, event.criteria, event.warnings, event.promises,
    )  # fmt: skip
    plan = replace(plan, moves=(*plan.moves, made))
    if event.to != event.from_:
        plan = _stand(plan, event.to, fact)
    if event.tells and plan.told is None:
        plan = replace(plan, told=fact.recorded(), told_seq=fact.seq)
    return plan


def _dated(plan: Plan, fact: Fact, event: e.Dated) -> Plan:
    return _DATED[event.what](plan, fact, event)


def _dated_clock(plan: Plan, _fact: Fact, event: e.Dated) -> Plan:
    before = plan.clocks.get(event.id)
    if event.cause == "stopped" and before:
        state = replace(before, stopped=True)
    elif before is None or event.cause == "started":
        assert event.start
        assert event.end
        state = ClockState(event.id, event.start, event.end, event.end, event.how, event.floor, event.cap)
    else:
        state = replace(
            before,
            end=event.end or before.end,
            how=event.how or before.how,
            floor=event.floor or before.floor,
            cap=event.cap or before.cap,
            extensions=before.extensions + (event.cause == "extended"),
            ended=None if event.end and before.ended and event.end > before.ended else before.ended,
        )
    return replace(plan, clocks={**plan.clocks, event.id: state})


def _dated_deadline(plan: Plan, fact: Fact, event: e.Dated) -> Plan:
    before = plan.deadlines.get(event.id)
    if event.cause == "set" or before is None:
        assert event.end
        state = DeadlineState(event.id, event.end, event.how, fact.day(), base=event.start)
    elif event.cause == "met":
        state = replace(before, met=fact.day())
    elif event.cause == "withdrawn":
        state = replace(before, withdrawn=True)
    else:
        state = replace(before, due=event.end or before.due, how=event.how or before.how, lapsed=None)
    return replace(plan, deadlines={**plan.deadlines, event.id: state})


def _dated_checkin(plan: Plan, _fact: Fact, event: e.Dated) -> Plan:
    before = plan.checkins[event.id]
    if event.cause == "cancelled":
        state = replace(before, cancelled=True)
    else:
        assert event.end
        moved = (*before.moves, (before.due, event.end, event.reason))
        state = replace(before, due=event.end, missed=None, moves=moved)
    return replace(plan, checkins={**plan.checkins, event.id: state})


_DATED: Mapping[str, Handler] = {"clock": _dated_clock, "deadline": _dated_deadline, "checkin": _dated_checkin}


def _scheduled(plan: Plan, _fact: Fact, event: e.Scheduled) -> Plan:
    fresh = {
        d["id"]: CheckInState(
            d["id"],
            event.checkin,
            date.fromisoformat(d["due"]),
            date.fromisoformat(d["due"]),
            d.get("table", ""),
            d.get("row", ""),
        )
        for d in event.dates
    }
    return replace(plan, checkins={**plan.checkins, **fresh})


def _paused(plan: Plan, _fact: Fact, event: e.Paused) -> Plan:
    return replace(plan, pauses=(*plan.pauses, Interval(event.start, event.clocks)))


def _resumed(plan: Plan, _fact: Fact, event: e.Resumed) -> Plan:
    over = tuple(replace(p, last=event.last) if p.last is None else p for p in plan.pauses)
    return replace(plan, pauses=over)


def _signed(plan: Plan, fact: Fact, event: e.Signed) -> Plan:
    state = SignatureState(
        event.signature, event.outcome, event.digest, event.signer, fact.actor, event.role, fact.day(), fact.seq,
        event.sections, event.statement, event.awaits, event.copy, event.paper, event.step_up, event.witnesses,
    )  # fmt: skip
    return replace(
        plan,
        signatures={**plan.signatures, event.signature: state},
        signers={**plan.signers, (event.signature, event.signer): state},
    )


def _voided(plan: Plan, fact: Fact, event: e.Voided) -> Plan:
    def voided(state: SignatureState) -> SignatureState:
        return replace(state, voided=fact.seq) if state.id in event.signatures and not state.voided else state

    approvals = tuple(
        replace(a, voided=fact.seq) if a.approval in event.approvals and not a.voided else a for a in plan.approvals
    )
    return replace(
        plan,
        signatures={k: voided(s) for k, s in plan.signatures.items()},
        signers={k: voided(s) for k, s in plan.signers.items()},
        approvals=approvals,
    )


def _approved(plan: Plan, fact: Fact, event: e.Approved) -> Plan:
    given = ApprovalGiven(
        event.approval, event.outcome, fact.actor, event.role, fact.day(), fact.seq, event.reason, event.answers
    )
    return replace(plan, approvals=(*plan.approvals, given))


def _commented(plan: Plan, fact: Fact, event: e.Commented) -> Plan:
    state = CommentState(
        event.number, event.section, event.field, event.text, event.proposed, fact.actor, event.role, fact.day(),
        fact.seq, event.audience, event.later,
    )  # fmt: skip
    return replace(plan, comments={**plan.comments, event.number: state})


def _replied(plan: Plan, fact: Fact, event: e.Replied) -> Plan:
    if event.to == "comment":
        comment = plan.comments[event.number]
        reply = (fact.actor, event.outcome, event.reason, fact.day())
        accepted = fact.seq if event.outcome == "accepted" else comment.accepted
        answered = replace(comment, replies=(*comment.replies, reply), accepted=accepted)
        return replace(plan, comments={**plan.comments, event.number: answered})
    proposal = plan.proposals[event.number]
    if event.outcome == "agreed":
        proposal = replace(proposal, agreed=(*proposal.agreed, event.role))
    else:
        proposal = replace(proposal, outcome=event.outcome)
    return replace(plan, proposals={**plan.proposals, event.number: proposal})


def _stated(plan: Plan, fact: Fact, event: e.Stated) -> Plan:
    state = StatementState(event.number, event.text, event.about, fact.actor, event.role, fact.day(), fact.seq)
    return replace(plan, statements=(*plan.statements, state))


def _checked_in(plan: Plan, fact: Fact, event: e.CheckedIn) -> Plan:
    before = plan.checkins[event.checkin]
    if event.state == "prepared":
        written = Written(event.answers, fact.seq, fact.actor, event.role, fact.day())
        state = replace(before, prepared={**before.prepared, event.role: written})
    else:
        state = replace(
            before, held=fact.day(), held_seq=fact.seq, answers=event.answers, progress=event.progress,
            attended=event.attended, next_step=event.next_step,
        )  # fmt: skip
    return replace(plan, checkins={**plan.checkins, event.checkin: state})


def _lapsed(plan: Plan, fact: Fact, event: e.Lapsed) -> Plan:
    if event.what == "clock":
        clock = replace(plan.clocks[event.id], ended=event.due, ended_seq=fact.seq)
        return replace(plan, clocks={**plan.clocks, event.id: clock})
    if event.what == "deadline":
        deadline = replace(plan.deadlines[event.id], lapsed=event.due, lapsed_seq=fact.seq)
        return replace(plan, deadlines={**plan.deadlines, event.id: deadline})
    return replace(plan, checkins={**plan.checkins, event.id: replace(plan.checkins[event.id], missed=event.due)})


def _item_moved(plan: Plan, fact: Fact, event: e.ItemMoved) -> Plan:
    key = (event.table, event.row)
    before = plan.items.get(key) or ItemState(event.table, event.row, event.to, fact.day())
    state = replace(
        before,
        stage=event.to,
        since=fact.day(),
        due=event.due or before.due,
        original_due=before.original_due or event.was,
        doers={**before.doers, event.move: fact.actor},
    )
    return replace(plan, items={**plan.items, key: state})


def _proposed(plan: Plan, fact: Fact, event: e.Proposed) -> Plan:
    state = ProposalState(
        event.number, event.kind, event.changes, event.reason, fact.actor, event.role, fact.day(), fact.seq,
        event.digest, event.version, event.differences, event.effective,
    )  # fmt: skip
    return replace(plan, proposals={**plan.proposals, event.number: state})


def _amended(plan: Plan, fact: Fact, event: e.Amended) -> Plan:
    proposal = plan.proposals[event.number]
    outcome = proposal.outcome or ("imposed" if event.how == "imposed" else "agreed")
    plan = replace(plan, proposals={**plan.proposals, event.number: replace(proposal, outcome=outcome)})
    if event.kind == "version":
        plan = replace(plan, digest=event.digest, version=event.version)
        return _stand(plan, event.stage, fact) if event.stage else plan
    for section, answers in event.changes.items():
        plan = _write(plan, section, answers, fact, proposal.role)
    return plan


def _party_changed(plan: Plan, fact: Fact, event: e.PartyChanged) -> Plan:
    parties = dict(plan.parties)
    if event.instead_of and event.instead_of in parties:
        parties[event.instead_of] = _leaves(plan, parties[event.instead_of], event.role, fact.day())
    before = parties.get(event.code) or Party(event.code, (), fact.day())
    if event.change == "joined":
        roles = before.roles if event.role in before.roles else (*before.roles, event.role)
        parties[event.code] = replace(before, roles=roles, left=None)
    elif event.change == "left":
        parties[event.code] = _leaves(plan, before, event.role, fact.day())
    elif event.change == "absent":
        parties[event.code] = replace(before, absent=fact.day(), absent_until=event.until)
    else:
        parties[event.code] = replace(before, absent=None, absent_until=None)
    return replace(plan, parties=parties)


def _leaves(plan: Plan, party: Party, role: str, day: date) -> Party:
    roles = tuple(r for r in party.roles if r != role)
    former = party.former if role in party.former else (*party.former, role)
    untold = {*party.untold, role} if plan.told is None else {*party.untold} - {role}
    return replace(party, roles=roles, former=former, untold=tuple(sorted(untold)), left=None if roles else day)


def _attached(plan: Plan, fact: Fact, event: e.Attached) -> Plan:
    state = Attachment(
        event.id, event.name, event.media_type, event.size, event.sha256, event.about, fact.actor, fact.day(), fact.seq,
        event.audience, event.later,
    )  # fmt: skip
    return replace(plan, attachments={**plan.attachments, event.id: state})


def _executed(plan: Plan, fact: Fact, event: e.Executed) -> Plan:
    state = ExecutedState(
        event.document, event.sha256, event.size, event.seal, tuple(event.signatures), fact.day(), fact.seq
    )
    return replace(plan, executed={**plan.executed, event.document: state})


def _disclosed(plan: Plan, _fact: Fact, _event: e.Disclosed) -> Plan:
    return plan  # nothing on the plan depends on who took it out of the house


def _noticed(plan: Plan, fact: Fact, event: e.Noticed) -> Plan:
    return replace(plan, noticed={**plan.noticed, event.key or event.notice: fact.day()})


def _corrected(plan: Plan, fact: Fact, event: e.Corrected) -> Plan:
    so_far = plan.corrections.get(event.seq, ())
    return replace(plan, corrections={**plan.corrections, event.seq: (*so_far, (fact.actor, event.text, fact.day()))})


def _erased(plan: Plan, _fact: Fact, event: e.Erased) -> Plan:
    return replace(plan, erased=(*plan.erased, (event.first, event.last, event.rule)))


_HANDLERS: Mapping[type[e.Event], Handler] = {
    e.Opened: _opened,
    e.Answered: _answered,
    e.Logged: _logged,
    e.Screened: _screened,
    e.Moved: _moved,
    e.Dated: _dated,
    e.Scheduled: _scheduled,
    e.Paused: _paused,
    e.Resumed: _resumed,
    e.Signed: _signed,
    e.Voided: _voided,
    e.Approved: _approved,
    e.Commented: _commented,
    e.Replied: _replied,
    e.Stated: _stated,
    e.CheckedIn: _checked_in,
    e.Lapsed: _lapsed,
    e.ItemMoved: _item_moved,
    e.Proposed: _proposed,
    e.Amended: _amended,
    e.PartyChanged: _party_changed,
    e.Attached: _attached,
    e.Executed: _executed,
    e.Disclosed: _disclosed,
    e.Noticed: _noticed,
    e.Corrected: _corrected,
    e.Erased: _erased,
}
