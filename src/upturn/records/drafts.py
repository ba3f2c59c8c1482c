"""Half-thoughts: kept per person and place while somebody writes, seen by their writer alone, gone once shared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from upturn.records.models import Draft, Person, Plan

MOST_CHARACTERS = 500_000


class TooLong(ValueError):
    """A draft beyond what any form here asks; the sentence says what fits."""


def save_draft(
    person: Person, plan: Plan | None, kind: str, data: Mapping[str, Any], *, base_seq: int, now: datetime
) -> Draft:
    """Keep what somebody is writing, in place of what was kept there. Raises TooLong."""
    kept = _storable(dict(data))
    if len(str(kept)) > MOST_CHARACTERS:
        raise TooLong(
            f"This is more than {MOST_CHARACTERS:,} characters, too long to keep. Shorten it, or attach it as a file."
        )
    draft, _made = Draft.objects.update_or_create(
        organization_id=person.organization_id,
        plan=plan,
        person=person,
        kind=kind[:120],
        defaults={"data": kept, "base_seq": base_seq, "updated_at": now},
    )
    return draft


def drop_draft(person: Person, plan: Plan | None, kind: str) -> None:
    """Forget a draft: it was shared, or thrown away."""
    Draft.objects.filter(organization_id=person.organization_id, plan=plan, person=person, kind=kind).delete()


def _storable(value: Any) -> Any:
    """The value without what no database keeps in JSON: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, Mapping):
        return {_storable(str(k)): _storable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(v) for v in value]
    return value
