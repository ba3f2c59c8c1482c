"""A form as a fillable PDF: it conforms, and four independent programs fill it without losing a value."""

import ctypes
import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pikepdf.form import CheckboxField, Form, RadioButtonGroup, TextField

from tests.documents.filled_forms import (
    DOCUMENTS,
    IMPRINT,
    MADE,
    NUMBER,
    PROGRAMS,
    document_of,
    identity_of,
    paper_of,
    standing_in,
    told,
    written_for,
)
from upturn.core.case import Case
from upturn.documents import gate
from upturn.documents.fillable import IDENTITY, fillable
from upturn.documents.forms import DATE_HINT, slots
from upturn.documents.forms import identity_of as identity_in
from upturn.documents.reading_back import _fields
from upturn.documents.word import TICKED

Fill = Callable[[bytes, Mapping[str, str], Path], bytes]


def blank(name: str, *, shipped: bool = True) -> bytes:
    return fillable(paper_of(name, shipped=shipped), identity_of(name, shipped=shipped), MADE)


def places(name: str, *, shipped: bool = True, case: Case | None = None) -> dict[str, str]:
    """What stands in a form before anybody writes. The District's form has one box for each competency, not a list of
    them in each row.
    """
    standing = standing_in(paper_of(name, shipped=shipped, case=case))
    if name != "dc-pip" or not shipped:
        return standing
    boxes = [path for path in standing if "/competencies/" in path and "/competency:" in path]
    free = iter(dict.fromkeys(path.split("/")[2] for path in boxes if TICKED not in of_row(standing, path)))
    named = {path.rsplit(":")[1]: path for path in boxes if standing[path] == TICKED}
    options = dict.fromkeys(path.rsplit(":")[1] for path in boxes)
    kept = {named.get(o) or f"reason/competencies/{next(free)}/competency:{o}" for o in options}
    return {path: said for path, said in standing.items() if path not in boxes or path in kept}


def of_row(standing: Mapping[str, str], path: str) -> list[str]:
    return [said for other, said in standing.items() if other.startswith(path.partition(":")[0] + ":")]


def values_for(name: str) -> Mapping[str, str]:
    return {path: said for path, said in written_for(paper_of(name)).items() if path in places(name)}


def values_in(pdf: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {name: value for name, (_, value) in _fields(opened)}


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "shipped"), DOCUMENTS)
def test_a_blank_form_conforms_and_has_a_field_for_every_place(name: str, shipped: bool) -> None:  # noqa: FBT001
    pdf = blank(name, shipped=shipped)
    assert list(gate.failures(pdf, ["ua1"])) == []
    found = values_in(pdf)
    assert identity_in(found.pop(IDENTITY)) == identity_of(name, shipped=shipped)
    assert found == places(name, shipped=shipped)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_form_of_a_plan_conforms_and_has_its_answers_in_their_fields(name: str) -> None:
    paper, identity = paper_of(name, case=told(name)), identity_of(name, case=told(name))
    pdf = fillable(paper, identity, MADE)
    assert list(gate.failures(pdf, ["ua1"])) == []
    found = values_in(pdf)
    assert identity_in(found.pop(IDENTITY)) == identity
    assert (identity.plan, identity.head) == (NUMBER, IMPRINT.head)
    assert found == places(name, case=told(name))


def test_the_same_form_is_the_same_bytes() -> None:
    paper, identity = paper_of("dc-pip", case=told("dc-pip")), identity_of("dc-pip", case=told("dc-pip"))
    assert fillable(paper, identity, MADE) == fillable(paper, identity, MADE)


def test_answers_in_many_scripts_are_drawn_with_embedded_fonts() -> None:
    paper = paper_of("evolve-mip")
    values = written_for(paper)
    part = paper.parts[1]
    words = tuple(replace(a, text=values[a.path] + "\nשלום\n改善\nสวัสดี\nनमस्ते\nمرحبا") for a in part.answers)
    filled = replace(paper, parts=(paper.parts[0], replace(part, answers=words), *paper.parts[2:]))
    pdf = fillable(filled, identity_of("evolve-mip"), MADE)
    assert list(gate.failures(pdf, ["ua1"])) == []
    assert values_in(pdf)[words[0].path] == words[0].text


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_field_says_what_it_asks_and_comes_in_the_order_of_the_page(name: str) -> None:
    with pikepdf.open(io.BytesIO(blank(name))) as pdf:
        titles = {path: title for path, (title, _) in _fields(pdf)}
        assert all(str(field.TU) for field in pdf.Root.AcroForm.Fields)
        assert {str(page.obj.Tabs) for page in pdf.pages} == {"/S"}
        assert not any("/A" in one for page in pdf.pages for one in page.obj.get("/Annots", ()))
    assert all(titles.values())
    asked = {slot.path: slot.title for slot in slots(paper_of(name)) if slot.path in places(name)}
    assert {path: title for path, title in titles.items() if path != IDENTITY} == asked


def test_of_a_question_with_one_answer_one_box_is_ticked_at_most(tmp_path: Path) -> None:
    """Ticking another takes the tick from the first; a question with several answers has boxes of their own."""
    filled = by_pdfium(blank("dc-pip"), {"employee/service_type:legal": TICKED}, tmp_path)
    again = by_pdfium(filled, {"employee/service_type:career": TICKED}, tmp_path)
    boxes = {path: said for path, said in values_in(again).items() if path.startswith("employee/service_type:")}
    assert [path for path, said in boxes.items() if said == TICKED] == ["employee/service_type:career"]
    two = {"outcome/if_not_completed:extend": TICKED, "outcome/if_not_completed:membership": TICKED}
    both = values_in(by_pdfium(blank("evolve-mip"), two, tmp_path))
    assert {path: both[path] for path in two} == two


def test_a_place_for_a_day_says_how_a_day_is_written() -> None:
    document = pypdfium2.PdfDocument(blank("dc-pip"))
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    dates = [
        path
        for path in places("dc-pip")
        if path.rpartition("/")[2] in ("starts_on", "ends_on", "day", "seen_on", "told_on")
    ]
    assert text.count(DATE_HINT) == len(dates)


def test_a_title_says_which_row_it_belongs_to() -> None:
    titles = {slot.path: slot.title for slot in slots(paper_of("dc-pip"))}
    assert titles["actions/blocks/r2/deficiency"] == "Block 2: Deficiency"
    assert titles["actions/blocks/r1/check_in_dates/r3/day"] == "Block 1, Date 3: Date"
    assert titles["actions/blocks/r1/check_in:weekly"] == "Block 1: Check-in: Every week"


def test_a_plan_s_rows_keep_their_ids_and_free_rows_take_others() -> None:
    case = told("dc-pip")
    ids = [row["_id"] for row in case.rows("blocks")]
    paths = [slot.path.split("/")[2] for slot in slots(paper_of("dc-pip", case=case)) if "/blocks/" in slot.path]
    rows = list(dict.fromkeys(paths))
    assert rows[: len(ids)] == ids
    assert len(rows) == max(3, len(ids) + 1)
    assert len(set(rows)) == len(rows)


# -- four programs -----------------------------------------------------------------------------------------------------


def in_fields(pdf: bytes, values: Mapping[str, str]) -> dict[str, str]:
    """The values by the field that holds them: of a question that has one answer, what is ticked."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        questions = [str(field.T) for field in opened.Root.AcroForm.Fields if "/Kids" in field]
    of_one = {path: path.rpartition(":")[0] for path in values if path.rpartition(":")[0] in questions}
    said = {
        path: _on(value) if _is_box(value) else value for path, value in values.items() if not _chosen(path, of_one)
    }
    chosen = {question: f"/{path.rpartition(':')[2]}" for path, question in of_one.items() if values[path] == TICKED}
    return said | dict.fromkeys((of_one[path] for path in of_one if _chosen(path, of_one)), "/Off") | chosen


def _chosen(path: str, of_one: Mapping[str, str]) -> bool:
    """Whether a place is a box of a question that has one answer, not its words."""
    return path in of_one and not path.endswith(":_words")


def by_pypdf(pdf: bytes, values: Mapping[str, str], _folder: Path) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    said = in_fields(pdf, values)
    for page in writer.pages:
        writer.update_page_form_field_values(page, said, auto_regenerate=False, flatten=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def by_pikepdf(pdf: bytes, values: Mapping[str, str], _folder: Path) -> bytes:
    out = io.BytesIO()
    said = in_fields(pdf, values)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for field in Form(opened):
            value = said.get(field.fully_qualified_name)
            if isinstance(field, CheckboxField) and value is not None:
                field.checked = value == "/Yes"
            elif isinstance(field, RadioButtonGroup) and value is not None:
                field.value = pikepdf.Name(value)
            elif isinstance(field, TextField) and value is not None:
                field.value = value
        opened.save(out)
    return out.getvalue()


def by_pdftk(pdf: bytes, values: Mapping[str, str], folder: Path) -> bytes:
    """pdftk-java, by XFDF: what the dialog of an office program would send."""
    if shutil.which("pdftk") is None:
        missing = "NO PDFTK: forms were not filled by pdftk-java. Install the package `pdftk-java`."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    fields = "".join(
        f'<field name="{escape(path)}"><value>{escape(value.removeprefix("/"))}</value></field>'
        for path, value in in_fields(pdf, values).items()
    )
    xfdf = f'<?xml version="1.0" encoding="UTF-8"?><xfdf xmlns="http://ns.adobe.com/xfdf/"><fields>{fields}</fields></xfdf>'
    (folder / "form.pdf").write_bytes(pdf)
    (folder / "values.xfdf").write_text(xfdf, encoding="utf-8")
    command = ["pdftk", "form.pdf", "fill_form", "values.xfdf", "output", "filled.pdf"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "filled.pdf").read_bytes()


def by_pdfium(pdf: bytes, values: Mapping[str, str], _folder: Path) -> bytes:
    """pdfium, as Chrome has it: a click into each field, the keys, a click elsewhere."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        form = document.formenv
        where = dict(_rectangles(pdf))
        for number, page in enumerate(document):
            for path, (home, x, y) in where.items():
                if home == number and path in values:
                    _enter(form.raw, page.raw, (x, y), values[path])
            pdfium.FORM_ForceToKillFocus(form.raw)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()
    finally:
        document.close()


def _enter(form: object, page: object, at: tuple[float, float], value: str) -> None:
    if _is_box(value):
        if value == TICKED:
            pdfium.FORM_OnMouseMove(form, page, 0, *at)
            pdfium.FORM_OnLButtonDown(form, page, 0, *at)
            pdfium.FORM_OnLButtonUp(form, page, 0, *at)
        return
    pdfium.FORM_OnFocus(form, page, 0, *at)
    pdfium.FORM_OnLButtonDown(form, page, 0, *at)
    pdfium.FORM_OnLButtonUp(form, page, 0, *at)
    pdfium.FORM_SelectAllText(form, page)
    keys = (value + "\0").encode("utf-16-le")
    pdfium.FORM_ReplaceSelection(form, page, ctypes.cast(keys, ctypes.POINTER(ctypes.c_ushort)))


def _rectangles(pdf: bytes) -> Iterator[tuple[str, tuple[int, float, float]]]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            for one in page.obj.get("/Annots", ()):
                left, bottom, right, top = (float(n) for n in one.Rect)
                yield _name(one), (number, (left + right) / 2, (bottom + top) / 2)


def _name(one: pikepdf.Object) -> str:
    """The place of a widget: a box of a question that has one answer is called by what it says when it is ticked."""
    if "/T" in one:
        return str(one.T)
    return f"{one.Parent.T}:{next(state for state in one.AP.N if state != '/Off')[1:]}"


def _is_box(value: str) -> bool:
    return value in ("☒", "☐")


def _on(value: str) -> str:
    return "/Yes" if value == TICKED else "/Off"


FILLERS: Mapping[str, Fill] = {"pypdf": by_pypdf, "pikepdf": by_pikepdf, "pdftk": by_pdftk, "pdfium": by_pdfium}


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_value_comes_back_whichever_program_filled_the_form(name: str, filler: str, tmp_path: Path) -> None:
    values = values_for(name)
    filled = FILLERS[filler](blank(name), values, tmp_path)
    found = values_in(filled)
    assert identity_in(found.pop(IDENTITY)) == identity_of(name)
    assert found == values


@pytest.mark.parametrize("filler", FILLERS)
def test_an_answer_of_the_plan_is_written_over(filler: str, tmp_path: Path) -> None:
    case = told("evolve-mip")
    pdf = fillable(paper_of("evolve-mip", case=case), identity_of("evolve-mip", case=case), MADE)
    filled = FILLERS[filler](pdf, {"situation/led_to": "Other words.\nOn two lines."}, tmp_path)
    found = values_in(filled)
    del found[IDENTITY]
    assert found == places("evolve-mip", case=case) | {"situation/led_to": "Other words.\nOn two lines."}


def test_a_layout_of_the_program_s_own_has_places_too() -> None:
    template = '#import "base.typ": *\n#show: page-of\n= #paper.title\n#paper.parts.map(part-of).join()'
    pdf = fillable(paper_of("evolve-mip"), identity_of("evolve-mip"), MADE, template=template)
    assert set(values_in(pdf)) - {IDENTITY} == set(standing_in(paper_of("evolve-mip")))
    assert document_of("evolve-mip").template is None
