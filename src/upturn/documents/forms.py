"""A form to fill in, before it is a PDF or a Word file: every question has an address, and the form says whose it is.

An address is the path of an answer: `section/field`, in a table `section/table/row/field`, for a box to tick
`section/field:option`. A row is called by its `_id`; free rows go by numbers that no row of the plan has.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from upturn.core.case import Case
from upturn.core.fields import given_rows, show, tickable
from upturn.core.program import Document, FormField, Program
from upturn.documents.content import (
    EVERYTHING,
    IN_WORDS,
    Answer,
    Choice,
    Imprint,
    Paper,
    Part,
    Reader,
    Row,
    blank_paper,
    contact_of,
)
from upturn.documents.words import printable

FORMAT = "upturn-form-1"
NOT_ASKED = ("computed", "file")
"""Kinds of field that nobody fills in on a form."""
DATE_HINT = "As in 15 March 2027"
"""How a day is written so that everybody understands the same."""
FREE = 3
"""Rows of a table that says nothing else."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose form it is: the plan (none on a blank form), the program to the digest, and how far the plan had come."""

    program: str
    version: int
    digest: str
    document: str = ""
    plan: str = ""
    entries: int = 0
    head: str = ""

    def text(self) -> str:
        """As it travels in the file."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True)


def identity_of(text: str) -> Identity | None:
    """What `Identity.text` wrote; None for anything else."""
    try:
        said = json.loads(text)
        if said.pop("format") != FORMAT:
            return None
        found = Identity(**said)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    fits = all(isinstance(getattr(found, name), kind) for name, kind in Identity.__annotations__.items())
    return found if fits else None


def identity(case: Case, document: Document, imprint: Imprint) -> Identity:
    """The form of a plan as it stands."""
    plan = case.plan
    return Identity(plan.program, plan.version, plan.digest, document.id, imprint.number, plan.seq, imprint.head)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place to write or tick: its address, what is asked there, and what stands there already.

    `kind`: line, lines, tick, or one: a box of a question (`question`) of which one is ticked at most.
    """

    path: str
    title: str
    kind: str
    text: str = ""
    ticked: bool = False
    question: str = ""


# -- the paper of a form -----------------------------------------------------------------------------------------------


def form_paper(
    program: Program,
    document: Document,
    imprint: Imprint,
    *,
    case: Case | None = None,
    reader: Reader = EVERYTHING,
) -> Paper:
    """Every question with its address, the plan's answers in their places, free rows in its tables.

    Questions that are asked only with certain answers are all there: on paper nobody knows the answers yet.
    """
    paper = blank_paper(program, document, imprint)
    if case is None:
        return replace(paper, parts=tuple(_part(part, {}, program, document, str) for part in paper.parts))
    written = {key: one.answers for key, one in case.plan.sections.items()}
    shown = [p for p in paper.parts if reader.sees(p.id) and case.shown(program.section[p.id])]
    return replace(
        paper,
        language=case.plan.language or program.language,
        contact=printable(contact_of(case)),
        parts=tuple(_part(part, written.get(part.id, {}), program, document, case.names) for part in shown),
    )


Names = Callable[[str], str]


def _part(part: Part, answers: Mapping[str, Any], program: Program, document: Document, names: Names) -> Part:
    asked = _Asked(program, document, names)
    return replace(part, answers=asked.all(program.section[part.id].fields, answers, part.id))


@dataclass(frozen=True, slots=True)
class _Asked:
    program: Program
    document: Document
    names: Names

    def all(self, fields: Iterable[FormField], answers: Mapping[str, Any], path: str) -> tuple[Answer, ...]:
        return tuple(self.one(f, answers.get(f.id), f"{path}/{f.id}") for f in fields if f.kind not in NOT_ASKED)

    def one(self, field: FormField, value: Any, path: str) -> Answer:
        about: dict[str, Any] = {
            "id": field.id, "title": field.title, "kind": field.kind, "guidance": field.guidance or "", "path": path,
        }  # fmt: skip
        if field.kind == "table":
            noun = field.row or "Row"
            rows = tuple(
                Row(f"{noun} {number}", self.all(field.fields, row, f"{path}/{row['_id']}"))
                for number, row in enumerate(self.rows(field, value or ()), start=1)
            )
            return Answer(**about, rows=rows, row=noun, columns=tuple(f.title for f in field.fields))
        text = show(field, value, self.program, self.names)
        hint = DATE_HINT if field.kind == "date" else ""
        return Answer(**about, text=text, choices=tuple(choices(field, value, self.program)), hint=hint)

    def rows(self, table: FormField, value: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The rows written, then free ones: as many as the document has room for, and one at least."""
        written = list(value) or [dict(row) for row in given_rows(table)]
        yield from written
        if table.fixed_rows:
            return
        room = max(self.document.blanks.get(table.id, FREE), len(written) + 1, table.min_rows)
        taken = {row["_id"] for row in written}
        free = (f"r{n}" for n in range(1, 10_000) if f"r{n}" not in taken)
        for _ in range(min(room, table.max_rows) - len(written)):
            yield {"_id": next(free)}


def choices(field: FormField, value: Any, program: Program) -> Iterator[Choice]:
    """What can be ticked: the options and those within them, the levels of a rating, yes and no."""
    chosen = {ticked(one) for one in (value if isinstance(value, list) else [value])}
    for option, title in tickable(field, program):
        yield Choice(option, title, "", option in chosen)
    if field.other:
        given = value if isinstance(value, list) else [value]
        words = "; ".join(str(v["other"]) for v in given if isinstance(v, Mapping) and "other" in v)
        yield Choice(IN_WORDS, words, "", bool(words))


def ticked(value: Any) -> str | None:
    """The id of the box that stands for an answer."""
    match value:
        case bool():
            return "yes" if value else "no"
        case {"id": str(option), "within": str(inner)}:
            return f"{option}/{inner}"
        case {"id": str(option)} | str(option):
            return option
    return None


def slots(paper: Paper) -> Iterator[Slot]:
    """Every place to write or tick, in the order of the paper."""
    for part in paper.parts:
        yield from _slots(part.answers, "")


def _slots(answers: Iterable[Answer], within: str) -> Iterator[Slot]:
    for answer in answers:
        title = f"{within}: {answer.title}" if within else answer.title
        for row in answer.rows:
            yield from _slots(row.answers, f"{within}, {row.title}" if within else row.title)
        for choice in answer.choices:
            path = f"{answer.path}:{choice.id}"
            if choice.id == IN_WORDS:
                yield Slot(path, f"{title}: other, in words", "line", choice.title)
            else:
                kind = "tick" if answer.kind == "choices" else "one"
                yield Slot(path, f"{title}: {choice.title}", kind, ticked=choice.ticked, question=title)
        if answer.kind != "table" and not answer.choices:
            yield Slot(answer.path, title, "lines" if answer.kind == "longtext" else "line", answer.text)
