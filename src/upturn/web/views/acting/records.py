"""Dated records (talks, contacts, incidents) and the screening."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from upturn.core.audience import named_readers
from upturn.core.commands import Record, Screen
from upturn.core.program import Log, ScreeningPart
from upturn.core.wording import listed
from upturn.records.access import Look
from upturn.records.catalogue import published
from upturn.records.perform import Performed
from upturn.web.forms import DayField, Small
from upturn.web.shown import shown_answers
from upturn.web.views.acting.pages import plan_page
from upturn.web.views.acting.readers import audience, people_choices, prefilled
from upturn.web.views.acting.sheet import Given, Sheet, acted
from upturn.web.views.plan import seen

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def record(request: HttpRequest, plan: str, log: str) -> HttpResponse:
    """Make a dated record."""
    return acted(request, plan, f"record:{log}", lambda look: _record_sheet(look, look.program.log[log]))


def _record_sheet(look: Look, spec: Log) -> Sheet:
    who, since = audience(look, named_readers(look.program, spec.sees, spec.by), withheld=spec.withheld)
    return Sheet(
        title=spec.do,
        button=spec.do,
        said=f"On record: {spec.title[:1].lower()}{spec.title[1:]}.",
        lede=spec.guidance or "",
        fields=spec.fields,
        first=prefilled(look, spec.fields),
        own=_took_part(look, spec),
        cites=spec.cites,
        who=who,
        since=since,
        optional=False,
        command=lambda given: _record(look, spec, given),
    )


def _record(look: Look, spec: Log, given: Given) -> Record:
    return Record(
        log=spec.id,
        answers=given.answers,
        attended=given.own.get("attended") or (),
        on=given.day(look.case.today),
    )


def _took_part(look: Look, spec: Log) -> type[Small]:
    """When it was, and who took part where the program asks."""
    choices = people_choices(look, spec.with_)
    own = [look.actor.code] if look.actor.code in dict(choices) else [c for c, _ in choices if c in look.roles]

    class TookPart(Small):
        on = DayField(label="When was it?", initial=look.case.today)
        if choices:
            attended = forms.MultipleChoiceField(
                label="Who took part?",
                help_text="Choose all who were there.",
                choices=choices,
                initial=own,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    return TookPart


@both
def screen(request: HttpRequest, plan: str, part: str) -> HttpResponse:
    """Answer one part of the screening; nobody answers for another."""
    return acted(request, plan, f"screen:{part}", lambda look: _screen_sheet(look, part))


def _screen_sheet(look: Look, part: str) -> Sheet:
    screening = look.program.screening
    if screening is None:
        raise Http404
    spec: ScreeningPart = next(p for p in screening.parts if p.id == part)
    others = [f"“{p.title}” by {look.case.titles(p.by)}" for p in screening.parts if p.id != part]
    says = ["Answer as it is. The answers stay on record, and they may lead to something better than a plan."]
    if others:
        says.append(f"You answer your own part only. Also asked: {listed(others)}.")
    who, since = audience(look, named_readers(look.program, screening.sees, spec.by), withheld=screening.withheld)
    return Sheet(
        title=spec.title,
        button="Put these answers on record",
        said="Your answers are on record.",
        lede=screening.guidance or "",
        says=says,
        fields=spec.fields,
        first=prefilled(look, spec.fields),
        who=who,
        since=since,
        command=lambda given: Screen(part=spec.id, answers=given.answers),
        then=lambda done: _screening_result(look, done),
    )


def _screening_result(look: Look, done: Performed) -> str:
    """After the last part: the page that says what follows; before it, the plan."""
    return reverse("screening" if done.plan.screening else "plan", kwargs={"plan": look.row.pk})


@require_GET
def screening(request: HttpRequest, plan: str) -> HttpResponse:
    """What the screening says: yes or no, why, and what to do instead."""
    look = seen(request, plan)
    spec, result = look.program.screening, look.plan.screening
    found = next((r for r in spec.results if r.id == result), None) if spec else None
    read = [p for p in look.plan.screened if look.reads_entry(look.plan.screened[p].seq)]
    if spec is None or found is None or not read:
        raise Http404
    instead = found.program and next((v.title for v in published(look.row.organization) if v.key == found.program), "")
    context = {
        "result": found,
        "on": look.plan.screening_on,
        "instead": instead,
        "instead_url": reverse("start_person", kwargs={"program": found.program}) if instead else "",
        "answers": [
            (
                p.title,
                shown_answers(p.fields, look.plan.screened[p.id].answers, look.case.values, look.program, look.name),
            )
            for p in spec.parts
            if p.id in read
        ],
    }
    return plan_page(request, look, "acting/screening.html", context)
