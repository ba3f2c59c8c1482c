"""Answers as people read them: rows of a summary list, tables as blocks of rows, hidden questions left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from upturn.core.conditions import Values, is_answered
from upturn.core.fields import inside, show
from upturn.core.program import FormField, Program

Names = Callable[[str], str]


@dataclass(frozen=True)
class Shown:
    """One question with its answer: `words` for a person's own text (markdown), `rows` for a table, else `value`."""

    title: str
    value: str = ""
    words: str = ""
    rows: tuple["ShownRow", ...] = ()
    table: bool = False
    cites: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    field: str = ""
    says: str = ""

    @property
    def empty(self) -> bool:
        return not (self.value or self.words or self.rows)


@dataclass(frozen=True)
class ShownRow:
    """One row of a table, with what it is called ("Step 1") and its own answers."""

    id: str
    title: str
    answers: tuple[Shown, ...] = field(default_factory=tuple)


def shown_answers(
    fields: Iterable[FormField],
    answers: Mapping[str, Any],
    around: Values,
    program: Program,
    names: Names,
    *,
    blanks: bool = False,
) -> tuple[Shown, ...]:
    """The answers a person reads; `blanks` also lists questions without an answer."""
    fields = tuple(fields)
    scope = inside(fields, answers, around, program)
    found = []
    for one in fields:
        value = scope.values.get(one.id) if one.kind == "computed" else answers.get(one.id)
        if scope.holds(one.show_if) and (blanks or is_answered(value)):
            found.append(_shown(one, value, scope, program, names, blanks=blanks))
    return tuple(found)


def _shown(one: FormField, value: Any, scope: Values, program: Program, names: Names, *, blanks: bool) -> Shown:
    if one.kind == "table":
        rows = tuple(
            ShownRow(
                str(row.get("_id", number)),
                f"{one.row or 'Row'} {number}",
                shown_answers(one.fields, row, scope, program, names, blanks=blanks),
            )
            for number, row in enumerate(value or (), start=1)
        )
        return Shown(one.title, rows=rows, table=True, cites=one.cites, field=one.id)
    text = show(one, value, program, names)
    if one.kind == "longtext":
        return Shown(one.title, words=text, cites=one.cites, field=one.id)
    files = tuple(value) if one.kind == "file" and isinstance(value, list | tuple) else ()
    return Shown(one.title, value=text, cites=one.cites, files=files, field=one.id)
