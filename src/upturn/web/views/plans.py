"""The list of plans: newest first, with filters, search and paging that cost the same at any number of plans."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from upturn.core.wording import listed
from upturn.records.access import can
from upturn.records.catalogue import program_for, published
from upturn.records.models import Person, Plan
from upturn.records.queries import Choices, Filters, filter_choices, held_back, only_helped, plans
from upturn.web.page import standing
from upturn.web.views.work import pages

ANY = [("", "Any")]


class FilterForm(forms.Form):
    """What the list is narrowed to. A value that is not on offer narrows nothing."""

    q = forms.CharField(label="Name or number", required=False, max_length=100)
    phase = forms.ChoiceField(label="Where it stands", required=False, choices=[*ANY, *standing.PHASES.items()])
    program = forms.ChoiceField(label="Program", required=False)
    group = forms.ChoiceField(label="Group", required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="filter_%s", **kwargs)
        self.fields["program"].choices = [*ANY, *choices.programs]  # type: ignore[attr-defined]
        self.fields["group"].choices = [*ANY, *((str(g.pk), g.name) for g in choices.groups)]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        self.is_valid()
        chosen = self.cleaned_data
        group = chosen.get("group") or ""
        return Filters(
            q=chosen.get("q", ""),
            phase=chosen.get("phase", ""),
            program=chosen.get("program", ""),
            group=int(group) if group else None,
        )


@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    form = FilterForm(request.GET, choices=filter_choices(person))
    filters = form.filters()
    found = plans(person, filters, after=request.GET.get("after", ""))
    helped = only_helped(person, found.items)
    held = {one.plan_id for one in held_back(person)}
    narrowed = any((filters.q, filters.phase, filters.program, filters.group))
    table = {
        "caption": "Plans, newest first",
        "columns": ["Plan for", "Where it stands", "Led by", "Opened", "Next date"],
        "rows": [row(plan, little=plan.pk in helped, held=plan.pk in held) for plan in sorted(found.items, key=newest)],
        "empty": "No plan fits." if narrowed else nothing_to_read(person),
    }
    context = {
        "filter_form": form,
        "clear_url": reverse("plans") if narrowed else "",
        "table": table,
        "pages": pages(found, "after", request, "Plans"),
        "may_start": bool(can(person, "open")),
    }
    return render(request, "plans/plan_list.html", context)


def newest(plan: Plan) -> tuple[int, int]:
    """The order within a page: of plans opened on one day, the later number first."""
    return -plan.opened_on.toordinal(), -plan.serial


def nothing_to_read(person: Person) -> str:
    """Why the list is empty; an auditor learns that it is the programs which name no auditors."""
    says = "There is no plan here that you can read."
    if not person.has_role("auditor"):
        return says
    programs = [program_for(version) for version in published(person.organization)]
    naming = [p.title for p in programs if any(party.fill == "auditor" for party in p.parties.values())]
    if naming:
        return f"{says} Auditors may read plans under {listed(naming)}."
    return f"{says} A program says whether auditors read its plans, and none of the programs here names auditors."


def row(plan: Plan, *, little: bool = False, held: bool = False) -> list[dict[str, Any]]:
    """One plan as a row: who, where it stands, with whom, since when, what comes next. `little`: for somebody who only
    helps, and is not told which step it is, nor what it waits for: the last day to appeal would tell the decision.
    """
    stage = program_for(plan.program_version, plan.variant).stage.get(plan.stage)
    status = stage.title if stage and not little else standing.PHASES.get(plan.phase, plan.phase)
    note = " · ".join(filter(None, (plan.number, plan.program_version.title, plan.group.name if plan.group else "")))
    return [
        {"text": plan.subject.name, "url": reverse("plan", kwargs={"plan": plan.pk}), "note": note},
        {
            "status": status,
            "tone": "done" if plan.status == "ended" else "",
            "note": "Executed copy held back" if held else "",
        },
        {"text": plan.lead.name if plan.lead else ""},
        {"date": plan.opened_on},
        {"date": plan.next_due, "note": ""} if plan.next_due and not little else {"text": ""},
    ]
