"""Days written as lines of text, the way a school's calendar or a holiday letter lists them; and back.

For example `24 December 2026 Christmas Eve`, or `21 December 2026 to 1 January 2027 Winter break`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby

from upturn.core.wording import day_name
from upturn.web.templatetags.parts import DATE_INPUT_FORMATS

MOST_DAYS = 5_000
DAY = r"\d{4}-\d{2}-\d{2}|\d{1,2}\.? [^\W\d_]+ \d{4}|[^\W\d_]+ \d{1,2},? \d{4}"
LINE = re.compile(rf"(?P<first>{DAY})(?:\s*(?:to|until|through|–|-)\s*(?P<last>{DAY}))?[\s:,–-]*(?P<label>.*)")
HOW = "Write it as 24 December 2026, or as 21 December 2026 to 1 January 2027, then what it is."

Range = tuple[date, date, str]


class Unreadable(ValueError):
    """Lines that are no days. `problems` has a sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


def ranges(text: str) -> list[Range]:
    """First day, last day and words of every line. Raises Unreadable with every line that is none."""
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_range(line.strip()))
        except ValueError as error:
            problems.append(f"Line {number}, “{line.strip()[:60]}”: {error}")
    if sum((last - first).days + 1 for first, last, _ in found) > MOST_DAYS:
        problems.append(f"These are more than {MOST_DAYS:,} days: leave out the years nobody plans for.")
    if problems:
        raise Unreadable(problems)
    return found


def _range(line: str) -> Range:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no date is found at its beginning. {HOW}")
    first = _day(match["first"])
    last = _day(match["last"]) if match["last"] else first
    if last < first:
        raise ValueError(f"it ends on {day_name(last)}, before it begins.")
    return first, last, match["label"].strip()


def _day(text: str) -> date:
    tidy = " ".join(text.replace(".", " ").split())
    for known in DATE_INPUT_FORMATS:
        try:
            return datetime.strptime(tidy, known).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(f"there is no day “{text}”. {HOW}")


def days(found: Iterable[Range]) -> dict[date, str]:
    """Every single day with its words."""
    return {first + timedelta(n): label for first, last, label in found for n in range((last - first).days + 1)}


def as_lines(each: Mapping[date, str]) -> str:
    """Single days as lines; days in a row with the same words become one."""
    ordered = sorted(each)
    runs = groupby(enumerate(ordered), key=lambda pair: (pair[1] - timedelta(pair[0]), each[pair[1]]))
    return "\n".join(_line([day for _, day in run], label) for (_, label), run in runs)


def _line(run: list[date], label: str) -> str:
    span = day_name(run[0]) if len(run) == 1 else f"{day_name(run[0])} to {day_name(run[-1])}"
    return f"{span} {label}".strip()
