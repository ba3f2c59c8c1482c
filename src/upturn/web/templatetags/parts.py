"""The parts pages are made of. Each tag's template begins with what it takes; /parts/ shows each in every state.

Values may be dicts, dataclasses or models: a template reads all three alike.
"""

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.forms.utils import flatatt
from django.template import Context
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from upturn.documents.words import MARKDOWN
from upturn.web.charts import Chart, day_words

register = template.Library()

# What a date field reads besides the browser's own form. The month is always a word: 6/7/2026 is two dates.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y"]

TONES = {
    "completed": "done",
    "done": "done",
    "delivered": "done",
    "met": "done",
    "on track": "done",
    "closed": "done",
    "cannot start yet": "quiet",
    "optional": "quiet",
    "talk soon": "soon",
    "overdue": "soon",
    "missed": "soon",
}

_ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a"}


@register.filter
def markdown(words: object) -> SafeString:
    """A person's words as safe HTML: paragraphs, lists, emphasis, quotes, code and links, and nothing else."""
    return _safe_words(str(words or ""))


@lru_cache(maxsize=2048)
def _safe_words(words: str) -> SafeString:
    html = nh3.clean(
        MARKDOWN.render(words),
        tags=_ALLOWED,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)


@register.filter
def in_words(names: Iterable[object] | str) -> str:
    """`you, Dana Brooks and HR` from a sequence; a string stays as it is."""
    if isinstance(names, str):
        return names
    listed = [str(name) for name in names]
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


@register.simple_tag
def date(value: dt.date | dt.datetime | str | None, missing: str = "not set") -> str:
    """`30 June 2026`, or with the time, `30 June 2026, 4:20 pm`, in a time element; `missing` when there is none."""
    if isinstance(value, str):
        value = parse_date(value)
    if value is None:
        return missing
    if not isinstance(value, dt.datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), day_words(value))
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    words = f"{day_words(local)}, {local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)


@register.simple_tag
def tag(status: object, tone: str = "") -> str:
    """One status word. Tones: `status` (blue), `soon` (amber), `done` (plain text), `quiet` (grey text)."""
    words = str(_read(status, "label") or status or "")
    if not words:
        return ""
    tone = tone or str(_read(status, "tone") or "") or _tone(words)
    return format_html('<strong class="tag {}">{}</strong>', tone, words)


@register.inclusion_tag("parts/who_sees.html")
def who_sees(roles: Iterable[object] | str, since: str = "") -> dict[str, object]:
    """The audience, beside every box in which a person writes."""
    return {"roles": in_words(roles), "since": since}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, who: Iterable[object] | str = "", *, mark_optional: bool = True) -> dict[str, object]:
    """Label, hint, error and control for any Django form field, in the order a screen reader should say them."""
    kind = _kind(bound)
    ids = _described_by(bound)
    return {
        "bound": bound,
        "kind": kind,
        "optional": mark_optional and not bound.field.required and kind != "checkbox",
        "unit": getattr(bound.field, "unit", ""),
        "described_by": " ".join(ids),
        "errors": _sentences(bound),
        "control": "" if kind == "group" else _control(bound, ids),
        "choices": _choices(bound) if kind == "group" else (),
        "who": in_words(who or getattr(bound.field, "who_sees", "")),
    }


@register.inclusion_tag("parts/error_summary.html")
def error_summary(*sources: object) -> dict[str, object]:
    """The box that takes focus. Takes forms, formsets, lists of them, or ready (anchor, sentence) pairs."""
    return {"problems": [problem for source in sources for problem in _problems(source)]}


@register.inclusion_tag("parts/task.html")
def task(item: object) -> dict[str, object]:
    """One row of a task list; stands inside `<ul class="tasks">`."""
    return {"task": item}


@register.inclusion_tag("parts/tasks.html")
def tasks(items: Sequence[object], empty: str = "Nothing is waiting.") -> dict[str, object]:
    """A whole task list, or the sentence that there is nothing."""
    return {"items": items, "empty": empty}


@register.inclusion_tag("parts/timeline_item.html")
def timeline_item(item: object) -> dict[str, object]:
    """One entry; stands inside `<ol class="timeline" reversed>`, newest first."""
    return {"item": item}


@register.inclusion_tag("parts/summary_row.html")
def summary_row(key: object, value: object = "", url: str = "", action: str = "Change") -> dict[str, object]:
    """Key, value and one link; stands inside `<dl class="summary">`. `key` may be a row with all four."""
    label = _read(key, "key")
    if label is None:
        return {"key": key, "value": value, "url": url, "action": action}
    row = {name: _read(key, name) for name in ("value", "words", "url")}
    return row | {"key": label, "action": _read(key, "action") or action}


@register.inclusion_tag("parts/pagination.html")
def pagination(pages: object) -> dict[str, object]:
    """Newer and older, with the sentence that says where one is."""
    return {"pages": pages}


@register.inclusion_tag("parts/chart.html")
def chart(drawn: Chart, column: str = "Result") -> dict[str, object]:
    """Sentence, picture, and the numbers behind *Show the numbers as a table*."""
    svg = mark_safe(drawn.svg)  # charts.py escapes every word in it
    return {"sentence": drawn.sentence, "svg": svg, "rows": drawn.rows, "title": drawn.title, "column": column}


@register.inclusion_tag("parts/data_table.html")
def data_table(table: object) -> dict[str, object]:
    """A table that becomes a list of labelled values where the room is narrow."""
    columns = [column if isinstance(column, Mapping) else {"label": column} for column in _read(table, "columns")]
    rows = [zip(columns, map(_cell, row), strict=True) for row in _read(table, "rows") or ()]
    return {"caption": _read(table, "caption"), "columns": columns, "rows": rows, "empty": _read(table, "empty")}


@register.inclusion_tag("parts/key_dates.html")
def key_dates(rows: Sequence[object], caption: str = "Dates of this plan") -> dict[str, object]:
    """What, when, how it was computed; a moved date shows what it was before and why."""
    return {"rows": rows, "caption": caption}


@register.inclusion_tag("parts/files.html")
def files(items: Sequence[object], empty: str = "No files have been added.") -> dict[str, object]:
    """Attachments and downloads, with size and who added them."""
    return {"items": items, "empty": empty}


@register.inclusion_tag("parts/refusal.html")
def refusal(reasons: Sequence[object], title: str = "This is not possible yet") -> dict[str, object]:
    """Why a step is closed: the engine's own sentences, never red, because nobody made a mistake."""
    return {"reasons": reasons, "title": title}


@register.inclusion_tag("parts/rows.html")
def repeating_rows(block: object) -> dict[str, object]:
    """A repeating table as blocks, one a row, with buttons that work without script."""
    return {"block": block}


@register.inclusion_tag("parts/filters.html")
def filters(form: forms.Form, clear_url: str = "") -> dict[str, object]:
    """The form above a list; a plain GET, so that a filtered list has an address."""
    return {"form": form, "clear_url": clear_url}


@register.inclusion_tag("parts/comment.html", takes_context=True)
def remark(context: Context, item: object) -> dict[str, object]:
    """A comment or suggested change with its author, day and audience."""
    return {"comment": item, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("parts/contact.html")
def contact(person: object) -> dict[str, object]:
    """Whom to ask."""
    return {"contact": person}


def _read(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _tone(words: str) -> str:
    lowered = words.lower()
    return "soon" if lowered.startswith("due ") else TONES.get(lowered, "status")


def _cell(cell: object) -> object:
    return cell if isinstance(cell, Mapping) or hasattr(cell, "text") else {"text": cell}


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "compound" if widget.use_fieldset and not isinstance(widget, forms.FileInput) else "control"


def _described_by(bound: BoundField) -> list[str]:
    wanted = [("hint", bound.help_text), ("error", bound.errors)]
    return [f"{bound.auto_id}-{name}" for name, present in wanted if present]


def _control(bound: BoundField, described_by: Sequence[str]) -> SafeString:
    """The control without the browser's own checks, which would cut, block or empty what a person typed.

    `required`, `maxlength` and the like stay off, and numbers and addresses are typed in plain boxes with the right
    keyboard: our sentences say what is wrong. One check cannot be ours and stays on: a half-typed date, which the
    browser would send as nothing. So forms carry no `novalidate`.
    """
    widget = copy.copy(bound.field.widget)
    own = {key: value for key, value in widget.attrs.items() if key not in _CHECKS}
    widget.attrs = _native_kind(bound, widget) | own
    attrs = {"id": bound.auto_id} | ({"aria-describedby": " ".join(described_by)} if described_by else {})
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return widget.render(bound.html_name, bound.value(), attrs, renderer=bound.form.renderer)


_CHECKS = {"required", "maxlength", "minlength", "min", "max", "step", "pattern"}
_OF_THE_GROUP = {"aria-describedby", "aria-invalid"}  # said once, by the fieldset


def _native_kind(bound: BoundField, widget: forms.Widget) -> dict[str, object]:
    """Sets the widget's input type; returns attributes to add.

    Dates use the browser's own date box: it can be typed in and picked from, speaks the reader's own order of day
    and month, and sends one unmistakable value, where a line of text would make us guess what 6/7/2026 means in a
    record that may cost somebody a job, and three boxes would offer no calendar. What it cannot show (text from a
    browser without date boxes) comes back in a plain box, so that nothing typed is lost.
    """
    value = bound.value()
    if isinstance(widget, forms.DateInput):
        widget.format, shown = "%Y-%m-%d", isinstance(value, dt.date) or not value or _is_iso(str(value))
        widget.input_type = "date" if shown else "text"
    elif isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        parts = isinstance(bound.field, forms.FloatField | forms.DecimalField)
        return {"inputmode": "decimal" if parts else "numeric", "class": "short", "autocomplete": "off"}
    elif isinstance(widget, forms.EmailInput | forms.URLInput):
        mode, widget.input_type = widget.input_type, "text"
        return {"inputmode": mode, "autocapitalize": "none", "spellcheck": "false"}
    return {}


def _is_iso(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _choices(bound: BoundField) -> list[dict[str, object]]:
    """Radios and checkboxes one by one; `field.option_hints` maps a value to a line under its label."""
    hints = getattr(bound.field, "option_hints", {})
    return [_choice(option, hint=hints.get(str(option.data["value"]), "")) for option in bound.subwidgets]


def _choice(option: BoundWidget, *, hint: str) -> dict[str, object]:
    data = option.data
    own = {name: value for name, value in data["attrs"].items() if name not in _CHECKS | _OF_THE_GROUP}
    described = {"aria-describedby": f"{own['id']}-hint"} if hint else {}
    attrs = {"type": data["type"], "name": data["name"], "value": str(data["value"])} | own | described
    box = format_html("<input{}>", flatatt(attrs))
    return {"input": box, "id": own["id"], "label": option.choice_label, "hint": hint}


def _problems(source: object) -> list[tuple[str, str]]:
    if isinstance(source, forms.BaseForm):
        return [problem for name, errors in source.errors.items() for problem in _form_problems(source, name, errors)]
    if isinstance(source, forms.BaseFormSet):
        return [("", str(text)) for text in source.non_form_errors()] + _problems(list(source.forms))
    if isinstance(source, tuple) and len(source) == 2 and all(isinstance(part, str) for part in source):
        return [(source[0], source[1])]
    if isinstance(source, Iterable) and not isinstance(source, str):
        return [problem for part in source for problem in _problems(part)]
    return [("", source)] if isinstance(source, str) and source else []


def _form_problems(form: forms.BaseForm, name: str, errors: Iterable[object]) -> list[tuple[str, str]]:
    if name not in form.fields:
        return [("", str(text)) for text in errors]
    return [(_anchor(form[name]), text) for text in _sentences(form[name])]


def _sentences(bound: BoundField) -> list[str]:
    """A field's errors; the framework's bare "This field is required." becomes a sentence that names the field."""
    stock = forms.Field.default_error_messages["required"]
    return [f"Answer “{bound.label}”" if text == stock else str(text) for text in bound.errors]


def _anchor(bound: BoundField) -> str:
    grouped = _kind(bound) in ("group", "compound") and bound.subwidgets
    return str(bound.subwidgets[0].id_for_label if grouped else bound.auto_id)
