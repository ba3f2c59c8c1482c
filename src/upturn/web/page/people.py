"""Who is on a plan and what they put their name to: signatures, approvals, statements, proposals, files."""

from collections.abc import Iterator
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from upturn.core.digests import of_signature
from upturn.core.events import Signed
from upturn.core.guards.people import approval_reached
from upturn.core.plan import SignatureState
from upturn.core.verbs.changing import agreeing
from upturn.core.verbs.signing import OUTCOMES, WITNESSED
from upturn.core.witnessed import outcome_of, whom_to_tell
from upturn.core.wording import day_name, listed, the
from upturn.records.access import Look
from upturn.records.known_copies import standing
from upturn.web.addresses import address


def signatures(found: Look) -> Iterator[dict[str, Any]]:
    case = found.case
    for spec in () if found.only_helps else case.program.signatures:
        state = case.plan.signatures.get(spec.id)
        offer = f"sign:{spec.id}"
        row: dict[str, Any] = {
            "title": spec.title,
            "meaning": spec.meaning,
            "state": "",
            "by": "",
            "on": None,
            "statement": "",
            "current": True,
        }
        if state:
            row |= {
                "state": f"No longer stands: the words changed ({OUTCOMES[state.outcome]})"
                if state.voided
                else OUTCOMES[state.outcome].capitalize() + (", on paper" if state.paper else ""),
                "by": case.names(state.signer),
                "on": state.on,
                "statement": state.statement,
                "witness": case.names(state.by) if state.by != state.signer else "",
                "reference": state.digest[:12],
                "current": not state.voided and state.digest == of_signature(case.program, case.plan, spec.id),
            }
        elif case.plan.stage in spec.in_:
            row["state"] = "Awaited"
        else:
            continue
        row["url"] = address(found.row.pk, offer) if offer in found.offers and not found.offers[offer].refusals else ""
        yield row


def in_own_name(found: Look) -> Iterator[dict[str, Any]]:
    """What a witness put on record of this person's signature, until the person has answered it in words of their own
    (or by signing), with the ways to do so.
    """
    case, own = found.case, found.actor.code
    for (signature, code), state in case.plan.signers.items():
        if code != own or not _unanswered(found, state) or signature not in case.program.signature:
            continue
        fact = next(f for f in found.entries if f.seq == state.seq)
        offer, still = f"sign:{signature}", state.outcome in WITNESSED
        yield {
            "title": case.program.signature[signature].title,
            "outcome": outcome_of(state.outcome, on_paper=bool(state.paper)),
            "by": case.names(state.by),
            "on": fact.recorded(),
            "happened_on": state.on if state.on != fact.recorded() else None,
            "reason": fact.event.reason if isinstance(fact.event, Signed) else "",
            "stage": case.stage.title,
            "sign_url": address(found.row.pk, offer) if still and offer in found.offers else "",
            "state_url": f"{address(found.row.pk, SAY)}?about={signature}" if SAY in found.offers else "",
            "whom": whom_to_tell(case),
        }


def _unanswered(found: Look, state: SignatureState) -> bool:
    own = found.actor.code
    said = any(one.by == own and one.seq > state.seq for one in found.plan.statements)
    return state.signer == own != state.by and not (state.voided or said) and found.reads_entry(state.seq)


def unsigned(found: Look) -> Iterator[dict[str, Any]]:
    """Signatures of this stage that somebody declined or could not be reached for: what must not be overlooked."""
    case = found.case
    for spec in (s for s in case.program.signatures if case.plan.stage in s.in_):
        offer = f"sign:{spec.id}"
        for (signature, code), state in case.plan.signers.items():
            if signature != spec.id or state.voided or state.outcome not in WITNESSED:
                continue
            mine = code == found.actor.code
            if (mine or found.reads_entry(state.seq)) and not _unanswered(found, state):
                yield {
                    "title": spec.title,
                    "mine": mine,
                    "url": address(found.row.pk, offer) if mine and offer in found.offers else "",
                    "who": case.names(code),
                    "outcome": OUTCOMES[state.outcome],
                    "on": state.on,
                    "statement": state.statement,
                    "stage": case.stage.title,
                }


def approvals(found: Look) -> Iterator[dict[str, Any]]:
    case = found.case
    for spec in () if found.only_helps else case.program.approvals:
        given = [a for a in case.plan.approvals if a.approval == spec.id and found.reads_entry(a.seq)]
        if not given and (case.plan.stage not in spec.in_ or case.program.subject_role in found.actor.roles):
            continue
        offer = f"approve:{spec.id}"
        yield {
            "title": spec.title,
            "reached": approval_reached(case, spec),
            "given": [
                {
                    "who": case.names(a.by),
                    "outcome": a.outcome.capitalize(),
                    "on": a.on,
                    "reason": a.reason,
                    "voided": bool(a.voided),
                }
                for a in given
            ],
            "url": address(found.row.pk, offer) if offer in found.offers and not found.offers[offer].refusals else "",
        }


SAY = "state:plan"
LATEST = 5
"""How many statements the plan's own page shows; the record holds all."""


def statements(found: Look) -> dict[str, Any]:
    case = found.case
    said = [
        {"who": case.names(s.by), "on": s.on, "words": s.text, "about": s.about}
        for s in case.plan.statements
        if found.reads_entry(s.seq)
    ]
    return {
        "said": said[-LATEST:],
        "earlier": max(0, len(said) - LATEST),
        "url": address(found.row.pk, SAY) if SAY in found.offers else "",
    }


def proposals(found: Look) -> Iterator[dict[str, Any]]:
    case = found.case
    for proposal in case.plan.proposals.values():
        if not found.reads_entry(proposal.seq):
            continue
        needed = [r for r in agreeing(case, proposal) if r not in proposal.agreed and r != proposal.role]
        offer = f"respond:{proposal.number}"
        yield {
            "number": proposal.number,
            "kind": "A newer version of the program" if proposal.kind == "version" else "A change of the plan",
            "by": case.names(proposal.by),
            "on": proposal.on,
            "reason": proposal.reason,
            "outcome": proposal.outcome,
            "awaits": "" if proposal.outcome else case.titles(needed, "and"),
            "effective": proposal.effective,
            "differences": proposal.differences,
            "sections": [case.program.section[s].title for s in proposal.changes if s in case.program.section],
            "answers": offer in found.offers,
            "url": address(found.row.pk, offer),
        }


def people(found: Look) -> Iterator[dict[str, Any]]:
    """Who is on the plan, in which role, who is absent; whoever fills a role by office is said as such."""
    case = found.case
    for role, party in case.program.parties.items():
        holders = case.plan.holders(role)
        offer = f"party:{role}"
        names = []
        for holder in holders:
            absent = holder.absent and not case.is_back(holder.absent_until)
            until = f" until {day_name(holder.absent_until)}" if absent and holder.absent_until else ""
            names.append(case.names(holder.code) + (f" (absent{until})" if absent else ""))
        if party.fill != "named":
            names = (
                [f"Everyone in {the(case.program.words.office)}"]
                if party.fill == "office"
                else ["The organization's auditors"]
            )
        if not names and offer not in found.offers:
            continue
        yield {
            "role": party.title,
            "names": listed(names) or "Nobody yet",
            "you": role in found.actor.roles,
            "sees": "What names this role, and the dates"
            if party.reads == "listed"
            else "The whole plan, but what is kept to others",
            "url": address(found.row.pk, offer) if offer in found.offers else "",
        }


def executed_copies(found: Look) -> Iterator[dict[str, Any]]:
    """The sealed copies of what was signed: a plan whose words change and are signed again has a new one."""
    for state in found.plan.executed.values():
        one = next((d for d in found.program.papers if d.id == state.document), None)
        if found.reads_entry(state.seq):
            stands = standing(found.plan).issuperset(state.signatures)
            since = "" if stands else "; the words were changed since, so they no longer stand"
            yield {
                "name": f"{(one.title if one else '') or found.program.title}: executed copy",
                "url": reverse("executed_copy", kwargs={"plan": found.row.pk, "document": state.document}),
                "kind": "PDF",
                "size": filesizeformat(state.size),
                "note": f"Sealed on {day_name(state.on)}, with every signature on it{since}.",
                "digest": state.sha256,
            }


def attachments(found: Look) -> dict[str, Any]:
    case = found.case
    kept = [a for a in case.plan.attachments.values() if found.reads_entry(a.seq)]
    rows = [
        {
            "name": a.name,
            "url": reverse("attachment", kwargs={"plan": found.row.pk, "attachment": a.id}),
            "kind": a.name.rsplit(".", 1)[-1].upper(),
            "size": filesizeformat(a.size),
            "added_by": case.names(a.by),
            "added_on": a.on,
            "note": "",
            "digest": a.sha256,
        }
        for a in kept
    ]
    rows = [*executed_copies(found), *rows]
    return {"rows": rows, "url": address(found.row.pk, "attach:plan") if "attach:plan" in found.offers else ""}
