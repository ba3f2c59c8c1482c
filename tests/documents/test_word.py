"""A form as a Word document: what was written comes back, also when LibreOffice saved it in between."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from tests.documents.filled_forms import (
    PROGRAMS,
    identity_of,
    paper_of,
    program_file,
    standing_in,
    told,
    written_for,
)
from upturn.documents.content import Answer, Paper
from upturn.documents.forms import DATE_HINT
from upturn.documents.inspecting import parts_of
from upturn.documents.reading_back import read
from upturn.documents.word import EMPTY, form_in, word_form, written, xml

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
WAYS = (("docx",), ("odt", "docx"))


def answers_of(paper: Paper) -> Iterator[Answer]:
    waiting = [answer for part in paper.parts for answer in part.answers]
    while waiting:
        answer = waiting.pop()
        yield answer
        waiting += [inner for row in answer.rows for inner in row.answers]


def values_in(file: bytes) -> dict[str, str]:
    parts = parts_of(file)
    _, places = form_in(parts)
    return written(xml(parts["word/document.xml"]), places)[0]


def filled(file: bytes, values: Mapping[str, str]) -> bytes:
    """The form with other text in its controls, as Word leaves it: a new line is a break."""
    document = docx.Document(io.BytesIO(file))
    _, places = form_in(parts_of(file))
    for control in document.element.body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val"))
        run = control.find(f"{qn('w:sdtContent')}/{qn('w:r')}")
        value = values.get(places.get(tag, tag))
        if value is not None:
            run.text = value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_form_has_a_place_for_every_answer_and_says_whose_it_is(name: str) -> None:
    case = told(name)
    file = word_form(paper_of(name, case=case), identity_of(name, case=case))
    identity, places = form_in(parts_of(file))
    assert identity == identity_of(name, case=case)
    assert list(places.values()) == list(standing_in(paper_of(name, case=case)))
    assert values_in(file) == standing_in(paper_of(name, case=case))


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_value_comes_back(name: str) -> None:
    values = written_for(paper_of(name))
    assert values_in(filled(word_form(paper_of(name), identity_of(name)), values)) == values


def test_a_form_has_the_size_of_its_paper_and_its_pages_are_numbered() -> None:
    for size, inches in (("us-letter", (8.5, 11)), ("a4", (8.27, 11.69))):
        file = word_form(replace(paper_of("dc-pip"), size=size), identity_of("dc-pip"))
        (section,) = docx.Document(io.BytesIO(file)).sections
        assert (round(section.page_width.inches, 2), round(section.page_height.inches, 2)) == inches
        foot = section.footer.paragraphs[0]
        assert [one.get(qn("w:instr")) for one in foot._p.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_a_place_for_a_day_says_how_a_day_is_written() -> None:
    file = word_form(paper_of("evolve-mip"), identity_of("evolve-mip"))
    text = "\n".join(one.text or "" for one in docx.Document(io.BytesIO(file)).element.body.iter(qn("w:t")))
    days = [answer for answer in answers_of(paper_of("evolve-mip")) if answer.kind == "date"]
    assert text.count(DATE_HINT) == len(days) > 5


def test_the_same_form_is_the_same_bytes() -> None:
    assert word_form(paper_of("dc-pip"), identity_of("dc-pip")) == word_form(paper_of("dc-pip"), identity_of("dc-pip"))


def test_names_stay_within_what_word_allows() -> None:
    with zipfile.ZipFile(io.BytesIO(word_form(paper_of("dc-pip"), identity_of("dc-pip")))) as archive:
        body, properties = xml(archive.read("word/document.xml")), xml(archive.read("docProps/custom.xml"))
    tags = [tag.get(qn("w:val")) for tag in body.iter(qn("w:tag"))]
    marks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(tags) == len(set(tags)) == len(marks) == len(set(marks)) == len(standing_in(paper_of("dc-pip")))
    assert max(map(len, tags)) <= 64
    assert max(map(len, marks)) <= 40
    assert max(len("".join(one.itertext())) for one in properties) <= 255


def test_a_control_that_was_taken_out_is_still_found_by_its_bookmark() -> None:
    values = written_for(paper_of("evolve-mip"))
    file = filled(word_form(paper_of("evolve-mip"), identity_of("evolve-mip")), values)
    document = docx.Document(io.BytesIO(file))
    for control in list(document.element.body.iter(qn("w:sdt"))):
        for run in control.find(qn("w:sdtContent")):
            control.addprevious(run)
        control.getparent().remove(control)
    out = io.BytesIO()
    document.save(out)
    assert values_in(out.getvalue()) == values


def test_an_answer_over_several_paragraphs_is_one_answer() -> None:
    file = word_form(paper_of("evolve-mip"), identity_of("evolve-mip"))
    document = docx.Document(io.BytesIO(file))
    control = next(
        one
        for one in document.element.body.iter(qn("w:sdt"))
        if one.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == "situation/led_to"
    )
    paragraph = control.getparent()
    home = paragraph.getparent()
    home.replace(paragraph, control)  # as Word does when somebody presses Enter in a control
    content = control.find(qn("w:sdtContent"))
    for run in list(content):
        content.remove(run)
    for said in ("Two reports were late.", "One was missing."):
        content.append(xml(f'<w:p xmlns:w="{content.nsmap["w"]}"><w:r><w:t>{said}</w:t></w:r></w:p>'.encode()))
    home.append(xml(f'<w:p xmlns:w="{content.nsmap["w"]}"/>'.encode()))
    out = io.BytesIO()
    document.save(out)
    assert values_in(out.getvalue())["situation/led_to"] == "Two reports were late.\nOne was missing."


def test_what_was_written_beside_the_places_is_kept() -> None:
    file = word_form(paper_of("dc-pip"), identity_of("dc-pip"))
    program = program_file("dc-pip").program()
    assert read(file, program).left_over == ()
    document = docx.Document(io.BytesIO(file))
    document.add_paragraph("Please call me before Friday.")
    document.tables[0].cell(0, 1).add_paragraph("formerly Vance-Hill")
    out = io.BytesIO()
    document.save(out)
    assert sorted(read(out.getvalue(), program).left_over) == [
        ("", "Please call me before Friday."),
        ("", "formerly Vance-Hill"),
    ]


def test_an_empty_place_shows_something_to_click_on_and_reads_as_empty() -> None:
    file = word_form(paper_of("evolve-mip"), identity_of("evolve-mip"))
    assert EMPTY in docx.Document(io.BytesIO(file)).tables[0].cell(0, 1)._tc.xpath("string(.)")
    assert set(values_in(file).values()) == {"", "☐"}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids="-".join)
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_value_comes_back_through_libreoffice(name: str, way: tuple[str, ...], tmp_path: Path) -> None:
    values = written_for(paper_of(name))
    file = tmp_path / "form.docx"
    file.write_bytes(filled(word_form(paper_of(name), identity_of(name)), values))
    for number, kind in enumerate(way):
        file = converted(file, kind, tmp_path / str(number))
    assert values_in(file.read_bytes()) == values
    assert form_in(parts_of(file.read_bytes()))[0] == identity_of(name)


def converted(file: Path, kind: str, folder: Path) -> Path:
    if SOFFICE is None:
        missing = "NO LIBREOFFICE: forms were not saved by it. Install the package `libreoffice-writer-nogui`."
        pytest.skip(missing)
    folder.mkdir()
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert (folder / f"form.{kind}").exists(), done.stderr
    return folder / f"form.{kind}"
