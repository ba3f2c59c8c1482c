"""Items: one row of a table moves a step, with what shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from upturn.core.audience import section_readers
from upturn.core.commands import MoveItem
from upturn.core.events import ItemMoved
from upturn.core.program import ItemMove, Items
from upturn.core.verbs.items import due_of, stage_of
from upturn.core.wording import day_name
from upturn.records.access import Look
from upturn.web.forms import DayField, Small
from upturn.web.page.progress import in_units, latest
from upturn.web.shown import shown_answers
from upturn.web.views.acting.readers import audience, prefilled
from upturn.web.views.acting.sheet import Given, Sheet, acted


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, plan: str, table: str, row: str, move: str) -> HttpResponse:
    """Move one row a step."""
    return acted(request, plan, f"item:{table}/{row}/{move}", lambda look: _item_sheet(look, table, row, move))


def _found(look: Look, table: str, row: str, move: str) -> tuple[Items, Mapping[str, Any], ItemMove, int]:
    spec = look.program.item.get(table)
    rows = look.case.rows(table) if spec else ()
    step = next((m for m in spec.moves if m.id == move), None) if spec else None
    place = next((n for n, r in enumerate(rows) if r["_id"] == row), None)
    if spec is None or step is None or place is None:
        raise Http404
    return spec, rows[place], step, place + 1


def _item_sheet(look: Look, table: str, row: str, move: str) -> Sheet:
    spec, found, step, number = _found(look, table, row, move)
    home = look.program.home.get(table)
    readers = section_readers(look.program, look.program.section[home], look.plan.stage) if home else None
    who, since = audience(look, readers)
    due = due_of(look.case, spec, found)
    titles = {s.id: s.title for s in spec.stages}
    state = look.plan.items.get((table, row))
    return Sheet(
        title=f"{spec.title} {number}: {step.title[:1].lower()}{step.title[1:]}",
        button=step.title,
        said=f"{spec.title} {number}: {step.done or titles[step.to]}",
        fields=step.asks,
        first=prefilled(look, step.asks),
        own=_item_form(look, step, due),
        cites=step.cites,
        who=who,
        since=since,
        template="acting/item.html",
        context={
            "answers": shown_answers(_columns(look, table), found, look.case.values, look.program, look.name),
            "now": titles[stage_of(look.case, spec, row)],
            "then": titles[step.to],
            "due": due,
            "original": state.original_due if state else None,
            "stands": list(_stands(look, table, found)),
            "steps": list(_steps(look, spec, row)),
        },
        command=lambda given: _move(look, table, row, move, given),
        then=lambda _done: f"{reverse('plan', kwargs={'plan': look.row.pk})}#goals",
    )


def _stands(look: Look, table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The numbers of a goal: where it started, where the last check-in saw it, what was to be reached."""
    for goal in look.program.goals:
        if goal.table == table and goal.target:
            if goal.baseline and row.get(goal.baseline) not in (None, ""):
                yield "Where it stood at the start", in_units(goal, row, row[goal.baseline])
            yield "Where it stands now", latest(look, goal, row) or "No check-in recorded a number"
            if row.get(goal.target) not in (None, ""):
                yield "The level to reach", in_units(goal, row, row[goal.target])


def _steps(look: Look, spec: Items, row: str) -> Iterator[dict[str, Any]]:
    """What was done with the row so far and what was put forward with it, as far as this person reads it."""
    moves = {m.id: m for m in spec.moves}
    for fact in look.entries:
        event = fact.event
        if isinstance(event, ItemMoved) and (event.table, event.row) == (spec.table, row) and event.move in moves:
            step = moves[event.move]
            yield {
                "title": step.done or step.title,
                "by": look.name(fact.actor),
                "on": fact.day(),
                "reason": event.reason,
                "answers": shown_answers(step.asks, event.answers, look.case.values, look.program, look.name),
            }


def _columns(look: Look, table: str) -> Any:
    """The questions of a row, but those whose numbers stand above by themselves."""
    apart = {
        c for goal in look.program.goals if goal.table == table and goal.target for c in (goal.baseline, goal.target)
    }
    return tuple(column for name, column in look.program.column.get(table, {}).items() if name not in apart)


def _item_form(look: Look, step: ItemMove, due: Any) -> type[Small]:
    boxes: dict[str, forms.Field] = {}
    if step.moves_due:
        most = f" At most {step.max_due_shift} later." if step.max_due_shift else ""
        boxes["due"] = DayField(
            label="The new day",
            help_text=f"It is due on {day_name(due)}.{most}" if due else most,
            error_messages={"required": "Give the new day", "invalid": "Enter the new day, for example 15 March 2027"},
        )
        boxes["reason"] = forms.CharField(
            label="The reason", widget=forms.Textarea, error_messages={"required": "Write the reason"}
        )
    boxes["on"] = DayField(label="When did it happen?", initial=look.case.today)
    return type("ItemForm", (Small,), boxes)


def _move(look: Look, table: str, row: str, move: str, given: Given) -> MoveItem:
    return MoveItem(
        table=table,
        row=row,
        move=move,
        answers=given.answers,
        due=given.own.get("due"),
        reason=given.own.get("reason") or "",
        on=given.day(look.case.today),
    )
