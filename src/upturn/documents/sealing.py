"""The seal of an organization: one certification signature over the whole executed copy; nothing may change after it.

PAdES (ETSI EN 319 142-1): level B-B; B-T with a time-stamp authority (RFC 3161); B-LT when its roots are known, so that
everything a later check needs is in the file. Always one revision: any byte that comes later is seen to come later.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigningSession, SigDSSPlacementPreference
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from upturn.documents.alone import alone

FIELD = "Seal"
LONGEST_NAME = 64
"""Of an organization in a certificate (RFC 5280, appendix A); of bytes in UTF-8, as some count."""
NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""“No well-defined expiration date” (RFC 5280, 4.1.2.5): a seal is replaced by a decision, not by a date."""


class NotSealed(Exception):
    """Nothing was sealed; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time-stamp authority. With `roots`, the certificates that it is trusted by, a seal reaches B-LT."""

    stamper: TimeStamper
    roots: tuple[asn1_x509.Certificate, ...] = ()
    fetching: bool = True


def clock(url: str, roots: bytes = b"") -> Clock:
    """The authority at an address, trusted by certificates in PEM."""
    return Clock(HTTPTimeStamper(url), certificates(roots) if roots else ())


# -- keys --------------------------------------------------------------------------------------------------------------


def new_seal(name: str, *, at: datetime) -> bytes:
    """A key (P-256) and the certificate that an organization of this name issues to itself with it, in PEM.

    An organization may use its own instead: the key first, then its certificate, then those that lead to a root.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    short = name.strip().encode()[:LONGEST_NAME].decode(errors="ignore").strip() or "Organization"
    who = x509.Name([x509.NameAttribute(each, short) for each in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))  # clocks differ
        .not_valid_after(NO_END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signing(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)


def _for_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,  # non-repudiation, as checkers of PDF signatures ask
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def signer(pem: bytes) -> Signer:
    """Whoever holds this key and certificate. For a key in hardware, pyHanko's PKCS#11 signer takes its place."""
    own, *others = certificates(pem)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(others)
    return SimpleSigner(own, private_key(pem), store)


def private_key(pem: bytes) -> keys.PrivateKeyInfo:
    key = load_pem_private_key(pem, password=None)
    return keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def certificates(pem: bytes) -> tuple[asn1_x509.Certificate, ...]:
    found = x509.load_pem_x509_certificates(pem)
    return tuple(asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in found)


def certificate_of(by: Signer) -> asn1_x509.Certificate:
    if by.signing_cert is None:
        raise NotSealed("Who seals has no certificate.")
    return by.signing_cert


def fingerprint(certificate: asn1_x509.Certificate) -> str:
    """SHA-256 (hex) of the certificate: what an organization publishes elsewhere, so that its seal can be known."""
    return str(certificate.sha256.hex())


# -- the seal ----------------------------------------------------------------------------------------------------------


def seal(pdf: bytes, *, by: Signer, name: str, reason: str, at: datetime, clock: Clock | None = None) -> bytes:
    """The same file with the seal of the organization `name`. Raises NotSealed.

    What makes it PDF/UA-1 and PDF/A-3a stays so, which takes what the classes below say.
    """
    if not pdf.endswith(b"\n"):
        pdf += b"\n"  # or the first new object would stand on the line of the old %%EOF, which PDF/A forbids
    try:
        writer = _Writer(io.BytesIO(pdf))
        _refuse(writer.prev)
        signing = _Signer(_what(name, reason, by, at, clock), by, clock, _field(name), at)
        return alone(lambda: signing.sealed(writer))
    except SigningError as error:
        raise NotSealed(f"The certificate cannot be used for a seal ({error}).") from error
    except PdfError as error:
        raise NotSealed(f"This is no PDF that could be sealed ({error}).") from error
    except (PathError, ValidationError) as error:
        raise NotSealed(f"The certificate of the time-stamp authority is not to be trusted ({error}).") from error
    except (OSError, ValueError) as error:  # ValueError: an answer that is none
        raise NotSealed(
            "The time-stamp authority gave no time stamp, so nothing was sealed. Try again later."
        ) from error


def _refuse(reader: PdfFileReader) -> None:
    if reader.encrypted:
        raise NotSealed("An encrypted file cannot be sealed.")
    if reader.embedded_signatures:
        raise NotSealed("The file is signed or sealed already, and a document is sealed once.")


def _field(name: str) -> SigFieldSpec:
    """Invisible by a place outside the page: PDF/A forbids the hidden flag, and PDF/UA asks for one of the two."""
    return SigFieldSpec(
        FIELD, readable_field_name=f"Seal of {name}", invis_sig_settings=InvisSigSettings(box_out_of_bounds=True)
    )


def _what(name: str, reason: str, by: Signer, at: datetime, clock: Clock | None) -> PdfSignatureMetadata:
    """What a checker needs later stands in the sealed revision, or adding it would change the sealed file."""
    long_term = clock is not None and bool(clock.roots)
    return PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=long_term,
        validation_context=_trust(by, at, clock) if clock and long_term else None,
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )


def _trust(by: Signer, at: datetime, clock: Clock) -> ValidationContext:
    own = [each for each in by.cert_registry if each.self_issued] or [certificate_of(by)]
    if clock.fetching:
        return ValidationContext(trust_roots=[*own, *clock.roots], allow_fetching=True)
    return ValidationContext(trust_roots=[*own, *clock.roots], moment=at)


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as typeset: written anew, the packet would lose the form that PDF/A asks for."""

    def _update_meta(self) -> None:
        pass


class _Signer(PdfSigner):
    """Signs at the moment it is told, in a file that stays PDF 1.7, as PDF/A-3 is."""

    def __init__(
        self, what: PdfSignatureMetadata, by: Signer, clock: Clock | None, field: SigFieldSpec, at: datetime
    ) -> None:
        super().__init__(what, by, timestamper=clock.stamper if clock else None, new_field_spec=field)
        self.at = at

    def sealed(self, writer: _Writer) -> bytes:
        output: io.BytesIO = self.sign_pdf(writer)
        return output.getvalue()

    def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002
        """The PAdES extension alone; pyHanko would declare P-256 as an extension of PDF 2.0."""
        pdf_out.register_extension(ESIC_EXTENSION_1)
