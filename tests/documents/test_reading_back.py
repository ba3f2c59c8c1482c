"""A file comes back: whose it is, what stands in it, how it differs; and every file that is not taken."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import docx
import pikepdf
import pytest
import typst

from tests.documents.filled_forms import (
    IMPRINT,
    MADE,
    NUMBER,
    PROGRAMS,
    document_of,
    identity_of,
    paper_of,
    program_file,
    told,
)
from tests.documents.test_fillable import by_pikepdf
from tests.documents.test_word import filled as filled_word
from upturn.core.case import Case
from upturn.core.fields import Unfit
from upturn.core.program import FormField
from upturn.documents.content import executed_record, plan_paper, record
from upturn.documents.fillable import fillable
from upturn.documents.inspecting import MOST_BYTES, NotRead
from upturn.documents.reading_back import Draft, Line, accepted, compare, read
from upturn.documents.told import Told, day_of
from upturn.documents.typesetting import typeset
from upturn.documents.word import word_form


def pdf_form(name: str, case: Case | None = None, **changed: Any) -> bytes:
    return fillable(paper_of(name, case=case), replace(identity_of(name, case=case), **changed), MADE)


def draft_of(data: bytes, case: Case) -> Draft:
    return compare(read(data, case.program), case, NUMBER)


def empty(case: Case) -> Case:
    """The same plan before anything was written."""
    return case.with_plan(replace(case.plan, sections={}))


# -- our own papers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_form_that_nobody_changed_changes_nothing(name: str) -> None:
    case = told(name)
    for data in (pdf_form(name, case), word_form(paper_of(name, case=case), identity_of(name, case=case))):
        assert draft_of(data, case) == Draft((), (), ())


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_record_in_a_paper_is_the_plan(name: str) -> None:
    case = told(name)
    paper = plan_paper(case, document_of(name), IMPRINT)
    found = read(typeset(paper, MADE, record=record(case, IMPRINT)), case.program)
    assert found.source == "record"
    assert compare(found, case, NUMBER) == Draft((), (), ())


def test_the_record_in_an_executed_copy_is_what_was_signed() -> None:
    case = told("evolve-mip")
    document = document_of("evolve-mip")
    signed = executed_record(case, document, list(case.plan.signers.values()), IMPRINT)
    found = read(typeset(plan_paper(case, document, IMPRINT), MADE, record=signed), case.program)
    assert (found.source, {path.split("/")[0] for path in found.texts}) == (
        "record",
        set(json.loads(signed)["sections"]),
    )
    assert compare(found, case, NUMBER) == Draft((), (), ())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_filled_form_becomes_the_same_answers_in_an_empty_plan(name: str) -> None:
    """Every answer that the form asks for, value by value, from the PDF and from Word."""
    case = told(name)
    asked = {s.id for s in case.program.form} & {p.id for p in paper_of(name).parts}
    written = {key: dict(w.answers) for key, w in case.plan.sections.items() if key in asked}
    for data in (pdf_form(name, case), word_form(paper_of(name, case=case), identity_of(name, case=case))):
        draft = draft_of(data, empty(case))
        taken = {k: accepted({}, [line for line in draft.lines if line.section == k]) for k in written}
        assert taken == written
        assert draft.left_over == ()


def test_what_somebody_changed_stands_beside_the_present_answer() -> None:
    case = told("dc-pip")
    row = case.rows("blocks")[0]["_id"]
    changed = {
        "employee/job_title": "Senior Permit Examiner",
        "employee/ends_on": "5/31/2026",
        f"actions/blocks/{row}/deficiency": "Nine files lacked the note.\nTwo lacked a date.",
        "actions/blocks/r9/deficiency": "nowhere",
    }
    draft = draft_of(by_pikepdf(pdf_form("dc-pip", case), changed, None), case)  # type: ignore[arg-type]
    assert [(line.path, line.title, line.found, line.value, line.problem) for line in draft.lines] == [
        ("employee/job_title", "Job Title", "Senior Permit Examiner", "Senior Permit Examiner", ""),
        ("employee/ends_on", "End Date", "5/31/2026", "2026-05-31", ""),
        (f"actions/blocks/{row}/deficiency", "Block 1: Deficiency", changed[f"actions/blocks/{row}/deficiency"],
         changed[f"actions/blocks/{row}/deficiency"], ""),
    ]  # fmt: skip
    assert [line.before for line in draft.lines[:2]] == ["Permit Examiner", "14 May 2026"]


@pytest.mark.parametrize(
    ("said", "kept", "doubt"),
    [
        ("04/03/2027", "3 April 2027", "“04/03/2027” was read as 3 April 2027; it can also mean 4 March 2027."),
        ("13/4/2027", "13 April 2027", ""),
        ("4.3.2027", "4 March 2027", ""),
        ("04/04/2027", "4 April 2027", ""),
        ("2027-04-03", "3 April 2027", ""),
        ("3 April 2027", "", ""),
    ],
)
def test_a_day_is_shown_as_it_will_be_kept_and_one_that_can_be_read_two_ways_says_so(
    said: str, kept: str, doubt: str
) -> None:
    case = told("dc-pip")
    draft = draft_of(by_pikepdf(pdf_form("dc-pip", case), {"employee/ends_on": said}, None), case)  # type: ignore[arg-type]
    assert [(line.found, line.kept, line.doubt) for line in draft.lines] == [(said, kept, doubt)]


def test_a_line_that_is_taken_goes_where_it_belongs_and_the_others_stay() -> None:
    answers = {"agency": "Permits", "blocks": [{"_id": "r1", "action": "Old", "dates": [{"_id": "r1", "day": "x"}]}]}
    lines = [
        Line("actions", "actions/agency", "Agency", "Permits", ""),
        Line("actions", "actions/blocks/r1/action", "Action", "Old", "New", "New"),
        Line("actions", "actions/blocks/r1/dates/r2/day", "Date", "", "y", "y"),
        Line("actions", "actions/blocks/r2/action", "Action", "", "More", "More"),
    ]
    assert accepted(answers, lines) == {
        "blocks": [
            {"_id": "r1", "action": "New", "dates": [{"_id": "r1", "day": "x"}, {"_id": "r2", "day": "y"}]},
            {"_id": "r2", "action": "More"},
        ]
    }
    assert answers["agency"] == "Permits"
    assert answers["blocks"][0]["action"] == "Old"  # type: ignore[index]


def test_an_answer_that_was_taken_out_is_a_line_without_a_value() -> None:
    case = told("evolve-mip")
    draft = draft_of(by_pikepdf(pdf_form("evolve-mip", case), {"situation/led_to": ""}, None), case)  # type: ignore[arg-type]
    assert [(line.path, line.found, line.value, line.problem) for line in draft.lines] == [
        ("situation/led_to", "", None, "")
    ]


def test_what_is_no_answer_is_shown_with_what_would_be_one() -> None:
    case = told("dc-pip")
    changed = {"employee/starts_on": "as soon as possible", "employee/service_type:legal": "☒"}
    draft = draft_of(
        filled_word(word_form(paper_of("dc-pip", case=case), identity_of("dc-pip", case=case)), changed), case
    )
    assert [(line.path, line.found, line.value, line.problem) for line in draft.lines] == [
        ("employee/starts_on", "as soon as possible", None, "Enter a date, for example 2027-03-15."),
        ("employee/service_type", "Career Service; Legal Service", None, "More than one is ticked; choose one."),
    ]


def test_of_a_question_with_one_answer_a_pdf_has_one_box_ticked() -> None:
    case = told("dc-pip")
    changed = {"employee/service_type:legal": "☒"}
    draft = draft_of(by_pikepdf(pdf_form("dc-pip", case), changed, None), case)  # type: ignore[arg-type]
    assert [(line.path, line.found, line.value, line.problem) for line in draft.lines] == [
        ("employee/service_type", "Legal Service", "legal", "")
    ]


def test_an_answer_that_the_form_would_not_ask_for_says_so() -> None:
    case = told("dc-pip")
    row = next(r["_id"] for r in case.rows("blocks") if r["area"] != "smart_goal")
    changed = {f"actions/blocks/{row}/goal_number": "2"}
    draft = draft_of(by_pikepdf(pdf_form("dc-pip", case), changed, None), case)  # type: ignore[arg-type]
    assert [(line.value, line.problem) for line in draft.lines] == [
        (2, "“Block 1: Number of that goal” is not asked with the other answers, and would not be kept.")
    ]


def test_a_note_on_the_page_is_kept() -> None:
    with pikepdf.open(io.BytesIO(pdf_form("evolve-mip"))) as pdf:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 9, 9], Contents="See the mail of May."
        )
        pdf.pages[0].obj.Annots.append(pdf.make_indirect(note))
        out = io.BytesIO()
        pdf.save(out)
    assert read(out.getvalue(), told("evolve-mip").program).left_over == (("Note", "See the mail of May."),)


# -- whose it is -------------------------------------------------------------------------------------------------------


COPY_IT = "Make a new form from the plan and copy the answers into it."
ELSEWHERE = {
    "plan": (
        "P-2026-0001",
        "The file is of the plan P-2026-0001, not of P-2026-0007. Open that plan and bring it there.",
    ),
    "program": ("evolve-mip", "The file is of the program “evolve-mip”; this plan follows “{title}”."),
    "version": (
        0,
        "The file was made for version 0 of “{title}”; this plan follows version 1, whose questions may differ. "
        + COPY_IT,
    ),
    "digest": (
        "00",
        "The file was made for other wording of version 1 of “{title}” than this plan follows. " + COPY_IT,
    ),
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_a_form_that_belongs_elsewhere_is_not_taken(what: str) -> None:
    case = told("dc-pip")
    value, says = ELSEWHERE[what]
    identity = replace(identity_of("dc-pip", case=case), **{what: value})
    paper = paper_of("dc-pip", case=case)
    for data in (fillable(paper, identity, MADE), word_form(paper, identity)):
        with pytest.raises(NotRead) as refused:
            draft_of(data, case)
        assert str(refused.value) == says.format(title=case.program.title)


def test_a_blank_form_is_taken_for_any_plan_of_its_program() -> None:
    case = told("evolve-mip")
    filled = by_pikepdf(pdf_form("evolve-mip"), {"header/company": "Quill & Co"}, None)  # type: ignore[arg-type]
    draft = draft_of(filled, empty(case))
    assert [(line.path, line.value) for line in draft.lines] == [("header/company", "Quill & Co")]
    assert draft.notes == ()


def test_a_plan_that_went_on_says_so() -> None:
    case = told("evolve-mip")
    draft = draft_of(pdf_form("evolve-mip", case, entries=3), case)
    assert draft.notes == (f"The plan has gone on since the file was made: then entry 3, now entry {case.plan.seq}.",)


# -- old papers --------------------------------------------------------------------------------------------------------


BLOCKS = (
    ("Nine of forty files lacked the note.", "One file in forty lacks it.", "Use the checklist.", "Every two weeks",
     ("3/30/2026", "4/13/2026", "", ""), "Three in forty by 15 April."),
    ("71 percent were complete.", "95 percent are complete.", "Half a day of training.", "Monthly, by telephone",
     ("13 April 2026", "11 May 2026", "", ""), "85 percent by 15 April."),
)  # fmt: skip
OLD_ANSWERS: dict[str, Any] = {
    "employee": {
        "full_name": "Noor Vance", "agency": "Office of Permits", "job_title": "Permit Examiner",
        "starts_on": "2026-03-16", "ends_on": "2026-05-14", "service_type": "career", "grade": "CS-9",
    },
    "reason": {"competencies": [{"_id": "r1", "competency": "goal_attainment"}]},
    "actions": {
        "blocks": [
            {"_id": "r1", "deficiency": BLOCKS[0][0], "desired_outcome": BLOCKS[0][1], "action": BLOCKS[0][2],
             "check_in": "two_weeks",
             "check_in_dates": [{"_id": "r1", "day": "2026-03-30"}, {"_id": "r2", "day": "2026-04-13"}],
             "progress": BLOCKS[0][5]},
            {"_id": "r2", "deficiency": BLOCKS[1][0], "desired_outcome": BLOCKS[1][1], "action": BLOCKS[1][2],
             "check_in": {"other": BLOCKS[1][3]},
             "check_in_dates": [{"_id": "r1", "day": "2026-04-13"}, {"_id": "r2", "day": "2026-05-11"}],
             "progress": BLOCKS[1][5]},
        ]
    },
}  # fmt: skip


def old_rows() -> Iterator[list[list[str]]]:
    """The District's form as a supervisor typed into it: one table for the person, one for each block."""
    yield [
        ["Employee Full Name:\nNoor Vance", "Agency:\nOffice of Permits", "Job Title:\nPermit Examiner"],
        ["Start/End Dates:\n3/16/2026 to 5/14/2026", "Service Type/Grade:\nCareer Service / CS-9", ""],
    ]
    for deficiency, outcome, action, frequency, dates, progress in BLOCKS:
        yield [
            ["DEFICIENCY", deficiency],
            ["DESIRED OUTCOME", outcome],
            ["ACTION", action],
            ["CHECK-IN", *(f"DATE\n{day}" for day in dates)],
            ["FREQUENCY", frequency],
            ["PROGRESS", progress],
        ]


LOOSE = ("☐ COMMUNICATION", "☒ GOAL ATTAINMENT", "Discussed with the union on Monday.")


def old_word() -> bytes:
    document = docx.Document()
    document.add_paragraph("PERFORMANCE IMPROVEMENT PLAN")
    for said in LOOSE:
        document.add_paragraph(said)
    for grid in old_rows():
        table = document.add_table(rows=0, cols=max(map(len, grid)))
        for row in grid:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=False):
                cell.text = text
            if len(row) < len(cells):
                cells[len(row) - 1].merge(cells[-1])
        document.add_paragraph()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def old_pdf(*, ruled: bool = True) -> bytes:
    stroke = "1pt" if ruled else "(x, y) => (bottom: 1pt)"
    source = """#set page(margin: 2cm)
    #let d = json(bytes(sys.inputs.said))
    #d.title
    #for l in d.loose [#par(l)]
    #for g in d.grids {
      let n = calc.max(..g.map(r => r.len()))
      table(columns: (1fr,) * n, stroke: STROKE, ..g.map(r => r.enumerate().map(((i, t)) => table.cell(
        colspan: if i == r.len() - 1 { n - i } else { 1 }, t.split("\\n").join(linebreak())))).flatten())
      v(1em)
    }""".replace("STROKE", stroke)
    loose = [line.replace("☐", "[ ]").replace("☒", "[x]") for line in LOOSE]
    said = {"title": "PERFORMANCE IMPROVEMENT PLAN", "loose": loose, "grids": list(old_rows())}
    made = typst.compile(source.encode(), format="pdf", sys_inputs={"said": json.dumps(said)})
    assert isinstance(made, bytes)
    return made


@pytest.mark.parametrize("old", [old_word, old_pdf], ids=["word", "pdf"])
def test_an_old_filled_plan_becomes_a_draft(old: Any) -> None:
    case = empty(told("dc-pip"))
    found = read(old(), case.program)
    draft = compare(found, case, NUMBER)
    taken = {k: accepted({}, [line for line in draft.lines if line.section == k]) for k in OLD_ANSWERS}
    assert taken == OLD_ANSWERS
    assert draft.left_over == (("", "Discussed with the union on Monday."),)
    assert draft.notes == ("The file does not say which plan it belongs to. Make sure that it is this one.",)


def test_a_pdf_without_lines_down_its_tables_is_read_too() -> None:
    case = empty(told("dc-pip"))
    draft = draft_of(old_pdf(ruled=False), case)
    taken = accepted({}, [line for line in draft.lines if line.section == "actions"])
    assert [row["deficiency"] for row in taken["blocks"]] == [block[0] for block in BLOCKS]
    assert [row["progress"] for row in taken["blocks"]] == [block[5] for block in BLOCKS]


def test_rows_of_an_old_paper_lie_beside_the_rows_of_the_plan_in_their_order() -> None:
    case = told("dc-pip")
    ids = [row["_id"] for row in case.rows("blocks")]
    draft = draft_of(old_word(), case)
    rows = [line.path.split("/")[2] for line in draft.lines if line.path.startswith("actions/blocks/")]
    assert list(dict.fromkeys(rows)) == ids[:2]


def test_a_table_with_column_headers_gives_a_row_for_each_of_its_rows() -> None:
    document = docx.Document()
    table = document.add_table(rows=0, cols=3)
    for row in (
        ("What to do", "What", "Remark"),
        ("Start doing", "Reporting on Mondays", "agreed"),
        ("Stop doing", "Late entries", ""),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    draft = draft_of(out.getvalue(), empty(told("evolve-mip")))
    assert accepted({}, draft.lines)["other_items"] == [
        {"_id": "r1", "do": "start", "item": "Reporting on Mondays"},
        {"_id": "r2", "do": "stop", "item": "Late entries"},
    ]
    assert draft.left_over == (("Remark", "agreed"),)


def test_no_text_of_an_old_paper_is_lost() -> None:
    """Every word somebody wrote is an answer, or is left over."""
    found = read(old_word(), told("dc-pip").program)
    kept = " ".join([*map(str, found.texts.values()), *(text for _, text in found.left_over)])
    words = {word for block in BLOCKS for text in (*block[:4], *block[4], block[5]) for word in text.split()}
    assert words - set(kept.split()) == set()


# -- as people write ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-03-16", "2026-03-16"), ("3/16/2026", "2026-03-16"), ("3/16/26", "2026-03-16"),
        ("16/3/2026", "2026-03-16"), ("16.3.2026", "2026-03-16"), ("04.03.2026", "2026-03-04"),
        ("4/3/2026", "2026-04-03"), ("16 March 2026", "2026-03-16"),
        ("March 16th, 2026", "2026-03-16"), ("Mon, 16 Mar 2026", "2026-03-16"), ("20260316", "2026-03-16"),
        ("2026/3/16", "2026-03-16"), ("31/2/2026", None), ("next week", None), ("", None), ("16", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(said: str, day: str | None) -> None:
    found = day_of(said, day_first=False)
    assert (found.isoformat() if found else None) == day


def test_where_the_day_comes_first_it_is_read_first() -> None:
    assert str(day_of("4/3/2026", day_first=True)) == "2026-03-04"


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("yesno", "Yes", True), ("yesno", "n", False), ("yesno", ["no"], False), ("yesno", "☐ Yes ☒ No", False),
        ("percent", "71 %", 71), ("percent", "12,5 percent", 12.5),
        ("number", "1,250", 1250), ("number", "30 days", 30),
        ("money", "$1,250.00", "1250.00"), ("money", "1.250,50 €", "1250.50"), ("money", "USD 9", "9.00"),
        ("time", "2:30 pm", "14:30"), ("time", "9.05", "09:05"),
        ("daterange", "3/1/2026 to 3/9/2026", {"from": "2026-03-01", "to": "2026-03-09"}),
        ("datetime", "March 9, 2026 at 2:30 pm, Room 4", {"at": "2026-03-09T14:30", "place": "Room 4"}),
        ("datetime", "9 March 2026 at 14:30", {"at": "2026-03-09T14:30"}),
        ("person", "mara quill", "@p1"), ("person", "Somebody Else", "Somebody Else"),
        ("choice", "weekly", "weekly"), ("choice", "Every week", "weekly"),
        ("choice", "☒ Every week ☐ Every month", "weekly"),
        ("choice", "☒ Other: on demand", {"other": "on demand"}), ("choice", "when needed", {"other": "when needed"}),
        ("choices", "Every week; Every month", ["weekly", "monthly"]), ("choices", ["monthly"], ["monthly"]),
        ("text", "  plain  ", "plain"), ("text", "", None), ("choice", [], None),
    ],
)  # fmt: skip
def test_answers_as_people_write_them(kind: Any, said: Any, value: Any) -> None:
    options = [{"id": "weekly", "title": "Every week"}, {"id": "monthly", "title": "Every month"}]
    more: dict[str, Any] = {"options": options, "other": True} if kind.startswith("choice") else {}
    more |= {"unit": "days"} if kind == "number" else {}
    asked = FormField.model_validate({"id": "asked", "title": "Asked", "kind": kind, **more})
    reader = Told(told("evolve-mip").program, {"p1": "Mara Quill", "p2": "Finn"})
    assert reader.value(asked, said) == value


@pytest.mark.parametrize(
    "said", ["2", "Marginal Performer", "2, Marginal Performer", "Marginal Performer (2)", ["marginal"]]
)
def test_a_rating_is_read_by_number_and_by_title(said: Any) -> None:
    program = told("dc-pip").program
    asked = FormField.model_validate({"id": "rating", "title": "Observed at", "kind": "rating", "scale": "ratings"})
    assert Told(program).value(asked, said) == "marginal"


def test_a_choice_that_is_none_of_the_options_says_so() -> None:
    program = told("dc-pip").program
    asked = next(f for f in program.section["employee"].fields if f.id == "service_type")
    with pytest.raises(Unfit, match="“Sky Service” is none of the options given"):
        Told(program).value(asked, "Sky Service")


PRINT_IT = "Open it in its program, print it to a new PDF and send that."
SAVE_IT = "Open it in its program, save it anew and send it again."
TOO_MUCH = "The file unpacks to far more than a plan holds, as no document does. Save it anew and send it again."
LOCKED = "is protected by a password. Save it without one and send it again."
MACROS = "The file carries macros. Save it as a Word document without macros (.docx) and send it again."
DOCM = b"application/vnd.ms-word.document.macroEnabled.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


# -- what is not taken -------------------------------------------------------------------------------------------------


def zipped(entries: dict[str, bytes], **more: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data, **more)
    return out.getvalue()


WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}


def with_entity() -> bytes:
    bomb = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>'
    return zipped(WORD | {"word/document.xml": bomb})


def endless() -> bytes:
    row = "<w:tr><w:tc><w:p><w:r><w:t>☒ Start doing it</w:t></w:r></w:p></w:tc></w:tr>"
    start = f'<w:document xmlns:w="{WORDS}"><w:body><w:tbl>'
    return zipped(WORD | {"word/document.xml": f"{start}{row * 6_000}</w:tbl></w:body></w:document>".encode()})


def encrypted(user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_form("evolve-mip"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner="owner"))
    return out.getvalue()


def stream_bomb() -> bytes:
    packed = zlib.compressobj(9)
    packed_bytes = b"".join(packed.compress(bytes(2**20)) for _ in range(200)) + packed.flush()
    return b"%PDF-1.7\n1 0 obj\n<</Length 99/Filter/FlateDecode>>stream\n" + packed_bytes + b"\nendstream\n%%EOF"


def picture_only() -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


BAD: dict[str, tuple[Any, str]] = {
    "empty": (lambda: b"", "The file is empty."),
    "too large": (lambda: b"%PDF-" + bytes(MOST_BYTES), "The file is larger than 20 MB. Send one without pictures."),
    "text": (
        lambda: b"Dear all",
        "The file is neither a PDF nor a Word document (.docx). Save it as one of these and send it again.",
    ),
    "no pdf": (lambda: b"%PDF-1.7 and then nothing", f"The PDF is damaged. {PRINT_IT}"),
    "cut pdf": (lambda: pdf_form("evolve-mip")[:900], f"The PDF is damaged. {PRINT_IT}"),
    "locked pdf": (lambda: encrypted("secret"), f"The PDF {LOCKED}"),
    "pdf bomb": (stream_bomb, TOO_MUCH),
    "scan": (
        picture_only,
        "No text was found in the file. A scan has to be typed; a picture cannot be read here.",
    ),
    "zip bomb": (lambda: zipped(WORD | {"word/media/a.xml": bytes(130 * 2**20)}), TOO_MUCH),
    "dense zip": (lambda: zipped(WORD | {"word/media/a.xml": bytes(30 * 2**20)}), TOO_MUCH),
    "many parts": (lambda: zipped(WORD | {f"word/{n}.xml": b"" for n in range(2_001)}), TOO_MUCH),
    "macros": (lambda: zipped(WORD | {"word/vbaProject.bin": b"x"}), MACROS),
    "docm": (lambda: zipped(WORD | {"[Content_Types].xml": DOCM}), MACROS),
    "entities": (
        with_entity,
        "The Word document holds definitions that no office program writes. Save it anew and send it.",
    ),
    "spreadsheet": (
        lambda: zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}),
        "The file is not a Word document. Save it as a Word document (.docx) or a PDF and send it again.",
    ),
    "cut zip": (lambda: zipped(WORD)[:-30], f"The Word document is damaged. {SAVE_IT}"),
    "no xml": (
        lambda: zipped(WORD | {"word/document.xml": b"<w:p"}),
        f"The Word document is damaged. {SAVE_IT}",
    ),
    "endless list": (endless, "The file holds more text than any plan. Send the plan alone."),
    "locked word": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), f"The file {LOCKED}"),
    "old word": (
        lambda: OLE,
        "The file is of an old Office format. Save it as a Word document (.docx) and send it again.",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_a_sentence(name: str) -> None:
    make, says = BAD[name]
    with pytest.raises(NotRead) as refused:
        read(make(), told("evolve-mip").program)
    assert str(refused.value) == says


def test_a_pdf_that_may_be_opened_but_not_changed_is_read() -> None:
    assert read(encrypted(""), told("evolve-mip").program).source == "form"


@pytest.mark.slow
def test_a_form_damaged_anywhere_is_read_or_refused_and_nothing_else() -> None:
    program = told("evolve-mip").program
    for whole in (pdf_form("evolve-mip"), word_form(paper_of("evolve-mip"), identity_of("evolve-mip"))):
        for start in range(0, len(whole), len(whole) // 40):
            damaged = whole[:start] + bytes(b ^ 0x55 for b in whole[start : start + 60]) + whole[start + 60 :]
            try:
                read(damaged, program)
            except NotRead:
                continue


def test_an_identity_that_is_none_of_ours_is_no_identity() -> None:
    with pikepdf.open(io.BytesIO(pdf_form("evolve-mip"))) as pdf:
        pdf.Root.AcroForm.Fields[0].V = pikepdf.String('{"format": "upturn-form-1", "plan": []}')
        out = io.BytesIO()
        pdf.save(out)
    filled = by_pikepdf(out.getvalue(), {"header/company": "Quill & Co"}, None)  # type: ignore[arg-type]
    found = read(filled, told("evolve-mip").program)
    assert (found.source, found.identity) == ("pdf", None)
    assert "Quill & Co" in found.texts.values()


def test_a_word_form_is_read_by_its_controls() -> None:
    file = filled_word(word_form(paper_of("evolve-mip"), identity_of("evolve-mip")), {"header/company": "Quill & Co"})
    found = read(file, told("evolve-mip").program)
    assert (found.source, found.texts["header/company"]) == ("word form", "Quill & Co")
    assert program_file("evolve-mip").digest == found.identity.digest  # type: ignore[union-attr]
