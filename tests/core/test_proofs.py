"""Checkpoints as text, and proofs as files: what an outsider accepts, and everything they must not."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upturn.core.checkpoints import (
    Checkpoint,
    NotCheckpoint,
    is_signed_by,
    key_hash,
    public_key_of,
    read,
    signed,
    verifier_key,
)
from upturn.core.ledger import GENESIS, Entry, seal
from upturn.core.merkle import Tree
from upturn.core.proofs import BadProof, Proof

NAME = "plans.example.org/peers"


class Key:
    """A key made of one repeated byte, so that what it signs is the same each time."""

    def __init__(self, byte: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        return self._key.sign(message)


OURS, OLD, STRANGERS = Key(1), Key(2), Key(3)


def entries(n: int) -> list[Entry]:
    made: list[Entry] = []
    for seq in range(1, n + 1):
        entry, _ = seal(
            plan="abc",
            seq=seq,
            prev=made[-1].leaf() if made else GENESIS,
            type="Stated",
            at=datetime(2026, 3, 1, tzinfo=UTC),
            actor="p1",
            payload={"n": seq},
            salt=b"s" * 16,
        )
        made.append(entry)
    return made


ENTRIES = entries(7)
TREE = Tree(bytes.fromhex(entry.leaf()) for entry in ENTRIES)
CHECKPOINT = Checkpoint(NAME, 7, TREE.root(), ("2026-03-02T15:00:00.000000Z",))
TEXT = signed(CHECKPOINT, [OURS])


def proof() -> dict[str, Any]:
    made = Proof(
        entry=ENTRIES[4],
        position=4,
        path=tuple(TREE.inclusion(4)),
        checkpoint=TEXT,
        keys=(verifier_key(NAME, OURS.public_key),),
    )
    return copy.deepcopy(made.to_json())


# -- checkpoints -------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_the_text_that_the_format_says() -> None:
    """A golden text: what is in many hands must stay readable."""
    assert TEXT.splitlines() == [
        "plans.example.org/peers",
        "7",
        "bPj1hqrV/yPheZPHDqnKGsFw3iWniMWTN2/S+Fm2uQM=",
        "2026-03-02T15:00:00.000000Z",
        "",
        f"— {NAME} 5cxkbBqHUr3mrsg8e7fQ0zv3UytDiIAK9WdmjX7Qu5DFxRc1yE+IqTtyEC29US/R3Z3nTYtZvyw52J0nUSy7hLApfQU=",
    ]
    assert read(TEXT) == CHECKPOINT


def test_the_key_in_the_examples_of_the_format_reads_as_it_says() -> None:
    """From the documentation of golang.org/x/mod/sumdb/note, where the format began."""
    verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = public_key_of(verifier)
    assert (key_hash("PeterNeumann", key).hex(), verifier_key("PeterNeumann", key)) == ("c74f20a3", verifier)


def test_two_keys_sign_one_checkpoint() -> None:
    text = signed(CHECKPOINT, [OURS, OLD])
    assert [is_signed_by(text, key.public_key) for key in (OURS, OLD, STRANGERS)] == [True, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "\n\n",
        TEXT.replace("\n\n", "\n"),
        TEXT.replace("\n7\n", "\n07\n"),
        TEXT.replace("\n7\n", "\n-7\n"),
        TEXT.replace("\n7\n", "\n٧\n"),
        TEXT.replace("\n7\n", f"\n{'7' * 5000}\n"),
        TEXT.replace("=\n2026", "\n2026"),
        TEXT.removeprefix(NAME),
        "a\n1\nAAAA\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotCheckpoint, match="The text is no checkpoint"):
        read(text)


@pytest.mark.parametrize("text", ["", "x", "a+b", "a+b+c", f"a+00000000+{'A' * 44}", "a+b+c+d"])
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NotCheckpoint, match="no verifier key"):
        public_key_of(text)


CHANGED = {
    "the size": TEXT.replace("\n7\n", "\n8\n"),
    "the moment": TEXT.replace("2026-03-02", "2026-03-03"),
    "the log": TEXT.replace("peers", "others"),
    "the name at the signature": TEXT.replace("— plans", "— plants"),
    "a line more": TEXT.replace("\n\n", "\nmore\n\n"),
    "no signature": TEXT.partition("— ")[0],
    "half a signature": TEXT[:-20] + "\n",
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_changed_checkpoint_is_not_signed(what: str) -> None:
    assert not is_signed_by(CHANGED[what], OURS.public_key)


# -- proofs ------------------------------------------------------------------------------------------------------------


def test_a_proof_is_checked_with_nothing_but_the_file_and_a_key() -> None:
    ours = verifier_key(NAME, OURS.public_key)
    assert Proof.from_json(proof()).check() == (CHECKPOINT, ours)
    assert Proof.from_json(proof()).check([ours]) == (CHECKPOINT, ours)


def forged() -> dict[str, Any]:
    """A whole log of one's own, with a key of one's own, well made."""
    tree = Tree([bytes.fromhex(ENTRIES[4].leaf())])
    text = signed(Checkpoint(NAME, 1, tree.root()), [STRANGERS])
    keys = [verifier_key(NAME, STRANGERS.public_key)]
    return proof() | {"position": 0, "path": [], "size": 1, "checkpoint": text, "keys": keys}


def test_a_forged_log_agrees_with_itself_and_not_with_the_key_one_knows() -> None:
    made = Proof.from_json(forged())
    assert made.check()[0].size == 1
    with pytest.raises(BadProof, match="not signed by the key you gave"):
        made.check([verifier_key(NAME, OURS.public_key)])


NOT_IN, NOT_SIGNED, UNREADABLE = "is not in the log", "not signed by", "lacks something"
ATTACKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "who acted": (lambda p: p["entry"].update(actor="p2"), NOT_IN),
    "what was said": (lambda p: p["entry"].update(payload="0" * 64), NOT_IN),
    "when": (lambda p: p["entry"].update(at="2026-03-01T00:00:01.000000Z"), NOT_IN),
    "another number": (lambda p: p["entry"].update(seq=4), NOT_IN),
    "a number that is none": (lambda p: p["entry"].update(seq=float("nan")), "number must be finite"),
    "another place": (lambda p: p.update(position=5), NOT_IN),
    "a place before the first": (lambda p: p.update(position=-3), NOT_IN),
    "a hash": (lambda p: p["path"].__setitem__(0, "0" * 64), NOT_IN),
    "a hash less": (lambda p: p["path"].pop(), NOT_IN),
    "a hash more": (lambda p: p["path"].append("0" * 64), NOT_IN),
    "an older checkpoint": (lambda p: p.update(checkpoint=signed(Checkpoint(NAME, 4, TREE.root(4)), [OURS])), NOT_IN),
    "another root": (lambda p: p.update(checkpoint=TEXT.replace(TEXT.splitlines()[2], "A" * 43 + "=")), NOT_IN),
    "another moment": (lambda p: p.update(checkpoint=CHANGED["the moment"]), NOT_SIGNED),
    "no signature": (lambda p: p.update(checkpoint=CHANGED["no signature"]), NOT_SIGNED),
    "no key": (lambda p: p.update(keys=[]), NOT_SIGNED),
    "a stranger's key": (lambda p: p.update(keys=[verifier_key(NAME, STRANGERS.public_key)]), NOT_SIGNED),
    "a key that is none": (lambda p: p.update(keys=["x"]), "no verifier key"),
    "no checkpoint": (lambda p: p.update(checkpoint="x"), "no checkpoint"),
    "another format": (lambda p: p.update(format="upturn-log-proof-2"), "no proof of the format"),
    "no entry": (lambda p: p.pop("entry"), UNREADABLE),
    "an entry with more": (lambda p: p["entry"].update(note="x"), UNREADABLE),
    "a path of something else": (lambda p: p.update(path=[1, 2]), UNREADABLE),
    "a path in words": (lambda p: p.update(path="left"), UNREADABLE),
    "a place in words": (lambda p: p.update(position="first"), UNREADABLE),
    "a stamp that is none": (lambda p: p.update(time_stamp="?"), UNREADABLE),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_a_changed_proof_is_refused(what: str) -> None:
    value = proof()
    change, says = ATTACKS[what]
    change(value)
    with pytest.raises(BadProof, match=says):
        Proof.from_json(value).check()
