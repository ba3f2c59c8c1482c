"""Forms to fill in elsewhere, and what comes back in them: made and read apart, compared with the plan, never truth by
themselves.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from upturn.core.plan import Plan, Written
from upturn.core.program import Document, Program
from upturn.core.reading import ProgramFile
from upturn.documents.content import Reader
from upturn.documents.exchanging import came_back, pdf_form
from upturn.documents.forms import Identity, form_paper, identity
from upturn.documents.reading_back import Draft, compare
from upturn.documents.word import word_form
from upturn.records.access import Look
from upturn.records.models import Organization, ProgramVersion
from upturn.records.papers import blank_imprint, imprint_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"form": ("pdf", "application/pdf"), "word": ("docx", WORD)}
"""How a form is asked for: the ending and the type of its file."""


def plan_form(look: Look, one: Document, kind: str, drafted: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The form of a plan with its answers in place, as this person reads it and (section → answers) has drafted it.
    Raises gate.Refused, NotTypeset.
    """
    case = look.case.with_plan(_with_drafts(look, drafted))
    imprint = imprint_of(look.row.organization, look.case.now, look)
    reader = Reader(look.sees_section, look.reads_entry)
    paper = form_paper(look.program, one, imprint, case=case, reader=reader)
    whose = identity(case, one, imprint)
    if kind == "word":
        return word_form(paper, whose)
    return pdf_form(paper, whose, imprint.made, template=one.template or "")


def blank_form(
    organization: Organization, version: ProgramVersion, program: Program, one: Document, kind: str, now: datetime
) -> bytes:
    """The empty form of a program, to be filled in before there is a plan, or instead of typing."""
    imprint = blank_imprint(organization, program, now)
    paper = form_paper(program, one, imprint)
    whose = Identity(version.key, version.version, version.digest, one.id)
    if kind == "word":
        return word_form(paper, whose)
    return pdf_form(paper, whose, imprint.made, template=one.template or "")


def brought(look: Look, data: bytes, drafted: Mapping[str, Mapping[str, Any]]) -> Draft:
    """What a file would change in a plan, or in the drafts (section → answers) that somebody has there. Raises
    inspecting.NotRead, in a sentence.
    """
    version = ProgramVersion.objects.get(pk=look.row.program_version_id)
    file = ProgramFile(json.loads(version.document), version.digest)
    found = came_back(data, file, variant=look.plan.variant, language=look.plan.language)
    return compare(found, look.case.with_plan(_with_drafts(look, drafted)), look.row.number)


def _with_drafts(look: Look, drafted: Mapping[str, Mapping[str, Any]]) -> Plan:
    """The plan as it would be, were these drafts shared."""
    day, code = look.case.today, look.actor.code
    sections = dict(look.plan.sections)
    for key, answers in drafted.items():
        written = sections.get(key)
        sections[key] = replace(written, answers=answers) if written else Written(answers, 0, code, "", day)
    return replace(look.plan, sections=sections)
