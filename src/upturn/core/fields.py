"""Kinds of field: clean an answer, show it, describe it as JSON Schema. One row of `KINDS` per kind.

Answers are JSON values: text as text, days as `2026-11-22`, a length as `30 days`, money as a decimal string, a
choice as its option's id (`{"other": "..."}` for one in words, `{"id": ..., "within": ...}` for one with a
sub-choice), a rating as its level's id, a person as `@p3` (somebody on the plan) or a plain name, a file as a list of
attachment ids, and a table as a list of rows, each with a stable `_id`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import nan
from typing import Any

from upturn.core.calendar import Length
from upturn.core.conditions import Values, is_answered
from upturn.core.program import Check, FormField, Option, Program
from upturn.core.refusals import Refusal
from upturn.core.wording import counted, day_name, listed, tidied

DEFAULT_MAX_LENGTH = {"text": 500, "longtext": 20_000, "person": 200}


class Unfit(ValueError):
    """An answer that does not fit its field; the message says what would."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of field can do. `clean` raises Unfit; `schema` is the JSON Schema of its answer."""

    clean: Callable[[FormField, Any, Program], Any]
    show: Callable[[FormField, Any, Program, Callable[[str], str]], str]
    schema: Callable[[FormField, Program], dict[str, Any]]


# -- cleaning -------------------------------------------------------------------------------------------------------


def _text(field: FormField, value: Any, _program: Program) -> str:
    if not isinstance(value, str):
        raise Unfit("Write this as text")
    text = str(tidied(value.replace("\r\n", "\n"))).strip()
    most = field.max_length or DEFAULT_MAX_LENGTH[field.kind]
    if len(text) > most:
        raise Unfit(f"This is {len(text):,} characters long; at most {most:,} fit")
    return text


def number_of(value: Any) -> int | float:
    """A number as people write one: `1,250`, `12 %`. Raises Unfit."""
    try:
        number = float(str(value).replace(",", "").rstrip("% "))
    except ValueError:
        number = nan
    if isinstance(value, bool) or not abs(number) <= 1e12:  # nan is not
        raise Unfit("Enter a number, for example 12")
    return int(number) if number == int(number) else number


def _number(field: FormField, value: Any, _program: Program) -> int | float:
    number = number_of(value)
    if field.kind == "integer" and number != int(number):
        raise Unfit("Enter a whole number, for example 12")
    _bounds(field, number)
    return number


def _bounds(field: FormField, number: float) -> None:
    unit = f" {field.unit}" if field.unit else ""
    if field.min is not None and number < field.min:
        raise Unfit(f"Enter {field.min:g}{unit} or more")
    if field.max is not None and number > field.max:
        raise Unfit(f"Enter {field.max:g}{unit} or less")


def _money(field: FormField, value: Any, _program: Program) -> str:
    try:
        amount = Decimal(str(value).replace(",", "").strip().lstrip("$€£"))
        if not amount.is_finite() or abs(amount) > Decimal("1e12"):
            raise InvalidOperation
    except InvalidOperation:
        raise Unfit("Enter an amount, for example 1250.00") from None
    _bounds(field, float(amount))
    return f"{amount:.2f}"


def _day(_field: FormField, value: Any, _program: Program) -> str:
    try:
        day = date.fromisoformat(str(value).strip())
    except ValueError:
        raise Unfit("Enter a date, for example 2027-03-15") from None
    if not 1900 <= day.year <= 2200:
        raise Unfit("Enter a date between 1900 and 2200")
    return day.isoformat()


def _daterange(field: FormField, value: Any, program: Program) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - {"from", "to"}:
        raise Unfit("Enter a first and a last day")
    days = {k: _day(field, v, program) for k, v in value.items() if v}
    if len(days) == 2 and days["to"] < days["from"]:
        raise Unfit("The last day is before the first day")
    return days


def _time(_field: FormField, value: Any, _program: Program) -> str:
    text = str(value).strip()
    try:
        return time.fromisoformat(f"0{text}" if text[1:2] == ":" else text).strftime("%H:%M")
    except ValueError:
        raise Unfit("Enter a time, for example 14:30") from None


def _datetime(_field: FormField, value: Any, _program: Program) -> dict[str, str]:
    parts = dict(value) if isinstance(value, Mapping) else {"at": value}
    if set(parts) - {"at", "place"}:
        raise Unfit("Enter a date and time, and a place if there is one")
    try:
        at = datetime.fromisoformat(str(parts.get("at", "")).strip()).replace(tzinfo=None)
    except ValueError:
        raise Unfit("Enter a date and time, for example 2027-03-15 14:30") from None
    place = str(tidied(str(parts.get("place") or ""))).strip()[:200]
    return {"at": at.isoformat(timespec="minutes")} | ({"place": place} if place else {})


def _duration(_field: FormField, value: Any, program: Program) -> str:
    units = (*program.units, *program.calendars)
    try:
        return str(Length.parse(f"{value} days" if str(value).strip().isdigit() else value, units=units))
    except ValueError as error:
        raise Unfit(str(error)) from None


def _yesno(_field: FormField, value: Any, _program: Program) -> bool:
    if isinstance(value, bool):
        return value
    answer = {"yes": True, "true": True, "no": False, "false": False}.get(str(value).strip().lower())
    if answer is None:
        raise Unfit("Choose yes or no")
    return answer


def options_of(field: FormField, program: Program) -> tuple[Option, ...]:
    """The options of a choice, its own or its catalogue's."""
    return program.catalogues[field.catalogue].options if field.catalogue else field.options


def tickable(field: FormField, program: Program) -> Iterator[tuple[str, str]]:
    """The ids of the boxes of a question and what stands beside them."""
    match field.kind:
        case "yesno":
            yield from (("yes", "Yes"), ("no", "No"))
        case "rating":
            levels = program.scales[field.scale].levels if field.scale else ()
            yield from ((level.id, f"{level.value:g}, {level.title}") for level in levels)
        case "choice" | "choices":
            for option in options_of(field, program):
                yield option.id, option.title
                yield from ((f"{option.id}/{i.id}", f"{option.title}: {i.title}") for i in option.options)


def _choice(field: FormField, value: Any, program: Program) -> Any:
    options = {o.id: o for o in options_of(field, program)}
    if isinstance(value, Mapping) and "other" in value:
        if not field.other:
            raise Unfit("Choose one of the options given")
        return {"other": _text(field.model_copy(update={"kind": "text", "max_length": 500}), value["other"], program)}
    chosen, within = (value.get("id"), value.get("within")) if isinstance(value, Mapping) else (value, None)
    option = options.get(chosen) if isinstance(chosen, str) else None
    if option is None:
        raise Unfit("Choose one of the options given")
    if within is None:
        return option.id
    if within not in [o.id for o in option.options]:  # a list: what was sent may be anything
        raise Unfit(f"Choose one of the options under “{option.title}”")
    return {"id": option.id, "within": within}


def _choices(field: FormField, value: Any, program: Program) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise Unfit("Choose from the options given")
    chosen = [_choice(field, one, program) for one in value]
    return [one for n, one in enumerate(chosen) if one not in chosen[:n]]


def _rating(field: FormField, value: Any, program: Program) -> str:
    levels = program.scales[field.scale].levels if field.scale else ()
    level = next((level for level in levels if value in (level.id, level.value)), None)
    if level is None:
        raise Unfit("Choose one of the levels given")
    return level.id


def _file(_field: FormField, value: Any, _program: Program) -> list[str]:
    ids = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []
    if not all(isinstance(i, str) and re.fullmatch(r"a[0-9]{1,6}", i) for i in ids):
        raise Unfit("Attach the file to the plan, then choose it here")
    return ids


def _never(_field: FormField, _value: Any, _program: Program) -> Any:
    raise Unfit("This is worked out, not written")


# -- showing --------------------------------------------------------------------------------------------------------

Names = Callable[[str], str]


def _plain(field: FormField, value: Any, _program: Program, _names: Names) -> str:
    return f"{value} {field.unit}" if field.unit else str(value)


def _show_number(field: FormField, value: Any, _program: Program, _names: Names) -> str:
    number = f"{value:,.10g}" if isinstance(value, int | float) else str(value)
    return f"{number} %" if field.kind == "percent" else f"{number} {field.unit}" if field.unit else number


def _show_day(_field: FormField, value: Any, _program: Program, _names: Names) -> str:
    return day_name(date.fromisoformat(value))


def _show_range(_field: FormField, value: Any, _program: Program, _names: Names) -> str:
    return " to ".join(day_name(date.fromisoformat(value[k])) for k in ("from", "to") if value.get(k))


def _show_moment(_field: FormField, value: Any, _program: Program, _names: Names) -> str:
    at = datetime.fromisoformat(value["at"])
    place = f", {value['place']}" if value.get("place") else ""
    return f"{day_name(at.date())} at {at:%H:%M}{place}"


def _show_choice(field: FormField, value: Any, program: Program, _names: Names) -> str:
    if isinstance(value, Mapping) and "other" in value:
        return str(value["other"])
    chosen, within = (value["id"], value.get("within")) if isinstance(value, Mapping) else (value, None)
    option = next((o for o in options_of(field, program) if o.id == chosen), None)
    if option is None:
        return str(chosen)
    inner = next((o.title for o in option.options if o.id == within), None)
    return f"{option.title}: {inner}" if inner else option.title


def _show_choices(field: FormField, value: Any, program: Program, names: Names) -> str:
    return "; ".join(_show_choice(field, one, program, names) for one in value)


def _show_rating(field: FormField, value: Any, program: Program, _names: Names) -> str:
    levels = program.scales[field.scale].levels if field.scale else ()
    return next((f"{level.value:g}, {level.title}" for level in levels if level.id == value), str(value))


def _show_person(_field: FormField, value: Any, _program: Program, names: Names) -> str:
    return names(value[1:]) if isinstance(value, str) and value.startswith("@") else str(value)


def _show_rows(field: FormField, value: Any, _program: Program, _names: Names) -> str:
    return counted(len(value), (field.row or "row").lower())


def _schema(kind: str, **more: Any) -> Callable[[FormField, Program], dict[str, Any]]:
    return lambda field, program: {"type": kind, "title": field.title, **more}


def _choice_schema(field: FormField, program: Program) -> dict[str, Any]:
    ids = [o.id for o in options_of(field, program)]
    plain: dict[str, Any] = {"type": "string", "enum": ids}
    return {"title": field.title, "anyOf": [plain, {"type": "object"}]}


def _rows_schema(field: FormField, program: Program) -> dict[str, Any]:
    columns = {c.id: KINDS[c.kind].schema(c, program) for c in field.fields}
    row = {"type": "object", "properties": {"_id": {"type": "string"}, **columns}, "additionalProperties": False}
    return {"type": "array", "title": field.title, "items": row, "maxItems": field.max_rows}


def _rows_clean(_field: FormField, value: Any, _program: Program) -> Any:
    return value  # tables are cleaned by `clean_answers`, which knows the scope of their conditions


KINDS: Mapping[str, Kind] = {
    "text": Kind(_text, _plain, _schema("string")),
    "longtext": Kind(_text, _plain, _schema("string")),
    "integer": Kind(_number, _show_number, _schema("integer")),
    "number": Kind(_number, _show_number, _schema("number")),
    "percent": Kind(_number, _show_number, _schema("number")),
    "money": Kind(_money, lambda f, v, p, n: f"{f.currency or ''} {Decimal(v):,.2f}".strip(), _schema("string")),
    "date": Kind(_day, _show_day, _schema("string", format="date")),
    "daterange": Kind(_daterange, _show_range, _schema("object")),
    "time": Kind(_time, _plain, _schema("string")),
    "datetime": Kind(_datetime, _show_moment, _schema("object")),
    "duration": Kind(_duration, _plain, _schema("string")),
    "yesno": Kind(_yesno, lambda f, v, p, n: "Yes" if v else "No", _schema("boolean")),
    "choice": Kind(_choice, _show_choice, _choice_schema),
    "choices": Kind(_choices, _show_choices, lambda f, p: {"type": "array", "items": _choice_schema(f, p)}),
    "rating": Kind(_rating, _show_rating, _schema("string")),
    "person": Kind(_text, _show_person, _schema("string")),
    "file": Kind(_file, lambda f, v, p, n: counted(len(v), "file"), _schema("array", items={"type": "string"})),
    "computed": Kind(_never, _show_number, _schema("number")),
    "table": Kind(_rows_clean, _show_rows, _rows_schema),
}


def show(field: FormField, value: Any, program: Program, names: Names = str) -> str:
    """An answer as a person reads it; an empty one as an empty string."""
    if not is_answered(value):
        return ""
    return KINDS[field.kind].show(field, value, program, names)


# -- whole sets of answers ------------------------------------------------------------------------------------------


Named = Callable[[FormField, Any], str]
"""What is wrong with whom or what an answer names; empty when nothing is."""


def clean_answers(
    fields: Iterable[FormField],
    answers: Mapping[str, Any],
    around: Values,
    program: Program,
    *,
    path: str = "",
    fresh: bool = False,
    named: Named = lambda field, value: "",
) -> tuple[dict[str, Any], list[Refusal]]:
    """Cleaned answers and every problem at once, each naming its field by path (`steps.2.due`).

    Unknown fields and empty answers are dropped; answers to hidden fields are dropped too, because nobody was asked
    them. `around` is the scope of conditions outside these fields. `fresh`: these are asked for the first time, so that
    a default stands where an answer is not there at all; one that is there and empty stays empty.
    """
    fields = tuple(fields)
    if fresh:
        answers = {**{f.id: f.default for f in fields}, **answers}
    problems: list[Refusal] = []
    cleaned: dict[str, Any] = {}
    for field in sorted(fields, key=lambda f: f.kind == "table"):  # rows are judged beside the answers given with them
        value = answers.get(field.id)
        if field.kind == "computed" or not is_answered(value):
            continue
        where = f"{path}{field.id}"
        if field.kind == "table":
            beside = inside(fields, _shown(fields, cleaned, around, program), around, program)
            rows, found = _clean_rows(field, value, beside, program, where, fresh, named)
            cleaned[field.id] = rows
            problems += found
            continue
        try:
            cleaned[field.id] = KINDS[field.kind].clean(field, value, program)
        except Unfit as error:
            problems.append(Refusal("answer", f"{field.title}: {error}.", field.cites, field=where))
    cleaned = _shown(fields, cleaned, around, program)
    scope = inside(fields, cleaned, around, program)
    for field in fields:
        if field.id in cleaned:
            problems += _unmet_options(field, cleaned[field.id], scope, program, f"{path}{field.id}")
            if says := named(field, cleaned[field.id]):
                problems.append(Refusal("answer", f"{field.title}: {says}.", field.cites, field=f"{path}{field.id}"))
            if field.kind != "table":
                problems += unmet(field.checks, scope, f"{path}{field.id}")
    return cleaned, problems


def _shown(
    fields: tuple[FormField, ...], answers: Mapping[str, Any], around: Values, program: Program
) -> dict[str, Any]:
    """The answers to questions that are asked with these answers, in the order of the form."""
    scope = inside(fields, answers, around, program)
    return {
        f.id: answers[f.id] for f in fields if f.id in answers and scope.holds(f.show_if) and is_answered(answers[f.id])
    }


def inside(fields: Iterable[FormField], answers: Mapping[str, Any], around: Values, program: Program) -> Values:
    """The scope that has these fields over what is around them."""
    virtual = FormField(id="scope", title="scope", kind="table", fields=tuple(fields))
    return around.within(virtual, answers, program)


def _clean_rows(
    table: FormField, value: Any, around: Values, program: Program, path: str, fresh: bool, named: Named
) -> tuple[list[dict[str, Any]], list[Refusal]]:
    problems: list[Refusal] = []
    rows = [dict(r) for r in value if isinstance(r, Mapping)] if isinstance(value, list | tuple) else []
    if table.fixed_rows:
        problems += _refuse_in_given(table, rows, path)
        rows = within_given(table, rows)
    elif len(rows) > table.max_rows:
        problems.append(Refusal("rows", f"{table.title}: at most {counted(table.max_rows, 'row')} fit.", field=path))
        rows = rows[: table.max_rows]
    taken = {r["_id"] for r in rows if isinstance(r.get("_id"), str)}
    free = (f"r{n}" for n in range(1, 10_000) if f"r{n}" not in taken)
    result: list[dict[str, Any]] = []
    used: set[str] = set()
    for number, row in enumerate(rows):
        begun = fresh and any(is_answered(v) for k, v in row.items() if k != "_id")
        where = f"{path}.{number}."
        cleaned, found = clean_answers(table.fields, row, around, program, path=where, fresh=begun, named=named)
        given = row.get("_id")
        keep = isinstance(given, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,30}", given) and given not in used
        if not cleaned and not (keep and table.fixed_rows):
            continue
        row_id = str(given) if keep else next(free)
        used.add(row_id)
        problems += found
        if not found:
            problems += unmet(table.checks, around.within(table, cleaned, program), f"{path}.{number}")
        result.append({"_id": row_id, **cleaned})
    return result, problems


def given_rows(table: FormField) -> list[dict[str, Any]]:
    """The rows that the form itself gives, each with its `_id`: `r1`, `r2` ... where the form names none."""
    return [{"_id": f"r{n}"} | dict(row) for n, row in enumerate(table.rows, start=1)]


def within_given(table: FormField, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a table with `fixed_rows` with what was written in them; what the form says stands.

    A row belongs to the given row of its `_id`; one without an `_id`, to the one at its place.
    """
    written = {_given_id(table, row, n): row for n, row in enumerate(rows)}
    return [dict(written.get(row["_id"], {})) | row for row in given_rows(table)]


def _given_id(table: FormField, row: Mapping[str, Any], place: int) -> str:
    own = row.get("_id")
    if isinstance(own, str):
        return own
    given = given_rows(table)
    return str(given[place]["_id"]) if place < len(given) else ""


def _refuse_in_given(table: FormField, rows: Sequence[Mapping[str, Any]], path: str) -> list[Refusal]:
    """Rows that the form does not have, and words of the form that were changed."""
    given = {row["_id"]: row for row in given_rows(table)}
    ids = [_given_id(table, row, n) for n, row in enumerate(rows)]
    problems = []
    if not set(ids) <= set(given):
        problems.append(Refusal("rows", f"{table.title}: its rows are given, and none is added.", field=path))
    for number, (row_id, row) in enumerate(zip(ids, rows, strict=True)):
        for cell, says in given.get(row_id, {}).items():
            if cell != "_id" and is_answered(row.get(cell)) and str(row[cell]) != str(says):
                stands = f"{table.title}: “{says}” stands in the form and is not changed."
                problems.append(Refusal("rows", stands, field=f"{path}.{number}.{cell}"))
    return problems


def unmet(checks: Iterable[Check], scope: Values, path: str) -> list[Refusal]:
    """The sentences of the checks that do not hold."""
    return [Refusal("check", c.says, c.cites, field=path) for c in checks if not scope.holds(c.that)]


def _unmet_options(field: FormField, value: Any, scope: Values, program: Program, path: str) -> list[Refusal]:
    if field.kind not in ("choice", "choices"):
        return []
    chosen = {
        v["id"] if isinstance(v, Mapping) and "id" in v else v
        for v in (value if isinstance(value, list) else [value])
        if not (isinstance(v, Mapping) and "other" in v)
    }
    closed = [o for o in options_of(field, program) if o.id in chosen and not scope.holds(o.show_if)]
    cites = program.catalogues[field.catalogue].cites if field.catalogue else field.cites
    says = {o.id: o.why_not or f"{field.title}: “{o.title}” is not open here." for o in closed}
    return [Refusal("option", says[o.id], cites, field=path) for o in closed]


def missing(fields: Iterable[FormField], answers: Mapping[str, Any], around: Values, program: Program) -> Iterator[str]:
    """What is still to be written, as phrases: "Situation", "Who (step 2)". Hidden fields are never missing."""
    fields = tuple(fields)
    scope = inside(fields, answers, around, program)
    for field in fields:
        if field.kind == "computed" or not scope.holds(field.show_if):
            continue
        value = answers.get(field.id)
        needed = field.required or (field.required_if is not None and scope.holds(field.required_if))
        if field.kind == "table":
            yield from _missing_rows(field, value or [], needed, scope, program)
        elif needed and not is_answered(value):
            yield field.title


def _missing_rows(
    table: FormField, rows: list[dict[str, Any]], needed: bool, scope: Values, program: Program
) -> Iterator[str]:
    least = max(table.min_rows, 1 if needed else 0)
    name = (table.row or "row").lower()
    if len(rows) < least and (needed or table.min_rows):
        yield f"{table.title} ({'at least ' if table.max_rows > least else ''}{counted(least, name)})"
    for number, row in enumerate(rows, start=1):
        for phrase in missing(table.fields, row, scope, program):
            yield f"{phrase} ({name} {number})"


def missing_sentence(phrases: Iterable[str], *, most: int = 6) -> str:
    """`Situation, Steps (at least 1 step) and 3 more`."""
    all_ = list(phrases)
    shown = all_[:most] + ([counted(len(all_) - most, "more", "more")] if len(all_) > most else [])
    return listed(shown)
