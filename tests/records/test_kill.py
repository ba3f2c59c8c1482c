"""A process killed in the middle of writing: the transaction did not happen, and nothing needs a hand."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.records.conftest import TALK, after, world
from upturn.core.commands import Record
from upturn.records.models import Duty, Entry, Notice, Payload, Plan
from upturn.records.perform import perform
from upturn.records.verify import verify

ROOT = Path(__file__).parents[2]
WHERE = (
    'INSERT INTO "records_entry"',
    'INSERT INTO "records_payload"',
    'UPDATE "records_plan"',
    'INSERT INTO "records_notice"',
)


def environment() -> dict[str, str]:
    """What leads another process to the same server; the name of the database is given to it beside."""
    own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    if connection.vendor == "postgresql":
        given = connection.settings_dict
        host = given["OPTIONS"].get("host") or given["HOST"]
        own["UPTURN_DATABASE_URL"] = f"postgresql://{given['USER']}:{given['PASSWORD']}@/any?host={host}"
    return {k: v for k, v in os.environ.items() if not k.startswith("UPTURN_")} | own


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", WHERE)
def test_a_process_killed_in_the_middle_of_performing_leaves_a_verifying_database(
    where: str, transactional_db: None
) -> None:
    peers = world("peers")
    plan = peers.opened().row
    name = str(connection.settings_dict["NAME"])
    before = counts()
    child = subprocess.Popen(
        [
            sys.executable,
            ROOT / "tests/records/dies.py",
            name,
            plan.pk,
            str(peers.finn.pk),
            where,
            after(hours=1).isoformat(),
        ],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert counts() == before
    assert verify(peers.organization) == []
    done = perform(plan.pk, Record(log="discussion", answers=TALK), peers.finn, after(hours=2), expected=1)
    assert (done.row.seq, verify(peers.organization)) == (3, [])


def counts() -> tuple[int, ...]:
    return (*(table.objects.count() for table in (Entry, Payload, Notice, Duty)), Plan.objects.get().seq)
