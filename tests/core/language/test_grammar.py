"""What the grammar sees in a sentence: quantities, dates, deadlines, rhythms; and what it must not see."""

import re
import tomllib
from importlib import resources

import pytest

from upturn.core.language import codes, read
from upturn.core.language.packs import pack
from upturn.core.language.patterns import PatternError, Phrases

CLASS = re.compile(r"<(\w+)>")
OF_NUMERALS = ("n", "percent", "ordinal", "year", "dated", "clock", "range", "any", "comma")


def seen(text: str, kind: str) -> list[str]:
    return [span.text for span in read(text, "en").of(kind)]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Close at least 9 of 10 tickets.", "share", ["9 of 10"]),
        ("Close at least 9 of 10 tickets.", "comparison", ["at least"]),
        ("Close nine out of ten tickets.", "share", ["nine out of ten"]),
        ("Reach 95% by Friday.", "percent", ["95%"]),
        ("Reach 95 percent by Friday.", "percent", ["95 percent"]),
        ("Reach ninety-five per cent.", "n", ["ninety-five"]),
        ("Rated 4/5 or higher.", "share", ["4/5"]),
        ("Raise $5,000 in donations.", "money", ["$5,000"]),
        ("Cut X% of the backlog.", "placeholder", ["X%"]),
        ("Ship 4-6 parcels.", "range", ["4-6"]),
        ("Ship 4 to 6 parcels.", "range", ["4 to 6"]),
        ("No more than two errors.", "n", ["two"]),
        ("No more than two errors.", "comparison", ["No more than"]),
        ("Zero errors.", "none_of", ["Zero"]),
        ("Attend all meetings.", "all_of", ["all"]),
        ("Done by 29 January.", "deadline", ["by 29 January"]),
        ("Done by March 3, 2027.", "deadline", ["by March 3, 2027"]),
        ("Done by the end of Q3.", "deadline", ["by the end of Q3"]),
        ("Done no later than 2027-01-29.", "deadline", ["no later than 2027-01-29"]),
        ("Signed until May.", "deadline", ["until May"]),
        ("On 10/5 you left early.", "date", ["10/5"]),
        ("May 5 was missed.", "date", ["May 5"]),
        ("Judged over the next 8 weeks.", "period", ["over the next 8 weeks"]),
        ("Kept up during the 60-day period.", "period", ["during the 60-day period"]),
        ("Late in the past 2 months.", "past", ["in the past 2 months"]),
        ("Sent every Friday.", "recurrence", ["every Friday"]),
        ("Sent each week.", "recurrence", ["each week"]),
        ("Count the till per shift.", "recurrence", ["per shift"]),
        ("Send the monthly report.", "recurrence", ["monthly"]),
        ("Reply within 4 hours of receipt.", "latency", ["within 4 hours of"]),
    ],
)
def test_a_phrase_is_seen_as_what_it_is(text: str, kind: str, expected: list[str]) -> None:
    assert seen(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Reach 95% of the target.", "dated"),
        ("Done in 3 of 5 reviews.", "date"),
        ("You may march to the gate.", "dated"),
        ("May attend the class.", "dated"),
        ("You sat in the van.", "dated"),
        ("Meet one-on-one with the coach.", "n"),
        ("Nobody, no one at all, was there.", "n"),
        ("1. Send the log.", "n"),
    ],
)
def test_what_only_looks_like_a_date_or_a_number_is_not_seen(text: str, kind: str) -> None:
    assert seen(text, kind) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("two", 2), ("twenty-five", 25), ("one hundred and five", 105), ("2,500", 2500), ("4.5", 4.5), ("3k", 3000)],
)
def test_numbers_have_their_value(text: str, value: float) -> None:
    assert [s.value for s in read(f"Pack {text} boxes.", "en").of("n")] == [value]


def test_every_span_is_cut_from_the_text_where_it_says() -> None:
    text = "On 10/5 you closed 3 of 5 tickets within four hours; “never” was said. 🎉 Done by May 5."
    reading = read(text, "en")
    assert [s.text for s in reading.spans] == [text[s.start : s.end] for s in reading.spans]


def test_words_in_quotation_marks_are_not_the_authors() -> None:
    reading = read("On 3 March you said “you are all lazy” to the crew.", "en")
    assert [s.text for s in reading.of("trait")] == ["lazy"]
    assert reading.of("trait", quoted=False) == []


def test_an_apostrophe_does_not_open_a_quotation() -> None:
    assert [s.text for s in read("The team's view is that you're lazy, isn't it", "en").of("trait", quoted=False)] == [
        "lazy"
    ]


@pytest.mark.parametrize("code", codes())
def test_every_pattern_of_a_pack_can_be_read(code: str) -> None:
    pack(code).chunks.check()
    pack(code).spans.check()


@pytest.mark.parametrize("pattern", ["maybe?", "a| b", "s*", "stop||go on"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        read_all(pattern)


def read_all(pattern: str) -> None:
    phrases = Phrases()
    phrases.add("kind", [pattern])
    phrases.check()


@pytest.mark.parametrize("code", codes())
def test_every_class_a_pack_asks_for_is_given_by_something(code: str) -> None:
    data = tomllib.loads((resources.files("upturn.core.language") / "packs" / f"{code}.toml").read_text("utf-8"))
    asked = {name for part in ("chunks", "spans") for said in data[part].values() for name in CLASS.findall(said)}
    assert asked <= {*data["tags"], *data["chunks"], *OF_NUMERALS}
