"""What goes on around plans: what waits for whom, what somebody is writing, what goes out, who has read."""

from datetime import date
from typing import ClassVar

from django.db import models

from upturn.records.models.people import Organization, Person
from upturn.records.models.plans import Plan

NO_DAY = date.max
"""Where a duty without a day is sorted: last."""


class Duty(models.Model):
    """What waits for somebody: for one person, or (`person` empty) for whoever holds `role` in the organization.

    `offer` names how it is done (`sign:member`), `otherwise` what follows if nothing is done. `by` is `due`, or NO_DAY.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="duties")
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    role = models.CharField(max_length=48)
    fill = models.CharField(max_length=8, blank=True)
    """`office` or `auditor` where everybody with that role in the organization shares the duty."""
    offer = models.CharField(max_length=120)
    title = models.CharField(max_length=600)
    since = models.DateField()
    due = models.DateField(null=True)
    by = models.DateField()
    otherwise = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "by", "id"], name="duty_of_person"),
            models.Index(fields=["organization", "fill", "by", "id"], name="duty_of_role"),
            models.Index(fields=["organization", "by", "id"], name="duty_by_day"),
        ]


class Draft(models.Model):
    """A half-thought: seen by its writer alone, and no part of the record.

    `kind` is the offer it is for (`answer:situation`). Without a plan: one that is about to be opened.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="drafts", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE)
    kind = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    base_seq = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person", "kind"], name="one_draft_per_place"),
            models.UniqueConstraint(
                fields=["organization", "person", "kind"],
                condition=models.Q(plan__isnull=True),
                name="one_draft_before_a_plan",
            ),
        ]


class Notice(models.Model):
    """A notice waiting to go out: to a person, to everybody who fills a role (`fill`), or to the program's contact
    (`address`).
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="notices")
    seq = models.PositiveIntegerField()
    """The Noticed entry."""
    notice = models.CharField(max_length=48)
    person = models.ForeignKey(Person, models.PROTECT, null=True)
    fill = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=320, blank=True)
    title = models.CharField(max_length=600)
    text = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    """The same however often it is sent, so that a second copy is recognized."""
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "queued_at"], name="notice_queue")]


class Reading(models.Model):
    """That somebody opened a plan: once per person, plan and sign-in."""

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="readings", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE)
    session = models.CharField(max_length=64)
    """A digest of the sign-in's key."""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "person", "session"], name="one_reading_per_sign_in")
        ]
