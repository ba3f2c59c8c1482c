"""Items: rows of a table that move a step by themselves, with dates, evidence and verification by another."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from upturn.core.audience import addressed, section_readers
from upturn.core.case import Case
from upturn.core.commands import MoveItem
from upturn.core.events import Event, ItemMoved
from upturn.core.program import ItemMove, Items
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import (
    Against,
    Verb,
    asked,
    by_role,
    first,
    no,
    role_of,
    while_open,
    words,
)
from upturn.core.wording import day_name


def stage_of(case: Case, spec: Items, row: str) -> str:
    """Where an item stands; one that never moved stands in the first stage."""
    state = case.plan.items.get((spec.table, row))
    return state.stage if state else spec.stages[0].id


def due_of(case: Case, spec: Items, row: Mapping[str, Any]) -> date | None:
    """The day an item is due: as moved, else as written in its row."""
    state = case.plan.items.get((spec.table, row["_id"]))
    if state and state.due:
        return state.due
    written = row.get(spec.due or "")
    return date.fromisoformat(written) if isinstance(written, str) and len(written) == 10 else None


def lives_in(case: Case, spec: Items) -> bool:
    """Whether items of this table live in the plan's present stage."""
    return (
        case.plan.stage in spec.in_
        if spec.in_
        else case.stage.phase in ("run", "decide", "after") and not case.stage.final
    )


def _parse(case: Case, target: str) -> tuple[Items, Mapping[str, Any], ItemMove] | None:
    table, _, rest = target.partition("/")
    row_id, _, move_id = rest.partition("/")
    spec = case.program.item.get(table)
    row = next((r for r in case.rows(table) if r["_id"] == row_id), None) if spec else None
    move = next((m for m in spec.moves if m.id == move_id), None) if spec else None
    return (spec, row, move) if spec and row and move else None


def _targets(case: Case) -> list[str]:
    return [
        f"{spec.table}/{row['_id']}/{move.id}"
        for spec in case.program.items
        if lives_in(case, spec)
        for row in case.rows(spec.table)
        for move in spec.moves
    ]


def _open_to(case: Case, target: str) -> Refusal | None:
    found = _parse(case, target)
    if found is None:
        return no(case, "There is no such item.")
    spec, row, move = found
    stage = stage_of(case, spec, row["_id"])
    titles = {s.id: s.title for s in spec.stages}
    wrong = (
        None
        if stage in move.from_
        else no(case, f"“{move.title}” is not possible: the item is “{titles[stage]}”.", rule="stage")
    )
    lives = (
        None
        if lives_in(case, spec)
        else no(case, f"Items move once the plan runs; it stands in “{case.stage.title}”.", rule="stage")
    )
    return first(while_open(case), lives, by_role(case, move.by, f"“{move.title}”"), wrong)


def _against(case: Case, target: str) -> Against:
    found = _parse(case, target)
    assert found
    spec, row, move = found
    state = case.plan.items.get((spec.table, row["_id"]))
    doer = state.doers.get(move.not_by_doer_of) if state and move.not_by_doer_of else None
    if doer == case.actor.code:
        return Against(
            (case.refusal("not_same_person", "Somebody other than the person who did it must do this.", move.cites),)
        )
    return Against()


def _events(case: Case, command: MoveItem) -> list[Event]:
    found = _parse(case, f"{command.table}/{command.row}/{command.move}")
    assert found
    spec, row, move = found
    answers = asked(case, move.asks, command.answers)
    due = was = None
    reason = command.reason.strip()
    if move.moves_due:
        due, was, reason = _new_due(case, spec, row, move, command)
    event = ItemMoved(
        table=spec.table,
        row=row["_id"],
        move=move.id,
        to=move.to,
        answers=answers,
        role=role_of(case, move.by),
        due=due,
        was=was,
        reason=reason,
        on=command.on,
    )
    home = case.program.home.get(spec.table)
    readers = section_readers(case.program, case.program.section[home], case.plan.stage) if home else None
    return [addressed(case, event, readers)]


def _new_due(
    case: Case, spec: Items, row: Mapping[str, Any], move: ItemMove, command: MoveItem
) -> tuple[date, date | None, str]:
    reason = words(command.reason, "The reason", field="reason")
    was = due_of(case, spec, row)
    if command.due is None:
        raise Refused(Refusal("required", "Give the new date.", field="due"))
    if command.due < case.today:
        raise Refused(Refusal("due", "Give a day from today on.", field="due"))
    if was and move.max_due_shift:
        latest = case.after(was, move.max_due_shift)
        if command.due > latest:
            raise Refused(
                Refusal(
                    "due",
                    f"The date may move by at most {move.max_due_shift}, to {day_name(latest)}.",
                    move.cites,
                    field="due",
                )
            )
    return command.due, was, reason


ITEM = Verb(
    name="item",
    command=MoveItem,
    target=lambda c: f"{c.table}/{c.row}/{c.move}",
    targets=_targets,
    open_to=_open_to,
    against=_against,
    events=_events,
    reads=lambda c: frozenset({f"item:{c.table}/{c.row}"}),
)

VERBS = (ITEM,)
