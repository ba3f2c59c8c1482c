"""A program's fields as a form for one person at one moment, without script.

An answer travels in three shapes: as *sent* (names and texts of a form), as *raw* (a tree shaped like the core's
answers, holding whatever was typed), and as *cleaned* by the core. `Questions` draws raw answers, `read` turns what
was sent into raw ones, and a refusal's path (`steps.2.due`) finds the box it is about. Raw answers are also what a
draft keeps, so nothing a person typed is lost on the way.

Names: `a-what`, `a-steps-0-who`, `a-steps-0-milestones-1-on`; field ids hold no hyphen.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html

from upturn.core.case import Case
from upturn.core.conditions import Values, is_answered
from upturn.core.fields import (
    clean_answers,
    given_rows,
    inside,
    missing,
    missing_sentence,
    options_of,
    show,
    within_given,
)
from upturn.core.program import FormField, Option, Program
from upturn.core.refusals import Refusal
from upturn.core.wording import listed
from upturn.web.templatetags.parts import DATE_INPUT_FORMATS

PREFIX = "a"
OTHER = "__other"
ASKED = "_asked"
"""Which questions of a level were on the screen: one among them without an answer was left empty."""
MOST_RADIOS = 7
MOST_ROWS = 200
Raw = dict[str, Any]
Node = Mapping[str, Any]
"""What was sent, as a tree: a leaf is the list of texts under one name, kept under the key ''."""


# -- what a form is asked within ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asking:
    """The scope of a form: the program, the answers around, who is on the plan (code → name, roles), its files."""

    program: Program
    around: Values
    people: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Any] = field(default_factory=dict)
    """First values by their source: `subject.name`, `start.identified_on`."""

    def name(self, code: str) -> str:
        return self.people[code][0] if code in self.people else code


def asking(case: Case, *, files: Mapping[str, str] | None = None) -> Asking:
    """The scope of a form on a plan; `files` are the attachments this person reads, id → name."""
    people = {p.code: (case.names(p.code), frozenset(p.roles)) for p in case.plan.parties.values() if p.roles}
    return Asking(case.program, case.values, people, files or {}, sources(case))


def sources(case: Case) -> dict[str, Any]:
    """Everything a `prefill` may name."""
    found: dict[str, Any] = {f"setting.{k}": v for k, v in case.facts.settings.items()}
    found |= {f"start.{k}": v for k, v in case.plan.start.items()}
    for word, role in (("lead", case.program.lead_role), ("subject", case.program.subject_role)):
        holders = case.plan.holders(role)
        known = case.facts.people.get(holders[0].code, {}) if holders else {}
        found |= {f"{word}.{k}": v for k, v in known.items()}
    return found | {"group.name": case.facts.group}


def first_answers(fields: Iterable[FormField], scope: Asking) -> Raw:
    """What stands in a form nobody has written in yet: defaults, what is known already, rows given by the form."""
    found = {f.id: _first(f, scope) for f in fields}
    return {k: v for k, v in found.items() if is_answered(v)}


def _first(one: FormField, scope: Asking) -> Any:
    if one.kind == "table":
        rows = given_rows(one) if one.fixed_rows else one.rows
        return [first_answers(one.fields, scope) | dict(row) for row in rows]
    known = scope.sources.get(one.prefill or "")
    return known if is_answered(known) else one.default


# -- reading what was sent ------------------------------------------------------------------------------------------


def read(fields: Iterable[FormField], sent: Mapping[str, Any], *, prefix: str = PREFIX) -> Raw:
    """Raw answers out of what a form sent. Never raises: what cannot be an answer is left for the core to refuse."""
    return _read_level(tuple(fields), _tree(sent).get(prefix, {}))


def _tree(sent: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name in sent:
        node = tree
        for part in name.split("-")[:20]:
            node = node.setdefault(part, {})
        node[""] = sent.getlist(name) if isinstance(sent, MultiValueDict) else [sent[name]]
    return tree


def _read_level(fields: Sequence[FormField], node: Node) -> Raw:
    """The answers of one level. A question that was asked and left empty is there, so that no default comes back."""
    asked = set(_one(node.get(ASKED, {})).split())
    raw: Raw = {}
    for one in fields:
        if one.kind == "computed":
            continue
        sent = node.get(one.id, {})
        value = _read_rows(one, sent) if one.kind == "table" else CONTROLS[one.kind].read(sent)
        if is_answered(value) or one.id in asked:
            raw[one.id] = value if is_answered(value) else ""
    return raw


def _read_rows(table: FormField, node: Node) -> list[Raw]:
    numbers = sorted(int(k) for k in node if k.isdecimal() and len(k) < 5)[: MOST_ROWS + 1]
    rows = []
    for number in numbers:
        found = _read_level(table.fields, node[str(number)])
        known = _one(node[str(number)].get("_id", {}))
        rows.append(({"_id": known} if known else {}) | found)
    return within_given(table, rows) if table.fixed_rows and rows else rows


def _one(node: Any) -> str:
    texts = node.get("", ()) if isinstance(node, Mapping) else ()
    return str(texts[-1]).strip() if texts else ""


def _many(node: Node) -> list[str]:
    return [str(t) for t in node.get("", ()) if str(t)]


def day_of(text: str) -> str:
    """A typed day as the core writes it, `2026-06-30`; anything else as it was typed."""
    for known in DATE_INPUT_FORMATS:
        try:
            return datetime.strptime(text.strip(), known).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return text


def _read_daterange(node: Node) -> dict[str, str]:
    return {k: day_of(_one(node.get(k, {}))) for k in ("from", "to") if _one(node.get(k, {}))}


def _read_datetime(node: Node) -> dict[str, str]:
    day, at, place = (_one(node.get(k, {})) for k in ("on", "at", "place"))
    when = f"{day_of(day)} {at}".strip()
    return ({"at": when} if when else {}) | ({"place": place} if place else {})


def _read_choice(node: Node) -> Any:
    words = _one(node.get("other", {}))
    return _chosen(_one(node), words) if _one(node) else {"other": words} if words else None


def _chosen(value: str, words: str) -> Any:
    if value == OTHER:
        return {"other": words}
    chosen, _, within = value.partition("/")
    return {"id": chosen, "within": within} if within else chosen


def _read_choices(node: Node) -> list[Any]:
    words = _one(node.get("other", {}))
    found = [_chosen(v, words) for v in _many(node)]
    return found if not words or {"other": words} in found else [*found, {"other": words}]


def _read_person(node: Node) -> str:
    words = _one(node.get("name", {}))
    return words if words and _one(node) in ("", OTHER) else _one(node)


# -- drawing --------------------------------------------------------------------------------------------------------


class Asked(forms.Field):
    """A box. It checks nothing itself: the core does, for every door alike."""

    def __init__(self, one: FormField, *, label: str = "", hint: str = "", unit: str = "", **options: Any) -> None:
        super().__init__(label=label or one.title, help_text=hint, **options)
        self.unit = unit
        self.option_hints: Mapping[str, str] = {}


class Reading(forms.Widget):
    """A value that is shown and not asked."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:  # noqa: ARG002
        id_ = (attrs or {}).get("id", "")
        return format_html(
            '<output class="given" id="{}">{}</output>', id_, value if is_answered(value) else "Not known yet"
        )


class TimeOrText(forms.TextInput):
    """The browser's time box, and a plain one for what that could not show."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        self.input_type = "time" if not value or re.fullmatch(r"\d\d:\d\d", str(value)) else "text"
        return super().render(name, value, attrs, renderer)


@dataclass(frozen=True)
class Box:
    """One field about to be drawn: the scope of its conditions, whether an answer is needed, and its raw answer."""

    one: FormField
    scope: Asking
    values: Values
    required: bool
    raw: Any

    def field(
        self,
        widget: forms.Widget,
        *,
        label: str = "",
        hint: str | None = None,
        unit: str = "",
        required: bool | None = None,
    ) -> Asked:
        return Asked(
            self.one, label=label, hint=self.hint() if hint is None else hint, unit=unit, widget=widget,
            required=self.required if required is None else required,
        )  # fmt: skip

    def hint(self) -> str:
        one = self.one
        parts = [one.guidance, f"For example: {one.placeholder}" if one.placeholder else "", _limits(one)]
        return " ".join(p for p in parts if p)


def _limits(one: FormField) -> str:
    if one.max_length:
        return f"At most {one.max_length:,} characters."
    bounds = {k: f"{getattr(one, k):g}" for k in ("min", "max") if getattr(one, k) is not None}
    unit = f" {one.unit}" if one.unit else ""
    if len(bounds) == 2:
        return f"From {bounds['min']} to {bounds['max']}{unit}."
    return "".join(f"{n}{unit} or {'more' if k == 'min' else 'less'}." for k, n in bounds.items())


Drawn = Iterator[tuple[str, Asked, Any]]
"""Suffix of the name (empty for the box itself), the box, its first value."""


def _draw_text(box: Box) -> Drawn:
    yield "", box.field(forms.TextInput(), unit=box.one.unit or ""), box.raw


def _draw_longtext(box: Box) -> Drawn:
    yield "", box.field(forms.Textarea()), box.raw


def _draw_number(box: Box) -> Drawn:
    attrs = {
        "inputmode": "numeric" if box.one.kind == "integer" else "decimal",
        "class": "short",
        "autocomplete": "off",
    }
    unit = {"percent": "%", "money": box.one.currency or ""}.get(box.one.kind) or box.one.unit or ""
    yield "", box.field(forms.TextInput(attrs), unit=unit), box.raw


def _draw_day(box: Box) -> Drawn:
    yield "", box.field(forms.DateInput()), box.raw


def _draw_daterange(box: Box) -> Drawn:
    raw = box.raw if isinstance(box.raw, Mapping) else {}
    yield "from", box.field(forms.DateInput(), label=f"{box.one.title}: first day"), raw.get("from")
    yield "to", box.field(forms.DateInput(), label=f"{box.one.title}: last day", hint=""), raw.get("to")


def _draw_time(box: Box) -> Drawn:
    yield "", box.field(TimeOrText({"class": "short"})), box.raw


def _draw_datetime(box: Box) -> Drawn:
    raw = box.raw if isinstance(box.raw, Mapping) else {}
    day, _, at = str(raw.get("at", "")).replace("T", " ").partition(" ")
    title = box.one.title
    yield "on", box.field(forms.DateInput(), label=f"{title}: day"), day
    yield "at", box.field(TimeOrText({"class": "short"}), label=f"{title}: time", hint=""), at
    yield "place", box.field(forms.TextInput(), label=f"{title}: place", hint="", required=False), raw.get("place")


def _draw_duration(box: Box) -> Drawn:
    hint = f"{box.hint()} For example 30 days or 6 weeks.".strip()
    yield "", box.field(forms.TextInput({"class": "short"}), hint=hint), box.raw


def _draw_yesno(box: Box) -> Drawn:
    choices = [("yes", "Yes"), ("no", "No")] + ([] if box.required else [("", "No answer")])
    shown = {True: "yes", False: "no", None: ""}.get(box.raw, box.raw) if not isinstance(box.raw, list | dict) else ""
    yield "", box.field(forms.RadioSelect(choices=choices)), shown


def _option_value(raw: Any) -> str:
    if isinstance(raw, Mapping):
        return OTHER if "other" in raw else "/".join(str(raw[k]) for k in ("id", "within") if raw.get(k))
    return str(raw or "")


def _options(box: Box) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The choices open here (and those chosen already), sub-choices in line; and the definition under each."""
    chosen = {_option_value(r).partition("/")[0] for r in (box.raw if isinstance(box.raw, list) else [box.raw])}
    choices, hints = [], {}
    for option in options_of(box.one, box.scope.program):
        if option.id in chosen or box.values.holds(option.show_if):
            choices += _with_sub_choices(option)
            hints |= {
                v: text
                for v, text in ((option.id, option.says), *((f"{option.id}/{o.id}", o.says) for o in option.options))
                if text
            }
    if box.one.other:
        choices.append((OTHER, "Something else"))
    return choices, hints


def _with_sub_choices(option: Option) -> list[tuple[str, str]]:
    return [(option.id, option.title), *((f"{option.id}/{o.id}", f"{option.title}: {o.title}") for o in option.options)]


def _draw_choice(box: Box) -> Drawn:
    choices, hints = _options(box)
    if len(choices) > MOST_RADIOS and not hints:
        widget: forms.Widget = forms.Select(choices=[("", "Choose one"), *choices])
    else:
        widget = forms.RadioSelect(choices=[*choices, *([] if box.required else [("", "No answer")])])
    drawn = box.field(widget)
    drawn.option_hints = hints
    yield "", drawn, _option_value(box.raw)
    yield from _draw_other(box, box.raw)


def _draw_choices(box: Box) -> Drawn:
    choices, hints = _options(box)
    raw = box.raw if isinstance(box.raw, list) else []
    drawn = box.field(
        forms.CheckboxSelectMultiple(choices=choices), hint=f"{box.hint()} Choose all that apply.".strip()
    )
    drawn.option_hints = hints
    yield "", drawn, [_option_value(r) for r in raw]
    yield from _draw_other(box, next((r for r in raw if isinstance(r, Mapping) and "other" in r), None))


def _draw_other(box: Box, raw: Any) -> Drawn:
    if box.one.other:
        words = raw.get("other") if isinstance(raw, Mapping) else ""
        yield (
            "other",
            box.field(
                forms.TextInput(), label=f"{box.one.title}: something else, in your words", hint="", required=False
            ),
            words,
        )


def _draw_rating(box: Box) -> Drawn:
    levels = box.scope.program.scales[box.one.scale].levels if box.one.scale else ()
    choices = [(level.id, f"{level.value:g}, {level.title}") for level in levels]
    drawn = box.field(forms.RadioSelect(choices=[*choices, *([] if box.required else [("", "No answer")])]))
    drawn.option_hints = {level.id: level.says for level in levels if level.says}
    yield "", drawn, box.raw or ""


def people_for(one: FormField, scope: Asking) -> list[tuple[str, str]]:
    """Who may be chosen: everybody on the plan, or who holds the field's role."""
    parties = scope.program.parties
    return [
        (f"@{code}", f"{name} ({listed(parties[r].title.lower() for r in sorted(roles) if r in parties)})")
        for code, (name, roles) in scope.people.items()
        if one.role is None or one.role in roles
    ]


def _draw_person(box: Box) -> Drawn:
    people = people_for(box.one, box.scope)
    known = not is_answered(box.raw) or str(box.raw).startswith("@")
    free = [] if box.one.role else [(OTHER, "Somebody else")]
    yield "", box.field(forms.Select(choices=[("", "Choose a person"), *people, *free])), box.raw if known else OTHER
    if free:
        words = "" if known or box.raw == OTHER else box.raw
        yield (
            "name",
            box.field(forms.TextInput(), label=f"{box.one.title}: name of somebody else", hint="", required=False),
            words,
        )


def _draw_file(box: Box) -> Drawn:
    choices = list(box.scope.files.items())
    hint = box.hint() or (
        "" if choices else "No file is attached yet. Attach it to the plan first, then choose it here."
    )
    yield (
        "",
        box.field(forms.CheckboxSelectMultiple(choices=choices), hint=hint),
        box.raw if isinstance(box.raw, list) else [],
    )


def _draw_computed(box: Box) -> Drawn:
    value = show(box.one, box.values.values.get(box.one.id), box.scope.program, box.scope.name)
    yield "", box.field(Reading(), required=True), value


@dataclass(frozen=True)
class Control:
    """How one kind of field is drawn, and how what was sent is read."""

    draw: Callable[[Box], Drawn]
    read: Callable[[Any], Any] = _one
    main: str = ""
    """The suffix of the box that carries an error."""


CONTROLS: Mapping[str, Control] = {
    "text": Control(_draw_text),
    "longtext": Control(_draw_longtext),
    "integer": Control(_draw_number),
    "number": Control(_draw_number),
    "percent": Control(_draw_number),
    "money": Control(_draw_number),
    "date": Control(_draw_day, lambda node: day_of(_one(node))),
    "daterange": Control(_draw_daterange, _read_daterange, "from"),
    "time": Control(_draw_time),
    "datetime": Control(_draw_datetime, _read_datetime, "on"),
    "duration": Control(_draw_duration),
    "yesno": Control(_draw_yesno),
    "choice": Control(_draw_choice, _read_choice),
    "choices": Control(_draw_choices, _read_choices),
    "rating": Control(_draw_rating),
    "person": Control(_draw_person, _read_person),
    "file": Control(_draw_file, _many),
    "computed": Control(_draw_computed),
}


class Level(forms.Form):
    """The boxes that stand side by side: of a whole form, or of one row."""

    def __init__(
        self, drawn: Mapping[str, tuple[Asked, Any]], *, prefix: str, row_id: str = "", row: bool = False
    ) -> None:
        asked = " ".join(dict.fromkeys(name.partition("-")[0] for name in drawn))
        initial = {name: value for name, (_box, value) in drawn.items()} | {"_id": row_id, ASKED: asked}
        super().__init__(prefix=prefix, initial=initial, label_suffix="")
        if row:
            self.fields["_id"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields.update({name: box for name, (box, _value) in drawn.items()})
        self.fields[ASKED] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.cleaned_data = {}

    def refuse(self, name: str, sentence: str) -> None:
        """Put a sentence beside a box, once."""
        if sentence not in self.errors.get(name, ()):
            self.add_error(name, sentence)
            in_order(self)


def in_order(form: forms.BaseForm) -> None:
    """The errors of a form in the order of its boxes, as the summary reads them out."""
    places = {name: place for place, name in enumerate(form.fields)}
    errors = sorted(form.errors.items(), key=lambda item: places.get(item[0], -1))
    form.errors.clear()
    form.errors.update(errors)


@dataclass
class Part:
    """What stands in a form from top to bottom: boxes, or a table."""

    fields: list[BoundField] = field(default_factory=list)
    table: "Table | None" = None


@dataclass
class Row:
    legend: str
    name: str
    fields: list[BoundField]
    nested: list["Table"]
    fixed: bool = False


@dataclass
class Table:
    """A repeating table as the part `repeating_rows` draws it."""

    title: str
    name: str
    note: str
    add_label: str
    rows: list[Row]
    inner: bool = False
    error: str = ""


class Questions:
    """Fields with raw answers, ready to be drawn; refusals find their boxes by path.

    `errors` is true once a refusal was put beside a box; `problems` are all of them for the error summary, in the
    order of the form.
    """

    def __init__(
        self, fields: Iterable[FormField], scope: Asking, raw: Mapping[str, Any], *, prefix: str = PREFIX
    ) -> None:
        self.fields = tuple(fields)
        self.scope = scope
        self.raw = dict(raw)
        self.prefix = prefix
        self._levels: dict[str, Level] = {}
        self._tables: dict[str, Table] = {}
        self._order: list[str] = []
        self.parts = list(self._parts(self.fields, self.raw, scope.around, prefix))

    # drawing

    def _parts(self, fields: tuple[FormField, ...], raw: Raw, around: Values, prefix: str) -> Iterator[Part]:
        values = _values(fields, raw, around, self.scope.program)
        self._order.append(prefix)
        level = self._level(fields, raw, values, prefix)
        loose = Part([level[ASKED]] if level.initial[ASKED] else [])
        for one in fields:
            if one.kind == "table" and values.holds(one.show_if):
                if loose.fields:
                    yield loose
                    loose = Part()
                yield Part(table=self._table(one, raw.get(one.id), values, f"{prefix}-{one.id}"))
            else:
                loose.fields += [level[name] for name in level.fields if name.partition("-")[0] == one.id]
        if loose.fields:
            yield loose

    def _level(
        self,
        fields: Iterable[FormField],
        raw: Raw,
        values: Values,
        prefix: str,
        row: FormField | None = None,
        place: int = 0,
    ) -> Level:
        drawn: dict[str, tuple[Asked, Any]] = {}
        given = row.rows[place] if row and row.fixed_rows and place < len(row.rows) else {}
        for one in fields:
            if one.kind == "table" or not values.holds(one.show_if):
                continue
            if one.id in given:
                text = show(one, given[one.id], self.scope.program, self.scope.name)
                drawn[one.id] = (Asked(one, widget=Reading()), text)
                continue
            needed = one.required or (one.required_if is not None and values.holds(one.required_if))
            box = Box(one, self.scope, values, needed, raw.get(one.id))
            for suffix, asked, value in CONTROLS[one.kind].draw(box):
                drawn[f"{one.id}-{suffix}" if suffix else one.id] = (asked, value)
        level = Level(drawn, prefix=prefix, row_id=str(raw.get("_id") or ""), row=row is not None)
        self._levels[prefix] = level
        return level

    def _table(self, one: FormField, raw: Any, values: Values, name: str, inner: str = "") -> Table:
        rows = _shown_rows(one, raw, values)
        word = one.row or "Row"
        full = len(rows) >= one.max_rows or one.fixed_rows
        table = Table(
            one.title, name, _row_note(one), "" if full else f"Add {_article(word)} {word.lower()}", [], bool(inner)
        )
        self._tables[name] = table
        for number, row in enumerate(rows):
            legend = f"{word} {number + 1}{inner}"
            table.rows.append(self._row(one, row, values, f"{name}-{number}", legend, number))
        return table

    def _row(self, table: FormField, raw: Raw, around: Values, name: str, legend: str, place: int) -> Row:
        values = _row_values(table, raw, around, self.scope.program)
        self._order.append(name)
        level = self._level(table.fields, raw, values, name, table, place)
        inside_ = f" of {legend[:1].lower()}{legend[1:]}"
        nested = [
            self._table(one, raw.get(one.id), values, f"{name}-{one.id}", inside_)
            for one in table.fields
            if one.kind == "table" and values.holds(one.show_if)
        ]
        return Row(legend, name, [level[n] for n in level.fields], nested, table.fixed_rows)

    # refusals

    @property
    def errors(self) -> bool:
        return any(level.errors for level in self._levels.values()) or any(t.error for t in self._tables.values())

    @property
    def problems(self) -> list[Any]:
        """For the error summary: forms in the order of the page, tables as (anchor, sentence)."""
        found: list[Any] = [(name, table.error) for name, table in self._tables.items() if table.error]
        return [*found, *(self._levels[name] for name in self._order)]

    def refuse(self, reasons: Iterable[Refusal]) -> list[Refusal]:
        """Put each refusal beside its box; returns those that belong to none."""
        return [reason for reason in reasons if not self._place(reason)]

    def _place(self, reason: Refusal) -> bool:
        parts = (reason.field or "").split(".")
        for end in range(len(parts), 0, -1):  # a box that is hidden: the row around it
            name = "-".join([self.prefix, *parts[:end]])
            if name in self._tables:
                self._tables[name].error = " ".join(
                    dict.fromkeys([*filter(None, [self._tables[name].error]), reason.sentence])
                )
                return True
            level, _, box = name.rpartition("-")
            found = self._levels.get(level)
            known = (
                next((n for n in found.fields if n == box or n.partition("-")[0] == box), None)
                if found and box != "_id"
                else None
            )
            if found and known:
                found.refuse(known, reason.sentence)
                return True
            if name in self._levels and name != self.prefix:
                first = next((n for n in self._levels[name].fields if n not in ("_id", ASKED)), None)
                if first:
                    self._levels[name].refuse(first, reason.sentence)
                    return True
        return False

    def unready(self) -> list[Refusal]:
        """Everything against these answers as they are: what does not fit, and what is needed and missing."""
        reasons = self.own_refusals()
        cleaned, problems = clean_answers(self.fields, self.raw, self.scope.around, self.scope.program)
        reasons += problems
        refused = {(r.field or "").partition(".")[0] for r in reasons}
        around = inside(self.fields, cleaned, self.scope.around, self.scope.program)
        for one in self.fields:
            lacking = list(missing([one], cleaned, around, self.scope.program))
            if lacking and one.id not in refused:
                says = f"{missing_sentence(lacking)}: an answer is needed."
                reasons.append(Refusal("required", says, one.cites, field=one.id))
        return reasons

    def own_refusals(self) -> list[Refusal]:
        """What the core cannot know: a person who is not on the plan, "something else" without the words."""
        return list(_own(self.fields, self.raw, self.scope, ""))


def _own(fields: Iterable[FormField], raw: Mapping[str, Any], scope: Asking, path: str) -> Iterator[Refusal]:
    for one in fields:
        value, where = raw.get(one.id), f"{path}{one.id}"
        if one.kind == "table" and isinstance(value, list):
            for number, row in enumerate(value):
                yield from _own(one.fields, row, scope, f"{where}.{number}.")
        elif one.kind == "person" and isinstance(value, str):
            if value == OTHER:
                yield Refusal("answer", f"{one.title}: enter the name of the person.", field=where)
            elif (value.startswith("@") or one.role) and value not in dict(people_for(one, scope)):
                yield Refusal("answer", f"{one.title}: choose one of the people given.", field=where)
        elif one.kind in ("choice", "choices") and {"other": ""} in (value if isinstance(value, list) else [value]):
            yield Refusal("answer", f"{one.title}: say in your own words what “something else” is.", field=where)
        elif one.kind == "file" and isinstance(value, list) and set(value) - set(scope.files):
            yield Refusal("answer", f"{one.title}: choose among the files attached to this plan.", field=where)


def _values(fields: tuple[FormField, ...], raw: Raw, around: Values, program: Program) -> Values:
    """The scope of conditions with the answers so far, as far as they are answers."""
    cleaned, _problems = clean_answers(fields, raw, around, program)
    return inside(fields, cleaned, around, program)


def _row_values(table: FormField, raw: Raw, around: Values, program: Program) -> Values:
    cleaned, _problems = clean_answers(table.fields, raw, around, program)
    return around.within(table, cleaned, program)


def _shown_rows(table: FormField, raw: Any, values: Values) -> list[Raw]:
    rows = [dict(r) for r in raw if isinstance(r, Mapping)] if isinstance(raw, list) else []
    if table.fixed_rows:
        return within_given(table, rows)
    needed = table.required or (table.required_if is not None and values.holds(table.required_if))
    least = max(table.min_rows, 1 if needed else 0)
    return rows + [{} for _ in range(least - len(rows))]


def _row_note(table: FormField) -> str:
    said = [table.guidance] if table.guidance else []
    if not table.fixed_rows:
        least = max(table.min_rows, 1 if table.required else 0)
        most = f"at most {table.max_rows}" if table.max_rows < 50 else ""
        bounds = " and ".join(b for b in (f"at least {least}" if least else "", most) if b)
        said += [f"{bounds[:1].upper()}{bounds[1:]}."] if bounds else []
    return " ".join(said)


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


# -- rows -----------------------------------------------------------------------------------------------------------


def moved_rows(
    fields: Iterable[FormField], scope: Asking, raw: Raw, press: str, *, prefix: str = PREFIX
) -> tuple[Raw, str]:
    """What a press of a row button makes of the raw answers, and the anchor where the person goes on.

    `press` is `add:a-steps`, `remove:a-steps-1`, `up:…`, `down:…`. A press that names nothing changes nothing.
    """
    verb, _, name = press.partition(":")
    path = name.split("-")
    if path[:1] != [prefix] or verb not in ("add", "remove", "up", "down"):
        return raw, ""
    found = _list_at(tuple(fields), raw, path[1:] if verb == "add" else path[1:-1], scope.around)
    if found is None:
        return raw, ""
    table, rows = found
    if verb == "add":
        if not table.fixed_rows and len(rows) < table.max_rows:
            rows.append(first_answers(table.fields, scope))
        return raw, f"{name}-{len(rows) - 1}"
    place = int(path[-1]) if path[-1].isdecimal() else -1
    if table.fixed_rows or not 0 <= place < len(rows):
        return raw, name
    base = "-".join(path[:-1])
    return raw, _PRESSES[verb](rows, place, base)


def _remove(rows: list[Raw], place: int, base: str) -> str:
    del rows[place]
    return f"{base}-{min(place, len(rows) - 1)}" if rows else base


def _swap(rows: list[Raw], place: int, other: int, base: str) -> str:
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        place = other
    return f"{base}-{place}"


_PRESSES: Mapping[str, Callable[[list[Raw], int, str], str]] = {
    "remove": _remove,
    "up": lambda rows, place, base: _swap(rows, place, place - 1, base),
    "down": lambda rows, place, base: _swap(rows, place, place + 1, base),
}


def _list_at(
    fields: tuple[FormField, ...], raw: Raw, path: list[str], around: Values
) -> tuple[FormField, list[Raw]] | None:
    """The table and the list of rows that a path such as `steps.0.milestones` names; made where it is not there yet."""
    table = next((f for f in fields if path and f.id == path[0] and f.kind == "table"), None)
    if table is None:
        return None
    raw[table.id] = _shown_rows(table, raw.get(table.id), around)
    rows: list[Raw] = raw[table.id]
    if len(path) == 1:
        return table, rows
    if len(path) < 3 or not path[1].isdecimal() or int(path[1]) >= len(rows):
        return None
    return _list_at(table.fields, rows[int(path[1])], path[2:], around)


# -- the small forms around a program's questions -------------------------------------------------------------------


class DayField(forms.DateField):
    """A day, typed or picked. Compares with nothing: what a day may be is the core's to say."""

    def __init__(self, **options: Any) -> None:
        says = {"invalid": "Enter a day, a month and a year, for example 15 March 2027", "required": "Give the day"}
        options["error_messages"] = says | options.get("error_messages", {})
        super().__init__(input_formats=DATE_INPUT_FORMATS, **options)


class Small(forms.Form):
    """A form of our own beside the program's questions: a reason, a day, who took part."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        for box in self.fields.values():
            if isinstance(box, forms.ChoiceField):
                box.error_messages = box.error_messages | {"invalid_choice": "Choose one of the options given"}

    def refuse(self, reasons: Iterable[Refusal], names: Mapping[str, str] | None = None) -> list[Refusal]:
        """Put each refusal beside its box; returns those that belong to none. `names`: path → box."""
        left = []
        for reason in reasons:
            name = (names or {}).get(reason.field or "", reason.field or "")
            if name in self.fields:
                if not hasattr(self, "cleaned_data"):
                    self.cleaned_data = {}
                if not self.has_error(name):
                    self.add_error(name, reason.sentence)
            else:
                left.append(reason)
        if self.errors:
            in_order(self)
        return left


def length_typed(typed: str) -> str:
    """A length as somebody types it: `30` is 30 days."""
    return f"{typed.strip()} days" if typed.strip().isdecimal() else typed
