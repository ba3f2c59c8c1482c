"""The keys with which an organization signs what leaves the house: files that only their owner reads.

The first is made at first use, `keys/7.pem` for the organization 7; each rotation adds one, `keys/7.2.pem`. The newest
signs. The older ones stay, for what they signed; there the public half is enough. A device that keeps its key to itself
(PKCS#11) would be another `Signer`, given out by `signer`.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from upturn.core.checkpoints import Signer
from upturn.records.models import Organization
from upturn.records.private_files import kept_new


class FileSigner:
    """A `Signer` with its key in memory, from a file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes, /) -> bytes:
        return self._key.sign(message)


def path_of(organization: Organization, number: int = 1) -> Path:
    """Where the organization's key of a number lies."""
    counted = "" if number == 1 else f".{number}"
    return Path(settings.DATA) / "keys" / f"{organization.pk}{counted}.pem"


def private_key(organization: Organization) -> Ed25519PrivateKey:
    """The organization's newest key. Of two processes that need the first one together, both get the same."""
    paths = _paths(organization)
    if not paths:
        kept_new(path_of(organization), _written(Ed25519PrivateKey.generate()))
        paths = _paths(organization)
    return _private(paths[-1])


def public_key(organization: Organization) -> str:
    """The public half of the newest key, in hex, to be printed and given away."""
    return signer(organization).public_key.hex()


def signer(organization: Organization) -> Signer:
    """What signs for the organization now."""
    return FileSigner(private_key(organization))


def signer_of(organization: Organization, public: bytes) -> Signer | None:
    """What signs with the key of this public half; None where only that half is kept, or nothing."""
    for path in _paths(organization):
        if _public(path) == public and b"PRIVATE" in path.read_bytes():
            return FileSigner(_private(path))
    return None


def public_keys(organization: Organization) -> list[bytes]:
    """The public halves of all keys there are, oldest first; makes none."""
    return [_public(path) for path in _paths(organization)]


def rotate(organization: Organization) -> bytes:
    """Make a new key, which signs from now on; its public half."""
    key = Ed25519PrivateKey.generate()
    _add(organization, _written(key))
    return key.public_key().public_bytes_raw()


def keep_public(organization: Organization, public: bytes) -> None:
    """Keep the public half of a key whose file was lost, so that what it signed can be checked."""
    pem = Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _add(organization, pem)


def _paths(organization: Organization) -> list[Path]:
    """The files of the organization's keys, oldest first."""
    found: list[Path] = []
    while (path := path_of(organization, len(found) + 1)).exists():
        found.append(path)
    return found


def _private(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds another kind of key than Ed25519.")
    return key


def _public(path: Path) -> bytes:
    pem = path.read_bytes()
    key = _private(path).public_key() if b"PRIVATE" in pem else load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{path} holds another kind of key than Ed25519.")
    return key.public_bytes_raw()


def _written(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _add(organization: Organization, pem: bytes) -> None:
    """Keep a key under the next number."""
    while not kept_new(path_of(organization, len(_paths(organization)) + 1), pem):
        pass
