"""The letters of a plan: each tells of a step, bears its day, and says what held then.

Who writes letters may take one, and whom it goes to, as soon as that step was made; nobody in whose letter would stand
what they do not read.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from upturn.core.case import Case
from upturn.core.letters import DECIDED, draws_on, step_of, steps_of
from upturn.core.plan import MoveMade, replay
from upturn.core.program import Letter
from upturn.records.access import Look

WRITERS = ("lead", "office", "reviewer", "approver")
"""Kinds of party who write letters."""


def offered(look: Look) -> tuple[tuple[Letter, Case], ...]:
    """The letters this person may take, each with the plan as it tells of it."""
    return tuple(_offered(look))


def _offered(look: Look) -> Iterator[tuple[Letter, Case]]:
    writes = bool(look.roles & set(look.program.of_kind(*WRITERS)))
    for letter in look.program.letters:
        if letter.in_ and look.plan.stage not in letter.in_:
            continue
        step = step_of(look.program, look.plan, letter)
        if step is None and (steps_of(look.program, letter) or not writes):
            continue
        if not writes and (look.only_helps or not look.roles & set(letter.to)):
            continue
        case = _then(look, step) if step else look.case
        if _reads(look, letter, case, step):
            yield letter, case


def _then(look: Look, step: MoveMade) -> Case:
    """The plan as it stood when a step was made, with what followed from it at once; on the day of the step."""
    at = next(f.at for f in look.loaded.entries if f.seq == step.seq)
    plan = replay(f for f in look.loaded.entries if f.at <= at)
    return replace(look.case, plan=plan, now=noon(step.on, look.case.facts.zone))


def noon(day: date, zone: str) -> datetime:
    """A moment of a day that is the same day wherever the plan lives."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))


def _reads(look: Look, letter: Letter, case: Case, step: MoveMade | None) -> bool:
    """Whether this person reads every entry that the words of a letter come from."""
    program, plan, names = look.program, case.plan, draws_on(look.program, letter)
    from_sections = {program.home[name] for name in names if name in program.home}
    entries = {plan.sections[section].seq for section in from_sections if section in plan.sections}
    entries |= {1} if names & plan.start.keys() else set()
    entries |= {step.seq} if step else set()
    entries |= {plan.decision.seq} if plan.decision and names & DECIDED else set()
    return all(look.reads_entry(seq) for seq in entries)
