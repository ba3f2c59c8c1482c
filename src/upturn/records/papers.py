"""The papers of a plan as one person may take them: each is set in type, checked, and only then given out."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import structlog

from upturn.core.digests import of_signature, words_of_signature
from upturn.core.program import Document, Letter, Program, Signature
from upturn.documents.content import (
    Imprint,
    Paper,
    Reader,
    blank_paper,
    letter_paper,
    plan_paper,
    record,
    signing_paper,
)
from upturn.documents.gate import Refused
from upturn.documents.making import made
from upturn.documents.typesetting import NotTypeset
from upturn.records.access import Look
from upturn.records.files import keep
from upturn.records.models import Copy, Organization

log = structlog.get_logger(__name__)

PLAIN = Document(id="plan")
"""What a program without documents of its own prints: all its sections, in the plain layout."""
LETTER_SIZE = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
"""Countries that print on US letter; all others print on A4 (Unicode CLDR, paper size)."""
SIGNING = "Copy for signing"
MOST_MEGABYTES = 50
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


def signing_copy(look: Look, spec: Signature) -> Copy | None:
    """The copy that is shown to whoever signs, kept byte for byte: the same for everybody as long as the words are.

    What is attached to it is exactly what the digest in the signature is of. None where the file cannot be made: then
    the words are read on the page, and the signature names their digest alone.
    """
    covers = of_signature(look.program, look.plan, spec.id)
    found = Copy.objects.filter(plan=look.row, signature=spec.id, covers=covers).first()
    if found is not None:
        return found
    one = next((d for d in documents(look.program) if set(spec.covers) & set(d.sections)), PLAIN)
    written = [look.plan.sections[s].on for s in spec.covers if s in look.plan.sections]
    imprint = replace(_imprint(look.row.organization, look.case.now, look), made=_midnight(max(written)), mark=SIGNING)
    inside = words_of_signature(look.program, look.plan, spec.id)
    try:
        whole = _checked(signing_paper(look.case, one, spec, imprint), imprint, inside, one.template or "")
    except (Refused, NotTypeset):
        log.exception("no copy for signing", plan=look.row.pk, signature=spec.id)
        return None
    path, sha256, size = keep(look.row.organization, [whole], MOST_MEGABYTES)
    about = {"organization_id": look.row.organization_id, "sha256": sha256, "size": size, "path": path}
    about["made_at"] = look.case.now
    return Copy.objects.get_or_create(plan=look.row, signature=spec.id, covers=covers, defaults=about)[0]


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
        _midnight(day),
        number=look.row.number if look else "",
        mark=MARKS.get(look.case.stage.phase, "Copy") if look else "",
        paper="us-letter" if organization.country in LETTER_SIZE else "a4",
        head=look.loaded.head if look else "",
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo("UTC"))


def _checked(paper: Paper, imprint: Imprint, inside: bytes = b"", template: str = "") -> bytes:
    return made(paper, imprint.made, record=inside, template=template)
