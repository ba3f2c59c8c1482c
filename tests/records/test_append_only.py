"""The database itself refuses to change what is on record, whoever asks: the ORM, or SQL by hand."""

from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction
from django.db.models import ProtectedError

from tests.records.conftest import MARCH_2, World, after
from upturn.core.events import Erased, Event
from upturn.core.facts import CLOCK
from upturn.records import catalogue, index
from upturn.records.loading import load, rows
from upturn.records.models import Entry, Payload, Plan, ProgramVersion
from upturn.records.models.programs import Immutable
from upturn.records.perform import appended, fresh_salt
from upturn.records.verify import verify


def sql(statement: str) -> Callable[[], object]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def everything() -> tuple[object, ...]:
    return (
        list(Entry.objects.order_by("pk").values()),
        [(p.entry_id, bytes(p.salt), p.body) for p in Payload.objects.order_by("pk")],
        list(ProgramVersion.objects.order_by("pk").values("pk", "digest", "document", "source", "title", "version")),
    )


BY_ORM = {
    "update an entry": lambda: Entry.objects.update(actor="p9"),
    "save an entry": lambda: replace_and_save(Entry.objects.get(), "type", "Stated"),
    "delete entries": lambda: Entry.objects.all()._raw_delete("default"),
    "update a payload": lambda: Payload.objects.update(body="{}"),
    "delete a payload": lambda: Payload.objects.all().delete(),
    "update a program": lambda: ProgramVersion.objects.update(document="{}"),
    "delete a program": lambda: ProgramVersion.objects.filter(key="trial").delete(),
}
BY_HAND = {
    "update an entry": "UPDATE records_entry SET leaf = prev",
    "delete an entry": "DELETE FROM records_entry",
    "update a payload": "UPDATE records_payload SET salt = salt",
    "delete a payload": "DELETE FROM records_payload",
    "update a program": "UPDATE records_programversion SET source = ''",
    "delete a program": "DELETE FROM records_programversion WHERE key = 'trial'",
}
IN_PLACE_OF = {
    "entry": "INSERT OR REPLACE INTO records_entry SELECT * FROM records_entry",
    "payload": "REPLACE INTO records_payload SELECT * FROM records_payload",
    "program": "REPLACE INTO records_programversion SELECT * FROM records_programversion",
}
EMPTYING = ("TRUNCATE records_entry CASCADE", "TRUNCATE records_payload", "TRUNCATE records_programversion CASCADE")


def replace_and_save(entry: Entry, name: str, value: str) -> None:
    setattr(entry, name, value)
    entry.save()


def refused(act: Callable[[], object]) -> bool:
    before = everything()
    with pytest.raises(Error), transaction.atomic():
        act()
    return everything() == before


@pytest.mark.parametrize("what", BY_ORM)
def test_the_orm_is_refused(peers: World, what: str) -> None:
    peers.opened()
    assert refused(BY_ORM[what])


@pytest.mark.parametrize("what", BY_HAND)
def test_sql_by_hand_is_refused(peers: World, what: str) -> None:
    peers.opened()
    assert refused(sql(BY_HAND[what]))


@pytest.mark.parametrize("what", IN_PLACE_OF)
def test_an_insert_does_not_take_the_place_of_what_is_there(peers: World, what: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    peers.opened()
    assert refused(sql(IN_PLACE_OF[what]))


@pytest.mark.postgres
@pytest.mark.parametrize("statement", EMPTYING)
def test_a_table_is_not_emptied(peers: World, statement: str) -> None:
    peers.opened()
    assert refused(sql(statement))


def test_a_plan_and_an_organization_with_entries_are_not_deleted(peers: World) -> None:
    plan = peers.opened().row
    for target in (plan, peers.organization):
        with pytest.raises(ProtectedError):
            target.delete()


def test_a_published_version_is_only_retired(peers: World) -> None:
    peers.trial.title = "Another"
    with pytest.raises(Immutable):
        peers.trial.save()
    catalogue.retire(peers.trial, MARCH_2)
    assert ProgramVersion.objects.get(pk=peers.trial.pk).retired_at == MARCH_2


def append(plan: Plan, event: Event) -> None:
    loaded = load(rows().get(pk=plan.pk))
    after_it = appended(loaded, [event], CLOCK, after(days=1), fresh_salt)
    index.write(after_it.row, index.derived(after_it, after(days=1)), after(days=1))


def test_a_payload_goes_when_an_erased_entry_covers_it_and_the_chain_still_verifies(peers: World) -> None:
    plan = peers.opened().row
    peers.told(plan)
    append(plan, Erased(first=2, last=2, rule="three years after the end"))
    assert refused(lambda: Payload.objects.filter(entry__seq=3).delete())
    Payload.objects.filter(entry__seq=2).delete()
    assert verify(peers.organization) == []
    seen = load(rows().get(pk=plan.pk))
    assert [f.seq for f in seen.entries if f.event is None] == [2]


def test_the_erasure_itself_is_never_erased(peers: World) -> None:
    plan = peers.opened().row
    append(plan, Erased(first=1, last=1, rule="x"))
    append(plan, Erased(first=1, last=9, rule="x"))
    assert refused(lambda: Payload.objects.filter(entry__seq=2).delete())


def test_an_erasure_covers_nothing_of_another_plan(peers: World) -> None:
    plan, other = peers.opened().row, peers.opened().row
    append(plan, Erased(first=1, last=1, rule="x"))
    assert refused(lambda: Payload.objects.filter(entry__plan=other).delete())
