"""The seal of an organization, kept beside its log key: made at first use, readable by its owner only.

Its own key and certificate may lie in the same place instead: see `new_seal` for the order in the file.
"""

from pathlib import Path

from asn1crypto import pem
from django.conf import settings
from django.utils import timezone
from pyhanko.sign.signers import Signer

from upturn.documents import sealing
from upturn.records.models import Organization
from upturn.records.private_files import kept_once


def path_of(organization: Organization) -> Path:
    return Path(settings.DATA) / "keys" / f"{organization.pk}.seal.pem"


def signer(organization: Organization) -> Signer:
    """Who seals for the organization. Of two processes that need the first one together, both get the same."""
    return sealing.signer(kept_once(path_of(organization), lambda: _made(organization)))


def certificate(organization: Organization) -> bytes:
    """What its seal is known by, in PEM, to be given away."""
    return bytes(pem.armor("CERTIFICATE", sealing.certificate_of(signer(organization)).dump()))


def fingerprint(organization: Organization) -> str:
    """SHA-256 (hex) of the certificate, to be printed and compared."""
    return sealing.fingerprint(sealing.certificate_of(signer(organization)))


def fingerprints() -> frozenset[str]:
    """Of every organization here that has a seal: what is there, nothing is made."""
    pems = [path.read_bytes() for path in map(path_of, Organization.objects.all()) if path.exists()]
    return frozenset(sealing.fingerprint(sealing.certificates(pem)[0]) for pem in pems)


def _made(organization: Organization) -> bytes:
    return sealing.new_seal(organization.name, at=timezone.now())
