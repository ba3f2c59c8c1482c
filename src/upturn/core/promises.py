"""What the program promised beside what was done: read before a decision, and kept in its entry."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from upturn.core.calendar import days_between
from upturn.core.case import Case
from upturn.core.clocks import day_of
from upturn.core.guards.record import overdue, undelivered
from upturn.core.wording import counted, day_name, listed


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: in a few words what was promised and what was done, and whether it was kept (None: not over yet)."""

    what: str
    promised: str
    done: str
    kept: bool | None

    def to_json(self) -> dict[str, Any]:
        return {k: v for k, v in asdict(self).items() if v is not None}


def promises(case: Case) -> list[Promise]:
    """Days, check-ins, support, answers to suggestions: everything the program owed the person so far."""
    return [*_days(case), *_check_ins(case), *_support(case), *_answers(case)]


def _days(case: Case) -> Iterator[Promise]:
    for clock_id, state in case.plan.clocks.items():
        spec = case.program.clock[clock_id]
        full = days_between(state.start, state.original, first_day_counts=spec.first_day_counts)
        given = min(day_of(case, state), days_between(state.start, state.end, first_day_counts=spec.first_day_counts))
        promised = f"{counted(full, 'day')}, until {day_name(state.original)}"
        if state.end != state.original:
            promised += f"; as adjusted, until {day_name(state.end)}"
        over = case.today > state.end or state.stopped
        yield Promise(
            spec.title, promised, f"{counted(given, 'day')} given", given >= full if over or given >= full else None
        )


def _check_ins(case: Case) -> Iterator[Promise]:
    live = [c for c in case.plan.checkins.values() if not c.cancelled]
    for rhythm in case.program.checkins:
        own = [c for c in live if c.rhythm == rhythm.id]
        if not own:
            continue
        held = [c for c in own if c.held]
        late = overdue(case, rhythm.id)
        done = f"{len(held)} held"
        if late:
            more = [f"{len(late) - 4} more"] if len(late) > 4 else []
            done += f"; not held: {listed([*(day_name(c.due) for c in late[:4]), *more])}"
        moved = sum(1 for c in own if c.moves)
        done += f"; {moved} moved" if moved else ""
        ahead = any(c.due >= case.today and not c.held for c in own)
        yield Promise(rhythm.title, counted(len(own), "check-in"), done, False if late else None if ahead else True)


def _support(case: Case) -> Iterator[Promise]:
    support = case.program.support
    rows = case.rows(support.table) if support else ()
    if not rows:
        return
    lacking = undelivered(case)
    done = (
        "all delivered"
        if not lacking
        else f"{len(rows) - len(lacking)} delivered; not delivered: {listed(lacking[:4])}"
    )
    yield Promise("Support", counted(len(rows), "commitment"), done, not lacking)


def _answers(case: Case) -> Iterator[Promise]:
    suggested = [c for c in case.plan.comments.values() if c.proposed]
    if suggested:
        open_ = [c for c in suggested if not c.answered]
        yield Promise(
            "Suggested changes",
            f"an answer to each of {len(suggested)}",
            f"{len(suggested) - len(open_)} answered",
            not open_,
        )
