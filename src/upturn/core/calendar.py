"""Days, lengths and deadlines: how far, on whose calendar, and in words how a date was found. Reads no clock.

A *calendar* says which days are open. A *length* is a number of units. Calendars are kept by the unit they count
(``business_days``, ``school_days``, or any further name); every other unit runs on every day.

Two ways to lay a length on the calendar, never mixed:

- a **period** begins on a day and ends on its last day (`end_of`); the program says whether the first day counts;
- a **deadline** lies so many units after (`after`) or before (`before`) a day that itself never counts.

Everything that cannot be answered raises ValueError with a sentence for a person (`CalendarExhausted` is one).
"""

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any, Self

import holidays

DAY = timedelta(days=1)
SUCH_AS = "Write a length such as 30 days, 6 weeks or 2 months"
MOST = 36_525  # a hundred years of days: the largest number in a length, and the widest span counted day by day
YEARS = "years run from 1 to 9999"
LOOK_AHEAD = 3_653  # ten years: how far to look for one open day before a calendar is called exhausted

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DAYS_IN = {"days": 1, "weeks": 7}
MONTHS_IN = {"months": 1, "years": 12}
NEEDS_A_CALENDAR = ("business_days", "school_days")
UNITS = (*DAYS_IN, *MONTHS_IN, *NEEDS_A_CALENDAR, "hours")
ALSO_CALLED = {"calendar_days": "days", "working_days": "business_days", "workdays": "business_days"}


class CalendarExhausted(ValueError):
    """A calendar has no further open day where one is needed; the sentence says which calendar and from when."""


# -- Words -------------------------------------------------------------------------------------------------------------


def long_date(day: date) -> str:
    """A date as it is written in a sentence: ``30 June 2026``."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def long_moment(at: datetime) -> str:
    """An aware moment as it is written in a sentence: ``30 June 2026, 14:05 UTC``."""
    return f"{long_date(at)}, {at:%H:%M %Z}"


def _listed(items: Sequence[str], *, more: int = 0) -> str:
    """``a``, ``a and b``, ``a, b and c``, ``a, b and 4 more``."""
    words = [*items, f"{more} more"] if more else list(items)
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _span(first: date, last: date) -> str:
    return long_date(first) if first == last else f"{long_date(first)} to {long_date(last)}"


# -- Calendars ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _entity(country: str, subdivision: str | None) -> holidays.HolidayBase:
    """What the holidays library knows of a place, without any year worked out."""
    # The library finds a country by looking into itself, and would take a class of its own for one.
    if re.fullmatch("[A-Z]{2}", country):
        with suppress(NotImplementedError):
            return holidays.country_holidays(country, subdiv=subdivision, expand=False)
    if subdivision is None:
        raise ValueError(f"No holidays are known for the country {country!r:.60}: use a two-letter code such as US.")
    known = ", ".join(_entity(country, None).subdivisions) or "none"
    raise ValueError(f"No holidays are known for {subdivision!r:.60} in {country}. Known there: {known}.")


@lru_cache(maxsize=4096)
def _holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    entity = _entity(country, subdivision)
    if not entity.start_year <= year <= entity.end_year:
        place = country if subdivision is None else f"{country}-{subdivision}"
        span = f"{entity.start_year} to {entity.end_year}"
        raise CalendarExhausted(f"The holidays of {place} are known for {span}: nothing can be counted in {year}.")
    # Always named: left alone, the library speaks the machine's language, and two machines word one date differently.
    language = "en_US" if "en_US" in entity.supported_languages else entity.default_language
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language=language)
    return {day: re.sub(r" \(([^()]*)\)", r", \1", name) for day, name in found.items()}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are open for an organization. All ranges include both their ends.

    weekdays: the days of the week that are open, Monday 0 to Sunday 6.
    country, subdivision: public holidays, observed ones included, are closed; codes as in ISO 3166 (``US``, ``DC``).
    closed: further days the organization keeps closed; `labels` may name them (or rename a holiday).
    opens: where not empty (school terms), every day outside these ranges is closed.

    Raises ValueError when the parts cannot be a calendar (an unknown country, a range that ends before it begins).
    """

    name: str
    weekdays: frozenset[int] = frozenset(range(5))
    country: str | None = None
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()
    opens: tuple[tuple[date, date], ...] = ()
    labels: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError(f"The calendar {self.name!r} opens on weekdays from 0 (Monday) to 6 (Sunday).")
        if self.subdivision is not None and self.country is None:
            raise ValueError(f"The calendar {self.name!r} names the subdivision {self.subdivision!r} of no country.")
        if self.country is not None:
            _entity(self.country, self.subdivision)
        _check_ranges(self.opens, f"An open range of the calendar {self.name!r}")

    @property
    def never_closes(self) -> bool:
        return len(self.weekdays) == 7 and not (self.country or self.closed or self.opens)

    def is_open(self, day: date) -> bool:
        return self.why_closed(day) is None

    def why_closed(self, day: date) -> str | None:
        """None for an open day; else why it is closed, in a few words (none for a closed day without a name)."""
        if day.weekday() not in self.weekdays:
            return "weekend"
        if self.opens and self.term_of(day) is None:
            return f"outside {self.name}"
        named = _holidays(self.country, self.subdivision, day.year).get(day) if self.country else None
        if day in self.closed:
            return self.labels.get(day) or named or ""
        return named and self.labels.get(day, named)

    def term_of(self, day: date) -> tuple[date, date] | None:
        """The open range (a school term) that a day lies in, for programs that end with the term."""
        return next((term for term in self.opens if term[0] <= day <= term[1]), None)

    def next_open(self, day: date) -> date:
        """The first open day on or after a day."""
        return day if self.is_open(day) else self.add(day, 1)

    def add(self, day: date, n: int) -> date:
        """The n-th open day after a day, before it when n is negative, the day itself when n is 0.

        Raises CalendarExhausted when there is no such day; ValueError beyond MOST days.
        """
        if self.never_closes:
            return _plus(day, n)
        if abs(n) > MOST:
            raise ValueError(f"At most {MOST:,} days can be counted at once, not {n:,}.")
        for _ in range(abs(n)):
            day = self._neighbor(day, 1 if n > 0 else -1)
        return day

    def _neighbor(self, day: date, step: int) -> date:
        origin = day
        for _ in range(LOOK_AHEAD):
            day = _plus(day, step)
            if self.is_open(day):
                return day
        side = "after" if step > 0 else "before"
        raise CalendarExhausted(
            f"The calendar {self.name!r} has no open day in the ten years {side} {long_date(origin)}: "
            "give it open days there, and the date can be computed."
        )

    def count(self, start: date, end: date) -> int:
        """How many open days lie in (start, end]: after start, up to and with end. Negative when end comes first."""
        if end < start:
            return -self.count(end, start)
        if self.never_closes:
            return (end - start).days
        if (end - start).days > MOST:
            raise ValueError(f"{_span(start, end)} is more than a hundred years: nothing is counted over so long.")
        return sum(self.is_open(day) for day in _each(start + DAY, end)) if start < end else 0

    def to_json(self) -> dict[str, object]:
        """Plain JSON, the same for equal calendars; `from_json` reads it back."""
        return {
            "name": self.name,
            "weekdays": [WEEKDAY_NAMES[day] for day in sorted(self.weekdays)],
            "country": self.country,
            "subdivision": self.subdivision,
            "closed": [day.isoformat() for day in sorted(self.closed)],
            "opens": [[first.isoformat(), last.isoformat()] for first, last in self.opens],
            "labels": {day.isoformat(): label for day, label in sorted(self.labels.items())},
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read `to_json`'s form; all but the name may be left out. Raises ValueError naming the part that is wrong."""
        if not isinstance(value, Mapping):
            raise ValueError("A calendar is a mapping with a name, and the days on which it is open.")
        if unknown := [f"{key!r:.60}" for key in value if key not in READERS]:
            raise ValueError(f"A calendar has no {_listed(unknown)}; it may have {_listed(list(READERS))}.")
        if not value.get("name"):
            raise ValueError("A calendar needs a name.")
        return cls(**{key: READERS[key](given, key) for key, given in value.items() if given is not None})


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise CalendarExhausted(f"No date lies {days:,} days from {long_date(day)}: {YEARS}.") from None


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _check_ranges(ranges: Sequence[tuple[date, date]], what: str) -> None:
    for first, last in ranges:
        if last < first:
            raise ValueError(f"{what} ends on {long_date(last)}, before it begins on {long_date(first)}.")


ALL_DAYS = Calendar("calendar days", weekdays=frozenset(range(7)))

NO_CALENDARS: Mapping[str, Calendar] = MappingProxyType({})
NO_UNITS: Mapping[str, int] = MappingProxyType({})


# -- Reading a calendar: each takes what was given and the key it stands under -----------------------------------------


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"A calendar's {key} is text, not {value!r:.60}.")
    return value


def _day(value: object, key: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise ValueError(f"A calendar's {key} holds dates such as 2026-12-24, not {value!r:.60}.")
    return day


def _items(value: object, key: str) -> Sequence[object]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"A calendar's {key} is a list, not {value!r:.60}.")
    return value


def _weekdays(value: object, key: str) -> frozenset[int]:
    names = _items(value, key)
    if wrong := [f"{name!r:.60}" for name in names if name not in WEEKDAY_NAMES]:
        raise ValueError(f"A calendar's {key} are {_listed(WEEKDAY_NAMES)}, not {_listed(wrong)}.")
    return frozenset(WEEKDAY_NAMES.index(str(name)) for name in names)


def _days(value: object, key: str) -> frozenset[date]:
    return frozenset(_day(item, key) for item in _items(value, key))


def _ranges(value: object, key: str) -> tuple[tuple[date, date], ...]:
    pairs = [_items(item, key) for item in _items(value, key)]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"Each of a calendar's {key} is a first and a last day, such as [2026-08-31, 2027-06-18].")
    return tuple((_day(first, key), _day(last, key)) for first, last in pairs)


def _labels(value: object, key: str) -> dict[date, str]:
    if not isinstance(value, Mapping):
        raise ValueError(f"A calendar's {key} map a date to its name, not {value!r:.60}.")
    return {_day(day, key): _text(label, key) for day, label in value.items()}


READERS: Mapping[str, Callable[[object, str], Any]] = {
    "name": _text,
    "weekdays": _weekdays,
    "country": _text,
    "subdivision": _text,
    "closed": _days,
    "opens": _ranges,
    "labels": _labels,
}


# -- Lengths -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Length:
    """A number of units, such as 10 business days.

    A unit is one of UNITS, that of a further calendar, or a program's own name for a number of days (``block``).
    Raises ValueError when n is not a whole number from 0 to MOST.
    """

    n: int
    unit: str

    def __post_init__(self) -> None:
        if isinstance(self.n, bool) or not isinstance(self.n, int) or not 0 <= self.n <= MOST:
            raise ValueError(f"{SUCH_AS}: a whole number up to {MOST:,}, not {self.n!r:.60}.")

    def __str__(self) -> str:
        one = self.unit.removesuffix("s").replace("_", " ")
        return f"{self.n} {one}" if self.n == 1 else f"{self.n} {one}s"

    @classmethod
    def parse(cls, value: object, *, units: Collection[str] = ()) -> Self:
        """Read ``90 days``, ``10 business days`` or ``{business_days: 10}``; `units` are names beyond UNITS.

        Raises ValueError with a sentence that says what was expected.
        """
        match value:
            case cls():
                return value
            case str() if found := re.fullmatch(r"\s*([0-9]{1,6})(?:\s+|(?=[a-zA-Z]))(.{1,48})", value):
                return cls(int(found[1]), _unit(found[2], units))
            case Mapping() if len(value) == 1:
                [(unit, n)] = value.items()
                return cls(n, _unit(str(unit), units))
        raise ValueError(f"{value!r:.60} is not a length. {SUCH_AS}.")


def _unit(words: str, units: Collection[str]) -> str:
    """The unit that a person's words name: singular or plural, with spaces, hyphens or underscores."""
    name = re.sub(r"[\s_-]+", "_", words[:60].strip().lower())
    meanings = ALSO_CALLED | {unit: unit for unit in (*units, *UNITS)}
    known = {alias: unit for long, unit in meanings.items() for alias in (long, long.removesuffix("s"), f"{long}s")}
    if name in known:
        return known[name]
    slip = get_close_matches(name, known, n=1, cutoff=0.8)
    meant = f"did you mean {known[slip[0]]}?" if slip else f"the units are {_listed((*UNITS, *units))}."
    raise ValueError(f"{words.strip()!r:.60} is not a unit of time here: {meant.replace('_', ' ')}")


def unknown_unit(length: Length, *, calendars: Collection[str] = (), units: Collection[str] = ()) -> str | None:
    """The sentence for a unit that has no meaning where these calendars are kept and these units defined, else None."""
    unit, words = length.unit, length.unit.replace("_", " ")
    if unit in calendars or (unit not in NEEDS_A_CALENDAR and unit in (*UNITS, *units)):
        return None
    if unit in NEEDS_A_CALENDAR:
        return f"No calendar of {words} is kept, so {length} cannot be counted: add one with the days that are open."
    return f"Nothing says how long {length} would be: define the unit {words!r:.60} as a number of days."


def add_months(day: date, n: int) -> date:
    """The same day n months later (earlier when negative); the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9999:
        raise CalendarExhausted(f"No date lies {n:,} months from {long_date(day)}: {YEARS}.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _clock(unit: str, calendars: Mapping[str, Calendar]) -> Calendar:
    """The calendar whose open days a unit counts; ALL_DAYS for the units that run on every day."""
    if unit in NEEDS_A_CALENDAR and unit not in calendars:
        raise ValueError(unknown_unit(Length(1, unit)))
    return calendars.get(unit, ALL_DAYS)


def _day_unit(unit: str, calendars: Mapping[str, Calendar]) -> str:
    return unit if unit in calendars else "days"


def _in_days(length: Length, calendars: Mapping[str, Calendar], units: Mapping[str, int]) -> tuple[int, Calendar]:
    """A length as a number of open days of a calendar."""
    if fault := unknown_unit(length, calendars=calendars, units=units):
        raise ValueError(fault)
    if length.unit in MONTHS_IN or length.unit == "hours":
        raise ValueError(f"{length} cannot be told in days: give the length in days or weeks.")
    days = 1 if length.unit in calendars else {**units, **DAYS_IN}[length.unit]
    return length.n * days, _clock(length.unit, calendars)


def _move(day: date, length: Length, sign: int, calendars: Mapping[str, Calendar], units: Mapping[str, int]) -> date:
    if length.unit in MONTHS_IN:
        return add_months(day, sign * length.n * MONTHS_IN[length.unit])
    if length.unit == "hours":
        raise ValueError(f"{length} are counted from a moment, not from a day.")
    days, clock = _in_days(length, calendars, units)
    return clock.add(day, sign * days)


# -- Periods and deadlines ---------------------------------------------------------------------------------------------


def end_of(
    start: date,
    length: Length,
    *,
    first_day_counts: bool,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> date:
    """The last day of a period that begins on `start`. `units` gives the days of a program's own units.

    A month whose first day counts ends on the eve of the same day (1 March: 31 March); where there is no such day, on
    the last of the month (31 January: 28 February), so that a short month takes nothing more from the person.
    Raises ValueError for hours, for a period of nothing whose first day counts, for a unit without calendar or meaning.
    """
    if not first_day_counts:
        return after(start, length, calendars=calendars, units=units)
    if length.n == 0:
        raise ValueError("A period whose first day counts lasts at least 1 day, not 0.")
    if length.unit in MONTHS_IN:
        same_day = add_months(start, length.n * MONTHS_IN[length.unit])
        return same_day if same_day.day < start.day else same_day - DAY
    return _move(_plus(start, -1), length, 1, calendars, units)


def after(
    day: date,
    length: Length,
    *,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> date:
    """The last day of a deadline that runs from `day`, which does not count. Raises as `end_of` does."""
    return _move(day, length, 1, calendars, units)


def before(
    day: date,
    length: Length,
    *,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> date:
    """The last day on which something is still `length` ahead of `day`, itself not counted. Raises as `end_of` does."""
    return _move(day, length, -1, calendars, units)


def moment_after(
    at: datetime,
    length: Length,
    *,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> datetime:
    """The moment, in UTC, from which a deadline that runs from `at` has passed.

    Hours run through changes of the clock. Every other unit gives the whole of its last day: the moment is the midnight
    that ends it in the time zone of `at`. Raises ValueError for a moment without a time zone, and as `end_of` does.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs its time zone before hours can be counted from it.")
    try:
        if length.unit == "hours":
            return at.astimezone(UTC) + timedelta(hours=length.n)
        last = after(at.date(), length, calendars=calendars, units=units)
        return datetime.combine(last + DAY, time.min, tzinfo=at.tzinfo).astimezone(UTC)
    except OverflowError:
        raise CalendarExhausted(f"No moment lies {length} from {long_moment(at)}: {YEARS}.") from None


def days_between(
    start: date,
    day: date,
    *,
    first_day_counts: bool,
    unit: str = "days",
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
) -> int:
    """Which day of a period that began on `start` a day is: 1 on the first day that counts, 0 or less before it.

    Counts the open days of the unit's calendar; every day for units without one (day 45 of a period of 3 months).
    """
    return _clock(unit, calendars).count(_eve(start, first_day_counts), day)


def length_of(
    start: date,
    end: date,
    *,
    first_day_counts: bool,
    unit: str = "days",
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
) -> Length:
    """How long a period is whose last day is `end`, in days of the unit's calendar.

    Raises ValueError when it ends before it begins.
    """
    n = days_between(start, end, first_day_counts=first_day_counts, unit=unit, calendars=calendars)
    if n < 0:
        raise ValueError(f"A period cannot end on {long_date(end)}, before it begins on {long_date(start)}.")
    return Length(n, _day_unit(unit, calendars))


def _eve(start: date, first_day_counts: bool) -> date:
    return _plus(start, -1) if first_day_counts else start


# -- Pauses ------------------------------------------------------------------------------------------------------------


def merged(paused: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    """Pauses (first and last day) in order, overlapping and adjoining ones as one; ValueError for a reversed one."""
    _check_ranges(paused, "A pause")
    runs: list[tuple[date, date]] = []
    for first, last in sorted(paused):
        if runs and first <= _plus(runs[-1][1], 1):
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def shifted(
    end: date,
    *,
    start: date,
    first_day_counts: bool,
    paused: Sequence[tuple[date, date]],
    unit: str = "days",
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    allowance: int = 0,
) -> date:
    """The last day of the period start to end once its clock has stood still on the paused days.

    Each paused day that the period counts (of its own unit: a pause over a weekend takes nothing from business days)
    moves the end one such day later, and a day so added may fall into the next pause. Days before the period, and a
    pause that begins after the end reached so far, move nothing. The first `allowance` paused days count as served.
    """
    clock, eve = _clock(unit, calendars), _eve(start, first_day_counts)
    inside = [(max(first, _plus(eve, 1)), last) for first, last in merged(paused) if last > eve]
    served = Length(allowance, _day_unit(unit, calendars))
    for first, last in beyond_allowance(inside, served, calendars=calendars):
        lost = clock.count(_plus(first, -1), min(last, end))
        if lost > 0:
            end = clock.add(max(last, end), lost)
    return end


def beyond_allowance(
    paused: Sequence[tuple[date, date]],
    allowance: Length,
    *,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> list[tuple[date, date]]:
    """What is left of the pauses once the first `allowance` of them counts as served ("up to 10 workdays").

    The allowance counts days of its own unit, whatever the clock counts. Raises ValueError for months, years and hours.
    """
    spare, calendar = _in_days(allowance, calendars, units)
    left: list[tuple[date, date]] = []
    for first, last in merged(paused):
        away = calendar.count(_plus(first, -1), last)
        if away > spare:
            left.append((_plus(calendar.add(_plus(first, -1), spare), 1), last))
        spare = max(0, spare - away)
    return left


# -- Dates that the calendar year sets ---------------------------------------------------------------------------------


def next_anniversary(*, month: int, day: int, on_or_after: date) -> date:
    """The first such day of the year on or after a date ("not after 15 May"); 29 February is 28 in a common year."""
    this_year = _of_year(on_or_after.year, month, day)
    return this_year if this_year >= on_or_after else _of_year(on_or_after.year + 1, month, day)


def last_anniversary(*, month: int, day: int, on_or_before: date) -> date:
    """The latest such day of the year on or before a date: where a performance year or a season began."""
    this_year = _of_year(on_or_before.year, month, day)
    return this_year if this_year <= on_or_before else _of_year(on_or_before.year - 1, month, day)


def performance_year(on: date, *, month: int, day: int) -> tuple[date, date]:
    """First and last day of the year that begins each year on the given day and in which `on` lies (1 Oct - 30 Sep)."""
    first = last_anniversary(month=month, day=day, on_or_before=on)
    return first, next_anniversary(month=month, day=day, on_or_after=_plus(first, 1)) - DAY


def _of_year(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(2000, month)[1]:
        raise ValueError(f"No year has a day {day} in month {month}.")
    if not 1 <= year <= 9999:
        raise CalendarExhausted(f"There is no year {year} to look for {day} {MONTH_NAMES[month - 1]} in.")
    return date(year, month, min(day, monthrange(year, month)[1]))


# -- How a date was found, in a sentence -------------------------------------------------------------------------------


def how(
    start: date,
    length: Length,
    *,
    first_day_counts: bool | None = None,
    back: bool = False,
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    units: Mapping[str, int] = NO_UNITS,
) -> str:
    """How `end_of` (with first_day_counts), `after` or, with `back`, `before` found a date, without a full stop.

    "90 days from 1 March 2026, the first day counted" · "10 business days after 30 June 2026; 3 July 2026 (Independence
    Day, observed) did not count". Names at most three closed stretches that are not weekends.
    """
    words = f"{length} of {units[length.unit]} days" if length.unit in units else f"{length}"
    at = long_moment(start) if isinstance(start, datetime) and length.unit == "hours" else long_date(start)
    if first_day_counts is None:
        words = f"{words} {'before' if back else 'after'} {at}"
    else:
        words = f"{words} from {at}, the first day {'counted' if first_day_counts else 'not counted'}"
    if length.unit not in calendars or length.n == 0:
        return words
    eve = _eve(start, bool(first_day_counts))
    found = _move(eve, length, -1 if back else 1, calendars, units)
    skipped = _skipped(_clock(length.unit, calendars), *((found, _plus(start, -1)) if back else (_plus(eve, 1), found)))
    return f"{words}; {skipped} did not count" if skipped else words


def _skipped(calendar: Calendar, first: date, last: date) -> str:
    days = [day for day in _each(first, last) if day.weekday() in calendar.weekdays]
    runs = [(why, list(run)) for why, run in groupby(days, calendar.why_closed) if why is not None]
    shown = [_span(run[0], run[-1]) + (f" ({why})" if why else "") for why, run in runs[:3]]
    return _listed(shown, more=sum(len(run) for _, run in runs[3:])) if runs else ""


def how_shifted(
    end: date,
    *,
    start: date,
    first_day_counts: bool,
    paused: Sequence[tuple[date, date]],
    unit: str = "days",
    calendars: Mapping[str, Calendar] = NO_CALENDARS,
    allowance: int = 0,
) -> str:
    """How `shifted` moved an end, without a full stop; empty when it did not move.

    "29 May 2026, moved to 8 June 2026 by 10 days of pause (1 April 2026 to 10 April 2026)".
    """
    moved = shifted(
        end,
        start=start,
        first_day_counts=first_day_counts,
        paused=paused,
        unit=unit,
        calendars=calendars,
        allowance=allowance,
    )
    if moved == end:
        return ""
    days = Length(_clock(unit, calendars).count(end, moved), _day_unit(unit, calendars))
    spans = [_span(*run) for run in merged(paused) if run[0] <= moved and run[1] >= start]
    listed = _listed(spans[:3], more=len(spans[3:]))
    served = f", after {Length(allowance, days.unit)} counted as served" if allowance else ""
    return f"{long_date(end)}, moved to {long_date(moved)} by {days} of pause ({listed}){served}"
