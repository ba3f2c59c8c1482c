"""What every screen of doing has in common: ask, keep what was typed, do it through `perform`, say what happened.

A `Sheet` is one such page as data: what it says, what it asks, which command that becomes. `acted` runs it.

    GET   the page, with the draft this person left here; 403 with the sentence when the rules do not allow it
    POST  a draft (autosave, rows, "later"), or the thing itself: 302 with what happened; 422 with every refusal beside
          its box; 409 with who did what meanwhile. Whatever was typed stands in the page that comes back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from upturn.core import rules
from upturn.core.audience import addressed
from upturn.core.case import Case
from upturn.core.commands import Command
from upturn.core.events import Stated
from upturn.core.program import FormField
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.records.access import Look
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Draft
from upturn.records.perform import Performed, perform
from upturn.records.queries import drafts
from upturn.records.readings import record_reading
from upturn.web.forms import Asking, Questions, Raw, Small, asking, first_answers, moved_rows, read
from upturn.web.page.standing import role_names
from upturn.web.views.acting.happened import what_happened
from upturn.web.views.plan import frame, seen

NOTHING_THERE = "There is no such"
REASONS = "reasons."


@dataclass(frozen=True)
class Given:
    """What a person entered: raw answers to a program's fields, our own form's values, reasons for warnings."""

    answers: Raw
    own: Mapping[str, Any]
    reasons: Mapping[str, str]
    sent: QueryDict

    def day(self, today: date, name: str = "on") -> date | None:
        """The day it happened, where that is not today."""
        day = self.own.get(name)
        return day if day != today else None


@dataclass
class Sheet:
    """One page on which one thing is done. `command` makes the command of what was entered."""

    title: str
    button: str
    command: Callable[[Given], Command]
    said: str
    """What has happened, for the message after it: a sentence."""
    fields: tuple[FormField, ...] = ()
    own: Callable[..., Small] | None = None
    first: Raw = field(default_factory=dict)
    lede: str = ""
    says: Sequence[str] = ()
    """What follows, said before the button is pressed."""
    cites: Sequence[str] = ()
    who: Sequence[str] = ()
    since: str = ""
    template: str = "acting/sheet.html"
    context: Mapping[str, Any] = field(default_factory=dict)
    then: Callable[[Performed], str] | None = None
    boxes: Mapping[str, str] = field(default_factory=dict)
    """Path of a refusal → box of our own form, where they differ."""
    files: bool = False
    optional: bool = True
    """Whether boxes of our own form that may stay empty are called optional."""


Make = Callable[[Look], Sheet]


# -- the run of a sheet ---------------------------------------------------------------------------------------------


def acted(request: HttpRequest, plan: str | Look, offer: str, make: Make) -> HttpResponse:
    """Show a sheet, keep its draft, or do what it asks. `plan` is its id, or a look at it that was taken already."""
    look = plan if isinstance(plan, Look) else seen(request, plan)
    closed = against(look, offer)
    if request.method != "POST":
        if closed:
            return not_possible(request, look, offer, closed)
        return _shown(request, look, offer, make(look), drafts(look.person, look.row).get(offer))
    if "draft" in request.GET:
        return keep_draft(request, look, offer, lambda: _entered(request, make(look)))
    sheet = make(look)
    if "row" in request.POST:
        return _with_rows(request, look, offer, sheet)
    return _attempted(request, look, offer, sheet, make)


def against(look: Look, offer: str) -> tuple[Refusal, ...]:
    """Everything against an offer; 404 for one that is about nothing this person could know of."""
    found = look.why_not(offer)
    if any(r.says.startswith(NOTHING_THERE) for r in found):
        raise Http404
    return found


def expected(request: HttpRequest) -> int:
    """The number of the last entry this person had read; the very first one when a page does not say."""
    sent = request.POST.get("expected", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _entered(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    own = {k: request.POST.getlist(k) for k in request.POST if k not in _NOT_KEPT and not k.startswith("a-")}
    return {"a": read(sheet.fields, request.POST), "own": own}


_NOT_KEPT = ("csrfmiddlewaretoken", "expected", "press", "row", "digest")


def keep_draft(request: HttpRequest, look: Look, kind: str, entered: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """Keep what somebody is writing, and say so in one line."""
    if look.why_not(kind):
        return render(
            request, "acting/autosave_refused.html", {"says": "Not saved: this can no longer be written here."}
        )
    try:
        draft = save_draft(look.person, look.row, kind, entered(), base_seq=expected(request), now=timezone.now())
    except TooLong as error:
        return render(request, "acting/autosave_refused.html", {"says": str(error)}, status=413)
    return render(request, "parts/autosave.html", {"saved_at": draft.updated_at})


def _with_rows(request: HttpRequest, look: Look, offer: str, sheet: Sheet) -> HttpResponse:
    scope = asking(look.case, files=files_of(look))
    raw, anchor = moved_rows(sheet.fields, scope, read(sheet.fields, request.POST), request.POST["row"])
    kept = _entered(request, sheet) | {"a": raw}
    try:
        save_draft(look.person, look.row, offer, kept, base_seq=expected(request), now=timezone.now())
    except TooLong as error:
        messages.info(request, str(error))
    return redirect(f"{request.path}#{anchor}" if anchor else request.path)


def _attempted(request: HttpRequest, look: Look, offer: str, sheet: Sheet, make: Make) -> HttpResponse:
    view = Filled(look, offer, sheet, read(sheet.fields, request.POST), request.POST, request.FILES)
    reasons = view.questions.unready()
    if not view.own_is_valid() or reasons:
        closed = look.why_not(offer)
        if closed:
            return not_possible(request, look, offer, closed, typed=typed_words(request))
        return view.page(request, reasons)
    try:
        done = perform(
            look.row.pk, sheet.command(view.given()), look.person, timezone.now(), expected=expected(request)
        )
    except Conflict as conflict:
        return collided(request, look, offer, make, conflict)
    except Refused as refused:
        closed = look.why_not(offer)
        if closed:
            return not_possible(request, look, offer, closed, typed=typed_words(request))
        return view.page(request, refused.reasons)
    drop_draft(look.person, look.row, offer)
    messages.info(request, what_happened(sheet.said, done, look))
    return redirect(sheet.then(done) if sheet.then else reverse("plan", kwargs={"plan": look.row.pk}))


def collided(request: HttpRequest, look: Look, offer: str, make: Make, conflict: Conflict) -> HttpResponse:
    """Somebody was faster: who did what, and the page again with everything that was typed, if it can still be done."""
    now = seen(request, look.row.pk)
    if against(now, offer):
        return not_possible(
            request, now, offer, now.why_not(offer), changes=conflict.changes, typed=typed_words(request), status=409
        )
    sheet = make(now)
    view = Filled(now, offer, sheet, read(sheet.fields, request.POST), request.POST, request.FILES)
    return view.page(request, (), changes=conflict.changes, status=409)


def _shown(request: HttpRequest, look: Look, offer: str, sheet: Sheet, draft: Draft | None) -> HttpResponse:
    kept = draft.data if draft else {}
    raw = kept.get("a") if isinstance(kept.get("a"), dict) else None
    sent = as_sent(kept.get("own")) if draft else None
    view = Filled(look, offer, sheet, sheet.first if raw is None else raw, sent, touched=False)
    return view.page(request, (), status=200, draft=draft)


def as_sent(kept: Any) -> QueryDict | None:
    """Our own form's values out of a draft, as a form would send them."""
    data = QueryDict(mutable=True)
    for name, values in kept.items() if isinstance(kept, Mapping) else ():
        data.setlist(str(name), [str(v) for v in values] if isinstance(values, list) else [])
    return data or None


class Filled:
    """A sheet with what somebody entered: its questions, our own form, the warnings and their reasons."""

    def __init__(
        self,
        look: Look,
        offer: str,
        sheet: Sheet,
        raw: Raw,
        sent: Any = None,
        uploaded: Any = None,
        *,
        touched: bool = True,
    ) -> None:
        self.look, self.offer, self.sheet, self.sent = look, offer, sheet, sent
        self.questions = Questions(sheet.fields, asking(look.case, files=files_of(look)), raw)
        self.own = self._own_form(sent, uploaded, touched=touched)
        self.warnings = Warnings(warnings_of(look, offer), sent)

    def _own_form(self, sent: Any, uploaded: Any, *, touched: bool) -> Small | None:
        if self.sheet.own is None:
            return None
        if sent is None or touched:
            return self.sheet.own(sent, uploaded) if touched else self.sheet.own()
        blank = self.sheet.own()
        return self.sheet.own(initial={n: _kept(f, sent, n) for n, f in blank.fields.items() if n in sent})

    def own_is_valid(self) -> bool:
        return self.own is None or self.own.is_valid()

    def given(self) -> Given:
        values = self.own.cleaned_data if self.own is not None else {}
        return Given(self.questions.raw, values, self.warnings.reasons, self.sent or QueryDict())

    def page(
        self,
        request: HttpRequest,
        reasons: Iterable[Refusal],
        *,
        changes: Sequence[str] = (),
        status: int = 422,
        draft: Draft | None = None,
    ) -> HttpResponse:
        """The page with each refusal beside its box; what belongs to no box stands above the form."""
        left = self.warnings.refuse(self.questions.refuse(reasons))
        left = self.own.refuse(left, self.sheet.boxes) if self.own is not None else left
        problems = [*self.questions.problems, *([self.own] if self.own is not None else []), *self.warnings.problems]
        errors = self.questions.errors or bool(self.own is not None and self.own.errors) or bool(self.warnings.problems)
        context = {
            "sheet": self.sheet,
            "questions": self.questions,
            "own": self.own,
            "warnings": self.warnings,
            "problems": problems,
            "has_errors": errors,
            "left": [r.sentence for r in left],
            "changes": changes,
            "expected": expected(request) if status == 422 else self.look.plan.seq,
            "draft": draft,
            "draft_url": f"{request.path}?draft=1",
        }
        return plan_page(request, self.look, self.sheet.template, context | dict(self.sheet.context), status=status)


def _kept(box: forms.Field, sent: QueryDict, name: str) -> Any:
    return sent.getlist(name) if isinstance(box, forms.MultipleChoiceField) else sent.get(name)


def warnings_of(look: Look, offer: str) -> Sequence[Refusal]:
    """What may be passed with a reason, as far as it is known beforehand."""
    return look.offers[offer].warnings if offer in look.offers else ()


class Warnings:
    """What may be passed with a written reason: each warning with a box for it."""

    def __init__(self, known: Iterable[Refusal], sent: Any) -> None:
        self.says = {w.rule: w.sentence for w in known}
        names = [k for k in sent or () if k.startswith(REASONS)]
        self.reasons = {k.removeprefix(REASONS): str(sent.get(k, "")).strip() for k in names}
        for rule in self.reasons:
            self.says.setdefault(rule, str(sent.get(f"warning.{rule}", "")) or "This is unusual.")
        self.wrong: dict[str, str] = {}

    def refuse(self, reasons: Iterable[Refusal]) -> list[Refusal]:
        left = []
        for reason in reasons:
            rule = (reason.field or "").removeprefix(REASONS)
            if reason.field and reason.field.startswith(REASONS):
                self.says.setdefault(rule, reason.sentence)
                self.wrong[rule] = "Write why it is right to go on all the same"
            else:
                left.append(reason)
        return left

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(f"id_{REASONS}{rule}", sentence) for rule, sentence in self.wrong.items()]

    def __iter__(self) -> Any:
        for rule, says in self.says.items():
            yield {
                "rule": rule,
                "name": f"{REASONS}{rule}",
                "says": says,
                "reason": self.reasons.get(rule, ""),
                "error": self.wrong.get(rule, ""),
            }

    def __bool__(self) -> bool:
        return bool(self.says)


# -- pages ----------------------------------------------------------------------------------------------------------


def plan_page(
    request: HttpRequest, look: Look, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of a plan; that it was read is noted once it is made."""
    response = render(request, template, frame(request, look) | dict(context), status=status)
    record_reading(look, request.session.session_key or "", timezone.now())
    return response


def not_possible(
    request: HttpRequest,
    look: Look,
    offer: str,
    closed: Iterable[Refusal],
    *,
    changes: Sequence[str] = (),
    typed: Sequence[str] = (),
    status: int = 403,
) -> HttpResponse:
    """Why something cannot be done now, when it would work, and whatever was typed."""
    closed = list(closed)
    dates = [r.possible_from for r in closed if r.possible_from]
    context = {
        "title": title_of(look.case, offer),
        "reasons": [r.sentence for r in closed],
        "possible_from": max(dates) if dates and len(dates) == len(closed) else None,
        "changes": changes,
        "typed": typed,
    }
    return plan_page(request, look, "acting/not_possible.html", context, status=status)


def typed_words(request: HttpRequest) -> list[str]:
    """The texts of a form that can no longer be sent, so that nobody loses what they wrote."""
    names = [k for k in request.POST if k not in _NOT_KEPT]
    return [v for k in names for v in request.POST.getlist(k) if len(v.strip()) > 20]


def title_of(case: Case, offer: str) -> str:
    """What an offer is called on the page that explains why it is closed."""
    verb, _, target = offer.partition(":")
    program = case.program
    tables: Mapping[str, Any] = {
        "move": program.move,
        "answer": program.section,
        "comment": program.section,
        "record": program.log,
        "sign": program.signature,
        "approve": program.approval,
        "extend": program.clock,
    }
    found = tables.get(verb, {}).get(target)
    return found.title if found else OFFERS.get(verb, "This step")


OFFERS: Mapping[str, str] = {
    "attach": "Attach a file",
    "check_in": "Record a check-in",
    "correct": "Correct an entry",
    "item": "Move an item",
    "party": "Change who is on the plan",
    "pause": "Pause the plan",
    "prepare": "Prepare a check-in",
    "propose": "Propose a change",
    "reply": "Answer a comment",
    "reschedule": "Move a check-in",
    "respond": "Answer a proposal",
    "resume": "End the pause",
    "screen": "Answer the screening",
    "state": "Make a statement",
    "version": "Move to a newer version",
}


# -- small things screens share -------------------------------------------------------------------------------------


def files_of(look: Look) -> dict[str, str]:
    """The attachments this person reads, id → name."""
    return {a.id: a.name for a in look.plan.attachments.values() if look.reads_entry(a.seq)}


def scope_of(look: Look) -> Asking:
    return asking(look.case, files=files_of(look))


def prefilled(look: Look, fields: Iterable[FormField]) -> Raw:
    return first_answers(fields, scope_of(look))


def audience(look: Look, readers: Iterable[str] | None = None, *, withheld: bool = False) -> tuple[list[str], str]:
    """Who will read what is written here, in words: those who do at once, and who does from the moment of telling."""
    entry = addressed(look.case, Stated(number=0, text=""), readers, withheld=withheld)
    mine = look.roles | ({look.actor.code} if look.actor.code else set())
    now = role_names(look.case, entry.audience, mine)
    later = role_names(look.case, entry.later, mine)
    now = now if "you" in now else ["you", *now]
    return now, f"and {_and(later)} from the moment the {look.program.words.plan} is given to them" if later else ""


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def people_choices(look: Look, roles: Iterable[str]) -> list[tuple[str, str]]:
    """People who hold these roles, by code; a role that is filled by office, by itself."""
    choices: dict[str, str] = {}
    for role in roles:
        party = look.program.parties.get(role)
        if party is None:
            continue
        if party.fill != "named":
            choices[role] = party.title
        for holder in look.plan.holders(role):
            choices.setdefault(holder.code, f"{look.name(holder.code)} ({party.title.lower()})")
    return list(choices.items())


def rehearsed(look: Look, command: Command) -> Sequence[Refusal]:
    """What would stand against a command, without doing it."""
    try:
        rules.decide(look.program, look.plan, command, look.actor, look.case.now, look.case.facts)
    except Refused as refused:
        return refused.reasons
    except Conflict as conflict:
        return [Refusal("conflict", change) for change in conflict.changes]
    return ()
