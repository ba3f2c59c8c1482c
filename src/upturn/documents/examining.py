"""Is this file as it was sealed? One plain sentence for whoever brings it, whatever the file is."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from upturn.core.calendar import long_moment
from upturn.core.wording import counted
from upturn.documents import apart

LARGEST = 64 * apart.MEGABYTE
SECONDS = 10.0
MEGABYTES = 1024


class Verdict(StrEnum):
    """What was found. Only SEALED says that nothing was changed."""

    SEALED = "sealed"
    SIGNED = "signed"
    ADDED = "added"
    CHANGED = "changed"
    UNSEALED = "unsealed"
    NO_PDF = "not a PDF"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    TOO_MUCH = "too much work"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the file."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Seal:
    """Whose seal, by its certificate, and since when: by a trusted time stamp, or only by the clock of whoever sealed.

    `name` is what the certificate calls itself. Anybody can make one with any name: the fingerprint decides.
    """

    name: str
    fingerprint: str
    at: datetime | None
    stamped_by: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """What can be said about a file: its digest always, its seal when there is one that fits it."""

    verdict: Verdict
    sha256: str
    signatures: int = 0
    seal: Seal | None = None
    files: tuple[Attached, ...] = ()

    @property
    def holds(self) -> bool:
        """It carries our seal, over every byte."""
        return self.verdict == Verdict.SEALED and self.seal is not None and self.seal.ours

    def is_the_copy(self, sha256: str) -> bool:
        """It holds, and is the very file that the history names: a seal alone does not say that it is the last word."""
        return self.holds and self.sha256 == sha256

    def sentence(self, *, people: int = 0) -> str:
        """For the page on which anybody may check a file; `people` is how many signed, by what the record says."""
        return SENTENCES[self.verdict].format(
            signed=f"Signed by {counted(people, 'person', 'people')}, and unchanged" if people else "Unchanged",
            whose=_whose(self.seal),
            when=_when(self.seal),
            times=counted(self.signatures, "signature"),
            doubt="" if self.holds else ", but its certificate is not one of ours",
        )


SENTENCES = {
    Verdict.SEALED: "{signed} since {whose} was put on it{when}; the seal covers the whole file{doubt}.",
    Verdict.SIGNED: "It carries {times} but no seal that forbids changes, so it is not a copy that we sealed.",
    Verdict.ADDED: "Something was added after {whose} was put on it: what it shows may not be what was sealed.",
    Verdict.CHANGED: "It was changed after it was sealed: the seal does not fit the file.",
    Verdict.UNSEALED: "There is no seal on this file, so nothing says whether it was changed.",
    Verdict.NO_PDF: "This is not a PDF file; a sealed copy is one.",
    Verdict.ENCRYPTED: "This file is encrypted; a sealed copy never is.",
    Verdict.UNREADABLE: "This file cannot be read: it is damaged, or it was changed.",
    Verdict.TOO_LARGE: f"This file is larger than {LARGEST // apart.MEGABYTE} MB; no sealed copy is.",
    Verdict.TOO_MUCH: "This file asks for more work than any sealed copy does, and was not read to its end.",
}


def examine(pdf: bytes, *, ours: Collection[str] = (), clocks: bytes = b"") -> Examined:
    """Read the seal of a file from anywhere. Never raises for what is in it.

    `ours` are the fingerprints of the certificates that an organization here seals with; `clocks` are the
    certificates (PEM) by which time stamps are trusted.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > LARGEST:
        return Examined(Verdict.TOO_LARGE, sha256)
    try:
        answer = apart.run(
            "upturn.documents.seal_reading:examine_json", pdf, clocks, seconds=SECONDS, megabytes=MEGABYTES
        )
    except apart.Broke:
        return Examined(Verdict.UNREADABLE, sha256)
    except apart.NotDone:
        return Examined(Verdict.TOO_MUCH, sha256)
    found = json.loads(answer)
    seal = None
    if "fingerprint" in found:
        seal = Seal(
            name=found["name"],
            fingerprint=found["fingerprint"],
            at=datetime.fromisoformat(found["at"]).astimezone(UTC) if found["at"] else None,
            stamped_by=found["stamped_by"],
            ours=found["fingerprint"] in ours,
        )
    files = tuple(Attached(**each) for each in found.get("files", ()))
    return Examined(Verdict(found["verdict"]), sha256, found.get("signatures", 0), seal, files)


def _whose(seal: Seal | None) -> str:
    if seal is None:
        return "a seal"
    return f"the seal of {seal.name}" if seal.ours else f"a seal in the name of “{seal.name}”"


def _when(seal: Seal | None) -> str:
    if seal is None or seal.at is None:
        return ""
    own = "by its own clock" if seal.ours else "by the clock of whoever sealed it"
    return f" on {long_moment(seal.at)} ({f'by a time stamp of {seal.stamped_by}' if seal.stamped_by else own})"
