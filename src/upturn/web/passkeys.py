"""The passkeys of an account that may sign: those whose signatures can be kept and checked by others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2.utils import bytes2int
from fido2.webauthn import AttestedCredentialData

from upturn.records.step_ups import counts


@dataclass(frozen=True)
class Passkey:
    """One of somebody's passkeys whose signatures can be kept as evidence."""

    authenticator: Authenticator
    credential: AttestedCredentialData

    def key(self) -> bytes:
        """Its public key (SubjectPublicKeyInfo, DER)."""
        cose = self.credential.public_key
        return KINDS[cose[3]](cose).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


KINDS: Mapping[int, Callable[[Mapping[int, Any]], PublicKeyTypes]] = {
    -7: lambda cose: ec.EllipticCurvePublicNumbers(
        bytes2int(cose[-2]), bytes2int(cose[-3]), ec.SECP256R1()
    ).public_key(),
    -257: lambda cose: rsa.RSAPublicNumbers(bytes2int(cose[-2]), bytes2int(cose[-1])).public_key(),
}
"""Kinds of key by their COSE number (RFC 9053, RFC 8812): ES256 and RS256, which nearly every device can make."""


def passkeys_of(user: Any) -> Iterator[Passkey]:
    """Somebody's passkeys that may sign, the oldest first."""
    for one in Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("created_at"):
        credential = one.wrap().authenticator_data.credential_data
        if credential and credential.public_key.get(3) in KINDS and counts(Passkey(one, credential).key()):
            yield Passkey(one, credential)


def has_passkey(user: Any) -> bool:
    """Whether somebody has a passkey of any kind."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).exists()
