"""How whoever signs shows once more that it is them, and what a passkey signs when that is how they do it.

A passkey signs the intent itself: its challenge is the digest of exactly what goes on record, so that the assertion
(W3C Web Authentication, section 6.3.3) proves to an outsider which words the owner of the key agreed to. Every other
level shows it to us alone, and leaves nothing that anybody else could check.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from upturn.core.events import Signed, to_json
from upturn.core.ledger import canonical

TAG = b"upturn/sign/1\x00"  # sets this digest apart from every other that we make

LIVES = timedelta(minutes=15)
"""How long what a signer was asked may be answered."""
SOON = (timedelta(minutes=-1), LIVES + timedelta(minutes=1))
"""From the question to the entry: the clocks of two machines may differ a little."""
APART = ("step_up", "audience", "later", "awaits")
"""What of a signature's entry is not its signer's to say: how it was confirmed, who reads it, who else has to sign."""
PASSKEY = "passkey"
LEVELS: Mapping[str, str] = {
    PASSKEY: "with a passkey, which signed these very words",
    "app": "with a code of an authenticator app",
    "mail": "with a code sent by mail",
    "password": "with the password, typed once more",
}
"""How a signer showed that it is them, the strongest first, as the record says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """What was shown: the level, and when (`at`, ISO 8601, UTC) the words stood before the signer, who had read the
    plan up to its entry number `entries`. Of a passkey also the assertion, in base64: `key` is its public key
    (SubjectPublicKeyInfo, DER), `enrolled` the day it was added, `nonce` (hex) makes each challenge another.
    """

    level: str
    at: str
    entries: int = 0
    nonce: str = ""
    enrolled: str = ""
    key: str = ""
    client_data: str = ""
    authenticator_data: str = ""
    signature: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def intent(plan: str, signed: Signed, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody agrees to by signing, as JSON. `plan`: its id in the ledger; `shown`: a StepUp as JSON."""
    said = {name: value for name, value in to_json(signed).items() if name not in APART}
    asked = {"at": shown["at"], "entries": shown.get("entries", 0), "nonce": shown.get("nonce", "")}
    return {"plan": plan, "signed": said, **asked}


def in_time(shown: Mapping[str, Any], recorded: datetime) -> bool:
    """Whether a signature went on record soon enough after its signer was asked."""
    earliest, latest = SOON
    return earliest <= recorded - datetime.fromisoformat(shown["at"]) <= latest


def challenge(plan: str, signed: Signed, shown: Mapping[str, Any]) -> bytes:
    """The 32 bytes that a passkey is asked to sign: SHA-256 of the tag and the intent as canonical JSON (RFC 8785)."""
    return hashlib.sha256(TAG + canonical(intent(plan, signed, shown))).digest()


def how_confirmed(shown: Mapping[str, Any] | None) -> str:
    """How the record says that a signer was confirmed (a StepUp as JSON); nothing where nobody was asked."""
    return LEVELS.get(shown["level"], "") if shown else ""
