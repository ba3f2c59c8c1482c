"""Executed copies: made, sealed once and put on record by the clock, as soon as everybody has signed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet

from upturn.core.case import Case
from upturn.core.commands import Execute
from upturn.core.plan import ExecutedState, SignatureState
from upturn.core.program import Document
from upturn.core.verbs.executing import entries, to_execute
from upturn.documents.content import executed_paper, executed_record
from upturn.documents.gate import Refused
from upturn.documents.making import made
from upturn.documents.sealing import Clock, NotSealed, certificate_of, clock, fingerprint, seal
from upturn.documents.typesetting import NotTypeset
from upturn.records import log as merkle
from upturn.records import papers, seals
from upturn.records.access import Look, NotFound
from upturn.records.loading import load, rows
from upturn.records.models import Copy, HeldBack, Plan
from upturn.records.perform import perform

log = structlog.get_logger("upturn.executed")
MARK = "Executed copy"
CHECK = "/check/"
"""Where anybody can check a copy, without an account."""


def seal_due(now: datetime, limit: int = 50) -> int:
    """Make the executed copies that are due, on at most `limit` plans; how many were made. What fails is logged, held
    back, and tried again later and later, so that every other plan gets its turn.
    """
    done = 0
    for plan_id in _turn(now)[:limit]:
        try:
            done += execute(plan_id, now)
        except Exception as error:
            log.exception("no executed copy", plan=plan_id)
            _hold_back(plan_id, error, now)
    return done


def _turn(now: datetime) -> QuerySet[Plan, str]:
    """The plans whose turn it is: those never tried first, then those held back whose time has come, or on which
    something was written since.
    """
    held = F("held_back__next_try")
    ready = Q(held_back__isnull=True) | Q(held_back__next_try__lte=now) | ~Q(held_back__seq=F("seq"))
    due = Plan.objects.filter(ready, unsealed=True).order_by(held.asc(nulls_first=True), "updated_at", "pk")
    return due.values_list("pk", flat=True)


def execute(plan_id: str, now: datetime) -> int:
    """Make and seal every executed copy that is due on a plan. Of two clocks at once, one puts it on record. Where one
    document fails the others are still made; then the first error is raised.
    """
    loaded = load(rows().get(pk=plan_id), remembered=True)
    case = loaded.clock(now)
    due, failed = list(to_execute(case)), []
    for document, states in due:
        try:
            copy = _copy(loaded.row, case, document, states, loaded.head, now)
            stamp = certificate_of(seals.signer(loaded.row.organization))
            command = Execute(document=document.id, sha256=copy.sha256, size=copy.size, seal=fingerprint(stamp))
            perform(plan_id, command, None, now)
        except Exception as error:  # noqa: BLE001 - raised below, once the others had their turn
            failed.append(error)
    if failed:
        raise failed[0]
    HeldBack.objects.filter(plan=plan_id).delete()
    return len(due)


FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
WHY: tuple[tuple[type[Exception], str], ...] = (
    (Refused, "It was made and did not pass its check: not everything that must stand in it was found there."),
    (NotTypeset, "The form could not be set in type with what stands in the plan."),
    (
        NotSealed,
        "It was made and could not be sealed: the seal, or the authority that time-stamps it, is not in order.",
    ),
)
"""What keeps a copy back, said to those who wait for it; what exactly was wrong stands in the log."""
OTHERWISE = "It could not be made or sealed."


def _hold_back(plan_id: str, error: Exception, now: datetime) -> None:
    """Keep that a copy failed, and wait twice as long as the last time, a day at most."""
    row = Plan.objects.only("seq", "organization_id").get(pk=plan_id)
    before = HeldBack.objects.filter(plan=row).first()
    failures = before.failures + 1 if before and before.seq == row.seq else 1
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT)
    HeldBack.objects.update_or_create(
        plan=row,
        defaults={
            "organization_id": row.organization_id,
            "seq": row.seq,
            "why": next((says for kind, says in WHY if isinstance(error, kind)), OTHERWISE),
            "failures": failures,
            "since": before.since if before else now,
            "next_try": now + wait,
        },
    )


@dataclass(frozen=True, slots=True)
class Held:
    """An executed copy that waits, as it is told to whoever waits for it."""

    titles: tuple[str, ...]
    why: str
    since: datetime
    next_try: datetime


def held_back(look: Look) -> Held | None:
    """What is held back on a plan, told to its lead and the office: the others can do nothing about it."""
    found: HeldBack | None = getattr(look.row, "held_back", None)
    if found is None or not look.row.unsealed or not look.roles & {*look.program.of_kind("lead", "office")}:
        return None
    titles = tuple(document.title or look.program.title for document, _ in to_execute(look.case))
    return Held(titles, found.why, found.since, found.next_try)


def _copy(
    row: Plan, case: Case, document: Document, states: tuple[SignatureState, ...], head: str, now: datetime
) -> Copy:
    shows = ",".join(map(str, entries(states)))
    found = Copy.objects.filter(plan=row, of=document.id, shows=shows).first()
    if found is not None:  # made by a clock that was stopped before it put it on record
        return found
    _log_now(row, now)
    imprint = replace(
        papers.imprint_of(row.organization, now),
        number=row.number,
        mark=MARK,
        head=head,
        log=_log(row),
        check=settings.BASE_URL + CHECK,
    )
    inside = executed_record(case, document, states, imprint)
    pdf = made(
        executed_paper(case, document, states, imprint), imprint.made, record=inside, template=document.template or ""
    )
    sealed = seal(
        pdf,
        by=seals.signer(row.organization),
        name=row.organization.name,
        reason=f"Executed copy of {row.number}",
        at=now,
        clock=_clock(),
    )
    return papers.kept(row, document.id, shows, sealed, now)


def _clock() -> Clock | None:
    """Who time-stamps seals, if anybody is set to. While they are away nothing is sealed; the next turn tries again."""
    if not settings.TSA_URL:
        return None
    return clock(settings.TSA_URL, settings.TSA_ROOTS.read_bytes() if settings.TSA_ROOTS else b"")


def _log_now(row: Plan, now: datetime) -> None:
    """Take the signatures into the log first, so that the root the copy prints speaks for them."""
    try:
        merkle.checkpoint(row.organization, now)
    except merkle.Unsound:
        log.exception("no checkpoint before an executed copy", plan=row.pk)


def _log(row: Plan) -> str:
    """The state of the organization's log that the copy testifies to: whoever holds the copy holds it too."""
    last = merkle.last_checkpoint(row.organization)
    return f"{last.size} entries, root {last.root}" if last else ""


def fetch(look: Look, document: str) -> tuple[ExecutedState, Copy]:
    """The latest executed copy of a document, for somebody who reads the entry that names it. Raises NotFound."""
    state = look.plan.executed.get(document)
    if state is None or not look.reads_entry(state.seq):
        raise NotFound
    found = Copy.objects.filter(organization=look.row.organization_id, plan=look.row, sha256=state.sha256).first()
    if found is None:
        raise NotFound
    return state, found
