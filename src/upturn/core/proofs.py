"""The proof that an entry is in the log, as a file: whoever holds it checks it with nothing of ours but this text.

It carries the entry's header (never its words), the way from its leaf to the root, and the signed checkpoint with that
root. Since an entry names the one before it, a proof for the last entry of a plan binds every entry of the plan.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from upturn.core.checkpoints import Checkpoint, NotCheckpoint, is_signed_by, public_key_of, read, verifier_key
from upturn.core.ledger import Entry, NotCanonical
from upturn.core.merkle import includes

FORMAT = "upturn-log-proof-1"
HOW_TO_CHECK = (
    "leaf = SHA-256(0x00 || entry), the entry as canonical JSON (RFC 8785); from the leaf at `position` and the hashes"
    " of `path` follows the root of a log of `size` leaves (RFC 9162, section 2.1.3.2, nodes SHA-256(0x01 || left ||"
    " right)); `checkpoint` is a C2SP signed note with that size and root, signed (Ed25519) by one of `keys`. Compare"
    " the key with the one the organization publishes elsewhere. `time_stamp`, where there is one, is an RFC 3161 token"
    " over the SHA-256 of the checkpoint."
)


class BadProof(ValueError):
    """A file that proves nothing; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That `entry` stands at `position` in the log of `checkpoint`, a signed text; `keys` are verifier keys."""

    entry: Entry
    position: int
    path: tuple[bytes, ...]
    checkpoint: str
    keys: tuple[str, ...]
    time_stamp: bytes = b""

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "entry": asdict(self.entry),
            "leaf": self.entry.leaf(),
            "position": self.position,
            "size": read(self.checkpoint).size,
            "path": [hashed.hex() for hashed in self.path],
            "checkpoint": self.checkpoint,
            "keys": list(self.keys),
            "time_stamp": b64encode(self.time_stamp).decode() or None,
            "how_to_check": HOW_TO_CHECK,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The proof in a file, not checked yet; the time stamp is left to who knows its issuer. Raises BadProof."""
        if value.get("format") != FORMAT:
            raise BadProof(f"This is no proof of the format {FORMAT}.")
        try:
            return cls(
                entry=Entry(**value["entry"]),
                position=int(value["position"]),
                path=tuple(bytes.fromhex(hashed) for hashed in value["path"]),
                checkpoint=str(value["checkpoint"]),
                keys=tuple(map(str, value["keys"])),
                time_stamp=b64decode(value.get("time_stamp") or "", validate=True),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadProof("The proof lacks something, or holds something that does not belong there.") from None

    def check(self, trusted: Collection[str] = ()) -> tuple[Checkpoint, str]:
        """The checkpoint that holds the entry, and the verifier key that signed it. Raises BadProof.

        `trusted`: the keys one knows from elsewhere. Without them, the file's own are taken, which proves only that it
        agrees with itself.
        """
        try:
            found, leaf = read(self.checkpoint), bytes.fromhex(self.entry.leaf())
            keys = [public_key_of(key) for key in trusted or self.keys]
        except (NotCheckpoint, NotCanonical) as error:
            raise BadProof(str(error)) from None
        if not includes(found.root, found.size, leaf=leaf, position=self.position, path=self.path):
            raise BadProof("The entry is not in the log of this checkpoint.")
        key = next((key for key in keys if is_signed_by(self.checkpoint, key)), None)
        if key is None:
            whose = "the key you gave" if trusted else "any of its keys"
            raise BadProof(f"The checkpoint is not signed by {whose}.")
        return found, verifier_key(found.origin, key)
