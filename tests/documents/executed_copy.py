"""One small executed copy of the plan of Mara Quill, typeset to both standards, the seal of Quill IT, and a clock."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import font_source_sans_pro
import page
import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from upturn.documents import sealing

MARCH_2 = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
STAMPED = MARCH_2 + timedelta(minutes=4)
FONTS = Path(font_source_sans_pro.__file__).parent / "files"
PLAN = b'{"plan":"EVO-1"}'
LAYOUT = """
#set document(title: "Improvement plan of Mara Quill", author: "Quill IT", date: datetime(year: 2026, month: 3, day: 2))
#set text(font: "Source Sans Pro", lang: "en")
#set page(width: 300pt, height: 200pt)
= Improvement plan
Close two recommendations and report on each. Signed by Mara Quill and Finn Alder.
#pagebreak()
Copy for Nguyễn Thị Ánh.
#pdf.attach("plan.json", bytes(sys.inputs.plan), relationship: "source", mime-type: "application/json",
  description: "The plan as data")
"""


def fails(pdf: bytes) -> list[str]:
    """The rules of PDF/UA-1 and PDF/A-3a that a file does not keep, by an independent validator.

    Where the data of a stream ends in a carriage return (1 in 256: a certificate may), it counts that as part of the
    end of line that PDF/A asks for after the data, and finds the stream's length wrong; it is not.
    """
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in ("ua1", "3a")]
    return [
        f"{failure.rule_id}: {failure.message}"
        for report in reports
        for failure in report.failures
        if not (failure.rule_id == "PDFA3A-STREAM-LENGTH-001" and b"\r\nendstream" in pdf)
    ]


@cache
def executed() -> bytes:
    compiler = typst.Compiler(
        LAYOUT.encode(), font_paths=[str(FONTS)], ignore_system_fonts=True, sys_inputs={"plan": PLAN.decode()}
    )
    pdf = compiler.compile(format="pdf", pdf_standards=["ua-1", "a-3a"], timestamp=int(MARCH_2.timestamp()))
    assert isinstance(pdf, bytes)
    return pdf


@cache
def pem() -> bytes:
    """What Quill IT seals with."""
    return sealing.new_seal("Quill IT", at=MARCH_2)


def ours() -> list[str]:
    """The fingerprints that an examination knows."""
    return [sealing.fingerprint(sealing.certificates(pem())[0])]


def seal(pdf: bytes, *, clock: sealing.Clock | None = None, with_: bytes = b"") -> bytes:
    by = sealing.signer(with_ or pem())
    return sealing.seal(pdf, by=by, name="Quill IT", reason="Executed copy", at=MARCH_2, clock=clock)


@cache
def sealed() -> bytes:
    """The executed copy, sealed at the highest level (B-LT)."""
    return seal(executed(), clock=clock())


@cache
def clock_pems() -> tuple[bytes, bytes]:
    """Key and certificate of a time-stamp authority of our own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clock for tests")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(MARCH_2 - timedelta(days=3650))
        .not_valid_after(sealing.NO_END)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.PEM)


@cache
def clock(*, trusted: bool = True) -> sealing.Clock:
    """That authority without a network, always at four minutes past three on 2 March 2026."""
    key, certificate = clock_pems()
    (own,) = sealing.certificates(certificate)
    stamper = DummyTimeStamper(own, sealing.private_key(key), fixed_dt=STAMPED)
    return sealing.Clock(stamper, (own,) if trusted else (), fetching=False)
