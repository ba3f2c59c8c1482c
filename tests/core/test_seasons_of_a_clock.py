"""A clock that may not start before a day of the year may start from it until its season, or the year, turns."""

from datetime import UTC, date, datetime

import pytest

from tests.core.small import case_of, small
from upturn.core.clocks import planned
from upturn.core.refusals import Refused


def clock(bounds):
    return small(f"""
clocks: [{{id: period, title: The period, end: {{length: 5 days}}, cites: [Handbook], {bounds}}}]
moves: [{{id: begin, starts: [period]}}]
""")


OPEN_ENDED = clock("not_before: {month: 10, day: 16}")
LAST_DAY = clock("not_before: {month: 12, day: 31}")
OVER_THE_YEAR = clock("not_before: {month: 10, day: 16}, not_after: {month: 5, day: 15}")
ONE_DAY = clock("not_before: {month: 3, day: 1}, not_after: {month: 3, day: 1}")


def start(program, day):
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return planned(case_of(program, now=moment), "period").start


@pytest.mark.parametrize(
    ("program", "day"),
    [
        (OPEN_ENDED, date(2026, 10, 16)),
        (OPEN_ENDED, date(2026, 10, 17)),
        (OPEN_ENDED, date(2026, 12, 31)),
        (LAST_DAY, date(2026, 12, 31)),
        (OVER_THE_YEAR, date(2026, 10, 16)),
        (OVER_THE_YEAR, date(2027, 1, 4)),
        (OVER_THE_YEAR, date(2027, 5, 11)),
    ],
)
def test_it_starts_on_any_day_of_its_season(program, day):
    assert start(program, day) == day


@pytest.mark.parametrize(
    ("program", "day", "first", "says"),
    [
        (OPEN_ENDED, date(2026, 10, 15), date(2026, 10, 16), "from 16 October 2026 until 31 December 2026"),
        (OPEN_ENDED, date(2027, 1, 1), date(2027, 10, 16), "from 16 October 2027 until 31 December 2027"),
        (LAST_DAY, date(2026, 3, 2), date(2026, 12, 31), "from 31 December 2026 until 31 December 2026"),
        (OVER_THE_YEAR, date(2026, 5, 16), date(2026, 10, 16), "from 16 October 2026 until 15 May 2027"),
    ],
)
def test_outside_it_the_refusal_says_from_when_until_when(program, day, first, says):
    with pytest.raises(Refused) as refused:
        start(program, day)
    (reason,) = refused.value.reasons
    assert reason.sentence == f"The period may start {says}. (Handbook)"
    assert reason.possible_from == first


def test_a_season_of_one_day_is_that_day():
    with pytest.raises(Refused, match="from 1 March 2027 until 1 March 2027"):
        start(ONE_DAY, date(2026, 3, 2))
