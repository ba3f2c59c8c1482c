"""Files beside plans: the row says where the bytes lie; the ledger holds their digest."""

from typing import ClassVar

from django.db import models

from upturn.records.models.people import Organization, Person
from upturn.records.models.plans import Plan


class Attachment(models.Model):
    """A stored file. It is on record only when an Attached entry of the plan names its digest."""

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="attachments", db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    """Below the data folder's `files`."""
    uploaded_by = models.ForeignKey(Person, models.PROTECT)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "sha256"], name="one_copy_per_plan")]


class Copy(models.Model):
    """A file that was made of a plan, to be signed or because it was signed. Its bytes are kept as they were: nobody
    could make them again once the engine, a font or a name has changed.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="copies", db_index=False)
    of = models.CharField(max_length=64)
    """The signature it is shown for, or the document it executes."""
    shows = models.CharField(max_length=200)
    """The digest of the words to be signed; of an executed copy, the entries of its signatures (`12,14`)."""
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)
    """Below the data folder's `files`."""
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "of", "shows"], name="one_copy_per_words"),
        ]
        indexes: ClassVar = [  # for whoever brings a file or a fingerprint: see `known_copies`
            models.Index(fields=["sha256"], name="copy_by_file"),
            models.Index(fields=["shows"], name="copy_by_words"),
        ]


class HeldBack(models.Model):
    """An executed copy of a plan that could not be made: why, in a sentence for people, and when it is tried again."""

    organization = models.ForeignKey(Organization, models.PROTECT)
    plan = models.OneToOneField(Plan, models.CASCADE, related_name="held_back", primary_key=True)
    seq = models.PositiveIntegerField()
    """The last entry of the plan when it was tried: what came since may have mended it."""
    why = models.CharField(max_length=200)
    failures = models.PositiveIntegerField()
    since = models.DateTimeField()
    next_try = models.DateTimeField()
