"""The table of guards, filled by the decorator; argument names and types are the function's own."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from upturn.core.calendar import Length
from upturn.core.case import Case
from upturn.core.program import Span
from upturn.core.refusals import Refusal

Check = Callable[..., Refusal | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: its name, its function, and `refers`: which argument names what part of a program."""

    name: str
    check: Check
    refers: Mapping[str, str]
    says: str


GUARDS: dict[str, Guard] = {}


def guard(**refers: str) -> Callable[[Check], Check]:
    """Register a guard. Keyword arguments say what its arguments refer to, so that unknown names are found."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check.__name__, check, refers, inspect.getdoc(check) or "")
        return check

    return register


@lru_cache(maxsize=256)
def _model(name: str) -> Any:
    check = GUARDS[name].check
    hints = get_type_hints(check)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(check).parameters.values())[1:]:
        hint = hints[parameter.name]
        hint = Span if hint is Length else (Span | None) if hint == (Length | None) else hint
        fields[parameter.name] = (hint, ... if parameter.default is parameter.empty else parameter.default)
    return create_model(
        f"{name}_arguments", __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields
    )


def arguments(guard_: Guard, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as the function wants them. Raises ValueError with a sentence when they are not its own."""
    return dict(_arguments(guard_.name, _frozen(args)))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ("map", tuple((k, _frozen(v)) for k, v in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(_frozen(v) for v in value))
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        kind, items = value
        return {k: _thawed(v) for k, v in items} if kind == "map" else [_thawed(v) for v in items]
    return value


@lru_cache(maxsize=4096)
def _arguments(name: str, frozen: Any) -> tuple[tuple[str, Any], ...]:
    args = _thawed(frozen)
    model = _model(name)
    known = list(model.model_fields)
    if set(args) == {""}:  # `signed_by: member` is short for the first argument
        args = {known[0]: args[""]} if known else args
    try:
        made = model.model_validate(
            {k: [v] if _is_listed(model, k) and isinstance(v, str) else v for k, v in args.items()}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise ValueError(f"{name}: {where}: {first['msg']}; it takes {', '.join(known) or 'no arguments'}") from None
    return tuple((k, getattr(made, k)) for k in known)


def _is_listed(model: Any, name: str) -> bool:
    field = model.model_fields.get(name)
    return field is not None and "tuple" in str(field.annotation)


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a guard's arguments, for editors."""
    return dict(_model(name).model_json_schema())


__all__ = ["GUARDS", "Case", "Guard", "arguments", "guard", "schema_of"]
