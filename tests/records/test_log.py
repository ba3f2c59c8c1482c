"""The log: every entry goes in once, whoever is faster; nothing of it changes; what was changed elsewhere it shows."""

import json
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.records.conftest import MARCH_2, World, after, world
from tests.records.test_append_only import append, sql
from tests.records.test_conflict import at_once
from tests.records.test_verify import by_the_owner_of_the_database
from upturn import cli
from upturn.core import merkle
from upturn.core.checkpoints import is_signed_by, public_key_of, read
from upturn.core.commands import State
from upturn.core.events import Erased
from upturn.core.proofs import Proof
from upturn.records import append_only, clock, keys, log
from upturn.records.log import NotInLog, Unsound, checkpoint, consistency, prove
from upturn.records.models import Checkpoint, Entry, LogNode, Organization, Payload, Plan
from upturn.records.perform import perform
from upturn.records.verify import verify


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """Keys of this test alone: numbers of organizations come again."""
    settings.DATA = tmp_path
    return tmp_path


def made(organization: Organization, at: datetime = MARCH_2) -> Checkpoint:
    found = checkpoint(organization, at)
    assert found is not None
    return found


def leaves(organization: Organization) -> list[str]:
    return list(
        LogNode.objects.filter(organization=organization, level=0).order_by("position").values_list("hash", flat=True)
    )


def in_order(organization: Organization) -> list[str]:
    return list(Entry.objects.filter(organization=organization).order_by("pk").values_list("leaf", flat=True))


def root_of(hashed: list[str]) -> str:
    return merkle.Tree(map(bytes.fromhex, hashed)).root().hex()


def says(peers: World) -> list[str]:
    return [str(finding) for finding in verify(peers.organization)]


# -- checkpoints -------------------------------------------------------------------------------------------------------


def test_a_checkpoint_takes_in_every_entry_in_the_order_of_recording_and_signs_the_root(peers: World) -> None:
    peers.told(peers.opened().row)
    peers.opened()
    one = made(peers.organization)
    assert leaves(peers.organization) == in_order(peers.organization)
    told = read(one.text)
    assert (
        (told.size, told.root.hex())
        == (one.size, one.root)
        == (Entry.objects.count(), root_of(leaves(peers.organization)))
    )
    assert (told.origin, told.lines) == ("127.0.0.1:8000/peers", ("2026-03-02T15:00:00.000000Z",))
    assert is_signed_by(one.text, bytes.fromhex(keys.public_key(peers.organization)))
    assert says(peers) == []


def test_where_nothing_is_new_the_last_checkpoint_stands(peers: World) -> None:
    assert checkpoint(peers.organization, MARCH_2) is None
    peers.opened()
    one = made(peers.organization)
    assert made(peers.organization, after(days=3)) == one
    assert Checkpoint.objects.count() == 1


def test_a_later_checkpoint_begins_with_the_earlier(peers: World) -> None:
    sizes = []
    for day in range(5):
        peers.told(peers.opened(now=after(days=day)).row)
        sizes.append(made(peers.organization, after(days=day, hours=1)))
    for older in sizes:
        for newer in sizes:
            if older.size <= newer.size:
                path = consistency(older, newer)
                before, later = ((c.size, bytes.fromhex(c.root)) for c in (older, newer))
                assert merkle.extends(before, later, path)
            else:
                with pytest.raises(ValueError, match="had not"):
                    consistency(older, newer)
    assert says(peers) == []


def test_a_crash_between_two_batches_leaves_a_log_that_goes_on(peers: World, monkeypatch: pytest.MonkeyPatch) -> None:
    peers.told(peers.opened().row)
    monkeypatch.setattr(log, "BATCH", 2)
    monkeypatch.setattr(log, "_sign", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        checkpoint(peers.organization, MARCH_2)
    assert says(peers) == []
    monkeypatch.undo()
    peers.opened()
    assert made(peers.organization).root == root_of(in_order(peers.organization))
    assert says(peers) == []


def test_a_batch_costs_the_same_however_long_the_log_is(peers: World) -> None:
    def cost(plans: int, day: int) -> int:
        for _ in range(plans):
            peers.opened(now=after(days=day))
        with CaptureQueriesContext(connection) as captured:
            made(peers.organization, after(days=day))
        return len(captured)

    cost(1, 0)
    assert len({cost(1, 1), cost(10, 2), cost(30, 3), cost(1, 4)}) == 1
    assert says(peers) == []


def test_entries_that_are_long_in_the_log_are_not_looked_at_again(peers: World) -> None:
    for day in range(3):
        peers.opened(now=after(days=day))
        made(peers.organization, after(days=day))
    assert log._settled(peers.organization, after(days=2)) == Entry.objects.order_by("pk")[1].pk


# -- several at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_checkpoints_made_at_once_are_one(transactional_db: None) -> None:
    peers = world("peers")
    peers.told(peers.opened().row)
    got = at_once(*[lambda: checkpoint(peers.organization, MARCH_2)] * 4)
    assert {type(g).__name__ for g in got} == {"Checkpoint"}
    assert len({g.pk for g in got if isinstance(g, Checkpoint)}) == Checkpoint.objects.count() == 1
    assert leaves(peers.organization) == in_order(peers.organization)
    assert says(peers) == []


@pytest.mark.django_db(transaction=True)
def test_writers_and_checkpoints_at_once_lose_nothing(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    peers = world("peers")
    plan = peers.told(peers.opened().row).row

    def say(n: int) -> Callable[[], object]:
        return lambda: perform(plan.pk, State(text=f"Statement {n}"), peers.mara, after(hours=8), expected=plan.seq)

    got = at_once(*(say(n) for n in range(4)), *[lambda: checkpoint(peers.organization, after(hours=8))] * 4)
    assert not [g for g in got if isinstance(g, Exception)]
    made(peers.organization, after(hours=9))
    assert sorted(leaves(peers.organization)) == sorted(in_order(peers.organization))
    assert says(peers) == []


@pytest.fixture
def slow(transactional_db: None) -> Iterator[Callable[[Callable[[], object]], Callable[[], None]]]:
    """Begins an act in a transaction of another thread, and leaves it open until the returned function is called."""
    threads = []

    def begin(act: Callable[[], object]) -> Callable[[], None]:
        acted, end = threading.Event(), threading.Event()

        def run() -> None:
            try:
                with transaction.atomic():
                    act()
                    acted.set()
                    end.wait(30)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        threads.append((thread, end))
        assert acted.wait(30)

        def finish() -> None:
            end.set()
            thread.join()

        return finish

    yield begin
    for thread, end in threads:
        end.set()
        thread.join()


Slow = Callable[[Callable[[], object]], Callable[[], None]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_is_not_forgotten(slow: Slow) -> None:
    peers = world("peers")
    first = peers.told(peers.opened().row).row
    finish = slow(lambda: perform(first.pk, State(text="Late"), peers.mara, after(minutes=5)))
    peers.tried()
    early = made(peers.organization, after(minutes=6))
    finish()
    last = Entry.objects.exclude(log_node=None).order_by("-pk")[0]
    assert Entry.objects.filter(pk__lt=last.pk, log_node=None).count() == 1  # a look past the last would miss it
    late = made(peers.organization, after(minutes=30))
    assert late.size == early.size + 1 == Entry.objects.count()
    assert says(peers) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_too_late_is_missed_aloud_and_taken_in_when_asked(slow: Slow) -> None:
    peers = world("peers")
    first = peers.told(peers.opened().row).row
    finish = slow(lambda: perform(first.pk, State(text="Late"), peers.mara, after(minutes=5)))
    for hour in (1, 3, 5):
        peers.opened(now=after(hours=hour), by=peers.ines)
        made(peers.organization, after(hours=hour))
    finish()
    size = Entry.objects.count()
    assert made(peers.organization, after(hours=6)).size == size - 1
    assert says(peers) == ["The log: 1 entry never went into the log. `upturn log checkpoint --all` takes them in."]
    found = checkpoint(peers.organization, after(hours=7), from_the_first=True)
    assert found is not None
    assert found.size == size
    assert says(peers) == []


# -- append-only -------------------------------------------------------------------------------------------------------


BY_HAND = {
    "change a hash": "UPDATE records_lognode SET hash = ''",
    "point a leaf at another entry": "UPDATE records_lognode SET entry_id = entry_id",
    "delete from the log": "DELETE FROM records_lognode",
    "change a checkpoint": "UPDATE records_checkpoint SET text = text",
    "delete a checkpoint": "DELETE FROM records_checkpoint",
}
ON_SQLITE = {
    "replace the log": "INSERT OR REPLACE INTO records_lognode SELECT * FROM records_lognode",
    "replace a checkpoint": "REPLACE INTO records_checkpoint SELECT * FROM records_checkpoint",
}
ON_POSTGRESQL = {
    "empty the log": "TRUNCATE records_lognode",
    "empty the checkpoints": "TRUNCATE records_checkpoint",
}
TWICE = {
    "a node": "INSERT INTO records_lognode (organization_id, level, position, hash, entry_id)"
    " SELECT organization_id, level, position, hash, entry_id FROM records_lognode WHERE level = 1",
    "a leaf": "INSERT INTO records_lognode (organization_id, level, position, hash, entry_id)"
    " SELECT organization_id, level, position + 1000, hash, entry_id FROM records_lognode WHERE level = 0",
    "a leaf without an entry": "INSERT INTO records_lognode (organization_id, level, position, hash)"
    " SELECT organization_id, level, position + 1000, hash FROM records_lognode WHERE level = 0",
    "a size": "INSERT INTO records_checkpoint (organization_id, size, root, at, key, text)"
    " SELECT organization_id, size, root, at, key, text FROM records_checkpoint",
}


def refused(statement: str) -> bool:
    def everything() -> tuple[object, ...]:
        return list(LogNode.objects.order_by("pk").values()), list(Checkpoint.objects.order_by("pk").values())

    before = everything()
    with pytest.raises(Error), transaction.atomic():
        sql(statement)()
    return everything() == before


REFUSED = {**BY_HAND, **TWICE, **ON_SQLITE, **ON_POSTGRESQL}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses_to(peers: World, what: str) -> None:
    if what in (ON_POSTGRESQL if connection.vendor == "sqlite" else ON_SQLITE):
        pytest.skip("the statement is of the other database")
    peers.told(peers.opened().row)
    made(peers.organization)
    assert refused(REFUSED[what])


def test_without_the_triggers_the_same_statements_would_change_it(peers: World) -> None:
    """So that the refusals above are the triggers', and not a mistake in the statements."""
    peers.told(peers.opened().row)
    made(peers.organization)
    append_only.remove(connection)
    try:
        for statement in BY_HAND.values():
            sql(statement)()
    finally:
        append_only.install(connection)


# -- proofs ------------------------------------------------------------------------------------------------------------


def test_every_entry_is_proven_in_every_checkpoint_that_has_it(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    first = made(peers.organization)
    peers.opened()
    peers.do(plan, peers.mara, State(text="I want this to work."))
    second = made(peers.organization, after(days=1))
    key = log.verifier_keys(peers.organization)
    for seq in range(1, 7):
        for at, has in ((first, seq < 6), (second, True)):
            if has:
                proof = Proof.from_json(json.loads(json.dumps(prove(plan, seq, at).to_json())))
                assert (proof.check(key)[0].size, proof.entry.seq) == (at.size, seq)
            else:
                with pytest.raises(NotInLog, match="No entry 6 of MIP-2026-0001 is in the log of 5 entries"):
                    prove(plan, seq, at)
    assert prove(plan).entry.leaf() == Plan.objects.get(pk=plan.pk).head


def test_what_is_in_no_checkpoint_is_not_proven(peers: World) -> None:
    plan = peers.opened().row
    with pytest.raises(NotInLog, match="no such checkpoint"):
        prove(plan)
    made(peers.organization)
    with pytest.raises(NotInLog, match="No entry 2"):
        prove(plan, 2)


def test_a_proof_asks_the_same_number_of_queries_however_long_the_log_is(peers: World) -> None:
    plan = peers.opened().row
    costs = set()
    for day in range(1, 4):
        for _ in range(9):
            peers.opened(now=after(days=day))
        made(peers.organization, after(days=day))
        with CaptureQueriesContext(connection) as captured:
            prove(Plan.objects.select_related("organization").get(pk=plan.pk), 1)
        costs.add(len(captured))
    assert costs == {5}


def test_a_proof_tells_no_words_and_nothing_of_other_plans(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    other = peers.tried().row
    made(peers.organization)
    told = json.dumps(prove(plan).to_json())
    payload = Payload.objects.filter(entry__plan=plan).order_by("entry__seq").first()
    assert payload is not None
    for secret in ("recommendations", "Mara", "Finn", other.pk, bytes(payload.salt).hex()):
        assert secret not in told


def test_each_organization_has_a_log_of_its_own(peers: World, others: World) -> None:
    mine, theirs = peers.opened().row, others.opened().row
    one, two = made(peers.organization), made(others.organization)
    assert [leaves(w.organization) for w in (peers, others)] == [in_order(w.organization) for w in (peers, others)]
    assert (one.size, two.size, read(two.text).origin) == (1, 1, "127.0.0.1:8000/others")
    assert one.key != two.key
    with pytest.raises(NotInLog):
        prove(mine, at=two)
    with pytest.raises(ValueError, match="one organization"):
        consistency(one, two)
    assert prove(theirs).keys == tuple(log.verifier_keys(others.organization))
    for day in (1, 2):
        for w in (peers, others):
            w.told(w.opened(now=after(days=day)).row)
        for w, plan in ((peers, mine), (others, theirs)):
            one = made(w.organization, after(days=day, hours=1))
            assert one.root == root_of(in_order(w.organization))
            assert prove(plan).check()[0].size == one.size
    assert [verify(w.organization) for w in (peers, others)] == [[], []]


# -- what verify finds -------------------------------------------------------------------------------------------------


def rewritten() -> None:
    """Entry 2 of the plan says something else, and the whole chain after it is made anew: nothing in it is broken."""
    prev = ""
    for entry in Entry.objects.order_by("seq"):
        entry.actor = "p1" if entry.seq == 2 else entry.actor
        entry.prev = prev or entry.prev
        entry.leaf = prev = entry.sealed().leaf()
        entry.save()
    Plan.objects.update(head=prev)


def rewritten_with_its_log() -> None:
    rewritten()
    frontier = merkle.Frontier()
    for entry in Entry.objects.order_by("pk"):
        for node, hashed in frontier.append(bytes.fromhex(entry.leaf)):
            LogNode.objects.filter(level=node.level, position=node.position).update(hash=hashed.hex())


def rewritten_with_its_checkpoint() -> None:
    """All but the signature, for which the key would be needed."""
    rewritten_with_its_log()
    one = Checkpoint.objects.get()
    told = read(one.text)
    root = log._frontier(one.organization, one.size).root()
    body = type(told)(told.origin, told.size, root, told.lines).body()
    Checkpoint.objects.update(root=root.hex(), text=body + one.text.partition(told.body())[2])


CHANGED = "is not the one that went into the log: it was changed or replaced since."
FIVE = "The log: The checkpoint of 5 entries"
TAMPERED: dict[str, tuple[Callable[[], object], list[str]]] = {
    "the ledger, consistently": (
        rewritten,
        [f"MIP-2026-0001: Entry {seq} {CHANGED}" for seq in (2, 3, 4, 5)],
    ),
    "the ledger and the log": (
        rewritten_with_its_log,
        [f"{FIVE} has another root than the log: the log was changed since."],
    ),
    "the ledger, the log and the checkpoint": (
        rewritten_with_its_checkpoint,
        [f"{FIVE} does not carry a good signature: it was changed, or made up."],
    ),
    "a hash": (
        lambda: LogNode.objects.filter(level=1, position=0).update(hash="f" * 64),
        ["The log: The hash at level 1, position 0 of the log does not follow from the leaves."],
    ),
    "a hash that is none": (
        lambda: LogNode.objects.filter(level=1, position=0).update(hash="x"),
        ["The log: The hash at level 1, position 0 of the log does not follow from the leaves."],
    ),
    "hashes gone": (
        lambda: LogNode.objects.filter(level=2).delete(),
        ["The log: The hash at level 2, position 0 of the log is missing."],
    ),
    "a leaf gone": (
        lambda: LogNode.objects.filter(level=0, position=2).delete(),
        ["The log: The log has no leaf 2, and leaf 3 stands in its place."],
    ),
    "the last leaf gone": (
        lambda: LogNode.objects.filter(level=0, position=4).delete(),
        ["The log: The checkpoint of 5 entries tells of more than the log has: 4."],
    ),
    "a leaf of another hash": (
        lambda: LogNode.objects.filter(level=0, position=4).update(hash="f" * 64),
        [
            f"MIP-2026-0001: Entry 5 {CHANGED}",
            f"{FIVE} has another root than the log: the log was changed since.",
        ],
    ),
    "the text of a checkpoint": (
        lambda: Checkpoint.objects.update(text="x"),
        [f"{FIVE} cannot be read."],
    ),
    "its moment": (
        lambda: Checkpoint.objects.update(at=after(days=1)),
        [f"{FIVE} says something else than what is stored beside it."],
    ),
    "its root": (
        lambda: Checkpoint.objects.update(root="f" * 64),
        [
            f"{FIVE} says something else than what is stored beside it.",
            f"{FIVE} has another root than the log: the log was changed since.",
        ],
    ),
    "its key": (
        lambda: Checkpoint.objects.update(key="f" * 64),
        [f"{FIVE} is signed with a key that is not among the organization's."],
    ),
    "its time stamp": (
        lambda: Checkpoint.objects.update(time_stamp=b"x"),
        [f"{FIVE} carries a time stamp for something else."],
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_found(peers: World, what: str) -> None:
    peers.told(peers.opened().row)
    made(peers.organization)
    change, sentences = TAMPERED[what]
    by_the_owner_of_the_database(change)
    assert says(peers) == sentences


def test_a_single_plan_is_compared_with_the_log_too(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    made(peers.organization)
    assert verify(plan) == []
    by_the_owner_of_the_database(rewritten)
    assert [f.says for f in verify(plan)] == [f"Entry {seq} {CHANGED}" for seq in (2, 3, 4, 5)]


def test_a_log_that_was_changed_is_not_signed_again(peers: World) -> None:
    peers.told(peers.opened().row)
    made(peers.organization)
    by_the_owner_of_the_database(rewritten_with_its_log)
    peers.opened()
    with pytest.raises(Unsound, match="not the one that was signed last"):
        checkpoint(peers.organization, after(days=1))
    by_the_owner_of_the_database(lambda: LogNode.objects.filter(level=2).delete())
    with pytest.raises(Unsound, match="lacks hashes"):
        checkpoint(peers.organization, after(days=1))
    assert Checkpoint.objects.count() == 1


def test_erasing_a_payload_changes_nothing_in_the_log(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    one = made(peers.organization)
    before, proof = list(LogNode.objects.order_by("pk").values()), prove(plan, 2)
    append(plan, Erased(first=2, last=2, rule="three years after the end"))
    Payload.objects.filter(entry__seq=2).delete()
    assert (list(LogNode.objects.order_by("pk").values()), prove(plan, 2)) == (before, proof)
    two = made(peers.organization, after(days=2))
    assert (two.size, says(peers)) == (one.size + 1, [])
    assert prove(plan, 2).check()[0].size == two.size


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_new_key_signs_with_the_old_one_beside_it_once(peers: World, data: Path) -> None:
    plan = peers.opened().row
    first = made(peers.organization)
    old = public_key_of(*log.verifier_keys(peers.organization))
    new = public_key_of(log.rotate(peers.organization))
    assert keys.public_keys(peers.organization) == [old, new]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (data / "keys").iterdir()} == {0o600}
    signed = []
    for day in (1, 2):
        peers.opened(now=after(days=day))
        signed.append(made(peers.organization, after(days=day)))
    by = [tuple(is_signed_by(one.text, key) for key in (old, new)) for one in (first, *signed)]
    assert by == [(True, False), (True, True), (False, True)]
    assert len(prove(plan).keys) == 2
    assert says(peers) == []


def test_of_an_old_key_the_public_half_is_enough(peers: World) -> None:
    peers.opened()
    made(peers.organization)
    old = keys.private_key(peers.organization).public_key()
    log.rotate(peers.organization)
    pem = old.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    keys.path_of(peers.organization).write_bytes(pem)
    peers.opened()
    two = made(peers.organization, after(days=1))
    assert [is_signed_by(two.text, key) for key in keys.public_keys(peers.organization)] == [False, True]
    assert says(peers) == []


def test_a_lost_key_is_not_replaced_in_silence(peers: World) -> None:
    peers.opened()
    one = made(peers.organization)
    keys.path_of(peers.organization).unlink()
    assert says(peers) == [
        "The log: The checkpoint of 1 entry is signed with a key that is not among the organization's."
    ]
    peers.opened()
    for _ in range(2):
        with pytest.raises(Unsound, match="is not in the data folder"):
            checkpoint(peers.organization, after(days=1))
    log.rotate(peers.organization)
    assert [key.hex() for key in keys.public_keys(peers.organization)] == [
        one.key,
        made(peers.organization, after(days=1)).key,
    ]
    assert says(peers) == []


def test_a_log_keeps_its_name_where_the_address_moves(peers: World, settings: Any) -> None:
    peers.opened()
    one = made(peers.organization)
    settings.BASE_URL = "https://plans.example.org"
    peers.opened()
    two = made(peers.organization, after(days=1))
    assert read(one.text).origin == read(two.text).origin
    assert says(peers) == []


# -- time stamps -------------------------------------------------------------------------------------------------------


@pytest.fixture
def authority() -> Iterator[tuple[str, list[str]]]:
    """The address of a time-stamping authority on this machine, and a list: what it shall do wrong."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, "A stamp")])
    certificate = (
        pyca.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    stamper = DummyTimeStamper(
        x509.Certificate.load(certificate.public_bytes(der)),
        asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        ),
        fixed_dt=MARCH_2,
    )
    wrong: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if "nonce" in wrong:
                asked["nonce"] = 7
            if "text" in wrong:
                asked["message_imprint"]["hashed_message"] = bytes(32)
            body = b"Busy" if "words" in wrong else stamper.request_tsa_response(asked).dump()
            if "refused" in wrong:
                body = tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
            self.send_response(500 if "error" in wrong else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsr", wrong
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_checkpoint_is_time_stamped_where_an_authority_is_set(
    peers: World, settings: Any, authority: tuple[str, list[str]]
) -> None:
    settings.TSA_URL = authority[0]
    plan = peers.opened().row
    one = made(peers.organization)
    assert one.time_stamp is not None
    assert prove(plan).to_json()["time_stamp"]
    assert says(peers) == []


@pytest.mark.parametrize("what", ["nonce", "text", "words", "refused", "error"])
def test_an_authority_that_fails_does_not_stop_a_checkpoint(
    peers: World,
    settings: Any,
    authority: tuple[str, list[str]],
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    settings.TSA_URL, wrong = authority
    wrong.append(what)
    peers.opened()
    assert made(peers.organization).time_stamp is None
    assert "not_time_stamped" in caplog.text
    wrong.clear()
    peers.opened()
    assert made(peers.organization, after(days=1)).time_stamp is not None


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_the_clock_makes_a_checkpoint_once_an_hour_where_there_are_new_entries(peers: World, others: World) -> None:
    assert clock.keep_logs(MARCH_2) == 0
    peers.opened()
    assert [clock.keep_logs(after(minutes=m)) for m in (0, 1, 61, 125)] == [1, 0, 0, 0]
    peers.opened()
    assert [clock.keep_logs(after(minutes=m)) for m in (30, 61, 62)] == [0, 1, 0]
    others.opened()
    peers.opened()
    assert clock.keep_logs(after(minutes=90)) == 1
    assert [made(w.organization, after(days=1)).size for w in (peers, others)] == [3, 1]


def test_looking_for_logs_that_wait_takes_one_query(peers: World, others: World) -> None:
    for w in (peers, others):
        w.opened()
        made(w.organization)
    with CaptureQueriesContext(connection) as captured:
        clock.keep_logs(after(days=1))
    assert len(captured) == 1


def test_a_log_that_cannot_be_signed_does_not_stop_the_others(
    peers: World, others: World, caplog: pytest.LogCaptureFixture
) -> None:
    for w in (peers, others):
        w.opened()
        made(w.organization)
        w.opened()
    keys.path_of(peers.organization).unlink()
    assert clock.keep_logs(after(days=1)) == 1
    assert "checkpoint_failed" in caplog.text


# -- the terminal ------------------------------------------------------------------------------------------------------


def at_the_terminal(capsys: pytest.CaptureFixture[str], *asked: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(asked)
    said = capsys.readouterr()
    return int(left.value.code or 0), (said.out + said.err).rstrip("\n")


def test_a_proof_goes_from_the_terminal_to_an_outsider(
    peers: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plan = peers.told(peers.opened().row).row
    status, text = at_the_terminal(capsys, "log", "checkpoint")
    assert (status, read(f"{text}\n").size) == (0, 5)
    status, key = at_the_terminal(capsys, "log", "keys")
    assert (status, key) == (0, log.verifier_keys(peers.organization)[0])
    status, proof = at_the_terminal(capsys, "log", "prove", plan.number, "--seq", "3")
    assert Proof.from_json(json.loads(proof)).entry.seq == 3
    file = tmp_path / "proof.json"
    assert at_the_terminal(capsys, "log", "prove", plan.number, "--out", str(file))[0] == 0
    status, said = at_the_terminal(capsys, "log", "check", str(file), "--key", key)
    assert (status, f"Entry 5 of the plan {plan.pk}" in said, key in said) == (0, True, True)
    assert "Compare this key" in at_the_terminal(capsys, "log", "check", str(file))[1]
    file.write_text(file.read_text(encoding="utf-8").replace('"actor": "p2"', '"actor": "p1"'), encoding="utf-8")
    assert at_the_terminal(capsys, "log", "check", str(file)) == (1, "The entry is not in the log of this checkpoint.")
    assert at_the_terminal(capsys, "verify")[1].endswith("holds: chain, payloads, index, files, log.")


def test_the_terminal_says_what_cannot_be_done(peers: World, others: World, capsys: pytest.CaptureFixture[str]) -> None:
    plan = peers.opened().row
    asked: dict[tuple[str, ...], str] = {
        ("prove", plan.pk): "There is no such checkpoint of Peers. Make one with `upturn log checkpoint`.",
        ("checkpoint", "--organization", "x"): "There is no organization x.",
        ("checkpoint", "--organization", "others"): "Peers has no entries yet.",
        ("rotate",): "There are 2 organizations: name one with --organization.",
    }
    assert {a: at_the_terminal(capsys, "log", *a)[1] for a in asked} == asked
    at_the_terminal(capsys, "log", "checkpoint", "--organization", "peers")
    keys.path_of(peers.organization).unlink()
    status, said = at_the_terminal(capsys, "log", "checkpoint")
    assert (status, "is not in the data folder" in said) == (1, True)
    status, said = at_the_terminal(capsys, "log", "rotate", "--organization", "peers")
    assert (status, said.splitlines()[1]) == (0, log.verifier_keys(peers.organization)[1])
    assert at_the_terminal(capsys, "log", "checkpoint")[0] == 0
