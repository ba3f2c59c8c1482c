"""What is being worked on: goals with their charts, support, items, check-ins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upturn.core.case import Case
from upturn.core.fields import show
from upturn.core.plan import CheckInState
from upturn.core.program import CheckIn, GoalTable
from upturn.core.timing import checkins_ahead
from upturn.core.verbs.items import due_of, stage_of
from upturn.core.wording import counted, day_name, listed
from upturn.records.access import Look
from upturn.web.addresses import address
from upturn.web.charts import Chart, amount, progress_chart
from upturn.web.page.words import present_names
from upturn.web.shown import Shown, shown_answers


@dataclass(frozen=True)
class Goal:
    """One goal as its page part needs it: title, its parts, its chart."""

    number: int
    title: str
    facts: tuple[tuple[str, str], ...]
    chart: Chart | None
    state: str
    observations: tuple[str, ...]
    doings: tuple[dict[str, str], ...]


def goals(found: Look) -> Iterator[Goal]:
    case = found.case
    for table in case.program.goals:
        home = case.program.home.get(table.table, "")
        if not home or not found.sees_section(home):
            continue
        for number, row in enumerate(case.rows(table.table), start=1):
            yield _goal(found, table, number, row)


GOAL_TITLES = {
    "baseline": "Where it stood at the start",
    "target": "Level to reach",
    "measure": "What is measured",
    "due": "By",
    "source": "Checked in",
    "judge": "Who determines completion",
    "support": "Help",
    "objective": "Serves",
}


def _goal(found: Look, table: GoalTable, number: int, row: Mapping[str, Any]) -> Goal:
    case = found.case
    columns = case.program.column[table.table]
    facts = []
    for part, title in GOAL_TITLES.items():
        column = getattr(table, part)
        if column and row.get(column) not in (None, ""):
            shown = show(columns[column], row[column], case.program, case.names)
            facts.append((title, in_units(table, row, row[column], shown) if part in ("baseline", "target") else shown))
    points = progress_points(found, table.table, str(row["_id"]))
    observations = tuple(
        f"{day_name(check.held)}: {p['observation']} ({p.get('source', '')})"
        for check, p in _progress(found, table.table, str(row["_id"]))
        if p.get("observation") and check.held
    )
    state, doings = "", ()
    spec = case.program.item.get(table.table)
    if spec:
        stage = stage_of(case, spec, str(row["_id"]))
        state = next(s.title for s in spec.stages if s.id == stage)
        doings = item_doings(found, table.table, str(row["_id"]))
    title = str(row.get(table.text) or f"Goal {number}")
    return Goal(number, title, tuple(facts), _chart(table, row, points, title), state, observations, doings)


def in_units(table: GoalTable, row: Mapping[str, Any], value: Any, shown: str = "") -> str:
    """A number of a goal with what it is counted in; what is no number as it is shown."""
    unit, number = str(row.get(table.unit or "") or ""), _number(value)
    if number is None or not unit:
        return shown or str(value)
    return amount(number, unit)


def latest(found: Look, table: GoalTable, row: Mapping[str, Any]) -> str:
    """Where a goal stands: the last number a check-in recorded, with its day; nothing where none did."""
    recorded = [(c, p) for c, p in _progress(found, table.table, str(row["_id"])) if "value" in p and c.held]
    if not recorded:
        return ""
    check, last = recorded[-1]
    source = f" ({last['source']})" if last.get("source") else ""
    return f"{in_units(table, row, last['value'])}, at the check-in of {day_name(check.held or check.due)}{source}"


def _progress(found: Look, table: str, row: str) -> list[tuple[CheckInState, Mapping[str, Any]]]:
    """What the check-ins this person reads report on a goal, the earliest first."""
    held = [c for c in found.plan.checkins.values() if c.held and found.reads_entry(c.held_seq)]
    ordered = sorted(held, key=lambda c: (c.held or date.min, c.held_seq))
    return [(c, p) for c in ordered for p in c.progress if p.get("table") == table and p.get("row") == row]


def progress_points(found: Look, table: str, row: str) -> list[tuple[date, float | None]]:
    """Day and number of each check-in that reported on a goal; None where only words were given."""
    return [(c.held, float(p["value"]) if "value" in p else None) for c, p in _progress(found, table, row) if c.held]


def _chart(
    table: GoalTable, row: Mapping[str, Any], points: list[tuple[date, float | None]], title: str
) -> Chart | None:
    if not any(value is not None for _, value in points):
        return None
    due = row.get(table.due or "")
    falls = row.get(table.direction or "") == "at_most"
    return progress_chart(
        points,
        target=_number(row.get(table.target or "")),
        baseline=_number(row.get(table.baseline or "")),
        unit=str(row.get(table.unit or "") or ""),
        title=title[:80],
        direction="down" if falls else "up",
        due=date.fromisoformat(due) if isinstance(due, str) and due else None,
    )


def _number(value: Any) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except (TypeError, ValueError):
        return None


def item_doings(found: Look, table: str, row: str) -> tuple[dict[str, str], ...]:
    """What this person may do with an item."""
    spec = found.case.program.item[table]
    open_ = [m for m in spec.moves if f"item:{table}/{row}/{m.id}" in found.offers]
    return tuple({"title": m.title, "url": address(found.row.pk, f"item:{table}/{row}/{m.id}")} for m in open_)


def items(found: Look) -> Iterator[dict[str, Any]]:
    """Item tables that are neither goals nor support: a table of rows with where each stands."""
    case = found.case
    apart = {g.table for g in case.program.goals} | ({case.program.support.table} if case.program.support else set())
    for spec in case.program.items:
        home = case.program.home.get(spec.table, "")
        if spec.table in apart or not found.sees_section(home):
            continue
        yield item_table(found, spec.table)


def item_table(found: Look, table: str) -> dict[str, Any]:
    case = found.case
    spec = case.program.item[table]
    field = case.program.field[table]
    first = field.fields[0]
    stages = {s.id: s for s in spec.stages}
    rows = []
    for number, row in enumerate(case.rows(table), start=1):
        stage = stages[stage_of(case, spec, str(row["_id"]))]
        state = case.plan.items.get((table, str(row["_id"])))
        due = due_of(case, spec, row)
        rows.append(
            {
                "title": show(first, row.get(first.id), case.program, case.names) or f"{spec.title} {number}",
                "number": number,
                "status": stage.title,
                "open": stage.open,
                "due": due,
                "original": state.original_due if state else None,
                "late": bool(stage.open and due and due < case.today),
                "doings": item_doings(found, table, str(row["_id"])),
            }
        )
    return {"title": field.title, "rows": rows, "item": spec.title}


def support(found: Look) -> dict[str, Any] | None:
    """What the organization promised and delivered (C-03)."""
    spec = found.case.program.support
    home = found.case.program.home.get(spec.table, "") if spec else ""
    if spec is None or not found.sees_section(home) or spec.table not in found.case.program.item:
        return None
    return item_table(found, spec.table)


def check_ins(found: Look) -> dict[str, Any]:
    """Every check-in: the last one, what is missed and the next two near at hand, all others behind a link."""
    case = found.case
    live = [c for c in case.plan.checkins.values() if not c.cancelled and c.rhythm in case.program.checkin]
    ordered = sorted(live, key=lambda c: (c.due, c.id))
    past = [c for c in ordered if c.held or c.due < case.today]
    ahead = checkins_ahead(case)
    fallen = len(ordered) - len(past) - len(ahead)
    ordered = [c for c in ordered if c in past or c in ahead]
    near = [c for c in past if not c.held][-2:] + past[-1:] + ahead[:2]
    chosen = {c.id for c in near}
    held = sum(1 for c in live if c.held)
    missed = sum(1 for c in live if c.missed and not c.held)
    said = [f"{held} of {counted(len(live), 'check-in')} held"]
    said += [f"{missed} missed"] if missed else []
    said += [f"{fallen} no longer due"] if fallen else []
    said += [f"{len(ahead)} to come"] if case.open else []
    return {
        "sentence": f"{', '.join(said)}.",
        "near": [_check_in(found, c) for c in ordered if c.id in chosen],
        "rest": [_check_in(found, c) for c in ordered if c.id not in chosen],
    }


def _check_in(found: Look, check: CheckInState) -> dict[str, Any]:
    case = found.case
    spec = case.program.checkin[check.rhythm]
    status = (
        f"Held {day_name(check.held)}"
        if check.held
        else "Missed"
        if check.missed
        else "Today"
        if check.due == case.today
        else ""
    )
    if check.held and check.missed:
        status = f"Missed, held late on {day_name(check.held)}"
    moves = [f"Moved from {day_name(a)} to {day_name(b)}: {why}" for a, b, why in check.moves]
    doings = [
        {"title": title, "url": address(found.row.pk, f"{verb}:{check.id}")}
        for verb, title in (
            ("prepare", "Write your part"),
            ("check_in", "Record it as held"),
            ("reschedule", "Move it"),
        )
        if f"{verb}:{check.id}" in found.offers and not found.offers[f"{verb}:{check.id}"].refusals
    ]
    prepared = [
        {"who": case.names(w.by), "answers": _prepared(case, spec, w.answers), "on": w.on}
        for w in check.prepared.values()
        if found.reads_entry(w.seq)
    ]
    subject = f", {_item_noun(case, check.table)} {_row_number(case, check)}" if check.row else ""
    read = check.held is not None and found.reads_entry(check.held_seq)
    after = shown_answers(spec.after, check.answers, case.values, case.program, case.names) if read else ()
    return {
        "id": check.id,
        "title": f"{spec.title}{subject}",
        "due": check.due,
        "status": status,
        "moves": moves,
        "doings": doings if check.due <= case.today or check.due == _next_due(case) else doings[:1],
        "prepared": prepared,
        "answers": after,
        "attended": listed(present_names(case, check.attended)) if read else "",
        "next_step": check.next_step if read else "",
        "past": check.held is not None or check.due < case.today,
    }


def _next_due(case: Case) -> date | None:
    return next((c.due for c in checkins_ahead(case)), None)


def _item_noun(case: Case, table: str) -> str:
    return case.program.item[table].title.lower() if table in case.program.item else "row"


def _row_number(case: Case, check: CheckInState) -> int:
    return next((n for n, r in enumerate(case.rows(check.table), start=1) if r["_id"] == check.row), 0)


def _prepared(case: Case, spec: CheckIn, answers: Mapping[str, Any]) -> tuple[Shown, ...]:
    if not spec.before:
        return (Shown("Prepared", words=str(answers.get("note", ""))),)
    return shown_answers(spec.before, answers, case.values, case.program, case.names)
