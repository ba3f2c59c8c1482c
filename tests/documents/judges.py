"""What three readers say about a sealed file: pyHanko, poppler's `pdfsig`, and our own rule."""

import hashlib
import io
import re
import subprocess
import tempfile
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.documents.executed_copy import clock_pems, ours, pem
from tests.machine import program
from upturn.documents import sealing
from upturn.documents.alone import alone
from upturn.documents.examining import examine

WHOLE, PART, REJECTED = "whole", "part", "rejected"
"""Accepted for the whole file; accepted, but for a part of it only; rejected, or no signature seen."""


def by_pyhanko(pdf: bytes) -> str:
    """Its verdict with our two certificates trusted; anything that it raises is a rejection."""
    try:
        trust = ValidationContext(
            trust_roots=[*sealing.certificates(pem()), *sealing.certificates(clock_pems()[1])],
        )
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        found = alone(lambda: [validate_pdf_signature(each, trust) for each in signatures])
        sound = bool(found) and all(each.bottom_line for each in found)
        whole = sound and found[-1].coverage == SignatureCoverageLevel.ENTIRE_FILE
    except Exception:  # noqa: BLE001 - it raises many things over a broken file
        return REJECTED
    return WHOLE if whole else PART if sound else REJECTED


def by_pdfsig(pdf: bytes) -> str:
    command = program("pdfsig", package="poppler-utils", untried="no seal was checked by poppler")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.pdf"
        path.write_bytes(pdf)
        said = subprocess.run([command, path], check=False, capture_output=True, timeout=30).stdout.decode(
            errors="replace"
        )
    verdicts = re.findall(r"- Signature Validation: (.*)", said)
    if not verdicts or set(verdicts) != {"Signature is Valid."}:
        return REJECTED
    return WHOLE if "- Not total document signed" not in said.rpartition("Signature #")[2] else PART


def by_our_rule(pdf: bytes, known: bytes) -> str:
    """The seal covers the whole file, and the file is the one that the history names."""
    found = examine(pdf, ours=ours(), clocks=clock_pems()[1])
    return WHOLE if found.is_the_copy(hashlib.sha256(known).hexdigest()) else REJECTED


def by_examination(pdf: bytes) -> str:
    """The same without the history."""
    return WHOLE if examine(pdf, ours=ours(), clocks=clock_pems()[1]).holds else REJECTED
