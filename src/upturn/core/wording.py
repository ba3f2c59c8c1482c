"""Small pieces of plain English shared by refusals, duties and the record.

The engine speaks English in every program, also in one written in another language: a known limit. What it says is
made of the sentences of guards, verbs, fields and clocks, of `day_name` and `counted` here, and of `how` in
`calendar`; a second language would be chosen in those places, by the language of the plan.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DEEPEST = 30


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = [w for w in words if w]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """`1 day`, `3 days`."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def an(noun: str) -> str:
    """`an improvement plan`, `a growth plan`."""
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def the(noun: str) -> str:
    """`the employee`, `the CEO`, `HR`: two capitals are the name of a department, and have no article."""
    return noun if len(noun) == 2 and noun.isupper() else f"the {noun}"


def by_count(n: int, one: str, more: str) -> str:
    """The word that agrees with a number: `by_count(n, "is", "are")`."""
    return one if n == 1 else more


def day_name(day: date) -> str:
    """`21 February 2027`, the way every sentence of the product names a day."""
    return f"{day.day} {day:%B %Y}"


def tidied(value: Any, *, depth: int = 0) -> Any:
    """The same without what nothing can show or store: control characters, halves of characters, endless nesting."""
    if isinstance(value, str):
        return _UNWANTED.sub("", value)
    if isinstance(value, Mapping):
        return {tidied(k): tidied(v, depth=depth + 1) for k, v in value.items()} if depth < _DEEPEST else {}
    if isinstance(value, list | tuple):
        return type(value)(tidied(v, depth=depth + 1) for v in value) if depth < _DEEPEST else type(value)()
    return value


def sentence(text: str) -> str:
    """A capital first and a stop last."""
    text = text.strip()
    if not text:
        return text
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!:" else text + "."
