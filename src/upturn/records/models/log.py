"""The Merkle log of each organization: its hashes, and the checkpoints that were signed. The database only adds to
both.
"""

from typing import ClassVar

from django.db import models

from upturn.records.models.entries import Entry
from upturn.records.models.people import Organization


class LogNode(models.Model):
    """The hash of a complete subtree of an organization's log, where `upturn.core.merkle.Node` says; a leaf (level 0)
    has its entry. Rows come in the order in which subtrees become complete.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    level = models.PositiveSmallIntegerField()
    position = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="log_node")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "level", "position"], name="one_hash_per_node"),
            models.CheckConstraint(
                condition=models.Q(level=0, entry__isnull=False) | models.Q(level__gt=0, entry__isnull=True),
                name="leaves_have_entries",
            ),
        ]


class Checkpoint(models.Model):
    """What an organization's log was at a moment, as `upturn.core.checkpoints` writes and signs it: `text` is what
    counts, `size` and `root` are for finding. `key` is the public key (hex) that signed; `time_stamp` an RFC 3161 token
    over the text, where one was asked for.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=64)
    text = models.TextField()
    time_stamp = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "size"], name="one_checkpoint_per_size")
        ]
        indexes: ClassVar = [models.Index(fields=["root"], name="checkpoint_by_root")]  # see `known_copies`
