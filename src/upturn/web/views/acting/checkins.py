"""Check-ins: each side writes its part before, somebody records that it was held, or moves it with a reason."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from upturn.core.commands import Hold, Prepare, Reschedule
from upturn.core.fields import show
from upturn.core.plan import CheckInState
from upturn.core.program import CheckIn, FormField
from upturn.core.verbs.checking_in import goals_of, preparers
from upturn.core.wording import day_name
from upturn.records.access import Look
from upturn.web.forms import DayField, Small
from upturn.web.shown import Shown, shown_answers
from upturn.web.views.acting.readers import audience, people_choices, prefilled
from upturn.web.views.acting.sheet import Given, Sheet, acted

both = require_http_methods(["GET", "HEAD", "POST"])
NOTE = FormField(
    id="note",
    kind="longtext",
    title="Your part",
    guidance="What moved, what is in the way, what would help.",
    required=True,
)
"""What each side writes where the program asks nothing of its own."""


def _found(look: Look, checkin: str) -> tuple[CheckInState, CheckIn]:
    state = look.plan.checkins.get(checkin)
    if state is None or state.rhythm not in look.program.checkin:
        raise Http404
    return state, look.program.checkin[state.rhythm]


@both
def prepare(request: HttpRequest, plan: str, checkin: str) -> HttpResponse:
    """Write one's own part before the check-in; the other side reads it once it is shared."""
    return acted(request, plan, f"prepare:{checkin}", lambda look: _prepare_sheet(look, checkin))


def _prepare_sheet(look: Look, checkin: str) -> Sheet:
    state, spec = _found(look, checkin)
    who, since = audience(look)
    fields = spec.before or (NOTE,)
    own = next((w for role, w in state.prepared.items() if role in look.roles), None)
    return Sheet(
        title=f"Write your part: {_name(state, spec)}",
        button="Share your part",
        said="You shared your part of the check-in.",
        says=["You may change your part until the check-in is held. Each version stays in the record."] if own else [],
        fields=fields,
        first=dict(own.answers) if own else prefilled(look, fields),
        who=who,
        since=since or "from the moment you share it",
        template="acting/check_in.html",
        context=_around(look, state, spec),
        command=lambda given: Prepare(checkin=checkin, answers=given.answers),
    )


def _name(state: CheckInState, spec: CheckIn) -> str:
    return f"{spec.title[:1].lower()}{spec.title[1:]}, {day_name(state.due)}"


def _around(look: Look, state: CheckInState, spec: CheckIn) -> dict[str, Any]:
    """What both sides prepared, and what was recorded about each goal last time."""
    return {
        "prepared": list(_prepared(look, state, spec)),
        "awaited": [
            look.case.titles([r])[:1].upper() + look.case.titles([r])[1:]
            for r in preparers(look.case, spec)
            if r not in state.prepared
        ],
        "last": list(_last(look, state)),
        "missed": state.missed,
        "moves": [f"Moved from {day_name(a)} to {day_name(b)}: {why}" for a, b, why in state.moves],
        "check_in": state,
    }


def _prepared(look: Look, state: CheckInState, spec: CheckIn) -> Iterator[dict[str, Any]]:
    for written in state.prepared.values():
        if look.reads_entry(written.seq):
            shown: Any = shown_answers(spec.before, written.answers, look.case.values, look.program, look.name)
            if not spec.before:
                shown = (Shown("Prepared", words=str(written.answers.get("note", ""))),)
            yield {"who": look.name(written.by), "on": written.on, "answers": shown}


def _last(look: Look, state: CheckInState) -> Iterator[dict[str, Any]]:
    """Per goal: its words, the target, and the latest number or observation."""
    held = sorted((c for c in look.plan.checkins.values() if c.held and look.reads_entry(c.held_seq)), key=_held)
    for number, (goals, row) in enumerate(goals_of(look.case, state), start=1):
        latest = [
            (check, one)
            for check in held
            for one in check.progress
            if one["table"] == goals.table and one["row"] == row["_id"]
        ]
        columns = look.program.column.get(goals.table, {})
        target = columns.get(goals.target or "")
        unit = str(row.get(goals.unit or "") or "")
        yield {
            "number": number,
            "key": f"{goals.table}/{row['_id']}",
            "text": str(row.get(goals.text) or ""),
            "unit": unit,
            "target": show(target, row.get(target.id), look.program) if target else "",
            "last": _said(latest[-1], unit) if latest else "Nothing is recorded yet.",
        }


def _held(check: CheckInState) -> Any:
    return check.held, check.id


def _said(found: tuple[CheckInState, Mapping[str, Any]], unit: str) -> str:
    check, one = found
    value = f"{one['value']} {unit}".strip() if "value" in one else ""
    words = ". ".join(w for w in (value, str(one.get("observation", ""))) if w)
    source = f" Source: {one['source']}." if one.get("source") else ""
    return f"{day_name(check.held or check.due)}: {words}.{source}"


@both
def hold(request: HttpRequest, plan: str, checkin: str) -> HttpResponse:
    """Record that the check-in was held: per goal a number or an observation, who took part, the next step."""
    return acted(request, plan, f"check_in:{checkin}", lambda look: _hold_sheet(look, checkin))


def _hold_sheet(look: Look, checkin: str) -> Sheet:
    state, spec = _found(look, checkin)
    who, since = audience(look)
    goals = list(_last(look, state))
    late = (
        [f"It was due on {day_name(state.due)} and stands as missed. Held late, both stay on record."]
        if state.missed
        else []
    )
    return Sheet(
        title=f"Record the check-in: {_name(state, spec)}",
        button="Put this check-in on record",
        said="The check-in is on record.",
        says=late,
        fields=spec.after,
        first=prefilled(look, spec.after),
        own=_hold_form(look, spec, goals),
        cites=spec.cites,
        who=who,
        since=since,
        template="acting/hold.html",
        context=_around(look, state, spec) | {"goals": goals},
        command=lambda given: _hold(look, checkin, goals, given),
        boxes={},
    )


def _hold_form(look: Look, spec: CheckIn, goals: list[dict[str, Any]]) -> type[Small]:
    others = [r for r, p in look.program.parties.items() if p.kind != "auditor"]
    roles = dict.fromkeys((*spec.attends, *others))
    boxes: dict[str, forms.Field] = {"on": DayField(label="When was it held?", initial=look.case.today)}
    for goal in goals:
        name = f"progress.{goal['key']}"
        value = forms.CharField(
            label="Number",
            required=False,
            widget=forms.TextInput({"class": "short", "inputmode": "decimal", "autocomplete": "off"}),
        )
        value.unit = goal["unit"]  # type: ignore[attr-defined]
        boxes[f"{name}.value"] = value
        boxes[f"{name}.observation"] = forms.CharField(
            label="What was observed",
            help_text="A number, or an observation, or both.",
            widget=forms.Textarea,
            required=False,
        )
        boxes[f"{name}.source"] = forms.CharField(
            label="Where does this come from?", help_text="A report, a list, a date.", required=False
        )
    boxes["attended"] = forms.MultipleChoiceField(
        label="Who took part?",
        help_text="Choose all who were there.",
        choices=people_choices(look, roles),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose who took part"},
    )
    boxes["next_step"] = forms.CharField(
        label="The next step",
        help_text="Who does what until the next time?",
        widget=forms.Textarea,
        error_messages={"required": "Write the next step"},
    )
    return type("HoldForm", (HoldBase,), boxes)


class HoldBase(Small):
    """What is asked about a check-in. Each goal needs a number or an observation, and where it comes from."""

    def clean(self) -> None:
        for number, (key, boxes) in enumerate(self.goal_fields().items(), start=1):
            value, observation, source = (str(self.cleaned_data.get(box.name) or "").strip() for box in boxes)
            if not (value or observation):
                self.add_error(f"progress.{key}.observation", f"Goal {number}: give a number or what was observed")
            elif not source:
                self.add_error(f"progress.{key}.source", f"Goal {number}: say where this comes from")

    def goal_fields(self) -> dict[str, list[Any]]:
        """The boxes of each goal, by its key."""
        found: dict[str, list[Any]] = {}
        for name in self.fields:
            if name.startswith("progress."):
                found.setdefault(name.removeprefix("progress.").rpartition(".")[0], []).append(self[name])
        return found

    def other_fields(self) -> list[Any]:
        return [self[n] for n in ("attended", "next_step")]


def _hold(look: Look, checkin: str, goals: list[dict[str, Any]], given: Given) -> Hold:
    def part(key: str, name: str) -> str:
        return str(given.own.get(f"progress.{key}.{name}") or "")

    return Hold(
        checkin=checkin,
        answers=given.answers,
        progress={g["key"]: {n: part(g["key"], n) for n in ("value", "observation", "source")} for g in goals},
        attended=given.own.get("attended") or (),
        next_step=given.own.get("next_step") or "",
        on=given.day(look.case.today),
    )


@both
def reschedule(request: HttpRequest, plan: str, checkin: str) -> HttpResponse:
    """Move a check-in to another day, with a reason."""
    return acted(request, plan, f"reschedule:{checkin}", lambda look: _reschedule_sheet(look, checkin))


def _reschedule_sheet(look: Look, checkin: str) -> Sheet:
    state, spec = _found(look, checkin)
    who, since = audience(look)
    clock = look.plan.clocks.get(spec.clock)

    class MoveForm(Small):
        to = DayField(
            label="The new day",
            help_text=f"Up to {day_name(clock.end)}, when {look.program.clock[spec.clock].title[:1].lower()}"
            f"{look.program.clock[spec.clock].title[1:]} ends."
            if clock
            else "",
            error_messages={
                "required": "Give the new day",
                "invalid": "Enter the new day, for example 15 March 2027",
            },
        )
        reason = forms.CharField(
            label="The reason", widget=forms.Textarea, error_messages={"required": "Write the reason"}
        )

    return Sheet(
        title=f"Move the check-in of {day_name(state.due)}",
        button="Move this check-in",
        said="The check-in is moved. The first day and the reason stay on record.",
        says=[
            "Everybody on the plan sees from when to when it moved, by whom and why."
            + (
                f" It moved {len(state.moves)} times before."
                if len(state.moves) > 1
                else " It moved once before."
                if state.moves
                else ""
            )
        ],
        own=MoveForm,
        who=who,
        since=since,
        command=lambda given: Reschedule(checkin=checkin, to=given.own["to"], reason=given.own["reason"]),
    )
