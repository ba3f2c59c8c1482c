"""Progress charts: numbers in, one sentence, one SVG and the table of the numbers out.

The sentence comes first because it is what everybody can read; the picture and the table say the same. The SVG
is 288 units wide, which is the room a 320 px screen leaves, so its 13 px words are never drawn smaller than that.
Colours are classes over `currentColor`: the style sheet repaints them for the dark and for forced colours, and a
document that knows no style sheet still gets a readable picture. Pure: no Django, no clock.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from typing import Literal

WIDTH, HEIGHT = 288, 188
LEFT, RIGHT, TOP, BOTTOM = 44, 188, 16, 156
LABEL_X, LABEL_GAP = 197, 16
CURRENCIES = ("$", "€", "£")

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class Chart:
    """What a page shows: `sentence` always; `svg` is empty when there is nothing to draw; `rows` are (date, words)."""

    title: str
    sentence: str
    svg: str
    rows: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class _Frame:
    """Where a date and a value stand on the canvas."""

    first: date
    last: date
    low: float
    high: float

    def x(self, day: date) -> float:
        span = (self.last - self.first).days
        return (LEFT + RIGHT) / 2 if not span else LEFT + (day - self.first).days / span * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        # Both sides are scaled down first: the span of two huge numbers of opposite sign has no finite value.
        scale = max(abs(self.low), abs(self.high))
        low, high, value = self.low / scale, self.high / scale, value / scale
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return BOTTOM - share * (BOTTOM - TOP)


def progress_chart(
    points: Sequence[tuple[date, float | None]],
    *,
    target: float | None = None,
    baseline: float | None = None,
    unit: str = "",
    title: str = "Progress",
    direction: Direction = "up",
    due: date | None = None,
) -> Chart:
    """One measured goal over time.

    `points` in any order; None, NaN and infinities are check-ins without a number and become gaps. `unit` follows
    the number as written ("%", "of 10", "tickets"); "$", "€" and "£" stand before it. `direction` is "down" where
    less is better. `due` is the day by which the goal is to be met.
    """
    known = sorted(((day, _finite(value)) for day, value in points), key=lambda point: point[0])
    target, baseline = _finite(target), _finite(baseline)
    measured = [(day, value) for day, value in known if value is not None]
    sentence = _sentence(measured, target=target, baseline=baseline, unit=unit, direction=direction, due=due)
    rows = tuple((day, "No number" if value is None else amount(value, unit)) for day, value in known)
    svg = _draw(known, target=target, baseline=baseline, label=f"{title}. {sentence}") if measured else ""
    return Chart(title=title, sentence=sentence, svg=svg, rows=rows)


def amount(value: float, unit: str = "") -> str:
    """`8 of 10`, `92.5%`, `$1,200.50`: a number as a person writes it."""
    if unit in CURRENCIES:
        words = number_words(abs(value), cents=True)
        return f"{'-' if value < 0 else ''}{unit}{words}"
    return f"{number_words(value)}{'' if unit.startswith('%') or not unit else ' '}{unit_of(value, unit)}"


def unit_of(value: float, unit: str) -> str:
    """The unit as it follows a number: `recommendation` after 1 where `recommendations` is the plain plural."""
    word = unit.strip()
    if abs(value) != 1 or not word.isalpha() or len(word) < 4 or word.lower() in _NO_PLURALS:
        return unit
    for ending, single in _PLURALS:
        if word.endswith(ending):
            return word[: -len(ending)] + single
    return unit


_NO_PLURALS = {"series", "species", "movies", "news", "means"}
_PLURALS = (
    *((end, end) for end in ("ss", "us", "is", "as", "os")),
    ("ies", "y"),
    *((f"{end}es", end) for end in ("ss", "x", "ch", "sh", "zz")),
    ("s", ""),
)


def number_words(value: float, *, cents: bool = False) -> str:
    """Thousands apart, up to four decimals where they mean something; powers of ten only for the absurd."""
    if value and not 1e-4 <= abs(value) < 1e15:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if cents else f"{value:,.4f}".rstrip("0").rstrip(".")


def day_words(day: date) -> str:
    """`30 June 2026`, the same in every locale of the server."""
    return f"{day.day} {day:%B} {day.year}"


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _sentence(
    measured: Sequence[tuple[date, float]],
    *,
    target: float | None,
    baseline: float | None,
    unit: str,
    direction: Direction,
    due: date | None,
) -> str:
    if measured:
        day, now = measured[-1]
        parts = [f"Now at {amount(now, unit)}, on {day_words(day)}."]
    else:
        parts = ["No number has been recorded yet."]
    if baseline is not None:
        parts.append(f"It started from {amount(baseline, unit)}.")
    if target is not None:
        bound = "or more" if direction == "up" else "or less"
        parts.append(f"The target is {amount(target, unit)} {bound}{f', by {day_words(due)}' if due else ''}.")
    return " ".join(parts)


def _draw(
    known: Sequence[tuple[date, float | None]], *, target: float | None, baseline: float | None, label: str
) -> str:
    measured = [(day, value) for day, value in known if value is not None]
    ticks = _ticks([value for _, value in measured] + [line for line in (target, baseline) if line is not None])
    frame = _Frame(first=known[0][0], last=known[-1][0], low=ticks[0], high=ticks[-1])
    lines = [("c-target", "Target", target), ("c-start", "Start", baseline)]
    parts = [_gridline(frame.y(tick), _short(tick, ticks)) for tick in ticks]
    parts += [_crossline(kind, frame.y(value)) for kind, _, value in lines if value is not None]
    parts += [_segment(frame, part) for part in _runs(known)]
    parts += [_dot(frame.x(day), frame.y(value)) for day, value in measured]
    wanted = [(f"{name} {_short(value)}", frame.y(value)) for _, name, value in lines if value is not None]
    wanted.append((f"Now {_short(measured[-1][1])}", frame.y(measured[-1][1])))
    parts += [_text(LABEL_X, y + 4.5, words, kind="c-label") for words, y in _apart(wanted)]
    parts += _day_labels(frame)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(label)}" font-size="13" font-family="inherit" fill="none" '
        f'stroke="none">{"".join(parts)}</svg>'
    )


def _runs(known: Sequence[tuple[date, float | None]]) -> list[list[tuple[date, float]]]:
    """Unbroken stretches of numbers, so that a line never claims what nobody measured."""
    stretches = groupby(known, key=lambda point: point[1] is None)
    return [[(day, value) for day, value in part if value is not None] for missing, part in stretches if not missing]


def _ticks(values: Sequence[float]) -> list[float]:
    """Three to six round numbers around the values; from zero, unless that would flatten everything into one line."""
    low, high = min(values), max(values)
    if low == high:
        low, high = (min(low, 0), max(high, 0)) if low else (0, 1)
    elif low > 0 and high - low > 0.3 * high:
        low = 0
    elif high < 0 and high - low > -0.3 * low:
        high = 0
    step = _round_step(max(high / 4 - low / 4, 1e-300))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1) if math.isfinite(number * step)]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if rough <= factor * power * (1 + 1e-9))


def _short(value: float, ticks: Sequence[float] = ()) -> str:
    """At most about six characters, because the margin holds no more; the sentence and the table are exact."""
    size = max(map(abs, [value, *ticks]))
    if not value:
        return "0"
    if not 1e-3 <= size < 1e15:
        return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:.0e}")
    for limit, divisor, letter in ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "K")):
        if size >= limit:
            return f"{value / divisor:.3g}{letter}" if abs(value) < 1000 * divisor else f"{value / divisor:.0f}{letter}"
    return f"{value:.{4 if size >= 1 else 3 if size >= 0.1 else 1}g}"


def _apart(wanted: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Labels beside the plot, moved down and then back up just as far as they need not to overlap."""
    ordered = sorted(wanted, key=lambda label: label[1])
    placed: list[float] = []
    for _, y in ordered:
        placed.append(max(y, placed[-1] + LABEL_GAP) if placed else y)
    ceiling = float(BOTTOM)
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - LABEL_GAP
    return [(words, y) for (words, _), y in zip(ordered, placed, strict=True)]


def _day_labels(frame: _Frame) -> list[str]:
    year = frame.first.year != frame.last.year
    words = [f"{day.day} {day:%b}{f' {day.year}' if year else ''}" for day in (frame.first, frame.last)]
    if frame.first == frame.last:
        return [_text(frame.x(frame.first), BOTTOM + 22, words[0], anchor="middle")]
    return [_text(LEFT, BOTTOM + 22, words[0]), _text(RIGHT, BOTTOM + 22, words[1], anchor="end")]


def _text(x: float, y: float, words: str, *, anchor: str = "start", kind: str = "c-text") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place} fill="currentColor">{escape(words)}</text>'


def _gridline(y: float, words: str) -> str:
    line = f'<path class="c-grid" d="M{LEFT} {y:.1f}H{RIGHT}" stroke="currentColor" stroke-opacity=".4"/>'
    return line + _text(LEFT - 7, y + 4.5, words, anchor="end")


def _crossline(kind: str, y: float) -> str:
    dashes = "6 4" if kind == "c-target" else "1.5 4"
    return (
        f'<path class="{kind}" d="M{LEFT} {y:.1f}H{RIGHT}" stroke="currentColor" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>'
    )


def _segment(frame: _Frame, part: Sequence[tuple[date, float]]) -> str:
    if len(part) < 2:
        return ""
    path = "L".join(f"{frame.x(day):.1f} {frame.y(value):.1f}" for day, value in part)
    return f'<path class="c-line" d="M{path}" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/>'


def _dot(x: float, y: float) -> str:
    return f'<circle class="c-dot" cx="{x:.1f}" cy="{y:.1f}" r="4" fill="none" stroke="currentColor" stroke-width="2"/>'
