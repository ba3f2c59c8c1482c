"""Programs as an organization published them: immutable versions, and the values entered for them."""

from typing import Any, ClassVar

from django.db import models

from upturn.records.models.people import Organization


class Immutable(TypeError):
    """Somebody tried to change what never changes."""


class ProgramVersion(models.Model):
    """One version of a program, as text and as canonical JSON. Only `retired_at` may be set later; the database refuses
    the rest.
    """

    organization = models.ForeignKey(Organization, models.PROTECT)
    key = models.CharField(max_length=48)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    source = models.TextField()
    document = models.TextField()
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key", "version"], name="one_text_per_program_version")
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "digest"])]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and set(kwargs.get("update_fields") or ("all",)) != {"retired_at"}:
            raise Immutable("A published program version never changes. Publish the next version.")
        super().save(*args, **kwargs)


class ProgramSettings(models.Model):
    """What an organization entered for a program: its contact and other values."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    key = models.CharField(max_length=48)
    values = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="one_settings_per_program")
        ]
