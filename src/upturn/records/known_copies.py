"""What is known here of a fingerprint, wherever it is printed: what it is of, since when, and how many people signed.

Anybody may ask, so no answer has a name, a number or an organization in it; and whoever asks must have a fingerprint
already, because nobody guesses one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from upturn.core.digests import reference
from upturn.core.events import Executed, Fact, Signed
from upturn.core.plan import Plan as CorePlan
from upturn.core.verbs.signing import WITNESSED
from upturn.records import histories
from upturn.records.histories import History
from upturn.records.models import Checkpoint, Copy, Entry, Plan, SignedWords

Given = tuple[Fact, Signed]
AFTER_HEX = "g"
"""Whatever begins with some hexadecimal digits comes before the same digits with this letter: an index finds it so."""


class What(StrEnum):
    SEALED = "sealed"
    SHOWN = "shown"
    WORDS = "words"
    ENTRY = "entry"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Known:
    """An executed copy that was sealed, a copy that was shown for signing, the words that somebody signs, an entry of a
    record, or the state of a log.
    """

    what: What
    on: date
    """The day it was sealed, or first shown; of an entry or a log, the day it was written."""
    people: int
    """Who signed it; whoever declined, or could not be reached, did not."""
    seal: str = ""
    later: date | None = None
    """Of a sealed copy: when the latest was sealed, where this is not it."""
    stands: bool = True
    """Of what was signed: the words have not changed since, or there is a later copy. Of an entry: it is the last one
    of its record.
    """


class Several(LookupError):
    """More than one begins like this."""


def of_fingerprint(beginning: str) -> Known | None:
    """By the SHA-256 (hex) of a file, of the words of a signature, of an entry or of a log, or by how it begins. Raises
    Several.
    """
    copies = Copy.objects.select_related("plan__organization")
    signed = SignedWords.objects.select_related("plan__organization")
    files = list(copies.filter(**_from(beginning, "sha256")))
    words = {(one.plan, one.shows) for one in copies.filter(**_from(beginning, "shows"))}
    words |= {(one.plan, one.digest) for one in signed.filter(**_from(beginning, "digest"))}
    entries = list(Entry.objects.select_related("plan__organization").filter(**_from(beginning, "leaf")))
    logs = list(Checkpoint.objects.select_related("organization").filter(**_from(beginning, "root")))
    digests = [*(one.sha256 for one in files), *(digest for _plan, digest in words)]
    _refuse_several([*digests, *(one.leaf for one in entries), *(one.root for one in logs)])
    found = [*map(_of_file, files), *(_of_words(plan, digest) for plan, digest in words)]
    return _most_signed([*found, *map(_of_entry, entries), *map(_of_log, logs)])


def of_reference(number: str, beginning: str) -> Known | None:
    """By what a signature or a decision is referred to: the number of its plan, and how the SHA-256 of its words, or of
    its entry, begins. Raises Several.
    """
    rows = SignedWords.objects.filter(plan__number=number, **_from(beginning, "digest"))
    words = [(one.plan, one.digest) for one in rows.select_related("plan__organization")]
    within = Entry.objects.filter(plan__number=number, **_from(beginning, "leaf"))
    entries = list(within.select_related("plan__organization"))
    _refuse_several([*(digest for _plan, digest in words), *(one.leaf for one in entries)])
    return _most_signed([*(_of_words(plan, digest) for plan, digest in words), *map(_of_entry, entries)])


def reference_of_entry(plan: Plan, seq: int) -> str:
    """What an entry, such as a decision, is referred to by."""
    return reference(plan.number, Entry.objects.values_list("leaf", flat=True).get(plan=plan, seq=seq))


def _from(beginning: str, field: str) -> dict[str, str]:
    return {f"{field}__gte": beginning, f"{field}__lt": beginning + AFTER_HEX}


def _refuse_several(digests: Iterable[str]) -> None:
    if len(set(digests)) > 1:
        raise Several


def _most_signed(found: Iterable[Known | None]) -> Known | None:
    """Two plans may have the same words, or the same file; then the one that says more."""
    return max(filter(None, found), key=lambda known: known.people, default=None)


def _of_file(copy: Copy) -> Known | None:
    """None for an executed copy that no entry names (any more, or yet)."""
    past = histories.remembered(copy.plan)
    if not re.fullmatch("[0-9a-f]{64}", copy.shows):
        return _sealed(past, copy.sha256)
    signed = [(fact, event) for fact, event in _signed(past) if event.copy == copy.sha256]
    return _shown(What.SHOWN, past, signed, _made_on(copy))


def _of_words(plan: Plan, digest: str) -> Known | None:
    past = histories.remembered(plan)
    signed = [(fact, event) for fact, event in _signed(past) if event.digest == digest]
    shown = [
        _made_on(copy) for copy in Copy.objects.filter(plan=plan, shows=digest).select_related("plan__organization")
    ]
    return _shown(What.WORDS, past, signed, min(shown or [fact.recorded() for fact, _event in signed]))


def _of_entry(entry: Entry) -> Known:
    on = entry.at.astimezone(ZoneInfo(entry.plan.organization.zone)).date()
    return Known(What.ENTRY, on, 0, stands=entry.plan.seq == entry.seq)


def _of_log(state: Checkpoint) -> Known:
    return Known(What.LOG, state.at.astimezone(ZoneInfo(state.organization.zone)).date(), 0)


def standing(plan: CorePlan) -> frozenset[int]:
    """The entries of the signatures that no change of the words has voided."""
    return frozenset(state.seq for state in plan.signers.values() if not state.voided)


def _sealed(past: History, sha256: str) -> Known | None:
    for fact in past.entries:
        if isinstance(fact.event, Executed) and fact.event.sha256 == sha256:
            latest = past.plan.executed[fact.event.document]
            signed = [each for each in _signed(past) if each[0].seq in fact.event.signatures]
            later = latest.on if latest.seq != fact.seq else None
            stands = later is not None or standing(past.plan).issuperset(fact.event.signatures)
            return Known(What.SEALED, fact.day(), _people(signed), fact.event.seal, later, stands)
    return None


def _shown(what: What, past: History, signed: Sequence[Given], on: date) -> Known:
    people = _people(signed)
    still = standing(past.plan)
    return Known(what, on, people, stands=not people or any(fact.seq in still for fact, _event in signed))


def _signed(past: History) -> Iterator[Given]:
    return ((fact, fact.event) for fact in past.entries if isinstance(fact.event, Signed))


def _people(signed: Iterable[Given]) -> int:
    return len({event.signer for _fact, event in signed if event.outcome not in WITNESSED})


def _made_on(copy: Copy) -> date:
    return copy.made_at.astimezone(ZoneInfo(copy.plan.organization.zone)).date()
