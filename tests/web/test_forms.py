"""A program's fields as forms: what is drawn, what is read back, where a refusal lands. No browser, no database."""

import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from ruamel.yaml import YAML

from upturn.core import reading
from upturn.core.fields import clean_answers
from upturn.core.program import Catalogue, FormField, Level, Program, Scale
from upturn.core.refusals import Refusal
from upturn.core.story import Stage, tell
from upturn.web import forms
from upturn.web.forms import Asking, Questions, asking, first_answers, moved_rows, read

FILES = {"a1": "attendance.pdf", "a2": "numbers.csv"}


@pytest.fixture(scope="module")
def drafting() -> Stage:
    """The Member Improvement Plan when the member begins to write."""
    return told("told")


def told(scene: str) -> Stage:
    folder = resources.files("upturn.programs")
    file = reading.read((folder / "evolve-mip.v1.yaml").read_text(encoding="utf-8"))
    document = YAML(typ="safe", pure=True).load((folder / "evolve-mip.story.yaml").read_text(encoding="utf-8"))
    return tell(file, document, {"name": scene, "steps": [{"do": scene}]})


def scope(stage: Stage, **changes: Any) -> Asking:
    made = asking(stage.case(stage.actor("mara")), files=FILES)
    program = changed_program(made.program, **changes)
    return Asking(program, made.around, made.people, made.files, made.sources)


def changed_program(program: Program, **changes: Any) -> Program:
    return program.model_copy(update=changes)


def one(kind: str, **more: Any) -> FormField:
    return FormField.model_validate({"id": "it", "kind": kind, "title": "It", **more})


def sent(**values: str | list[str]) -> QueryDict:
    """What a form sends; `a_steps_0_what` stands for `a-steps-0-what` nowhere: names are given as they are."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def drawn(questions: Questions) -> str:
    return render_to_string("acting/questions.html", {"questions": questions})


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def posted(html: str) -> QueryDict:
    """What a browser would send of this html without anybody touching it."""
    data = QueryDict(mutable=True)
    for tag in re.findall(r"<input[^>]*>", html):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attrs.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        data.appendlist(attrs["name"], unescaped(attrs.get("value", "")))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        data.appendlist(name, unescaped(body).strip("\r\n"))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', body)
        data.appendlist(name, chosen[0] if chosen else "")
    return data


def unescaped(text: str) -> str:
    return (
        text.replace("&quot;", '"')
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )


SCALE = Scale(
    title="Rating",
    levels=(Level(id="low", value=1, title="Not yet", says="Seldom"), Level(id="high", value=2, title="There")),
)
PLACES = Catalogue.model_validate(
    {"title": "Places", "options": [{"id": f"o{n}", "title": f"Place {n}"} for n in range(9)]}
)
CHOICES: Mapping[str, Any] = {
    "options": [
        {"id": "late", "title": "Late", "says": "Later than agreed"},
        {
            "id": "absent",
            "title": "Absent",
            "options": [{"id": "ill", "title": "Ill"}, {"id": "other", "title": "Not ill"}],
        },
    ]
}
ROUND_TRIPS: list[tuple[FormField, Any]] = [
    (one("text"), "Some “words” & <more>"),
    (one("longtext"), "One line\nand another"),
    (one("integer"), 12),
    (one("number"), 3.5),
    (one("percent"), 80),
    (one("money", currency="USD"), "1250.00"),
    (one("date"), "2026-06-30"),
    (one("daterange"), {"from": "2026-06-01", "to": "2026-06-30"}),
    (one("time"), "14:30"),
    (one("datetime"), {"at": "2026-06-30T14:30", "place": "Room 4"}),
    (one("duration"), "30 days"),
    (one("yesno"), True),
    (one("yesno"), False),
    (one("choice", **CHOICES), "late"),
    (one("choice", **CHOICES), {"id": "absent", "within": "ill"}),
    (one("choice", other=True, **CHOICES), {"other": "Something of its own"}),
    (one("choice", catalogue="places"), "o8"),
    (one("choices", **CHOICES), ["late", "absent"]),
    (one("choices", other=True, **CHOICES), ["late", {"other": "Words"}]),
    (one("rating", scale="scale"), "high"),
    (one("person"), "@p1"),
    (one("person"), "Kim Lund"),
    (one("person", role="facilitator"), "@p2"),
    (one("file"), ["a2"]),
]


@pytest.mark.parametrize(("field", "answer"), ROUND_TRIPS, ids=lambda v: v.kind if isinstance(v, FormField) else None)
def test_what_was_answered_is_drawn_and_sent_back_unchanged(drafting: Stage, field: FormField, answer: Any) -> None:
    around = scope(drafting, scales={"scale": SCALE}, catalogues={"places": PLACES})
    raw = read([field], posted(drawn(Questions([field], around, {"it": answer}))))
    assert clean_answers([field], raw, around.around, around.program) == ({"it": answer}, [])


UNFIT: list[tuple[FormField, dict[str, str], str, str]] = [
    (one("date"), {"a-it": "next week"}, "next week", "Enter a date"),
    (one("date"), {"a-it": "6/7/2026"}, "6/7/2026", "Enter a date"),
    (one("number"), {"a-it": "a dozen"}, "a dozen", "Enter a number"),
    (one("integer", min=3), {"a-it": "2"}, "2", "Enter 3 or more"),
    (one("money"), {"a-it": "lots"}, "lots", "Enter an amount"),
    (one("duration"), {"a-it": "soon"}, "soon", "soon"),
    (one("time"), {"a-it": "noon"}, "noon", "Enter a time"),
    (one("datetime"), {"a-it-on": "some day", "a-it-at": "14:30"}, "some", "Enter a date and time"),
    (one("daterange"), {"a-it-from": "2026-06-30", "a-it-to": "2026-06-01"}, "2026-06-01", "before the first day"),
    (one("text", max_length=3), {"a-it": "too long"}, "too long", "at most 3 fit"),
]


@pytest.mark.parametrize(
    ("field", "data", "typed", "says"), UNFIT, ids=lambda v: v.kind if isinstance(v, FormField) else None
)
def test_what_does_not_fit_comes_back_as_typed_with_a_sentence_beside_it(
    drafting: Stage, field: FormField, data: dict[str, str], typed: str, says: str
) -> None:
    around = scope(drafting)
    raw = read([field], sent(**data))
    questions = Questions([field], around, raw)
    left = questions.refuse(clean_answers([field], raw, around.around, around.program)[1])
    html = drawn(questions)
    assert (left, questions.errors) == ([], True)
    assert f'value="{typed}' in html
    assert says in text_of(html)


@pytest.mark.parametrize("typed", ["30 June 2026", "June 30, 2026", "30 Jun 2026", "2026-06-30"])
def test_a_day_may_be_typed_in_words(typed: str) -> None:
    assert read([one("date")], sent(**{"a-it": typed})) == {"it": "2026-06-30"}


@pytest.mark.parametrize(
    ("field", "data", "says"),
    [
        (one("person"), {"a-it": "@p9"}, "choose one of the people given"),
        (one("person", role="facilitator"), {"a-it": "@p1"}, "choose one of the people given"),
        (one("person", role="facilitator"), {"a-it": "Somebody"}, "choose one of the people given"),
        (one("person"), {"a-it": forms.OTHER}, "enter the name"),
        (one("choice", other=True, **CHOICES), {"a-it": forms.OTHER}, "in your own words"),
        (one("file"), {"a-it": "a7"}, "among the files attached"),
    ],
)
def test_what_only_the_form_can_know_is_refused_by_it(
    drafting: Stage, field: FormField, data: dict[str, str], says: str
) -> None:
    questions = Questions([field], scope(drafting), read([field], sent(**data)))
    assert [says in r.says for r in questions.own_refusals()] == [True]


def test_a_forged_choice_is_refused_by_the_core_and_chooses_nothing(drafting: Stage) -> None:
    field, around = one("choice", **CHOICES), scope(drafting)
    raw = read([field], sent(**{"a-it": "removed"}))
    questions = Questions([field], around, raw)
    assert questions.refuse(clean_answers([field], raw, around.around, around.program)[1]) == []
    assert "checked" not in drawn(questions)
    assert "Choose one of the options given" in drawn(questions)


# What is asked, and how ---------------------------------------------------------------------------------------------


def test_a_question_is_asked_only_when_its_condition_holds_with_the_answers_so_far(drafting: Stage) -> None:
    fields = [
        one("yesno"),
        FormField.model_validate({"id": "why", "title": "Why", "show_if": "it", "required_if": "it"}),
    ]
    around = scope(drafting)
    names = lambda raw: [b.name for p in Questions(fields, around, raw).parts for b in p.fields if not b.is_hidden]  # noqa: E731
    assert names({}) == ["it"]
    assert names({"it": "yes"}) == ["it", "why"]


def test_an_answer_needed_under_a_condition_is_not_called_optional(drafting: Stage) -> None:
    fields = [one("yesno", required=True), FormField.model_validate({"id": "why", "title": "Why", "required_if": "it"})]
    optional = ["(optional)" in drawn(Questions(fields, scope(drafting), raw)) for raw in ({"it": "no"}, {"it": "yes"})]
    assert optional == [True, False]


def test_what_was_asked_and_left_empty_is_said_to_be_empty_so_that_no_default_comes_back(drafting: Stage) -> None:
    fields = [
        one("choice", default="late", **CHOICES),
        FormField.model_validate({"id": "n", "title": "N", "default": "x"}),
    ]
    around = scope(drafting)
    data = posted(drawn(Questions(fields, around, first_answers(fields, around))))
    assert read(fields, data) == {"it": "late", "n": "x"}
    data["a-it"], data["a-n"] = "", ""
    assert read(fields, data) == {"it": "", "n": ""}
    assert clean_answers(fields, read(fields, data), around.around, around.program, fresh=True) == ({}, [])


def test_definitions_stand_under_their_options_and_keep_them_open_to_view(drafting: Stage) -> None:
    options = [{"id": f"o{n}", "title": f"Option {n}", "says": f"It means {n}"} for n in range(11)]
    html = drawn(Questions([one("choice", options=options)], scope(drafting), {}))
    assert "<select" not in html
    assert all(f"It means {n}" in html for n in range(11))


def test_an_option_that_is_not_open_here_is_not_offered_but_one_chosen_before_stays_visible(drafting: Stage) -> None:
    field = one(
        "choice", options=[{"id": "a", "title": "Alpha"}, {"id": "b", "title": "Beta", "show_if": "stage == 'active'"}]
    )
    assert ["Beta" in drawn(Questions([field], scope(drafting), raw)) for raw in ({}, {"it": "b"})] == [False, True]


def test_units_limits_and_examples_are_said_before_anybody_runs_into_them(drafting: Stage) -> None:
    field = one("integer", unit="tickets", min=1, max=10, guidance="Of ten.", placeholder="9")
    said = text_of(drawn(Questions([field], scope(drafting), {})))
    assert "Of ten. For example: 9 From 1 to 10 tickets." in said
    assert said.count("tickets") == 2


def test_a_computed_value_is_shown_and_not_asked(drafting: Stage) -> None:
    fields = [
        one("number"),
        FormField.model_validate({"id": "twice", "kind": "computed", "title": "Twice", "value": "it * 2.0"}),
    ]
    html = drawn(Questions(fields, scope(drafting), {"it": 4}))
    assert re.findall(r"<output[^>]*>([^<]*)<", html) == ["8"]
    assert 'name="a-twice"' not in html
    assert read(fields, sent(**{"a-it": "4", "a-twice": "99"})) == {"it": "4"}


def test_first_answers_come_from_the_directory_the_start_and_defaults(drafting: Stage) -> None:
    header = drafting.the_program().section["header"]
    found = first_answers(header.fields, scope(drafting))
    assert found == {
        "member_name": "Mara Quill",
        "facilitator_name": "Finn Alder",
        "company": "Quill IT",
        "issue_identified": "2026-02-20",
    }


def test_people_on_the_plan_are_offered_by_name_and_role(drafting: Stage) -> None:
    html = drawn(Questions([one("person")], scope(drafting), {}))
    assert re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', html) == [
        ("", "Choose a person"),
        ("@p1", "Mara Quill (member)"),
        ("@p2", "Finn Alder (facilitator)"),
        ("__other", "Somebody else"),
    ]


# Tables -------------------------------------------------------------------------------------------------------------

STEPS = {
    "a-steps-0-_id": "r1",
    "a-steps-0-what": "Close two",
    "a-steps-0-milestones-0-milestone": "First closed",
    "a-steps-0-milestones-0-on": "17 April 2026",
    "a-steps-1-what": "Attend both days",
}


def steps(stage: Stage) -> tuple[FormField, ...]:
    return stage.the_program().section["improvement_steps"].fields


def test_rows_within_rows_are_read_in_order_with_their_ids(drafting: Stage) -> None:
    raw = read(steps(drafting), sent(**STEPS))
    assert raw == {
        "steps": [
            {"_id": "r1", "what": "Close two", "milestones": [{"milestone": "First closed", "on": "2026-04-17"}]},
            {"what": "Attend both days"},
        ]
    }


def test_a_refusal_finds_its_box_in_a_row_of_a_row(drafting: Stage) -> None:
    raw = read(steps(drafting), sent(**STEPS | {"a-steps-0-milestones-0-on": "some day"}))
    around = scope(drafting)
    questions = Questions(steps(drafting), around, raw)
    _answers, problems = clean_answers(steps(drafting), raw, around.around, around.program)
    assert [p.field for p in problems] == ["steps.0.milestones.0.on"]
    assert questions.refuse(problems) == []
    html = drawn(questions)
    assert 'id="id_a-steps-0-milestones-0-on-error"' in html
    assert html.count('class="error"') == 1


def test_a_refusal_of_a_whole_table_stands_at_the_table_and_an_unknown_one_is_given_back(drafting: Stage) -> None:
    questions = Questions(steps(drafting), scope(drafting), {})
    stray = Refusal("stage", "Not now.")
    assert questions.refuse([Refusal("required", "Steps: an answer is needed.", field="steps"), stray]) == [stray]
    html = drawn(questions)
    assert '<div class="rows" id="a-steps">' in html
    assert "Steps: an answer is needed." in html
    assert questions.problems[0] == ("a-steps", "Steps: an answer is needed.")


def test_a_table_that_needs_a_row_begins_with_an_empty_one(drafting: Stage) -> None:
    html = drawn(Questions(steps(drafting), scope(drafting), {}))
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Step 1"]
    assert re.findall(r'value="(add:[^"]+)"', html) == ["add:a-steps-0-milestones", "add:a-steps"]


def test_no_more_rows_are_offered_than_fit(drafting: Stage) -> None:
    rows = [{"what": f"Step {n}"} for n in range(12)]
    html = drawn(Questions(steps(drafting), scope(drafting), {"steps": rows}))
    assert 'value="add:a-steps"' not in html


PRESSES = [
    ("add:a-steps", ["Close two", "Attend both days", None], "a-steps-2"),
    ("remove:a-steps-0", ["Attend both days"], "a-steps-0"),
    ("down:a-steps-0", ["Attend both days", "Close two"], "a-steps-1"),
    ("up:a-steps-1", ["Attend both days", "Close two"], "a-steps-0"),
    ("up:a-steps-0", ["Close two", "Attend both days"], "a-steps-0"),
    ("down:a-steps-9", ["Close two", "Attend both days"], "a-steps-9"),
    ("remove:a-nothing-0", ["Close two", "Attend both days"], ""),
    ("explode:a-steps-0", ["Close two", "Attend both days"], ""),
    ("add:", ["Close two", "Attend both days"], ""),
]


@pytest.mark.parametrize(("press", "left", "anchor"), PRESSES, ids=[p[0] for p in PRESSES])
def test_row_buttons_change_the_rows_and_say_where_to_go_on(
    drafting: Stage, press: str, left: list[str | None], anchor: str
) -> None:
    raw, where = moved_rows(steps(drafting), scope(drafting), read(steps(drafting), sent(**STEPS)), press)
    assert ([row.get("what") for row in raw["steps"]], where) == (left, anchor)


def test_a_row_of_a_row_is_added_where_it_belongs(drafting: Stage) -> None:
    raw, where = moved_rows(
        steps(drafting), scope(drafting), read(steps(drafting), sent(**STEPS)), "add:a-steps-1-milestones"
    )
    assert [len(row.get("milestones", ())) for row in raw["steps"]] == [1, 1]
    assert where == "a-steps-1-milestones-0"


FIXED = one(
    "table",
    row="Standard",
    fixed_rows=True,
    rows=[{"standard": "Punctual"}, {"standard": "Complete"}],
    fields=[{"id": "standard", "title": "Standard"}, {"id": "seen", "kind": "longtext", "title": "What was seen"}],
)


def test_fixed_rows_are_filled_and_never_added_moved_or_renamed(drafting: Stage) -> None:
    around = scope(drafting)
    html = drawn(Questions([FIXED], around, first_answers([FIXED], around)))
    assert re.findall(r"<output[^>]*>([^<]*)<", html) == ["Punctual", "Complete"]
    assert re.findall(r'name="row"', html) == []
    data = sent(**{"a-it-0-_id": "r1", "a-it-0-standard": "Never late", "a-it-1-_id": "r2", "a-it-1-seen": "All there"})
    assert read([FIXED], data) == {
        "it": [{"_id": "r1", "standard": "Punctual"}, {"_id": "r2", "standard": "Complete", "seen": "All there"}]
    }
    raw = read([FIXED], data)
    assert moved_rows([FIXED], around, raw, "remove:a-it-0")[0] == raw


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a-",
        "a--",
        "a-steps",
        "a-steps-x-what",
        "a-steps-0",
        "a-steps-99999-what",
        "a-steps-0-milestones-x",
        "-",
        "b-steps-0-what",
    ],
)
def test_forged_names_never_break_the_reading(drafting: Stage, name: str) -> None:
    raw = read(steps(drafting), sent(**{name: ["x", "y"]}))
    assert clean_answers(steps(drafting), raw, scope(drafting).around, drafting.the_program())[1] == []


def test_a_draft_of_any_shape_is_drawn(drafting: Stage) -> None:
    strange = [None, 3, "words", ["a"], {"b": 1}, [[]], {"at": 3}, True]
    for kind in forms.CONTROLS:
        field = one(kind, **({"options": [{"id": "a", "title": "A"}]} if kind.startswith("choice") else {}))
        for raw in strange:
            assert "It" in drawn(Questions([field], scope(drafting), {"it": raw}))


def test_every_field_kind_has_a_control() -> None:
    from upturn.core.fields import KINDS  # noqa: PLC0415

    assert set(forms.CONTROLS) == set(KINDS) - {"table"}
