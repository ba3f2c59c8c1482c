"""A chart says one sentence, draws it, and lists the numbers; it never draws what nobody measured."""

import math
import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.web.charts import HEIGHT, WIDTH, Chart, amount, progress_chart

START = date(2026, 9, 29)
SVG = "{http://www.w3.org/2000/svg}"


def weekly(*values: float | None) -> list[tuple[date, float | None]]:
    return [(START + timedelta(weeks=week), value) for week, value in enumerate(values)]


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.svg)


def marks(chart: Chart, kind: str) -> list[ET.Element]:
    return [element for element in drawn(chart).iter() if element.get("class") == kind]


def words(chart: Chart) -> list[str]:
    return [element.text or "" for element in drawn(chart).iter("text")]


def test_the_sentence_says_where_it_stands_where_it_began_and_what_the_goal_is() -> None:
    chart = progress_chart(weekly(4, 5, 8), target=9, baseline=4, unit="of 10", due=date(2026, 12, 29))
    assert chart.sentence == (
        "Now at 8 of 10, on 13 October 2026. It started from 4 of 10. "
        "The target is 9 of 10 or more, by 29 December 2026."
    )


def test_where_less_is_better_the_goal_is_a_number_or_less() -> None:
    chart = progress_chart(weekly(61000), target=50000, unit="$", direction="down")
    assert chart.sentence == "Now at $61,000, on 29 September 2026. The target is $50,000 or less."


def test_without_any_number_there_is_a_sentence_and_no_picture() -> None:
    assert progress_chart([], target=9) == Chart(
        "Progress", "No number has been recorded yet. The target is 9 or more.", "", ()
    )
    chart = progress_chart(weekly(None, math.nan, math.inf))
    assert (chart.sentence, chart.svg) == ("No number has been recorded yet.", "")
    assert [said for _, said in chart.rows] == ["No number"] * 3


def test_one_number_is_one_dot_and_no_line() -> None:
    chart = progress_chart(weekly(3))
    assert (len(marks(chart, "c-dot")), len(marks(chart, "c-line"))) == (1, 0)


def test_a_check_in_without_a_number_is_a_gap_in_the_line_and_a_row_in_the_table() -> None:
    chart = progress_chart(weekly(4, 5, None, 7, 8, None, 9))
    assert (len(marks(chart, "c-dot")), len(marks(chart, "c-line"))) == (5, 2)
    assert [said for _, said in chart.rows] == ["4", "5", "No number", "7", "8", "No number", "9"]


def test_points_in_any_order_are_drawn_in_the_order_of_their_days() -> None:
    points = weekly(1, 2, 3)
    assert progress_chart(points[::-1]) == progress_chart(points)


def test_target_and_start_are_told_apart_by_their_dashes_not_by_colour_alone() -> None:
    chart = progress_chart(weekly(4, 8), target=9, baseline=4)
    dashes = [marks(chart, kind)[0].get("stroke-dasharray") for kind in ("c-target", "c-start")]
    assert len(set(dashes)) == 2
    assert words(chart)[-5:-2] == ["Target 9", "Now 8", "Start 4"]


def test_labels_on_the_same_height_move_apart() -> None:
    chart = progress_chart(weekly(3), target=3, baseline=3)
    heights = sorted(float(label.get("y", 0)) for label in marks(chart, "c-label"))
    assert all(below - above >= 15 for above, below in pairwise(heights))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '" onload="alert(1)', "]]>&<!--", "a & b"])
def test_hostile_titles_and_units_stay_words(hostile: str) -> None:
    chart = progress_chart(weekly(1, 2), target=3, unit=hostile, title=hostile)
    assert drawn(chart).get("aria-label") == f"{hostile}. {chart.sentence}"
    assert {element.tag.removeprefix(SVG) for element in drawn(chart).iter()} <= {"svg", "path", "circle", "text"}


def test_numbers_that_lie_close_together_are_not_flattened_by_a_far_zero() -> None:
    assert words(progress_chart(weekly(99.2, 99.9), target=99.9))[:2] == ["99.2", "99.4"]
    assert words(progress_chart(weekly(4, 8)))[0] == "0"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (8, "of 10", "8 of 10"),
        (92.5, "%", "92.5%"),
        (-0.05, "", "-0.05"),
        (0.1 + 0.2, "hours", "0.3 hours"),
        (1250000, "tickets", "1,250,000 tickets"),
        (-1200.5, "$", "-$1,200.50"),
        (1e300, "", "1e+300"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, unit: str, said: str) -> None:
    assert amount(value, unit) == said


numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(
    st.lists(st.tuples(st.dates(), numbers), max_size=8),
    numbers,
    numbers,
    st.text(max_size=20).map(lambda text: re.sub(r"[^\x20-\ud7ff]", "", text)),
)
def test_whatever_the_numbers_the_picture_is_well_formed_and_inside_its_frame(
    points: list[tuple[date, float | None]], target: float | None, baseline: float | None, unit: str
) -> None:
    chart = progress_chart(points, target=target, baseline=baseline, unit=unit)
    assert len(chart.rows) == len(points)
    if not chart.svg:
        return
    places = re.findall(r'(?:x|cx|d)="M?(-?[\d.]+)[ "]|(?:y|cy)="(-?[\d.]+)"|d="M[\d.]+ ([\d.]+)H', chart.svg)
    assert all(0 <= float(x or 0) <= WIDTH and 0 <= float(y or other or 0) <= HEIGHT for x, y, other in places)
    assert not re.search(r"\b(nan|inf)\b", " ".join(re.findall(r'(?:x|y|cx|cy|d)="([^"]*)"', chart.svg)))
    assert all(len(label.text or "") <= 15 for label in marks(chart, "c-label"))


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1, "recommendations", "1 recommendation"),
        (2, "recommendations", "2 recommendations"),
        (1, "entries", "1 entry"),
        (-1, "boxes", "-1 box"),
        (1, "issues", "1 issue"),
        (1, "series", "1 series"),
        (1, "process", "1 process"),
        (1, "of 10", "1 of 10"),
        (1, "days attended", "1 days attended"),
        (1, "%", "1%"),
    ],
)
def test_one_of_something_countable_is_named_in_the_singular(value: float, unit: str, words: str) -> None:
    assert amount(value, unit) == words
