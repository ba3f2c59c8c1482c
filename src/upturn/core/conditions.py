"""Conditions over answers, in CEL: declared, typed and checked when the program is read; bounded when evaluated.

Every answer is a variable named by its field; an unanswered one has the empty value of its type, and `answered` lists
the ids that have a value. Inside a table the columns of the row are variables too. Rows of a table are maps in a
list. Also there: `stage`, `variant`, `today` (`2026-11-22`), `finding` and `disposition` (while a decision is weighed
its own, in notices and letters the latest; elsewhere empty), and the functions `sum(list)` and `days_from(day, day)`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from cel_expr_python import cel

from upturn.core.calendar import Length
from upturn.core.program import FormField, Program

T = cel.Type
_TYPES: dict[str, tuple[Any, Any]] = {
    "text": (T.STRING, ""),
    "longtext": (T.STRING, ""),
    "integer": (T.INT, 0),
    "number": (T.DOUBLE, 0.0),
    "percent": (T.DOUBLE, 0.0),
    "money": (T.DOUBLE, 0.0),
    "date": (T.STRING, ""),
    "daterange": (T.Map(T.STRING, T.STRING), {}),
    "time": (T.STRING, ""),
    "datetime": (T.Map(T.STRING, T.STRING), {}),
    "duration": (T.INT, 0),
    "yesno": (T.BOOL, False),
    "choice": (T.STRING, ""),
    "choices": (T.List(T.STRING), []),
    "rating": (T.DOUBLE, 0.0),
    "person": (T.STRING, ""),
    "file": (T.STRING, ""),
    "computed": (T.DYN, None),
    "table": (T.List(T.Map(T.STRING, T.DYN)), []),
}
_ALWAYS = {
    "answered": T.List(T.STRING),
    "stage": T.STRING,
    "variant": T.STRING,
    "today": T.STRING,
    "finding": T.STRING,
    "disposition": T.STRING,
}
RESERVED = frozenset(_ALWAYS)


class BadCondition(ValueError):
    """A condition that does not compile, or yields something else than is wanted; the message says which."""


def _sum(values: Sequence[Any]) -> float:
    return float(sum(v for v in values if isinstance(v, int | float)))


def _days_from(start: str, end: str) -> int:
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days
    except ValueError:
        return 0


_FUNCTIONS = [
    cel.FunctionDecl(
        "sum", [cel.Overload("sum_list", return_type=T.DOUBLE, parameters=[T.List(T.DYN)], is_member=False, impl=_sum)]
    ),
    cel.FunctionDecl(
        "days_from",
        [
            cel.Overload(
                "days_from_days", return_type=T.INT, parameters=[T.STRING, T.STRING], is_member=False, impl=_days_from
            )
        ],
    ),
]


@lru_cache(maxsize=512)
def _environment(names: tuple[tuple[str, str], ...]) -> Any:
    declared = {name: _TYPES[kind][0] for name, kind in names}
    return cel.NewEnv(variables=declared | _ALWAYS, functions=_FUNCTIONS)


@lru_cache(maxsize=8192)
def _compiled(names: tuple[tuple[str, str], ...], expression: str) -> Any:
    try:
        return _environment(names).compile(expression)
    except RuntimeError as error:
        text = str(error).split("ERROR:", 1)[-1].split("[", 1)[0]
        first = text.strip().splitlines()[0] if text.strip() else str(error)
        raise BadCondition(first.split(":", 3)[-1].strip() if first.startswith("<input>") else first) from None


def scope(fields: Iterable[FormField], row: Iterable[FormField] = ()) -> tuple[tuple[str, str], ...]:
    """The variables visible to a condition: name and kind, a row's columns shadowing the fields around it."""
    return tuple(sorted(({f.id: f.kind for f in fields} | {f.id: f.kind for f in row}).items()))


@cache
def program_scope(program: Program) -> tuple[tuple[str, str], ...]:
    return scope(program.field.values())


def check(expression: str, names: tuple[tuple[str, str], ...], *, wants: str = "BOOL") -> None:
    """Compile, or raise BadCondition. `wants` is the CEL type it must yield (`ANY` for computed values)."""
    yields = _compiled(names, expression).return_type().name()
    if wants not in ("ANY", yields) and yields != "DYN":
        raise BadCondition(f"this yields {yields.lower()}, where true or false is needed")


def evaluate(expression: str, names: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> Any:
    """The value, or None when it cannot be had (a division by zero, too much work, text that is none)."""
    compiled = _compiled(names, expression)
    try:
        result = compiled.eval(data=values)
        return None if result.type() == T.ERROR else result.plain_value()
    except (RuntimeError, ValueError, TypeError, OverflowError):
        return None


def holds(expression: str | None, names: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> bool:
    """Whether a condition holds; none given holds, one that cannot be evaluated does not."""
    return expression is None or evaluate(expression, names, values) is True


def bound(fields: Iterable[FormField], answers: Mapping[str, Any], program: Program) -> dict[str, Any]:
    """Answers as CEL values, every field present, `computed` ones worked out in the order the form declares them."""
    fields = tuple(fields)
    values = {f.id: bind(f, answers.get(f.id), program) for f in fields if f.kind != "computed"}
    values["answered"] = [f.id for f in fields if is_answered(answers.get(f.id))]
    return values


def compute(fields: Iterable[FormField], names: tuple[tuple[str, str], ...], values: dict[str, Any]) -> None:
    """Fill the computed fields of `values` in place; a later one may use an earlier one."""
    for field in fields:
        if field.kind == "computed" and field.value:
            values[field.id] = None
            values[field.id] = evaluate(field.value, names, values)


def is_answered(value: Any) -> bool:
    """Whether an answer is there: a no and a zero are answers; nothing, no text and no rows are not."""
    return value is not None and not (isinstance(value, str | list | dict) and not value)


def bind(field: FormField, value: Any, program: Program) -> Any:
    """One answer as the CEL value of its kind."""
    if not is_answered(value):
        return _TYPES[field.kind][1]
    return _BINDERS.get(field.kind, lambda f, v, p: v)(field, value, program)


def _choice(_field: FormField, value: Any, _program: Program) -> str:
    return (
        "other"
        if isinstance(value, dict) and "other" in value
        else str(value["id"] if isinstance(value, dict) else value)
    )


def _rating(field: FormField, value: Any, program: Program) -> float:
    levels = program.scales[field.scale].levels if field.scale else ()
    return next((level.value for level in levels if level.id == value), 0.0)


def _rows(field: FormField, value: Any, program: Program) -> list[dict[str, Any]]:
    return [
        {c.id: bind(c, row.get(c.id), program) for c in field.fields if c.kind != "computed"}
        | {"_id": row.get("_id", "")}
        for row in value
    ]


def _days(_field: FormField, value: Any, program: Program) -> int:
    """A length as a rough number of calendar days, for comparisons; the clocks compute exactly."""
    length = Length.parse(value, units=(*program.units, *program.calendars))
    rough = {"weeks": 7.0, "months": 30.44, "years": 365.25, "business_days": 1.4, "school_days": 1.4, **program.units}
    return round(length.n * rough.get(length.unit, 1.0))


_BINDERS: dict[str, Any] = {
    "number": lambda f, v, p: float(v),
    "percent": lambda f, v, p: float(v),
    "money": lambda f, v, p: float(v),
    "choice": _choice,
    "choices": lambda f, v, p: [_choice(f, one, p) for one in v],
    "rating": _rating,
    "table": _rows,
    "duration": _days,
    "file": lambda f, v, p: ",".join(v) if isinstance(v, list) else str(v),
}


@dataclass(frozen=True, slots=True)
class Values:
    """Names and values together: what conditions of one scope are evaluated against."""

    names: tuple[tuple[str, str], ...]
    values: Mapping[str, Any]

    def holds(self, expression: str | None) -> bool:
        return holds(expression, self.names, self.values)

    def value(self, expression: str) -> Any:
        return evaluate(expression, self.names, self.values)

    def within(self, table: FormField, row: Mapping[str, Any], program: Program) -> "Values":
        """The scope of one row: its columns over the fields around it."""
        names = tuple(sorted((dict(self.names) | {c.id: c.kind for c in table.fields}).items()))
        values = dict(self.values) | bound(table.fields, row, program)
        values["answered"] = [*self.values.get("answered", []), *values["answered"]]
        compute(table.fields, names, values)
        return Values(names, values)
