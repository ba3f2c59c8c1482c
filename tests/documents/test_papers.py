"""Papers: what a plan says is on its form, in a file that conforms and that every machine makes the same (D-11, M-04 to
M-08).
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from tests.documents.told import IMPRINT, MADE, NAMES, OURS, answered, program_file, stories, told
from upturn.core.case import Case
from upturn.core.program import Document
from upturn.core.timing import checkins_ahead
from upturn.core.wording import day_name
from upturn.documents import gate
from upturn.documents.content import Paper, Reader, blank_paper, letter_paper, plan_paper, record
from upturn.documents.typesetting import NotTypeset, typeset
from upturn.documents.words import blocks, plain, printable


def printed(case: Case, document: Document | None = None) -> tuple[Paper, bytes]:
    paper = plan_paper(case, document or case.program.papers[0], IMPRINT)
    return paper, typeset(paper, MADE, record=record(case, IMPRINT))


def said(pdf: bytes) -> str:
    """Everything the file says, as one reads it."""
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


# -- every program prints ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_any_program_prints_its_plan_and_its_empty_form_without_work(name: str) -> None:
    case = told(name)
    for document in case.program.papers:
        paper, pdf = printed(case, document)
        assert gate.passed(pdf, paper.texts(), record(case, IMPRINT)) == pdf
        blank = typeset(blank_paper(program_file(name).program(), document, IMPRINT), MADE)
        assert list(gate.failures(blank)) == []


OPENED = [
    (name, number)
    for name in OURS
    for number in range(0, len(stories(name)["stories"]), 5)
    if told(name, number).plan.seq
]


@pytest.mark.parametrize(("name", "number"), OPENED)
def test_wherever_a_plan_stands_its_form_passes_the_gate(name: str, number: int) -> None:
    case = told(name, number)
    paper, pdf = printed(case)
    assert gate.passed(pdf, paper.texts(), record(case, IMPRINT)) == pdf


@pytest.mark.parametrize("name", [n for n in NAMES if program_file(n).program().letters])
def test_every_letter_prints(name: str) -> None:
    case = told(name)
    for one in case.program.letters:
        paper = letter_paper(case, one, IMPRINT)
        pdf = typeset(paper, MADE)
        assert gate.passed(pdf, paper.texts()) == pdf
        assert one.title in said(pdf)


# -- the official forms ------------------------------------------------------------------------------------------------


def test_the_districts_form_is_the_districts_form() -> None:
    """D-11: the same sections, headings, definitions, consequence and lines to sign as the form."""
    blank = said(
        typeset(blank_paper(program_file("dc-pip").program(), told("dc-pip").program.papers[0], IMPRINT), MADE)
    )
    for words in (
        "PERFORMANCE IMPROVEMENT PLAN",
        "serves as a roadmap to improvement. It reestablishes the expectations and identifies any performance issues.",
        "Employee Full Name",
        "Start/End Dates",
        "Service Type/Grade",
        'below the "Valued Performer" (3) rating level',
        "Partners with internal and external customers to provide quality service.",
        "(Applicable to supervisors only.)",
        "S.M.A.R.T. GOALS",
        'The benchmark progress expected during the opportunity period in the section identified by "PROGRESS".',
        "If there is a failure to improve performance by the end date, the employee will be subject to an extension",
        "of the PIP, reassignment, or reduction in grade or removal.",
        "EMPLOYEE ACKNOWLEDGEMENT",
        "IMMEDIATE SUPERVISOR OR REVIEWER IF IMMEDIATE SUPERVISOR IS NOT AVAILABLE",
    ):
        assert words.lower() in blank.lower().replace("”", '"').replace("“", '"')
    assert blank.count("DEFICIENCY") == 3 + 1  # three blocks, and the explanation before them
    assert blank.count("DATE") >= 3 * 4


def test_the_districts_form_filled_ticks_what_was_named_and_nothing_else() -> None:
    case = told("dc-pip")
    _, pdf = printed(case)
    text = said(pdf)
    named = {row["competency"] for row in case.answer("competencies") or ()}
    for option in case.program.catalogues["core_competencies"].options:
        mark = "☑" if option.id in named else "☐"
        assert f"{mark} {option.title.upper()}" in text
    for block in case.answer("blocks"):
        assert len(block["check_in_dates"]) <= text.count("DATE")
        assert block["deficiency"] in text


def test_the_districts_form_has_a_place_for_everything_that_is_asked() -> None:
    """Which competency or goal an action is for, how each was rated, a box and lines for each goal."""
    program = program_file("dc-pip").program()
    paper = blank_paper(program, program.papers[0], IMPRINT)
    text = said(typeset(paper, MADE))
    assert text.count("ACTION for the competency or goal:") == 3
    assert text.count("Observed at") == len(program.catalogues["core_competencies"].options) + 3
    assert text.count("☐ Goal") == 3
    assert text.count("☐ Other:") == 3


def test_what_nobody_answered_is_said_to_be_unanswered_and_a_blank_has_boxes_for_every_choice() -> None:
    case = answered(told("employer-pip"), "header", team_name=None)
    assert "Team Not answered" in said(printed(case)[1])
    program = program_file("employer-pip").program()
    blank = said(typeset(blank_paper(program, program.papers[0], IMPRINT), MADE))
    assert "Not answered" not in blank
    assert blank.count("☐ Yes ☐ No") == 3 + 1  # for each of three goals, and for the terms


def test_nothing_is_printed_twice() -> None:
    _, pdf = printed(told("employer-pip"))
    document = pypdfium2.PdfDocument(pdf)
    lines = [line.strip() for page in document for line in page.get_textpage().get_text_bounded().splitlines()]
    document.close()
    assert lines.count("Goals") == 1
    assert [line for line in lines if line.startswith("What follows")] == [
        "What follows",
        "What follows The employee stays in good standing",
    ]


def test_the_member_improvement_plan_is_the_networks_form() -> None:
    """M-04 to M-08: header, situation, improvement steps, outcome, sign-off, and where the copy goes (M-09)."""
    case = told("evolve-mip")
    _, pdf = printed(case)
    text = said(pdf).replace("’", "'")
    for words in (
        "IT Nation Evolve Member Improvement Plan (MIP)",
        "Member's Name",
        "Targeted Completion Date",
        "SITUATION:",
        "Briefly describe the situation that led to this MIP. Why does there need to be change?",
        "IMPROVEMENT STEPS:",
        "Who determines successful completion?",
        "OUTCOME:",
        "SIGN-OFF: I agree with the assessment and MIP above.",
        "Member's Signature",
        "Facilitator's Signature",
        "Once signed, the facilitator will send a copy of the MIP to",
    ):
        assert words in text


def test_what_stays_with_the_office_is_in_no_copy() -> None:
    case = told("employer-pip")
    paper, _ = printed(case, Document(id="plan"))
    kept = {s.id for s in case.program.form if s.withheld}
    assert kept
    assert kept & {part.id for part in paper.parts} == set()


# -- what a plan became ------------------------------------------------------------------------------------------------


def running(name: str) -> Case:
    """A plan under way, with check-ins still to come."""
    cases = (told(name, number) for number in range(len(stories(name)["stories"])))
    return next(case for case in cases if case.plan.seq and checkins_ahead(case))


@pytest.mark.parametrize("name", OURS)
def test_a_check_in_to_come_says_that_it_is_planned(name: str) -> None:
    case = running(name)
    _, pdf = printed(case)
    for check in checkins_ahead(case):
        assert f"Planned for {day_name(check.due)}" in said(pdf)


def test_two_check_ins_of_a_day_are_told_apart_in_the_words_of_the_form() -> None:
    case = running("dc-pip")
    paper, _ = printed(case)
    found = [(line.title, line.on) for line in paper.check_ins]
    assert len({title for title, _ in found}) < len(found) == len(set(found))
    assert not [on for _, on in found if "Block" in on]
    assert [
        on for _, on in found if on.startswith("A S.M.A.R.T. goal of the Performance Plan (number of that goal: 2)")
    ]


def test_rows_that_chose_the_same_are_told_apart_by_their_number_too() -> None:
    case = running("dc-pip")
    rows = [{**row, "area": "communication", "goal_number": None} for row in case.answer("blocks")]
    paper, _ = printed(answered(case, "actions", blocks=rows))
    assert {line.on.split("\n")[0] for line in paper.check_ins} == {"Block 1, Communication", "Block 2, Communication"}


def test_what_somebody_does_not_read_names_no_check_in() -> None:
    case = running("dc-pip")
    paper = plan_paper(case, case.program.papers[0], IMPRINT, Reader(sees=lambda section: section != "actions"))
    assert {line.on.split("\n")[0] for line in paper.check_ins} == {"Block 1", "Block 2"}


def test_check_ins_that_an_end_made_needless_are_in_no_paper() -> None:
    case = told("evolve-mip")
    to_come = {key: replace(c, held=None, missed=None) for key, c in case.plan.checkins.items()}
    ended_early = replace(case.with_plan(replace(case.plan, checkins=to_come)), now=MADE.replace(month=4, day=1))
    paper, _ = printed(ended_early)
    title = case.program.checkins[0].title
    assert [line.title for line in paper.check_ins] == [f"{title}, 16 March 2026", f"{title}, 30 March 2026"]


def test_a_check_in_is_not_parted_by_the_end_of_a_page() -> None:
    case = told("employer-pip")
    for check in (c for c in case.plan.checkins.values() if c.held):
        long = "\n".join(f"Line {n} of {check.id}." for n in range(1, 21))
        told_at_length = replace(check, answers={**check.answers, "employee_said": long})
        plan = replace(case.plan, checkins={**case.plan.checkins, check.id: told_at_length})
        case = case.with_plan(plan)
    document = pypdfium2.PdfDocument(printed(case)[1])
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    for check in (c for c in case.plan.checkins.values() if c.held):
        first, last = (next(n for n, p in enumerate(pages) if f"Line {k} of {check.id}." in p) for k in (1, 20))
        assert first == last


# -- the record inside -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_the_plan_itself_is_attached_word_for_word(name: str) -> None:
    case = told(name)
    _, pdf = printed(case)
    inside = json.loads(gate.attached(pdf))
    assert gate.attached(pdf) == record(case, IMPRINT)
    assert inside["sections"] == {
        key: {"answers": w.answers, "by": w.by, "on": w.on.isoformat(), "entry": w.seq}
        for key, w in case.plan.sections.items()
    }


def test_the_same_plan_is_the_same_file_in_another_process_place_and_time_zone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    script = (
        "import hashlib; from tests.documents.told import *; from upturn.documents.content import *;"
        "from upturn.documents.typesetting import typeset; case = told('dc-pip');"
        "paper = plan_paper(case, case.program.papers[0], IMPRINT);"
        "print(hashlib.sha256(typeset(paper, MADE, record=record(case, IMPRINT))).hexdigest())"
    )
    made = set()
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Los_Angeles", "7")):
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONPATH": str(Path.cwd())}
        environment["TMPDIR"] = str(tmp_path_factory.mktemp("elsewhere"))
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        made.add(done.stdout)
    assert len(made) == 1


# -- traps -------------------------------------------------------------------------------------------------------------

LONG = " ".join(f"Sentence number {n} says what happened on that day." for n in range(1, 401))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (LONG, "Sentence number 400 says"),
        ("x" * 3000, "x" * 3000),
        ("Łucja Nguyễn-Ødegård, Ἀθηνᾶ, Дмитрий", "Łucja Nguyễn-Ødegård, Ἀθηνᾶ, Дмитрий"),
        ("李明 さん 김민준", "李明 さん 김민준"),
        ("Well done 😀", "Well done [grinning face]"),
        ("עברית 🙂 and more", "slightly smiling face"),
        ("bell \u0007, mark \ufeff, over\u202eride", "bell , mark , override"),
        ('#read("/etc/passwd") *bold* $x$ #{1+1} \\u{1f}', '#read("/etc/passwd") bold $x$ #{1+1} \\u{1f}'),
        ("Tom said:\n\n> it broke\n\n1. first\n2. second\n   - inner", "first"),
        ("<b>not bold</b> & so on", "<b>not bold</b> & so on"),
        ("a\n\n\n\n\n\nb", "b"),
    ],
    ids=[
        "400 sentences",
        "3,000 letters",
        "european",
        "cjk",
        "emoji",
        "right to left and emoji",
        "control",
        "markup",
        "lists",
        "html",
        "breaks",
    ],
)
@pytest.mark.parametrize("name", ["evolve-mip", "dc-pip"])
def test_no_text_is_lost_whatever_it_is(name: str, words: str, found: str) -> None:
    case = told(name)
    if name == "evolve-mip":
        case = answered(case, "situation", led_to=words)
    else:
        rows = [{**row, "deficiency": words} for row in case.answer("blocks")]
        case = answered(case, "actions", blocks=rows)
    paper, pdf = printed(case)
    assert gate.passed(pdf, paper.texts(), record(case, IMPRINT)) == pdf
    assert gate.found(gate.squeezed(found), gate.squeezed(said(pdf)), pages=9)


@pytest.mark.parametrize("words", ["נועה לוי", "محمد بن سلمان", "नमस्ते दुनिया", "สวัสดี"])
def test_names_in_other_scripts_are_set_with_a_font_that_has_them(words: str) -> None:
    case = answered(told("evolve-mip"), "header", member_name=words)
    paper, pdf = printed(case)
    assert gate.passed(pdf, paper.texts()) == pdf
    assert "[" not in printable(words)


def test_a_layout_of_a_programs_own_reads_nothing_but_the_plan() -> None:
    paper = plan_paper(told("evolve-mip"), Document(id="plan"), IMPRINT)
    own = '#import "base.typ": *\n#show: page-of\n= Ours\n#paper.subject'
    assert paper.subject in said(typeset(paper, MADE, template=own))
    for reaching in (
        '#read("/etc/passwd")',
        '#read("../../settings.py")',
        '#import "@preview/example:0.1.0": *',
        "#oops",
    ):
        with pytest.raises(NotTypeset, match="cannot be typeset"):
            typeset(paper, MADE, template=reaching)


def test_a_persons_words_keep_their_form() -> None:
    found = blocks("One **strong** and *soft*.\n\n- a\n- b\n\n3. c")
    assert [(b["kind"], b["mark"]) for b in found] == [("p", ""), ("item", "•"), ("item", "•"), ("item", "3.")]
    assert [run for run in found[0]["runs"] if run.get("b")] == [{"t": "strong", "b": True}]
    assert plain(found) == "One strong and soft.\na\nb\nc"


# -- the gate ----------------------------------------------------------------------------------------------------------


def test_the_gate_refuses_a_file_that_lacks_a_text_of_the_plan() -> None:
    case = told("evolve-mip")
    paper, pdf = printed(case)
    other = answered(case, "situation", led_to="Something that was never printed, at some length.")
    with pytest.raises(gate.Refused, match="not wholly in the file"):
        gate.passed(pdf, plan_paper(other, case.program.papers[0], IMPRINT).texts())
    with pytest.raises(gate.Refused, match="record attached is not the plan"):
        gate.passed(pdf, paper.texts(), record(other, IMPRINT))


def test_the_gate_finds_a_text_that_a_page_break_parts_and_none_that_is_scattered() -> None:
    assert gate.found("onetwothreefourfive", "zz" + "onetwothree" + "footer" + "fourfive", pages=2)
    assert not gate.found("onetwothreefourfive", "five four three two one", pages=2)
    assert not gate.found("onetwothreefourfive" * 3, "onetwothreefour", pages=2)


def _without(*path: str) -> Callable[[pikepdf.Pdf], None]:
    def broken(pdf: pikepdf.Pdf) -> None:
        place = pdf.Root
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return broken


def _untitled_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Lang"]


def _untagged_words(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.contents_add(b"BT /F0 9 Tf (unseen) Tj ET")


@pytest.mark.parametrize(
    "break_it",
    [
        _without("/StructTreeRoot"),
        _without("/MarkInfo"),
        _untitled_language,
        _without("/Metadata"),
        _without("/ViewerPreferences"),
        _untagged_words,
    ],
    ids=["no tags", "not marked", "no language", "no metadata", "no title shown", "words outside the tags"],
)
def test_the_gate_sees_every_property_that_is_broken(break_it: Callable[[pikepdf.Pdf], None]) -> None:
    _, good = printed(told("evolve-mip"))
    assert list(gate.failures(good)) == []
    with pikepdf.open(io.BytesIO(good)) as pdf:
        break_it(pdf)
        out = io.BytesIO()
        pdf.save(out)
    assert list(gate.failures(out.getvalue())) != []


def test_rows_of_labels_are_read_with_their_label() -> None:
    _, pdf = printed(told("dc-pip"))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        headers = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/TH"]
        scopes = {str(o.A.Scope) for o in headers if "/A" in o and "/Scope" in o.A}
    assert len(headers) >= 10
    assert "/Row" in scopes


def test_a_copy_says_what_kind_of_copy_it_is_on_every_page() -> None:
    case = told("dc-pip")
    paper = plan_paper(case, case.program.papers[0], replace(IMPRINT, mark="Copy for signing"))
    document = pypdfium2.PdfDocument(typeset(paper, MADE))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) > 1
    assert all("Copy for signing, made on 22 November 2026" in text and "PIP-2026-0007" in text for text in pages)


def test_no_file_holds_what_poppler_takes_for_an_error() -> None:
    with pikepdf.open(io.BytesIO(printed(told("evolve-mip"))[1])) as pdf:
        assert dict(pdf.Root.MarkInfo) == {"/Marked": True}
