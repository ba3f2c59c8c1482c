"""Attached files: bytes under the data folder, named by their digest; served for download, never shown in place."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from upturn.core.program import Program
from upturn.core.refusals import Refusal, Refused
from upturn.core.wording import listed
from upturn.records.access import Look, NotFound
from upturn.records.models import Attachment, Copy, Organization, Person, Plan
from upturn.records.private_files import aside

MEGABYTE = 1_048_576
SAFE_TYPE = "application/octet-stream"
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""What a browser is told beside `Content-Disposition: attachment`, so that a file is kept and never run."""


def folder() -> Path:
    return Path(settings.DATA) / "files"


def path_of(stored: Attachment | Copy) -> Path:
    """Where the bytes of a stored file lie."""
    return folder() / stored.path


def keep(organization: Organization, chunks: Iterable[bytes], max_mb: int) -> tuple[str, str, int]:
    """Keep bytes under their digest, whole or not at all: the path, the SHA-256 (hex), the size. Raises Refused."""
    written, digest, size = _written_aside(organization, chunks, max_mb)
    path = f"{organization.pk}/{digest[:2]}/{digest}"
    target = folder() / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written.replace(target)
    return path, digest, size


def store(
    plan: Plan, program: Program, person: Person, *, name: str, media_type: str, chunks: Iterable[bytes], now: datetime
) -> Attachment:
    """Keep a file beside a plan, whole or not at all. It is on record once `perform` took the Attach command for it.

    Raises Refused when it is of a type, or of a size, that the program does not take.
    """
    name = clean_name(name)
    ending = _refuse_type(program, name)
    whole = _checked(chunks, ending)
    path, digest, size = keep(plan.organization, whole, program.attachments.max_mb)
    attachment, _made = Attachment.objects.get_or_create(
        plan=plan,
        sha256=digest,
        defaults={
            "organization_id": plan.organization_id,
            "size": size,
            "media_type": _media_type(media_type),
            "name": name,
            "path": path,
            "uploaded_by": person,
            "uploaded_at": now,
        },
    )
    return attachment


def clean_name(name: str) -> str:
    """A file's name without path and without what no file system likes."""
    return re.sub(
        r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
        "",
        name.replace("\\", "/").rsplit("/", 1)[-1],
    ).strip()[:200]


def _media_type(given: str) -> str:
    return given if re.fullmatch(r"[a-zA-Z0-9.+-]{1,60}/[a-zA-Z0-9.+-]{1,39}", given or "") else SAFE_TYPE


def _refuse_type(program: Program, name: str) -> str:
    """The ending of a name, if the program takes files of that type."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in program.attachments.types:
        taken = listed(program.attachments.types, "or")
        says = f"Files of the type “{ending or 'none'}” are not taken. These are: {taken}."
        raise Refused(Refusal("type", says, field="file"))
    return ending


ZIP, OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "gif": (b"GIF8",),
    **dict.fromkeys(("jpg", "jpeg"), (b"\xff\xd8\xff",)),
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip"), ZIP),
    **dict.fromkeys(("doc", "xls", "ppt", "msg"), OLE),
}
"""How a file of a type begins. Types that begin in any way (txt, csv) are not here."""
LEADING = b"\xef\xbb\xbf \t\r\n"
"""What some programs write before the first byte that counts."""


def _checked(chunks: Iterable[bytes], ending: str) -> Iterator[bytes]:
    """The chunks, once they begin as a file of that name does: a program that was renamed is not a document."""
    held = b""
    rest = iter(chunks)
    for chunk in rest:
        held += chunk
        if len(held.lstrip(LEADING)) >= 8:
            break
    if held and ending in BEGINNINGS and not held.lstrip(LEADING).startswith(BEGINNINGS[ending]):
        says = f"The file is called “.{ending}” and does not begin as such a file does. Save it as {ending} once more."
        raise Refused(Refusal("type", says, field="file"))
    yield held
    yield from rest


def _written_aside(organization: Organization, chunks: Iterable[bytes], max_mb: int) -> tuple[Path, str, int]:
    """The bytes in a file of their own, with digest and size; nothing is left behind when it is refused."""
    digest, size = hashlib.sha256(), 0
    with aside(folder() / str(organization.pk)) as (path, file):
        for chunk in chunks:
            size += len(chunk)
            if size > max_mb * MEGABYTE:
                raise Refused(Refusal("size", f"The file is larger than {max_mb} MB.", field="file"))
            digest.update(chunk)
            file.write(chunk)
        if not size:
            raise Refused(Refusal("size", "The file is empty.", field="file"))
    return path, digest.hexdigest(), size


def fetch(look: Look, attachment_id: str) -> Attachment:
    """A file on record, for somebody who reads the entry that attached it. Raises NotFound."""
    state = look.plan.attachments.get(attachment_id)
    if state is None or not look.reads_entry(state.seq):
        raise NotFound
    found = Attachment.objects.filter(organization=look.row.organization_id, plan=look.row, sha256=state.sha256).first()
    if found is None:
        raise NotFound
    return found
