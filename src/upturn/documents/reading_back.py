"""A file comes back: what it is, what stands in it, and how that differs from the plan, line by line.

Nothing here changes a plan. A person sees each line beside the present answer and takes it or not; what could not be
placed is shown too, so that no text is lost. All of it is a pure function of the bytes, to be run where time and
memory are bounded.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Literal

import pdfplumber
import pikepdf
from docx.oxml.ns import qn

from upturn.core.case import Case
from upturn.core.conditions import is_answered
from upturn.core.fields import Unfit, clean_answers, given_rows, show, tickable
from upturn.core.program import FormField, Program
from upturn.core.wording import sentence
from upturn.documents import content, fillable, word
from upturn.documents.content import IN_WORDS
from upturn.documents.forms import DATE_HINT, NOT_ASKED, Identity, identity_of
from upturn.documents.inspecting import NotRead, kind_of, parts_of
from upturn.documents.old_papers import Grid, Piece, matched, questions, words_of
from upturn.documents.told import Told, plain

Source = Literal["record", "form", "word form", "word", "pdf"]
"""How a file was read, most trusted first: the record inside it, a form of ours (PDF, Word), tables and lines."""
MOST_PAGES = 80
MOST_FIELDS = 20_000
MOST_CELLS = 50_000
MOST_LETTERS = 2_000_000
MOST_TEXTS = 5_000
"""So many lines a person could not look through."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a file. `texts` by address: text, a list of ticked boxes, or (record) the answer itself."""

    source: Source
    texts: Mapping[str, Any]
    left_over: tuple[tuple[str, str], ...] = ()
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One answer that differs: as it stands in the plan, as it was found, and as the plan would keep it.

    Without a `value` the text cannot be read as an answer, or (`found` empty) the answer was taken out. `kept` is that
    value as the plan will show it, where it reads otherwise than what was found; `doubt` says how a text was read that
    may mean something else; `problem` what stands in the way.
    """

    section: str
    path: str
    title: str
    before: str
    found: str
    value: Any = None
    kept: str = ""
    doubt: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person looks at: the lines that differ, what to know about the file, and what has no place."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    left_over: tuple[tuple[str, str], ...]


# -- reading -----------------------------------------------------------------------------------------------------------


def read(data: bytes, program: Program) -> Found:
    """What stands in a file, read in the most trusted way there is. Raises NotRead, in a sentence."""
    found = _read_pdf(data, program) if kind_of(data) == "pdf" else _read_word(data, program)
    letters = sum(len(text) for text in found.texts.values() if isinstance(text, str))
    if letters > MOST_LETTERS or len(found.texts) + len(found.left_over) > MOST_TEXTS:
        raise NotRead("The file holds more text than any plan. Send the plan alone.")
    if not found.texts and not found.left_over:
        raise NotRead("No text was found in the file. A scan has to be typed; a picture cannot be read here.")
    return found


def _read_word(data: bytes, program: Program) -> Found:
    parts = parts_of(data)
    try:
        body = word.xml(parts["word/document.xml"])
        identity, places = word.form_in(parts)
        if identity and places:
            written, outside = word.written(body, places)
            printed = _printed(program)
            beside = tuple(("", line) for line in outside if not _is_own(line, printed))
            return Found("word form", dict(_ticked(written)), beside, identity)
        texts, left_over = matched(_word_pieces(body), program)
        around = [parts[name] for name in sorted(parts) if name.startswith(_AROUND)]
        for part in around:
            said = word.text_of(word.xml(part)).split("\n")
            left_over += [("", line.strip()) for line in said if plain(line)]
    except ValueError as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead("The Word document is damaged. Open it in its program, save it anew and send it again.") from None
    return Found("word", texts, tuple(left_over))


_AROUND = ("word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments.xml")


def _printed(program: Program) -> frozenset[str]:
    """Every line that a form of the program prints itself."""
    titles = (title for one in questions(program) for _, title in tickable(one.field, program))
    return words_of(program) | {plain(word.OTHER), plain(DATE_HINT), "row"} | {plain(title) for title in titles}


def _is_own(line: str, printed: frozenset[str]) -> bool:
    """Whether a line outside the controls is one that the form printed: words, the name of a row, a line to sign."""
    said = plain(line)
    name, _, number = said.rpartition(" ")
    return said in printed or (number.isdecimal() and name in printed) or word.TO_SIGN.fullmatch(line) is not None


def _word_pieces(body: Any) -> Iterator[Piece]:
    """Tables and lines in their order; a table inside a cell comes behind the one around it."""
    cells = 0
    waiting = [body]
    while waiting:
        element = waiting.pop()
        match str(element.tag).rpartition("}")[2]:
            case "p":
                yield from word.text_of(element).split("\n")
            case "tbl":
                grid, inner = _grid(element)
                cells += sum(map(len, grid))
                if cells > MOST_CELLS:
                    raise NotRead("The document has more tables than any plan. Send the plan alone.")
                yield grid
                waiting += reversed(inner)
            case _:
                waiting += reversed([child for child in element if isinstance(child.tag, str)])


def _grid(table: Any) -> tuple[Grid, list[Any]]:
    """The cells of a table as text, and the tables inside them."""
    grid, inner = [], []
    for row in table.iter(qn("w:tr")):
        if _around(row, "tbl") is not table:
            continue
        cells = [cell for cell in row.iter(qn("w:tc")) if _around(cell, "tr") is row]
        for cell in cells:
            inner += [one for one in cell.iter(qn("w:tbl")) if _around(one, "tc") is cell]
        grid.append([_cell(cell) for cell in cells if not _goes_on(cell)])
    return grid, inner


def _around(element: Any, tag: str) -> Any:
    return next((one for one in element.iterancestors() if one.tag == qn(f"w:{tag}")), None)


def _goes_on(cell: Any) -> bool:
    """Whether a cell is only the lower part of a merged one."""
    merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merged is not None and merged.get(qn("w:val")) != "restart"


def _cell(cell: Any) -> str:
    lines = [word.text_of(child) for child in cell if str(child.tag).rpartition("}")[2] not in ("tcPr", "tbl")]
    return "\n".join(line for line in lines if line)


def _read_pdf(data: bytes, program: Program) -> Found:
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if record := _record(pdf):
                return record
            fields = dict(_fields(pdf))
            notes = [("Note", text) for text in _notes(pdf)]
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise NotRead("The PDF is protected by a password. Save it without one and send it again.") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, TypeError, AttributeError) as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead("The PDF is damaged. Open it in its program, print it to a new PDF and send that.") from None
    identity = identity_of(fields.pop(fillable.IDENTITY, ("", ""))[1])
    if identity:
        return Found("form", dict(_ticked({p: text for p, (_, text) in fields.items()})), tuple(notes), identity)
    if pages > MOST_PAGES:
        raise NotRead(f"The PDF has more than {MOST_PAGES} pages. Send the plan alone.")
    pieces: list[Piece] = [[[title, text]] for title, text in fields.values() if text]
    texts, left_over = matched([*pieces, *_pdf_pieces(data)], program, wrapped=True)
    return Found("pdf", texts, tuple(left_over + notes))


def _record(pdf: pikepdf.Pdf) -> Found | None:
    """The record attached to one of our papers."""
    spec = pdf.attachments.get("plan.json")
    try:
        said = json.loads(spec.get_file().read_bytes()) if spec else None
        if not isinstance(said, dict) or said.get("format") not in (content.FORMAT, content.EXECUTED):
            return None
        program = said["program"]
        identity = Identity(
            program["key"], program["version"], program["digest"], "", said["plan"], said["entries"], said["head"]
        )
        signed = said["format"] == content.EXECUTED
        sections = {key: one if signed else one["answers"] for key, one in said["sections"].items()}
        texts = {path: value for key, answers in sections.items() for path, value in _leaves(key, answers)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Found("record", texts, (), identity)


def _leaves(path: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in answers.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) and "_id" in row for row in value):
            for row in value:
                inner = {k: v for k, v in row.items() if k != "_id"}
                yield from _leaves(f"{path}/{key}/{row['_id']}", inner)
        else:
            yield f"{path}/{key}", value


def _fields(pdf: pikepdf.Pdf) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every form field: its name, its title, its value (a ticked box as ☒)."""
    form: Any = pdf.Root.get("/AcroForm", {})
    waiting: list[tuple[Any, str, Any]] = [(one, "", None) for one in reversed(list(form.get("/Fields", ())))]
    seen: set[tuple[int, int]] = set()
    while waiting:
        one, above, kind = waiting.pop()
        if not isinstance(one, pikepdf.Dictionary) or (one.is_indirect and one.objgen in seen):
            continue
        seen.add(one.objgen)
        if len(seen) > MOST_FIELDS:
            raise NotRead("The PDF has more form fields than any plan. Send the plan alone.")
        part, kind = str(one.get("/T", "")), one.get("/FT", kind)
        name = f"{above}.{part}" if above and part else above or part
        kids = [kid for kid in one.get("/Kids", ()) if isinstance(kid, pikepdf.Dictionary)]
        if any("/T" in kid for kid in kids):
            waiting += [(kid, name, kind) for kid in reversed(kids)]
        elif name and kind == pikepdf.Name.Btn and len(kids) > 1:
            yield from _boxes(one, name, kids)
        elif name:
            yield name, (str(one.get("/TU", "")) or name, _value(one, kind))


def _boxes(one: Any, name: str, kids: Iterable[Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The boxes of a field of which one is ticked at most: each is called by what the field says when it is. Some
    programs write that as a text.
    """
    said = str(one.get("/V", ""))
    for kid in kids:
        looks = kid.get("/AP", {}).get("/N")
        for state in looks.keys() if isinstance(looks, pikepdf.Dictionary) else ():
            if state != "/Off":
                ticked = word.TICKED if said in (state, state[1:]) else word.UNTICKED
                yield f"{name}:{state[1:]}", (str(kid.get("/TU", "")) or f"{name}: {state[1:]}", ticked)


def _value(one: Any, kind: Any) -> str:
    value = one.get("/V")
    if kind == pikepdf.Name.Btn:
        on = isinstance(value, pikepdf.Name) and value != pikepdf.Name.Off
        return word.TICKED if on else word.UNTICKED
    if isinstance(value, pikepdf.Stream):
        value = value.read_bytes().decode("utf-8", "replace")
    if isinstance(value, pikepdf.Array):
        return "; ".join(str(v) for v in value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n") if value is not None else ""


def _notes(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What somebody wrote on the pages beside the fields."""
    for page in pdf.pages:
        for one in page.obj.get("/Annots", ()):
            if one.get("/Subtype") in (pikepdf.Name.FreeText, pikepdf.Name.Text) and "/Contents" in one:
                yield str(one.Contents)


def _ticked(found: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The texts of a form, with the boxes of a question together as the list of those that are ticked."""
    lists: dict[str, list[Any]] = {}
    for path, text in found.items():
        question, colon, box = path.rpartition(":")
        if not colon:
            yield path, text
            continue
        ticks = lists.setdefault(question, [])
        if box == IN_WORDS:
            ticks += [{"other": text.strip()}] if text.strip() else []
        elif text.strip() not in ("", word.UNTICKED):
            ticks.append(box)
    yield from lists.items()


def _pdf_pieces(data: bytes) -> Iterator[Piece]:
    """Tables and lines of the pages, from top to bottom."""
    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            for page in pdf.pages:
                yield from _page_pieces(page)
                page.close()
    except NotRead:
        raise
    except Exception as error:
        raise NotRead("The pages of the PDF cannot be read. Print it to a new PDF and send that.") from error


def _page_pieces(page: Any) -> list[Piece]:
    if len(page.chars) > MOST_LETTERS // 10 or len(page.lines) + len(page.rects) > MOST_FIELDS:
        raise NotRead("A page of the PDF holds more than any form. Print the plan alone to a new PDF and send that.")
    tables = page.find_tables()
    placed: list[tuple[float, Piece]] = [
        (table.bbox[1], [[cell.strip() for cell in row if cell is not None] for row in table.extract()])
        for table in tables
    ]
    outside = page
    for table in tables:
        outside = outside.outside_bbox(table.bbox)
    ruled = sorted({round(edge["top"]) for edge in page.horizontal_edges})
    placed += _side_by_side(outside.extract_text_lines(), ruled)
    return [piece for _, piece in sorted(placed, key=lambda one: one[0])]


COLUMN_GAP = 7
"""Points between two texts on one line that belong to two columns."""


def _side_by_side(lines: Iterable[Mapping[str, Any]], ruled: Sequence[float]) -> Iterator[tuple[float, Piece]]:
    """Lines of text, those in columns as rows of a table that has no lines down its sides.

    A line goes on in the row above when it stands in its columns and no rule lies between; without rules on the page,
    when it leaves the first column free.
    """
    row: list[tuple[float, str]] = []
    start = bottom = 0.0
    for line in lines:
        columns = _columns(line["chars"])
        own = [n for x, _ in columns for n, (left, _) in enumerate(row) if abs(left - x) < COLUMN_GAP / 2]
        parted = any(bottom - 2 <= y <= line["top"] + 2 for y in ruled) if ruled else 0 in own
        if row and len(own) == len(columns) and not parted:
            for n, (_, text) in zip(own, columns, strict=True):
                row[n] = (row[n][0], f"{row[n][1]}\n{text}")
        else:
            if row:
                yield start, [[text for _, text in row]]
            row, start = (columns, line["top"]) if len(columns) > 1 else ([], 0.0)
            if not row:
                yield line["top"], line["text"]
        bottom = line["bottom"]
    if row:
        yield start, [[text for _, text in row]]


def _columns(characters: Sequence[Mapping[str, Any]]) -> list[tuple[float, str]]:
    """The texts of a line, each with where it begins, parted at wide gaps."""
    columns: list[tuple[float, str]] = []
    end, before = 0.0, None
    for one in characters:
        if one is before:  # a ligature comes once for each of its letters
            continue
        before = one
        if not columns or one["x0"] - end > COLUMN_GAP:
            columns.append((one["x0"], ""))
        gap = " " if columns[-1][1] and one["x0"] - end > one["size"] * 0.15 else ""
        columns[-1] = (columns[-1][0], columns[-1][1] + gap + one["text"])
        end = one["x1"]
    return [(x, " ".join(text.split())) for x, text in columns if text.strip()]


# -- comparing ---------------------------------------------------------------------------------------------------------


def compare(found: Found, case: Case, number: str) -> Draft:
    """What a file would change in a plan, for a person to take line by line. `number`: what the plan is called.

    Raises NotRead for a form of another plan, or of another version of its program.
    """
    notes = list(_belongs(found.identity, case, number))
    people = {code: case.names(code) for code in case.plan.parties}
    language = case.plan.language or case.program.language
    told = Told(case.program, people, day_first=not (language == "en" or language.startswith("en-US")))
    sheet = _Sheet(case, told)
    tree: dict[str, Any] = {}
    stray: list[tuple[str, str]] = []
    for path, said in found.texts.items():
        if not _plant(tree, path.split("/"), said) and is_answered(said):
            stray.append((path, str(said)))
    lines: list[Line] = []
    for section in case.program.form:
        branch = tree.pop(section.id, None)
        if isinstance(branch, dict):
            written = case.plan.sections.get(section.id)
            present = written.answers if written else {}
            own = list(sheet.lines(section.id, section.fields, present, branch, section.id, ""))
            lines += _with_problems(case, section.fields, present, own)
    stray += sheet.stray + [(key, str(said)) for key, said in _twigs("", tree) if is_answered(said)]
    return Draft(tuple(lines), tuple(notes), (*found.left_over, *stray))


def _belongs(identity: Identity | None, case: Case, number: str) -> Iterator[str]:
    plan, title = case.plan, case.program.title
    if identity is None:
        yield "The file does not say which plan it belongs to. Make sure that it is this one."
        return
    if identity.program != plan.program:
        raise NotRead(f"The file is of the program “{identity.program}”; this plan follows “{title}”.")
    if identity.plan and identity.plan != number:
        raise NotRead(f"The file is of the plan {identity.plan}, not of {number}. Open that plan and bring it there.")
    if identity.version != plan.version:
        raise NotRead(
            f"The file was made for version {identity.version} of “{title}”; this plan follows version {plan.version}, "
            "whose questions may differ. Make a new form from the plan and copy the answers into it."
        )
    if identity.digest != plan.digest:
        raise NotRead(
            f"The file was made for other wording of version {plan.version} of “{title}” than this plan follows. "
            "Make a new form from the plan and copy the answers into it."
        )
    if identity.plan and identity.entries < plan.seq:
        yield f"The plan has gone on since the file was made: then entry {identity.entries}, now entry {plan.seq}."


def _plant(tree: dict[str, Any], path: Sequence[str], said: Any) -> bool:
    """Puts a text in its place in a tree; False where something stands in its way."""
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            return False
        tree = inner
    if isinstance(tree.get(path[-1]), dict):
        return False
    tree[path[-1]] = said if not isinstance(said, dict) else _Whole(said)
    return True


@dataclass(frozen=True, slots=True)
class _Whole:
    """An answer that is itself a mapping, set apart from the branches of a tree."""

    value: Mapping[str, Any]


def _twigs(path: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        here = f"{path}/{key}" if path else key
        if isinstance(value, dict):
            yield from _twigs(here, value)
        else:
            yield here, value.value if isinstance(value, _Whole) else value


@dataclass
class _Sheet:
    """Lays what was found beside a plan's answers."""

    case: Case
    told: Told
    stray: list[tuple[str, str]] = field(default_factory=list)

    def lines(
        self, section: str, fields: Iterable[FormField], present: Mapping[str, Any], tree: dict[str, Any], path: str,
        within: str,
    ) -> Iterator[Line]:  # fmt: skip
        """The lines of a form or a row, in the order of the form."""
        for one in fields:
            if one.id not in tree:
                continue
            said = tree.pop(one.id)
            here = f"{path}/{one.id}"
            if one.kind == "table" and isinstance(said, dict):
                yield from self.rows(section, one, present.get(one.id) or given_rows(one), said, here, within)
            elif isinstance(said, dict) or one.kind in NOT_ASKED or one.kind == "table":
                self.stray += [(p, str(v)) for p, v in _twigs(here, {one.title: said})] if is_answered(said) else []
            else:
                value = said.value if isinstance(said, _Whole) else said
                line = self.line(section, one, present.get(one.id), value, here, within)
                yield from [line] if line else []
        self.stray += [(p, str(said)) for p, said in _twigs(path, tree) if is_answered(said)]

    def rows(
        self, section: str, table: FormField, present: Sequence[Mapping[str, Any]], tree: dict[str, Any], path: str,
        within: str,
    ) -> Iterator[Line]:  # fmt: skip
        """The lines of a table: a row belongs to the row of its `_id`, one by number to the row in its place."""
        ids = [str(row["_id"]) for row in present]
        free = (f"r{n}" for n in range(1, 10_000) if f"r{n}" not in ids and f"r{n}" not in tree)
        for key in list(tree):
            branch = tree.pop(key)
            if not isinstance(branch, dict):
                self.stray += [(f"{path}/{key}", str(branch))] if is_answered(branch) else []
                continue
            place = int(key[1:]) if key.startswith("#") and key[1:].isdecimal() else 0
            row_id = key if not place else ids[place - 1] if place <= len(present) else next(free)
            if row_id not in ids:
                ids.append(row_id)
            title = f"{table.row or 'Row'} {ids.index(row_id) + 1}"
            row = next((r for r in present if r["_id"] == row_id), {})
            yield from self.lines(
                section, table.fields, row, branch, f"{path}/{row_id}", f"{within}, {title}" if within else title
            )

    def line(self, section: str, asked: FormField, present: Any, said: Any, path: str, within: str) -> Line | None:
        """The line of one answer; None when it says the same as the plan."""
        before, shown = self.shown(asked, present), self.said(asked, said)
        if _same(before, shown):
            return None
        title = f"{within}: {asked.title}" if within else asked.title
        try:
            value = self.told.value(asked, said)
        except Unfit as error:
            return Line(section, path, title, before, shown, problem=sentence(str(error)))
        kept = self.shown(asked, value)
        if value == present or (is_answered(value) and _same(before, kept)):
            return None
        doubt = self.told.doubt(asked, said)
        return Line(section, path, title, before, shown, value, "" if _same(shown, kept) else kept, doubt)

    def shown(self, asked: FormField, value: Any) -> str:
        return show(asked, value, self.case.program, self.case.names)

    def said(self, asked: FormField, said: Any) -> str:
        """What was found, as a person reads it."""
        if isinstance(said, str):
            return said.strip()
        if isinstance(said, list) and asked.kind in ("choice", "choices", "rating", "yesno"):
            titles = dict(tickable(asked, self.case.program))
            return "; ".join(_titled(one, titles) for one in said)
        try:
            return self.shown(asked, said)
        except (ValueError, TypeError, KeyError, AttributeError):
            return str(said)


def _titled(box: Any, titles: Mapping[str, str]) -> str:
    match box:
        case {"other": other}:
            return str(other)
        case {"id": option, "within": inner}:
            return titles.get(f"{option}/{inner}", f"{option}: {inner}")
    return titles.get(str(box), str(box))


def _same(before: str, found: str) -> bool:
    return before.split() == found.split() if "\n" not in before.strip() else _lines(before) == _lines(found)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]


# -- taking ------------------------------------------------------------------------------------------------------------


def accepted(answers: Mapping[str, Any], lines: Iterable[Line]) -> dict[str, Any]:
    """A section's answers with the lines that a person took. What the section's rules say to it is asked afterwards, by
    the command that writes it.
    """
    result = _copied(answers)
    for line in lines:
        _set(result, line.path.split("/")[1:], line.value)
    return result


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: [_copied(row) if isinstance(row, Mapping) else row for row in v] if isinstance(v, list | tuple) else v
        for k, v in answers.items()
    }


def _set(answers: dict[str, Any], path: Sequence[str], value: Any) -> None:
    if len(path) == 1:
        if value is None:
            answers.pop(path[0], None)
        else:
            answers[path[0]] = value
        return
    rows = answers.setdefault(path[0], [])
    row = next((r for r in rows if r.get("_id") == path[1]), None)
    if row is None:
        row = {"_id": path[1]}
        rows.append(row)
    _set(row, path[2:], value)


def _with_problems(
    case: Case, fields: Iterable[FormField], present: Mapping[str, Any], lines: list[Line]
) -> Iterator[Line]:
    """The lines with what the form's own checks would say if all of them were taken."""
    taken = accepted(present, (line for line in lines if not line.problem))
    kept, refusals = clean_answers(fields, taken, case.values, case.program)
    against = {_addressed(r.field or "", taken): r.says for r in refusals}
    stands = dict(_leaves("", kept))
    for line in lines:
        _, _, place = line.path.partition("/")
        problem = line.problem or against.get(place, "")
        if not problem and line.value is not None and f"/{place}" not in stands:
            problem = f"“{line.title}” is not asked with the other answers, and would not be kept."
        yield replace(line, problem=problem)


def _addressed(where: str, answers: Mapping[str, Any]) -> str:
    """`blocks.0.action` as an address: `blocks/r1/action`."""
    path: list[str] = []
    at: Any = answers
    for part in where.split("."):
        if isinstance(at, list):
            row = at[int(part)] if part.isdecimal() and int(part) < len(at) else {}
            path.append(str(row.get("_id", part)))
            at = row
        else:
            path.append(part)
            at = at.get(part) if isinstance(at, Mapping) else None
    return "/".join(path)
