"""Who there is: the accounts people sign in with, organizations, and everybody an organization knows."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from upturn.core.calendar import Calendar as Days

ROLES = ("office", "auditor", "admin", "member")
"""Roles in an organization. `office` and `auditor` act on plans; `admin` keeps people and settings; `member` is
everybody.
"""


class User(AbstractUser):
    """An account. Who that is in an organization is a `Person`; one account may be several."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="one_account_per_email",
                violation_error_message="Somebody has an account with this e-mail address.",
            )
        ]


class Organization(models.Model):
    """A tenant. Its zone is where the days of its plans begin and end; it stays once there are plans."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, default="US")
    subdivision = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=8, default="en")
    demo = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        fresh = self._state.adding
        if not fresh:
            self._refuse_another_zone()
        super().save(*args, **kwargs)
        if fresh:
            Calendar.business_days(self).save()

    def _refuse_another_zone(self) -> None:
        """The days of a plan are days in its zone: another zone would move what is on record."""
        before = Organization.objects.filter(pk=self.pk).values_list("zone", flat=True).first()
        if before and before != self.zone and self.plan_set.exists():
            raise ValidationError(
                {"zone": f"The time zone stays {before}: the days of the plans on record are days there."}
            )


class Calendar(models.Model):
    """A named set of open days of an organization, by the unit it counts: `business_days` always, `school_days` where
    needed.
    """

    organization = models.ForeignKey(Organization, models.CASCADE)
    unit = models.SlugField(max_length=48)
    days = models.JSONField()
    """`upturn.core.calendar.Calendar.to_json()`."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "unit"], name="one_calendar_per_unit")]

    @classmethod
    def business_days(cls, organization: Organization) -> "Calendar":
        """The calendar every organization has: Monday to Friday without the public holidays of its place."""
        days = Days(
            name="business days",
            country=organization.country or None,
            subdivision=(organization.subdivision or None) if organization.country else None,
        )
        return cls(organization=organization, unit="business_days", days=days.to_json())

    def clean(self) -> None:
        try:
            self.value()
        except ValueError as error:
            raise ValidationError({"days": str(error)}) from None

    def value(self) -> Days:
        """The calendar as the core counts with it. Raises ValueError."""
        return Days.from_json(self.days)


class Person(models.Model):
    """Somebody (or an organization, or a team) that one organization knows; `details` are further directory facts."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANIZATION = "organization", "Organization"
        TEAM = "team", "Team"

    organization = models.ForeignKey(Organization, models.CASCADE)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="people")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    title = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)
    roles = models.JSONField(default=list, blank=True)
    manager = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="one_person_per_account",
                violation_error_message="This account is somebody else in this organization.",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "name"])]

    def __str__(self) -> str:
        return self.name

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of these roles in the organization, and has not left it."""
        return self.left_on is None and bool(set(roles) & set(self.roles))

    def facts(self) -> dict[str, str]:
        """What the directory says about the person, as the core reads it."""
        return {k: _text(v) for k, v in self.details.items()} | {
            "name": self.name,
            "title": self.title,
            "email": self.email,
        }


def _text(value: object) -> str:
    """Directory facts are text to programs; a yes is `true`, as in their conditions."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


class Group(models.Model):
    """A group of people: a peer group, a department, a team."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody in a group; `lead` for those who lead it."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    lead = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["group", "person"], name="one_membership_per_group")]


class Invitation(models.Model):
    """A way to a first sign-in: sent by e-mail, or a code printed for somebody without one. Only a hash of the code is
    kept.
    """

    class How(models.TextChoices):
        EMAIL = "email", "By e-mail"
        PRINTED = "printed", "Printed"

    organization = models.ForeignKey(Organization, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    how = models.CharField(max_length=8, choices=How)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
