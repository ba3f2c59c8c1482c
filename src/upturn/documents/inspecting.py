"""A file that came in, before any reader opens it: what it is, and whether it is safe to unpack.

Every limit is kept by counting what would come out, not by trusting what the file says of itself.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Literal

Kind = Literal["pdf", "docx"]

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 120 * 2**20
"""Of all parts of a file together."""
MOST_PARTS = 2_000
MOST_TIMES = 250
"""How many times its packed size a part may be; XML of real documents stays far below."""
SMALL = 2**20
"""A part below this is never a bomb, however well it packs."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM = re.compile(rb"stream\r?\n")


class NotRead(ValueError):
    """A file that is not read; the message says why, and what would work."""


def kind_of(data: bytes) -> Kind:
    """What a file is, by its content. Raises NotRead for what is none of them, and for what is not safe to open."""
    if not data:
        raise NotRead("The file is empty.")
    if len(data) > MOST_BYTES:
        raise NotRead(f"The file is larger than {MOST_BYTES // 2**20} MB. Send one without pictures.")
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise NotRead(
            "The file is protected by a password. Save it without one and send it again."
            if locked
            else "The file is of an old Office format. Save it as a Word document (.docx) and send it again."
        )
    if b"%PDF-" in data[:1024]:
        _unpacks_in_bounds(data)
        return "pdf"
    if data.startswith(b"PK"):
        return "docx"
    raise NotRead("The file is neither a PDF nor a Word document (.docx). Save it as one of these and send it again.")


def _unpacks_in_bounds(data: bytes) -> None:
    """Raises NotRead for a PDF whose streams would fill the memory of whatever opens them."""
    total = 0
    for found in _STREAM.finditer(data):
        total += _unpacked(data, found.end(), MOST_UNPACKED - total)
        if total >= MOST_UNPACKED:
            raise NotRead(_TOO_MUCH)
    if re.search(rb"/F(?:late)?(?:De)?(?:code)?\s*/Fl", data):
        raise NotRead(
            "The PDF is packed twice over, which no office program does. Print it to a new PDF and send that."
        )


_TOO_MUCH = "The file unpacks to far more than a plan holds, as no document does. Save it anew and send it again."


def _unpacked(data: bytes, start: int, most: int) -> int:
    """How many bytes come out of the packed stream that begins here; none where there is none."""
    unpacker, total, rest = zlib.decompressobj(), 0, data[start : start + 2**16]
    try:
        while rest and total < most:
            total += len(unpacker.decompress(rest, 2**20))
            start += 2**16 if not unpacker.unconsumed_tail else 0
            rest = unpacker.unconsumed_tail or (b"" if unpacker.eof else data[start : start + 2**16])
    except zlib.error:
        pass
    return total


def parts_of(data: bytes) -> Mapping[str, bytes]:
    """The XML parts of a Word document, by name. Raises NotRead for a file that is none, or not safe to open."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, NotRead):
            raise
        raise NotRead("The Word document is damaged. Open it in its program, save it anew and send it again.") from None


def _parts(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise NotRead(_TOO_MUCH)
    if any(e.file_size > SMALL and e.file_size > MOST_TIMES * max(1, e.compress_size) for e in entries):
        raise NotRead(_TOO_MUCH)
    if any(e.flag_bits & 1 for e in entries):
        raise NotRead("The file is protected by a password. Save it without one and send it again.")
    names = {e.filename for e in entries}
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise NotRead("The file is not a Word document. Save it as a Word document (.docx) or a PDF and send it again.")
    types = archive.read("[Content_Types].xml")
    if any("vbaproject" in name.lower() for name in names) or b"macroenabled" in types.lower():
        raise NotRead("The file carries macros. Save it as a Word document without macros (.docx) and send it again.")
    found = {e.filename: archive.read(e) for e in entries if e.filename.endswith((".xml", ".rels"))}
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in found.values()):
        raise NotRead("The Word document holds definitions that no office program writes. Save it anew and send it.")
    return found
