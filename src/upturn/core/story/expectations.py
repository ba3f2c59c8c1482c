"""What a story expects: where the plan stands, who may do what, who reads what, who owes what."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from upturn.core.audience import reads
from upturn.core.duties import duties
from upturn.core.plan import Plan
from upturn.core.rules import offers
from upturn.core.story.acts import plain
from upturn.core.story.stage import Stage, StoryFailed


def expect(stage: Stage, step: Mapping[str, Any]) -> None:
    """Check every expectation of a step. Raises StoryFailed at the first that is not met."""
    unknown = set(step) - set(_EXPECTATIONS)
    if unknown:
        raise StoryFailed(f"a step knows no {', '.join(sorted(unknown))}")
    for key, wanted in step.items():
        _EXPECTATIONS[key](stage, wanted)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# -- where the plan stands --------------------------------------------------------------------------------------------

Look = Callable[[Stage, Plan, str], Any]


def _item(_stage: Stage, plan: Plan, name: str) -> str | None:
    table, row = name.split("/")
    state = plan.items.get((table, row))
    return state.stage if state else None


_LOOKS: Mapping[str, Look] = {
    "stage": lambda stage, plan, _: plan.stage,
    "variant": lambda stage, plan, _: plan.variant,
    "told": lambda stage, plan, _: plan.told,
    "triggers": lambda stage, plan, _: set(plan.triggers),
    "finding": lambda stage, plan, _: plan.decision.finding if plan.decision else "",
    "disposition": lambda stage, plan, _: plan.decision.disposition if plan.decision else "",
    "clock": lambda stage, plan, name: plan.clocks[name].end if name in plan.clocks else None,
    "original": lambda stage, plan, name: plan.clocks[name].original,
    "deadline": lambda stage, plan, name: plan.deadlines[name].due if name in plan.deadlines else None,
    "lapsed": lambda stage, plan, _: {d.id for d in plan.deadlines.values() if d.lapsed},
    "met": lambda stage, plan, _: {d.id for d in plan.deadlines.values() if d.met},
    "signed": lambda stage, plan, _: {s.id for s in plan.signatures.values() if not s.voided},
    "voided": lambda stage, plan, _: {s.id for s in plan.signatures.values() if s.voided},
    "noticed": lambda stage, plan, _: {key.split("@")[0] for key in plan.noticed},
    "missed": lambda stage, plan, _: sum(1 for s in plan.checkins.values() if s.missed),
    "checkins": lambda stage, plan, name: sum(1 for s in plan.checkins.values() if name in ("", s.rhythm)),
    "checkin_days": lambda stage, plan, name: {
        s.due.isoformat() for s in plan.checkins.values() if name in ("", s.rhythm)
    },
    "item": _item,
    "answer": lambda stage, plan, name: stage.case().answer(name),
}
"""What can be looked at, some of it by name: `clock.period` is that clock's end, `item.steps/r1` that item's stage."""


def _stands(stage: Stage, wanted: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        head, _, name = key.partition(".")
        if head not in _LOOKS:
            raise StoryFailed(f"nothing called {key} can be expected")
        found, expected = plain(_LOOKS[head](stage, stage.plan, name)), plain(value)
        if isinstance(found, set):
            lacking = set(_several(expected)) - found
            if lacking:
                raise StoryFailed(f"{key}: {sorted(lacking)} not in {sorted(found)}")
        elif str(found) != str(expected):
            raise StoryFailed(f"{key} is {found}, not {expected}")


# -- who may, reads and owes what -------------------------------------------------------------------------------------


def _open_acts(stage: Stage, name: str) -> set[str]:
    """What is offered to a person without a refusal: each offer, and its verb alone."""
    offered = offers(stage.the_program(), stage.plan, stage.actor(name), stage.now, stage.world)
    open_ = {offer for offer, against in offered.items() if not against.refusals}
    return open_ | {offer.partition(":")[0] for offer in open_}


def _readable(stage: Stage, name: str) -> set[str]:
    """The kinds of the entries a person reads, and the names of the parts they are about."""
    roles = stage.actor(name).roles
    seen = [fact.event for fact in stage.record if reads(stage.plan, fact, roles)]
    about = ("section", "log", "part", "move", "signature", "approval", "notice")
    return {type(event).__name__ for event in seen} | {getattr(event, a, "") for event in seen for a in about} - {""}


def _owed(stage: Stage, name: str) -> set[str]:
    roles = stage.actor(name).roles
    return {duty.offer for duty in duties(stage.case()) if duty.role in roles}


def _verbs(stage: Stage, name: str) -> set[str]:
    """The verbs of everything that is open to a person."""
    return {act for act in _open_acts(stage, name) if ":" not in act}


def _only(stage: Stage, wanted: Mapping[str, Any]) -> None:
    """Exactly these verbs are open: a verb too many fails as one too few does."""
    for name, things, found in _each(stage, wanted, _verbs):
        if things != found:
            raise StoryFailed(f"{name}: open is {sorted(found)}, not {sorted(things)}")


Has = Callable[[Stage, str], set[str]]


def _must(verb: str, has: Has) -> Callable[[Stage, Mapping[str, Any]], None]:
    def check(stage: Stage, wanted: Mapping[str, Any]) -> None:
        for name, things, found in _each(stage, wanted, has):
            if things - found:
                raise StoryFailed(f"{name} must {verb} {sorted(things - found)}; it is {sorted(found)}")

    return check


def _must_not(verb: str, has: Has) -> Callable[[Stage, Mapping[str, Any]], None]:
    def check(stage: Stage, wanted: Mapping[str, Any]) -> None:
        for name, things, found in _each(stage, wanted, has):
            if things & found:
                raise StoryFailed(f"{name} must not {verb} {sorted(things & found)}")

    return check


def _each(stage: Stage, wanted: Mapping[str, Any], has: Has) -> Iterator[tuple[str, set[str], set[str]]]:
    return ((name, set(_several(things)), has(stage, name)) for name, things in wanted.items())


_EXPECTATIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], None]] = {
    "expect": _stands,
    "may": _must("be able to do", _open_acts),
    "may_not": _must_not("be able to do", _open_acts),
    "only": _only,
    "reads": _must("read", _readable),
    "reads_not": _must_not("read", _readable),
    "owes": _must("owe", _owed),
}
