"""Stories: given, when, then, in a file beside a program. They reach every step and every outcome, and say who must
and who must not.

A story file is data: a cast (name → roles), a start day, and steps. Each step is something somebody does (`as`, one
act), time passing (`wait`, `until`), or an expectation (`expect`, `may`, `may_not`, `only`, `reads`,
`reads_not`, `owes`). An act may
say `refused:` with words the refusal must contain. What time alone brings happens by itself, day by day.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ruamel.yaml import YAML

from upturn.core.calendar import Calendar, Length, after
from upturn.core.commands import Open
from upturn.core.facts import EarlierPlan, Facts
from upturn.core.opening import variant_of
from upturn.core.program import Program
from upturn.core.reading import ProgramFile
from upturn.core.refusals import Conflict, Refused
from upturn.core.rules import decide
from upturn.core.story.acts import command_of
from upturn.core.story.expectations import expect
from upturn.core.story.stage import Stage, StoryFailed, Told, day_of, noon

__all__ = ["Stage", "StoryFailed", "Told", "command_of", "expanded", "tell", "told", "untold"]


def told(file: ProgramFile, text: str, *, more: Mapping[str, ProgramFile] | None = None) -> Told:
    """Tell every story of a story file. Returns what was reached. Raises StoryFailed where one goes another way."""
    document = YAML(typ="safe", pure=True).load(text)
    reached = Told()
    for story in document["stories"]:
        one = tell(file, document, story, more=more)
        for name in ("moves", "findings", "dispositions", "results", "outcomes", "variants"):
            getattr(reached, name).update(getattr(one.told, name))
    return reached


def tell(
    file: ProgramFile,
    document: Mapping[str, Any],
    story: Mapping[str, Any],
    *,
    more: Mapping[str, ProgramFile] | None = None,
) -> Stage:
    """Tell one story and return the stage as it stands at the end."""
    given = {**document, **story}
    cast = {name: tuple(roles if isinstance(roles, list) else [roles]) for name, roles in given["cast"].items()}
    zone = given.get("zone", "America/New_York")
    world = Facts(
        zone=zone,
        calendars={
            unit: Calendar.from_json({"name": unit.replace("_", " "), **(spec or {})})
            for unit, spec in {"business_days": {"country": "US"}, **given.get("calendars", {})}.items()
        },
        people={
            f"p{n}": {"name": name.title(), **{k: str(v) for k, v in given.get("people", {}).get(name, {}).items()}}
            for n, name in enumerate(cast, start=1)
        },
        settings=given.get("settings", {}),
        earlier=tuple(_earlier(e) for e in given.get("earlier", ())),
        versions={f.digest: f.program() for f in (more or {}).values()},
    )
    start = day_of(given.get("today", "2026-03-02"))
    stage = Stage(file, cast, noon(start, zone), world)
    for number, step in enumerate(expanded(document, story["steps"]), start=1):
        try:
            _play(stage, document, step)
        except (Refused, Conflict, AssertionError, KeyError, ValueError) as error:
            where = f"{story['name']!r}, step {number} ({_short(step)}), on {stage.now.date()}"
            raise StoryFailed(f"{where}: {type(error).__name__}: {error}") from error
    return stage


def expanded(document: Mapping[str, Any], steps: Iterable[Any]) -> Iterator[Any]:
    """`{do: name}` stands for the steps of a named scene, so that a story may begin where another one stood."""
    for step in steps:
        if "do" in step and len(step) == 1:
            yield from expanded(document, document["scenes"][step["do"]])
        else:
            yield step


def _short(step: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}: {v}" if not isinstance(v, dict | list) else str(k) for k, v in step.items())[:160]


def _earlier(value: Mapping[str, Any]) -> EarlierPlan:
    closed = value.get("closed")
    return EarlierPlan(
        value["program"], day_of(value["opened"]), day_of(closed) if closed else None, value.get("finding")
    )


def _play(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    if "wait" in step:
        length = Length.parse(step["wait"], units=stage.the_program().units)
        day = after(
            stage.world.day(stage.now), length, calendars=stage.world.calendars, units=stage.the_program().units
        )
        stage.pass_until(noon(day, stage.world.zone))
    elif "until" in step:
        stage.pass_until(noon(day_of(step["until"]), stage.world.zone))
    elif "as" in step:
        _act(stage, document, step)
    else:
        expect(stage, step)


def _act(stage: Stage, document: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    name = step["as"]
    command = command_of(stage, document, step)
    if isinstance(command, Open):
        variant = variant_of(stage.file.program(), command.answers, stage.world.day(stage.now).isoformat())
        stage.program = stage.file.program(variant, command.language)
        stage.told.variants.add(variant)
    actor = stage.actor(name)
    refused = step.get("refused")
    try:
        events = decide(stage.the_program(), stage.plan, command, actor, stage.now, stage.world)
    except (Refused, Conflict) as refusal:
        if refused is None:
            raise
        wanted = refused if isinstance(refused, list) else [refused]
        lacking = [w for w in wanted if w is not True and w.lower() not in str(refusal).lower()]
        if lacking:
            raise StoryFailed(f"refused in other words: {refusal}") from None
        return
    if refused is not None:
        raise StoryFailed("this was to be refused, and it was not")
    stage.keep(events, actor.code)
    stage.now += timedelta(minutes=1)
    stage.bring_due()


def untold(program: Program, told_: Told) -> list[str]:
    """What no story of a program reached: steps, findings, dispositions, results, signature outcomes, variants."""
    wanted = {
        "step": (set(program.move), told_.moves),
        "finding": (set(program.finding), told_.findings),
        "disposition": (set(program.disposition), told_.dispositions),
        "screening result": ({r.id for r in program.screening.results} if program.screening else set(), told_.results),
        "variant": ({v.id for v in program.variants}, told_.variants),
    }
    lacking = [f"{noun} {name}" for noun, (all_, reached) in wanted.items() for name in sorted(all_ - reached)]
    for signature in program.signatures:
        lacking += [
            f"signature {signature.id} {o}" for o in signature.outcomes if (signature.id, o) not in told_.outcomes
        ]
    return lacking
