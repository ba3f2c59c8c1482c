"""Duties: what waits for whom, since when, until when, and what follows if nothing is done. The source of *my work*."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from upturn.core.audience import waits_for_telling
from upturn.core.case import Case
from upturn.core.facts import Actor
from upturn.core.following import is_running
from upturn.core.guards import refusals_of
from upturn.core.guards.people import answers_counting, approval_reached, awaited, signatures_standing
from upturn.core.guards.words import missing_in
from upturn.core.program import Acts, Approval, Deadline, ItemMove, Items, Program, Signature, Wait
from upturn.core.verbs import VERBS
from upturn.core.verbs.changing import agreeing
from upturn.core.verbs.checking_in import decided_upon, preparers
from upturn.core.verbs.items import due_of, lives_in, stage_of
from upturn.core.wording import day_name

SOON = timedelta(days=14)
"""A check-in becomes a duty this long before its day."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that waits for one role. `offer` is how it is done (`sign:member`), `otherwise` what silence means."""

    role: str
    offer: str
    title: str
    since: date
    due: date | None = None
    otherwise: str = ""
    code: str = ""
    """One person of the role, when it is that person's alone."""


def duties(case: Case) -> list[Duty]:
    """Every open duty of a plan, whoever's it is; for those who may not know of the plan yet, none."""
    found: dict[tuple[str, str, str], Duty] = {}
    for duty in _all(case):  # a deadline says more than the wait of a stage for the same act, and comes first
        found.setdefault((duty.role, duty.code, duty.offer), duty)
    return [
        d
        for d in found.values()
        if case.plan.told or d.role not in case.program.parties or not waits_for_telling(case.program, d.role)
    ]


def _all(case: Case) -> Iterator[Duty]:
    yield from _deadlines(case)
    if not case.open:
        return
    others = [duty for source in _SOURCES for duty in source(case)]
    yield from _waits(case, others)
    yield from others


def _deadlines(case: Case) -> Iterator[Duty]:
    for spec in case.program.deadlines:
        if is_running(case, spec.id):
            state = case.plan.deadlines[spec.id]
            otherwise = spec.silence.says if spec.silence else spec.otherwise
            for role in spec.for_:
                offer = _meeting(case.program, spec.met_by, role)
                yield Duty(role, offer, spec.title, state.since, state.due, otherwise)
        elif _still_owed(case, spec):
            state = case.plan.deadlines[spec.id]
            for role in spec.for_:
                offer = _meeting(case.program, spec.met_by, role)
                if _possible(case, offer, role):
                    yield Duty(role, offer, spec.title, state.since, state.due, spec.otherwise)


def _still_owed(case: Case, spec: Deadline) -> bool:
    """Whether a day has passed that decided nothing, and what was owed by it has not been done since."""
    state = case.plan.deadlines.get(spec.id)
    if state is None or not state.lapsed or state.withdrawn or spec.silence or not case.open:
        return False
    plan, acts = case.plan, spec.met_by
    done = [m.seq for m in plan.moves if m.move in acts.moves]
    done += [r.seq for log in acts.logs for r in plan.logs.get(log, ())]
    done += [s.seq for name in acts.signatures if (s := plan.standing(name))]
    done += [a.seq for name in acts.approvals for a in plan.approvals_standing(name)]
    done += [w.seq for name in acts.sections if (w := plan.sections.get(name))]
    done += [s.seq for s in plan.statements if acts.statement]
    return all(seq < state.lapsed_seq for seq in done)


def _possible(case: Case, offer: str, role: str) -> bool:
    """Whether somebody of a role could do it here."""
    name, _, target = offer.partition(":")
    verb = VERBS.get(name)
    acting = replace(case, actor=Actor("", frozenset({role})))
    return verb is not None and target in verb.targets(case) and verb.open_to(acting, target) is None


def _meeting(program: Program, acts: Acts, role: str) -> str:
    """The first act by which this role meets a deadline; a statement where none does, reading where only others' do."""
    kinds: tuple[tuple[str, tuple[str, ...], Mapping[str, Any]], ...] = (
        ("move", acts.moves, program.move),
        ("sign", acts.signatures, program.signature),
        ("record", acts.logs, program.log),
        ("approve", acts.approvals, program.approval),
        ("answer", acts.sections, program.section),
    )
    own = [f"{verb}:{name}" for verb, names, known in kinds for name in names if role in known[name].by]
    others = any(names for _, names, _ in kinds)
    return own[0] if own else "read:plan" if others and not acts.statement else "state:plan"


def _waits(case: Case, others: list[Duty]) -> Iterator[Duty]:
    """What a stage waits for. A step that is refused while something else is owed is nobody's turn yet."""
    since = case.plan.stage_since or case.today
    waiting = [w for w in case.stage.waits if not _waited_for(case, w)]
    ready = [w for w in waiting if not _too_early(case, w)]
    for wait in waiting if not (ready or others) else ready:
        offer = f"move:{wait.move}" if wait.move else f"record:{wait.log}" if wait.log else "read:plan"
        due = case.after(since, wait.within) if wait.within else None
        for role in wait.for_:
            yield Duty(role, offer, wait.do, since, due, wait.otherwise or "")


def _waited_for(case: Case, wait: Wait) -> bool:
    """Whether what is waited for is there, or does not apply."""
    if wait.log and any(r.seq > case.plan.stage_seq for r in case.plan.logs.get(wait.log, ())):
        return True
    return wait.move is not None and not case.when(case.program.move[wait.move].show_if)


def _too_early(case: Case, wait: Wait) -> bool:
    """Whether the step is refused for whoever would make it."""
    if wait.move is None:
        return False
    asking = replace(case, actor=Actor("", frozenset(wait.for_)))
    return bool(refusals_of(case.program.move[wait.move].when, asking))


def _screening(case: Case) -> Iterator[Duty]:
    screening = case.program.screening
    if screening is None or case.plan.stage not in screening.in_ or case.plan.screening:
        return
    for part in screening.parts:
        if part.id not in case.plan.screened:
            for role in part.by:
                yield Duty(role, f"screen:{part.id}", part.title, case.plan.stage_since or case.today)


def _sections(case: Case) -> Iterator[Duty]:
    """What a role still has to write here, as one duty that leads to the first section that lacks something."""
    owed: dict[str, list[str]] = {}
    for spec in case.program.form:
        if case.plan.stage in spec.in_ and not spec.opens and missing_in(case, spec.id):
            owed.setdefault(spec.writers(case.plan.stage)[0], []).append(spec.id)
    for role, sections in owed.items():
        title = case.program.section[sections[0]].title
        rest = f" and {len(sections) - 1} more" if len(sections) > 1 else ""
        yield Duty(role, f"answer:{sections[0]}", f"Write “{title}”{rest}", case.plan.stage_since or case.today)


def _signatures(case: Case) -> Iterator[Duty]:
    since = case.plan.stage_since or case.today
    for spec in case.program.signatures:
        if case.plan.stage not in spec.in_ or signatures_standing(case, spec) or spec.optional:
            continue
        earlier = [case.program.signature[s] for s in spec.after]
        if any(not signatures_standing(case, s) for s in earlier) or any(missing_in(case, s) for s in spec.covers):
            continue
        due = case.after(since, spec.within) if spec.within else None
        otherwise = spec.otherwise or "Nothing is signed until you say so."
        for role in spec.by:
            for code in _signers(case, spec, role):
                yield Duty(role, f"sign:{spec.id}", spec.title, since, due, otherwise, code)


def _signers(case: Case, spec: Signature, role: str) -> list[str]:
    """Whose the duty to sign is: the role's as a whole, or that of each of its people who has not signed."""
    waiting = awaited(case, spec)
    return [p.code for p in case.plan.holders(role) if p.code in waiting] if spec.each else [""]


def _approvals(case: Case) -> Iterator[Duty]:
    since = case.plan.stage_since or case.today
    for spec in case.program.approvals:
        if case.plan.stage not in spec.in_ or not case.when(spec.show_if) or approval_reached(case, spec):
            continue
        if any(not approval_reached(case, case.program.approval[a]) for a in spec.after):
            continue
        given = answers_counting(case, spec)
        due = case.after(since, spec.within) if spec.within else None
        duty = partial(
            Duty, offer=f"approve:{spec.id}", title=spec.title, since=since, due=due, otherwise=spec.otherwise or ""
        )
        for role in spec.by:
            if spec.need in ("any", "all"):
                yield from _answer(case, spec, duty, role) if role not in {a.role for a in given} else []
            else:
                yield from _votes(case, duty, role, {a.by for a in given})


def _answer(case: Case, spec: Approval, duty: Callable[..., Duty], role: str) -> Iterator[Duty]:
    """One duty for the role; person by person where somebody who holds it may not answer, the plan being theirs."""
    own = {p.code for r in case.program.of_kind("subject", "lead") for p in case.plan.holders(r)}
    named = case.plan.holders(role)
    if spec.independent and own & {p.code for p in named}:
        yield from [duty(role, code=p.code) for p in named if p.code not in own]
    else:
        yield duty(role)


def _votes(case: Case, duty: Callable[..., Duty], role: str, answered: set[str]) -> Iterator[Duty]:
    """One duty for each person of a committee who has not answered; one for all where nobody is named."""
    named = case.plan.holders(role)
    yield from [duty(role, code=p.code) for p in named if p.code not in answered] if named else [duty(role)]


def _check_ins(case: Case) -> Iterator[Duty]:
    paused = case.plan.paused
    live = [
        c
        for c in case.plan.checkins.values()
        if not (c.held or c.cancelled or decided_upon(case, c)) and c.rhythm in case.program.checkin
    ]
    for state in sorted(live, key=lambda c: c.due):
        spec = case.program.checkin[state.rhythm]
        clock = case.plan.clocks.get(spec.clock)
        if state.due > case.today + SOON or (paused and spec.clock in paused.clocks) or (clock and clock.stopped):
            continue
        since = min(case.today, max(state.due - SOON, clock.start if clock else state.due))
        name = f"{spec.title}, {day_name(state.due)}"
        for role in spec.by:
            otherwise = (
                "It stands as missed; it can still be held, and both stay on record."
                if state.missed
                else f"After {spec.grace} it stands as missed."
            )
            yield Duty(
                role,
                f"check_in:{state.id}",
                f"Hold the {name}" if spec.title[:1].islower() else f"Hold: {name}",
                since,
                state.due,
                otherwise,
            )
        for role in preparers(case, spec):
            if role not in spec.by and role not in state.prepared and not state.missed:
                yield Duty(
                    role,
                    f"prepare:{state.id}",
                    f"Write your part: {name}",
                    since,
                    state.due,
                    "The check-in takes place all the same. What is not written before can be said there.",
                )


def _items(case: Case) -> Iterator[Duty]:
    for spec in case.program.items:
        if not lives_in(case, spec):
            continue
        stages = {s.id: s for s in spec.stages}
        for number, row in enumerate(case.rows(spec.table), start=1):
            stage = stages[stage_of(case, spec, row["_id"])]
            due = due_of(case, spec, row)
            if not stage.open or due is None:
                continue
            for role, step in _next_steps(spec, stage.id).items():
                yield Duty(
                    role,
                    f"item:{spec.table}/{row['_id']}/{step.id}",
                    f"{spec.title} {number}: {step.title[:1].lower()}{step.title[1:]}",
                    case.plan.stage_since or case.today,
                    due,
                    "It stays open after its day, and can still be done.",
                )


def _next_steps(spec: Items, stage: str) -> dict[str, ItemMove]:
    """Who carries an item on from a stage, and by which step: its owners where they may, else whoever may."""
    steps = [m for m in spec.moves if stage in m.from_ and not m.moves_due]
    own = {role: step for step in reversed(steps) for role in spec.owner if role in step.by}
    return own or {step.by[0]: step for step in steps[:1]}


def _suggestions(case: Case) -> Iterator[Duty]:
    for comment in case.plan.comments.values():
        if not comment.proposed or comment.answered:
            continue
        spec = case.program.section[comment.section]
        roles = [
            r for r in (*spec.by, case.program.lead_role) if r != comment.role and r in comment.audience + comment.later
        ]
        for role in roles[:1]:
            yield Duty(
                role,
                f"reply:{comment.number}",
                f"Answer the change suggested for “{spec.title}”",
                comment.on,
                None,
                "It stays open, and the record shows that it had no answer.",
            )


def _accepted(case: Case) -> Iterator[Duty]:
    """What was accepted is also written, while the text can still be written."""
    if case.stage.phase not in ("concern", "draft", "sign"):
        return
    for comment in case.plan.unwritten():
        spec = case.program.section[comment.section]
        if case.plan.stage in spec.in_ and case.shown(spec) and not spec.opens:
            yield Duty(
                spec.writers(case.plan.stage)[0],
                f"answer:{spec.id}",
                f"Write the change that was accepted into “{spec.title}”",
                comment.on,
                None,
                "The text stays as it is, although the change was accepted.",
            )


def _proposals(case: Case) -> Iterator[Duty]:
    for proposal in case.plan.proposals.values():
        if proposal.outcome:
            continue
        for role in agreeing(case, proposal):
            if role not in proposal.agreed and role != proposal.role:
                otherwise = (
                    f"It takes effect on {day_name(proposal.effective)}."
                    if proposal.effective
                    else "The plan goes on as it is."
                )
                yield Duty(
                    role,
                    f"respond:{proposal.number}",
                    "Answer the proposed change of the plan",
                    proposal.on,
                    proposal.effective,
                    otherwise,
                )


_SOURCES = (_screening, _sections, _signatures, _approvals, _check_ins, _items, _suggestions, _accepted, _proposals)
