"""The papers of a plan as one person may take them: each is set in type, checked, and only then given out."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from upturn.core.program import Document, Letter, Program
from upturn.documents import gate
from upturn.documents.content import Imprint, Paper, Reader, blank_paper, letter_paper, plan_paper, record
from upturn.documents.typesetting import typeset
from upturn.records.access import Look
from upturn.records.models import Organization

PLAIN = Document(id="plan")
"""What a program without documents of its own prints: all its sections, in the plain layout."""
LETTER_SIZE = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
"""Countries that print on US letter; all others print on A4 (Unicode CLDR, paper size)."""
MARKS = {"concern": "Draft", "draft": "Draft", "sign": "Draft"}


def documents(program: Program) -> tuple[Document, ...]:
    """The documents of a program, at least the plain one."""
    return program.documents or (PLAIN,)


def document(program: Program, key: str) -> Document | None:
    return next((one for one in documents(program) if one.id == key), None)


def offered(look: Look) -> tuple[Document, ...]:
    """The documents somebody may take of a plan: whoever only helps reads single entries, and no form."""
    return () if look.only_helps else documents(look.program)


def plan_pdf(look: Look, one: Document) -> bytes:
    """A document of a plan as this person reads it, the plan attached. The same plan on the same day is the same file.

    Raises documents.gate.Refused and documents.typesetting.NotTypeset.
    """
    imprint = _imprint(look.row.organization, look.case.now, look)
    reader = Reader(look.sees_section, look.reads_entry)
    inside = record(look.case, imprint, reader)
    return _checked(plan_paper(look.case, one, imprint, reader), imprint, inside, one.template or "")


def letter_pdf(look: Look, letter: Letter) -> bytes:
    """A letter of the program, its merge fields filled from the plan."""
    imprint = _imprint(look.row.organization, look.case.now, look)
    return _checked(letter_paper(look.case, letter, imprint), imprint)


def blank_pdf(organization: Organization, program: Program, one: Document, now: datetime) -> bytes:
    """The empty form."""
    imprint = _imprint(organization, now)
    return _checked(blank_paper(program, one, imprint), imprint, template=one.template or "")


def _imprint(organization: Organization, now: datetime, look: Look | None = None) -> Imprint:
    day = now.astimezone(ZoneInfo(organization.zone)).date()
    return Imprint(
        organization.name,
        datetime.combine(day, time(), tzinfo=ZoneInfo("UTC")),
        number=look.row.number if look else "",
        mark=MARKS.get(look.case.stage.phase, "Copy") if look else "",
        paper="us-letter" if organization.country in LETTER_SIZE else "a4",
        head=look.loaded.head if look else "",
    )


def _checked(paper: Paper, imprint: Imprint, inside: bytes = b"", template: str = "") -> bytes:
    made = typeset(paper, imprint.made, record=inside, template=template)
    return gate.passed(made, paper.texts(), inside)
