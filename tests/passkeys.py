"""A passkey in software: what an authenticator answers, made with a key of the test's own."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from upturn.core.events import Signed
from upturn.core.step_up import PASSKEY, StepUp, challenge

SITE = "plans.example"
AT = "2026-03-02T12:00:00.000000Z"
THERE_AND_VERIFIED = 0x05
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
KINDS = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}
OTHERS = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
    "another curve": lambda: ec.generate_private_key(ec.SECP384R1()),
    "a short RSA key": lambda: rsa.generate_private_key(65537, 1024),
    "another exponent": lambda: rsa.generate_private_key(3, 2048),
}


def step_up(
    plan: str,
    signed: Signed,
    key: Key,
    *,
    flags: int = THERE_AND_VERIFIED,
    kind: str = "webauthn.get",
    origin: str = f"https://{SITE}",
    **asked: Any,
) -> dict[str, Any]:
    """What goes on record when the passkey `key` confirms this signature on this plan."""
    shown = {"level": PASSKEY, "at": AT, "entries": 9, "nonce": "ab" * 16, "enrolled": "2026-01-05"} | asked
    asks = base64.urlsafe_b64encode(challenge(plan, signed, shown)).rstrip(b"=").decode()
    client = json.dumps({"type": kind, "challenge": asks, "origin": origin}).encode()
    data = hashlib.sha256(SITE.encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big")
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    made = {
        "key": public,
        "client_data": client,
        "authenticator_data": data,
        "signature": signature(key, data + hashlib.sha256(client).digest()),
    }
    return StepUp(**shown, **{k: base64.b64encode(v).decode() for k, v in made.items()}).to_json()


def signature(key: Key, message: bytes) -> bytes:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key.sign(message, ec.ECDSA(SHA256()))
        case rsa.RSAPrivateKey():
            return key.sign(message, padding.PKCS1v15(), SHA256())
    return key.sign(message)
