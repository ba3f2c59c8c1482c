"""What every test may use, and which tests run on which database.

The suite runs twice: whole on SQLite, then, on PostgreSQL, tests/records and whatever is marked `both` or `postgres`.
The database is the one that UPTURN_DATABASE_URL names (see tests/postgres.py); SQLite when it names none.
"""

import os
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import TransactionTestCase

from upturn.records import append_only

# A slow machine is no wrong answer; and what lands is judged by the same examples each time: new ones are for the desk.
hypothesis.settings.register_profile("upturn", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("upturn")

RECORDS = Path(__file__).parent / "records"

_empty = TransactionTestCase._fixture_teardown


def _empty_without_triggers(case: TransactionTestCase) -> None:
    """A test with transactions of its own empties every table afterwards, which the triggers of the ledger would
    refuse.
    """
    append_only.remove(connection)
    try:
        _empty(case)
    finally:
        append_only.install(connection)


TransactionTestCase._fixture_teardown = _empty_without_triggers  # type: ignore[method-assign]


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    kept = [item for item in items if belongs(item, connection.vendor)]
    if left := [item for item in items if item not in kept]:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def belongs(item: pytest.Item, vendor: str) -> bool:
    if item.get_closest_marker("postgres"):
        return vendor == "postgresql"
    return vendor == "sqlite" or RECORDS in item.path.parents or item.get_closest_marker("both") is not None
