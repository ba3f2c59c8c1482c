"""Text that no store can hold never reaches one, and a condition never breaks over it."""

import json

import pytest

from tests.core.small import NOW, OFFICE_HOURS, PEOPLE, SMALL, plan_of, small
from upturn.core import conditions
from upturn.core.commands import Answer, Comment, State
from upturn.core.events import to_json
from upturn.core.facts import Actor, Facts
from upturn.core.fields import KINDS
from upturn.core.ledger import canonical
from upturn.core.program import FormField
from upturn.core.reading import BadProgram, read
from upturn.core.rules import decide
from upturn.core.wording import tidied

HALF = "\ud83d"
WORLD = Facts(calendars=OFFICE_HOURS, people=PEOPLE)
NAMES = (("n", "integer"), ("rows", "table"), ("said", "longtext"))
NOTHING = dict.fromkeys(("stage", "variant", "today", "finding", "disposition"), "") | {
    "answered": [],
    "n": 0,
    "rows": [],
}


@pytest.mark.parametrize("kind", ["text", "longtext", "person"])
def test_an_answer_keeps_neither_a_nul_nor_half_a_character(kind):
    one = FormField(id="it", kind=kind, title="It")
    assert KINDS[kind].clean(one, f"a\x00b{HALF}c 😀", None) == "abc 😀"


def test_a_place_beside_a_time_keeps_neither():
    one = FormField(id="it", kind="datetime", title="It")
    kept = KINDS["datetime"].clean(one, {"at": "2027-03-15T14:30", "place": f"Room\x00 4{HALF}"}, None)
    assert kept == {"at": "2027-03-15T14:30", "place": "Room 4"}


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (State(text=f"I\x00 see it{HALF} otherwise", about=f"stage{HALF}"), "p1"),
        (Comment(section="words", text=f"Why{HALF}?", proposed="so\x00"), "p1"),
        (Answer(section="words", answers={"said": f"We met.{HALF}"}, why=f"a slip{HALF}"), "p2"),
    ],
)
def test_whatever_is_asked_of_a_plan_can_be_written_down(command, actor):
    plan = plan_of()
    events = decide(small(), plan, command, Actor(actor, plan.roles(actor)), NOW, WORLD)
    written = "".join(canonical(to_json(event)).decode() for event in events)
    assert "\\u0000" not in written
    assert [type(event).__name__ for event in events] != []


def test_tidying_reaches_into_rows_and_leaves_the_rest_as_it_is():
    assert tidied({f"a{HALF}": ["\x00x", {"b": (1, None, f"y\t\n{HALF}")}]}) == {"a": ["x", {"b": (1, None, "y\t\n")}]}


def test_what_is_nested_without_end_is_cut():
    deep = inner = []
    for _ in range(5_000):
        inner.append([])
        inner = inner[0]
    assert str(tidied(deep)).count("[") < 100


@pytest.mark.parametrize(
    "value", [HALF, "a\x00b", "x" * 2_000_000, 2**70, float("nan"), b"x", object(), {1: 2}, (1,), [[]]], ids=repr
)
@pytest.mark.parametrize("expression", ["said == 'a'", "said.matches('a+')", "rows.exists(r, r.x == said)", "n > 3"])
def test_a_condition_over_any_answer_holds_or_does_not_and_never_breaks(value, expression):
    for told in ({"said": value}, {"said": "", "n": value}, {"said": "", "rows": [{"x": value}]}):
        assert conditions.evaluate(expression, NAMES, {**NOTHING, **told}) in (True, False, None)


def test_a_condition_over_too_many_rows_does_not_hold():
    rows = [{"x": n} for n in range(200)]
    assert conditions.evaluate("rows.all(a, rows.all(b, a.x != b.x - 1000))", NAMES, {**NOTHING, "rows": rows}) is None


LONG = " || ".join(["said == 'a'"] * 50)
LOOPED = "rows{0}.all(a, rows{0}.exists(b, rows{0}.filter(c, rows{0}.map(d, d).size() > 0).size() > 0))"


@pytest.mark.parametrize("between", ["", " ", "\n  ", " // a note\n"])
def test_four_loops_are_too_many_however_they_are_spaced(between):
    assert loops(LOOPED.format(between).replace(".", f".{between}")) == refused


def loops(condition):
    table = "{id: rows, kind: table, title: Rows, fields: [{id: x, title: X}]}"
    trigger = f"{{id: t, title: T, when: {json.dumps(condition)}}}"
    start = f"start: {{by: [lead], stage: drafting, fields: [{table}], triggers: [{trigger}]}}"
    return problems(SMALL.replace("start: {by: [lead, office], stage: drafting}", start))


def problems(text):
    with pytest.raises(BadProgram) as found:
        read(text)
    return [p.says for p in found.value.problems]


refused = ["A condition is at most 500 characters with 3 loops; say this in smaller pieces."]


@pytest.mark.parametrize("escaped", ["\\ud83d", "\\0", "\\x07"])
def test_a_program_file_holds_no_text_that_cannot_be_stored(escaped):
    text = SMALL.replace("title: A small plan", f'title: "A small{escaped} plan"')
    assert problems(text) == ["This text holds a character that nothing can show or store; write it again."]
