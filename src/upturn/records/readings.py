"""Reading a plan is logged, once per person, plan and sign-in, outside the page's own transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from upturn.records.access import Look
from upturn.records.models import Reading


def record_reading(look: Look, session_key: str, now: datetime) -> None:
    """Note that a person opened a plan. Call it after the page was made; a second time in one sign-in adds nothing."""
    session = hashlib.sha256(f"upturn/reading/{session_key}".encode()).hexdigest()
    if not Reading.objects.filter(plan=look.row, person=look.person, session=session).exists():
        reading = Reading(
            organization_id=look.row.organization_id, plan=look.row, person=look.person, session=session, at=now
        )
        Reading.objects.bulk_create([reading], ignore_conflicts=True)


def readings(look: Look) -> Sequence[Reading]:
    """Who opened the plan and when, the newest first. Ask `can(person, "readings", look)` first."""
    return list(Reading.objects.filter(plan=look.row).select_related("person").order_by("-at", "-pk")[:500])
