"""The database itself refuses to change what is on record: triggers, in the words of SQLite and of PostgreSQL.

Entries, program versions and the log are never changed or deleted; a payload is deleted only when an Erased entry of
its plan covers it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Ban:
    """One thing that is refused: `event` on `table`, where `unless` (SQL over OLD) does not hold; `says` why."""

    name: str
    table: str
    event: str
    says: str
    unless: str = ""


PAYLOAD_ERASED = """EXISTS (
    SELECT 1 FROM records_entry gone
    JOIN records_entry erasure ON erasure.plan_id = gone.plan_id AND erasure.type = 'Erased'
    JOIN records_payload said ON said.entry_id = erasure.id
    WHERE gone.id = OLD.entry_id AND gone.type <> 'Erased'
    AND gone.seq BETWEEN {first} AND {last})"""

PROGRAM_COLUMNS = "organization_id, key, version, title, language, digest, source, document, published_at"

BANS = (
    Ban("entry_no_update", "records_entry", "UPDATE", "An entry is never changed."),
    Ban("entry_no_delete", "records_entry", "DELETE", "An entry is never deleted."),
    Ban("payload_no_update", "records_payload", "UPDATE", "A payload is never changed."),
    Ban(
        "payload_no_delete",
        "records_payload",
        "DELETE",
        "A payload goes only when an Erased entry covers it.",
        PAYLOAD_ERASED,
    ),
    Ban(
        "program_no_update",
        "records_programversion",
        f"UPDATE OF {PROGRAM_COLUMNS}",
        "A program version is never changed.",
    ),
    Ban("program_no_delete", "records_programversion", "DELETE", "A program version is never deleted."),
    Ban("lognode_no_update", "records_lognode", "UPDATE", "The log is never changed."),
    Ban("lognode_no_delete", "records_lognode", "DELETE", "Nothing is ever deleted from the log."),
    Ban("checkpoint_no_update", "records_checkpoint", "UPDATE", "A checkpoint is never changed."),
    Ban("checkpoint_no_delete", "records_checkpoint", "DELETE", "A checkpoint is never deleted."),
)
LEDGER = ("records_entry", "records_payload", "records_programversion")
LOG = ("records_lognode", "records_checkpoint")
KEPT = (*LEDGER, *LOG)
SAME = {
    "records_entry": "plan_id = NEW.plan_id AND seq = NEW.seq OR id = NEW.id",
    "records_payload": "entry_id = NEW.entry_id",
    "records_programversion": (
        "organization_id = NEW.organization_id AND key = NEW.key AND version = NEW.version OR id = NEW.id"
    ),
    "records_lognode": (
        "organization_id = NEW.organization_id AND level = NEW.level AND position = NEW.position"
        " OR entry_id = NEW.entry_id OR id = NEW.id"
    ),
    "records_checkpoint": "organization_id = NEW.organization_id AND size = NEW.size OR id = NEW.id",
}
"""What makes a new row take the place of one that is there."""


def install(connection: BaseDatabaseWrapper, tables: Collection[str] = KEPT) -> None:
    """Put the triggers in place. Raises NotImplementedError on a database that we do not know."""
    _run(connection, _installing(connection.vendor, tables))


def remove(connection: BaseDatabaseWrapper, tables: Collection[str] = KEPT) -> None:
    """Take the triggers away: for a migration backwards, and for tests that empty their database."""
    _run(connection, _removing(connection.vendor, tables))


def _run(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _installing(vendor: str, tables: Collection[str]) -> Iterator[str]:
    bans = [ban for ban in BANS if ban.table in tables]
    if vendor == "sqlite":
        yield from map(_sqlite, bans)
        yield from (_sqlite_no_replacing(table, same) for table, same in SAME.items() if table in tables)
    elif vendor == "postgresql":
        for ban in bans:
            yield from _postgresql(ban)
        yield from map(_postgresql_no_truncate, tables)
    else:
        raise NotImplementedError(f"There are no triggers for {vendor}: use SQLite or PostgreSQL.")


def _sqlite(ban: Ban) -> str:
    when = f"WHEN NOT {ban.unless.format(first=_sqlite_json('first'), last=_sqlite_json('last'))}" if ban.unless else ""
    body = f"BEGIN SELECT RAISE(ABORT, '{ban.says}'); END"
    return f"CREATE TRIGGER {ban.name} BEFORE {ban.event} ON {ban.table} {when} {body}"


def _sqlite_json(key: str) -> str:
    return f"json_extract(said.body, '$.{key}')"


def _sqlite_no_replacing(table: str, same: str) -> str:
    """INSERT OR REPLACE deletes without a DELETE trigger, so it is met before it inserts."""
    there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - our own names
    says = f"UNIQUE constraint failed: {table} is only added to"
    body = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    return f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {body}"


def _postgresql(ban: Ban) -> Iterator[str]:
    unless = ban.unless.format(first=_postgresql_json("first"), last=_postgresql_json("last"))
    test = f"IF {unless} THEN RETURN OLD; END IF; " if unless else ""
    yield (
        f"CREATE OR REPLACE FUNCTION {ban.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {test}"
        f"RAISE EXCEPTION '{ban.says}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield f"CREATE TRIGGER {ban.name} BEFORE {ban.event} ON {ban.table} FOR EACH ROW EXECUTE FUNCTION {ban.name}()"


def _postgresql_json(key: str) -> str:
    return f"(said.body::jsonb ->> '{key}')::integer"


def _postgresql_no_truncate(table: str) -> str:
    when = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    refuses = "lognode_no_delete" if table in LOG else "entry_no_delete"
    return f"CREATE TRIGGER {table}_no_truncate {when} EXECUTE FUNCTION {refuses}()"


def _removing(vendor: str, tables: Collection[str]) -> Iterator[str]:
    bans = [ban for ban in BANS if ban.table in tables]
    if vendor == "sqlite":
        yield from (f"DROP TRIGGER IF EXISTS {ban.name}" for ban in bans)
        yield from (f"DROP TRIGGER IF EXISTS {table}_no_replace" for table in tables)
        return
    yield from (f"DROP TRIGGER IF EXISTS {ban.name} ON {ban.table}" for ban in bans)
    yield from (f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}" for table in tables)
