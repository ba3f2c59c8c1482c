"""My work: what waits for the person signed in, what waits for others, what follows if nothing is done, and when."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from upturn.core.wording import counted, day_name
from upturn.records.access import Former, Look, NotFound, can, look
from upturn.records.catalogue import program_for
from upturn.records.models import Duty, HeldBack, Person, Plan
from upturn.records.owed import is_missed
from upturn.records.queries import Page, ended_lately, held_back, my_work, waiting_for_others
from upturn.web.addresses import address
from upturn.web.page import people
from upturn.web.page.others import of_another
from upturn.web.page.standing import SOON


@require_GET
def my_work_page(request: HttpRequest) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    mine = my_work(person, after=request.GET.get("mine", ""))
    others = waiting_for_others(person, after=request.GET.get("others", ""), size=10)
    own = list(own_plans(person))
    return render(
        request,
        "plans/my_work.html",
        {
            "sentence": sentence(mine, first_page="mine" not in request.GET),
            "mine": [row(duty, person) for duty in sorted(mine.items, key=missed)],
            "others": [row(duty, person, others=True) for duty in sorted(others.items, key=missed)],
            "held_back": [held_row(one) for one in held_back(person)],
            "in_own_name": [row for seen in own for row in in_own_name(seen)],
            "may_sign": [row for seen in own for row in may_sign(seen)],
            "ended": [ended_row(plan) for plan in ended_lately(person, timezone.localdate())],
            "mine_pages": pages(mine, "mine", request, "What waits for you"),
            "others_pages": pages(others, "others", request, "What waits for others"),
            "may_start": bool(can(person, "open")),
        },
    )


def missed(duty: Duty) -> bool:
    """Whether a duty is only about check-ins that were missed: it waits behind everything that is due."""
    return is_missed(duty.offer, dated=duty.due is not None)


def sentence(mine: Page[Duty], *, first_page: bool) -> str:
    """“3 things need you. The nearest is due tomorrow. Missed check-ins of 2 plans wait to be recorded.”"""
    if not mine.items:
        return "Nothing needs you today." if first_page else "That was all."
    live = [d for d in mine.items if not missed(d)]
    gone = len(mine.items) - len(live)
    of = "a plan" if gone == 1 else f"{gone} plans"
    besides = f" Missed check-ins of {of} wait to be recorded." if gone else ""
    if not live:
        return f"Nothing is due.{besides}"
    count = (
        f"More than {len(live)} things need"
        if mine.next
        else f"{counted(len(live), 'thing')} need{'s' if len(live) == 1 else ''}"
    )
    dated = [d.due for d in live if d.due]
    first = min(dated) if dated and first_page else None
    verb = "was due on" if first and first < timezone.localdate() else "is due"
    said = day_name(first) if first and first < timezone.localdate() else when(first) if first else ""
    nearest = f" The nearest {verb} {said}." if first else ""
    return f"{count} you.{nearest}{besides}"


def own_plans(person: Person) -> Iterator[Look]:
    """The open plans about the reader, as far as they know of them."""
    for plan in Plan.objects.filter(subject=person, status=Plan.Status.OPEN)[:2]:
        with suppress(NotFound, Former):
            yield look(plan.pk, person, timezone.now())


def in_own_name(seen: Look) -> Iterator[dict[str, Any]]:
    """What a witness put on record of the reader's signature, and the reader has not answered."""
    for one in people.in_own_name(seen):
        hint = f"{one['by']} put on record on {day_name(one['on'])} that you {one['outcome']}."
        yield {"title": _titled(one, seen), "url": address(seen.row.pk, "read:plan"), "hint": hint}


def may_sign(seen: Look) -> Iterator[dict[str, Any]]:
    """Signatures that the reader declined on a plan of their own, while they may still be given. Nobody has to."""
    for one in people.unsigned(seen):
        if one["url"]:
            hint = f"It is on record since {day_name(one['on'])} that you {one['outcome']}. It may stay so."
            yield {"title": _titled(one, seen), "url": one["url"], "hint": hint}


def _titled(one: Mapping[str, Any], seen: Look) -> str:
    return f"{one['title']}: {seen.program.title}, {seen.row.number}"


def held_row(held: HeldBack) -> dict[str, Any]:
    """An executed copy that waits, on a plan the reader leads or looks after."""
    return {
        "title": f"Executed copy held back: {held.plan.subject.name}, {held.plan.number}",
        "url": address(held.plan_id, "read:plan"),
        "hint": f"Since {day_name(timezone.localdate(held.since))}. {held.why} The plan’s page says what to do.",
    }


def ended_row(plan: Plan) -> dict[str, Any]:
    """A plan about the reader that ended not long ago: how, when, and where the reasons are."""
    stage = program_for(plan.program_version, plan.variant).stage.get(plan.stage)
    return {
        "title": f"{plan.program_version.title}: {stage.title if stage else plan.stage}",
        "url": address(plan.pk, "read:plan"),
        "hint": f"{plan.number}. Ended on {day_name(plan.closed_on)}. What was decided, by whom and why, and what you "
        "can do now, stand at its top."
        if plan.closed_on
        else plan.number,
    }


def when(day: Any) -> str:
    """A day as it is said beside today: “tomorrow”, “on 30 June 2026”, “since 3 June 2026”."""
    ahead = (day - timezone.localdate()).days
    if ahead < 0:
        return f"since {day_name(day)}"
    return {0: "today", 1: "tomorrow"}.get(ahead, f"on {day_name(day)}")


def row(duty: Duty, person: Person, *, others: bool = False) -> dict[str, Any]:
    """A duty as a task row: verb first, one status word, what follows in silence."""
    about = "your own plan" if duty.plan.subject_id == person.pk else duty.plan.subject.name
    who = (
        duty.person.name
        if duty.person
        else "everybody in the program office"
        if duty.fill == "office"
        else "the auditors"
    )
    since = f"since {day_name(duty.since)}"
    late = duty.due is not None and duty.due < timezone.localdate()
    title, otherwise = duty.title, duty.otherwise
    if others:
        title, otherwise = of_another(title, who), of_another(otherwise, who)
    return {
        "title": f"{title}: {about}",
        "url": address(duty.plan_id, "" if others else duty.offer),
        "hint": f"{duty.plan.program_version.title}, {duty.plan.number}. "
        + (f"With {who}, {since}." if others else f"Waiting {since}."),
        "consequence": f"If nothing is done: {otherwise}" if otherwise else "",
        "status": ""
        if duty.due is None
        else f"Overdue {when(duty.due)}"
        if late
        else f"Due {when(duty.due).removeprefix('on ')}",
        "tone": "soon" if duty.due and (duty.due - timezone.localdate()).days <= SOON else "status",
    }


def pages(page: Page[Any], name: str, request: HttpRequest, sentence_: str) -> dict[str, str] | None:
    """Links through a list by its cursor, keeping the other lists of the page where they are."""
    if not page.next and name not in request.GET:
        return None
    first, following = request.GET.copy(), request.GET.copy()
    first.pop(name, None)
    following[name] = page.next
    return {
        "sentence": f"{sentence_}: {counted(len(page.items), 'row')} on this page.",
        "previous_url": f"?{first.urlencode()}" if name in request.GET else "",
        "next_url": f"?{following.urlencode()}" if page.next else "",
        "name": sentence_,
    }
