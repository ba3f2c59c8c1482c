"""Programs of an organization: published once per version, never altered, compiled once per process."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from upturn.core.program import Program
from upturn.core.reading import ProgramFile, compiled
from upturn.core.reading import read as read_file
from upturn.core.refusals import Refusal, Refused
from upturn.records.models import Organization, ProgramSettings, ProgramVersion


@lru_cache(maxsize=32)
def read(text: str) -> ProgramFile:
    """A program file, read once per process however many organizations publish it. Raises BadProgram."""
    return read_file(text)


def publish(organization: Organization, text: str, now: datetime) -> ProgramVersion:
    """Publish a program file; the same text again is the version that is there.

    Raises BadProgram with every problem of the file, Refused when that version is published with another text.
    """
    file = read(text)
    program = file.program()
    before = ProgramVersion.objects.filter(organization=organization, key=program.key, version=program.version).first()
    if before is not None:
        if before.digest != file.digest:
            raise Refused(_altered(program))
        return before
    return ProgramVersion.objects.create(
        organization=organization,
        key=program.key,
        version=program.version,
        title=program.title,
        language=program.language,
        digest=file.digest,
        source=text,
        document=json.dumps(file.document, ensure_ascii=False),  # in the order of the file: its first party leads
        published_at=now,
    )


def _altered(program: Program) -> Refusal:
    says = (
        f"Version {program.version} of “{program.title}” is published with another text, and plans may rest on it."
        f" Give this text the version {program.version + 1}."
    )
    return Refusal("version", says, field="version")


def retire(version: ProgramVersion, now: datetime) -> None:
    """No new plan opens under this version; those that run go on."""
    version.retired_at = now
    version.save(update_fields=["retired_at"])


def published(organization: Organization) -> list[ProgramVersion]:
    """The newest version of each program that may be opened, by title; without their texts."""
    versions = ProgramVersion.objects.filter(organization=organization, retired_at=None).defer("source", "document")
    newest: dict[str, ProgramVersion] = {v.key: v for v in versions.order_by("key", "version")}
    return sorted(newest.values(), key=lambda v: v.title)


class _Held:
    """A version hashed by its digest; its text is fetched only when it has to be compiled."""

    def __init__(self, version: ProgramVersion) -> None:
        self.version = version
        self.digest = version.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.digest == self.digest


@lru_cache(maxsize=256)
def _document(held: _Held) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(held.version.document)
    return document


def program_for(version: ProgramVersion, variant: str = "", language: str = "") -> Program:
    """The program of a version in a variant and language, compiled once per process."""
    own = "" if language == version.language else language
    return compiled(version.digest, _document(_Held(version)), variant, own)


def shipped() -> list[str]:
    """The texts of the programs that come with Upturn, by file name."""
    folder = resources.files("upturn.programs")
    files = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".yaml") and ".story." not in f.name), key=lambda f: f.name
    )
    return [file.read_text(encoding="utf-8") for file in files]


def adopt_shipped(
    organization: Organization, now: datetime, *, keys: frozenset[str] | None = None
) -> list[ProgramVersion]:
    """Publish the programs that come with Upturn (those of `keys`, or all) in an organization."""
    texts = [text for text in shipped() if keys is None or read(text).program().key in keys]
    return [publish(organization, text, now) for text in texts]


def settings_of(organization: Organization, key: str) -> dict[str, Any]:
    """What the organization entered for a program."""
    found = ProgramSettings.objects.filter(organization=organization, key=key).first()
    return dict(found.values) if found else {}


def enter_settings(organization: Organization, key: str, values: Mapping[str, Any]) -> ProgramSettings:
    """Enter the organization's values for a program, in place of those before."""
    settings, _made = ProgramSettings.objects.update_or_create(
        organization=organization, key=key, defaults={"values": dict(values)}
    )
    return settings
