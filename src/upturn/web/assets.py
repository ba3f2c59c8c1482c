"""The address of a static file: it names the content, so that a browser may keep the file for good."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class NamedByContent(StaticFilesStorage):
    """`/static/app.css?v=` and twelve digits of the file's SHA-256: a changed file is another address, at once."""

    def url(self, name: str | None) -> str:
        digits = content_digits(name) if name else ""
        return super().url(name) + (f"?v={digits}" if digits else "")


@cache
def content_digits(name: str) -> str:
    """Read once in the life of a process; empty for a file that is not there, whose address then simply is a 404."""
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if isinstance(found, str) else ""
