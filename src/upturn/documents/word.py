"""A form as a Word document, and back: a content control at every place to write, a bookmark round each.

Word keeps the tag of a control; LibreOffice 7.4 drops it, and keeps the bookmark. A bookmark's name is short (Word
allows 40 letters), so that the document's own properties say which address each stands for.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as PackagePart
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Inches, Length, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from upturn.documents.content import IN_WORDS, Answer, Block, Choice, Paper, Part
from upturn.documents.forms import Identity, identity_of, slots

TICKED, UNTICKED = "☒", "☐"
EMPTY = "\u2002" * 8
"""What stands in a control that nobody wrote in: something to click on."""
INK, QUIET = RGBColor(0x1B, 0x25, 0x30), RGBColor(0x4D, 0x59, 0x66)
TINT = "EDF0F3"
HAIRS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="A9B3BD"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
SMALL = Pt(8.5)
MARGIN, LABELS = Inches(0.9), Inches(2.1)
SIZES = {"us-letter": (Inches(8.5), Inches(11)), "a4": (Mm(210), Mm(297))}
LONGEST_TAG = 64
PIECE = 240
"""Letters of a property of a document, at most."""
PROPERTIES = "docProps/custom.xml"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_PROPERTY_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
OTHER = "Other:"
TO_SIGN = re.compile(r".+: _+ Date: _+")
"""A line to sign on that nobody has written on."""


# -- out ---------------------------------------------------------------------------------------------------------------


def word_form(paper: Paper, identity: Identity) -> bytes:
    """The file of a form (`forms.form_paper`), its present answers in their controls."""
    marks = {slot.path: f"u{number}" for number, slot in enumerate(slots(paper), start=1)}
    document = docx.Document()
    _styled(document)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.organization
    document.core_properties.language = paper.language
    writer = _Writer(document, marks)
    writer.form(paper)
    _keep(document, {"form": identity.text(), "places": json.dumps({m: path for path, m in marks.items()})})
    return _same_each_time(document)


def _styled(document: WordDocument) -> None:
    """The type of the printed papers, as far as every machine has it."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.font.color.rgb = INK
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 19), ("Heading 1", 13), ("Heading 2", 11), ("Heading 3", 10.5)):
        style = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, INK
        style.paragraph_format.keep_with_next = True
    document.styles["Footer"].font.size = SMALL
    border = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    document.styles["Title"].element.pPr.remove(border)


class _Writer:
    """Writes into one document; counts what Word wants numbered."""

    def __init__(self, document: WordDocument, marks: Mapping[str, str]) -> None:
        self.document = document
        self.marks = marks
        self.width = Length(0)

    def form(self, paper: Paper) -> None:
        self.document.add_heading(paper.title, 0)
        self.page(paper)
        for part in paper.parts:
            self.part(part)
        for block in paper.signatures:
            self.signature(block)

    def page(self, paper: Paper) -> None:
        """The size of the paper; below each page whose form it is, and its number."""
        section = self.document.sections[0]
        section.page_width, section.page_height = SIZES[paper.size]
        self.width = Length(SIZES[paper.size][0] - 2 * MARGIN)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
        foot = section.footer.paragraphs[0]
        foot.text = " · ".join(said for said in (paper.organization, paper.number, paper.program) if said) + "\t"
        foot.paragraph_format.tab_stops.clear_all()
        foot.paragraph_format.tab_stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)
        for said, counted in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
            foot.add_run(said)
            foot._p.append(_element("fldSimple", _runs("1"), instr=counted))  # noqa: SLF001 - python-docx has no fields

    def part(self, part: Part) -> None:
        self.document.add_heading(part.title, 1)
        self.quietly(part.guidance)
        self.answers(part.answers, 2, under=part.title)

    def answers(self, answers: Iterable[Answer], level: int, *, under: str = "") -> None:
        """Neighbouring questions share a table of labels; a table of the form stands alone."""
        together: list[Answer] = []
        for answer in answers:
            if answer.kind != "table":
                together.append(answer)
                continue
            self.labelled(together)
            together = []
            self.rows(answer, level, under=under)
        self.labelled(together)

    def rows(self, answer: Answer, level: int, *, under: str) -> None:
        """The rows of a table, under its title unless that is the one just above it."""
        if answer.title == under:
            level -= 1
        else:
            self.document.add_heading(answer.title, min(level, 9))
        self.quietly(answer.guidance)
        for row in answer.rows:
            self.document.add_heading(row.title, min(level + 1, 9))
            self.answers(row.answers, level + 2)

    def labelled(self, answers: list[Answer]) -> None:
        if not answers:
            return
        table = self.document.add_table(rows=0, cols=2, style="Table Grid")
        table.autofit = False
        table._tblPr.find(qn("w:tblW")).addnext(_element("tblBorders", HAIRS))  # noqa: SLF001 - python-docx has no borders
        wide = (LABELS, Length(self.width - LABELS))
        for column, width in zip(table.columns, wide, strict=True):
            column.width = width
        for answer in answers:
            row = table.add_row()
            label, place = row.cells
            row._tr.get_or_add_trPr().append(_element("cantSplit"))  # noqa: SLF001 - python-docx cannot say so
            label._tc.get_or_add_tcPr().append(_element("shd", val="clear", fill=TINT))  # noqa: SLF001 - nor this
            label.width, place.width = wide
            label.paragraphs[0].add_run(answer.title).bold = True
            for cell in (label, place):
                cell.paragraphs[0].paragraph_format.space_before = Pt(3)
            for said in (answer.guidance, answer.hint):
                if said:
                    self.quietly(said, label.add_paragraph())
            self.fill(place, answer)
        self.document.add_paragraph()

    def fill(self, cell: _Cell, answer: Answer) -> None:
        if not answer.choices:
            self.control(cell.paragraphs[0], answer.path, answer.title, _runs(answer.text or EMPTY))
        for number, choice in enumerate(answer.choices):
            line = cell.add_paragraph() if number else cell.paragraphs[0]
            self.choice(line, answer, choice)

    def choice(self, line: Paragraph, answer: Answer, choice: Choice) -> None:
        path = f"{answer.path}:{choice.id}"
        if choice.id == IN_WORDS:
            line.add_run(f"{OTHER} ")
            self.control(line, path, answer.title, _runs(choice.title or EMPTY))
        else:
            mark = TICKED if choice.ticked else UNTICKED
            self.control(line, path, choice.title, _runs(mark), _box(ticked=choice.ticked))
            line.add_run(f" {choice.title}")

    def control(self, line: Paragraph, path: str, title: str, runs: str, more: str = "") -> None:
        """A control with a bookmark round it. One for rich text: in those for plain text LibreOffice mixes up lines."""
        mark = self.marks[path]
        number = mark.removeprefix("u")
        tag = path if len(path) <= LONGEST_TAG else mark
        namespaces = f'xmlns:w="{_ns("w")}" xmlns:w14="{_W14}"'
        start = parse_xml(f'<w:bookmarkStart {namespaces} w:id="{number}" w:name="{mark}"/>')
        control = parse_xml(
            f"<w:sdt {namespaces}><w:sdtPr>"
            f'<w:alias w:val={_quoted(title[:LONGEST_TAG])}/><w:tag w:val={_quoted(tag)}/><w:id w:val="{number}"/>'
            f"{more}</w:sdtPr><w:sdtContent>{runs}</w:sdtContent></w:sdt>"
        )
        end = parse_xml(f'<w:bookmarkEnd {namespaces} w:id="{number}"/>')
        for element in (start, control, end):
            line._p.append(element)  # noqa: SLF001 - python-docx has no content controls

    def signature(self, block: Block) -> None:
        self.document.add_heading(block.title, 1)
        self.document.add_paragraph(block.meaning)
        for signer in block.signers:
            self.document.add_paragraph(f"{signer.role}: {'_' * 40} Date: {'_' * 14}")

    def quietly(self, said: str, line: Paragraph | None = None) -> None:
        if said:
            line = line or self.document.add_paragraph()
            line.paragraph_format.keep_with_next = True
            run = line.add_run(said)
            run.font.size, run.font.color.rgb = SMALL, QUIET


def _ns(prefix: str) -> str:
    return qn(f"{prefix}:p").partition("}")[0].lstrip("{")


def _element(name: str, inside: str = "", **said: str) -> Any:
    """An element that python-docx has no words for."""
    values = "".join(f" w:{key}={_quoted(value)}" for key, value in said.items())
    return parse_xml(f'<w:{name} xmlns:w="{_ns("w")}"{values}>{inside}</w:{name}>')


def _quoted(said: str) -> str:
    return '"' + escape(said, {'"': "&quot;"}) + '"'


def _runs(said: str) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in said.split("\n"))
    return f"<w:r>{'<w:br/>'.join(lines)}</w:r>"


def _box(*, ticked: bool) -> str:
    return (
        f'<w14:checkbox><w14:checked w14:val="{int(ticked)}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
    )


def _keep(document: WordDocument, said: Mapping[str, str]) -> None:
    """Texts in the document's own properties, in pieces: `upturn.form.0`, `upturn.form.1` ..."""
    pieces = [
        (f"upturn.{name}.{start // PIECE}", text[start : start + PIECE])
        for name, text in said.items()
        for start in range(0, len(text), PIECE)
    ]
    inside = "".join(
        f'<property fmtid="{_PROPERTY_SET}" pid="{number}" name="{name}"><vt:lpwstr>{escape(piece)}</vt:lpwstr>'
        "</property>"
        for number, (name, piece) in enumerate(pieces, start=2)
    )
    blob = f'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="{_CUSTOM}" xmlns:vt="{_VT}">{inside}</Properties>'
    package = document.part.package
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    part = PackagePart(PackURI(f"/{PROPERTIES}"), kind, blob.encode(), package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _same_each_time(document: WordDocument) -> bytes:
    """The file without the moment it was packed in."""
    packed, out = io.BytesIO(), io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# -- in ----------------------------------------------------------------------------------------------------------------


def form_in(parts: Mapping[str, bytes]) -> tuple[Identity | None, Mapping[str, str]]:
    """Whose form a document is and what its properties call its bookmarks; None for a document that is no form."""
    kept = _kept(parts.get(PROPERTIES, b""))
    try:
        places = json.loads(kept.get("places", "{}"))
    except ValueError:
        places = {}
    fit = {str(k): str(v) for k, v in places.items()} if isinstance(places, dict) else {}
    return identity_of(kept.get("form", "")), fit


def _kept(properties: bytes) -> dict[str, str]:
    pieces: dict[str, dict[int, str]] = {}
    for one in xml(properties) if properties else ():
        owner, _, rest = str(one.get("name") or "").partition(".")
        name, _, number = rest.partition(".")
        if owner == "upturn" and number.isdigit():
            pieces.setdefault(name, {})[int(number)] = "".join(one.itertext())
    return {name: "".join(found[n] for n in sorted(found)) for name, found in pieces.items()}


def xml(part: bytes) -> Any:
    """A part of a document, read without following anything it refers to. Raises ValueError for what is no XML."""
    try:
        return parse_xml(part)
    except SyntaxError:  # what lxml raises, without a need to know lxml
        raise ValueError("This is no XML.") from None


def written(body: Any, places: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What stands in every place of a form, by address; and every line of text outside them.

    The tag of a control comes first, and its bookmark where it has none.
    """
    reading = _Reading(places)
    for step, element in _steps(body):
        reading.see(step, element)
    both = {**reading.marked, **reading.found}
    texts = {path: "".join(said).replace("\u2002", " ").strip() for path, said in both.items()}
    lines = [line.strip() for line in "".join(reading.outside).replace("\u2002", " ").split("\n")]
    return texts, [line for line in lines if line]


@dataclass
class _Reading:
    """Where in a form the reading stands: the bookmarks that are open, the controls around."""

    places: Mapping[str, str]
    found: dict[str, list[str]] = field(default_factory=dict)
    marked: dict[str, list[str]] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    controls: list[str] = field(default_factory=list)

    def see(self, step: str, element: Any) -> None:
        match step, _local(element):
            case "in", "bookmarkStart":
                if path := self.places.get(str(element.get(qn("w:name")) or "")):
                    self.marks[str(element.get(qn("w:id")))] = path
                    self.marked.setdefault(path, [])
            case "in", "bookmarkEnd":
                self.marks.pop(str(element.get(qn("w:id"))), None)
            case "in", "sdt":
                self.controls.append(_address(element, self.places))
                if self.controls[-1]:
                    self.found.setdefault(self.controls[-1], [])
            case "out", "sdt":
                self.controls.pop()
            case _:
                self.hear(_said(element, step))

    def hear(self, said: str) -> None:
        if not said:
            return
        control = next((path for path in reversed(self.controls) if path), "")
        if control:
            self.found[control].append(said)
        for path in self.marks.values():
            self.marked[path].append(said)
        if not control and (said == "\n" or not self.marks):
            self.outside.append(said)


def _address(control: Any, places: Mapping[str, str]) -> str:
    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    said = str(tag.get(qn("w:val")) or "") if tag is not None else ""
    path = places.get(said, said)
    return path if path in places.values() else ""


def _steps(body: Any) -> Iterator[tuple[str, Any]]:
    """Every element twice, going in and coming out, in the order of the text."""
    waiting = [("out", body), ("in", body)]
    while waiting:
        step, element = waiting.pop()
        yield step, element
        if step == "in" and _local(element) not in ("Fallback", "sdtPr", "rPr", "pPr"):
            for child in reversed(element):
                if isinstance(child.tag, str):
                    waiting += (("out", child), ("in", child))


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


_SYMBOLS = {"f0fe": TICKED, "f0fd": TICKED, "f0fc": TICKED, "f052": TICKED, "f0a8": UNTICKED, "f06f": UNTICKED}
"""Boxes of the fonts Wingdings, as old forms have them."""


def _said(element: Any, step: str) -> str:
    """What an element adds to the text."""
    tag = _local(element)
    if step == "out":
        return "\n" if tag == "p" else ""
    match tag:
        case "t":
            return str(element.text or "")
        case "br" | "cr":
            return "\n"
        case "tab":
            return "\t" if _local(element.getparent()) == "r" else ""
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _SYMBOLS.get(str(element.get(qn("w:char")) or "").lower(), "")
        case "checkBox":
            set_ = element.find(qn("w:checked"))
            set_ = element.find(qn("w:default")) if set_ is None else set_
            on = set_ is not None and str(set_.get(qn("w:val")) or "1") in ("1", "true", "on")
            return TICKED if on else UNTICKED
    return ""


def text_of(element: Any) -> str:
    """The text of a part of a document, a line for each paragraph."""
    return "".join(_said(one, step) for step, one in _steps(element)).strip("\n")
