"""Pages of a list, and the sentence that says where one is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

SIZE = 25


@dataclass(frozen=True)
class Paged:
    """One page of a list, as the template's `pagination` wants it."""

    items: Sequence[Any]
    sentence: str
    previous_url: str
    next_url: str
    name: str = "Pages"


def paged(request: HttpRequest, found: QuerySet[Any], noun: str, *, size: int = SIZE) -> Paged:
    """The page that `?page=` asks for; the last one there is for a number too high, the first for none."""
    total = found.count()
    last = max(1, -(-total // size))
    asked = request.GET.get("page", "")
    number = min(int(asked), last) if asked.isdecimal() and len(asked) < 9 and int(asked) else 1
    first = (number - 1) * size
    items = list(found[first : first + size])
    return Paged(
        items=items,
        sentence=f"{noun} {first + 1} to {first + len(items)} of {total}" if total > size else "",
        previous_url=at(request, number - 1) if number > 1 else "",
        next_url=at(request, number + 1) if number < last else "",
        name=f"Pages of {noun.lower()}",
    )


def at(request: HttpRequest, number: int) -> str:
    """The address of another page of the same list."""
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"?{asked.urlencode()}"
