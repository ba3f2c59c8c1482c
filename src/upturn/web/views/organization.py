"""The settings of an organization: what it is called, where its days begin, and which of them are open."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from upturn.core.calendar import Calendar as Days
from upturn.core.calendar import CalendarExhausted
from upturn.core.wording import counted, listed
from upturn.records.catalogue import program_for, published
from upturn.records.models import Calendar, Organization
from upturn.records.perform import look_anew
from upturn.web.current import officer_only, officers
from upturn.web.organization_forms import LANGUAGES, WEEKDAYS, CalendarForm, OrganizationForm, countries, zones

BUSINESS_DAYS = "business_days"


def calendars_of(organization: Organization) -> dict[str, str]:
    """The calendars an organization keeps or its programs count on: the unit, and what it is."""
    named = {BUSINESS_DAYS: "Business days"}
    for version in published(organization):
        named |= dict(program_for(version).calendars)
    for unit in Calendar.objects.filter(organization=organization).values_list("unit", flat=True):
        named.setdefault(unit, unit.replace("_", " ").capitalize())
    return named


@officer_only
def organization(request: HttpRequest) -> HttpResponse:
    """Everything that is set, with where to change it."""
    own = request.person.organization
    kept = {calendar.unit: calendar.value() for calendar in Calendar.objects.filter(organization=own)}
    rows = [
        {
            "key": title,
            "value": in_words(kept[unit]) if unit in kept else "not set up yet",
            "url": f"/organization/calendars/{unit}/",
        }
        for unit, title in calendars_of(own).items()
    ]
    context = {
        "own": own,
        "country": place(own),
        "language": dict(LANGUAGES).get(own.language, own.language),
        "calendars": rows,
        "officers": officers(own),
    }
    return render(request, "organization/settings.html", context)


def place(own: Organization) -> str:
    country = dict(countries()).get(own.country, "")
    return f"{country}, {own.subdivision}" if country and own.subdivision else country or "none"


def in_words(days: Days) -> str:
    """A calendar in a sentence."""
    week = sorted(days.weekdays)
    names = [WEEKDAYS[day][1] for day in week]
    open_on = (
        f"{names[0]} to {names[-1]}" if len(week) > 2 and week == list(range(week[0], week[-1] + 1)) else listed(names)
    )
    said = [open_on]
    if days.country:
        said.append("without public holidays")
    if days.opens:
        said.append(f"in {counted(len(days.opens), 'term')}")
    if days.closed:
        said.append(f"with {counted(len(days.closed), 'further closed day')}")
    return ", ".join(said)


@officer_only
def change(request: HttpRequest) -> HttpResponse:
    """Change name, zone, holidays and language."""
    own = Organization.objects.get(pk=request.person.organization_id)
    form = OrganizationForm(request.POST or None, organization=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        look_anew(own, timezone.now())
        messages.info(request, "The settings are changed. Dates already on record stay as they are.")
        return redirect("organization")
    return render(
        request, "organization/change.html", {"form": form, "zones": zones()}, status=422 if form.is_bound else 200
    )


@officer_only
def calendar(request: HttpRequest, unit: str) -> HttpResponse:
    """Change which days are open in one of the calendars."""
    own = request.person.organization
    named = calendars_of(own)
    if unit not in named:
        raise Http404
    kept = Calendar.objects.filter(organization=own, unit=unit).first() or fresh(own, unit)
    form = CalendarForm(request.POST or None, organization=own, days=kept.value(), terms=unit != BUSINESS_DAYS)
    if request.method == "POST" and form.is_valid():
        kept.days = form.value.to_json()
        kept.save()
        look_anew(own, timezone.now())
        messages.info(
            request,
            f"{named[unit]}: changed. Dates already on record stay as they are; new ones are counted with this.",
        )
        return redirect("organization")
    today = timezone.localdate()
    context = {"form": form, "title": named[unit], "coming": list(closed_soon(kept.value(), today))}
    return render(request, "organization/calendar.html", context, status=422 if form.is_bound else 200)


def fresh(own: Organization, unit: str) -> Calendar:
    """A calendar that is not kept yet, as its form first shows it: the business days' week and holidays."""
    days = Calendar.business_days(own).days | {"name": unit.replace("_", " ")}
    return Calendar(organization=own, unit=unit, days=days)


def closed_soon(days: Days, today: date, *, ahead: int = 366) -> Iterator[dict[str, object]]:
    """The closed days of the year to come that are not just the week's own."""
    try:
        for day in (today + timedelta(n) for n in range(ahead)):
            if day.weekday() in days.weekdays and not days.opens and (why := days.why_closed(day)) is not None:
                yield {"day": day, "why": why or "closed"}
    except CalendarExhausted:
        return
