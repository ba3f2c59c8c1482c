"""The programs of an organization: each in plain words, what the organization enters for it, and new versions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from ruamel.yaml import YAML

from upturn.core.differences import differences
from upturn.core.program import Program
from upturn.core.reading import BadProgram, Problem, read
from upturn.core.refusals import Refused
from upturn.records import catalogue
from upturn.records.models import Organization, ProgramVersion
from upturn.records.perform import look_anew
from upturn.web import program_words
from upturn.web.current import OFFICERS, officer_only
from upturn.web.organization_forms import ProgramFileForm, ProgramSettingsForm, settings_of

log = structlog.get_logger(__name__)


def versions(organization: Organization, key: str) -> list[ProgramVersion]:
    """Every published version of a program, newest first. Raises Http404 when there is none."""
    found = list(ProgramVersion.objects.filter(organization=organization, key=key).order_by("-version"))
    if not found:
        raise Http404
    return found


def newest(organization: Organization, key: str) -> ProgramVersion:
    """The version new plans open under; the last one of a retired program."""
    every = versions(organization, key)
    return next((v for v in every if v.retired_at is None), every[0])


def one_version(organization: Organization, key: str, version: int) -> ProgramVersion:
    found = next((v for v in versions(organization, key) if v.version == version), None)
    if found is None:
        raise Http404
    return found


# -- reading -------------------------------------------------------------------------------------------------------


def programs(request: HttpRequest) -> HttpResponse:
    """The programs plans can be opened under; officers see the others too."""
    own = request.person.organization
    officer = request.person.has_role(*OFFICERS)
    active = catalogue.published(own)
    context = {
        "officer": officer,
        "active": [{"version": v, "program": catalogue.program_for(v)} for v in active],
        "retired": list(retired(own, {v.key for v in active})) if officer else [],
        "shipped": list(not_adopted(own)) if officer else [],
    }
    return render(request, "programs/list.html", context)


def retired(own: Organization, active: set[str]) -> Iterator[ProgramVersion]:
    gone = ProgramVersion.objects.filter(organization=own).exclude(key__in=active).defer("source", "document")
    newest_first = gone.order_by("key", "-version")
    seen: set[str] = set()
    for version in newest_first:
        if version.key not in seen:
            seen.add(version.key)
            yield version


@dataclass(frozen=True)
class Shipped:
    """A program that comes with Upturn, as far as one chooses by it."""

    key: str
    title: str
    summary: str
    text: str


def not_adopted(own: Organization) -> Iterator[Shipped]:
    """The programs that come with Upturn and that the organization never had."""
    had = set(ProgramVersion.objects.filter(organization=own).values_list("key", flat=True))
    return (one for one in shipped() if one.key not in had)


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """The programs that come with Upturn. Only their first lines are read: reading a whole one takes seconds."""
    return tuple(Shipped(text=text, **_first_lines(text)) for text in catalogue.shipped())


def _first_lines(text: str) -> dict[str, str]:
    parts = re.split(r"(?m)^(?=[a-z_]+:)", text)
    wanted = "".join(part for part in parts if part.startswith(("key:", "title:", "summary:")))
    return {name: str(value) for name, value in YAML(typ="safe", pure=True).load(wanted).items()}


def program(request: HttpRequest, key: str, version: int | None = None) -> HttpResponse:
    """One program in plain words, for everybody in the organization."""
    own = request.person.organization
    shown = one_version(own, key, version) if version else newest(own, key)
    spoken = catalogue.program_for(shown)
    values = catalogue.settings_of(own, key)
    officer = request.person.has_role(*OFFICERS)
    context = {
        "version": shown,
        "words": program_words.page(spoken),
        "program": spoken,
        "contact": values.get(spoken.contact.setting, ""),
        "officer": officer,
        "others": [v for v in versions(own, key) if v.pk != shown.pk],
        "papers": spoken.papers,
        "missing": [s.title for s in settings_of(spoken) if s.required and not values.get(s.id)] if officer else [],
    }
    return render(request, "programs/program.html", context)


def source(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The file a version was published from, to be kept or to make the next version of."""
    found = one_version(request.person.organization, key, version)
    answer = HttpResponse(found.source, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}.v{found.version}.yaml"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


# -- keeping -------------------------------------------------------------------------------------------------------


@officer_only
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """What the organization enters once for a program."""
    own = request.person.organization
    shown = newest(own, key)
    values = catalogue.settings_of(own, key)
    form = ProgramSettingsForm(request.POST or None, program=catalogue.program_for(shown), values=values)
    if request.method == "POST" and form.is_valid():
        catalogue.enter_settings(own, key, form.values())
        look_anew(own, timezone.now())
        messages.info(request, f"The settings of “{shown.title}” are changed.")
        return redirect("program", key)
    return render(
        request, "programs/settings.html", {"form": form, "version": shown}, status=422 if form.is_bound else 200
    )


@officer_only
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Publish a program that comes with Upturn."""
    text = next((one.text for one in shipped() if one.key == request.POST.get("key")), None)
    if text is None:
        raise Http404
    made = catalogue.publish(request.person.organization, text, timezone.now())
    log.info("program adopted", key=made.key, by=request.person.pk)
    messages.info(request, f"“{made.title}” is ready: plans can be opened under it. Enter its settings first.")
    return redirect("program_settings", made.key)


@officer_only
@require_POST
def retire(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """No new plan opens under this version; those that run go on."""
    found = one_version(request.person.organization, key, version)
    if found.retired_at is None:
        catalogue.retire(found, timezone.now())
        log.info("program version retired", key=key, version=version, by=request.person.pk)
    messages.info(
        request, f"No new plan opens under version {version} of “{found.title}”. Plans that run under it go on."
    )
    return redirect("programs")


@officer_only
def publish(request: HttpRequest) -> HttpResponse:
    """A program file is checked, shown for what it changes, and published."""
    if request.method != "POST":
        return render(request, "programs/publish.html", {"form": ProgramFileForm()})
    form = ProgramFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "programs/publish.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    again = ProgramFileForm(initial={"text": text})  # an uploaded file is shown as text, so that it can be mended here
    try:
        checked = read(text).program()
        if request.POST.get("do") == "publish":
            return published(request, text)
    except BadProgram as error:
        context = {"form": again, "problems": list(located(text, error.problems)), "has_errors": True}
        return render(request, "programs/publish.html", context, status=422)
    except Refused as error:
        context = {"form": again, "refusals": [reason.sentence for reason in error.reasons], "has_errors": True}
        return render(request, "programs/publish.html", context, status=422)
    return render(request, "programs/publish.html", {"form": again} | preview(request.person.organization, checked))


def published(request: HttpRequest, text: str) -> HttpResponse:
    version = catalogue.publish(request.person.organization, text, timezone.now())
    log.info("program published", key=version.key, version=version.version, digest=version.digest, by=request.person.pk)
    messages.info(
        request, f"Version {version.version} of “{version.title}” is published. Plans that run stay as they are."
    )
    return redirect("program", version.key)


def located(text: str, problems: tuple[Problem, ...]) -> Iterator[dict[str, Any]]:
    """Each problem with the line it stands in."""
    lines = text.splitlines()
    for problem in problems:
        there = lines[problem.line - 1].strip()[:120] if 0 < problem.line <= len(lines) else ""
        if problem.path.rpartition(".")[2] not in there:
            there = ""  # the line around something that is missing would only mislead
        yield {"line": problem.line, "path": problem.path, "says": problem.says, "text": there}


def preview(own: Organization, checked: Program) -> dict[str, Any]:
    """What publishing would do."""
    before = ProgramVersion.objects.filter(organization=own, key=checked.key).order_by("-version").first()
    changes = list(differences(catalogue.program_for(before), checked)) if before else []
    return {"checked": checked, "before": before, "changes": changes}
