"""The evidence bundle: what an outsider checks with Python and openssl alone, what each attack on it meets, who gets
which words, and that asking for one is on record.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.documents import executed_copy
from tests.documents.test_sealing import noted, painted_over
from tests.documents.time_stamps import authority
from tests.machine import program
from tests.passkeys import KINDS, OTHERS, step_up
from tests.records.conftest import World, after
from tests.records.test_append_only import append
from upturn import cli
from upturn.core import checkpoints, merkle
from upturn.core.commands import Answer, Attach, ChangeParty, Comment, Disclose, Move, Sign, State
from upturn.core.digests import of_signature
from upturn.core.events import Erased, Signed
from upturn.core.ledger import GENESIS, Entry, canonical, commitment, stamp
from upturn.core.proofs import Proof
from upturn.core.refusals import Refused
from upturn.documents.verify_bundle import MANIFEST
from upturn.records import files, keys, log, seals
from upturn.records.access import Former, NotFound
from upturn.records.bundles import Given, NoBundle, give, made
from upturn.records.executed import seal_due
from upturn.records.models import Entry as Stored
from upturn.records.models import Payload, Person, Plan
from upturn.records.papers import signing_copy
from upturn.records.perform import reference, rehearse
from upturn.records.timeline import timeline

PASSKEY = ec.generate_private_key(ec.SECP256R1())
COUNSEL = {"reason": "A charge was filed", "to": "Counsel for the network"}


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """Keys and files of this test alone: numbers of organizations come again."""
    settings.DATA = tmp_path / "data"
    return tmp_path


# -- a plan that has everything ----------------------------------------------------------------------------------------


def lived(peers: World) -> Plan:
    """Told, with a file, signed by both on copies (by Mara with a passkey), sealed, and started."""
    plan = peers.opened().row
    peers.told(plan)
    program_ = peers.seen(plan, peers.mara).program
    given = {"name": "Notes – März.txt", "media_type": "text/plain"}
    stored = files.store(plan, program_, peers.mara, chunks=[b"What we", b" said"], now=after(hours=1), **given)
    peers.do(plan, peers.mara, Attach(sha256=stored.sha256, size=stored.size, **given))
    peers.signing(plan)
    for person, signature in ((peers.mara, "member_signs"), (peers.finn, "facilitator_signs")):
        seen = peers.seen(plan, person)
        copy = signing_copy(seen, seen.program.signature[signature])
        assert copy
        digest = of_signature(seen.program, seen.plan, signature)
        command = Sign(signature=signature, outcome="agreed", digest=digest, copy=copy.sha256, consent=True)
        if person == peers.mara:
            now = Plan.objects.get(pk=plan.pk).updated_at
            signed = next(e for e in rehearse(plan.pk, command, person, now) if isinstance(e, Signed))
            command = replace(command, step_up=step_up(plan.pk, signed, PASSKEY, at=stamp(now)))
        peers.do(plan, person, command)
    assert seal_due(after(hours=3)) == 1
    peers.do(plan, peers.finn, Move(move="start"), at=after(hours=4))
    return Plan.objects.get(pk=plan.pk)


def asked(peers: World, plan: Plan, audience: str = "office", by: Person | None = None, **more: str) -> Given:
    who = by or {"office": peers.ines, "lead": peers.finn, "subject": peers.mara}[audience]
    return give(plan.pk, Disclose(audience=audience, **{**COUNSEL, **more}), who, after(days=2))


@dataclass(frozen=True)
class Genuine:
    """A bundle of the office, the key that the organization publishes, and another file with its own seal."""

    zipped: bytes
    key: str
    also_sealed: bytes


_GENUINE: list[Genuine] = []


@pytest.fixture
def genuine(peers: World) -> Genuine:
    """Made once: the attacks need its bytes alone."""
    if not _GENUINE:
        given = asked(peers, lived(peers))
        seal = seals.path_of(peers.organization).read_bytes()
        key = log.verifier_keys(peers.organization)[0]
        _GENUINE.append(Genuine(given.content, key, executed_copy.seal(executed_copy.executed(), with_=seal)))
    return _GENUINE[0]


# -- an outsider -------------------------------------------------------------------------------------------------------


def unpacked(zipped: bytes, to: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(to)
    (root,) = to.iterdir()
    return root


def checked(root: Path, *options: str, by: Path | None = None) -> tuple[int, str]:
    """Status and words of the checker in the bundle, where nothing is but Python's own library and openssl."""
    openssl = program("openssl", package="openssl", untried="no bundle was checked")
    desk = root.parent.parent / "desk"
    desk.mkdir(exist_ok=True)
    if not (desk / "openssl").exists():
        (desk / "openssl").symlink_to(openssl)
    command = [sys.executable, "-I", "-S", "-W", "error", by or root / "data/verify.py", *options]
    done = subprocess.run(
        command, env={"PATH": str(desk), "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_good_bundle_holds_with_python_and_openssl_alone(genuine: Genuine, tmp_path: Path) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    status, says = checked(root, "--key", genuine.key)
    assert (status, says.splitlines()[-1]) == (0, "The bundle holds.")
    assert "NO " not in says
    der = der_of(genuine.key)
    assert checked(root, "--key", hashlib.sha256(der).hexdigest())[0] == 0
    status, says = checked(root)
    assert (status, "Compare it with the one published" in says) == (0, True)
    assert hashlib.sha256(der).hexdigest() in (root / "data/README.txt").read_text("utf-8")
    assert genuine.key in (root / "data/README.txt").read_text("utf-8")


def der_of(key: str) -> bytes:
    public = Ed25519PublicKey.from_public_bytes(checkpoints.public_key_of(key))
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_it_is_a_bag_and_says_what_it_holds_and_what_it_does_not_prove(genuine: Genuine, tmp_path: Path) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    assert (root / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = [p for p in (root / "data").rglob("*") if p.is_file()]
    oxum = f"{sum(p.stat().st_size for p in payload)}.{len(payload)}"
    assert f"Payload-Oxum: {oxum}\n" in (root / "bag-info.txt").read_text()
    names = {re.sub(r"\d{4}", "N", p.relative_to(root / "data").as_posix()) for p in payload}
    assert {"plan/N-executed.pdf", "plan/N-signing-copy.pdf", "plan/plan.json", "signatures/N-words.json"} <= names
    assert {"attachments/N.txt", "history/proof.json", "history/people.json", "keys/log.pem", "keys/seal.pem"} <= names
    index = (root / "data/index.txt").read_text("utf-8")
    for words in ("Mara Quill", "Executed copy sealed", "File: data/plan/", "Notes – März.txt", "A charge was filed"):
        assert words in index
    assert "What is NOT proven" in (root / "data/README.txt").read_text("utf-8")
    assert "902(13)" in (root / "data/certification.txt").read_text("utf-8")
    assert "29 CFR 1602.14" in (root / "data/retention.txt").read_text("utf-8")
    proof = json.loads((root / "data/history/proof.json").read_bytes())
    assert Proof.from_json(proof).check([genuine.key])


# -- attacks -----------------------------------------------------------------------------------------------------------


class Attacker:
    """Somebody with the unpacked bundle and every tool but the organization's keys."""

    def __init__(self, root: Path, genuine: Genuine) -> None:
        self.root, self.genuine = root, genuine

    def path(self, name: str) -> Path:
        (found,) = (self.root / "data").glob(name)
        return found

    def change(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text("utf-8")
        assert old in text
        self.path(name).write_text(text.replace(old, new, 1), "utf-8")

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path("history/events.jsonl").read_bytes().splitlines()]

    @entries.setter
    def entries(self, entries: list[dict[str, Any]]) -> None:
        self.path("history/events.jsonl").write_bytes(b"".join(canonical(one) + b"\n" for one in entries))

    @property
    def payloads(self) -> dict[int, dict[str, Any]]:
        lines = map(json.loads, self.path("history/payloads.jsonl").read_bytes().splitlines())
        return {one["seq"]: one for one in lines}

    @payloads.setter
    def payloads(self, payloads: dict[int, dict[str, Any]]) -> None:
        lines = (canonical(payloads[seq]) + b"\n" for seq in sorted(payloads))
        self.path("history/payloads.jsonl").write_bytes(b"".join(lines))

    def number(self, kind: str) -> int:
        return next(e["seq"] for e in self.entries if e["type"] == kind)

    def say(self, seq: int, **changed: Any) -> None:
        payloads = self.payloads
        payloads[seq]["payload"] |= changed
        self.payloads = payloads

    def relink(self) -> None:
        """Make the chain and the commitments anew, as whoever owns the database could."""
        before, entries, payloads = GENESIS, self.entries, self.payloads
        for one in entries:
            if kept := payloads.get(one["seq"]):
                one["payload"] = commitment(canonical(kept["payload"]), bytes.fromhex(kept["salt"]))
            one["prev"] = before
            before = Entry(**one).leaf()
        self.entries = entries

    def json(self, name: str, change: Callable[[Any], Any]) -> None:
        value = json.loads(self.path(name).read_bytes())
        changed = change(value)
        self.path(name).write_text(json.dumps(value if changed is None else changed), "utf-8")

    def forge_the_log(self, key: Ed25519PrivateKey) -> None:
        """A log of this one record, a checkpoint of it and a proof, all with a key of one's own."""
        signer = Own(key)
        self.path("keys/log.pem").write_bytes(
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        leaves = [bytes.fromhex(Entry(**one).leaf()) for one in self.entries]
        tree = merkle.Tree(leaves)
        origin = checkpoints.read(self.path("history/checkpoint.txt").read_text("utf-8")).origin
        state = checkpoints.Checkpoint(origin, tree.size, tree.root(), (stamp(after(days=2)),))
        text = checkpoints.signed(state, [signer])
        self.path("history/checkpoint.txt").write_text(text, "utf-8")
        last = Entry(**self.entries[-1])
        path = tuple(tree.inclusion(tree.size - 1))
        keys_ = (checkpoints.verifier_key(origin, signer.public_key),)
        proof = Proof(entry=last, position=tree.size - 1, path=path, checkpoint=text, keys=keys_)
        self.path("history/proof.json").write_text(json.dumps(proof.to_json()), "utf-8")
        self.json("plan/plan.json", lambda plan: plan | {"head": last.leaf()})

    def pack(self, key: Ed25519PrivateKey | None = None) -> None:
        """Make the manifests anew, and sign them where there is a key."""
        every = {p.relative_to(self.root).as_posix(): p for p in self.root.rglob("*") if p.is_file()}
        payload = {name: p for name, p in every.items() if name.startswith("data/")}
        self._manifest("manifest-sha256.txt", payload)
        if key:
            signed = key.sign(MANIFEST + (self.root / "manifest-sha256.txt").read_bytes())
            (self.root / "manifest-sha256.sig").write_bytes(signed)
        tags = {name: p for name, p in every.items() if name not in payload and name != "tagmanifest-sha256.txt"}
        self._manifest("tagmanifest-sha256.txt", tags)

    def _manifest(self, name: str, listed: dict[str, Path]) -> None:
        lines = (f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {n}\n" for n, p in sorted(listed.items()))
        (self.root / name).write_text("".join(lines))


@dataclass(frozen=True)
class Own:
    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        return self.key.sign(message)


Attack = Callable[[Attacker], object]
ATTACKS: dict[str, tuple[str, Attack]] = {}


def attack(says: str) -> Callable[[Attack], Attack]:
    """An attack, and what the checker says to it beside that the manifest is not signed."""

    def add(work: Attack) -> Attack:
        ATTACKS[work.__name__] = (says, work)
        return work

    return add


@attack(r"What entry \d+ says is not what was recorded")
def text_changed(a: Attacker) -> None:
    seq = a.number("Answered")
    said = a.payloads[seq]["payload"]
    a.say(seq, answers=dict.fromkeys(said["answers"], "Something else"))


@attack(r"What entry 2 says is not what was recorded")
def salt_changed(a: Attacker) -> None:
    payloads = a.payloads
    payloads[2]["salt"] = "0" * 32
    a.payloads = payloads


@attack(r"Entry 3 does not follow the one before it")
def actor_changed(a: Attacker) -> None:
    a.entries = [one | {"actor": "p1"} if one["seq"] == 2 else one for one in a.entries]


@attack(r"Entry 3 does not follow the one before it")
def moment_changed(a: Attacker) -> None:
    a.entries = [one | {"at": a.entries[0]["at"]} if one["seq"] == 2 else one for one in a.entries]


@attack(r"The record is not in the log")
def last_actor_changed(a: Attacker) -> None:
    *rest, last = a.entries
    a.entries = [*rest, last | {"actor": "p1"}]
    a.json("history/proof.json", lambda proof: proof | {"entry": last | {"actor": "p1"}})


@attack(r"Entry 3 is missing: entry 4 stands in its place")
def entry_dropped(a: Attacker) -> None:
    a.entries = [one for one in a.entries if one["seq"] != 3]
    a.payloads = {seq: one for seq, one in a.payloads.items() if seq != 3}


@attack(r"The record is not in the log")
def entry_dropped_and_the_rest_renumbered(a: Attacker) -> None:
    renumbered = [one | {"seq": one["seq"] - (one["seq"] > 3)} for one in a.entries if one["seq"] != 3]
    payloads = {n - (n > 3): one | {"seq": n - (n > 3)} for n, one in a.payloads.items() if n != 3}
    a.entries, a.payloads = renumbered, payloads
    a.relink()
    a.json("history/proof.json", lambda proof: proof | {"entry": a.entries[-1]})


@attack(r"the record was cut or exchanged")
def last_entry_cut(a: Attacker) -> None:
    *rest, last = a.entries
    a.entries, a.payloads = rest, {seq: one for seq, one in a.payloads.items() if seq != last["seq"]}


@attack(r"The record is not in the log")
def last_entry_cut_with_the_proof(a: Attacker) -> None:
    last_entry_cut(a)
    a.json("history/proof.json", lambda proof: proof | {"entry": a.entries[-1], "position": proof["position"] - 1})


@attack(r"Entry 2 is missing: entry 3 stands in its place")
def entries_swapped(a: Attacker) -> None:
    one, two, three, *rest = a.entries
    a.entries = [one, three, two, *rest]


@attack(r"Entry \d+ does not follow the one before it")
def entry_put_in(a: Attacker) -> None:
    *rest, last = a.entries
    more = last | {"type": "Stated"}
    a.entries = [*rest, more, last | {"seq": last["seq"] + 1}]


@attack(r"The record is not in the log")
def history_rewritten_consistently(a: Attacker) -> None:
    a.say(a.number("Moved"), reasons="We never talked")
    a.relink()
    a.json("history/proof.json", lambda proof: proof | {"entry": a.entries[-1]})


@attack(r"The checkpoint of the log is not signed with keys/log.pem")
def history_rewritten_with_a_log_of_ones_own(a: Attacker) -> None:
    history_rewritten_consistently(a)
    genuine = a.path("keys/log.pem").read_bytes()
    a.forge_the_log(Ed25519PrivateKey.generate())
    a.path("keys/log.pem").write_bytes(genuine)


@attack(r"The checkpoint of the log is not signed with keys/log.pem")
def strangers_key(a: Attacker) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    a.path("keys/log.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@attack(r"It cannot be checked whether this holds: “The state of the log is signed")
def no_key(a: Attacker) -> None:
    a.path("keys/log.pem").write_bytes(a.path("keys/seal.pem").read_bytes())


@attack(r"The record is not in the log")
def way_to_the_root_changed(a: Attacker) -> None:
    a.json("history/proof.json", lambda proof: proof | {"path": proof["path"][:-1]})


@attack(r"The signature of entry \d+ is not the one on record")
def statement_changed(a: Attacker) -> None:
    a.json("signatures/signatures.json", lambda found: found[0]["signed"].update(meaning="I agree to leave."))


@attack(r"What entry \d+ says is not what was recorded")
def statement_changed_in_the_record(a: Attacker) -> None:
    a.say(a.number("Signed"), meaning="I agree to leave.")
    a.json("signatures/signatures.json", lambda found: found[0]["signed"].update(meaning="I agree to leave."))


@attack(r"-words.json is not the file that the record names")
def signed_words_changed(a: Attacker) -> None:
    name = f"signatures/{a.number('Signed'):04d}-words.json"
    a.json(name, lambda words: words["sections"]["situation"].update(led_to="Nothing at all."))


@attack(r"The signature of entry \d+ was left out")
def signature_left_out(a: Attacker) -> None:
    a.json("signatures/signatures.json", lambda found: found[1:])


@attack(r"No entry names the file signatures/")
def signature_hidden_as_withheld(a: Attacker) -> None:
    seq = a.number("Signed")
    a.payloads = {n: one for n, one in a.payloads.items() if n != seq}
    a.json("signatures/signatures.json", lambda found: [one for one in found if one["entry"] != seq])
    a.json("history/withheld.json", lambda told: told["entries"].append({"entry": seq, "why": "not addressed"}))


@attack(r"is said to be erased, but no entry of the record erased it")
def words_said_to_be_erased(a: Attacker) -> None:
    a.payloads = {n: one for n, one in a.payloads.items() if n != 2}
    a.json("history/withheld.json", lambda told: told["entries"].append({"entry": 2, "why": "erased: by rule"}))


@attack(r"What entry 2 says is missing, and nothing says why")
def words_left_out(a: Attacker) -> None:
    a.payloads = {n: one for n, one in a.payloads.items() if n != 2}


def executed(a: Attacker) -> Path:
    return a.path("plan/*-executed.pdf")


@attack(r"The seal of .* does not fit the file")
def bit_of_the_sealed_words(a: Attacker) -> None:
    pdf = bytearray(executed(a).read_bytes())
    pdf[pdf.index(b"/Title") + 9] ^= 1
    executed(a).write_bytes(pdf)


@attack(r"The seal of .* does not fit the file")
def bit_of_the_seal(a: Attacker) -> None:
    pdf = bytearray(executed(a).read_bytes())
    at = pdf.index(b"/Contents <") + 400 if b"/Contents <" in pdf else pdf.index(b"/Contents<") + 400
    pdf[at : at + 1] = b"0" if pdf[at : at + 1] != b"0" else b"1"
    executed(a).write_bytes(pdf)


@attack(r"The seal of .* does not cover the whole file")
def bytes_appended(a: Attacker) -> None:
    executed(a).write_bytes(executed(a).read_bytes() + b"\n% and one more thing\n")


@attack(r"The seal of .* does not cover the whole file")
def executed_copy_painted_over(a: Attacker) -> None:
    executed(a).write_bytes(painted_over(executed(a).read_bytes()))


@attack(r"The seal of .* does not cover the whole file")
def note_put_on_the_executed_copy(a: Attacker) -> None:
    executed(a).write_bytes(noted(executed(a).read_bytes()))


@attack(r"-executed.pdf is not the file that the record names")
def another_file_with_a_genuine_seal(a: Attacker) -> None:
    executed(a).write_bytes(a.genuine.also_sealed)


@attack(r"The seal of .* is not the one on record: somebody else sealed it")
def another_file_with_the_seal_of_a_stranger(a: Attacker) -> None:
    executed(a).write_bytes(executed_copy.sealed())


@attack(r"-signing-copy.pdf is not the file that the record names")
def signing_copies_exchanged(a: Attacker) -> None:
    one, two = sorted((a.root / "data/plan").glob("*-signing-copy.pdf"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


@attack(r"The copy shown to whoever signed in entry \d+ does not hold the words")
def copy_shown_exchanged_for_the_executed_one(a: Attacker) -> None:
    min((a.root / "data/plan").glob("*-signing-copy.pdf")).write_bytes(executed(a).read_bytes())


@attack(r"attachments/\d+.txt is not the file that the record names")
def attachment_changed(a: Attacker) -> None:
    a.path("attachments/*").write_bytes(b"What nobody said")


@attack(r"attachments/\d+.txt, which the record names, is not in the bundle")
def attachment_left_out(a: Attacker) -> None:
    a.path("attachments/*").unlink()


@attack(r"No entry names the file attachments/9999.pdf")
def file_put_in(a: Attacker) -> None:
    (a.root / "data/attachments/9999.pdf").write_bytes(b"%PDF-1.7")


@attack(r"plan.json says something else in the section situation")
def plan_changed(a: Attacker) -> None:
    a.json("plan/plan.json", lambda plan: plan["sections"]["situation"]["answers"].update(led_to="Nothing."))


@attack(r"The time stamp is not the one of the checkpoint")
def time_stamp_put_in(a: Attacker) -> None:
    (a.root / "data/history/checkpoint.tst").write_bytes(b"\x30\x03\x02\x01\x01")


@attack(r"The manifest is not signed")
def names_exchanged(a: Attacker) -> None:
    a.json("history/people.json", lambda people: people | {"p1": people["p2"], "p2": people["p1"]})


@attack(r"The manifest is not signed")
def index_changed(a: Attacker) -> None:
    a.change("index.txt", "Mara Quill", "Otto Brand")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_rejected_although_the_manifest_was_made_anew(genuine: Genuine, tmp_path: Path, name: str) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    says, work = ATTACKS[name]
    work(attacker := Attacker(root, genuine))
    attacker.pack()
    status, said = checked(root)
    refused = [line.removeprefix("NO    ") for line in said.splitlines() if line.startswith("NO ")]
    assert status == 1
    assert [line for line in refused if re.search(says, line)], said
    assert said.splitlines()[-1].startswith("The bundle does NOT hold")


def test_a_bundle_forged_as_a_whole_is_known_by_its_key_alone(genuine: Genuine, tmp_path: Path) -> None:
    """Whoever makes the whole record, log and key anew agrees with themselves; the published key tells."""
    root, key = unpacked(genuine.zipped, tmp_path / "bag"), Ed25519PrivateKey.generate()
    forger = Attacker(root, genuine)
    forger.say(forger.number("Moved"), reasons="We never talked")
    forger.relink()
    forger.forge_the_log(key)
    forger.pack(key)
    assert checked(root)[0] == 0
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert checked(root, "--key", hashlib.sha256(der).hexdigest())[0] == 0
    for published in (genuine.key, hashlib.sha256(der_of(genuine.key)).hexdigest()):
        status, says = checked(root, "--key", published)
        assert (status, "signed with another key than the one you gave" in says) == (1, True)


REWRITTEN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "the statement": lambda said: {"statement": "I agree to everything."},
    "the outcome": lambda said: {"outcome": "acknowledged"},
    "the meaning": lambda said: {"meaning": "I resign."},
    "the signer": lambda said: {"signer": "p2"},
    "the consent": lambda said: {"consent": ""},
    "the time": lambda said: {"step_up": said["step_up"] | {"at": "2026-01-01T00:00:00.000000Z"}},
    "the key": lambda said: {"step_up": said["step_up"] | {"key": public_of(KINDS["ES256"]())}},
    "the kind of key": lambda said: {"step_up": said["step_up"] | {"key": public_of(OTHERS["EdDSA"]())}},
    "the day": lambda said: {"on": "2026-01-01"},
    "that it was on paper": lambda said: {"paper": "a1"},
    "a witness": lambda said: {"witnesses": ["Wanda"]},
    "a reason": lambda said: {"reason": "Under pressure"},
    "what it covers": lambda said: {"sections": []},
    "the level": lambda said: {"step_up": said["step_up"] | {"level": "Passkey"}},
    "no level": lambda said: {"step_up": {"level": "", "at": said["step_up"]["at"]}},
    "nothing": lambda said: {"step_up": {}},
    "no signature": lambda said: {"step_up": said["step_up"] | {"signature": ""}},
    "who was there": lambda said: {"step_up": said["step_up"] | {"authenticator_data": said["step_up"]["key"]}},
}


WHY_NOT = (
    r"The passkey of entry \d+ signed something else|each passkey signed what is on record”|in a way that nobody knows|"
    r"confirmed at another time"
)


def public_of(key: Any) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize("name", REWRITTEN)
def test_not_even_who_has_every_key_of_the_organization_changes_what_a_passkey_signed(
    genuine: Genuine, tmp_path: Path, name: str
) -> None:
    root, key = unpacked(genuine.zipped, tmp_path / "bag"), Ed25519PrivateKey.generate()
    forger = Attacker(root, genuine)
    seq = next(seq for seq, one in forger.payloads.items() if "step_up" in one["payload"])
    forger.say(seq, **REWRITTEN[name](forger.payloads[seq]["payload"]))
    said = forger.payloads[seq]["payload"]
    forger.json(
        "signatures/signatures.json",
        lambda told: [one | {"signed": said} if one["entry"] == seq else one for one in told],
    )
    forger.relink()
    forger.forge_the_log(key)
    forger.pack(key)
    status, says = checked(root)
    refused = [line for line in says.splitlines() if line.startswith("NO ")]
    assert status == 1
    assert len(refused) == 1, refused
    assert re.search(WHY_NOT, refused[0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_checker_knows_each_kind_of_passkey(peers: World, tmp_path: Path, kind: str) -> None:
    plan = peers.opened().row
    peers.told(plan)
    peers.signing(plan)
    seen = peers.seen(plan, peers.mara)
    digest = of_signature(seen.program, seen.plan, "member_signs")
    command = Sign(signature="member_signs", outcome="agreed", digest=digest, statement="“Ünd” mehr")
    now = Plan.objects.get(pk=plan.pk).updated_at
    signed = next(e for e in rehearse(plan.pk, command, peers.mara, now) if isinstance(e, Signed))
    peers.do(plan, peers.mara, replace(command, step_up=step_up(plan.pk, signed, KINDS[kind](), at=stamp(now))))
    root = unpacked(asked(peers, plan).content, tmp_path / "bag")
    status, says = checked(root)
    assert status == 0, says
    assert re.search(
        r"signed with a passkey of plans.example at 2026-.*since 2026-01-05, is the organization's word", says
    )


def test_a_file_changed_or_added_without_the_manifest_is_seen(genuine: Genuine, tmp_path: Path) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    (root / "data/more.txt").write_text("x")
    (root / "data/README.txt").write_text("Trust me.")
    (root / "bag-info.txt").unlink()
    status, says = checked(root)
    assert status == 1
    assert "The file data/more.txt does not belong to the bundle." in says
    assert "The file data/README.txt is not the one in the manifest." in says
    assert "The file bag-info.txt is missing." in says


def test_a_bundle_cannot_write_over_what_the_checker_says(genuine: Genuine, tmp_path: Path) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    (root / "data/\x1b[2J\nThe bundle holds.\u202e").write_text("x")
    status, says = checked(root)
    assert status == 1
    assert "\x1b" not in says
    assert "\u202e" not in says
    assert [line for line in says.splitlines() if line.startswith("The bundle")] == [
        "The bundle does NOT hold: 1 found."
    ]


def test_a_checker_from_elsewhere_checks_a_bundle_whose_own_was_exchanged(genuine: Genuine, tmp_path: Path) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    own = tmp_path / "verify.py"
    shutil.copy(root / "data/verify.py", own)
    (root / "data/verify.py").write_text("print('The bundle holds.')\n")
    text_changed(attacker := Attacker(root, genuine))
    attacker.pack()
    assert checked(root)[0] == 0
    assert checked(root, str(root), by=own)[0] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("history/events.jsonl", b""),
        ("history/events.jsonl", b"[]\n"),
        ("history/payloads.jsonl", b'{"payload":3}\n'),
        ("history/checkpoint.txt", b"\xff"),
        ("history/proof.json", b"[" * 100_000),
        ("history/withheld.json", b"3"),
        ("signatures/signatures.json", b'{"a":1}'),
        ("plan/plan.json", b'"x"'),
    ],
)
def test_whatever_is_in_it_the_checker_ends_with_a_sentence(
    genuine: Genuine, tmp_path: Path, name: str, content: bytes
) -> None:
    root = unpacked(genuine.zipped, tmp_path / "bag")
    (root / "data" / name).write_bytes(content)
    status, says = checked(root)
    assert (status, "Traceback" in says, "NO " in says) == (1, False, True)


def test_a_time_stamp_is_checked_by_the_certificates_of_whoever_gave_it(
    peers: World, settings: Any, tmp_path: Path
) -> None:
    desk = tmp_path / "tsa"
    desk.mkdir()
    with authority(desk, executed_copy.clock_pems()) as url:
        settings.TSA_URL = url
        peers.told(peers.opened().row)
        given = asked(peers, Plan.objects.get())
    root = unpacked(given.content, tmp_path / "bag")
    roots, stranger = desk / "certificate.pem", root / "data/keys/seal.pem"
    assert "There is a time stamp" in checked(root)[1]
    assert checked(root, "--time-stamps", str(roots))[0] == 0
    status, says = checked(root, "--time-stamps", str(stranger))
    assert (status, "The time stamp is not of this checkpoint" in says) == (1, True)
    text = root / "data/history/checkpoint.txt"
    text.write_text(text.read_text("utf-8") + "\n", "utf-8")
    assert "The time stamp is not of this checkpoint." in checked(root)[1]


# -- erasing, and reading ----------------------------------------------------------------------------------------------


def every_byte(zipped: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("audience", ["office", "subject"])
def test_a_bundle_made_after_a_lawful_erasure_holds_and_has_none_of_the_words(
    peers: World, tmp_path: Path, audience: str
) -> None:
    plan = peers.told(peers.opened().row).row
    peers.do(plan, peers.mara, State(text="QUICKSILVER, as I said"))
    seq = Stored.objects.get(plan=plan, type="Stated").seq
    assert b"QUICKSILVER" in every_byte(asked(peers, plan, audience).content)
    append(plan, Erased(first=seq, last=seq, rule="three years after the end"))
    Payload.objects.filter(entry__plan=plan, entry__seq=seq).delete()
    given = give(
        plan.pk,
        Disclose(audience=audience, **COUNSEL),
        peers.ines if audience == "office" else peers.mara,
        after(days=3),
    )
    root = unpacked(given.content, tmp_path / "bag")
    status, says = checked(root, "--key", log.verifier_keys(peers.organization)[0])
    assert (status, "NO " in says) == (0, False), says
    assert b"QUICKSILVER" not in every_byte(given.content)
    assert "erased: three years after the end" in (root / "data/history/withheld.json").read_text("utf-8")


NARROW = {
    # words: who reads them
    "ONYX in the notes of the office": {"office", "lead"},
    "TOPAZ among the office": {"office"},
    "JADE between the two": {"lead", "subject"},
    "OPAL for everybody": {"office", "lead", "subject"},
}


def told_apart(peers: World) -> Plan:
    """A plan with look-alike words, some of them withheld."""
    onyx, topaz, jade, opal = NARROW
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="notes", answers={"note": onyx}), Move(move="tell"))
    peers.do(plan, peers.mara, Answer(section="goals", answers={"aim": opal}))
    peers.do(plan, peers.ines, Comment(section="goals", text=topaz, audience=["office"]))
    peers.do(plan, peers.mara, Comment(section="goals", text=jade, audience=["coach"]))
    given = {"name": "notes.txt", "media_type": "text/plain"}
    program_ = peers.seen(plan, peers.finn).program
    stored = files.store(plan, program_, peers.finn, chunks=[onyx.encode()], now=after(hours=1), **given)
    peers.do(plan, peers.finn, Attach(sha256=stored.sha256, size=stored.size, about="notes", **given))
    return plan


@pytest.mark.parametrize("audience", ["office", "lead", "subject"])
def test_an_audience_gets_the_words_it_reads_and_no_others_and_the_chain_still_holds(
    peers: World, others: World, tmp_path: Path, audience: str
) -> None:
    told_apart(others)
    plan = told_apart(peers)
    given = asked(peers, plan, audience)
    content = every_byte(given.content)
    assert {words: words.encode() in content for words in NARROW} == {w: audience in who for w, who in NARROW.items()}
    root = unpacked(given.content, tmp_path / "bag")
    status, says = checked(root, "--key", log.verifier_keys(peers.organization)[0])
    assert (status, "NO " in says) == (0, False), says
    withheld = json.loads((root / "data/history/withheld.json").read_bytes())["entries"]
    lines = (root / "data/history/events.jsonl").read_bytes().splitlines()
    payloads = (root / "data/history/payloads.jsonl").read_bytes().splitlines()
    assert len(lines) == len(withheld) + len(payloads) == Plan.objects.get(pk=plan.pk).seq
    assert all(one["why"].startswith("not addressed to the ") for one in withheld)
    assert len(withheld) > 0
    assert Plan.objects.get(organization=others.organization).pk.encode() not in content


def test_whoever_has_two_roles_gets_the_words_of_the_one_they_ask_as(peers: World) -> None:
    plan = told_apart(peers)
    peers.finn.roles = ["office"]
    peers.finn.save()
    assert b"TOPAZ" not in every_byte(asked(peers, plan, "lead").content)
    assert b"JADE" not in every_byte(asked(peers, plan, "office", peers.finn).content)


def test_somebody_who_only_wrote_what_is_withheld_is_not_named(peers: World) -> None:
    peers.vera.roles = ["office"]
    peers.vera.save()
    plan = told_apart(peers)
    peers.do(plan, peers.vera, Comment(section="goals", text="x", audience=["office"]))
    assert b"Vera Sand" not in every_byte(asked(peers, plan, "subject").content)
    assert b"Vera Sand" in every_byte(asked(peers, plan, "office").content)


def test_the_same_plan_at_the_same_moment_is_the_same_file(peers: World) -> None:
    plan = lived(peers)
    given = asked(peers, plan)
    assert made(plan.pk, "office", peers.ines, after(days=2)) == given
    assert given.name == f"{plan.number}-evidence.zip"


# -- asking ------------------------------------------------------------------------------------------------------------


def test_who_may_ask_for_which(peers: World, others: World, theo: Person) -> None:
    plan = peers.told(peers.opened().row).row
    may = {("office", "ines"), ("lead", "finn"), ("subject", "mara")}
    for audience in ("office", "lead", "subject"):
        for name in ("ines", "finn", "mara"):
            if (audience, name) in may:
                continue
            with pytest.raises(Refused, match="to ask for"):
                asked(peers, plan, audience, getattr(peers, name))
        for stranger in (peers.otto, peers.ada, peers.vera, theo, others.ines):
            with pytest.raises(NotFound):
                asked(peers, plan, audience, stranger)
    assert not Stored.objects.filter(type="Disclosed").exists()


def test_a_helper_and_a_former_party_get_none(peers: World) -> None:
    helped = peers.tried(mentor=[peers.otto]).row
    peers.do(helped, peers.finn, Move(move="tell"))
    with pytest.raises(Refused):
        asked(peers, helped, "subject", peers.otto)
    plan = peers.told(peers.opened().row).row
    given = {"role": "facilitator", "change": "joined", "instead_of": "p2", "reason": "On leave"}
    peers.do(plan, peers.ines, ChangeParty(code=reference(peers.otto), **given))
    with pytest.raises(Former):
        asked(peers, plan, "lead", peers.finn)
    with pytest.raises(Former):
        made(plan.pk, "lead", peers.finn, after(days=2))
    assert asked(peers, plan, "lead", peers.otto)


def test_it_is_made_for_nobody_who_did_not_ask(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    with pytest.raises(NotFound):
        made(plan.pk, "office", peers.ines, after(days=2))
    asked(peers, plan, "lead")
    with pytest.raises(NotFound):
        made(plan.pk, "office", peers.ines, after(days=2))


@pytest.mark.parametrize(("words", "says"), [({"reason": " "}, "The reason"), ({"to": ""}, "To whom it is given")])
def test_a_reason_is_needed_and_to_whom_it_goes(peers: World, words: dict[str, str], says: str) -> None:
    plan = peers.told(peers.opened().row).row
    with pytest.raises(Refused, match=says):
        asked(peers, plan, **words)


def test_the_person_it_is_about_keeps_it_and_says_why_in_a_word(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    assert asked(peers, plan, "subject", reason="Mine", to="")


def test_the_person_it_is_about_reads_that_one_was_asked_for(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    asked(peers, plan)
    newest = timeline(peers.seen(plan, peers.mara))[0]
    assert (newest.kind, newest.actor, newest.words) == ("Disclosed", "Ines Roth", "A charge was filed")
    assert "Counsel for the network" in newest.line


def test_before_the_telling_it_is_read_from_the_telling_on(peers: World) -> None:
    plan = peers.opened().row
    asked(peers, plan)
    with pytest.raises(NotFound):
        peers.seen(plan, peers.mara)
    peers.told(plan, at=after(days=3))
    assert [item.kind for item in timeline(peers.seen(plan, peers.mara))].count("Disclosed") == 1


def test_it_is_asked_for_years_after_the_end(peers: World, tmp_path: Path) -> None:
    plan = peers.told(peers.opened().row).row
    peers.do(plan, peers.finn, Move(move="withdraw", answers={"why": "The group dissolved"}))
    given = give(plan.pk, Disclose(audience="office", **COUNSEL), peers.ines, after(days=730))
    assert checked(unpacked(given.content, tmp_path / "bag"))[0] == 0


def test_without_the_key_of_the_log_there_is_no_bundle_and_a_sentence(peers: World) -> None:
    plan = peers.told(peers.opened().row).row
    asked(peers, plan)
    for path in keys.path_of(peers.organization).parent.iterdir():
        path.unlink()
    with pytest.raises(NoBundle, match="not in the data folder"):
        asked(peers, plan)


def test_a_file_that_is_lost_is_said_to_be_lost(peers: World, tmp_path: Path) -> None:
    plan = lived(peers)
    files.path_of(plan.attachments.get()).unlink()
    root = unpacked(asked(peers, plan).content, tmp_path / "bag")
    status, says = checked(root)
    assert (status, "is not in the bundle: its bytes are not kept any more" in says) == (0, True)


# -- the terminal ------------------------------------------------------------------------------------------------------


def at_the_terminal(plan: Plan, out: Path, person: str, **given: str) -> int:
    options = {"audience": "office", "as": person, "out": str(out), **COUNSEL, **given}
    with pytest.raises(SystemExit) as left:
        cli.main(["bundle", plan.number, *(word for name, value in options.items() for word in (f"--{name}", value))])
    return int(left.value.code or 0)


def test_the_terminal_asks_and_writes_the_file(
    peers: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out = peers.told(peers.opened().row).row, tmp_path / "evidence.zip"
    assert at_the_terminal(plan, out, "Ines Roth") == 0
    assert "is on record" in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert checked(unpacked(out.read_bytes(), tmp_path / "bag"))[0] == 0
    assert Stored.objects.filter(type="Disclosed").count() == 1


def test_the_terminal_leaves_no_file_and_no_entry_where_it_is_refused(
    peers: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, out = peers.told(peers.opened().row).row, tmp_path / "evidence.zip"
    for person, given in (("Otto Brand", {}), ("Mara Quill", {}), ("Ines Roth", {"reason": ""})):
        assert at_the_terminal(plan, out, person, **given) == 1
        assert not out.exists()
    out.write_text("mine")
    assert at_the_terminal(plan, out, "Ines Roth") == 1
    assert "nothing was asked for" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert not Stored.objects.filter(type="Disclosed").exists()
