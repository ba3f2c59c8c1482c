"""The index over plans. Everything here but an id, an organization and a number follows from a plan's entries
(`index`).
"""

import secrets
from typing import ClassVar

from django.db import models

from upturn.records.models.people import Group, Organization, Person
from upturn.records.models.programs import ProgramVersion

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another when read aloud


def public_id() -> str:
    """An id for addresses that nobody guesses: 12 letters, 59 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


class Plan(models.Model):
    """One row per plan. `series` and `serial` make its number, `MIP-2026-0007`; `head` is the leaf of its last entry.

    `updated_at` is the moment at which the row and the duties were computed. `for_office` and `for_auditor` say whether
    the
    program lets the organization's office or auditors act on it.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ENDED = "ended", "Ended"

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    number = models.CharField(max_length=32)
    series = models.CharField(max_length=24)
    serial = models.PositiveIntegerField()
    program_version = models.ForeignKey(ProgramVersion, models.PROTECT, db_index=False)
    program_key = models.CharField(max_length=48)
    subject = models.ForeignKey(Person, models.PROTECT, related_name="plans_about")
    lead = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="plans_led", db_index=False)
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, db_index=False)
    stage = models.CharField(max_length=48)
    phase = models.CharField(max_length=12)
    status = models.CharField(max_length=8, choices=Status)
    variant = models.CharField(max_length=48, blank=True)
    seq = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    finding = models.CharField(max_length=48, blank=True)
    disposition = models.CharField(max_length=48, blank=True)
    next_due = models.DateField(null=True, blank=True)
    wakes_at = models.DateTimeField(null=True, blank=True)
    unsealed = models.BooleanField(default=False)
    """Everybody has signed, and the executed copy is not made yet."""
    told = models.BooleanField(default=False)
    for_office = models.BooleanField(default=False)
    for_auditor = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "number"], name="one_plan_per_number"),
            models.UniqueConstraint(fields=["organization", "series", "serial"], name="one_plan_per_serial"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-opened_on", "-id"], name="plan_newest"),
            models.Index(fields=["organization", "status", "-opened_on", "-id"], name="plan_by_status"),
            models.Index(fields=["organization", "program_key", "-opened_on", "-id"], name="plan_by_program"),
            models.Index(fields=["organization", "phase", "-opened_on", "-id"], name="plan_by_phase"),
            models.Index(fields=["organization", "stage", "-opened_on", "-id"], name="plan_by_stage"),
            models.Index(fields=["organization", "group", "-opened_on", "-id"], name="plan_by_group"),
            models.Index(fields=["organization", "lead", "-opened_on", "-id"], name="plan_by_lead"),
            models.Index(fields=["updated_at", "id"], name="plan_unsealed", condition=models.Q(unsealed=True)),
            models.Index(fields=["number"], name="plan_by_number"),  # in any organization
            models.Index(fields=["wakes_at", "id"], name="plan_wakes", condition=models.Q(wakes_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class Actor(models.Model):
    """Who a code in a plan's entries is. The only place that knows it, so that erasing it leaves the entries without a
    name.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="actors", db_index=False)
    code = models.CharField(max_length=12)
    person = models.ForeignKey(Person, models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "code"], name="one_actor_per_code"),
            models.UniqueConstraint(fields=["plan", "person"], name="one_actor_per_person"),
        ]


class PlanParty(models.Model):
    """A role somebody holds (`active`) or held on a plan.

    `knows`: may know now that the plan exists. `reads`: may read it now (an active party who knows, or a former one
    whom the program lets read on). `follows`: reads also what others owe. `opened_on` is the plan's, so that a person's
    newest plans are found here.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="parties", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_index=False)
    role = models.CharField(max_length=48)
    active = models.BooleanField()
    knows = models.BooleanField()
    reads = models.BooleanField()
    follows = models.BooleanField(default=True)
    opened_on = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "person", "role"], name="one_party_per_role")]
        indexes: ClassVar = [models.Index(fields=["person", "reads", "-opened_on", "plan"], name="party_plans")]


class SignedWords(models.Model):
    """The digest of words that somebody signed, as every signature names them: also where no copy of them is kept."""

    organization = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="signed_words", db_index=False)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "digest"], name="one_row_per_signed_words")]
        indexes: ClassVar = [models.Index(fields=["digest"], name="signed_words_by_digest")]
