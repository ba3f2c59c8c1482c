"""The papers of a plan as one person may take them: each is set in type, checked, and only then given out."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import structlog

from upturn.core.case import Case
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
from upturn.records.catalogue import settings_of
from upturn.records.files import keep
from upturn.records.loading import entered
from upturn.records.models import Copy, Organization, Plan

log = structlog.get_logger(__name__)

LETTER_SIZE = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE"})
"""Countries that print on US letter; all others print on A4 (Unicode CLDR, paper size)."""
SIGNING = "Copy for signing"
MOST_MEGABYTES = 50
MARKS = {"concern": "Draft", "draft": "Draft", "sign": "Draft"}


def document(program: Program, key: str) -> Document | None:
    return next((one for one in program.papers if one.id == key), None)


def offered(look: Look) -> tuple[Document, ...]:
    """The documents somebody may take of a plan: whoever only helps reads single entries, and no form."""
    return () if look.only_helps else look.program.papers


def plan_pdf(look: Look, one: Document) -> bytes:
    """A document of a plan as this person reads it, the plan attached. The same plan on the same day is the same file.

    Raises documents.gate.Refused and documents.typesetting.NotTypeset.
    """
    imprint = imprint_of(look.row.organization, look.case.now, look)
    reader = Reader(look.sees_section, look.reads_entry)
    inside = record(look.case, imprint, reader)
    return _checked(plan_paper(look.case, one, imprint, reader), imprint, inside, one.template or "")


def signing_copy(look: Look, spec: Signature) -> Copy | None:
    """The copy that is shown to whoever signs, kept byte for byte: the same for everybody as long as the words are.

    What is attached to it is exactly what the digest in the signature is of. None where the file cannot be made: then
    the words are read on the page, and the signature names their digest alone.
    """
    covers = of_signature(look.program, look.plan, spec.id)
    found = Copy.objects.filter(plan=look.row, of=spec.id, shows=covers).first()
    if found is not None:
        return found
    one = next((d for d in look.program.papers if set(spec.covers) & set(d.sections)), look.program.papers[0])
    written = [look.plan.sections[s].on for s in spec.covers if s in look.plan.sections]
    today = imprint_of(look.row.organization, look.case.now, look)
    imprint = replace(
        today, made=_midnight(max(written, default=look.plan.opened or look.case.today)), mark=SIGNING, head=""
    )
    inside = words_of_signature(look.program, look.plan, spec.id)
    try:
        whole = _checked(signing_paper(look.case, one, spec, imprint), imprint, inside, one.template or "")
    except (Refused, NotTypeset):
        log.exception("no copy for signing", plan=look.row.pk, signature=spec.id)
        return None
    return kept(look.row, spec.id, covers, whole, look.case.now)


def kept(row: Plan, of: str, shows: str, whole: bytes, now: datetime) -> Copy:
    """Keep a copy byte for byte; of two made at once, the first stays."""
    path, sha256, size = keep(row.organization, [whole], MOST_MEGABYTES)
    about = {"organization_id": row.organization_id, "sha256": sha256, "size": size, "path": path, "made_at": now}
    return Copy.objects.get_or_create(plan=row, of=of, shows=shows, defaults=about)[0]


def letter_pdf(look: Look, letter: Letter, case: Case) -> bytes:
    """A letter of the program, its merge fields filled from the plan as it tells of it. It is no copy of the plan, and
    so it has neither mark nor fingerprint.
    """
    imprint = replace(imprint_of(look.row.organization, case.now), number=look.row.number)
    return _checked(letter_paper(case, letter, imprint), imprint)


def blank_pdf(organization: Organization, program: Program, one: Document, now: datetime) -> bytes:
    """The empty form."""
    imprint = blank_imprint(organization, program, now)
    return _checked(blank_paper(program, one, imprint), imprint, template=one.template or "")


def imprint_of(organization: Organization, now: datetime, look: Look | None = None) -> Imprint:
    """What a paper made today carries."""
    day = now.astimezone(ZoneInfo(organization.zone)).date()
    return Imprint(
        organization.name,
        _midnight(day),
        number=look.row.number if look else "",
        mark=MARKS.get(look.case.stage.phase, "Copy") if look else "",
        paper="us-letter" if organization.country in LETTER_SIZE else "a4",
        head=look.loaded.head if look else "",
    )


def blank_imprint(organization: Organization, program: Program, now: datetime) -> Imprint:
    """What an empty form carries: whom the organization named for the program, too."""
    settings = entered(program, settings_of(organization, program.key))
    return replace(imprint_of(organization, now), contact=str(settings.get(program.contact.setting) or ""))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo("UTC"))


def _checked(paper: Paper, imprint: Imprint, inside: bytes = b"", template: str = "") -> bytes:
    return made(paper, imprint.made, record=inside, template=template)
