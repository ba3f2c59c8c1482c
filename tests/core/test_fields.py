"""Kinds of field: what an answer becomes, what is refused and in which words, how a person reads it."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.small import case_of, small
from upturn.core.fields import KINDS, Unfit, clean_answers, missing, missing_sentence, number_of, show
from upturn.core.program import FormField

PROGRAM = small("""
catalogues: {causes: {title: Causes, options: [{id: time, title: Too little time}, {id: skill, title: A skill}]}}
scales: {steps: {title: Steps, levels: [{id: low, value: 1, title: Below}, {id: high, value: 2, title: Met}]}}
units: {block: 28}
""")
OPTIONS = [
    {"id": "call", "title": "Call"},
    {"id": "other_way", "title": "Otherwise", "options": [{"id": "post", "title": "By post"}]},
]


def field(kind, **more):
    return FormField.model_validate({"id": "it", "title": "It", "kind": kind, **more})


def clean(one, value):
    return KINDS[one.kind].clean(one, value, PROGRAM)


CHOICE = field("choice", options=OPTIONS, other=True)
CHOICES = field("choices", options=OPTIONS)
RATING = field("rating", scale="steps")

FITS = [
    (field("text"), "  a\r\nb\x07 ", "a\nb"),
    (field("longtext"), "x" * 20_000, "x" * 20_000),
    (field("integer"), "1,250", 1250),
    (field("integer"), 3.0, 3),
    (field("number"), " 2.5 ", 2.5),
    (field("number"), -4, -4),
    (field("percent"), "12 %", 12),
    (field("money"), "$1,250.5", "1250.50"),
    (field("money"), 3, "3.00"),
    (field("date"), " 2027-03-15", "2027-03-15"),
    (field("daterange"), {"from": "2027-03-15", "to": ""}, {"from": "2027-03-15"}),
    (field("daterange"), {"from": "2027-03-15", "to": "2027-03-15"}, {"from": "2027-03-15", "to": "2027-03-15"}),
    (field("time"), "09:05:30", "09:05"),
    (field("datetime"), "2027-03-15 14:30", {"at": "2027-03-15T14:30"}),
    (field("datetime"), {"at": "2027-03-15T14:30", "place": " Room 4 "}, {"at": "2027-03-15T14:30", "place": "Room 4"}),
    (field("duration"), "90", "90 days"),
    (field("duration"), {"business_days": 10}, "10 business days"),
    (field("duration"), "2 blocks", "2 blocks"),
    (field("yesno"), "Yes", True),
    (field("yesno"), False, False),
    (CHOICE, "call", "call"),
    (CHOICE, {"id": "other_way", "within": "post"}, {"id": "other_way", "within": "post"}),
    (CHOICE, {"other": " By pigeon "}, {"other": "By pigeon"}),
    (CHOICES, ["call", "call", "other_way"], ["call", "other_way"]),
    (field("choice", catalogue="causes"), "skill", "skill"),
    (RATING, "high", "high"),
    (RATING, 2, "high"),
    (field("person"), "@p1", "@p1"),
    (field("file"), "a12", ["a12"]),
]

UNFIT = [
    (field("text"), 3, "Write this as text"),
    (field("text", max_length=3), "four", "This is 4 characters long; at most 3 fit"),
    (field("integer"), "12.5", "Enter a whole number, for example 12"),
    (field("integer", min=1, max=9, unit="days"), 0, "Enter 1 days or more"),
    (field("number", max=9), 10, "Enter 9 or less"),
    (field("number"), True, "Enter a number, for example 12"),
    (field("number"), "nan", "Enter a number, for example 12"),
    (field("number"), "1e300", "Enter a number, for example 12"),
    (field("percent", max=100), "101%", "Enter 100 or less"),
    (field("money"), "a lot", "Enter an amount, for example 1250.00"),
    (field("money"), "NaN", "Enter an amount, for example 1250.00"),
    (field("date"), "15 March", "Enter a date, for example 2027-03-15"),
    (field("date"), "2027-02-30", "Enter a date, for example 2027-03-15"),
    (field("date"), "1066-10-14", "Enter a date between 1900 and 2200"),
    (field("daterange"), {"from": "2027-03-15", "to": "2027-03-14"}, "The last day is before the first day"),
    (field("daterange"), "2027-03-15", "Enter a first and a last day"),
    (field("time"), "half past two", "Enter a time, for example 14:30"),
    (field("datetime"), {"at": "tomorrow"}, "Enter a date and time, for example 2027-03-15 14:30"),
    (field("datetime"), {"when": "2027-03-15"}, "Enter a date and time, and a place if there is one"),
    (field("duration"), "3 fortnights", "'fortnights' is not a unit of time here: the units are"),
    (field("yesno"), "maybe", "Choose yes or no"),
    (field("choice", options=OPTIONS), {"other": "By pigeon"}, "Choose one of the options given"),
    (CHOICE, "pigeon", "Choose one of the options given"),
    (CHOICE, {"id": "other_way", "within": "pigeon"}, "Choose one of the options under “Otherwise”"),
    (CHOICE, {"id": "other_way", "within": ["post"]}, "Choose one of the options under “Otherwise”"),
    (CHOICE, {"id": ["call"]}, "Choose one of the options given"),
    (CHOICES, "call", "Choose from the options given"),
    (RATING, "middling", "Choose one of the levels given"),
    (field("file"), "../etc/passwd", "Attach the file to the plan, then choose it here"),
    (field("computed", value="1 + 1"), 2, "This is worked out, not written"),
]

SHOWN = [
    (field("text", unit="calls"), "12", "12 calls"),
    (field("number", unit="calls"), 1250.5, "1,250.5 calls"),
    (field("percent"), 12, "12 %"),
    (field("money", currency="EUR"), "1250.50", "EUR 1,250.50"),
    (field("date"), "2027-03-15", "15 March 2027"),
    (field("daterange"), {"from": "2027-03-15", "to": "2027-03-16"}, "15 March 2027 to 16 March 2027"),
    (field("datetime"), {"at": "2027-03-15T14:30", "place": "Room 4"}, "15 March 2027 at 14:30, Room 4"),
    (field("yesno"), False, "No"),
    (CHOICE, "call", "Call"),
    (CHOICE, {"id": "other_way", "within": "post"}, "Otherwise: By post"),
    (CHOICE, {"other": "By pigeon"}, "By pigeon"),
    (CHOICES, ["call", "other_way"], "Call; Otherwise"),
    (RATING, "high", "2, Met"),
    (field("person"), "@p1", "P1"),
    (field("person"), "Pat", "Pat"),
    (field("file"), ["a1", "a2"], "2 files"),
    (field("table", row="Step", fields=[{"id": "what", "title": "What"}]), [{"_id": "r1"}], "1 step"),
    (field("text"), "", ""),
]


def named(rows):
    return [pytest.param(*row, id=f"{row[0].kind}-{row[1]!s:.30}") for row in rows]


@pytest.mark.parametrize(("one", "given_", "kept"), named(FITS))
def test_an_answer_that_fits_is_kept_in_one_form(one, given_, kept):
    assert clean(one, given_) == kept


@pytest.mark.parametrize(("one", "given_", "kept"), named(FITS))
def test_what_is_kept_is_kept_again_as_it_is(one, given_, kept):
    assert clean(one, kept) == kept


@pytest.mark.parametrize(("one", "given_", "says"), named(UNFIT))
def test_an_answer_that_does_not_fit_is_refused_in_words_that_say_what_would(one, given_, says):
    with pytest.raises(Unfit) as unfit:
        clean(one, given_)
    assert str(unfit.value)[: len(says)] == says


@pytest.mark.parametrize(("one", "value", "shown"), named(SHOWN))
def test_an_answer_is_shown_as_a_person_reads_it(one, value, shown):
    assert show(one, value, PROGRAM, lambda code: code.upper()) == shown


def test_every_kind_of_field_has_an_answer_that_fits_and_one_that_does_not():
    kinds = set(KINDS) - {"table"}
    assert {one.kind for one, _, _ in FITS} == kinds - {"computed"}
    assert {one.kind for one, _, _ in UNFIT} == kinds - {"longtext", "person"}  # any text fits these


@pytest.mark.parametrize(("one", "given_", "kept"), named(FITS))
def test_what_is_kept_fits_the_schema_of_its_kind(one, given_, kept):
    jsonschema.validate(kept, KINDS[one.kind].schema(one, PROGRAM))


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["call", "post", "r1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "within", "other", "at", "from", "to", "_id", "what"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
TABLE = field(
    "table",
    max_rows=3,
    fields=[
        {"id": "what", "title": "What", "required": True},
        {"id": "how", "title": "How", "kind": "choices", "options": ["A", "B"]},
    ],
)
EVERY = list({one.kind: one for one, _, _ in [*FITS, *UNFIT]}.values())


@given(value=ANY, one=st.sampled_from([*EVERY, TABLE]))
def test_no_answer_whatever_breaks_a_form(value, one):
    around = case_of(PROGRAM).values
    cleaned, problems = clean_answers([one], {"it": value}, around, PROGRAM)
    again, none = clean_answers([one], cleaned, around, PROGRAM)
    assert (again, [p for p in none if p not in problems]) == (cleaned, [])
    assert isinstance(show(one, cleaned.get("it"), PROGRAM), str)
    assert all((p.field and p.says.startswith("It: ")) or p.rule == "required" for p in problems)


# -- tables -----------------------------------------------------------------------------------------------------------


def cleaned_rows(table, rows):
    answers, problems = clean_answers([table], {"it": rows}, case_of(PROGRAM).values, PROGRAM)
    return answers.get("it"), problems


def test_rows_keep_the_ids_they_have_and_new_ones_get_ids_that_were_never_there():
    rows, problems = cleaned_rows(TABLE, [{"what": "a"}, {"_id": "r1", "what": "b"}, {"what": "c", "_id": "r1"}])
    assert problems == []
    assert rows == [{"_id": "r2", "what": "a"}, {"_id": "r1", "what": "b"}, {"_id": "r3", "what": "c"}]


def test_an_empty_row_is_no_row_and_one_too_many_is_said():
    assert cleaned_rows(TABLE, [{"what": " "}, {"_id": "r9"}]) == (None, [])
    rows, problems = cleaned_rows(TABLE, [{"what": "a"}] * 4)
    assert len(rows) == 3
    assert [(p.field, p.says) for p in problems] == [("it", "It: at most 3 rows fit.")]


def test_a_problem_in_a_row_names_its_place():
    _, problems = cleaned_rows(TABLE, [{"what": "a"}, {"what": "b", "how": ["z"]}])
    assert [(p.field, p.says) for p in problems] == [("it.1.how", "How: Choose one of the options given.")]


FIXED = field(
    "table",
    fixed_rows=True,
    rows=[{"day": "Monday"}, {"day": "Friday"}],
    fields=[{"id": "day", "title": "Day"}, {"id": "done", "title": "Done"}],
)


MONDAY, FRIDAY = {"_id": "r1", "day": "Monday"}, {"_id": "r2", "day": "Friday"}


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ([{"_id": "r1", "done": "x"}, {"_id": "r2"}], [MONDAY | {"done": "x"}, FRIDAY]),
        ([{"_id": "r2", "done": "x"}], [MONDAY, FRIDAY | {"done": "x"}]),
        ([{"done": "x"}, {"done": "y"}], [MONDAY | {"done": "x"}, FRIDAY | {"done": "y"}]),
        ([{"_id": "r1", "day": "Monday", "done": "x"}], [MONDAY | {"done": "x"}, FRIDAY]),
    ],
    ids=["by their ids", "one of them", "by their places", "with the words of the form"],
)
def test_the_rows_that_a_form_gives_are_all_there_whatever_is_written_in_them(written, stands):
    assert cleaned_rows(FIXED, written) == (stands, [])


def test_the_words_that_a_form_gives_are_not_changed():
    rows, problems = cleaned_rows(FIXED, [{"_id": "r2", "day": "Sunday", "done": "x"}])
    assert rows == [MONDAY, FRIDAY | {"done": "x"}]
    assert [(p.field, p.says) for p in problems] == [
        ("it.0.day", "It: “Friday” stands in the form and is not changed.")
    ]


def test_a_fixed_table_takes_no_further_row():
    rows, problems = cleaned_rows(FIXED, [{"_id": "r1"}, {"_id": "r2"}, {"done": "x"}])
    assert rows == [MONDAY, FRIDAY]
    assert [(p.field, p.says) for p in problems] == [("it", "It: its rows are given, and none is added.")]


# -- what is missing --------------------------------------------------------------------------------------------------

FORM = [
    field("text").model_copy(update={"id": "why", "title": "Why", "required": True}),
    field("yesno").model_copy(update={"id": "met", "title": "Was it met"}),
    field("text").model_copy(update={"id": "else_", "title": "What else", "required_if": "met"}),
    field("text").model_copy(update={"id": "hidden", "title": "Hidden", "required": True, "show_if": "met"}),
    TABLE.model_copy(update={"id": "rows", "title": "Rows", "row": "Step", "min_rows": 2, "required": True}),
]


@pytest.mark.parametrize(
    ("answers", "lacking"),
    [
        ({}, ["Why", "Rows (at least 2 steps)"]),
        ({"why": "x", "rows": [{"what": "a"}]}, ["Rows (at least 2 steps)"]),
        ({"why": "x", "rows": [{"what": "a"}, {"how": ["a"]}]}, ["What (step 2)"]),
        ({"why": "x", "met": True, "rows": [{"what": "a"}] * 2}, ["What else", "Hidden"]),
        ({"why": "x", "met": False, "rows": [{"what": "a"}] * 2}, []),
    ],
)
def test_what_is_missing_is_named_and_what_is_hidden_is_not(answers, lacking):
    assert list(missing(FORM, answers, case_of(PROGRAM).values, PROGRAM)) == lacking


def test_answers_to_hidden_questions_are_dropped():
    answers, problems = clean_answers(FORM, {"met": False, "hidden": "x", "stray": 1}, case_of(PROGRAM).values, PROGRAM)
    assert (answers, problems) == ({"met": False}, [])


def test_many_missing_answers_make_one_short_sentence():
    assert missing_sentence(["A", "B"]) == "A and B"
    assert missing_sentence("ABCDEFGH") == "A, B, C, D, E, F and 2 more"


def test_a_number_is_read_as_people_write_one():
    assert [number_of(text) for text in ("1,250", "12 %", "-0.5", 3.0)] == [1250, 12, -0.5, 3]
