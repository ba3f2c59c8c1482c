"""A paper becomes a PDF: PDF/UA-1 and PDF/A-3a in one file, the plan attached, the same bytes on every machine."""

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import pikepdf
import typst

from upturn.documents import fonts
from upturn.documents.content import Paper

SHIPPED = Path(str(resources("upturn.documents") / "layouts"))


class NotTypeset(ValueError):
    """A paper that cannot be set; the message says which and what stands in the way."""


def typeset(paper: Paper, made: datetime, *, record: bytes = b"", template: str = "", fillable: bool = False) -> bytes:
    """The file of a paper. `record`: what is attached as `plan.json`; `template`: a layout of the program's own;
    `fillable`: with a link at each place to write, which `upturn.documents.fillable` makes a form field of.

    Raises NotTypeset, in the words of the layout's compiler, for a layout that does not work.
    """
    return typeset_data(paper.data(), made, record=record, template=template, fillable=fillable)


def typeset_data(
    paper: Mapping[str, Any], made: datetime, *, record: bytes = b"", template: str = "", fillable: bool = False
) -> bytes:
    """The same from the values of a paper, as layouts read them."""
    title = paper["title"]
    inputs = {
        "paper": json.dumps(paper, ensure_ascii=False, sort_keys=True),
        "families": json.dumps(fonts.FAMILIES),
        "record": record.decode(),
        "fillable": "yes" if fillable else "",
        "year": str(made.year),
        "month": str(made.month),
        "day": str(made.day),
    }
    source = template.encode() if template else (SHIPPED / f"{paper['layout']}.typ").read_bytes()
    try:
        made_file = _compiler().compile(
            source,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=["ua-1"] if fillable else ["ua-1", "a-3a"],  # PDF/A is no form that is still to be filled in
            timestamp=int(made.timestamp()),
        )
    except typst.TypstError as error:
        raise NotTypeset(f"“{title}” cannot be typeset: {error.message}") from None
    if not isinstance(made_file, bytes):
        raise NotTypeset(f"“{title}” has no page.")
    return with_what_typst_cannot_say(made_file)


def typeset_values(values: str) -> bytes:
    """What stands in the fields of a form, a page for each (`layouts/values.typ`): to be drawn in them, not read.

    PDF/A-2u, so that every letter has its Unicode, also in scripts that join letters.
    """
    inputs = {"values": values, "families": json.dumps(fonts.FAMILIES)}
    source = (SHIPPED / "values.typ").read_bytes()
    made = _compiler().compile(
        source, format="pdf", sys_inputs=inputs, timestamp=0, pdf_tags=False, pdf_standards=["a-2u"]
    )
    assert isinstance(made, bytes)  # noqa: S101 - a single file, of one page at least
    return made


@cache
def _compiler() -> typst.Compiler:
    """One for the life of a process: fonts are found once. It reads nothing but the layouts."""
    return typst.Compiler(
        b"",
        root=str(SHIPPED),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_fonts_together())]
        ),
        ignore_system_fonts=True,
        package_path=str(SHIPPED / "no-packages"),
        package_cache_path=str(SHIPPED / "no-packages"),
    )


@cache
def _fonts_together() -> Path:
    """A folder with exactly the chosen font files: their packages carry others of the same name and weight."""
    _keep.append(tempfile.TemporaryDirectory(prefix="upturn-fonts-"))
    folder = Path(_keep[-1].name)
    for number, path in enumerate(fonts.files()):
        (folder / f"{number:02}{path.suffix}").symlink_to(path)
    return folder


_keep: list[tempfile.TemporaryDirectory[str]] = []


def with_what_typst_cannot_say(made: bytes) -> bytes:
    """The first cell of every row of a table without column headers is the header of its row (PDF/UA-1 §7.5). And that
    no tag is doubtful goes without saying: where it is said, poppler takes it for an error.
    """
    with pikepdf.open(io.BytesIO(made)) as pdf:
        del pdf.Root.MarkInfo.Suspects
        for table in _tables(pdf.Root.StructTreeRoot):
            rows = [row for row in _inside(table) if row.get("/S") == "/TR"]
            if any(cell.get("/S") == "/TH" for row in rows for cell in _children(row)):
                continue
            for row in rows:
                first = next(_children(row), None)
                if first is not None and first.get("/S") == "/TD":
                    first.S = pikepdf.Name.TH
                    first.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of a file: the same for the same content."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return out.getvalue()


def _children(element: Any) -> Iterator[Any]:
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid


def _inside(element: Any) -> Iterator[Any]:
    for kid in _children(element):
        yield kid
        yield from _inside(kid)


def _tables(root: Any) -> Iterator[Any]:
    return (element for element in _inside(root) if element.get("/S") == "/Table")
