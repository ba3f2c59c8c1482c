"""A plan's own record as one person may take it along: every entry's header and digest, the payloads that person reads.

Whoever holds it can check it with nothing but SHA-256: the leaf of each header, the link to the one before and, where a
payload is given, its salted commitment. Entries of others stay in the chain by their headers, without their words;
where nobody told the person that they exist, by their leaf alone.
"""

import json
from dataclasses import asdict
from typing import Any

from upturn.core.ledger import PAYLOAD_TAG, stamp
from upturn.records.access import Look
from upturn.records.log import last_checkpoint
from upturn.records.models import Entry

FORMAT = "upturn-record-1"


def record(look: Look) -> dict[str, Any]:
    """The record as JSON values, a receipt with the last checkpoint of the log. Two queries."""
    row = look.row
    readable = {f.seq for f in look.entries}
    stored = list(Entry.objects.filter(plan=row).select_related("payload").order_by("seq"))
    known = {e.actor for e in stored if e.seq in readable or look.learns_of_the_rest} | set(look.plan.parties)
    return {
        "format": FORMAT,
        "plan": row.pk,
        "number": row.number,
        "organization": row.organization.name,
        "program": {"key": row.program_key, "version": look.plan.version, "digest": look.plan.digest},
        "taken_by": look.person.name,
        "taken_at": stamp(look.case.now),
        "head": look.loaded.head,
        "people": {code: person.name for code, person in look.loaded.people.items() if code in known},
        "how_to_check": (
            "entry: canonical JSON (RFC 8785) of v, plan, seq, prev, type, at, actor, payload; "
            "leaf = SHA-256(0x00 || entry); prev = the leaf before; "
            "payload = SHA-256(tag || salt || canonical words), tag (in hex) as in `commitment_tag`. "
            "An entry that is not yours to know of is there by its leaf alone, so that the chain goes on."
        ),
        "commitment_tag": PAYLOAD_TAG.hex(),
        "checkpoint": last.text if (last := last_checkpoint(row.organization)) else None,
        "how_to_check_the_checkpoint": (
            "a signed note (C2SP checkpoint): the organization's log as it was, its size and root, and the signature; "
            "whoever keeps it can ask for a proof that every entry before is still in the log, unchanged."
        ),
        "entries": [_entry(e, readable, learns=look.learns_of_the_rest) for e in stored],
    }


def _entry(entry: Entry, readable: set[int], *, learns: bool) -> dict[str, Any]:
    if entry.seq not in readable and not learns:
        return {"leaf": entry.leaf, "words": None, "why": "not addressed to the person who took this record"}
    header = asdict(entry.sealed())
    payload = getattr(entry, "payload", None)
    if payload is None:
        return {"entry": header, "leaf": entry.leaf, "words": None, "why": "erased under a retention rule"}
    if entry.seq not in readable:
        return {
            "entry": header,
            "leaf": entry.leaf,
            "words": None,
            "why": "not addressed to the person who took this record",
        }
    return {"entry": header, "leaf": entry.leaf, "salt": bytes(payload.salt).hex(), "words": json.loads(payload.body)}
