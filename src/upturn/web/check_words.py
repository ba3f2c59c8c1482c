"""What the public page says of a file or of a reference: one sentence, and a few plain lines below it.

Of a reference it says nothing that names anybody; of a file, no more than the file itself says.
"""

import hashlib
from dataclasses import dataclass

from upturn.core.calendar import long_date
from upturn.core.wording import counted
from upturn.documents.examining import Examined, Verdict, examine
from upturn.records import known_copies, seals
from upturn.records.known_copies import Known, What

OF_REFERENCE = {
    What.SEALED: "A copy with this fingerprint was sealed on {on}{signed}{later}.",
    What.SHOWN: "A copy with this fingerprint was shown for signing on {on}{signed}; it is not sealed.",
    What.WORDS: "The words that this reference stands for were shown for signing on {on}{signed}.",
    What.ENTRY: "This reference stands for an entry of a record that is kept here, written on {on}{follows}.",
    What.LOG: "This is the state of a log that is kept here, as it was signed on {on}.",
}
OF_FILE = {
    What.SHOWN: "This is the copy that was shown for signing on {on}, unchanged{signed}; it is not sealed.",
    What.WORDS: "These are words that were shown for signing on {on}, unchanged{signed}.",
}
OF_COPY = (What.SEALED, What.SHOWN, What.WORDS)
OLDER = "This is an earlier copy: it is unchanged, but a later one was sealed on {later}."
NO_LONGER = "It is unchanged, but the words were changed after it was sealed: the signatures on it no longer stand."
UNNAMED = "It bears the seal of an organization here and is unchanged, but no record here names it."
ASK = "A copy that counts is named in the record. Ask whoever sealed this one."
OUR_SEAL = "This is the fingerprint of a seal that an organization here puts on its copies."
UNKNOWN = "No copy, signature or entry that is kept here has this fingerprint."
ATTACHED = "What is attached to a plan is not told here: compare its fingerprint with the record yourself."
NO_SIGNATURE = "No signature or decision that is on record here has this reference."
LIMIT = "This does not say that what is written in it is true, or who sat at the keyboard."
ANEW = "A copy that was saved, printed or scanned anew is another file. Ask for the one that was given out."
NOT_YOURS = "This does not say that a file in your hands is that copy. To know that, choose the file."


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence; what else there is to say; fingerprints to compare, by what they are of."""

    sentence: str
    lines: tuple[str, ...] = ()
    fingerprints: tuple[tuple[str, str], ...] = ()


def of_file(content: bytes) -> Answer:
    """About a file from anywhere, by its bytes alone."""
    sha256 = hashlib.sha256(content).hexdigest()
    own = ("SHA-256 of the file", sha256)
    known = known_copies.of_fingerprint(sha256)
    if known and known.what in OF_FILE:
        return Answer(said(OF_FILE[known.what], known), (LIMIT,), (own,))
    found = examine(content, ours=[known.seal] if known else seals.fingerprints())
    sentence, *lines = of_seal(found, known)
    seal = None if found.verdict == Verdict.CHANGED else found.seal  # one that fits nothing is nobody's
    whose = (("SHA-256 of the certificate of its seal", seal.fingerprint),) if seal else ()
    return Answer(sentence, (*lines, LIMIT if known or found.verdict == Verdict.SEALED else ANEW), (own, *whose))


def of_seal(found: Examined, known: Known | None) -> tuple[str, ...]:
    """What its seal says is the last word only where the record names the file, and no later one."""
    plainly = found.sentence(people=known.people if known else 0)
    if known and known.later and found.holds:
        return OLDER.format(later=long_date(known.later)), plainly
    if known and found.holds and not known.stands:
        return NO_LONGER, plainly
    if known and not found.holds:
        return said(OF_REFERENCE[known.what], known), plainly
    if found.holds and not known:
        return UNNAMED, plainly, ASK
    return (plainly,)


def of_fingerprint(beginning: str) -> Answer:
    """About whatever has this fingerprint. Raises known_copies.Several."""
    known = known_copies.of_fingerprint(beginning)
    if known is None:
        return Answer(OUR_SEAL) if beginning in seals.fingerprints() else Answer(UNKNOWN, (ATTACHED,))
    return Answer(said(OF_REFERENCE[known.what], known), (NOT_YOURS, LIMIT) if known.what in OF_COPY else (LIMIT,))


def of_reference(number: str, beginning: str) -> Answer:
    """About the words of a signature, or the entry of a decision. Raises known_copies.Several."""
    known = known_copies.of_reference(number, beginning)
    return Answer(said(OF_REFERENCE[known.what], known), (LIMIT,)) if known else Answer(NO_SIGNATURE)


def said(words: str, known: Known) -> str:
    """The sentence about what is known."""
    return words.format(
        on=long_date(known.on),
        signed=signed(known),
        follows="" if known.stands else "; others follow it",
        later=f"; a later copy was sealed on {long_date(known.later)}" if known.later else "",
    )


def signed(known: Known) -> str:
    """By how many, and whether that still stands."""
    if not known.people:
        return "" if known.what == What.SEALED else "; nobody has signed so far"
    by = f"; signed by {counted(known.people, 'person', 'people')}"
    return by if known.stands else f"{by}, but the words were changed later, so this no longer stands"
