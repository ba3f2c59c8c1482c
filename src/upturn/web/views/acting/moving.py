"""Steps of the lifecycle: what follows, what is asked, warnings with a reason each. Decisions have their own pages."""

from collections.abc import Iterator

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from upturn.core.case import Case
from upturn.core.clocks import planned
from upturn.core.commands import Move
from upturn.core.fields import clean_answers
from upturn.core.program import Move as MoveSpec
from upturn.core.refusals import Refused
from upturn.core.wording import day_name, listed
from upturn.records.access import Look
from upturn.records.queries import drafts
from upturn.web.addresses import address
from upturn.web.forms import DayField, Small
from upturn.web.views.acting.comparing import compared
from upturn.web.views.acting.deciding import decide
from upturn.web.views.acting.readers import audience, prefilled
from upturn.web.views.acting.sheet import Given, Sheet, acted
from upturn.web.views.plan import seen


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, plan: str, move: str) -> HttpResponse:
    """Make a step. One that decides begins with what was promised and what was done."""
    look = seen(request, plan)
    spec = look.program.move.get(move)
    if spec is None:
        raise Http404
    if spec.decides:
        return decide(request, look, move, "")
    return acted(request, look, f"move:{move}", lambda look: _move_sheet(look, look.program.move[move]))


def _move_sheet(look: Look, spec: MoveSpec) -> Sheet:
    who, since = audience(look, tells=spec.tells)
    return Sheet(
        title=spec.title,
        button=spec.title,
        said=spec.done or spec.title,
        says=list(_follows(look.case, spec)),
        fields=spec.asks,
        first=prefilled(look, spec.asks),
        own=_form(look, spec),
        cites=spec.cites,
        who=who,
        since=since,
        template="acting/move.html",
        context={"unshared": list(unshared(look)) if spec.to and spec.to != look.plan.stage else ()},
        command=lambda given: _command(look, spec, given),
    )


def unshared(look: Look) -> Iterator[tuple[str, str]]:
    """Own drafts of sections that say something else than what is shared: title and address of each."""
    kept = drafts(look.person, look.row)
    for spec in look.program.form:
        draft = kept.get(f"answer:{spec.id}")
        raw = draft.data.get("a") if draft else None
        if isinstance(raw, dict):
            written = look.plan.sections.get(spec.id)
            own, _problems = clean_answers(spec.fields, raw, look.case.values, look.program)
            shared = written.answers if written else {}
            if compared(spec.fields, shared, own, look.program, look.name):
                yield spec.title, address(look.row.pk, f"answer:{spec.id}")


def _command(look: Look, spec: MoveSpec, given: Given) -> Move:
    return Move(
        move=spec.id,
        answers=given.answers,
        reasons=given.reasons,
        because=given.own.get("because") or "",
        extend_by=given.own.get("extend_by") or "",
        on=given.day(look.case.today),
    )


def _follows(case: Case, spec: MoveSpec) -> Iterator[str]:
    """What this step leads to, in sentences, before anybody presses the button."""
    if spec.says:
        yield spec.says
    target = case.program.stage.get(spec.to or "")
    if target and target.id != case.plan.stage:
        yield f"The {case.program.words.plan} then stands in “{target.title}”. {target.says}"
        if target.final:
            yield "This closes it. What is on record stays readable; nothing is added but statements and corrections."
    if spec.tells and case.plan.told is None:
        subject = case.program.words.subject
        yield f"With this step the {subject} is told: from now on they see everything that is relied on."
    for clock in spec.starts:
        try:
            plan = planned(case, clock)
        except Refused:
            continue
        title = case.program.clock[clock].title
        yield f"{title} runs from {day_name(plan.start)} to {day_name(plan.end)}: {plan.how}."
    running = [case.program.clock[c].title for c in spec.stops if c in case.plan.clocks]
    if running:
        yield f"It ends: {listed(running)}."


def _form(look: Look, spec: MoveSpec) -> type[Small]:
    clock = look.program.clock.get(spec.extends or "")
    usual = clock.extension.usual if clock and clock.extension else ()

    class MoveForm(Small):
        if clock:
            extend_by = forms.CharField(
                label=f"By how long is it extended? ({clock.title})",
                help_text=f"Usual: {listed((str(u) for u in usual), 'or')}." if usual else "For example 30 days.",
                error_messages={"required": "Say by how long, for example 30 days"},
            )
            because = forms.CharField(label="The reason", widget=forms.Textarea, required=False)
        on = DayField(label="When did it happen?", initial=look.case.today)

    return MoveForm
