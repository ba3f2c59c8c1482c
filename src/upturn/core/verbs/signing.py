"""Signing and approving."""

from upturn.core.audience import addressed
from upturn.core.case import Case
from upturn.core.commands import Approve, Sign
from upturn.core.digests import of_signature
from upturn.core.events import Approved, Event, Signed
from upturn.core.guards import refusals_of
from upturn.core.guards.people import answers_counting, approval_reached, awaited, signatures_standing, signing
from upturn.core.guards.words import all_answered
from upturn.core.program import Approval, Signature
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.verbs.base import (
    Against,
    Verb,
    asked,
    by_role,
    first,
    in_stage,
    no,
    role_of,
    while_open,
    words,
)
from upturn.core.wording import counted, listed

WITNESSED = ("declined", "not_reachable")
OUTCOMES = {
    "agreed": "agreed",
    "acknowledged": "acknowledged receipt",
    "acknowledged_with_disagreement": "acknowledged receipt and disagrees",
    "declined": "declined to sign",
    "not_reachable": "could not be reached",
}
"""How the record says each outcome of a signature."""
CONSENT = "I sign electronically. I may sign on paper instead, and nothing follows from which of the two I choose."
"""What a signer agrees to beside the statement of the signature (UETA 5(b), 15 U.S.C. 7001(b) and (c))."""


def _sign_open(case: Case, target: str) -> Refusal | None:
    spec = case.program.signature.get(target)
    if spec is None:
        return no(case, "There is no such signature.")
    witness = set(WITNESSED) & set(spec.outcomes) and case.holds_role(spec.witness)
    who = None if witness else by_role(case, spec.by, f"“{spec.title}”")
    return first(while_open(case), in_stage(case, spec.in_, f"“{spec.title}”"), who, _done(case, spec))


def _done(case: Case, spec: Signature) -> Refusal | None:
    """A signature is given once; one that was declined or could not be had may still be given."""
    if spec.each:
        given = [case.plan.signed_by(spec.id, code) for code in _concerned(case, spec)]
    else:
        given = [case.plan.standing(spec.id)]
    outcomes = [state.outcome for state in given if state and state.outcome not in WITNESSED]
    if not outcomes or len(outcomes) < len(given):
        return None
    return no(case, f"“{spec.title}” is on record: {OUTCOMES[outcomes[-1]]}.", rule="done")


def _concerned(case: Case, spec: Signature) -> tuple[str, ...]:
    """Whose signature this actor may give, or record as a witness: an own one, of those absent, of all."""
    people = signing(case, spec)
    if case.actor.code in people:
        return (case.actor.code,)
    if any(case.stand_in(role) for role in spec.by):
        return tuple(c for c in people if case.absent(case.plan.parties[c]))
    return people


def _sign_against(case: Case, target: str) -> Against:
    spec = case.program.signature[target]
    refusals = [r for r in (all_answered(case, spec.covers),) if r]
    before = [s for s in spec.after if not signatures_standing(case, case.program.signature[s])]
    if before:
        titles = listed(f"“{case.program.signature[s].title}”" for s in before)
        refusals.append(case.refusal("order", f"{titles} comes first."))
    return Against(tuple(refusals + refusals_of(spec.when, case)))


def _sign(case: Case, command: Sign) -> list[Event]:
    spec: Signature = case.program.signature[command.signature]
    own = any(r in case.actor.roles or case.stand_in(r) for r in spec.by)
    if command.paper:
        _refuse_paper(case, command, own=own)
    offered = spec.outcomes if own else tuple(o for o in spec.outcomes if (o in WITNESSED) != bool(command.paper))
    if command.outcome not in offered:
        wanted = listed((f"“{OUTCOMES[o]}”" for o in offered), "or")
        raise Refused(Refusal("outcome", f"Choose what this signature says: {wanted}.", spec.cites, field="outcome"))
    digest = of_signature(case.program, case.plan, spec.id)
    if command.digest != digest:
        raise Conflict(
            [f"The words under “{spec.title}” have changed since you read them. Read them again, then sign."],
            seq=case.plan.seq,
        )
    reason = command.reason.strip()
    if command.outcome in WITNESSED and not own:
        reason = words(command.reason, "What happened", field="reason")
    witnesses = tuple(w for w in (s.strip()[:200] for s in command.witnesses) if w)
    signer = _signer(case, spec, command, own=own)
    if command.outcome in WITNESSED and not own and 1 + len(witnesses) < spec.witnesses:
        raise Refused(
            Refusal(
                "witness",
                f"{counted(spec.witnesses, 'witness', 'witnesses')} needed: "
                f"name {spec.witnesses - 1} besides yourself.",
                field="witnesses",
            )
        )
    event = Signed(
        signature=spec.id,
        outcome=command.outcome,
        digest=digest,
        meaning=spec.meaning,
        sections=spec.covers,
        signer=signer,
        role=role_of(case, spec.by if own else spec.witness),
        statement=words(command.statement, "Your statement", at_least=0, field="statement"),
        reason=reason,
        witnesses=witnesses,
        awaits=_awaits(case, spec, signer),
        copy=command.copy,
        paper=command.paper,
        consent=CONSENT if own and command.consent and command.outcome not in WITNESSED else "",
        step_up=command.step_up if own and command.outcome not in WITNESSED else None,
        on=command.on,
    )
    return [addressed(case, event)]


def _refuse_paper(case: Case, command: Sign, *, own: bool) -> None:
    """A signature on paper is put on record by somebody else, who has the paper and attached what it looks like."""
    if own:
        says = "This is your own signature: give it here. What you signed on paper is put on record by a witness."
        raise Refused(Refusal("paper", says, field="paper"))
    if command.paper not in case.plan.attachments:
        says = "Attach a scan or photo of the signed paper first, then choose it here."
        raise Refused(Refusal("paper", says, field="paper"))


def _signer(case: Case, spec: Signature, command: Sign, *, own: bool) -> str:
    if own and not spec.each:
        return case.actor.code
    people = _concerned(case, spec) if spec.each else signing(case, spec)
    if command.signer and command.signer not in people:
        raise Refused(Refusal("signer", "This signature is not that person's.", field="signer"))
    if not people:
        raise Refused(Refusal("signer", f"Nobody is named as {case.titles(spec.by)}.", field="signer"))
    waiting = [c for c in people if c in awaited(case, spec)] if spec.each else []
    signer = command.signer or next(iter(waiting or people))
    state = case.plan.signed_by(spec.id, signer) if spec.each else None
    if state and state.outcome not in WITNESSED:
        says = f"{case.names(signer)} is on record here: {OUTCOMES[state.outcome]}."
        raise Refused(Refusal("signer", says, field="signer"))
    return signer


def _awaits(case: Case, spec: Signature, signer: str) -> tuple[str, ...]:
    """Who else has to sign, where each does; nobody once it stands."""
    if not spec.each or case.plan.standing(spec.id):
        return ()
    return tuple(c for c in awaited(case, spec) if c != signer)


SIGN = Verb(
    name="sign",
    command=Sign,
    target=lambda c: str(c.signature),
    targets=lambda case: case.program.signature,
    open_to=_sign_open,
    against=_sign_against,
    events=_sign,
    reads=lambda c: frozenset({"stage", "text", "signatures"}),
)


def _approve_open(case: Case, target: str) -> Refusal | None:
    spec = case.program.approval.get(target)
    if spec is None:
        return no(case, "There is no such approval.")
    what = f"“{spec.title}”"
    hidden = None if case.when(spec.show_if) else no(case, f"{what} is not needed with the answers given.")
    own = [a for a in answers_counting(case, spec) if a.by == case.actor.code and a.outcome != "returned"]
    done = no(case, f"Your answer to {what} is on record.", rule="done") if own else None
    reached = no(case, f"{what} is given.", rule="done") if approval_reached(case, spec) else None
    independent = None
    if spec.independent and case.plan.roles(case.actor.code) & set(case.program.of_kind("subject", "lead")):
        independent = no(
            case,
            f"{what} must be given by somebody other than the {case.program.words.lead} and the "
            f"{case.program.words.subject} of this plan.",
            rule="independent",
        )
    return first(
        while_open(case),
        in_stage(case, spec.in_, what),
        hidden,
        by_role(case, _approvers(case, spec), what),
        independent,
        done,
        reached,
    )


def _approvers(case: Case, spec: Approval) -> tuple[str, ...]:
    """Those who may answer; the fallback once everybody asked has recused or nobody is there."""
    recused = {a.by for a in answers_counting(case, spec) if a.outcome == "recused"}
    named = [p.code for r in spec.by for p in case.plan.holders(r)]
    filled = any(case.program.parties[r].fill != "named" for r in spec.by)
    available = [c for c in named if c not in recused and not case.absent(case.plan.parties[c])]
    return spec.by if available or (filled and not recused) else (*spec.by, *spec.fallback)


def _approve_against(case: Case, target: str) -> Against:
    spec = case.program.approval[target]
    before = [a for a in spec.after if not approval_reached(case, case.program.approval[a])]
    if not before:
        return Against()
    titles = listed(f"“{case.program.approval[a].title}”" for a in before)
    return Against((case.refusal("order", f"{titles} comes first."),))


def _approve(case: Case, command: Approve) -> list[Event]:
    spec: Approval = case.program.approval[command.approval]
    if command.outcome not in (*spec.outcomes, "recused"):
        raise Refused(
            Refusal("outcome", f"Choose one of: {listed((*spec.outcomes, 'recused'), 'or')}.", field="outcome")
        )
    needs_words = command.outcome in ("returned", "refused", "recused")
    reason = words(command.reason, "The reason", field="reason") if needs_words else command.reason.strip()
    answers = asked(case, spec.asks, command.answers) if command.outcome != "recused" else {}
    event = Approved(
        approval=spec.id,
        outcome=command.outcome,
        role=role_of(case, _approvers(case, spec)),
        reason=reason,
        answers=answers,
        on=command.on,
    )
    return [addressed(case, event)]


APPROVE = Verb(
    name="approve",
    command=Approve,
    target=lambda c: str(c.approval),
    targets=lambda case: case.program.approval,
    open_to=_approve_open,
    against=_approve_against,
    events=_approve,
    reads=lambda c: frozenset({"stage", "text", "approvals"}),
)

VERBS = (SIGN, APPROVE)
