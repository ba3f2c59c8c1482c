"""Small pieces of plain English shared by refusals, duties and the record."""

from collections.abc import Iterable
from datetime import date


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = [w for w in words if w]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """`1 day`, `3 days`."""
    return f"{n} {noun if n == 1 else plural or noun + 's'}"


def by_count(n: int, one: str, more: str) -> str:
    """The word that agrees with a number: `by_count(n, "is", "are")`."""
    return one if n == 1 else more


def day_name(day: date) -> str:
    """`21 February 2027`, the way every sentence of the product names a day."""
    return f"{day.day} {day:%B %Y}"


def sentence(text: str) -> str:
    """A capital first and a stop last."""
    text = text.strip()
    if not text:
        return text
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!:" else text + "."
