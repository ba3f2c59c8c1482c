"""What is known here of a copy by its fingerprint: what it is, since when, and how many people signed.

Anybody may ask, so no answer has a name, a number or an organization in it; and whoever asks must have a fingerprint
already, because nobody guesses one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from upturn.core.events import Executed, Fact, Signed
from upturn.core.verbs.signing import WITNESSED
from upturn.records import histories
from upturn.records.histories import History
from upturn.records.models import Copy, Entry, Plan

Given = tuple[Fact, Signed]
AFTER_HEX = "g"
"""Whatever begins with some hexadecimal digits comes before the same digits with this letter: an index finds it so."""


class What(StrEnum):
    SEALED = "sealed"
    SHOWN = "shown"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Known:
    """An executed copy that was sealed, a copy that was shown for signing, or the words that somebody signs."""

    what: What
    on: date
    """The day it was sealed, or first shown."""
    people: int
    """Who signed it; whoever declined, or could not be reached, did not."""
    seal: str = ""
    later: date | None = None
    """Of a sealed copy: when the latest was sealed, where this is not it."""
    stands: bool = True
    """Of what was signed: the words have not changed since."""


class Several(LookupError):
    """More than one begins like this."""


def of_fingerprint(beginning: str) -> Known | None:
    """By the SHA-256 (hex) of a file, or of the words of a signature, or by how it begins. Raises Several."""
    files, words = _beginning("sha256", beginning), _beginning("shows", beginning)
    _refuse_several([*(copy.sha256 for copy in files), *(copy.shows for copy in words)])
    return _most_signed([*map(_of_file, files), *(_of_words(copy.plan, copy.shows) for copy in words)])


def of_reference(number: str, beginning: str) -> Known | None:
    """By what a signature is referred to: the number of its plan, and how the SHA-256 of its words begins. Raises
    Several.
    """
    entries = Entry.objects.filter(
        type="Signed", plan__number=number, payload__body__contains=f'"digest":"{beginning}'
    ).select_related("plan__organization")
    plans = {entry.plan_id: entry.plan for entry in entries}.values()
    found = {
        (plan, event.digest)
        for plan in plans
        for _fact, event in _signed(histories.remembered(plan))
        if event.digest.startswith(beginning)
    }
    _refuse_several(digest for _plan, digest in found)
    return _most_signed(_of_words(plan, digest) for plan, digest in found)


def _beginning(field: str, digits: str) -> list[Copy]:
    within = {f"{field}__gte": digits, f"{field}__lt": digits + AFTER_HEX}
    return list(Copy.objects.filter(**within).select_related("plan__organization"))


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
    shown = map(_made_on, Copy.objects.filter(plan=plan, shows=digest).select_related("plan__organization"))
    return _shown(What.WORDS, past, signed, min([*shown, *(fact.day() for fact, _event in signed)]))


def _sealed(past: History, sha256: str) -> Known | None:
    for fact in past.entries:
        if isinstance(fact.event, Executed) and fact.event.sha256 == sha256:
            latest = past.plan.executed[fact.event.document]
            signed = [each for each in _signed(past) if each[0].seq in fact.event.signatures]
            later = latest.on if latest.seq != fact.seq else None
            return Known(What.SEALED, fact.day(), _people(signed), fact.event.seal, later)
    return None


def _shown(what: What, past: History, signed: Sequence[Given], on: date) -> Known:
    people = _people(signed)
    standing = {state.seq for state in past.plan.signers.values() if not state.voided}
    return Known(what, on, people, stands=not people or any(fact.seq in standing for fact, _event in signed))


def _signed(past: History) -> Iterator[Given]:
    return ((fact, fact.event) for fact in past.entries if isinstance(fact.event, Signed))


def _people(signed: Iterable[Given]) -> int:
    return len({event.signer for _fact, event in signed if event.outcome not in WITNESSED})


def _made_on(copy: Copy) -> date:
    return copy.made_at.astimezone(ZoneInfo(copy.plan.organization.zone)).date()
