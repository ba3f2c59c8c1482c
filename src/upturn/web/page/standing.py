"""Where a plan stands for the person who reads it: day, next thing, duties, dates, what may be done."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from upturn.core.calendar import days_between
from upturn.core.case import Case
from upturn.core.clocks import day_of
from upturn.core.duties import Duty
from upturn.core.plan import ClockState
from upturn.core.program import Stage
from upturn.core.timing import checkins_ahead
from upturn.core.wording import counted, day_name, listed
from upturn.records.access import Look
from upturn.records.owed import MISSED, waits_last
from upturn.web.addresses import address
from upturn.web.page.others import of_another
from upturn.web.shell import Contact


def subject_name(case: Case) -> str:
    holders = case.plan.holders(case.program.subject_role)
    return listed(case.names(p.code) for p in holders) or "somebody who left"


def contact_of(case: Case) -> Contact | None:
    """The one named contact of the program (M-24), from the organization's settings."""
    value = str(case.facts.settings.get(case.program.contact.setting) or "").strip()
    if not value:
        return None
    name, _, email = value.partition("<")
    return Contact(name=name.strip() or value, role=case.program.contact.title, email=email.rstrip(">").strip())


def running_clock(case: Case) -> str:
    """The clock that counts the days of the plan: the last one started and not over."""
    running = [c for c in case.plan.clocks.values() if not c.stopped and not c.ended]
    return running[-1].id if running else ""


def day_line(case: Case) -> str:
    """“Day 54 of 90, 36 days left”, while a period runs."""
    clock_id = running_clock(case)
    if not clock_id or not case.open:
        return ""
    state, spec = case.plan.clocks[clock_id], case.program.clock[clock_id]
    if case.today < state.start:
        return f"{spec.title} starts on {day_name(state.start)}"
    full = days_between(state.start, state.end, first_day_counts=spec.first_day_counts)
    lost = full - days_between(state.start, state.original, first_day_counts=spec.first_day_counts)
    left = max(0, (state.end - case.today).days)
    day = day_of(case, state)
    adjusted = f" (adjusted from {full - lost})" if lost else ""
    return (
        f"Day {day} of {full}{adjusted}, {counted(left, 'day')} left"
        if not case.plan.paused
        else f"Day {day} of {full}, paused"
    )


def own_duties(found: Look) -> list[Duty]:
    """What waits for this person on this plan, the nearest first; only what can be done."""
    mine = found.own_duties
    possible = [d for d in mine if d.offer not in found.offers or not found.offers[d.offer].refusals]
    return sorted(possible or mine, key=lambda d: (waits_last(d), d.due is None, d.due or date.max))


ACTIONS = {
    "answer": "Write this part",
    "prepare": "Write your part",
    "check_in": "Record this check-in",
    "sign": "Read and sign",
    "approve": "Read and answer",
    "reply": "Read and answer",
    "respond": "Read and answer",
    "screen": "Answer the questions",
    "state": "Write a statement",
    "read": "Open it",
}
"""What the button of a duty says; a step of the lifecycle says its own title."""
SOON = 7
"""Days before its day at which a duty is marked as near."""


def action(case: Case, offer: str) -> str:
    verb, _, target = offer.partition(":")
    if offer == MISSED:
        return "See the check-ins"
    if verb == "move":
        return case.program.move[target].title
    if verb == "record":
        return case.program.log[target].do
    return ACTIONS.get(verb, "")


def duty_row(found: Look, duty: Duty) -> dict[str, Any]:
    due = f"Due {day_name(duty.due)}" if duty.due else ""
    against = found.offers.get(duty.offer)
    closed = [r.sentence for r in against.refusals] if against else []
    return {
        "title": duty.title,
        "action": action(found.case, duty.offer) or duty.title,
        "url": "" if closed or duty.offer == "read:plan" else address(found.row.pk, duty.offer),
        "closed": closed,
        "hint": f"Since {day_name(duty.since)}" if duty.since else "",
        "consequence": duty.otherwise,
        "status": f"Overdue since {day_name(duty.due)}" if duty.due and duty.due < found.case.today else due,
        "tone": "soon" if duty.due and (duty.due - found.case.today).days <= SOON else "status",
    }


def duty_rows(found: Look, owed: Iterable[Duty]) -> list[dict[str, Any]]:
    return [duty_row(found, d) for d in owed]


def next_thing(found: Look, mine: list[Duty]) -> dict[str, Any] | None:
    """The one next thing for this person; None when nothing waits for them."""
    return duty_row(found, mine[0]) if mine else None


def waiting_for(found: Look) -> list[dict[str, Any]]:
    """What waits for others, in a line each."""
    case = found.case
    others = [d for d in found.duties if d not in found.own_duties]
    return [
        {"title": of_another(d.title, ""), "who": who_holds(case, d.role), "due": d.due}
        for d in sorted(others, key=lambda d: (waits_last(d), d.due is None, d.due or date.max))[:6]
    ]


def who_holds(case: Case, role: str) -> str:
    """Names of who holds a role, else the role's title."""
    names = listed(case.names(p.code) for p in case.plan.holders(role))
    title = case.program.parties[role].title if role in case.program.parties else role
    return f"{names} ({title.lower()})" if names else title


def role_names(case: Case, roles: Iterable[str], actor_roles: Iterable[str]) -> list[str]:
    """Readers as a person reads them: “you” first, then names or titles."""
    mine = set(actor_roles)
    others = [who_holds(case, r) for r in roles if r not in mine]
    return (["you"] if mine & set(roles) else []) + others


PHASES: Mapping[str, str] = {
    "concern": "Concern raised",
    "draft": "Being written",
    "sign": "Being signed",
    "run": "Under way",
    "decide": "To be decided",
    "after": "Followed up",
    "closed": "Closed",
}


def stage_of(found: Look) -> Stage:
    """Where the plan stands, as the person is told: somebody who only helps learns of no step and no outcome."""
    stage = found.case.stage
    return stage.model_copy(update={"title": PHASES[stage.phase], "says": ""}) if found.only_helps else stage


def key_dates(case: Case, *, deadlines: bool = True) -> Iterator[dict[str, Any]]:
    """Every date of the plan with how it was computed; what moved shows its original."""
    plan, program = case.plan, case.program
    for state in plan.clocks.values():
        spec = program.clock[state.id]
        yield {"what": f"{spec.title} began", "when": state.start, "how": "", "status": ""}
        moved = {"original": state.original, "reason": ""} if state.end != state.original else {}
        over = "Stopped" if state.stopped else "Over" if state.ended or state.end < case.today else ""
        if not over and cut_short(case, state):
            over = f"No longer runs: it ended on {day_name(plan.stage_since or case.today)}"
        yield {
            "what": f"{spec.title} ends",
            "when": state.end,
            "how": state.how,
            "status": over,
            "tone": "quiet",
        } | moved
    for interval in plan.pauses:
        last = f"until {day_name(interval.last)}" if interval.last else "still running"
        yield {"what": "Paused", "when": interval.start, "how": last, "status": "" if interval.last else "Paused"}
    for dead in plan.deadlines.values() if deadlines else ():
        spec_ = program.deadline.get(dead.id)
        if spec_ is None or dead.withdrawn:
            continue
        status = "Done" if dead.met else "Passed" if dead.lapsed else ""
        yield {
            "what": f"{spec_.title} ({case.titles(spec_.for_, 'and')})",
            "when": dead.due,
            "how": dead.how,
            "status": status,
            "tone": "quiet" if status else "",
        }
        if spec_.also_show and dead.base and not status:
            stricter = case.after(dead.base, spec_.also_show)
            yield {
                "what": f"{spec_.title}, stricter internal date",
                "when": stricter,
                "how": case.how(dead.base, spec_.also_show),
            }
    for check in checkins_ahead(case)[:2]:
        title = program.checkin[check.rhythm].title
        first = check is checkins_ahead(case)[0]
        yield {"what": f"Next: {title}" if first else title, "when": check.due, "how": "", "status": ""}


def cut_short(case: Case, state: ClockState) -> bool:
    """Whether a plan ended before a clock that had begun; one that its end began runs on."""
    ended = None if case.open else case.plan.stage_since
    return ended is not None and state.start < ended < state.end


QUIET = {
    "comment",
    "reply",
    "correct",
    "item",
    "prepare",
    "check_in",
    "reschedule",
    "state",
    "attach",
    "disclose",
    "answer",
    "sign",
    "approve",
    "respond",
    "party",
}
"""Offered beside what they are about, not in the list of what can be done."""


def doing(found: Look) -> dict[str, Any]:
    """What this person can do with the plan as a whole, and what is not possible yet, with its sentence."""
    case = found.case
    open_, closed = [], []
    for offer, against in found.offers.items():
        verb, _, target = offer.partition(":")
        if verb in QUIET:
            continue
        row = {
            "title": offer_title(case, verb, target),
            "url": address(found.row.pk, offer),
            "kind": _kind(case, verb, target),
        }
        if against.refusals:
            closed.append(row | {"why": [r.sentence for r in against.refusals]})
        else:
            open_.append(row)
    order = {"move": 0, "record": 1, "change": 2, "end": 3}
    rank = lambda row: order[row["kind"]]  # noqa: E731  a sort key of one line
    return {"open": sorted(open_, key=rank), "closed": sorted(closed, key=rank)}


def _kind(case: Case, verb: str, target: str) -> str:
    if verb == "move":
        return "end" if case.program.move[target].kind in ("withdraw", "adverse") else "move"
    return "record" if verb in ("record", "screen") else "change"


def offer_title(case: Case, verb: str, target: str) -> str:
    """What the link to an offer says: a verb first."""
    program = case.program
    match verb:
        case "move":
            return program.move[target].title
        case "record":
            return program.log[target].do
        case "screen":
            parts = program.screening.parts if program.screening else ()
            return next((p.title for p in parts if p.id == target), "Answer the screening")
        case "extend":
            return f"Extend: {program.clock[target].title.lower()}"
    fixed = {
        "propose": "Propose a change of the plan",
        "pause": "Pause the plan for leave",
        "resume": "End the pause",
        "version": "Move to a newer version of the program",
    }
    return fixed.get(verb, verb.replace("_", " ").capitalize())
