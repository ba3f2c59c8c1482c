"""What the seal of a PDF says, read strictly by pyHanko. Runs apart from the server: see `examining`.

Strictly: the signed bytes are all bytes of the file but the signature itself, and around the signature there is room
for nothing else. pyHanko by itself also accepts bits set in the unused end of a signature.
"""

import asyncio
import hashlib
import io
import json
import re
from datetime import datetime
from typing import Any

import pikepdf
from asn1crypto import parser, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    read_certification_data,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from upturn.documents.alone import alone
from upturn.documents.sealing import LONGEST_NAME, certificates, fingerprint

_RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}\d{1,12}\s{1,9}\d{1,12}\s{1,9}(\d{1,12})\s{1,9}(\d{1,12})")
_HEX = re.compile(rb"(?:[0-9A-F]*|[0-9a-f]*)\Z")


def examine_json(pdf: bytes, clocks: bytes) -> bytes:
    """The verdict on the file as JSON; `clocks` are the certificates (PEM) by which time stamps are trusted."""
    return json.dumps(_examined(pdf, certificates(clocks) if clocks else ())).encode()


def _examined(pdf: bytes, clocks: tuple[x509.Certificate, ...]) -> dict[str, Any]:
    if b"%PDF-" not in pdf[:1024]:
        return {"verdict": "not a PDF"}
    try:
        reader = _reader(pdf)
        if reader.encrypted:
            return {"verdict": "encrypted"}
        signatures = len(list(enumerate_sig_fields(reader, filled_status=True)))
    except Exception:  # noqa: BLE001 - whatever is in the file, the answer is a verdict
        return {"verdict": "unreadable"}
    if not signatures:
        return {"verdict": "changed" if _RANGE.search(pdf) else "unsealed"}
    try:
        return {"signatures": signatures, **_judged(pdf, reader, clocks)}
    except Exception:  # noqa: BLE001 - as above: a signature that cannot be read fits nothing
        return {"verdict": "changed", "signatures": signatures}


def _reader(pdf: bytes) -> PdfFileReader:
    """Read strictly; where that is impossible, only up to where the last signature says that it ends."""
    try:
        return PdfFileReader(io.BytesIO(pdf), strict=True)
    except Exception:  # a strict parser stumbles over many things
        ranges = _RANGE.findall(pdf)
        if not ranges:
            raise
        begins, length = map(int, ranges[-1])
        return PdfFileReader(io.BytesIO(pdf[: begins + length]), strict=True)


def _judged(pdf: bytes, reader: PdfFileReader, clocks: tuple[x509.Certificate, ...]) -> dict[str, Any]:
    if not reader.embedded_regular_signatures:
        return {"verdict": "signed"}  # by a time-stamp authority alone, or in a way of before PAdES
    seal, certifies = _seal(reader)
    status = alone(lambda: asyncio.run(_validated(seal, clocks)))
    stamp = status.timestamp_validity
    sound = status.intact and status.valid and (stamp is None or (stamp.intact and stamp.valid))
    if not (sound and _fits(pdf, seal)):
        verdict = "changed"
    elif sum(_range(seal)[2:]) != len(pdf):
        verdict = "added"
    elif certifies and len(reader.embedded_signatures) == 1:
        verdict = "sealed"
    else:
        verdict = "signed"
    trusted = stamp if stamp and stamp.trusted else None  # anybody can hang a stranger's stamp on a signature
    at = trusted.timestamp if trusted else status.signer_reported_dt
    return {
        "verdict": verdict,
        "name": _name(status.signing_cert),
        "fingerprint": fingerprint(status.signing_cert),
        "at": at.isoformat() if at else None,
        "stamped_by": _name(trusted.signing_cert) if trusted else "",
        "files": _files(pdf) if verdict == "sealed" else [],
    }


def _seal(reader: PdfFileReader) -> tuple[EmbeddedPdfSignature, bool]:
    """The signature that certifies the file and allows no change, and True; or the last signature, and False."""
    signatures = reader.embedded_regular_signatures
    certification = read_certification_data(reader)
    if certification and certification.permission == MDPPerm.NO_CHANGES:
        certifying = reader.root["/Perms"].raw_get("/DocMDP")
        for each in signatures:
            if each.sig_field.raw_get("/V") == certifying:
                return each, True
    return signatures[-1], False


async def _validated(seal: EmbeddedPdfSignature, clocks: tuple[x509.Certificate, ...]) -> PdfSignatureStatus:
    """The certificate is not judged here: whose it is, its fingerprint says. A time stamp is judged as of its day."""
    return await async_validate_pdf_signature(
        seal,
        ValidationContext(trust_roots=[seal.signer_cert]),
        ValidationContext(trust_roots=list(clocks), moment=_stamped_at(seal)),
        skip_diff=True,
    )


def _stamped_at(seal: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(seal.signer_info, signed=False):
        at: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return at
    return None


def _fits(pdf: bytes, seal: EmbeddedPdfSignature) -> bool:
    """Signed is all from the first byte on, except one string: the signature, and zeros up to its end."""
    start, first, second, _rest = _range(seal)
    left_out = pdf[first:second]
    digits, contents = left_out[1:-1], seal.pkcs7_content
    return (
        start == 0
        and left_out[:1] + left_out[-1:] == b"<>"
        and _HEX.match(digits) is not None
        and bytes.fromhex(digits.decode()) == contents
        and not any(contents[parser.peek(contents) :])
    )


def _range(seal: EmbeddedPdfSignature) -> list[int]:
    return [int(each) for each in seal.byte_range]


def _name(certificate: x509.Certificate) -> str:
    """As the certificate has it, without what would not print or turn the sentence around it."""
    names = certificate.subject.native
    name = str(names.get("organization_name") or names.get("common_name") or "")
    return "".join(filter(str.isprintable, name))[:LONGEST_NAME].strip()


def _files(pdf: bytes) -> list[dict[str, Any]]:
    """What is attached to the file, by name and digest."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        contents = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
    return [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(contents.items())
    ]
