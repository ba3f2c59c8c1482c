"""Proposing a change of the running plan: choose the sections, edit each as it would stand, compare, say why."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from upturn.core.commands import Propose
from upturn.core.fields import clean_answers
from upturn.core.program import Section
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.wording import day_name
from upturn.records.access import Look
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Draft
from upturn.records.perform import perform
from upturn.records.queries import drafts
from upturn.web.forms import Questions, Raw, Small, moved_rows, read
from upturn.web.views.acting.comparing import compared
from upturn.web.views.acting.happened import what_happened
from upturn.web.views.acting.pages import against, expected, not_possible, plan_page, typed_words
from upturn.web.views.acting.readers import audience, prefilled, scope_of
from upturn.web.views.plan import seen

OFFER = "propose:plan"


def _kind(section: str) -> str:
    return f"propose:{section}"


def sections_of(look: Look) -> list[Section]:
    """The sections that may change while the plan runs, as far as this person reads them."""
    spec = look.program.amendments
    return [look.program.section[s] for s in spec.sections if look.sees_section(s)] if spec else []


def changes_of(look: Look, kept: Mapping[str, Draft]) -> dict[str, Raw]:
    """What this person's drafts would change, by section."""
    found = {}
    for spec in sections_of(look):
        draft = kept.get(_kind(spec.id))
        raw = draft.data.get("a") if draft else None
        if isinstance(raw, dict):
            found[spec.id] = raw
    return found


def _before(look: Look, spec: Section) -> Raw:
    written = look.plan.sections.get(spec.id)
    return dict(written.answers) if written else {}


@require_GET
def amend(request: HttpRequest, plan: str) -> HttpResponse:
    """Choose a section to change; those changed in one's draft are marked."""
    look = seen(request, plan)
    closed = against(look, OFFER)
    if closed:
        return not_possible(request, look, OFFER, closed)
    changed = changes_of(look, drafts(look.person, look.row))
    tasks = [
        {
            "title": spec.title,
            "url": reverse("amend_section", kwargs={"plan": look.row.pk, "section": spec.id}),
            "status": "Changed in your draft" if spec.id in changed else "",
        }
        for spec in sections_of(look)
    ]
    return plan_page(request, look, "acting/amend.html", {"tasks": tasks, "changed": len(changed), "rule": _rule(look)})


def _rule(look: Look) -> list[str]:
    """How a change of this plan takes effect."""
    spec = look.program.amendments
    if spec is None:
        return []
    agreeing = look.case.titles(spec.agreed_by, "and")
    says = [f"A change takes effect when {agreeing} agree. Until then the text as it stands governs."]
    if spec.imposed_by:
        notice = f" after {spec.notice} of notice" if spec.notice else ""
        says.append(f"It may be imposed by {look.case.titles(spec.imposed_by)}{notice}.")
    if spec.voids:
        says.append("Signatures over what changes are then given again.")
    return says


@require_http_methods(["GET", "HEAD", "POST"])
def amend_section(request: HttpRequest, plan: str, section: str) -> HttpResponse:
    """Edit a section as it would stand. Nothing is proposed yet."""
    look = seen(request, plan)
    closed = against(look, OFFER)
    if closed:
        return not_possible(request, look, OFFER, closed, typed=typed_words(request))
    spec = next((s for s in sections_of(look) if s.id == section), None)
    if spec is None:
        raise Http404
    draft = drafts(look.person, look.row).get(_kind(section))
    if request.method != "POST":
        kept = draft.data.get("a") if draft else None
        raw = kept if isinstance(kept, dict) else _before(look, spec) or prefilled(look, spec.fields)
        return _section_page(request, look, spec, raw, (), draft=draft)
    if request.POST.get("press") == "drop":
        drop_draft(look.person, look.row, _kind(section))
        return redirect("propose", plan=look.row.pk)
    return _edited(request, look, spec)


def _edited(request: HttpRequest, look: Look, spec: Section) -> HttpResponse:
    raw, anchor = read(spec.fields, request.POST), ""
    if "row" in request.POST:
        raw, anchor = moved_rows(spec.fields, scope_of(look), raw, request.POST["row"])
    try:
        draft = save_draft(
            look.person, look.row, _kind(spec.id), {"a": raw}, base_seq=expected(request), now=timezone.now()
        )
    except TooLong as error:
        return _section_page(request, look, spec, raw, [Refusal("answer", str(error))])
    if "draft" in request.GET:
        return render(request, "parts/autosave.html", {"saved_at": draft.updated_at})
    if "row" in request.POST:
        return redirect(f"{request.path}#{anchor}" if anchor else request.path)
    reasons = Questions(spec.fields, scope_of(look), raw).own_refusals()
    reasons += clean_answers(spec.fields, raw, look.case.values, look.program)[1]
    if reasons:
        return _section_page(request, look, spec, raw, reasons, draft=draft)
    return redirect("amend_check", plan=look.row.pk)


def _section_page(
    request: HttpRequest, look: Look, spec: Section, raw: Raw, reasons: Sequence[Refusal], *, draft: Draft | None = None
) -> HttpResponse:
    questions = Questions(spec.fields, scope_of(look), raw)
    left = questions.refuse(reasons)
    context = {
        "section": spec,
        "questions": questions,
        "problems": questions.problems,
        "has_errors": questions.errors,
        "left": [r.sentence for r in left],
        "draft": draft,
        "draft_url": f"{request.path}?draft=1",
        "expected": look.plan.seq,
    }
    return plan_page(request, look, "acting/amend_section.html", context, status=422 if reasons else 200)


class ReasonForm(Small):
    """Why the plan should change, and whether it is to be imposed."""

    reason = forms.CharField(
        label="Why should it change?",
        help_text="Everybody on the plan reads it beside the change.",
        widget=forms.Textarea,
        error_messages={"required": "Write why it should change"},
    )


def _reason_form(look: Look) -> type[Small]:
    spec = look.program.amendments
    if spec is None or not look.case.holds_role(spec.imposed_by):
        return ReasonForm
    day = day_name(look.case.after(look.case.today, spec.notice)) if spec.notice else "at once"

    class ImposingForm(ReasonForm):
        impose = forms.BooleanField(
            label="Impose it after notice",
            help_text=f"It then takes effect on {day}, agreed or not."
            if spec.notice
            else "It then takes effect at once.",
            required=False,
        )

    return ImposingForm


@require_http_methods(["GET", "HEAD", "POST"])
def amend_check(request: HttpRequest, plan: str) -> HttpResponse:
    """Both texts side by side, the reason, and the one button that proposes the change."""
    look = seen(request, plan)
    closed = against(look, OFFER)
    if closed and request.method != "POST":
        return not_possible(request, look, OFFER, closed)
    changes = changes_of(look, drafts(look.person, look.row))
    if not changes:
        return redirect("propose", plan=look.row.pk)
    if request.method != "POST":
        return _check_page(request, look, changes, _reason_form(look)())
    form = _reason_form(look)(request.POST)
    if not form.is_valid():
        return _check_page(request, look, changes, form, status=422)
    command = Propose(changes=changes, reason=form.cleaned_data["reason"], impose="impose" in request.POST)
    try:
        done = perform(look.row.pk, command, look.person, timezone.now(), expected=expected(request))
    except Conflict as conflict:
        now = seen(request, look.row.pk)
        if against(now, OFFER):
            return not_possible(
                request,
                now,
                OFFER,
                now.why_not(OFFER),
                changes=conflict.changes,
                typed=typed_words(request),
                status=409,
            )
        return _check_page(request, now, changes, form, notes=conflict.changes, status=409)
    except Refused as refused:
        if closed:
            return not_possible(request, look, OFFER, closed, typed=typed_words(request))
        return _check_page(request, look, changes, form, reasons=refused.reasons, status=422)
    for section in changes:
        drop_draft(look.person, look.row, _kind(section))
    messages.info(request, what_happened("Your change is proposed.", done, look))
    return redirect(f"{reverse('plan', kwargs={'plan': look.row.pk})}#proposals")


def _check_page(
    request: HttpRequest,
    look: Look,
    changes: Mapping[str, Raw],
    form: Small,
    *,
    reasons: Sequence[Refusal] = (),
    notes: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    left = form.refuse(reasons)
    who, since = audience(look)
    context: dict[str, Any] = {
        "own": form,
        "has_errors": bool(form.errors),
        "problems": [form],
        "left": [r.sentence for r in left],
        "changes": notes,
        "compared": [_compared(look, look.program.section[s], raw) for s, raw in changes.items()],
        "rule": _rule(look),
        "who": who,
        "since": since,
        "expected": expected(request) if status == 422 else look.plan.seq,
    }
    return plan_page(request, look, "acting/amend_check.html", context, status=status)


def _compared(look: Look, spec: Section, raw: Raw) -> dict[str, Any]:
    after, _problems = clean_answers(spec.fields, raw, look.case.values, look.program)
    return {
        "title": spec.title,
        "url": reverse("amend_section", kwargs={"plan": look.row.pk, "section": spec.id}),
        "differences": compared(spec.fields, _before(look, spec), after, look.program, look.name),
    }
