"""Executed copies: made, sealed once and put on record by the clock, as soon as everybody has signed."""

from dataclasses import replace
from datetime import datetime

import structlog
from django.conf import settings

from upturn.core.case import Case
from upturn.core.commands import Execute
from upturn.core.plan import ExecutedState, SignatureState
from upturn.core.program import Document
from upturn.core.verbs.executing import entries, to_execute
from upturn.documents.content import executed_paper, executed_record
from upturn.documents.making import made
from upturn.documents.sealing import Clock, certificate_of, clock, fingerprint, seal
from upturn.records import log as merkle
from upturn.records import papers, seals
from upturn.records.access import Look, NotFound
from upturn.records.loading import load, rows
from upturn.records.models import Copy, Plan
from upturn.records.perform import perform

log = structlog.get_logger("upturn.executed")
MARK = "Executed copy"
CHECK = "/check/"
"""Where anybody can check a copy, without an account."""


def seal_due(now: datetime, limit: int = 50) -> int:
    """Make the executed copies that are due, on at most `limit` plans; how many were made. What fails is logged and
    tried again at the next turn.
    """
    done = 0
    for plan_id in Plan.objects.filter(unsealed=True).order_by("updated_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            done += execute(plan_id, now)
        except Exception:
            log.exception("no executed copy", plan=plan_id)
    return done


def execute(plan_id: str, now: datetime) -> int:
    """Make and seal every executed copy that is due on a plan. Of two clocks at once, one puts it on record."""
    loaded = load(rows().get(pk=plan_id), remembered=True)
    case = loaded.clock(now)
    due = list(to_execute(case))
    for document, states in due:
        copy = _copy(loaded.row, case, document, states, loaded.head, now)
        stamp = certificate_of(seals.signer(loaded.row.organization))
        command = Execute(document=document.id, sha256=copy.sha256, size=copy.size, seal=fingerprint(stamp))
        perform(plan_id, command, None, now)
    return len(due)


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
