"""A plan on somebody's old form: its tables and lines, matched by what stands beside each answer. No models, no guesses
about meaning: a label is the title of a question, and what has no label is kept as it is.

Rows are called by their order here (`section/table/#1/field`): an old form knows nothing of ours.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from upturn.core.fields import tickable
from upturn.core.program import FormField, Program
from upturn.documents.forms import NOT_ASKED
from upturn.documents.told import boxes, is_box, plain

Grid = list[list[str]]
Piece = Grid | str
"""A table, or a line of text."""

ALSO: Mapping[str, Mapping[str, str]] = {
    "dc-pip": {"employee name": "full_name", "frequency": "check_in", "check in frequency": "check_in"},
    "evolve-mip": {"situation": "led_to", "target completion date": "target_date"},
    "employer-pip": {},
}
"""What official forms call a question that the program calls otherwise, by program."""


@dataclass(frozen=True, slots=True)
class Question:
    """A field and where it stands: its section, and the tables around it."""

    section: str
    within: tuple[FormField, ...]
    field: FormField

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(table.id for table in self.within)


Label = tuple[Question, ...]
"""What one label asks: a question, or two (“Service Type/Grade”)."""


def matched(
    pieces: Iterable[Piece], program: Program, *, wrapped: bool = False
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The texts found, by address; and all the others, each with the label that stood before it. `wrapped`: lines may
    end only because the page did.
    """
    matcher = _Matcher(program, wrapped=wrapped)
    for piece in pieces:
        if isinstance(piece, str):
            matcher.line(piece)
        else:
            matcher.grid(piece)
    return matcher.found(), matcher.left_over


def questions(program: Program) -> Iterator[Question]:
    """Every question of a form, in its order."""
    for section in program.form:
        yield from _questions(section.id, (), section.fields)


def _questions(section: str, within: tuple[FormField, ...], fields: Iterable[FormField]) -> Iterator[Question]:
    for one in fields:
        if one.kind == "table":
            yield from _questions(section, (*within, one), one.fields)
        elif one.kind not in NOT_ASKED:
            yield Question(section, within, one)


PRINTED = ("title", "guidance", "says", "meaning", "print_as", "row", "summary", "form_number", "edition")
"""Parts of a program that stand on its papers."""


def words_of(program: Program) -> frozenset[str]:
    """Every text that the form itself says, for telling what a person wrote from it."""
    return frozenset(plain(text) for text in _printed(program.model_dump(mode="json")))


def _printed(value: Any, *, key: str = "") -> Iterator[str]:
    match value:
        case str() if key in PRINTED:
            yield value
            yield from value.split("\n")
        case dict():
            for name, inner in value.items():
                yield from _printed(inner, key=name)
        case list():
            for inner in value:
                yield from _printed(inner)


@dataclass
class _Row:
    """The row of a table that is being read: its number, and the questions it has had."""

    number: int = 1
    had: set[str] = field(default_factory=set)


class _Matcher:
    def __init__(self, program: Program, *, wrapped: bool) -> None:
        self.program = program
        self.wrapped = wrapped
        self.left_over: list[tuple[str, str]] = []
        self.labels: dict[str, list[Question]] = {}
        self.nouns: dict[str, tuple[str, ...]] = {}
        also = ALSO.get(program.key, {})
        for one in questions(program):
            names = {plain(one.field.title)} | {name for name, key in also.items() if key == one.field.id}
            for name in names:
                self.labels.setdefault(name, []).append(one)
            for depth, table in enumerate(one.within, start=1):
                self.nouns.setdefault(plain(table.row or ""), one.tables[:depth])
        self.nouns.pop("", None)
        options = {plain(title) for one in questions(program) for _, title in tickable(one.field, program)}
        self.own_words = words_of(program) - options  # an option may be what somebody wrote
        self.texts: dict[tuple[Any, ...], str] = {}
        self.rows: dict[tuple[str, ...], _Row] = {}
        self.near: tuple[str, ...] = ()  # the table that the last label belongs to
        self.waiting: Question | None = None  # a label among lines, with its answer below it

    # -- tables

    def grid(self, grid: Grid) -> None:
        self.waiting = None
        rows = [_joined(row) for row in grid]
        number = 0
        while number < len(rows):
            heads = self.heads(rows[number])
            if heads and number + 1 < len(rows) and self.values(rows[number + 1], heads):
                number = self.columns(rows, number, heads)
            else:
                self.row(rows[number])
                number += 1

    def heads(self, row: list[str]) -> list[Label]:
        """The labels of a row that holds nothing else, empty ones among them for columns of other names; none for any
        other row.
        """
        found = [self.label(cell) for cell in row]
        known = [label for label, rest in found if label and not rest]
        fits = all(row) and not any(rest for _, rest in found) and len(known) > len(row) / 2
        return [label for label, _ in found] if fits else []

    def values(self, row: list[str], heads: list[Label]) -> bool:
        return len(row) == len(heads) and any(row) and not any(self.label(cell)[0] for cell in row)

    def columns(self, rows: Grid, number: int, heads: list[Label]) -> int:
        """Reads the rows below column headers; the number of the first row that is none of them."""
        first, number = number, number + 1
        while number < len(rows) and self.values(rows[number], heads):
            for label, head, cell in zip(heads, rows[first], rows[number], strict=True):
                if label:
                    self.put(label, cell)
                else:
                    self.keep(head, cell)
            number += 1
            if not any(one.within for label in heads for one in label):
                break
        return number

    def row(self, row: list[str]) -> None:
        """Labels and what stands behind them."""
        pending: Label = ()
        behind: list[str] = []
        loose: list[str] = []
        for cell in row:
            label, rest = self.label(cell, inline=not pending)
            if label:
                self.flush(pending, behind)
                pending, behind = (label, []) if not rest else ((), [])
                if rest:
                    self.put(label, rest)
            elif pending:
                behind.append(cell)
            elif cell and not self.heading(cell) and not self.ticks(cell):
                loose.append(cell)
        self.flush(pending, behind)
        if len(loose) == 2:
            self.keep(loose[0], loose[1])
        else:
            for cell in loose:
                self.keep("", cell)

    def flush(self, pending: Label, behind: list[str]) -> None:
        if pending and behind:
            self.put(pending, "\n".join(text for text in behind if text))

    # -- lines

    def line(self, text: str) -> None:
        text = text.strip()
        label, rest = self.label(text)
        if not text or (self.heading(text) and not label):
            return
        asked = label[0] if len(label) == 1 else None
        if asked and not rest and not asked.within:
            self.waiting = asked
        elif label and (rest and not (asked and asked.within and asked.field.kind == "longtext")):
            self.waiting = None
            self.put(label, rest)
        elif self.ticks(text):
            self.waiting = None
        elif plain(text) in self.own_words:
            self.waiting = self.waiting if self.waiting and _guides(self.waiting, text, self.program) else None
        elif self.waiting:
            self.add(self.waiting, text)
        else:
            self.keep("", text)

    # -- labels

    def label(self, text: str, *, inline: bool = True) -> tuple[Label, str]:
        """What a text asks, and the answer that stands in it too. `inline`: also on one line, behind a colon."""
        if not text:
            return (), ""
        lines = text.split("\n")
        for end in range(min(3, len(lines)), 0, -1):
            if label := self.named(" ".join(lines[:end])):
                return label, _without_guidance("\n".join(lines[end:]), label)
        head, colon, tail = lines[0].partition(":")
        if inline and colon and (label := self.named(head)):
            return label, _without_guidance("\n".join([tail.strip(), *lines[1:]]).strip(), label)
        return (), ""

    def named(self, name: str) -> Label:
        if len(name) > 200:
            return ()
        if one := self.nearest(plain(name)):
            return (one,)
        first, slash, second = name.partition("/")
        if not slash:
            return ()
        pair = [self.nearest(plain(n)) for n in (first, second)]
        if pair[0] is None:  # “Start/End Dates” asks for a start date and an end date
            noun = plain(second).split()[-1:]
            pair = [self.nearest(" ".join([*plain(n).split()[:1], *noun]).rstrip("s")) for n in (first, second)]
        return tuple(one for one in pair if one) if all(pair) else ()

    def nearest(self, name: str) -> Question | None:
        """The question of this name that stands nearest to the one before."""
        return min(self.labels.get(name, ()), key=self.distance, default=None)

    def distance(self, one: Question) -> int:
        tables = one.tables
        if tables == self.near:
            return 0
        if tables[: len(self.near)] == self.near and self.near:
            return 1
        return 2 if self.near[: len(tables)] == tables and tables else 3

    def heading(self, text: str) -> bool:
        """Whether a text says that a row begins: “Step 2”."""
        noun, _, number = plain(text).rpartition(" ")
        tables = self.nouns.get(noun) if number.isdecimal() else None
        if tables is None:
            return False
        if self.rows.setdefault(tables, _Row()).had:
            self.next_row(tables)
        self.near = tables
        return True

    # -- answers

    def put(self, label: Label, text: str) -> None:
        """An answer behind its label. A question that its row has had already begins the next row."""
        text = text.strip()
        if len(label) > 1:
            parts = _halves(text)
            if text and len(parts) != len(label):
                self.keep("/".join(one.field.title for one in label), text)
                return
            for one, part in zip(label, parts, strict=False):
                self.put((one,), part)
            return
        one = label[0]
        self.near = one.tables
        if one.within:
            row = self.rows.setdefault(one.tables, _Row())
            if one.field.id in row.had:
                self.next_row(one.tables)
            self.rows[one.tables].had.add(one.field.id)
        if text:
            self.add(one, self.as_written(one, text))

    def as_written(self, one: Question, text: str) -> str:
        """The lines of an answer as they were written."""
        if one.field.kind != "longtext" and not is_box(text) and one.field.kind != "choices":
            return " ".join(text.split())
        return unwrapped(text) if self.wrapped and not is_box(text) else text

    def next_row(self, tables: tuple[str, ...]) -> None:
        self.rows[tables] = _Row(self.rows[tables].number + 1)
        for inner in [key for key in self.rows if key[: len(tables)] == tables and key != tables]:
            del self.rows[inner]

    def add(self, one: Question, text: str) -> None:
        address = self.address(one)
        before = self.texts.get(address)
        if before is None:
            self.texts[address] = text
        elif one.field.kind in ("longtext", "choices"):
            self.texts[address] = f"{before}\n{text}"
        elif before != text:
            self.keep(one.field.title, text)

    def address(self, one: Question) -> tuple[Any, ...]:
        """The path of an answer, rows by number."""
        path: list[Any] = [one.section]
        for depth, table in enumerate(one.tables, start=1):
            path += [table, self.rows.setdefault(one.tables[:depth], _Row()).number]
        return (*path, one.field.id)

    def ticks(self, text: str) -> bool:
        """Reads the boxes of a text that stand before options of the form; whether there were any."""
        if not is_box(text):
            return False
        for on, said in boxes(text):
            chosen = self.option(said)
            if on and chosen is None:
                self.keep("☒", said)
            elif on and chosen is not None:
                one, title, rest = chosen
                self.put((one,), title)
                if rest and plain(rest) not in self.own_words:
                    self.keep(title, rest)
        return True

    def option(self, said: str) -> tuple[Question, str, str] | None:
        """The question and the title of an option that a text begins with, and what follows."""
        first, _, rest = said.partition("\n")
        words = plain(first)
        fits = [
            (self.distance(one), -len(title), number, one, title)
            for number, one in enumerate(one for ones in self.labels.values() for one in ones)
            if one.field.kind in ("choice", "choices")
            for _, title in tickable(one.field, self.program)
            if f"{words} ".startswith(f"{plain(title)} ")
        ]
        if not fits:
            return None
        *_, one, title = min(fits, key=lambda fit: fit[:3])
        behind = re.sub(r"^\W+", "", first[len(title) :]) if plain(first[: len(title)]) == plain(title) else ""
        return one, title, "\n".join(part for part in (behind, rest) if part)

    def keep(self, label: str, text: str) -> None:
        if plain(text) and (label or plain(text) not in self.own_words):
            self.left_over.append((label, text))

    def found(self) -> dict[str, str]:
        """The texts by address; rows without any text do not count."""
        numbers: dict[tuple[Any, ...], dict[int, int]] = {}
        for address in sorted((a for a in self.texts), key=lambda a: [p for p in a if isinstance(p, int)]):
            for place in range(2, len(address) - 1, 2):
                taken = numbers.setdefault(address[:place], {})
                taken.setdefault(address[place], len(taken) + 1)
        return {"/".join(self.named_rows(address, numbers)): text for address, text in self.texts.items()}

    def named_rows(self, address: tuple[Any, ...], numbers: Mapping[tuple[Any, ...], Mapping[int, int]]) -> list[str]:
        return [
            f"#{numbers[address[:place]][part]}" if isinstance(part, int) else str(part)
            for place, part in enumerate(address)
        ]


def _joined(row: list[str]) -> list[str]:
    """The cells of a row, a box that stands alone with the cell behind it."""
    cells: list[str] = []
    for cell in (c.strip() for c in row):
        if cells and is_box(cells[-1]) and not next(boxes(cells[-1]))[1]:
            cells[-1] = f"{cells[-1]} {cell}"
        else:
            cells.append(cell)
    return cells


def _halves(text: str) -> list[str]:
    """The two answers to a label that asks for two: “1 May to 31 May”, “Career / CS-9”."""
    for mark in (r"\s+to\s+", r"\s*[–—]\s*", r"\s+-\s+", r"\s+/\s+", "/"):
        parts = re.split(mark, text)
        if len(parts) == 2:
            return [part.strip() for part in parts]
    return [text]


def _without_guidance(rest: str, label: Label) -> str:
    """What stands behind a label, unless it only explains it."""
    explains = plain(rest) == plain(label[0].field.guidance or "") or (rest.startswith("(") and rest.endswith(")"))
    return "" if explains else rest


def _guides(asked: Question, text: str, program: Program) -> bool:
    """Whether a text explains a question, rather than begin something else."""
    section = program.section[asked.section]
    return plain(text) in {plain(asked.field.guidance or ""), plain(section.guidance or "")}


def unwrapped(text: str) -> str:
    """Without the line breaks that only the width of the page made: a line that is nearly as long as the longest goes
    on in the next, unless that begins an item.
    """
    lines = [line.strip() for line in text.split("\n")]
    longest = max(map(len, lines))
    result = lines[0]
    for before, line in pairwise(lines):
        goes_on = len(before) >= 0.7 * longest and before and line and not re.match(r"[•*–-]\s|\d+[.)]\s", line)
        result += (" " if goes_on else "\n") + line
    return result
