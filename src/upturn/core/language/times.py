"""When: deadlines, the period something is judged over, calendar recurrences; and how quick, which is none of them.

"Within 4 hours of receipt" is part of the standard: a measure, not a time frame. "Within 30 days" is a deadline.
"""

from collections.abc import Iterator

from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind

FORTNIGHT = 14
"""Days from which "within N days" without an event is read as a deadline rather than a speed."""

_AHEAD = ("dated", "deadline", "period", "for_length", "plan_time", "past")
_BEHIND = ("dated", "past", "period")


def is_time_bound(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind says when."""
    return next(time_frames(reading, kind), None) is not None


def time_frames(reading: Reading, kind: Kind) -> Iterator[Span]:
    """The spans that say when. A rate ("10 hours per week") bounds what is to be done, not what went wrong."""
    for span in reading.of(*(_BEHIND if kind == "deficiency" else _AHEAD)):
        if _is_short(reading, span) or not reading.outside(span, "not_when"):
            continue
        if kind == "consequence" and not reading.outside(span, "plan_time") and not _lasts(reading, span):
            continue
        yield span
    if kind not in {"deficiency", "consequence"}:
        yield from (s for s in reading.of("recurrence") if _recurs(reading, s))
    if kind != "deficiency":
        yield from (s for s in reading.of("latency") if is_long(reading, s))


def on_one_day(reading: Reading) -> bool:
    """Whether it is told of a day: "on 3 May", not "in May" or "since 3 May"."""
    return any(
        "date" in token.tags
        and any(c.isdecimal() for c in token.text)
        and not (place and "lasting" in reading.tokens[place - 1].tags)
        for place, token in enumerate(reading.tokens)
    )


def _recurs(reading: Reading, span: Span) -> bool:
    """Not in a name: "Quarterly Business Reviews" says which, not when."""
    token = reading.tokens[span.first]
    after = reading.tokens[span.last].text if span.last < len(reading.tokens) else ""
    name = span.last == span.first + 1 and token.text[0].isupper() and not token.first and after[:1].isupper()
    return not name and reading.outside(span, "not_recurring")


def is_long(reading: Reading, span: Span) -> bool:
    """Whether "within N days" is a deadline: two weeks or more, and no event that each time starts the count."""
    tokens = reading.tokens[span.first : span.last]
    after = reading.tokens[span.last].tags if span.last < len(reading.tokens) else frozenset()
    last = tokens[-1]
    if "length" not in last.tags or "short_length" in last.tags or "event_start" in after:
        return False
    if "month_length" in last.tags:
        return True
    return (last.value or 0) * (7 if "long_length" in last.tags else 1) >= FORTNIGHT


def _lasts(reading: Reading, span: Span) -> bool:
    return any(not t.tags.isdisjoint({"length", "n"}) for t in reading.tokens[span.first : span.last])


def _is_short(reading: Reading, span: Span) -> bool:
    """Minutes and hours: how quick, not when."""
    inside = reading.tokens[span.first : span.last]
    return any("short_length" in t.tags for t in inside) and not any(
        not t.tags.isdisjoint({"date", "point", "season_point", "stretch", "quarter", "long_length"}) for t in inside
    )
