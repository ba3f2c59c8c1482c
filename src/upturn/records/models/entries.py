"""The ledger of every plan: entries, and beside them the payloads that retention may erase. The database only adds to
both.
"""

from typing import ClassVar

from django.db import models

from upturn.core.ledger import Entry as Sealed
from upturn.records.models.people import Organization
from upturn.records.models.plans import Plan


class Entry(models.Model):
    """One fact of a plan, as `upturn.core.ledger` seals it. `at_text` is the exact text that was sealed; `at` is for
    sorting.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField()
    v = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=24)
    at = models.DateTimeField()
    at_text = models.CharField(max_length=27)
    actor = models.CharField(max_length=12)
    prev = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)
    payload_commitment = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "seq"], name="one_entry_per_number")]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="entry_order"),  # for the log
            models.Index(fields=["leaf"], name="entry_by_leaf"),  # for whoever brings a fingerprint: see `known_copies`
        ]

    def sealed(self) -> Sealed:
        """The entry as the ledger's own value."""
        return Sealed(
            v=self.v,
            plan=self.plan_id,
            seq=self.seq,
            prev=self.prev,
            type=self.type,
            at=self.at_text,
            actor=self.actor,
            payload=self.payload_commitment,
        )


class Payload(models.Model):
    """What an entry says, and the salt of its commitment. Gone only when an Erased entry covers it."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="payload")
    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    salt = models.BinaryField()
    body = models.TextField()
