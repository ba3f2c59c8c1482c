"""Guards about people: who signed, who approved, who is named, who may not be the same person."""

from upturn.core.calendar import DAY
from upturn.core.case import Case
from upturn.core.guards.registry import guard
from upturn.core.plan import ApprovalGiven, SignatureState
from upturn.core.program import Approval, Signature
from upturn.core.refusals import Refusal
from upturn.core.wording import by_count, counted, day_name, listed, the


@guard(signatures="signature")
def signed(
    case: Case,
    signatures: tuple[str, ...],
    outcomes: tuple[str, ...] = ("agreed", "acknowledged", "acknowledged_with_disagreement"),
) -> Refusal | None:
    """These signatures stand, with one of these outcomes, over the words as they now are."""
    found = {s: signatures_standing(case, case.program.signature[s]) for s in signatures}
    lacking = [s for s, states in found.items() if not states or any(t.outcome not in outcomes for t in states)]
    if not lacking:
        return None
    titles = listed(_lacking(case, case.program.signature[s], outcomes) for s in lacking)
    return case.refusal("signed", f"{titles} {by_count(len(lacking), 'is', 'are')} still missing.")


def _lacking(case: Case, spec: Signature, outcomes: tuple[str, ...]) -> str:
    """A signature that is missing, with the people it is missing of where each of them signs."""
    given = {s.signer: s.outcome for s in _given(case, spec)}
    names = listed(case.names(c) for c in signing(case, spec) if given.get(c) not in outcomes) if spec.each else ""
    return f"“{spec.title}” ({names})" if names else f"“{spec.title}”"


def signing(case: Case, spec: Signature) -> tuple[str, ...]:
    """The people who hold a party that signs."""
    return tuple(dict.fromkeys(p.code for r in spec.by for p in case.plan.holders(r)))


def _given(case: Case, spec: Signature) -> tuple[SignatureState, ...]:
    return tuple(s for c in signing(case, spec) if (s := case.plan.signed_by(spec.id, c)))


def awaited(case: Case, spec: Signature) -> tuple[str, ...]:
    """Who still has to sign, where each holder does."""
    return tuple(c for c in signing(case, spec) if case.plan.signed_by(spec.id, c) is None)


def signatures_standing(case: Case, spec: Signature) -> tuple[SignatureState, ...]:
    """What stands under a signature, one for each where each holder signs; empty until it stands.

    Whoever leaves need not sign any more; whoever comes once it stands need not either.
    """
    whole = case.plan.standing(spec.id)
    if not spec.each:
        return (whole,) if whole else ()
    given = _given(case, spec)
    if whole:
        return given or (whole,)
    return given if not awaited(case, spec) else ()


@guard(signatures="signature")
def signature_settled(case: Case, signatures: tuple[str, ...]) -> Refusal | None:
    """Each of these signatures was given, or was declined or could not be had, on record."""
    lacking = [s for s in signatures if not signatures_standing(case, case.program.signature[s])]
    if not lacking:
        return None
    titles = listed(f"“{case.program.signature[s].title}”" for s in lacking)
    return case.refusal("signature_settled", f"{titles}: neither signed nor recorded as declined.")


@guard(approvals="approval")
def approved(case: Case, approvals: tuple[str, ...]) -> Refusal | None:
    """These approvals are given, and what they cover has not changed since."""
    lacking = [
        a
        for a in approvals
        if case.when(case.program.approval[a].show_if) and not approval_reached(case, case.program.approval[a])
    ]
    if not lacking:
        return None
    spec = case.program.approval[lacking[0]]
    against = [a for a in answers_counting(case, spec) if a.outcome in ("returned", "refused")]
    if against:
        last = against[-1]
        says = f"“{spec.title}” was {last.outcome} by {case.names(last.by)} on {day_name(last.on)}."
        return case.refusal("approved", f"{says} Look at what was written there first.")
    return case.refusal("approved", f"“{spec.title}” is still missing: {_who(case, spec)}.")


def _who(case: Case, spec: Approval) -> str:
    who = case.titles(spec.by, "and" if spec.need == "all" else "or")
    if spec.need == "majority":
        return f"more than half of those who are {case.titles(spec.by)}"
    return f"at least {counted(spec.need, 'person', 'people')} of {who}" if isinstance(spec.need, int) else who


def answers_counting(case: Case, spec: Approval) -> tuple[ApprovalGiven, ...]:
    """The answers to an approval that count here: not voided and, where it is asked each time, given since then."""
    given = case.plan.approvals_standing(spec.id)
    if not spec.each_time:
        return given
    came = max((m.seq for m in case.plan.moves if m.to in spec.in_ and m.from_ not in spec.in_), default=0)
    return tuple(a for a in given if a.seq > came)


def approval_reached(case: Case, spec: Approval) -> bool:
    """Whether enough of those who may have said yes, and none that counts said no after."""
    given = answers_counting(case, spec)
    latest = {a.by: a for a in given}
    yes = [a for a in latest.values() if a.outcome in ("approved", "concurred", "consulted")]
    if isinstance(spec.need, int) or spec.need == "majority":
        return len(yes) >= _votes_needed(case, spec)
    if spec.need == "any":
        return bool(yes)
    out = {a.role for a in latest.values() if a.outcome == "recused"}
    return {a.role for a in yes} >= set(spec.by) - out and bool(yes)


def voters(case: Case, spec: Approval) -> list[str]:
    """The people named to the parties asked, without those who recused."""
    recused = {a.by for a in answers_counting(case, spec) if a.outcome == "recused"}
    return [c for c in dict.fromkeys(p.code for r in spec.by for p in case.plan.holders(r)) if c not in recused]


def _votes_needed(case: Case, spec: Approval) -> int:
    return spec.need if isinstance(spec.need, int) else len(voters(case, spec)) // 2 + 1


@guard(approval="approval")
def voted_down(case: Case, approval: str) -> Refusal | None:
    """So many said no that enough people for a yes are no longer left: a vote is decided against."""
    spec = case.program.approval[approval]
    asked = voters(case, spec)
    latest = {a.by: a.outcome for a in answers_counting(case, spec)}
    against = sum(1 for code in asked if latest.get(code) in ("refused", "returned"))
    if against and len(asked) - against < _votes_needed(case, spec):
        return None
    return case.refusal(
        "voted_down", f"“{spec.title}” is not decided against: {against} of {counted(len(asked), 'vote')} said no."
    )


@guard(approvals="approval")
def returned(case: Case, approvals: tuple[str, ...]) -> Refusal | None:
    """One of these approvals was returned since the plan came to this stage: so that time can take the plan back."""
    back = any(
        given.outcome == "returned" and given.seq > case.plan.stage_seq
        for approval in approvals
        for given in case.plan.approvals_standing(approval)
    )
    if back:
        return None
    titles = listed((f"“{case.program.approval[a].title}”" for a in approvals), "or")
    return case.refusal("returned", f"{titles} was not returned.")


@guard(by="party")
def party_named(case: Case, by: tuple[str, ...]) -> Refusal | None:
    """Somebody holds each of these roles."""
    empty = [r for r in by if not case.plan.holders(r) and case.program.parties[r].fill == "named"]
    if not empty:
        return None
    return case.refusal("party_named", f"Nobody is named yet as {listed((case.role_title(r) for r in empty), 'or')}.")


@guard(roles="party")
def roles_apart(case: Case, roles: tuple[str, ...]) -> Refusal | None:
    """Nobody holds two of these roles: who helps is not who judges."""
    for party in case.plan.parties.values():
        held = [r for r in roles if r in party.roles]
        if len(held) > 1:
            both = listed(the(case.role_title(r)) for r in held)
            return case.refusal("roles_apart", f"{case.names(party.code)} is {both}. These are different people.")
    return None


@guard(of="party")
def absence_recorded(case: Case, of: str) -> Refusal | None:
    """The holder of a role is recorded as absent, so that a stand-in may act (D-10)."""
    if any(case.absent(p) for p in case.plan.holders(of)):
        return None
    return case.refusal("absence_recorded", f"The absence of the {case.role_title(of)} is not on record.")


@guard(move="move", approval="approval", role="party")
def not_same_person(
    case: Case, move: str | None = None, approval: str | None = None, role: str | None = None
) -> Refusal | None:
    """Somebody else must do this than who did, approved or is that."""
    if role:
        taken = {p.code for p in case.plan.holders(role)}
        what = f"is the {case.role_title(role)} of this plan"
    elif approval:
        taken = {a.by for a in answers_counting(case, case.program.approval[approval])}
        what = f"gave “{case.program.approval[approval].title}”"
    else:
        made = case.plan.made(move or "")
        taken = {made[-1].by} if made else set()
        what = f"did “{case.program.move[move or ''].title}”" if move else ""
    if case.actor.code not in taken:
        return None
    return case.refusal("not_same_person", f"A second person must do this: {case.names(case.actor.code)} {what}.")


@guard(log="log", attended="party")
def discussed(
    case: Case, log: str, attended: tuple[str, ...] = (), at_least: int = 1, *, anew: bool = False
) -> Refusal | None:
    """A discussion (or other record) is on record, with these parties present, so many times.

    `anew`: only what was recorded in the present stage counts (a meeting before each caution).
    """
    came = case.plan.stage_seq if anew else 0
    records = [r for r in case.plan.logs.get(log, ()) if r.seq >= came and _present(case, r.attended, r.role, attended)]
    if len(records) >= at_least:
        return None
    title = case.program.log[log].title
    with_ = f" with {case.titles(attended, 'and')}" if attended else ""
    if at_least == 1:
        return case.refusal("discussed", f"No “{title}”{with_} is on record. It comes first.")
    return case.refusal("discussed", f"{len(records)} of {at_least} records “{title}”{with_} are there.")


def _present(case: Case, present: tuple[str, ...], role: str, wanted: tuple[str, ...]) -> bool:
    roles = set(present) | {role} | {r for code in present for r in case.plan.roles(code)}
    return set(wanted) <= roles


@guard()
def told(case: Case) -> Refusal | None:
    """The plan was given to the person it is about."""
    if case.plan.told:
        return None
    return case.refusal("told", f"The plan has not been given to the {case.program.words.subject} yet.")


@guard(signature="signature")
def time_to_read(case: Case, signature: str, at_least: int = 1) -> Refusal | None:
    """Whoever signs has had the words for so many days: since the telling, the stage of signing, their last change."""
    spec = case.program.signature[signature]
    changed = (case.plan.sections[s].on for s in spec.covers if s in case.plan.sections)
    came = case.plan.stage_since if case.plan.stage in spec.in_ else None
    since = max((day for day in (case.plan.told, came, *changed) if day), default=case.today)
    opens = since + at_least * DAY
    if case.today >= opens:
        return None
    return case.refusal(
        "time_to_read",
        f"What “{spec.title}” covers has been there to read since {day_name(since)}; "
        f"{counted(at_least, 'day')} to read it {by_count(at_least, 'is', 'are')} promised.",
        possible_from=opens,
    )
