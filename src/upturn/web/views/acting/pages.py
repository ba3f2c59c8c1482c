"""The pages that every act on a plan may end on, and what a request says about itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from upturn.core.case import Case
from upturn.core.refusals import Refusal
from upturn.records.access import Look
from upturn.records.readings import record_reading
from upturn.web.forms import ASKED
from upturn.web.views.plan import frame

NOTHING_THERE = "There is no such"
NOT_KEPT = ("csrfmiddlewaretoken", "expected", "press", "row", "digest", "copy", "opened_for")
"""What a form sends beside what a person typed."""


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
        "why": next((WHY[r.rule] for r in closed if r.rule in WHY), "This is not possible yet"),
        "possible_from": max(dates) if dates and len(dates) == len(closed) else None,
        "changes": changes,
        "typed": typed,
    }
    return plan_page(request, look, "acting/not_possible.html", context, status=status)


WHY: Mapping[str, str] = {
    "done": "This is done already",
    "closed": "This is no longer possible",
    "role": "This is for others to do",
    "stage": "This is not possible now",
}
"""What stands above a refusal that no waiting would change, by its rule."""


def typed_words(request: HttpRequest) -> list[str]:
    """The texts of a form that can no longer be sent, so that nobody loses what they wrote."""
    names = [k for k in request.POST if k not in NOT_KEPT and not k.startswith("warning.") and not k.endswith(ASKED)]
    texts = [v for k in names for v in request.POST.getlist(k)]
    return [v for v in texts if len(v.strip()) > 20 and not v.isidentifier()]  # the id of a choice is nobody's words


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
    "disclose": "Ask for an evidence bundle",
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
