"""The key with which an organization signs what leaves the house: made at first use, readable by its owner only."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from upturn.records.models import Organization
from upturn.records.private_files import kept_once


def path_of(organization: Organization) -> Path:
    return Path(settings.DATA) / "keys" / f"{organization.pk}.pem"


def private_key(organization: Organization) -> Ed25519PrivateKey:
    """The organization's key. Of two processes that need the first one together, both get the same."""
    path = path_of(organization)
    key = load_pem_private_key(kept_once(path, _made), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds another kind of key than Ed25519.")
    return key


def public_key(organization: Organization) -> str:
    """The public half, in hex, to be printed and given away."""
    return private_key(organization).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _made() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
