"""The executed copy: once everybody has signed, the signed words with their signatures become one sealed file."""

import re
from collections.abc import Iterable, Iterator, Sequence

from upturn.core.audience import addressed, section_readers
from upturn.core.case import Case
from upturn.core.commands import Execute
from upturn.core.events import Event, Executed, Noticed
from upturn.core.facts import CLOCK
from upturn.core.plan import SignatureState
from upturn.core.program import Document, Signature
from upturn.core.refusals import Refusal, Refused
from upturn.core.verbs.base import Verb, no
from upturn.core.verbs.signing import WITNESSED


def to_execute(case: Case) -> Iterator[tuple[Document, tuple[SignatureState, ...]]]:
    """Each document that everybody concerned has signed (or it is on record why not), with the signatures that stand,
    and of which no copy was made since.
    """
    for document in case.program.papers:
        standing = complete(case, document)
        made = case.plan.executed.get(document.id)
        if standing and (made is None or made.signatures != entries(standing)):
            yield document, standing


def complete(case: Case, document: Document) -> tuple[SignatureState, ...]:
    """The signatures under a document, once at least one was given and none is awaited beside it; else none.

    Whoever declined, or could not be reached, may still sign; then another copy is made.
    """
    under = list(signatures_of(case, document))
    found = [(spec, state) for spec in under for state in [case.plan.standing(spec.id)] if state]
    if all(state.outcome in WITNESSED for _, state in found):
        return ()
    stages = {stage for spec, _ in found for stage in spec.in_}
    given = {spec.id for spec, _ in found}
    awaited = [s for s in under if s.id not in given and not s.optional and stages & set(s.in_)]
    return () if awaited else _each(case, [spec for spec, _ in found])


def _each(case: Case, specs: Iterable[Signature]) -> tuple[SignatureState, ...]:
    """What each signer put there, in the order in which it came."""
    ids = {spec.id for spec in specs}
    states = [s for (signature, _), s in case.plan.signers.items() if signature in ids and not s.voided]
    return tuple(sorted(states, key=lambda s: s.seq))


def entries(states: Iterable[SignatureState]) -> tuple[int, ...]:
    return tuple(s.seq for s in states)


def signatures_of(case: Case, document: Document) -> Iterator[Signature]:
    """The signatures that stand under what a document prints."""
    printed = set(document.sections)
    return (s for s in case.program.signatures if not printed or printed & set(s.covers))


def covered_by(case: Case, states: Iterable[SignatureState]) -> tuple[str, ...]:
    """The sections that any of these signatures covers, in the order of the form."""
    covers = {s for state in states for s in state.sections}
    return tuple(s.id for s in case.program.form if s.id in covers)


def readers(case: Case, sections: Sequence[str]) -> tuple[str, ...]:
    """Who reads a copy with these sections: whoever reads every one of them."""
    each = [set(section_readers(case.program, case.program.section[s], case.plan.stage)) for s in sections]
    return tuple(role for role in case.program.parties if all(role in one for one in each))


def _open(case: Case, target: str) -> Refusal | None:
    if case.actor.code != CLOCK:
        return no(case, "An executed copy is made by itself, once everybody has signed.")
    if target not in {document.id for document, _ in to_execute(case)}:
        return no(case, "There is nothing to seal: a signature is awaited, or the copy is made.")
    return None


def _execute(case: Case, command: Execute) -> list[Event]:
    if not re.fullmatch(r"[0-9a-f]{64}", command.sha256) or command.size <= 0:
        raise Refused(Refusal("digest", "The file's digest is missing.", field="sha256"))
    states = next(states for document, states in to_execute(case) if document.id == command.document)
    event = Executed(
        document=command.document,
        sha256=command.sha256,
        size=command.size,
        seal=command.seal,
        signatures=entries(states),
    )
    known = readers(case, covered_by(case, states))
    return [addressed(case, event, known), addressed(case, _copies(case, command, known), known)]


def _copies(case: Case, command: Execute, known: Iterable[str]) -> Noticed:
    """A copy for everybody named to the plan who reads it, and for the program's contact (M-09)."""
    document = next(one for one in case.program.papers if one.id == command.document)
    named = tuple(role for role in known if case.plan.holders(role))
    title = document.title or case.program.title
    return Noticed(
        notice="executed_copy",
        to=(*named, "contact") if case.facts.settings.get(case.program.contact.setting) else named,
        title=f"Executed copy: {title}",
        text=f"Everybody has signed. The sealed copy of “{title}” is among the files of the {case.program.words.plan}; "
        f"its fingerprint (SHA-256) is {command.sha256}.",
        key=f"executed_copy@{command.sha256[:12]}",
    )


EXECUTE = Verb(
    name="execute",
    command=Execute,
    target=lambda c: str(c.document),
    targets=lambda case: [document.id for document, _ in to_execute(case)] if case.actor.code == CLOCK else [],
    open_to=_open,
    events=_execute,
    reads=lambda command: frozenset({"text", "signatures"}),
)

VERBS = (EXECUTE,)
