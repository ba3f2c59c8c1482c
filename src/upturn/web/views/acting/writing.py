"""Writing the plan: the list of sections, and one section a page, with a draft that saves itself and guidance."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from upturn.core.audience import section_readers
from upturn.core.commands import Answer
from upturn.core.events import Amended, Answered
from upturn.core.fields import clean_answers, missing, missing_sentence
from upturn.core.guards.words import missing_in
from upturn.core.program import Section
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.wording import counted, day_name, listed
from upturn.records.access import Look
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Draft
from upturn.records.perform import perform
from upturn.records.queries import drafts
from upturn.web.addresses import address
from upturn.web.forms import Questions, Raw, moved_rows, read
from upturn.web.page.words import concern
from upturn.web.views.acting.advice import guidance
from upturn.web.views.acting.comparing import Difference, compared
from upturn.web.views.acting.happened import what_happened
from upturn.web.views.acting.pages import against, expected, not_possible, plan_page, typed_words
from upturn.web.views.acting.readers import audience, prefilled, scope_of
from upturn.web.views.plan import seen

# -- the list of sections ---------------------------------------------------------------------------------------------


@require_GET
def write(request: HttpRequest, plan: str) -> HttpResponse:
    """Every section this person writes: not yet started, in progress, completed, or why it cannot start yet."""
    look = seen(request, plan)
    kept = drafts(look.person, look.row)
    mine = [s for s in look.program.form if look.case.holds_role(s.by) and look.case.shown(s)]
    tasks = [_task(look, spec, kept.get(f"answer:{spec.id}")) for spec in mine]
    open_ = [t for t in tasks if t.get("url")]
    done = sum(1 for t in open_ if t["status"] == "Completed")
    context = {
        "tasks": tasks,
        "progress": f"{done} of {counted(len(open_), 'section')} completed." if open_ else "",
        "steps": list(_steps(look)),
    }
    return plan_page(request, look, "acting/write.html", context)


def _task(look: Look, spec: Section, draft: Draft | None) -> dict[str, Any]:
    offer = f"answer:{spec.id}"
    closed = look.why_not(offer)
    written = look.plan.sections.get(spec.id)
    lacking = missing_in(look.case, spec.id)
    row: dict[str, Any] = {"title": spec.title, "hint": _since(look, spec, draft)}
    if closed:
        started = written is not None and not lacking
        return row | {
            "hint": " ".join(r.sentence for r in closed),
            "status": "Completed" if started else "Cannot start yet",
        }
    row["url"] = address(look.row.pk, offer)
    if draft is not None:
        return row | {"status": "In progress", "tone": "status"}
    if written is None:
        return row | {"status": "Not yet started", "tone": "status"}
    return row | {"status": "Completed" if not lacking else "In progress"}


def _since(look: Look, spec: Section, draft: Draft | None) -> str:
    """Who shared it last, and whether a draft of one's own waits to be shared."""
    said = []
    written = look.plan.sections.get(spec.id)
    if written is not None:
        said.append(f"Shared by {look.name(written.by)} on {day_name(written.on)}.")
    lacking = missing_in(look.case, spec.id)
    if written is not None and lacking:
        said.append(f"Still to be written: {listed(lacking[:4])}{' and more' if len(lacking) > 4 else ''}.")
    if draft is not None:
        said.append("You have a draft that nobody else sees yet.")
    return " ".join(said)


def _steps(look: Look) -> Iterator[dict[str, Any]]:
    """What can be done once the sections are written: the steps from here, open ones first."""
    own = [
        m
        for m in look.program.moves
        if f"move:{m.id}" in look.offers and m.kind not in ("withdraw", "adverse", "close")
    ]
    for spec in sorted(own, key=lambda m: bool(look.offers[f"move:{m.id}"].refusals)):
        refusals = look.offers[f"move:{spec.id}"].refusals
        yield {
            "title": spec.title,
            "url": "" if refusals else address(look.row.pk, f"move:{spec.id}"),
            "hint": " ".join(r.sentence for r in refusals) or spec.says or "",
            "status": "Cannot start yet" if refusals else "",
        }


# -- one section ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def write_section(request: HttpRequest, plan: str, section: str) -> HttpResponse:
    """One section as a form. `share` puts it on record; everything else keeps a draft."""
    look = seen(request, plan)
    offer = f"answer:{section}"
    closed = against(look, offer)
    if closed:
        return not_possible(request, look, offer, closed, typed=typed_words(request))
    writing = Writing(look, look.program.section[section])
    if request.method != "POST":
        return _section(request, writing)
    if request.POST.get("press") == "share":
        return _share(request, writing)
    return _keep(request, writing)


class Writing:
    """One person at one section: the draft if there is one, else what is shared, else what is known already."""

    def __init__(self, look: Look, spec: Section) -> None:
        self.look, self.spec = look, spec
        self.offer = f"answer:{spec.id}"
        self.draft = drafts(look.person, look.row).get(self.offer)
        self.written = look.plan.sections.get(spec.id) if look.sees_section(spec.id) else None

    @property
    def shared(self) -> Raw:
        return dict(self.written.answers) if self.written else {}

    @property
    def raw(self) -> Raw:
        """What stands in the form now."""
        kept = self.draft.data.get("a") if self.draft else None
        if self.draft and isinstance(kept, dict):
            return self.caught_up(kept, self.draft.base_seq) if self.changed_since else kept
        return self.shared if self.written else prefilled(self.look, self.spec.fields)

    @property
    def changed_since(self) -> bool:
        """Whether somebody else shared the section after this draft was last kept."""
        if self.draft is None or self.written is None:
            return False
        return self.written.seq > self.draft.base_seq and self.written.by != self.look.actor.code

    def caught_up(self, raw: Raw, read_at: int) -> Raw:
        """What somebody wrote upon the text of entry `read_at`, with the answers they left alone as they now stand."""
        look, fields = self.look, self.spec.fields
        base = answers_at(look, self.spec.id, read_at)
        own, problems = clean_answers(fields, raw, look.case.values, look.program)
        touched = {(r.field or "").partition(".")[0] for r in problems}
        alone = {f.id for f in fields if own.get(f.id) == base.get(f.id) and f.id not in touched}
        theirs = {f: self.shared.get(f, "") for f in alone if f in self.shared or f in raw}
        return {k: v for k, v in raw.items() if k not in alone} | theirs

    def differences(self, raw: Raw) -> list[Difference]:
        """What the section says now beside what this person wrote."""
        look = self.look
        own, _problems = clean_answers(self.spec.fields, raw, look.case.values, look.program)
        return compared(self.spec.fields, self.shared, own, look.program, look.name)

    def keep(self, request: HttpRequest, raw: Raw) -> Draft:
        """Keep the draft. Raises TooLong."""
        look = self.look
        data = {"a": raw, "why": request.POST.get("why", "")[:2000]}
        return save_draft(look.person, look.row, self.offer, data, base_seq=expected(request), now=timezone.now())


def answers_at(look: Look, section: str, seq: int) -> Raw:
    """What a section said when entry `seq` was the last one."""
    found: Raw = {}
    for fact in look.loaded.entries:
        if fact.seq > seq:
            break
        if isinstance(fact.event, Answered) and fact.event.section == section:
            found = dict(fact.event.answers)
        elif isinstance(fact.event, Amended) and section in fact.event.changes:
            found = dict(fact.event.changes[section])
    return found


def _section(
    request: HttpRequest,
    writing: Writing,
    *,
    raw: Raw | None = None,
    reasons: Sequence[Refusal] = (),
    changes: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    look, spec = writing.look, writing.spec
    raw = writing.raw if raw is None else raw
    questions = Questions(spec.fields, scope_of(look), raw)
    left = questions.refuse(reasons)
    moved = bool(changes) or writing.changed_since
    who, since = audience(look, section_readers(look.program, spec, look.plan.stage), withheld=spec.withheld)
    place, total, following = _place(look, spec)
    context = {
        "section": spec,
        "questions": questions,
        "problems": questions.problems,
        "has_errors": questions.errors,
        "left": [r.sentence for r in left],
        "changes": changes,
        "differences": writing.differences(raw) if moved else (),
        "changed_by": look.name(writing.written.by) if moved and writing.written else "",
        "changed_on": writing.written.on if moved and writing.written else None,
        "who": who,
        "since": ", ".join(["from the moment you share it", *([since] if since else [])]),
        "draft": writing.draft,
        "draft_url": reverse("write_draft", kwargs={"plan": look.row.pk, "section": spec.id}),
        "asks_again": _conditional(spec),
        "expected": expected(request) if status == 422 else look.plan.seq,
        "shared_by": look.name(writing.written.by) if writing.written else "",
        "shared_on": writing.written.on if writing.written else None,
        "why": request.POST.get("why") or (writing.draft.data.get("why") if writing.draft else "") or "",
        "asks_why": writing.written is not None and bool(writing.written.answers),
        "guidance": guidance(look, spec, raw),
        "place": place,
        "total": total,
        "following": following,
        "comment_url": address(look.row.pk, f"comment:{spec.id}") if f"comment:{spec.id}" in look.offers else "",
        "attach_url": address(look.row.pk, "attach:plan") if "attach:plan" in look.offers else "",
        "basis": [look.program.source[c] for c in spec.cites if c in look.program.source],
        "concern": concern(look) if look.case.stage.phase == "draft" else None,
        "concern_open": writing.written is None,
    }
    return plan_page(request, look, "acting/write_section.html", context, status=status)


def _place(look: Look, spec: Section) -> tuple[int, int, str]:
    """Which of the sections one can write now this is, how many there are, and the title of the next."""
    open_ = [s for s in look.program.form if s.id == spec.id or not look.why_not(f"answer:{s.id}")]
    place = open_.index(spec)
    return place + 1, len(open_), open_[place + 1].id if place + 1 < len(open_) else ""


def _conditional(spec: Section) -> bool:
    """Whether what is asked depends on what is answered."""
    return any(f.show_if or f.required_if or f.kind == "computed" for top in spec.fields for f in top.walk())


def _share(request: HttpRequest, writing: Writing) -> HttpResponse:
    look, spec = writing.look, writing.spec
    raw = read(spec.fields, request.POST)
    reasons = Questions(spec.fields, scope_of(look), raw).own_refusals()
    if reasons:
        _kept_anyway(request, writing, raw)
        return _section(request, writing, raw=raw, reasons=reasons, status=422)
    command = Answer(section=spec.id, answers=raw, why=request.POST.get("why", "")[:2000])
    try:
        done = perform(look.row.pk, command, look.person, timezone.now(), expected=expected(request))
    except Conflict as conflict:
        now = Writing(seen(request, look.row.pk), spec)
        raw = now.caught_up(raw, expected(request))
        _kept_anyway(request, now, raw)
        closed = against(now.look, now.offer)
        if closed:
            typed = typed_words(request)
            return not_possible(request, now.look, now.offer, closed, changes=conflict.changes, typed=typed, status=409)
        return _section(request, now, raw=raw, changes=conflict.changes, status=409)
    except Refused as refused:
        _kept_anyway(request, writing, raw)
        return _section(request, writing, raw=raw, reasons=refused.reasons, status=422)
    drop_draft(look.person, look.row, writing.offer)
    messages.info(request, what_happened(_shared(look, spec, raw), done, look))
    following = _place(look, spec)[2]
    if request.POST.get("then") == "next" and following:
        return redirect(reverse("write_section", kwargs={"plan": look.row.pk, "section": following}))
    return redirect(reverse("write", kwargs={"plan": look.row.pk}))


def _shared(look: Look, spec: Section, raw: Raw) -> str:
    """That a section is shared, and what it still lacks: an unfinished one may be shared, and nobody should wonder."""
    answers, _problems = clean_answers(spec.fields, raw, look.case.values, look.program)
    lacking = missing_sentence(missing(spec.fields, answers, look.case.values, look.program))
    return f"You shared “{spec.title}”." + (f" Still to be written there: {lacking}." if lacking else "")


def _kept_anyway(request: HttpRequest, writing: Writing, raw: Raw) -> None:
    """Keep what was typed although it was refused, so that it is there tomorrow too."""
    try:
        writing.draft = writing.keep(request, raw)
    except TooLong as error:
        messages.info(request, str(error))


def _keep(request: HttpRequest, writing: Writing) -> HttpResponse:
    """A row button, “check”, or “come back later”: the draft is kept, and the page says where to go on."""
    look, spec = writing.look, writing.spec
    raw, anchor = read(spec.fields, request.POST), ""
    if "row" in request.POST:
        raw, anchor = moved_rows(spec.fields, scope_of(look), raw, request.POST["row"])
    try:
        writing.draft = writing.keep(request, raw)
    except TooLong as error:
        return _section(request, writing, raw=raw, reasons=[Refusal("answer", str(error))], status=422)
    if request.POST.get("press") == "later":
        messages.info(request, f"Your draft of “{spec.title}” is kept. Only you see it until you share it.")
        return redirect(reverse("write", kwargs={"plan": look.row.pk}))
    anchor = anchor or ("guidance" if request.POST.get("press") == "check" else "")
    return redirect(f"{request.path}#{anchor}" if anchor else request.path)


@require_POST
def write_draft(request: HttpRequest, plan: str, section: str) -> HttpResponse:
    """Autosave. Answers with the line that says so and the advice as it now is; with `questions`, with the questions
    that these answers lead to.
    """
    look = seen(request, plan)
    if against(look, f"answer:{section}"):
        says = "Not saved: this section can no longer be written here. Copy your words before you leave this page."
        return render(request, "acting/autosave_refused.html", {"says": says})
    writing = Writing(look, look.program.section[section])
    raw = read(writing.spec.fields, request.POST)
    try:
        writing.draft = writing.keep(request, raw)
    except TooLong as error:
        return render(request, "acting/autosave_refused.html", {"says": str(error)}, status=413)
    if "questions" in request.GET:
        questions = Questions(writing.spec.fields, scope_of(look), raw)
        return render(request, "acting/questions.html", {"questions": questions})
    context = {"saved_at": writing.draft.updated_at, "guidance": guidance(look, writing.spec, raw)}
    return render(request, "acting/autosaved.html", context)


@require_POST
def drop(request: HttpRequest, plan: str, section: str) -> HttpResponse:
    """Throw one's own draft away; what is shared stays."""
    look = seen(request, plan)
    against(look, f"answer:{section}")
    drop_draft(look.person, look.row, f"answer:{section}")
    messages.info(request, "Your draft is gone. What was shared stands as it was.")
    return redirect(reverse("write", kwargs={"plan": look.row.pk}))
