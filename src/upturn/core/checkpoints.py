"""A log's checkpoint as text that many hands can keep (C2SP tlog-checkpoint, signed-note), and its Ed25519 signatures.

    plans.example.org/peers              the origin: which log
    1042                                 its size, in leaves
    lO5W4...=                            its root, base64
    2026-06-30T14:05:00.000000Z          when it was made
                                         an empty line
    — plans.example.org/peers Az3g...    a signature of the lines above, with the key's hash before it

The formats are public, so that a checkpoint can be checked, and witnessed, by programs that are not ours.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"  # the kind of key, in the words of signed-note
HASH_BYTES = 4
ROOT_BYTES = KEY_BYTES = 32
DIGITS = 20  # more than any log has leaves
SIGNED = "— "  # begins a line with a signature


class NotCheckpoint(ValueError):
    """A text that is no checkpoint; the sentence says what is wrong with it."""


class Signer(Protocol):
    """Whoever holds a private Ed25519 key: a file, or later a device behind PKCS#11 that never gives it away."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""

    def sign(self, message: bytes, /) -> bytes:
        """The signature of a message, 64 bytes."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was at a moment. `lines` are further lines that are signed with it."""

    origin: str
    size: int
    root: bytes
    lines: tuple[str, ...] = ()

    def body(self) -> str:
        """The text that is signed; it ends with a newline."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, b64encode(self.root).decode(), *self.lines))


def key_hash(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key (signed-note)."""
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + public_key).digest()[:HASH_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key as programs for such logs take it: ``name+hash+key``."""
    return f"{name}+{key_hash(name, public_key).hex()}+{b64encode(ED25519 + public_key).decode()}"


def public_key_of(verifier: str) -> bytes:
    """The public key in a verifier key. Raises NotCheckpoint for another text."""
    match verifier.strip().split("+", 2):
        case [name, hashed, encoded]:
            kind, key = _decoded(encoded)[:1], _decoded(encoded)[1:]
            if kind == ED25519 and len(key) == KEY_BYTES and key_hash(name, key).hex() == hashed:
                return key
    raise NotCheckpoint(f"{verifier!r:.120} is no verifier key, such as name+hash+key.")


def signed(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The checkpoint's text with a signature of each."""
    body = checkpoint.body()
    lines = []
    for signer in signers:
        signature = key_hash(checkpoint.origin, signer.public_key) + signer.sign(body.encode())
        lines.append(f"{SIGNED}{checkpoint.origin} {b64encode(signature).decode()}\n")
    return f"{body}\n{''.join(lines)}"


def read(text: str) -> Checkpoint:
    """The checkpoint in a text, whoever signed it. Raises NotCheckpoint."""
    body, mark, _ = text.rpartition("\n\n")
    match body.split("\n"):
        case [origin, size, root, *lines] if mark and origin and size.isdecimal() and len(size) < DIGITS:
            found = Checkpoint(origin, int(size), _decoded(root), tuple(lines))
            if len(found.root) == ROOT_BYTES and found.body() == f"{body}\n":
                return found
    raise NotCheckpoint("The text is no checkpoint: an origin, a size, a root, an empty line, and signatures.")


def is_signed_by(text: str, public_key: bytes) -> bool:
    """Whether a checkpoint's text carries a good signature of this key, under the name of its own origin."""
    body, _, signatures = text.rpartition("\n\n")
    origin = body.partition("\n")[0]
    wanted = key_hash(origin, public_key)
    for name, signature in _signatures(signatures):
        if name == origin and signature[:HASH_BYTES] == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(public_key).verify(signature[HASH_BYTES:], f"{body}\n".encode())
            except (InvalidSignature, ValueError):
                continue
            return True
    return False


def _signatures(lines: str) -> Iterator[tuple[str, bytes]]:
    for line in lines.splitlines():
        name, _, encoded = line.removeprefix(SIGNED).partition(" ")
        if line.startswith(SIGNED):
            yield name, _decoded(encoded)


def _decoded(text: str) -> bytes:
    """Base64; nothing for what is not."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
