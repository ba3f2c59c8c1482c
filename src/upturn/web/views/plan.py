"""One plan, read: its page, the first view, the record, letters and copies to take along."""

import json
from collections.abc import Hashable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from upturn.core.case import Case
from upturn.core.letters import applying, paragraphs, recipients
from upturn.core.program import Letter
from upturn.core.verbs.disclosing import AUDIENCES
from upturn.records import files, letters
from upturn.records.access import Look, look
from upturn.records.executed import held_back
from upturn.records.export import record
from upturn.records.papers import offered
from upturn.records.readings import record_reading
from upturn.records.timeline import Item, timeline
from upturn.web.addresses import address
from upturn.web.context import shell_of
from upturn.web.memo import Memo
from upturn.web.page import people, progress, standing, words
from upturn.web.page.ending import ending

RECENT = 8
"""How many entries of the record the plan's own page shows."""
BODIES: Memo[str] = Memo(512)
"""Pages of plans as they were last made. In this process only; each is remembered by everything it is made of."""


def seen(request: HttpRequest, plan: str) -> Look:
    """The plan as the person signed in sees it. NotFound (404) and Former (whom to ask) rise to the middleware."""
    return look(plan, request.person, timezone.now())  # type: ignore[attr-defined]


def shown_page(request: HttpRequest, template: str, found: Look, context: dict[str, Any]) -> HttpResponse:
    """A page of a plan; that it was read is noted once it is made."""
    response = render(request, template, frame(request, found) | context)
    record_reading(found, request.session.session_key or "", timezone.now())
    return response


@require_GET
def plan_page(request: HttpRequest, plan: str) -> HttpResponse:
    found = seen(request, plan)
    body = BODIES.get(made_of(found), lambda: render_to_string("plans/plan_body.html", page_context(found)))
    return shown_page(request, "plans/plan.html", found, {"body": body})


def made_of(found: Look) -> tuple[Hashable, ...]:
    """Everything the plan's page is made of: the head of its chain (the program's version is in it), the reader, the
    day, what is held back, and the facts around it.
    """
    facts, row = found.case.facts, found.row
    around = (
        facts.zone,
        facts.group,
        facts.earlier,
        tuple(facts.versions),
        repr(facts.people),
        repr(facts.settings),
        repr(facts.calendars),
    )
    return (
        row.pk,
        row.number,
        row.head,
        found.person.pk,
        found.roles,
        found.reads_as,
        found.case.today,
        held_back(found),
        around,
    )


def frame(request: HttpRequest, found: Look) -> dict[str, Any]:
    """What every page of a plan shows around its content: its title, and its named contact in the same place (M-24)."""
    contact = standing.contact_of(found.case)
    return {**about_plan(found), "plan_contact": contact, "shell": shell_of(request, contact=contact)}


def about_plan(found: Look) -> dict[str, Any]:
    case = found.case
    title = f"{case.program.title} for {standing.subject_name(case)}"
    return {"plan": found.row, "plan_title": title, "program": case.program, "stage": standing.stage_of(found)}


def page_context(found: Look) -> dict[str, Any]:
    case = found.case
    mine = standing.own_duties(found)
    entries = timeline(found)
    unsigned = [] if found.only_helps else list(people.unsigned(found))
    signed = list(people.signatures(found))
    return {
        **about_plan(found),
        "status": standing.stage_of(found).title,
        "day_line": standing.day_line(case),
        "paused": case.plan.paused,
        "held_back": held_back(found),
        "next": standing.next_thing(found, mine),
        "more_duties": standing.duty_rows(found, mine[1:]),
        "ended": not case.open,
        "ending": ending(found),
        "concern": words.concern(found),
        "concern_open": case.stage.phase in ("concern", "draft", "sign"),
        "in_own_name": list(people.in_own_name(found)),
        "unsigned": unsigned,
        "can_sign": any(one["url"] for one in unsigned),
        "waiting_for": standing.waiting_for(found),
        "dates": list(standing.key_dates(case, deadlines=not found.only_helps)),
        "goals": list(progress.goals(found)),
        "sections": list(words.sections(found)),
        "withheld": list(words.withheld(found)),
        "records": list(words.records(found)),
        "check_ins": progress.check_ins(found),
        "support": progress.support(found),
        "items": list(progress.items(found)),
        "signatures": signed,
        "fingerprints": any(one["on"] for one in signed),
        "approvals": list(people.approvals(found)),
        "statements": people.statements(found),
        "proposals": list(people.proposals(found)),
        "people": list(people.people(found)),
        "files": people.attachments(found),
        "doing": standing.doing(found),
        "letters": [
            {"title": one.title, "url": reverse("letter", kwargs={"plan": found.row.pk, "letter": one.id})}
            for one, _case in letters.offered(found)
        ],
        "papers": copies(found),
        "bundles": bundles(found),
        "recent": [in_record(item, found) for item in entries[:RECENT]],
        "more": len(entries) > RECENT,
        "writing": case.stage.phase in ("draft", "sign"),
        "is_subject": case.program.subject_role in found.actor.roles,
        "restrictions": case.program.restrictions if case.stage.phase == "run" else (),
    }


@require_GET
def about(request: HttpRequest, plan: str) -> HttpResponse:
    """The subject's first view: what this is, what can happen and when, who decides, whom to ask or bring."""
    found = seen(request, plan)
    case = found.case
    return shown_page(
        request,
        "plans/about.html",
        found,
        {
            "about": case.program.about,
            "dates": list(standing.key_dates(case, deadlines=not found.only_helps)),
            "people": list(people.people(found)),
            "basis": case.program.basis,
            "consequence": case.program.consequence,
            "retention": case.program.retention,
            "papers": copies(found),
            "representatives": [p.title for p in case.program.parties.values() if p.kind == "representative"],
        },
    )


@require_GET
def record_page(request: HttpRequest, plan: str) -> HttpResponse:
    """Everything that happened, newest first."""
    found = seen(request, plan)
    return shown_page(
        request, "plans/record.html", found, {"entries": [in_record(item, found) for item in timeline(found)]}
    )


def in_record(item: Item, found: Look) -> dict[str, Any]:
    """A timeline item as its part draws it, with the way to a dated correction."""
    offer = f"correct:{item.seq}"
    return {
        "title": item.title,
        "actor": item.actor,
        "at": item.at,
        "happened_on": item.happened_on,
        "line": item.line,
        "words": item.words,
        "details": [{"key": key, "value": value} for key, value in item.details],
        "who_sees": item.who_sees,
        "mark": item.mark,
        "correct_url": address(found.row.pk, offer) if offer in found.offers else "",
        "seq": item.seq,
    }


def one_letter(found: Look, letter: str) -> tuple[Letter, Case]:
    """A letter this person may take, with the plan as it tells of it."""
    for one, case in letters.offered(found):
        if one.id == letter:
            return one, case
    raise Http404


def copies(found: Look) -> list[dict[str, str]]:
    """The documents this person may take of the plan."""
    return [
        {
            "title": one.title or found.program.title,
            "url": reverse("plan_document", kwargs={"plan": found.row.pk, "document": one.id}),
        }
        for one in offered(found)
    ]


def bundles(found: Look) -> list[dict[str, str]]:
    """The evidence bundles this person may ask for: as a rule one."""
    offers = [f"disclose:{audience}" for audience in AUDIENCES if f"disclose:{audience}" in found.offers]
    return [
        {
            "title": found.case.titles(found.program.of_kind(offer.partition(":")[2]), "and")
            if len(offers) > 1
            else "",
            "url": address(found.row.pk, offer),
        }
        for offer in offers
    ]


@require_GET
def letter_page(request: HttpRequest, plan: str, letter: str) -> HttpResponse:
    """A letter of the program, merged from the plan, to print from the browser."""
    found = seen(request, plan)
    spec, case = one_letter(found, letter)
    return shown_page(
        request,
        "plans/letter.html",
        found,
        {
            "letter": spec,
            "paragraphs": paragraphs(case, spec),
            "to": recipients(case, spec),
            "day": None if "today" in applying(case, spec) else case.today,
            "signers": [standing.who_holds(case, role) for role in spec.by],
        },
    )


@require_GET
def download(request: HttpRequest, plan: str) -> HttpResponse:
    """The plan's own record, as far as this person reads it: every entry with its digests, as JSON."""
    found = seen(request, plan)
    body = json.dumps(record(found), ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.row.number}.json"'
    for name, value in files.HEADERS.items():
        response[name] = value
    record_reading(found, request.session.session_key or "", timezone.now())
    return response


@require_GET
def attachment(request: HttpRequest, plan: str, attachment: str) -> FileResponse:
    """A file of the plan, always as a download, never shown inside the page."""
    kept = files.fetch(seen(request, plan), attachment)
    response = FileResponse(
        files.path_of(kept).open("rb"), as_attachment=True, filename=kept.name, content_type=files.SAFE_TYPE
    )
    for name, value in files.HEADERS.items():
        response[name] = value
    return response
