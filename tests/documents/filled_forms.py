"""Forms of the shipped programs and what people write in them, for the tests of forms that go out and come back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import upturn.programs
from upturn.core import story
from upturn.core.case import Case
from upturn.core.program import Document
from upturn.core.reading import ProgramFile, read
from upturn.documents.content import Imprint, Paper
from upturn.documents.forms import Identity, Slot, form_paper, identity, slots
from upturn.documents.word import TICKED, UNTICKED

FOLDER = Path(upturn.programs.__file__).parent
MADE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NUMBER = "P-2026-0007"
IMPRINT = Imprint("Office of Permits", MADE, number=NUMBER, head="ab" * 32)
PROGRAMS = ("dc-pip", "evolve-mip", "employer-pip")
DOCUMENTS = (*((name, True) for name in PROGRAMS), *((name, False) for name in PROGRAMS))
"""Each program with the document it ships, and in the plain layout that any program has."""

BOXES = ("tick", "one")
LINES = (
    "First line.\nSecond line: 3 < 4 & “quotes”.",
    "Nguyễn Thị Ánh Tuyết sẽ gọi khách hàng trước thứ Sáu.",
    "改善计划每周五检查一次。\n第二行。",
    "שלום, הדוח נשלח ביום שישי.",
    "Łukasz Żółć naïvely façade",
)
"""What is written in forms: new lines, and the scripts of names."""


@cache
def program_file(name: str) -> ProgramFile:
    return read((FOLDER / f"{name}.v1.yaml").read_text(encoding="utf-8"))


@cache
def told(name: str) -> Case:
    """The plan of the story that writes most."""
    text = YAML(typ="safe", pure=True).load((FOLDER / f"{name}.story.yaml").read_text(encoding="utf-8"))
    cases = (story.tell(program_file(name), text, one).case() for one in text["stories"])
    return max(cases, key=lambda case: sum(bool(slot.text) for slot in slots(paper_of(name, case=case))))


def document_of(name: str, *, shipped: bool = True) -> Document:
    return program_file(name).program().documents[0] if shipped else Document(id="any")


def paper_of(name: str, *, shipped: bool = True, case: Case | None = None) -> Paper:
    return form_paper(program_file(name).program(), document_of(name, shipped=shipped), IMPRINT, case=case)


def identity_of(name: str, *, shipped: bool = True, case: Case | None = None) -> Identity:
    document, file = document_of(name, shipped=shipped), program_file(name)
    if case:
        return identity(case, document, IMPRINT)
    return Identity(file.program().key, file.program().version, file.digest, document.id)


def written_in(slot: Slot, number: int) -> str:
    """What the tests write at the n-th place of a form: something else each time."""
    if slot.kind in BOXES:
        return TICKED if number % 3 else UNTICKED
    text = LINES[number % len(LINES)] if slot.kind == "lines" else LINES[1 + number % 4].split("\n")[0]
    return f"{number} {text}"


def written_for(paper: Paper) -> Mapping[str, str]:
    written = {slot.path: written_in(slot, number) for number, slot in enumerate(slots(paper))}
    answered: set[str] = set()
    for slot in slots(paper):
        question = slot.path.rpartition(":")[0]
        if slot.kind == "one" and question in answered:
            written[slot.path] = UNTICKED
        elif slot.kind == "one" and written[slot.path] == TICKED:
            answered.add(question)
    return written


def standing_in(paper: Paper) -> dict[str, Any]:
    """What stands at each place of a form before anybody writes."""
    return {s.path: (TICKED if s.ticked else UNTICKED) if s.kind in BOXES else s.text for s in slots(paper)}
