"""Check answers, then sign; and approvals. The signer reads every covered word above the one button."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from upturn.core.commands import Approve, Sign
from upturn.core.digests import of_signature, reference
from upturn.core.guards.registry import GUARDS, arguments
from upturn.core.plan import SignatureState
from upturn.core.program import Approval, Rule, Section, Signature
from upturn.core.step_up import how_confirmed
from upturn.core.verbs.signing import CONSENT, OUTCOMES, WITNESSED
from upturn.core.wording import day_name, listed
from upturn.records.access import Look
from upturn.records.drafts import TooLong, save_draft
from upturn.records.files import path_of
from upturn.records.papers import signing_copy
from upturn.web.addresses import address
from upturn.web.forms import DayField, Small
from upturn.web.page.standing import who_holds
from upturn.web.shown import Shown, shown_answers
from upturn.web.views.acting.comparing import compared
from upturn.web.views.acting.pages import against, expected, plan_page
from upturn.web.views.acting.readers import audience, prefilled
from upturn.web.views.acting.sheet import Given, Sheet, acted
from upturn.web.views.acting.stepping_up import ask, confirming
from upturn.web.views.acting.writing import answers_at
from upturn.web.views.papers import as_file
from upturn.web.views.plan import seen

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def sign(request: HttpRequest, plan: str, signature: str) -> HttpResponse:
    """Sign, or (as a witness) record that somebody declined or could not be reached. Whoever signs confirms who it is
    on a page of its own (`stepping_up`).
    """
    if request.method == "POST" and request.POST.get("press") == "decline" and "draft" not in request.GET:
        return _to_declining(request, seen(request, plan), signature)
    return acted(request, plan, f"sign:{signature}", lambda look: _sign_sheet(look, look.program.signature[signature]))


def _to_declining(request: HttpRequest, look: Look, signature: str) -> HttpResponse:
    """Lead whoever does not sign to the page that says what it means, and take the statement along."""
    offer = f"sign:{signature}"
    if not against(look, offer):
        kept = {"a": {}, "own": {"statement": request.POST.getlist("statement")}}
        try:
            save_draft(look.person, look.row, offer, kept, base_seq=expected(request), now=timezone.now())
        except TooLong as error:
            messages.info(request, str(error))
    return redirect(reverse("decline", kwargs={"plan": look.row.pk, "signature": signature}))


def _sign_sheet(look: Look, spec: Signature) -> Sheet:
    own = signs_self(look, spec)
    who, since = audience(look)
    return Sheet(
        title="Check the plan, then sign" if own else f"Record what became of “{spec.title}”",
        button="Sign the plan" if own else "Put this on record",
        said="",
        own=_sign_form(look, spec, own=own),
        who=who,
        since=since,
        template="acting/sign.html",
        afresh=("outcome",),
        context={
            "spec": spec,
            "own_signature": own,
            "sections": list(covered(look, spec.covers)),
            "digest": of_signature(look.program, look.plan, spec.id),
            "consent": CONSENT,
            "scans": [] if own else scans_of(look),
            "copy": signing_copy(look, spec) if reads_all(look, spec) else None,
            "basis": [look.program.source[c] for c in spec.cites if c in look.program.source],
            "standing": _standing(look, spec),
            "signers": listed(look.name(p.code) for r in spec.by for p in look.plan.holders(r)),
            "ask_url": _ask_url(look, spec),
            "declined": own and declined_by(look, spec),
            "changed": since_signed(look, spec) if own else None,
            "may_decline": own and "declined" in spec.outcomes and declined_by(look, spec) is None,
        },
        command=lambda given: _sign(look, spec, given, own=own),
        confirm=(lambda request, command: ask(request, look, spec, command)) if own else None,
        then=lambda _done: _signed_url(look, spec),
    )


def _signed_url(look: Look, spec: Signature) -> str:
    return reverse("signed", kwargs={"plan": look.row.pk, "signature": spec.id})


@both
def decline(request: HttpRequest, plan: str, signature: str) -> HttpResponse:
    """Put on record that one does not sign: a page of its own, which says what that means before anything is kept."""
    look = seen(request, plan)
    spec = look.program.signature.get(signature)
    if spec is None or not signs_self(look, spec) or "declined" not in spec.outcomes:
        raise Http404
    return acted(
        request, look, f"sign:{signature}", lambda look: _decline_sheet(look, look.program.signature[signature])
    )


def _decline_sheet(look: Look, spec: Signature) -> Sheet:
    who, since = audience(look)
    return Sheet(
        title="Put on record that you do not sign?",
        button="Put on record that I do not sign",
        said="",
        says=list(_declining_means(look, spec)),
        own=DeclineForm,
        who=who,
        since=since,
        template="acting/decline.html",
        context={"spec": spec, "digest": of_signature(look.program, look.plan, spec.id)},
        command=lambda given: Sign(
            signature=spec.id,
            outcome="declined",
            digest=str(given.sent.get("digest", "")),
            statement=given.own.get("statement") or "",
        ),
        then=lambda _done: _signed_url(look, spec),
    )


class DeclineForm(Small):
    statement = forms.CharField(
        label="Your statement",
        help_text="It is kept with the plan word for word. Nobody can edit it. You need not give a reason.",
        widget=forms.Textarea,
        required=False,
    )


def _declining_means(look: Look, spec: Signature) -> Iterator[str]:
    """What follows from not signing, as far as this program's steps say it."""
    stage = look.case.stage.title
    yield "That is your right. It goes on record with today’s date, and with your statement if you write one."
    for step in (m for m in look.program.moves if look.plan.stage in m.from_):
        needed = [wanted for rule in step.when if (wanted := _wanted(rule, spec.id))]
        if needed and all("declined" in outcomes for outcomes in needed):
            who = look.case.titles(r for r in step.by if r in look.program.parties)
            yield f"“{step.title}” is possible without your signature{f': {who} may still do it' if who else ''}."
        elif needed:
            yield f"“{step.title}” is not possible without your signature."
    yield f"You can still sign later, as long as it stands in “{stage}”."


def _wanted(rule: Rule, signature: str) -> tuple[str, ...]:
    """The outcomes of a signature that satisfy a rule; none where the rule does not ask about it."""
    if rule.guard not in ("signed", "signature_settled"):
        return ()
    asked = arguments(GUARDS[rule.guard], rule.args)
    return asked.get("outcomes", WITNESSED) if signature in asked["signatures"] else ()


def declined_by(look: Look, spec: Signature) -> SignatureState | None:
    """What says that this person does not sign (or could not be reached), while the signature can still be given."""
    state = look.plan.signed_by(spec.id, look.actor.code)
    return state if state and state.outcome in WITNESSED else None


def since_signed(look: Look, spec: Signature) -> dict[str, Any] | None:
    """What this person signed before, and what the covered words say now that they did not say then."""
    state = look.plan.signers.get((spec.id, look.actor.code))
    if state is None or not state.voided or state.outcome in WITNESSED:
        return None
    differences = []
    for one in (look.program.section[s] for s in spec.covers if s in look.program.section):
        if look.sees_section(one.id):
            written = look.plan.sections.get(one.id)
            now, then = written.answers if written else {}, answers_at(look, one.id, state.seq)
            found = compared(one.fields, then, now, look.program, look.name)
            differences += [(one.title, found)] if found else []
    return {"on": state.on, "differences": differences}


def reads_all(look: Look, spec: Signature) -> bool:
    """Whether this person reads everything a signature covers: only then is the whole copy theirs to see."""
    covered = (look.program.section[s] for s in spec.covers)
    return all(look.sees_section(one.id) for one in covered if look.case.shown(one))


@require_GET
def copy(request: HttpRequest, plan: str, signature: str) -> HttpResponse:
    """The exact copy that is signed, or was, as a file. Its SHA-256 stands in the signature."""
    look = seen(request, plan)
    spec = look.program.signature.get(signature)
    if spec is None or not reads_all(look, spec):
        raise Http404
    found = signing_copy(look, spec)
    if found is None:
        raise Http404
    return as_file(path_of(found).read_bytes(), f"{look.row.number}-{spec.id}.pdf")


@both
def step_up(request: HttpRequest, plan: str, signature: str) -> HttpResponse:
    """Confirm that it is oneself who signs; then it is signed."""
    look = seen(request, plan)
    spec = look.program.signature.get(signature)
    if spec is None or not signs_self(look, spec):
        raise Http404
    state = look.plan.signed_by(spec.id, look.actor.code)
    if state and state.outcome not in WITNESSED:
        return redirect(_signed_url(look, spec))
    return confirming(request, look, spec, lambda outcome: SAYS[outcome][0], _signed_url(look, spec))


def signs_self(look: Look, spec: Signature) -> bool:
    """Whether the signature is this person's to give; otherwise they can only witness."""
    return any(r in look.roles or look.case.stand_in(r) for r in spec.by)


def _standing(look: Look, spec: Signature) -> str:
    state = look.plan.standing(spec.id)
    return f"{look.name(state.signer)} {OUTCOMES[state.outcome]} on {day_name(state.on)}." if state else ""


def _ask_url(look: Look, spec: Signature) -> str:
    """Where somebody asks for changes of the text as a whole: the step back, else a comment, else a statement."""
    back = [m.id for m in look.program.moves if look.plan.stage in m.from_ and _takes_back(look, m.to)]
    offers = [f"move:{m}" for m in back] + [f"comment:{s}" for s in spec.covers] + ["state:plan"]
    found = next((o for o in offers if o in look.offers and not look.offers[o].refusals), "")
    return address(look.row.pk, found) if found else ""


def _takes_back(look: Look, to: str | None) -> bool:
    return bool(to) and look.program.stage[to].phase == "draft"


def covered(look: Look, sections: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The sections under a signature, word for word, each question with a link to ask for a change of it."""
    for spec in (look.program.section[s] for s in sections):
        if look.case.shown(spec) and look.sees_section(spec.id):
            yield {"id": spec.id, "title": spec.title, "answers": _with_links(look, spec)}


def _with_links(look: Look, spec: Section) -> list[tuple[Shown, str]]:
    written = look.plan.sections.get(spec.id)
    answers = written.answers if written else {}
    shown = shown_answers(spec.fields, answers, look.case.values, look.program, look.name, blanks=True)
    url = address(look.row.pk, f"comment:{spec.id}") if f"comment:{spec.id}" in look.offers else ""
    return [(one, f"{url}?question={one.field}" if url else "") for one in shown]


SAYS: Mapping[str, tuple[str, str]] = {
    "agreed": ("I agree", "You agree with the statement above and with every word of the plan."),
    "acknowledged": ("I received it and have read it", "This does not say that you agree."),
    "acknowledged_with_disagreement": (
        "I received it, and I do not agree with all of it",
        "Say in a statement below what you do not agree with. It is kept word for word.",
    ),
}
WITNESS_SAYS: Mapping[str, tuple[str, str]] = {
    "declined": (
        "The person declined to sign",
        "Say what happened, in the words that were used as far as you know them.",
    ),
    "not_reachable": ("The person could not be reached", "Say what was tried, and when."),
}


def _sign_form(look: Look, spec: Signature, *, own: bool) -> type[Small]:
    says = SAYS if own else WITNESS_SAYS
    offered = [o for o in spec.outcomes if o in says]
    scans = [] if own else scans_of(look)
    if scans:
        offered += [f"{ON_PAPER}{o}" for o in spec.outcomes if o in SAYS]
        says = {**says, **{f"{ON_PAPER}{o}": (f"Signed on paper: {SAYS[o][0]}", PAPER) for o in SAYS}}
    boxes: dict[str, forms.Field] = {
        "outcome": forms.ChoiceField(
            label="What does your signature mean?" if own else "What became of the signature?",
            choices=[(o, says[o][0]) for o in offered],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose what your signature means" if own else "Choose what happened"},
        ),
    }
    boxes["outcome"].option_hints = {o: says[o][1] for o in offered}  # type: ignore[attr-defined]
    if own:
        boxes["statement"] = forms.CharField(
            label="Your statement",
            help_text="It is kept with the plan word for word. Nobody can edit it.",
            widget=forms.Textarea,
            required=False,
        )
    else:
        boxes |= _witness_boxes(look, spec, scans)
    return type("SignForm", (Small,), boxes)


ON_PAPER = "paper:"
PAPER = "The signed paper lies before you, and a scan or photo of it is attached to the plan."
PICTURES = ("pdf", "png", "jpg", "jpeg")


def scans_of(look: Look) -> list[tuple[str, str]]:
    """The files of the plan that may show a signed paper."""
    return [
        (a.id, f"{a.name}, attached on {day_name(a.on)}")
        for a in look.plan.attachments.values()
        if look.reads_entry(a.seq) and a.name.rsplit(".", 1)[-1].lower() in PICTURES
    ]


def _witness_boxes(look: Look, spec: Signature, scans: Sequence[tuple[str, str]]) -> dict[str, forms.Field]:
    signers = [(p.code, look.name(p.code)) for r in spec.by for p in look.plan.holders(r)]
    boxes: dict[str, forms.Field] = {}
    if len(signers) > 1:
        boxes["signer"] = forms.ChoiceField(label="Whose signature is it?", choices=signers, widget=forms.RadioSelect)
    boxes["reason"] = forms.CharField(
        label="What happened",
        help_text="What was tried or said, when, and by whom.",
        widget=forms.Textarea,
        error_messages={"required": "Write down what happened"},
    )
    boxes["on"] = DayField(label="When was it?", initial=look.case.today)
    if scans:
        boxes["paper"] = forms.ChoiceField(
            label="Which file shows the signed paper?",
            help_text="Only where it was signed on paper.",
            choices=[("", "None: it was not signed on paper"), *scans],
            required=False,
        )
    if spec.witnesses > 1:
        boxes["witnesses"] = forms.CharField(
            label="Who else witnessed it?",
            help_text=f"Besides you, {spec.witnesses - 1} more. One name a line.",
            widget=forms.Textarea,
            required=False,
        )
    return boxes


def _sign(look: Look, spec: Signature, given: Given, *, own: bool) -> Sign:
    own_values = given.own
    on_paper = own_values["outcome"].startswith(ON_PAPER)
    return Sign(
        signature=spec.id,
        outcome=own_values["outcome"].removeprefix(ON_PAPER),
        paper=own_values.get("paper") or ("none" if on_paper else ""),
        digest=str(given.sent.get("digest", "")),
        copy=str(given.sent.get("copy", "")),
        consent=own,
        statement=own_values.get("statement") or "",
        reason=own_values.get("reason") or "",
        signer="" if own else own_values.get("signer") or "",
        witnesses=[line.strip() for line in (own_values.get("witnesses") or "").splitlines() if line.strip()],
        on=given.day(look.case.today),
    )


@require_GET
def signed(request: HttpRequest, plan: str, signature: str) -> HttpResponse:
    """After signing: the reference, what happens next and when, whom to ask."""
    look = seen(request, plan)
    spec, state = look.program.signature.get(signature), look.plan.signatures.get(signature)
    if spec is None or state is None or not look.reads_entry(state.seq):
        raise Http404
    others = [s for s in look.program.signatures if look.plan.stage in s.in_ and look.plan.standing(s.id) is None]
    context = {
        "spec": spec,
        "state": state,
        "given": state.outcome not in WITNESSED,
        "signer": look.name(state.signer),
        "outcome": OUTCOMES[state.outcome],
        "mine": state.signer == look.actor.code,
        "confirmed": how_confirmed(state.step_up),
        "reference": reference(look.row.number, state.digest),
        "others": [(s.title, listed(look.name(p.code) for r in s.by for p in look.plan.holders(r))) for s in others],
        "sign_url": address(look.row.pk, f"sign:{spec.id}") if _still_open(look, spec) else "",
        "next": [
            {"title": d.title, "who": who_holds(look.case, d.role), "mine": d in look.own_duties}
            for d in look.duties
            if d.role in look.program.parties
        ][:4],
        "clocks": [(look.program.clock[c.id], c.end) for c in look.plan.clocks.values() if not (c.ended or c.stopped)],
    }
    return plan_page(request, look, "acting/signed.html", context)


def _still_open(look: Look, spec: Signature) -> bool:
    """Whether this person, who does not sign so far, may still do so."""
    return declined_by(look, spec) is not None and f"sign:{spec.id}" in look.offers


# -- approvals --------------------------------------------------------------------------------------------------------

APPROVALS: Mapping[str, tuple[str, str]] = {
    "approved": ("I approve it", ""),
    "concurred": ("I concur", ""),
    "consulted": ("I was consulted", "This says that you were asked, not that you agree."),
    "returned": ("I send it back", "Say what has to change."),
    "refused": ("I refuse it", "Say why."),
    "recused": ("I cannot decide this: I am not impartial here", "Say why. Somebody else then decides."),
}


@both
def approve(request: HttpRequest, plan: str, approval: str) -> HttpResponse:
    """Answer an approval."""
    return acted(
        request, plan, f"approve:{approval}", lambda look: _approve_sheet(look, look.program.approval[approval])
    )


def _approve_sheet(look: Look, spec: Approval) -> Sheet:
    who, since = audience(look)
    return Sheet(
        title=spec.title,
        button="Put this answer on record",
        said="Your answer is on record.",
        fields=spec.asks,
        first=prefilled(look, spec.asks),
        own=_approve_form(look, spec),
        cites=spec.cites,
        who=who,
        since=since,
        template="acting/approve.html",
        context={"spec": spec, "sections": list(covered(look, spec.covers)), "given": list(_given(look, spec))},
        command=lambda given: Approve(
            approval=spec.id,
            outcome=given.own["outcome"],
            reason=given.own["reason"],
            answers=given.answers,
            on=given.day(look.case.today),
        ),
    )


def _given(look: Look, spec: Approval) -> Iterator[str]:
    """What others answered so far."""
    for one in look.plan.approvals_standing(spec.id):
        if look.reads_entry(one.seq):
            yield f"{look.name(one.by)}, {day_name(one.on)}: {one.outcome}{f'. {one.reason}' if one.reason else ''}"


def _approve_form(look: Look, spec: Approval) -> type[Small]:
    offered = [*spec.outcomes, "recused"]

    class ApproveForm(Small):
        outcome = forms.ChoiceField(
            label="Your answer",
            choices=[(o, APPROVALS[o][0]) for o in offered],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose your answer"},
        )
        reason = forms.CharField(
            label="Your reason",
            help_text="Needed unless you say yes.",
            widget=forms.Textarea,
            required=False,
        )
        on = DayField(label="When did you decide?", initial=look.case.today)

    ApproveForm.base_fields["outcome"].option_hints = {o: APPROVALS[o][1] for o in offered if APPROVALS[o][1]}  # type: ignore[attr-defined]
    return ApproveForm
