"""The clock: what time alone brings is appended when it is due, exactly once, by any number of clocks at once; and the
log of each organization gets a checkpoint from time to time.
"""

from datetime import datetime

import structlog
from django.db.models import Q

from upturn.records.log import checkpoint, waiting
from upturn.records.models import Organization, Plan
from upturn.records.perform import bring_due

log = structlog.get_logger("upturn.clock")
BATCH = 200


def tick(now: datetime, limit: int = 1_000) -> int:
    """Perform what is due by `now`, on at most `limit` plans; returns on how many.

    A plan that cannot be brought up to date is logged and tried again at the next tick; the others go on.
    """
    done, last = 0, None
    while done < limit and (batch := _due(now, last, min(BATCH, limit - done))):
        last = batch[-1]
        done += sum(_bring(plan_id, now) for plan_id, _wakes_at in batch)
    return done


def _due(now: datetime, last: tuple[str, datetime] | None, size: int) -> list[tuple[str, datetime]]:
    """The next plans whose time has come, past those already tried: one that keeps failing holds nobody up."""
    due = Plan.objects.filter(wakes_at__lte=now)
    if last is not None:
        plan_id, wakes_at = last
        due = due.filter(Q(wakes_at__gt=wakes_at) | Q(wakes_at=wakes_at, pk__gt=plan_id))
    return [
        (pk, at) for pk, at in due.order_by("wakes_at", "pk").values_list("pk", "wakes_at")[:size] if at is not None
    ]


def _bring(plan_id: str, now: datetime) -> bool:
    try:
        bring_due(plan_id, now)
    except Exception:
        log.exception("clock_failed", plan=plan_id)
        return False
    return True


def keep_logs(now: datetime) -> int:
    """Make a checkpoint of each log that has waited for one; the number made. One that cannot be is logged, the others
    go on.
    """
    return sum(_checkpoint(organization, now) for organization in waiting(now))


def _checkpoint(organization: Organization, now: datetime) -> bool:
    try:
        checkpoint(organization, now)
    except Exception:
        log.exception("checkpoint_failed", organization=organization.slug)
        return False
    return True
