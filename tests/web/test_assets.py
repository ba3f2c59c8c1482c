"""Static files: small on the wire, kept by the browser, never stale."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from upturn.web.assets import content_digits

HTMX = "django_htmx/htmx-4.min.js"


@pytest.fixture(autouse=True)
def unread() -> Iterator[None]:
    content_digits.cache_clear()
    yield
    content_digits.cache_clear()


def test_the_address_of_a_file_names_its_content() -> None:
    digest = hashlib.sha256(Path(finders.find(HTMX)).read_bytes()).hexdigest()
    assert static(HTMX) == f"/static/{HTMX}?v={digest[:12]}"


def test_a_file_that_is_not_there_has_an_address_all_the_same() -> None:
    assert static("no/such.css") == "/static/no/such.css"


def test_a_static_file_is_sent_small_and_kept_for_a_year(client: Client) -> None:
    answer = client.get(static(HTMX), headers={"accept-encoding": "gzip"})
    sent = b"".join(answer.streaming_content)
    assert answer.headers["Cache-Control"] == "max-age=31536000, public"
    assert (answer.status_code, answer.headers["Content-Encoding"], len(sent) < 15_000) == (200, "gzip", True)
