"""Merge text: words in braces in a notice or a letter become the plan's own."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

from upturn.core.case import Case
from upturn.core.fields import show
from upturn.core.plan import MoveMade, Plan
from upturn.core.program import Disposition, Finding, Letter, Program
from upturn.core.wording import day_name, listed

_FIELD = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
DECIDED = frozenset({"finding", "disposition", "reasons"})
"""Merge fields that a decision fills."""

GENERAL: Mapping[str, Callable[[Case], str]] = {
    "plan": lambda case: case.program.words.plan,
    "program": lambda case: case.program.title,
    "subject": lambda case: _people(case, case.program.subject_role),
    "lead": lambda case: _people(case, case.program.lead_role),
    "group": lambda case: case.facts.group,
    "stage": lambda case: case.stage.title,
    "today": lambda case: day_name(case.today),
    "finding": lambda case: _decided(case, "finding"),
    "disposition": lambda case: _decided(case, "disposition"),
    "reasons": lambda case: case.plan.decision.reasons if case.plan.decision else "",
    "contact": lambda case: str(case.facts.settings.get(case.program.contact.setting) or ""),
}
"""Merge fields every program has. Also: `{clock.ID}`, `{deadline.ID}` (their last day), `{setting.ID}`,
`{party.ROLE}`, and any field of the form.
"""


def merge_fields(text: str) -> list[str]:
    """The names in braces, in order."""
    return _FIELD.findall(text)


def known(
    name: str, program_fields: set[str], clocks: set[str], deadlines: set[str], settings: set[str], parties: set[str]
) -> bool:
    """Whether a merge field means something in a program."""
    head, _, rest = name.partition(".")
    kinds = {"clock": clocks, "deadline": deadlines, "setting": settings, "party": parties}
    return rest in kinds[head] if rest and head in kinds else name in GENERAL or name in program_fields


def merged(case: Case, text: str) -> str:
    """The text with every merge field replaced; one without a value becomes a blank to be filled by hand."""
    return _FIELD.sub(lambda match: _value(case, match[1]) or "_____", text)


def paragraphs(case: Case, letter: Letter) -> list[str]:
    """The paragraphs of a letter that apply, merged. Their conditions know the plan's latest decision."""
    decided = case.decided()
    return [merged(decided, one.text) for one in letter.paragraphs if decided.when(one.show_if)]


def applying(case: Case, letter: Letter) -> set[str]:
    """The merge fields of the paragraphs that apply."""
    decided = case.decided()
    return {name for one in letter.paragraphs if decided.when(one.show_if) for name in merge_fields(one.text)}


def recipients(case: Case, letter: Letter) -> str:
    """To whom a letter goes: names, else what a role is called."""
    people = (_people(case, r) or case.program.parties[r].title for r in letter.to if r in case.program.parties)
    return listed([*people, GENERAL["contact"](case) if "contact" in letter.to else ""])


def draws_on(program: Program, letter: Letter) -> frozenset[str]:
    """Every name that the words of a letter or their conditions use: merge fields, fields of the form, and what those
    are computed of.
    """
    found: set[str] = set()
    waiting = [name for one in letter.paragraphs for name in (*merge_fields(one.text), *_names(one.show_if))]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _names(program.field[name].value if name in program.field else None)
    return frozenset(found)


def _names(condition: str | None) -> list[str]:
    return _NAME.findall(condition or "")


def steps_of(program: Program, letter: Letter) -> frozenset[str]:
    """The steps that a letter may tell of: those that name it; of a letter about a decision that none names, those that
    decide.
    """
    named = frozenset(m.id for m in program.moves if m.letter == letter.id)
    about_a_decision = bool(draws_on(program, letter) & DECIDED)
    return named or frozenset(m.id for m in program.moves if about_a_decision and (m.decides or m.finds))


def step_of(program: Program, plan: Plan, letter: Letter) -> MoveMade | None:
    """The step that a letter tells of, the latest of them; None before there is one."""
    steps = steps_of(program, letter)
    return next((m for m in reversed(plan.moves) if m.move in steps), None)


def _value(case: Case, name: str) -> str:
    if name in GENERAL:
        return GENERAL[name](case)
    head, _, rest = name.partition(".")
    if rest:
        return _dotted(case, head, rest)
    field = case.program.field.get(name)
    if field is None:
        return ""
    value = case.values.values.get(name) if field.kind == "computed" else case.answer(name)
    return show(field, value, case.program, case.names)


def _dotted(case: Case, head: str, rest: str) -> str:
    day: date | None = None
    if head == "clock" and rest in case.plan.clocks:
        day = case.plan.clocks[rest].end
    elif head == "deadline" and rest in case.plan.deadlines:
        day = case.plan.deadlines[rest].due
    elif head == "setting":
        return str(case.facts.settings.get(rest) or "")
    elif head == "party":
        return _people(case, rest)
    return day_name(day) if day else ""


def _people(case: Case, role: str) -> str:
    return listed(case.names(p.code) for p in case.plan.holders(role))


def _decided(case: Case, what: Literal["finding", "disposition"]) -> str:
    """The title of what the latest decision found, or of what followed from it."""
    decision = case.plan.decision
    titles: Mapping[str, Finding | Disposition] = getattr(case.program, what)
    chosen = titles.get(getattr(decision, what)) if decision else None
    return chosen.title if chosen else ""
