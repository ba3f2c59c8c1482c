"""How a plan ended: what was decided, by whom, when and why, and what can be done now. At the top of its page."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from upturn.core.facts import CLOCK
from upturn.core.plan import MoveMade
from upturn.core.wording import day_name
from upturn.records.access import Look
from upturn.web.addresses import address
from upturn.web.shown import shown_answers


def ending(found: Look) -> dict[str, Any] | None:
    """What stands at the top of a plan that was decided or is over, as far as this person reads it. A plan that goes
    on after a decision (more time) still says what was decided and why.
    """
    case, decision = found.case, found.plan.decision
    if case.open and case.stage.phase != "after":
        reads = decision is not None and found.reads_entry(decision.seq)
        return {"steps": [_made(found, decision)], "now": []} if decision and reads else None
    made = [_made(found, step) for step in _steps(found)]
    return {"steps": made, "now": list(_now(found)) if found.roles else []}


def _steps(found: Look) -> list[MoveMade]:
    """The decision, and the step that led to where it stands now; one where they are the same."""
    plan = found.plan
    last = next((m for m in reversed(plan.moves) if m.to == plan.stage and m.from_ != m.to), None)
    both = {m.seq: m for m in (plan.decision, last) if m is not None and found.reads_entry(m.seq)}
    return [both[seq] for seq in sorted(both)]


def _made(found: Look, step: MoveMade) -> dict[str, Any]:
    program, case = found.program, found.case
    spec = program.move.get(step.move)
    finding, chosen = program.finding.get(step.finding), program.disposition.get(step.disposition)
    fields = (*(spec.asks if spec else ()), *(chosen.asks if chosen else ()))
    return {
        "title": (spec.done or spec.title) if spec else step.move,
        "finding": finding.title if finding else "",
        "follows": chosen.title if chosen else "",
        "by": "the clock: nobody decided" if step.by == CLOCK else case.names(step.by),
        "on": step.on,
        "reasons": step.reasons,
        "answers": shown_answers(fields, step.answers, case.values, program, case.names),
    }


def _now(found: Look) -> Iterator[dict[str, str]]:
    """What this person can still do: what has a last day first, then steps, a statement, a copy."""
    case, key = found.case, found.row.pk
    for state in case.plan.deadlines.values():
        spec = case.program.deadline.get(state.id)
        running = spec and not (state.met or state.lapsed or state.withdrawn)
        if spec and running and set(spec.for_) & found.roles:
            yield {"says": f"{spec.title}: until {day_name(state.due)}.", "title": "", "url": ""}
    for offer, against in found.offers.items():
        if offer.startswith("move:") and not against.refusals:
            yield {
                "says": "",
                "title": case.program.move[offer.removeprefix("move:")].title,
                "url": address(key, offer),
            }
    if "state:plan" in found.offers:
        about = "?about=decision" if case.plan.decision else ""
        title = "Add a statement in your own words; nobody can edit it"
        yield {"says": "", "title": title, "url": f"{address(key, 'state:plan')}{about}"}
    copy = reverse("plan_download", kwargs={"plan": key})
    yield {"says": "", "title": "Download this record, with everything you can read here", "url": copy}
