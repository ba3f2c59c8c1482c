"""Whether a passkey agreed to a signature as it stands on record: the assertion (W3C Web Authentication) checked again
from what is kept, so that neither a door nor a change of the tables can put somebody's key under other words.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from upturn.core.events import Event, Signed
from upturn.core.refusals import Refusal, Refused
from upturn.core.step_up import LEVELS, PASSKEY, challenge, in_time
from upturn.documents.verify_bundle import KINDS

PRESENT_AND_VERIFIED = 0x05  # of the flags of authenticator data: somebody was there, and showed who they are
FLAGS = 32  # where they stand, behind the SHA-256 of the site's name


def refuse_unproven(plan: str, events: Iterable[Event], now: datetime) -> None:
    """A passkey goes on record only with the very words it signed. Raises Refused."""
    for event in events:
        if isinstance(event, Signed) and (why := against(plan, event, now)):
            says = f"{why} Nothing was signed. Read the page again, then confirm once more that it is you."
            raise Refused(Refusal("step_up", says, field="step_up"))


def against(plan: str, signed: Signed, recorded: datetime) -> str:
    """What is wrong with how a signer showed that it is them; nothing where it holds, or nobody was asked."""
    shown = signed.step_up
    if shown is None:
        return ""
    try:
        if shown["level"] not in LEVELS:
            return "There is no such way to confirm who one is."
        if not in_time(shown, recorded):
            return "It was confirmed at another time."
        return "" if shown["level"] != PASSKEY or _agrees(plan, signed, shown) else "The passkey signed other words."
    except (ValueError, KeyError, TypeError, RecursionError):
        return "What the passkey gave cannot be read."


def _agrees(plan: str, signed: Signed, shown: Mapping[str, Any]) -> bool:
    client, asserted = _bytes(shown["client_data"]), _bytes(shown["authenticator_data"])
    told = json.loads(client)
    asked = base64.urlsafe_b64encode(challenge(plan, signed, shown)).rstrip(b"=").decode()
    return (
        told["type"] == "webauthn.get"
        and told["challenge"] == asked
        and _is_of(told["origin"], asserted[:FLAGS])
        and len(asserted) > FLAGS
        and asserted[FLAGS] & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED
        and _is_signature(_bytes(shown["key"]), _bytes(shown["signature"]), asserted + hashlib.sha256(client).digest())
    )


def _is_of(origin: str, site: bytes) -> bool:
    """Whether a page's origin lies in the site whose name has this SHA-256 (the relying party of the passkey)."""
    labels = (urlsplit(origin).hostname or "").split(".")
    return any(hashlib.sha256(".".join(labels[n:]).encode()).digest() == site for n in range(len(labels)))


def counts(key: bytes) -> bool:
    """Whether a public key is of a kind whose signatures can stand."""
    return any(kind.fullmatch(key) for kind in KINDS)


def _is_signature(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a key made a signature, and is of a kind that counts."""
    if not counts(key):
        return False
    public = load_der_public_key(key)
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, message, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _bytes(kept: str) -> bytes:
    return base64.b64decode(kept, validate=True)
