"""Which text of a program is of what kind, what stands beside it, and what is found: told in places people know."""

import pytest

from tests.core.small import small
from upturn.core.sentences import advised, readings, remarks, sentences, unread

PROGRAM = """
form:
  - id: words
    fields:
      - {id: said, reads_as: deficiency}
      - {id: more, kind: longtext, title: More, reads_as: deficiency}
      - {id: free, kind: longtext, title: Free}
      - id: steps
        kind: table
        title: Steps
        row: Step
        fields:
          - {id: what, kind: longtext, title: What}
          - {id: target, kind: number, title: Level}
          - {id: unit, title: Counted in}
          - {id: due, kind: date, title: By when}
          - {id: judge, kind: person, title: Judge}
          - {id: given, kind: longtext, title: Help, reads_as: support}
      - id: seen
        kind: table
        title: Seen
        fields: [{id: on, kind: date, title: Day}, {id: it, title: It, reads_as: deficiency}]
      - id: help
        kind: table
        title: Help
        row: Promise
        fields: [{id: it, title: It}, {id: whose, title: Whose}]
goals: [{table: steps, text: what, target: target, unit: unit, due: due, judge: judge}]
support: {table: help, text: it, owner: whose}
items:
  - {table: help, title: Help, stages: [{id: open, title: Open}, {id: delivered, title: Delivered, open: false}],
     moves: [{id: deliver, title: Deliver, from: [open], to: delivered, by: [lead]}]}
"""


def told(program, **answers):
    return sentences(program, program.section["words"], answers)


def codes(found):
    return [(remark.where, remark.rule.code) for remark in found]


def test_each_text_is_of_the_kind_its_program_says_with_what_stands_beside_it():
    found = told(
        small(PROGRAM),
        said="It was late.",
        free="Anything.",
        steps=[{"what": "Close files", "target": 0, "given": "A call"}, {"what": " ", "target": 3}],
        seen=[{"it": "Late", "on": "2026-03-02"}, {"it": "Early"}],
        help=[{"it": "A mentor", "whose": "Finn"}],
    )
    assert [(s.where, s.kind, set(s.given)) for s in found] == [
        ("“What was said”", "deficiency", set()),
        ("Step 1, “What”", "goal", {"target"}),
        ("Step 1, “Help”", "support", {"owner"}),
        ("Row 1, “It”", "deficiency", {"due", "evidence"}),
        ("Row 2, “It”", "deficiency", set()),
        ("Promise 1, “It”", "support", {"owner"}),
    ]


def test_what_is_found_is_told_with_fairness_first():
    program = small(PROGRAM)
    answers = {"said": "On 2 March you were lazy. It was noticed that you left.", "steps": [{"what": "Be better"}]}
    found = codes(remarks(program, program.section["words"], answers))
    assert [code[:3] for _, code in found] == sorted(
        (code[:3] for _, code in found), key=["FAI", "TRA", "MEA", "TIM", "VAG"].index
    )
    assert found[:2] == [("“What was said”", "FAI001"), ("“What was said”", "TRA001")]


def test_a_day_in_one_text_is_enough_for_the_texts_beside_it():
    program = small(PROGRAM)
    section = program.section["words"]
    both = {"said": "Calls were not returned.", "more": "Two doors were open."}
    assert codes(remarks(program, section, both, ["EXA"])) == [("“What was said”", "EXA001"), ("“More”", "EXA001")]
    assert remarks(program, section, both | {"more": "On 2 March two doors were open."}, ["EXA"]) == []
    assert remarks(program, section, {"said": "Late.", "seen": [{"it": "Late", "on": "2026-03-02"}]}, ["EXA"]) == []


def test_advice_leaves_to_a_column_what_the_column_asks_for():
    program = small(PROGRAM)
    section = program.section["words"]
    answers = {"steps": [{"what": "Sound better on the telephone"}]}
    assert {code for _, code in codes(remarks(program, section, answers))} >= {"MEA001", "TIM001"}
    assert not {code for _, code in codes(advised(program, section, answers))} & {"MEA001", "TIM001"}


@pytest.mark.parametrize(
    ("language", "said", "left_alone"),
    [
        ("en", "You were lazy.", False),
        ("es-MX", "Usted es perezoso.", False),
        ("nl", "U bent lui en dat is niet goed voor de groep.", True),
        ("nl", "", False),
        ("nl", "123", False),
    ],
)
def test_a_language_that_is_not_checked_is_left_alone_and_said_to_be(language, said, left_alone):
    program = small(f"{PROGRAM}\nlanguage: {language}")
    section = program.section["words"]
    assert bool(unread(program, section, {"said": said})) is left_alone
    if left_alone:
        assert remarks(program, section, {"said": said}) == []


def test_a_goal_is_read_from_its_row_by_the_names_people_know():
    program = small(PROGRAM)
    row = {"what": "Close files", "target": 3, "unit": "files", "due": "2026-04-01", "judge": "@p2"}
    (read, bare) = readings(
        program,
        program.section["words"],
        {"steps": [row, {"what": "Nothing else"}, {"what": "Call back", "judge": "@p2"}, {"what": "x" * 401}]},
        {"p2": "Finn Alder"}.__getitem__,
    )
    assert (read.where, read.composed.sentence) == (
        "Step 1",
        "By 1 April 2026, close at least 3 files; Finn Alder decides.",
    )
    assert (bare.where, bare.composed.sentence) == ("Step 3", "Call back; Finn Alder decides.")
    assert bare.composed.missing == ("target", "due")


def test_a_text_of_any_length_and_kind_is_read():
    program = small(PROGRAM)
    for said in ("a" * 20_000, "😀", "\n\n", "lazy " * 4000, 'He said "lazy".'):
        remarks(program, program.section["words"], {"said": said})
