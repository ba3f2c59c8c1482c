"""Files as documents of sentences: a CSV, plain text with one sentence a line, or a plan (see `plans`)."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upturn.checker import Unreadable
from upturn.core.language import KINDS, NOTHING, Given, Kind
from upturn.core.language.plans import PlanWords

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a file. `where` names it to a person; `line` and `column` (from 1) say where its text begins.

    Both are None where the text does not stand in the file as it is read, as behind escapes. `row` is its place among
    those of its kind in the document's plan.
    """

    text: str
    kind: Kind
    lang: str = ""
    where: str = ""
    line: int | None = None
    column: int | None = None
    given: Given = NOTHING
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: its sentences and, if it is a plan, what the rules about plans look at."""

    name: str
    lines: tuple[Line, ...]
    plan: PlanWords | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read: the kind of sentences that do not say theirs, and the program of a plan, if it was named."""

    kind: Kind = "goal"
    program: str = ""
    lang: str = ""

    def read(self, name: str) -> Document:
        """A file (`-`: standard input) as a document. Raises Unreadable."""
        text = text_of(name)
        ending = Path(name).suffix.lower()
        if ending == ".csv":
            return Document(name, tuple(self._of_csv(name, text)))
        if ending in {".json", ".yaml", ".yml"}:
            from upturn.checker.plans import of_plan  # noqa: PLC0415  programs take a second to load; sentences need none

            return of_plan(name, text, ending, self.program)
        return Document(name, tuple(self._of_text(text)))

    def _of_text(self, text: str) -> Iterator[Line]:
        for number, line in enumerate(text.split("\n"), start=1):
            said = line.strip()
            if said:
                column = len(line) - len(line.lstrip()) + 1
                yield Line(said, self.kind, self.lang, f"line {number}", number, column)

    def _of_csv(self, name: str, text: str) -> Iterator[Line]:
        source = text.split("\n")
        for number, (row, first) in enumerate(rows_of(name, text, needed=("text",)), start=1):
            said = row["text"]
            head = said.split("\n", 1)[0].rstrip("\r")
            place = [(at, source[at - 1].find(head)) for at in range(first, min(first + 1, len(source)) + 1)]
            line, column = next(((at, found + 1) for at, found in place if head and found >= 0), (first, None))
            where = row.get("id", "").strip() or f"row {number}"
            kind = kind_of(row.get("kind", ""), self.kind)
            yield Line(said, kind, row.get("lang", "").strip() or self.lang, where, line, column)


def kind_of(said: str, otherwise: Kind = "goal") -> Kind:
    """The kind somebody wrote; one that is none is read as the other."""
    kind = said.strip().lower()
    return next((known for known in KINDS if known == kind), otherwise)


def rows_of(name: str, text: str, *, needed: tuple[str, ...]) -> Iterator[tuple[dict[str, str], int]]:
    """The rows of a CSV by their headings, each with its first line. Blank lines are no rows. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = [heading.strip().lower() for heading in next(reader, [])]
        if lacking := [column for column in needed if column not in head]:
            raise Unreadable(
                f"{name}: the first line has no column {', '.join(lacking)}. It is to be: id,lang,kind,text."
            )
        before = reader.line_num
        for cells in reader:
            if cells:
                yield dict(zip(head, [*cells, *[""] * (len(head) - len(cells))], strict=False)), before + 1
            before = reader.line_num
    except csv.Error as error:
        raise Unreadable(f"{name}: line {reader.line_num} cannot be read as CSV: {error}.") from None


def text_of(name: str) -> str:
    """A file's text, with or without a byte order mark. Raises Unreadable."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror or error}.") from None
    marked = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        return data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{name} is not text in UTF-8: byte {error.start + 1} does not fit. Save it as UTF-8."
        ) from None


def json_of(name: str, text: str) -> Any:
    """A file's JSON. Raises Unreadable."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} cannot be read as JSON: {error}.") from None
