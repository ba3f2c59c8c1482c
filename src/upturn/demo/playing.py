"""Plays one invented plan from its file: every step is a command through `perform`, at the moment it would happen.

Steps are written in the language of stories (`upturn.core.story`), with `day:` counted from the day the plan was
opened. `day 40` as an answer is the date of that day; `year start` the first day of the performance year.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from upturn.core import story
from upturn.core.calendar import performance_year
from upturn.core.commands import Command, Extend, Move
from upturn.core.reading import ProgramFile
from upturn.core.refusals import Refused
from upturn.records.access import Look, look
from upturn.records.models import Group, Organization, Person, Plan, ProgramVersion
from upturn.records.perform import Performed, bring_due, open_plan, perform, reference
from upturn.web.forms import sources

_DAY = re.compile(r"day (-?\d{1,4})( this year)?")
_YEAR = {"year start": 0, "year end": 1}
YEAR_BEGINS = {"month": 10, "day": 1}
"""The performance year of the demo's agency."""


@dataclass
class Moment(story.Stage):
    """A stage of the story runner whose people have the codes they have on record."""

    codes: Mapping[str, str] = field(default_factory=dict)

    def code(self, name: str) -> str:
        return self.codes[name]


@dataclass(frozen=True)
class Cast:
    """Whom a file's names mean."""

    organization: Organization
    people: Mapping[str, Person]
    groups: Mapping[str, Group]
    versions: Mapping[str, ProgramVersion]
    files: Mapping[str, ProgramFile]


def play(cast: Cast, document: Mapping[str, Any], spec: Mapping[str, Any], now: datetime) -> Plan:
    """Play one plan up to `now`; steps of later days are left for whoever tries the demo. Returns its row.

    Days are those of the organization's own clock, as for everybody in it: in its evening another day has begun in UTC.
    """
    opened = now.astimezone(ZoneInfo(cast.organization.zone)) + timedelta(days=spec["opened"])
    steps = list(_steps(document, spec))
    row = _open(cast, document, spec, steps[0], opened)
    before = opened
    for step in steps[1:]:
        at = max(before + timedelta(minutes=7), opened + timedelta(days=step.get("day", 0)))
        if at > now:
            break
        before = at
        _wake(row.pk, at)
        _act(cast, document, spec, row.pk, _dated(step, opened), at)
    _wake(row.pk, now)
    return Plan.objects.get(pk=row.pk)


def _steps(document: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for step in spec["steps"]:
        if "do" in step:
            later = step.get("day", 0)
            yield from (
                {**s, "day": s.get("day", 0) + later}
                for s in _steps(document, {"steps": document["scenes"][step["do"]]})
            )
        else:
            yield step


def _dated(value: Any, opened: datetime) -> Any:
    """`day 40` as the date of that day; `this year`: not before the performance year of the opening began."""
    if isinstance(value, Mapping):
        return {k: _dated(v, opened) for k, v in value.items()}
    if isinstance(value, list):
        return [_dated(v, opened) for v in value]
    if isinstance(value, str) and value in _YEAR:
        return performance_year(opened.date(), **YEAR_BEGINS)[_YEAR[value]].isoformat()
    if isinstance(value, str) and (match := _DAY.fullmatch(value)):
        day = (opened + timedelta(days=int(match[1]))).date()
        earliest = performance_year(opened.date(), **YEAR_BEGINS)[0] if match[2] else day
        return max(day, earliest).isoformat()
    return value


def _answers(document: Mapping[str, Any], spec: Mapping[str, Any], opened: datetime) -> dict[str, Any]:
    """The file's sets of answers with this plan's own words over them."""
    own = spec.get("answers", {})
    sets = {
        name: {**document.get("answers", {}).get(name, {}), **own.get(name, {})}
        for name in {*document.get("answers", {}), *own}
    }
    return {"answers": _dated(sets, opened)}


def _name(spec: Mapping[str, Any], name: str) -> str:
    """A scene speaks of roles (`lead`); the plan says who that is."""
    return str(spec["cast"].get(name, name))


def _open(
    cast: Cast, document: Mapping[str, Any], spec: Mapping[str, Any], step: Mapping[str, Any], opened: datetime
) -> Plan:
    version = cast.versions[spec["program"]]
    parties: dict[str, list[Person]] = {}
    for name, role in spec["parties"].items():
        for one in role if isinstance(role, list) else [role]:
            parties.setdefault(one, []).append(cast.people[_name(spec, name)])
    words = _answers(document, spec, opened)["answers"]
    answers = words[step["open"]] if isinstance(step["open"], str) else _dated(step["open"], opened)
    group = cast.groups.get(spec.get("group", ""))
    done = _with_reason(
        str(step.get("reasons", "")),
        lambda reasons: open_plan(
            cast.organization,
            version,
            by=cast.people[_name(spec, step["as"])],
            parties=parties,
            answers=answers,
            now=opened,
            group=group,
            reasons=reasons,
        ),
    )
    return done.row


def _wake(plan_id: str, until: datetime) -> None:
    """Whatever time brought happens on its own day."""
    for _ in range(500):
        wakes = Plan.objects.values_list("wakes_at", flat=True).get(pk=plan_id)
        if wakes is None or wakes > until:
            return
        bring_due(plan_id, wakes)


def _act(
    cast: Cast,
    document: Mapping[str, Any],
    spec: Mapping[str, Any],
    plan_id: str,
    step: Mapping[str, Any],
    at: datetime,
) -> None:
    opened = Plan.objects.values_list("opened_on", flat=True).get(pk=plan_id)
    actor = cast.people[_name(spec, step["as"])]
    found = look(plan_id, actor, at)
    codes = {name: found.loaded.code_of(person) or reference(person) for name, person in cast.people.items()}
    codes |= {name: codes[real] for name, real in spec["cast"].items()}
    moment = Moment(
        file=cast.files[spec["program"]],
        cast=dict.fromkeys(codes, ()),
        now=at,
        world=found.case.facts,
        plan=found.plan,
        program=found.program,
        codes=codes,
    )
    started = datetime.combine(opened, at.timetz())
    words = _answers(document, spec, started)
    step = {key: value for key, value in _people(step, codes).items() if key != "day"}
    reason = str(step.pop("reasons", ""))
    if "answer" in step:
        step = {**step, "answers": _with_known(found, step, words)}
    command = story.command_of(moment, words, step)
    _with_reason(reason, lambda reasons: perform(plan_id, _reasoned(command, reasons), actor, at))


def _reasoned(command: Command, reasons: Mapping[str, str]) -> Command:
    return replace(command, reasons=reasons) if reasons and isinstance(command, Extend | Move) else command


def _with_reason(reason: str, act: Callable[[Mapping[str, str]], Performed]) -> Performed:
    """Act; where the program only warns, act again with the same written reason for every warning."""
    try:
        return act({})
    except Refused as refused:
        warned = [r.rule for r in refused.reasons if (r.field or "").startswith("reasons.")]
        if not reason or len(warned) < len(refused.reasons):
            raise
        return act(dict.fromkeys(warned, reason))


def _with_known(found: Look, step: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """A section's answers over what the form would have known already: names, the group, the start."""
    own = step.get("answers", step["answer"])
    known = sources(found.case)
    given = {f.id: known.get(f.prefill or "") for f in found.program.section[step["answer"]].fields}
    return {name: value for name, value in given.items() if value} | dict(
        words["answers"][own] if isinstance(own, str) else own
    )


def _people(step: Mapping[str, Any], codes: Mapping[str, str]) -> Mapping[str, Any]:
    """Names among those present become codes; a role stays a role."""
    if "attended" not in step:
        return step
    return {**step, "attended": [codes.get(name, name) for name in step["attended"]]}


def oldest(specs: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Plans in the order in which they were opened, so that their numbers are."""
    return sorted(specs, key=lambda s: s["opened"])
