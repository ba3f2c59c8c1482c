"""A form as a PDF that is filled in on the screen: tagged, PDF/UA-1, the same bytes on every machine.

typst knows no form fields. A layout sets a link to `field:kind:address` at every place to write, so that the rectangle,
the tag and the reading order are typst's; here each link becomes a field.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String

from upturn.documents import fonts
from upturn.documents.content import Paper
from upturn.documents.forms import Identity, Slot, slots
from upturn.documents.typesetting import saved, typeset_data, typeset_values
from upturn.documents.words import printable

IDENTITY = "__form"
"""The hidden field that says whose form it is."""
SCHEME = "field:"
SIZE = 10
HIDDEN, PRINTED = 1 << 1, 1 << 2
READ_ONLY, MANY_LINES, ONE_OF_SEVERAL = 1, 1 << 12, 1 << 15
INK = "0.106 0.145 0.188"
LETTERS = "".join(bytes([code]).decode("cp1252", "ignore") for code in range(32, 256))
"""What WinAnsiEncoding writes, by code: the letters of the form's own font."""


def fillable(paper: Paper, identity: Identity, made: datetime, *, template: str = "") -> bytes:
    """The file of a form (`forms.form_paper`), its present answers in their fields."""
    return fillable_data(paper.data(), slots(paper), identity, made, template=template)


def fillable_data(
    paper: Mapping[str, Any], places: Iterable[Slot], identity: Identity, made: datetime, *, template: str = ""
) -> bytes:
    """The same from the values of a paper."""
    known = {slot.path: slot for slot in places}
    with pikepdf.open(io.BytesIO(typeset_data(paper, made, template=template, fillable=True))) as pdf:
        fields = [place for page in pdf.pages for place in _places(page, known)]
        font = pdf.make_indirect(_font(pdf))
        looks = _looks(pdf, fields)
        tags = dict(_tags(pdf.Root.StructTreeRoot))
        for place in fields:
            tags[place.annotation.objgen].S = Name.Form
            _make_field(pdf, place, looks.get(place.slot.path))
        hidden = pdf.make_indirect(_hidden(identity))
        pdf.Root.AcroForm = Dictionary(
            Fields=Array([hidden, *_grouped(pdf, fields)]),
            DR=Dictionary(Font=Dictionary(F=font)),
            DA=String(_drawn_in()),
        )
        for page in pdf.pages:
            page.obj.Tabs = Name.S
        return saved(pdf)


@dataclass(frozen=True, slots=True)
class _Place:
    """A link of the layout that becomes a field."""

    annotation: Any
    page: Any
    slot: Slot
    kind: str

    @property
    def size(self) -> tuple[float, float]:
        left, bottom, right, top = (float(n) for n in self.annotation.Rect)
        return abs(right - left), abs(top - bottom)


def _places(page: pikepdf.Page, known: Mapping[str, Slot]) -> Iterator[_Place]:
    for annotation in page.obj.get("/Annots", ()):
        action = annotation.get("/A", pikepdf.Dictionary())
        target = str(action.get("/URI", ""))
        if target.startswith(SCHEME):
            _, kind, path = target.split(":", 2)
            yield _Place(annotation, page.obj, known[path], kind)


def _tags(root: Any) -> Iterator[tuple[tuple[int, int], Any]]:
    """The tag of every annotation."""
    waiting = [root]
    while waiting:
        tag = waiting.pop()
        kids = tag.get("/K")
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, Dictionary) and "/Obj" in kid:
                yield kid.Obj.objgen, tag
            elif isinstance(kid, Dictionary) and "/S" in kid:
                waiting.append(kid)


def _grouped(pdf: pikepdf.Pdf, fields: Iterable[_Place]) -> Iterator[Any]:
    """The fields in their order: the boxes of a question that has one answer are one field, so that ticking one of them
    takes the tick from the others. A box that stands alone stays a field of its own.
    """
    together: dict[str, list[_Place]] = {}
    for place in fields:
        path = place.slot.path
        together.setdefault(path.rpartition(":")[0] if place.slot.kind == "one" else path, []).append(place)
    for question, places in together.items():
        yield places[0].annotation if len(places) == 1 else _one_of(pdf, question, places)


def _one_of(pdf: pikepdf.Pdf, question: str, places: list[_Place]) -> Any:
    """A field of several boxes, each called by the choice that it stands for."""
    field = pdf.make_indirect(Dictionary(FT=Name.Btn, Ff=ONE_OF_SEVERAL, V=Name.Off))
    field.T, field.TU = String(question), String(printable(places[0].slot.question))
    for place in places:
        box = place.annotation
        choice = Name(f"/{place.slot.path.rpartition(':')[2]}")
        box.AP.N = Dictionary({str(choice): box.AP.N.Yes, "/Off": box.AP.N.Off})
        box.AS = choice if place.slot.ticked else Name.Off
        if place.slot.ticked:
            field.V = choice
        for key in ("/FT", "/T", "/V"):
            del box[key]
        box.Parent = field
    field.Kids = Array([place.annotation for place in places])
    return field


def _make_field(pdf: pikepdf.Pdf, place: _Place, look: Any) -> None:
    field, slot = place.annotation, place.slot
    for key in ("/A", "/Border", "/Contents", "/H", "/BS", "/QuadPoints"):
        if key in field:
            del field[key]
    field.Subtype = Name.Widget
    field.T = String(slot.path)
    field.TU = String(printable(slot.title))
    field.F = PRINTED
    field.P = place.page
    if place.kind == "tick":
        field.FT = Name.Btn
        field.V = field.AS = Name.Yes if slot.ticked else Name.Off
        field.AP = Dictionary(N=Dictionary(Yes=_drawn(pdf, place, _tick(*place.size)), Off=_drawn(pdf, place, "")))
        field.MK = Dictionary(CA=String("4"))
        return
    field.FT = Name.Tx
    field.Ff = MANY_LINES if place.kind == "lines" else 0
    field.V = field.DV = String(slot.text)
    field.DA = String(_drawn_in())
    field.AP = Dictionary(N=look if look is not None else _drawn(pdf, place, "/Tx BMC EMC"))


def _hidden(identity: Identity) -> Dictionary:
    """A field without a place on any page."""
    return Dictionary(
        FT=Name.Tx, T=String(IDENTITY), TU=String("What this form belongs to"), Ff=READ_ONLY, V=String(identity.text())
    )  # fmt: skip


# -- how fields look ---------------------------------------------------------------------------------------------------


def _drawn_in() -> str:
    return f"/F {SIZE} Tf {INK} rg"


def _drawn(pdf: pikepdf.Pdf, place: _Place, content: str) -> pikepdf.Stream:
    width, height = place.size
    return pikepdf.Stream(
        pdf, content.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, width, height], Resources=Dictionary()
    )


def _tick(width: float, height: float) -> str:
    """A check mark, drawn."""
    points = [(0.2 * width, 0.5 * height), (0.42 * width, 0.24 * height), (0.82 * width, 0.8 * height)]
    line = " ".join(f"{x:.2f} {y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(points))
    return f"q {INK} RG 1.3 w 1 J 1 j {line} S Q"


def _looks(pdf: pikepdf.Pdf, places: list[_Place]) -> dict[str, Any]:
    """How the answers look that are there already: set by typst, each on a page as large as its field, in every script
    the fonts have.
    """
    filled = [place for place in places if place.slot.text]
    if not filled:
        return {}
    values = [
        {"text": printable(p.slot.text), "width": p.size[0], "height": p.size[1], "lines": p.kind == "lines"}
        for p in filled
    ]
    with pikepdf.open(io.BytesIO(typeset_values(json.dumps(values)))) as set_in_type:
        looks = [pdf.copy_foreign(page.as_form_xobject()) for page in set_in_type.pages]
    return {place.slot.path: look for place, look in zip(filled, looks, strict=True)}


def _font(pdf: pikepdf.Pdf) -> Dictionary:
    """The font that a viewer writes with: the letters of WinAnsiEncoding, which every program knows."""
    program, widths, about = _letters()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/UPTURN+SourceSansPro-Regular"),
        Flags=32,
        FontBBox=list(about["bbox"]),
        ItalicAngle=0,
        Ascent=about["ascent"],
        Descent=about["descent"],
        CapHeight=about["cap"],
        StemV=84,
        FontFile2=pikepdf.Stream(pdf, program, Length1=len(program)),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.TrueType,
        BaseFont=Name("/UPTURN+SourceSansPro-Regular"),
        Encoding=Name.WinAnsiEncoding,
        FirstChar=32,
        LastChar=255,
        Widths=list(widths),
        FontDescriptor=pdf.make_indirect(descriptor),
    )


@cache
def _letters() -> tuple[bytes, tuple[int, ...], Mapping[str, Any]]:
    """The font cut down to those letters; the width of each code in thousandths; what a descriptor says."""
    with TTFont(fonts.files()[0], recalcTimestamp=False) as font:
        return _cut(font)


def _cut(font: TTFont) -> tuple[bytes, tuple[int, ...], Mapping[str, Any]]:
    options = subset.Options(layout_features=[], name_IDs=[1, 2, 6, 13, 14], notdef_outline=True, hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    unit = 1000 / font["head"].unitsPerEm
    glyphs, advances = font.getBestCmap(), font["hmtx"]
    named = [glyphs.get(ord(bytes([code]).decode("cp1252", "ignore") or "\0"), ".notdef") for code in range(32, 256)]
    head = font["head"]
    about = {
        "bbox": [round(n * unit) for n in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "ascent": round(font["hhea"].ascent * unit),
        "descent": round(font["hhea"].descent * unit),
        "cap": round(font["OS/2"].sCapHeight * unit),
    }
    return out.getvalue(), tuple(round(advances[name][0] * unit) for name in named), about
