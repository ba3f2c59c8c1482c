"""Whether a passkey agreed to a signature as it stands on record: the assertion (W3C Web Authentication) checked again
from what is kept, so that neither a door nor a change of the tables can put somebody's key under other words.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from upturn.core.events import Event, Signed
from upturn.core.refusals import Refusal, Refused
from upturn.core.step_up import LEVELS, PASSKEY, challenge

PRESENT_AND_VERIFIED = 0x05  # of the flags of authenticator data: somebody was there, and showed who they are
FLAGS = 32  # where they stand, behind the SHA-256 of the site's name


def refuse_unproven(plan: str, events: Iterable[Event]) -> None:
    """A passkey goes on record only with the very words it signed. Raises Refused."""
    for event in events:
        if isinstance(event, Signed) and (why := against(plan, event)):
            says = f"{why} Nothing was signed. Read the page again, then confirm once more that it is you."
            raise Refused(Refusal("step_up", says, field="step_up"))


def against(plan: str, signed: Signed) -> str:
    """What is wrong with how a signer showed that it is them; nothing where it holds, or no passkey says so."""
    shown = signed.step_up
    if shown is None:
        return ""
    try:
        if shown["level"] not in LEVELS:
            return "There is no such way to confirm who one is."
        return "" if shown["level"] != PASSKEY or _agrees(plan, signed, shown) else "The passkey signed other words."
    except (ValueError, KeyError, TypeError, RecursionError, UnsupportedAlgorithm):
        return "What the passkey gave cannot be read."


def _agrees(plan: str, signed: Signed, shown: Mapping[str, Any]) -> bool:
    client, asserted = _bytes(shown["client_data"]), _bytes(shown["authenticator_data"])
    told = json.loads(client)
    asked = base64.urlsafe_b64encode(challenge(plan, signed, shown)).rstrip(b"=").decode()
    return (
        told["type"] == "webauthn.get"
        and told["challenge"] == asked
        and len(asserted) > FLAGS
        and asserted[FLAGS] & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED
        and _is_signature(_bytes(shown["key"]), _bytes(shown["signature"]), asserted + hashlib.sha256(client).digest())
    )


def _is_signature(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a key that a passkey can have (ES256, RS256, EdDSA: RFC 9053, RFC 8812) made a signature."""
    public = load_der_public_key(key)
    try:
        match public:
            case ec.EllipticCurvePublicKey():
                public.verify(signature, message, ec.ECDSA(SHA256()))
            case rsa.RSAPublicKey():
                public.verify(signature, message, padding.PKCS1v15(), SHA256())
            case ed25519.Ed25519PublicKey():
                public.verify(signature, message)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _bytes(kept: str) -> bytes:
    return base64.b64decode(kept, validate=True)
