"""Changing a running plan: proposals and their answers, extensions, pauses, people, newer versions, files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from upturn.core.audience import addressed, section_readers, voices
from upturn.core.calendar import Length
from upturn.core.case import Case
from upturn.core.clocks import asked_extension, extended, not_extensible, resumed, unusual_extension
from upturn.core.commands import Attach, ChangeParty, Extend, Pause, Propose, ProposeVersion, Respond, Resume
from upturn.core.differences import differences, lost
from upturn.core.events import Amended, Attached, Dated, Event, PartyChanged, Paused, Proposed, Replied, Resumed
from upturn.core.guards import refusals_of
from upturn.core.plan import ProposalState
from upturn.core.program import Clock, Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import (
    Against,
    Verb,
    by_role,
    first,
    in_stage,
    no,
    numbered,
    passed,
    role_of,
    while_open,
    words,
    written,
)
from upturn.core.wording import an, day_name, listed

# -- proposals --------------------------------------------------------------------------------------------------------


def _propose_open(case: Case, _target: str) -> Refusal | None:
    spec = case.program.amendments
    if spec is None:
        return no(case, "This program does not amend a running plan.")
    what = "Proposing a change"
    return first(
        while_open(case),
        in_stage(case, spec.in_, what),
        by_role(case, dict.fromkeys((*spec.by, *spec.imposed_by)), what),
    )


def _propose_against(case: Case, _target: str) -> Against:
    assert case.program.amendments
    return Against(tuple(refusals_of(case.program.amendments.when, case)))


def _propose(case: Case, command: Propose) -> list[Event]:
    spec = case.program.amendments
    assert spec
    reason = words(command.reason, "The reason", field="reason")
    changes: dict[str, Any] = {}
    problems: list[Refusal] = []
    for section, answers in command.changes.items():
        if section not in spec.sections:
            raise Refused(
                Refusal("section", "This section does not change while the plan runs.", spec.cites, field=section)
            )
        cleaned, found = written(case, case.program.section[section].fields, answers, fresh=False)
        problems += found
        before = case.plan.sections.get(section)
        if before is None or before.answers != cleaned:
            changes[section] = cleaned
    if problems:
        raise Refused(*problems)
    if not changes:
        raise Refused(Refusal("changes", "Nothing would change.", field="changes"))
    effective = None
    if command.impose:
        if not case.holds_role(spec.imposed_by):
            raise Refused(
                no(
                    case,
                    f"A change is imposed by {case.titles(spec.imposed_by)}."
                    if spec.imposed_by
                    else "This program imposes no change: both sides agree.",
                    rule="role",
                )
            )
        effective = case.after(case.today, spec.notice) if spec.notice else case.today
    elif case.holds_role(spec.imposed_by) and _agrees_alone(case, spec.agreed_by):
        after = f"{spec.notice} of notice" if spec.notice else "it is on record"
        says = f"Nobody else is asked to agree to a change here, so it takes effect after {after}. Choose to impose it."
        raise Refused(Refusal("impose", says, spec.cites, field="impose"))
    event = Proposed(
        number=_number(case),
        kind="amendment",
        changes=changes,
        reason=reason,
        role=role_of(case, (*spec.by, *spec.imposed_by)),
        effective=effective,
    )
    return [addressed(case, event)]


def _agrees_alone(case: Case, roles: Iterable[str]) -> bool:
    """Whether everybody whose yes a change needs is the actor alone."""
    holders = {p.code for r in roles for p in case.plan.holders(r)}
    return holders == {case.actor.code}


def _number(case: Case) -> int:
    return max(case.plan.proposals, default=0) + 1


PROPOSE = Verb(
    name="propose",
    command=Propose,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_propose_open,
    against=_propose_against,
    events=_propose,
    reads=lambda c: frozenset(f"section:{s}" for s in c.changes),
)


def _version_open(case: Case, _target: str) -> Refusal | None:
    newer = any(p.version > case.plan.version for p in case.facts.versions.values())
    roles = case.program.administration.new_version or case.program.of_kind("office")
    none = None if newer else no(case, "There is no newer version of this program.")
    return first(while_open(case), by_role(case, roles, "Moving to a newer version"), none)


def _propose_version(case: Case, command: ProposeVersion) -> list[Event]:
    reason = words(command.reason, "The reason", field="reason")
    newer = case.facts.versions.get(command.digest)
    if newer is None or newer.version <= case.plan.version:
        raise Refused(Refusal("version", "Choose a newer version of this program.", field="digest"))
    _refuse_loss(case, newer)
    event = Proposed(
        number=_number(case),
        kind="version",
        changes={},
        reason=reason,
        digest=command.digest,
        version=newer.version,
        differences=tuple(differences(case.program, newer)),
        role=role_of(case, case.program.of_kind("office")),
    )
    return [addressed(case, event)]


def _refuse_loss(case: Case, newer: Program) -> None:
    gone = listed(lost(case.plan, newer))
    if gone:
        says = f"Version {newer.version} has no place for what this {case.program.words.plan} holds: {gone}."
        raise Refused(Refusal("version", says, field="digest"))


VERSION = Verb(
    name="version",
    command=ProposeVersion,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_version_open,
    events=_propose_version,
    reads=lambda c: frozenset({"stage"}),
)


def agreeing(case: Case, proposal: ProposalState) -> tuple[str, ...]:
    """Whose yes a proposal needs."""
    if proposal.kind == "version":
        return tuple(dict.fromkeys((case.program.subject_role, case.program.lead_role)))
    return case.program.amendments.agreed_by if case.program.amendments else ()


def _respond_open(case: Case, target: str) -> Refusal | None:
    proposal = case.plan.proposals.get(numbered(target))
    if proposal is None:
        return no(case, "There is no such proposal.")
    if proposal.outcome:
        return no(case, f"This proposal is settled: {proposal.outcome}.")
    roles = agreeing(case, proposal)
    own = [r for r in roles if r in case.actor.roles]
    if proposal.by == case.actor.code:
        return while_open(case)
    answered = no(case, "Your answer is on record.", rule="done") if own and set(own) <= set(proposal.agreed) else None
    return first(while_open(case), by_role(case, roles, "Answering this proposal"), answered)


def answers_to(case: Case, proposal: ProposalState) -> list[str]:
    """What this actor may answer to a proposal: nobody agrees to their own, unless nobody else is asked."""
    roles, mine = agreeing(case, proposal), proposal.by == case.actor.code
    asked_too = case.holds_role(roles) and (not mine or _agrees_alone(case, roles))
    return (["agreed", "declined"] if asked_too else []) + (["withdrawn"] if mine else [])


def _respond(case: Case, command: Respond) -> list[Event]:
    proposal = case.plan.proposals[command.number]
    roles = agreeing(case, proposal)
    allowed = answers_to(case, proposal)
    if command.outcome not in allowed:
        raise Refused(Refusal("outcome", f"Choose one of: {listed(allowed, 'or')}.", field="outcome"))
    reason = (
        words(command.reason, "The reason", field="reason") if command.outcome == "declined" else command.reason.strip()
    )
    role = role_of(case, roles if case.holds_role(roles) else case.program.parties)
    reply = Replied(to="proposal", number=proposal.number, outcome=command.outcome, reason=reason, role=role)
    events: list[Event] = [addressed(case, reply)]
    done = {*proposal.agreed, role} | ({proposal.role} if proposal.role in roles else set())
    if command.outcome == "agreed" and set(roles) <= done:
        _refuse_overtaken(case, proposal)
        events.append(amended(case, proposal, "agreed"))
    return events


def _refuse_overtaken(case: Case, proposal: ProposalState) -> None:
    """What was agreed to is what was proposed: not words that changed since, nor a version that no longer fits."""
    newer = case.facts.versions.get(proposal.digest)
    if newer is not None:
        _refuse_loss(case, newer)
    written = [case.plan.sections[s] for s in proposal.changes if s in case.plan.sections]
    if any(w.seq > proposal.seq for w in written):
        raise Refused(no(case, "These words changed after the change was proposed. Withdraw it, and propose it anew."))


def amended(case: Case, proposal: ProposalState, how: str) -> Amended:
    """A proposal takes effect. A newer version keeps the stage, or goes to the first of the same phase."""
    stage = ""
    newer = case.facts.versions.get(proposal.digest)
    if proposal.kind == "version" and newer is not None and case.plan.stage not in newer.stage:
        stage = next((s.id for s in newer.stages if s.phase == case.stage.phase), newer.stages[0].id)
    event = Amended(
        number=proposal.number,
        kind=proposal.kind,
        changes=proposal.changes,
        how=how,
        digest=proposal.digest,
        version=proposal.version,
        stage=stage,
    )
    return addressed(case, event)


RESPOND = Verb(
    name="respond",
    command=Respond,
    target=lambda c: str(c.number),
    targets=lambda case: [str(n) for n in case.plan.proposals],
    open_to=_respond_open,
    events=_respond,
    reads=lambda c: frozenset({f"proposal:{c.number}", "stage"}),
)

# -- time -------------------------------------------------------------------------------------------------------------


def _extend_open(case: Case, target: str) -> Refusal | None:
    clock = case.program.clock.get(target)
    state = case.plan.clocks.get(target)
    if clock is None or clock.extension is None:
        return no(case, "This period cannot be extended.")
    if state is None or state.stopped:
        return no(case, f"{clock.title} is not running.")
    stage = in_stage(case, clock.extension.in_, f"Extending {clock.title}") if clock.extension.in_ else None
    return first(while_open(case), stage, by_role(case, clock.extension.by, f"Extending {clock.title}"))


def _extend_against(case: Case, target: str) -> Against:
    spec = case.program.clock[target].extension
    assert spec
    refusals = refusals_of(spec.when, case)
    closed = not_extensible(case, target)
    return Against((*refusals, *([closed] if closed else [])), tuple(refusals_of(spec.warn, case)))


def _extend(case: Case, command: Extend) -> list[Event]:
    reason = words(command.reason, "The reason", field="reason")
    try:
        by = Length.parse(command.by, units=(*case.program.units, *case.program.calendars))
    except ValueError as error:
        raise Refused(Refusal("answer", str(error), field="by")) from None
    unusual = unusual_extension(case, command.clock, by)
    warnings = [*_extend_against(case, command.clock).warnings, *([unusual] if unusual else [])]
    events = extended(case, command.clock, by, reason)
    kept = passed(warnings, command.reasons)
    return [addressed(case, _with_warnings(e, kept) if n == 0 else e) for n, e in enumerate(events)]


def _with_warnings(event: Event, warnings: tuple[Mapping[str, str], ...]) -> Event:
    return replace(event, warnings=warnings) if isinstance(event, Dated) else event


EXTEND = Verb(
    name="extend",
    command=Extend,
    target=lambda c: str(c.clock),
    targets=lambda case: case.program.clock,
    open_to=_extend_open,
    against=_extend_against,
    weigh=lambda case, c: replace(case, extend_by=asked_extension(case, c.by)),
    events=_extend,
    reads=lambda c: frozenset({"clocks", "stage"}),
)


def _pausable(case: Case) -> list[Clock]:
    """The running clocks that leave stops."""
    return [
        case.program.clock[c]
        for c, state in case.plan.clocks.items()
        if not state.stopped and not state.ended and case.program.clock[c].pause
    ]


def _pausers(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r for c in case.program.clocks if c.pause for r in c.pause.by))


def _pause_open(case: Case, _target: str) -> Refusal | None:
    if not _pausers(case):
        return no(case, "This program stops no clock for leave.")
    running = _nothing_to_pause(case)
    paused = (
        no(case, f"The plan has been paused since {day_name(case.plan.paused.start)}.") if case.plan.paused else None
    )
    return first(while_open(case), by_role(case, _pausers(case), "Pausing the plan"), paused, running)


def _nothing_to_pause(case: Case) -> Refusal | None:
    clocks = _pausable(case)
    if not clocks:
        return no(case, "Nothing runs that leave would stop.")
    begins = min(case.plan.clocks[c.id].start for c in clocks)
    if begins <= case.today:
        return None
    return no(case, f"The period starts on {day_name(begins)}. From then on leave stops it.")


def _pause(case: Case, command: Pause) -> list[Event]:
    clocks = _pausable(case)
    first_day = min(case.plan.clocks[c.id].start for c in clocks)
    last_over = max((p.last for p in case.plan.pauses if p.last), default=None)
    if command.start < first_day:
        raise Refused(
            Refusal(
                "start",
                f"The period started on {day_name(first_day)}; a pause cannot begin before that.",
                field="start",
            )
        )
    if command.start > case.today:
        raise Refused(
            Refusal("start", "A pause is recorded when it begins: give today or an earlier day.", field="start")
        )
    if last_over and command.start <= last_over:
        raise Refused(
            Refusal(
                "start", f"The last pause ended on {day_name(last_over)}; the next begins after that.", field="start"
            )
        )
    return [
        addressed(
            case, Paused(clocks=tuple(c.id for c in clocks), start=command.start, note=command.note.strip()[:500])
        )
    ]


PAUSE = Verb(
    name="pause",
    command=Pause,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_pause_open,
    events=_pause,
    reads=lambda c: frozenset({"clocks", "stage"}),
)


def _resume_open(case: Case, _target: str) -> Refusal | None:
    if case.plan.paused is None:
        return no(case, "The plan is not paused.")
    return first(while_open(case), by_role(case, _pausers(case), "Ending the pause"))


def _resume(case: Case, command: Resume) -> list[Event]:
    pause = case.plan.paused
    assert pause
    if command.last < pause.start:
        raise Refused(
            Refusal(
                "last", f"The pause began on {day_name(pause.start)}; its last day cannot be earlier.", field="last"
            )
        )
    if command.last > case.today:
        raise Refused(
            Refusal(
                "last", "The end of a pause is recorded when it is over: give today or an earlier day.", field="last"
            )
        )
    over = Resumed(clocks=pause.clocks, start=pause.start, last=command.last)
    return [addressed(case, e) for e in (over, *resumed(case, pause, command.last))]


RESUME = Verb(
    name="resume",
    command=Resume,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_resume_open,
    events=_resume,
    reads=lambda c: frozenset({"clocks", "stage"}),
)

# -- people and files -------------------------------------------------------------------------------------------------


def _party_open(case: Case, target: str) -> Refusal | None:
    party = case.program.parties.get(target)
    if party is None or party.fill != "named":
        return no(case, "Nobody is named to this role on a plan.")
    if party.kind == "subject":
        return no(case, "The person a plan is about does not change. Close this plan and open another.")
    own = case.program.administration.hand_over or case.program.of_kind("lead", "office")
    roles = party.chosen_by or own
    return first(while_open(case), by_role(case, roles, f"Naming the {case.role_title(target)}"))


def _change_party(case: Case, command: ChangeParty) -> list[Event]:
    party = case.program.parties[command.role]
    holders = {p.code for p in case.plan.holders(command.role)}
    subjects = {p.code for p in case.plan.holders(case.program.subject_role)}
    reason = command.reason.strip()
    if command.change not in ("joined", "left", "absent", "returned"):
        raise Refused(Refusal("change", "Choose what changes.", field="change"))
    if command.change != "joined" and command.code not in holders:
        raise Refused(
            Refusal("code", f"That person is not the {case.role_title(command.role)} of this plan.", field="code")
        )
    if command.change == "joined":
        _refuse_joining(case, command, holders, subjects, party.max)
    if command.change == "left" and len(holders) - 1 < max(party.min, 1 if party.kind == "lead" else 0):
        raise Refused(
            Refusal(
                "code",
                f"A plan needs {an(case.role_title(command.role))}: hand over to somebody instead.",
                field="change",
            )
        )
    if command.change == "returned" and not case.plan.parties[command.code].absent:
        raise Refused(Refusal("absence", f"No absence of {case.names(command.code)} is on record.", field="change"))
    if command.change in ("left", "absent") or command.instead_of:
        reason = words(command.reason, "The reason", field="reason")
    event = PartyChanged(
        code=command.code,
        role=command.role,
        change=command.change,
        instead_of=command.instead_of,
        reason=reason,
        until=command.until,
        by_role=role_of(case, party.chosen_by or case.program.of_kind("lead", "office")),
    )
    return [addressed(case, event)]


def _refuse_joining(case: Case, command: ChangeParty, holders: set[str], subjects: set[str], most: int) -> None:
    if command.code in holders:
        raise Refused(Refusal("code", "That person already holds this role.", field="code"))
    if command.code in subjects:
        raise Refused(Refusal("code", "Nobody holds a second role on a plan about themselves.", field="code"))
    _refuse_those_involved(case, command)
    if command.instead_of and command.instead_of not in holders:
        raise Refused(Refusal("instead_of", "Hand over from somebody who holds the role.", field="instead_of"))
    if len(holders) - bool(command.instead_of) >= most:
        raise Refused(
            Refusal(
                "code", f"At most {most} may be {case.role_title(command.role)}: hand over instead.", field="instead_of"
            )
        )


def _refuse_those_involved(case: Case, command: ChangeParty) -> None:
    """A role that stands apart is not for who had a part in what it looks at."""
    apart = case.program.parties[command.role].apart_from
    party = case.plan.parties.get(command.code)
    held = {*party.roles, *party.former} & set(apart) if party else set()
    decided = apart and case.plan.decision and case.plan.decision.by == command.code
    approved = apart and any(a.by == command.code for a in case.plan.approvals)
    if held or decided or approved:
        title = case.role_title(command.role)
        part = f"is or was the {case.role_title(min(held))}" if held else "had a part in the decision"
        says = f"{case.names(command.code)} {part} of this plan. The {title} is somebody who had no part in it."
        raise Refused(Refusal("apart", says, field="code"))


PARTY = Verb(
    name="party",
    command=ChangeParty,
    target=lambda c: str(c.role),
    targets=lambda case: [r for r, p in case.program.parties.items() if p.kind != "subject" and p.fill == "named"],
    open_to=_party_open,
    events=_change_party,
    reads=lambda c: frozenset({"parties"}),
)


def _attach_open(case: Case, _target: str) -> Refusal | None:
    return first(while_open(case), by_role(case, _attachers(case), "Attaching a file"))


def _attachers(case: Case) -> tuple[str, ...]:
    return voices(case.program, case.program.attachments.by or case.program.parties)


def _attach(case: Case, command: Attach) -> list[Event]:
    limits = case.program.attachments
    name = re.sub(r"[\x00-\x1f/\\]", "", command.name).strip()[:200]
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in limits.types:
        raise Refused(
            Refusal(
                "type",
                f"Files of the type “{ending or 'none'}” are not taken. These are: {listed(limits.types, 'or')}.",
                field="file",
            )
        )
    if not 0 < command.size <= limits.max_mb * 1_048_576:
        says = "The file is empty." if command.size <= 0 else f"The file is larger than {limits.max_mb} MB."
        raise Refused(Refusal("size", says, field="file"))
    if not re.fullmatch(r"[0-9a-f]{64}", command.sha256):
        raise Refused(Refusal("digest", "The file's digest is missing.", field="file"))
    section = case.program.section.get(command.about)
    readers: Iterable[str] | None = section_readers(case.program, section, case.plan.stage) if section else None
    event = Attached(
        id=f"a{len(case.plan.attachments) + 1}",
        name=name,
        media_type=command.media_type[:100],
        size=command.size,
        sha256=command.sha256,
        about=command.about[:100],
        role=role_of(case, _attachers(case)),
    )
    return [addressed(case, event, readers, withheld=bool(section and section.withheld))]


ATTACH = Verb(
    name="attach",
    command=Attach,
    target=lambda c: "plan",
    targets=lambda case: ["plan"],
    open_to=_attach_open,
    events=_attach,
)

VERBS = (PROPOSE, VERSION, RESPOND, EXTEND, PAUSE, RESUME, PARTY, ATTACH)
