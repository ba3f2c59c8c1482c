"""What a plan's entries say, replayed; and what was replayed before, so that only the entries after it are read.

A remembered history is used only where it is a part of the very chain that is asked for: the next entry must follow its
head, or it must be the head. So it cannot lag and cannot say anything that the chain does not say.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

from upturn.core.events import Fact, from_json
from upturn.core.ledger import GENESIS, moment
from upturn.core.plan import Plan as CorePlan
from upturn.core.plan import evolve
from upturn.records.models import Entry, Plan

MOST = 512
"""So many plans are remembered in a process."""


@dataclass(frozen=True, slots=True)
class History:
    """What the entries of a plan up to its head say: the facts, the plan they make, the head, when it was made."""

    entries: tuple[Fact, ...] = ()
    plan: CorePlan = field(default_factory=CorePlan)
    head: str = GENESIS
    last_at: datetime | None = None


NOTHING = History()
_kept: OrderedDict[tuple[str, str], History] = OrderedDict()
_lock = Lock()


def read(row: Plan) -> History:
    """Read and replay all entries of a plan up to the row's own number. One query."""
    return _extended(NOTHING, row) or NOTHING


def remembered(row: Plan) -> History:
    """The same, from what was replayed before and the entries after it. At most two queries, mostly one or none."""
    key = (row.pk, row.organization.zone)
    past = _kept.get(key)
    if past is not None and past.plan.seq == row.seq and past.head == row.head:
        return past
    fresh = (_extended(past, row) if past is not None and past.plan.seq < row.seq else None) or read(row)
    if past is None or past.plan.seq <= fresh.plan.seq:
        _keep(key, fresh)
    return fresh


def remember(row: Plan, history: History) -> None:
    """Keep a history that is now committed."""
    _keep((row.pk, row.organization.zone), history)


def forget() -> None:
    """Remember nothing, as a process that just began."""
    with _lock:
        _kept.clear()


def _keep(key: tuple[str, str], history: History) -> None:
    with _lock:
        _kept[key] = history
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def _extended(past: History, row: Plan) -> History | None:
    """A history with the entries after it. None when they do not follow it, or when they erase what it still knows."""
    zone = ZoneInfo(row.organization.zone)
    later = Entry.objects.filter(plan=row, seq__gt=past.plan.seq, seq__lte=row.seq).order_by("seq")
    stored = list(later.values_list("seq", "type", "at_text", "actor", "prev", "leaf", "payload__body"))
    if past is not NOTHING and (not stored or stored[0][4] != past.head or any(s[1] == "Erased" for s in stored)):
        return None
    facts, plan, head = [], past.plan, past.head
    for seq, kind, at, actor, _prev, leaf, body in stored:
        event = from_json(kind, json.loads(body)) if body is not None else None
        fact = Fact(seq, moment(at).astimezone(zone), actor, event)
        plan = evolve(plan, fact)
        facts.append(fact)
        head = leaf
    return History((*past.entries, *facts), plan, head, facts[-1].at if facts else past.last_at)
