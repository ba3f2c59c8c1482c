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
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from upturn.core.commands import Command
from upturn.core.program import FormField
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.records.access import Look
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Draft
from upturn.records.perform import Performed, perform
from upturn.records.queries import drafts
from upturn.web.forms import DayField, Questions, Raw, Small, moved_rows, read
from upturn.web.views.acting.happened import what_happened
from upturn.web.views.acting.pages import NOT_KEPT, against, expected, not_possible, plan_page, typed_words
from upturn.web.views.acting.readers import rehearsed, scope_of
from upturn.web.views.acting.warnings import Warnings, warnings_of
from upturn.web.views.plan import seen


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
    """What has happened, for the message after it: a sentence; nothing where the page after it says so itself."""
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
    answer: Callable[[Performed], HttpResponse] | None = None
    """What comes back in place of a page: a file."""
    confirm: Callable[[HttpRequest, Command], str] | None = None
    """Where it is asked once more before it is done: the address of that page, which finds the draft."""
    boxes: Mapping[str, str] = field(default_factory=dict)
    """Path of a refusal → box of our own form, where they differ."""
    files: bool = False
    afresh: tuple[str, ...] = ()
    """Boxes of our own form that a draft does not fill again: what somebody decides is decided when the button is
    pressed.
    """
    optional: bool = True
    """Whether boxes of our own form that may stay empty are called optional."""


Make = Callable[[Look], Sheet]


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


def _entered(request: HttpRequest, sheet: Sheet) -> dict[str, Any]:
    own = {k: request.POST.getlist(k) for k in request.POST if k not in NOT_KEPT and not k.startswith("a-")}
    return {"a": read(sheet.fields, request.POST), "own": own}


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
    scope = scope_of(look)
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
        command = sheet.command(view.given())
        if sheet.confirm:
            url = sheet.confirm(request, command)
            kept = _entered(request, sheet)
            save_draft(look.person, look.row, offer, kept, base_seq=expected(request), now=timezone.now())
            return redirect(url)
        done = perform(look.row.pk, command, look.person, timezone.now(), expected=expected(request))
    except Conflict as conflict:
        return collided(request, look, offer, make, conflict)
    except TooLong as error:
        return view.page(request, [Refusal("draft", str(error))])
    except Refused as refused:
        closed = look.why_not(offer)
        if closed:
            return not_possible(request, look, offer, closed, typed=typed_words(request))
        return view.page(request, refused.reasons)
    drop_draft(look.person, look.row, offer)
    if says := what_happened(sheet.said, done, look):
        messages.info(request, says)
    if sheet.answer:
        return sheet.answer(done)
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
    own = kept.get("own")
    own = {k: v for k, v in own.items() if k not in sheet.afresh} if isinstance(own, Mapping) else own
    sent = as_sent(own) if draft else None
    view = Filled(look, offer, sheet, sheet.first if raw is None else raw, sent, touched=False)
    return view.page(request, _days_refused(view), status=200, draft=draft)


def _days_refused(view: "Filled") -> list[Refusal]:
    """What stands against a day that comes back out of a draft: it was refused once, and would be again."""
    sheet, bound = view.sheet, view.sheet.own(view.sent) if view.sheet.own and view.sent is not None else None
    if view.own is None or bound is None or not bound.is_valid() or view.questions.own_refusals():
        return []
    days = {name for name, box in view.own.fields.items() if isinstance(box, DayField)}
    given = Given(view.questions.raw, bound.cleaned_data, view.warnings.reasons, view.sent or QueryDict())
    against = rehearsed(view.look, sheet.command(given)) if days else ()
    return [r for r in against if sheet.boxes.get(r.field or "", r.field or "") in days]


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
        self.questions = Questions(sheet.fields, scope_of(look), raw)
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
