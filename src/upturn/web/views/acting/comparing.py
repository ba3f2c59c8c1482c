"""Two states of the same questions side by side, question by question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upturn.core.fields import show
from upturn.core.program import FormField, Program
from upturn.web.shown import Names


@dataclass(frozen=True)
class Difference:
    """One question whose answer differs: where it stands in the form, and both answers as people read them."""

    title: str
    before: str
    after: str


def compared(
    fields: Iterable[FormField],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    program: Program,
    names: Names,
) -> list[Difference]:
    """The questions whose answers differ, rows matched by their id; in the order of the form."""
    return list(_differences(tuple(fields), before, after, program, names, ""))


def _differences(
    fields: Iterable[FormField],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    program: Program,
    names: Names,
    where: str,
) -> Iterator[Difference]:
    for one in fields:
        old, new = before.get(one.id), after.get(one.id)
        if one.kind == "table":
            yield from _rows(one, old or (), new or (), program, names, where)
        elif one.kind != "computed" and old != new:
            yield Difference(f"{where}{one.title}", show(one, old, program, names), show(one, new, program, names))


def _rows(table: FormField, old: Any, new: Any, program: Program, names: Names, where: str) -> Iterator[Difference]:
    name = table.row or "Row"
    known = {row.get("_id"): row for row in old}
    for number, row in enumerate(new, start=1):
        place = f"{where}{name} {number}: "
        earlier = known.pop(row.get("_id"), None)
        if earlier is None:
            yield Difference(f"{where}{name} {number}", "", summary(table, row, program, names))
        else:
            yield from _differences(table.fields, earlier, row, program, names, place)
    numbers = {row.get("_id"): n for n, row in enumerate(old, start=1)}
    for key, row in known.items():
        yield Difference(f"{where}{name} {numbers[key]}", summary(table, row, program, names), "")


def summary(table: FormField, row: Mapping[str, Any], program: Program, names: Names) -> str:
    """A whole row in one text, a line per question."""
    lines = [
        f"{f.title}: {show(f, row.get(f.id), program, names)}"
        for f in table.fields
        if f.kind != "computed" and show(f, row.get(f.id), program, names)
    ]
    return "\n".join(lines)
