"""The gate every file passes before it leaves: it conforms, no text of the plan is missing, its record is the plan.

What it says of a file that fails goes into logs, and so holds no word of the plan.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

import page
import pikepdf
import pypdfium2

from upturn.core.wording import counted

PROFILES = ("ua1", "3a")
SHORTEST = 6
"""Letters of a piece of text that is looked for on its own."""
_GAPS = re.compile(r"[\s\u200b\u00ad]+")


class Refused(ValueError):
    """A file that may not leave; the message says what is wrong with it."""


def passed(pdf: bytes, texts: Iterable[str], record: bytes = b"") -> bytes:
    """The file itself, when nothing is wrong with it. Raises Refused with everything that is."""
    wrong = list(failures(pdf)) + list(missing(pdf, texts))
    if record and attached(pdf) != record:
        wrong.append("The record attached is not the plan.")
    if wrong:
        raise Refused(" ".join(wrong[:5]))
    return pdf


def failures(pdf: bytes, profiles: Iterable[str] = PROFILES) -> Iterator[str]:
    """What breaks PDF/UA-1 or PDF/A-3a."""
    for profile in profiles:
        for one in page.validate_pdf_bytes(pdf, profile=profile).failures:
            alarm = next((false for part, false in _REJUDGED.items() if part in one.rule_id), None)
            if alarm is None or not alarm(pdf):
                yield f"{one.rule_id}: {one.message}"


def _lengths_hold(pdf: bytes) -> bool:
    """A stream whose last byte is a carriage return is as long as it says; the validator takes that byte for a line
    break. qpdf reads every stream by its length.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return not opened.check_pdf_syntax()


def _only_cjk(pdf: bytes) -> bool:
    """Widths of fonts that are CID-keyed CFF are read wrongly by the validator; of ours only the one for Chinese,
    Japanese and Korean is.
    """
    return b"NotoSansCJK" in pdf


_REJUDGED: Mapping[str, Callable[[bytes], bool]] = {"STREAM-LENGTH": _lengths_hold, "GLYPH-WIDTH": _only_cjk}
"""Findings of the validator that are known to be false alarms, and what tells one from a true one."""


def missing(pdf: bytes, texts: Iterable[str]) -> Iterator[str]:
    """Texts of the plan that cannot be found in what the file says."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = len(document)
        said = squeezed("".join(one.get_textpage().get_text_bounded() for one in document))
    finally:
        document.close()
    for text in texts:
        if not found(squeezed(text), said, pages):
            yield f"A text of {counted(len(text), 'character')} is not wholly in the file."


def found(text: str, said: str, pages: int) -> bool:
    """Whether a text is there, in as many pieces as there are pages: a page break may part it anywhere."""
    pieces, start = 0, 0
    while start < len(text):
        end = _reach(text, start, said)
        if end - start < min(SHORTEST, len(text) - start) or pieces > pages:
            return _spelled(text, said)
        start, pieces = end, pieces + 1
    return True


def _reach(text: str, start: int, said: str) -> int:
    """The end of the longest piece from `start` that is there."""
    low, high = start, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text[start:middle] in said else (low, middle - 1)
    return low


def _spelled(text: str, said: str) -> bool:
    """Text that runs from right to left is kept in another order than it is read in: its words are looked for, either
    way round.
    """
    if not any(unicodedata.bidirectional(c) in ("R", "AL") for c in text):
        return False
    return all(c in said or unicodedata.mirrored(c) for c in text)  # a bracket may have been turned round


def squeezed(text: str) -> str:
    """Without anything that a line break may add or take, and in small letters: a form may print a word in capitals."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def attached(pdf: bytes, name: str = "plan.json") -> bytes:
    """The bytes of a file attached under a name; empty when there is none."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        spec = opened.attachments.get(name)
        return spec.get_file().read_bytes() if spec else b""
