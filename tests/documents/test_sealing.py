"""A sealed copy stays accessible and archivable, and nobody changes a byte of it unnoticed.

What each reader says of each way to tamper is asserted, also where a reader accepts what it should not, because that is
why the rule for our own check is stricter.
"""

import hashlib
import io
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import parser, tsp
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.pdf_embedded import read_certification_data

from tests.documents.executed_copy import (
    MARCH_2,
    PLAN,
    clock,
    clock_pems,
    executed,
    fails,
    ours,
    pem,
    seal,
    sealed,
)
from tests.documents.judges import (
    PART,
    REJECTED,
    WHOLE,
    by_examination,
    by_our_rule,
    by_pdfsig,
    by_pyhanko,
)
from tests.documents.time_stamps import authority
from tests.machine import program
from upturn.documents import sealing
from upturn.documents.alone import alone
from upturn.documents.examining import Verdict, examine

PLACES = 60


def judged(pdf: bytes) -> tuple[str, str, str]:
    """What pyHanko, pdfsig and our rule say, in this order."""
    return by_pyhanko(pdf), by_pdfsig(pdf), by_our_rule(pdf, sealed())


def signature(pdf: bytes) -> tuple[int, int]:
    """Where the digits of the (last) signature begin and end."""
    return list(re.finditer(rb"/Contents <([0-9A-F]+)>", pdf))[-1].span(1)


def flipped(pdf: bytes, place: int, bit: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


# -- the seal ----------------------------------------------------------------------------------------------------------


LEVELS: dict[str, Callable[[], bytes]] = {
    "B-B": lambda: seal(executed()),
    "B-T": lambda: seal(executed(), clock=clock(trusted=False)),
    "B-LT": sealed,
}


def test_the_executed_copy_keeps_both_standards_before_it_is_sealed() -> None:
    assert fails(executed()) == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_sealed_copy_keeps_both_standards_and_is_whole_for_every_reader(level: str) -> None:
    pdf = LEVELS[level]()
    found = examine(pdf, ours=ours(), clocks=clock_pems()[1])
    assert fails(pdf) == []
    assert (by_pyhanko(pdf), by_pdfsig(pdf), found.verdict) == (WHOLE, WHOLE, Verdict.SEALED)


@pytest.mark.parametrize("level", LEVELS)
def test_a_seal_is_one_revision_that_certifies_the_file_and_allows_no_change(level: str) -> None:
    pdf = LEVELS[level]()
    reader = PdfFileReader(io.BytesIO(pdf))
    certification = read_certification_data(reader)
    assert pdf.startswith(executed())
    assert reader.xrefs.total_revisions == 2
    assert [(each.field_name, each.sig_field["/TU"]) for each in reader.embedded_signatures] == [
        ("Seal", "Seal of Quill IT")
    ]
    assert certification is not None
    assert certification.permission == MDPPerm.NO_CHANGES
    assert ("/DSS" in reader.root) == (level == "B-LT")


def test_a_seal_leaves_the_metadata_and_the_version_of_the_file_as_they_were_typeset() -> None:
    before, after = PdfFileReader(io.BytesIO(executed())), PdfFileReader(io.BytesIO(sealed()))
    assert after.root["/Metadata"].data == before.root["/Metadata"].data
    assert (after.input_version, "/Version" in after.root) == ((1, 7), False)


def test_the_plan_inside_is_untouched() -> None:
    with pikepdf.open(io.BytesIO(sealed())) as pdf:
        assert pdf.attachments["plan.json"].get_file().read_bytes() == PLAN
    assert [(each.name, each.sha256) for each in examine(sealed()).files] == [
        ("plan.json", hashlib.sha256(PLAN).hexdigest())
    ]


@pytest.mark.parametrize("mode", pikepdf.ObjectStreamMode.__members__.values())
def test_a_copy_that_was_finished_by_pikepdf_is_sealed_alike(mode: pikepdf.ObjectStreamMode) -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(executed())) as opened:
        opened.save(output, object_stream_mode=mode, deterministic_id=True)
    pdf = seal(output.getvalue(), clock=clock())
    assert (fails(pdf), by_pyhanko(pdf), by_pdfsig(pdf), by_examination(pdf)) == ([], WHOLE, WHOLE, WHOLE)


def test_a_document_is_sealed_once() -> None:
    with pytest.raises(sealing.NotSealed, match="a document is sealed once"):
        seal(sealed())


@pytest.mark.parametrize("pdf", [b"", b"Dear member", b"%PDF-1.7\n%%EOF\n", executed()[:-40]])
def test_what_is_no_pdf_is_not_sealed(pdf: bytes) -> None:
    with pytest.raises(sealing.NotSealed, match="no PDF that could be sealed"):
        seal(pdf)


class Babbling(TimeStamper):
    """An authority whose answer is none."""

    async def async_request_tsa_response(self, _req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(b"Under maintenance")


@pytest.mark.parametrize("silent", [sealing.clock("http://127.0.0.1:9"), sealing.Clock(Babbling())])
def test_without_an_answer_of_the_time_stamp_authority_nothing_is_sealed(silent: sealing.Clock) -> None:
    with pytest.raises(sealing.NotSealed, match="gave no time stamp"):
        seal(executed(), clock=silent)


def test_an_encrypted_file_is_not_sealed() -> None:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(executed())) as opened:
        opened.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(sealing.NotSealed, match="encrypted"):
        seal(output.getvalue())


def test_a_time_stamp_authority_that_its_roots_do_not_vouch_for_is_refused() -> None:
    stranger = sealing.certificates(sealing.new_seal("Nobody", at=MARCH_2))
    unknown = sealing.Clock(clock().stamper, stranger, fetching=False)
    with pytest.raises(sealing.NotSealed, match="not to be trusted"):
        seal(executed(), clock=unknown)


def test_an_authority_on_the_network_is_asked_by_http(tmp_path: Path) -> None:
    with authority(tmp_path, clock_pems()) as url:
        pdf = seal(executed(), clock=sealing.clock(url, clock_pems()[1]))
    found = examine(pdf, ours=ours(), clocks=clock_pems()[1])
    assert (fails(pdf), by_pyhanko(pdf), by_pdfsig(pdf)) == ([], WHOLE, WHOLE)
    assert found.seal is not None
    assert found.seal.stamped_by == "Clock for tests"


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_new_seal_is_a_p256_key_in_a_certificate_without_an_end() -> None:
    certificate = x509.load_pem_x509_certificate(pem())
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == "CN=Quill IT,O=Quill IT"
    assert certificate.not_valid_after_utc == sealing.NO_END
    assert certificate.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
    certificate.verify_directly_issued_by(certificate)


@pytest.mark.parametrize(
    ("name", "certified"),
    [
        ("", "Organization"),
        ("Hội Đồng", "Hội Đồng"),
        ("A" * 200, "A" * 64),
        ("Hội Đồng " * 9, "Hội Đồng Hội Đồng Hội Đồng Hội Đồng Hội Đ"),
    ],
)
def test_an_organization_of_any_name_has_a_seal(name: str, certified: str) -> None:
    by = sealing.signer(sealing.new_seal(name, at=MARCH_2))
    pdf = sealing.seal(executed(), by=by, name=name, reason="Executed copy", at=MARCH_2)
    found = examine(pdf, ours=[sealing.fingerprint(sealing.certificate_of(by))])
    assert found.holds
    assert found.seal is not None
    assert found.seal.name == certified


# -- the table of tampering --------------------------------------------------------------------------------------------


def test_one_bit_in_the_signed_bytes_is_seen_by_every_reader() -> None:
    pdf = sealed()
    first, last = signature(pdf)
    signed = [*range(first - 1), *range(last + 1, len(pdf))]
    step = len(signed) / PLACES
    places = [signed[int(step * each)] for each in range(PLACES)]
    changed = [flipped(pdf, place, number % 8) for number, place in enumerate(places)]
    assert {(*judged(each), by_examination(each)) for each in changed} == {(REJECTED,) * 4}


def test_one_bit_in_the_unused_end_of_the_signature_is_seen_by_us_alone() -> None:
    pdf = sealed()
    first, last = signature(pdf)
    end = first + 2 * parser.peek(bytes.fromhex(pdf[first:last].decode()))
    places = range(end, last, (last - end) // 14)
    found = [judged(pdf[:place] + b"1" + pdf[place + 1 :]) for place in places]
    assert set(found) == {(WHOLE, PART, REJECTED)}
    assert all(by_examination(pdf[:place] + b"1" + pdf[place + 1 :]) == REJECTED for place in places)


def test_one_bit_in_the_signature_itself_is_seen_by_our_rule_and_not_always_by_others() -> None:
    """What is said twice in a signature, or is not signed, can change without a reader's minding; the digest minds."""
    pdf = sealed()
    first, last = signature(pdf)
    end = first + 2 * parser.peek(bytes.fromhex(pdf[first:last].decode()))
    places = range(first, end, (end - first) // 31)
    found = [judged(flipped(pdf, place, number % 8)) for number, place in enumerate(places)]
    count = Counter(verdict for verdict, _, _ in found)
    assert {ours for _, _, ours in found} == {REJECTED}
    assert count[REJECTED] > 0.8 * len(found)


def test_digits_in_other_case_are_the_same_signature_and_another_file() -> None:
    pdf = sealed()
    first, last = signature(pdf)
    place = next(each for each in range(first, last) if pdf[each : each + 1].isalpha())
    assert judged(flipped(pdf, place, 5))[0] == WHOLE
    assert by_examination(flipped(pdf, place, 5)) == REJECTED


@pytest.mark.parametrize(
    ("tail", "pyhanko"),
    [(b"\n", PART), (b"% more\n", PART), (b"\0", PART), (b"%%EOF\n", REJECTED), (b"x" * 5000, REJECTED)],
    ids=["a line", "a remark", "a zero", "an end", "a lot"],
)
def test_bytes_after_the_end_are_not_covered(tail: bytes, pyhanko: str) -> None:
    assert judged(sealed() + tail) == (pyhanko, PART, REJECTED)
    assert examine(sealed() + tail, ours=ours()).verdict == Verdict.ADDED


def painted_over(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 g 20 20 200 100 re f")))
    return written(writer)


def noted(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"].raw_get(0).get_object()
    note = {
        pdf_name("/Type"): pdf_name("/Annot"),
        pdf_name("/Subtype"): pdf_name("/Text"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (20, 20, 40, 40))),
        pdf_name("/Contents"): generic.TextStringObject("I never said so."),
    }
    notes = [*page.get("/Annots", []), writer.add_object(generic.DictionaryObject(note))]
    page[pdf_name("/Annots")] = generic.ArrayObject(notes)
    writer.update_container(page)
    return written(writer)


def without_its_form(pdf: bytes) -> bytes:
    """An update after which no field names the signature any more."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    del writer.root["/AcroForm"]
    writer.update_root()
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("update", "verdict"),
    [(painted_over, Verdict.ADDED), (noted, Verdict.ADDED), (without_its_form, Verdict.CHANGED)],
)
def test_an_incremental_update_is_rejected_and_poppler_only_says_that_not_all_is_signed(
    update: Callable[[bytes], bytes], verdict: Verdict
) -> None:
    pdf = update(sealed())
    assert judged(pdf) == (REJECTED, PART, REJECTED)
    assert examine(pdf, ours=ours()).verdict == verdict


def by_pikepdf(pdf: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(output)
    return output.getvalue()


def by_qpdf(pdf: bytes) -> bytes:
    return through(program("qpdf", package="qpdf", untried="no sealed file was rewritten by it"), pdf)


def by_pdftk(pdf: bytes) -> bytes:
    return through(program("pdftk", package="pdftk-java", untried="no sealed file was rewritten by it"), pdf, "output")


def through(command: str, pdf: bytes, *word: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.pdf", Path(folder) / "after.pdf"
        before.write_bytes(pdf)
        subprocess.run([command, before, *word, after], check=True, capture_output=True)
        return after.read_bytes()


def by_pyhanko_itself(pdf: bytes) -> bytes:
    output = io.BytesIO()
    copy_into_new_writer(PdfFileReader(io.BytesIO(pdf))).write(output)
    return output.getvalue()


@pytest.mark.parametrize("rewritten", [by_pikepdf, by_qpdf, by_pdftk, by_pyhanko_itself])
def test_a_file_that_another_program_wrote_anew_is_rejected(rewritten: Callable[[bytes], bytes]) -> None:
    pdf = rewritten(sealed())
    assert pdf.startswith(b"%PDF-")
    assert judged(pdf) == (REJECTED, REJECTED, REJECTED)


def test_a_file_rolled_back_to_an_earlier_signature_is_rejected_by_the_history_alone() -> None:
    """An earlier state of a file with several signatures is a valid file: only who knows the last one sees it."""
    earlier = signed(executed(), "Mara")
    later = signed(earlier, "Finn")
    assert (by_pyhanko(later), by_pdfsig(later)) == (WHOLE, WHOLE)
    assert (by_pyhanko(earlier), by_pdfsig(earlier), by_our_rule(earlier, later)) == (WHOLE, WHOLE, REJECTED)


def test_a_signature_that_lets_others_follow_is_no_seal_though_our_key_made_it() -> None:
    found = examine(signed(signed(executed(), "Mara"), "Finn"), ours=ours())
    assert (found.verdict, found.holds) == (Verdict.SIGNED, False)
    assert found.sentence() == (
        "It carries 2 signatures but no seal that forbids changes, so it is not a copy that we sealed."
    )


def test_an_earlier_sealed_copy_is_whole_and_is_not_the_copy_that_the_history_names() -> None:
    earlier = seal(executed(), clock=clock())
    assert (by_pyhanko(earlier), by_pdfsig(earlier), by_examination(earlier)) == (WHOLE, WHOLE, WHOLE)
    assert by_our_rule(earlier, sealed()) == REJECTED


def test_another_organizations_seal_under_the_same_name_is_not_ours() -> None:
    forged = seal(executed(), with_=sealing.new_seal("Quill IT", at=MARCH_2))
    found = examine(forged, ours=ours())
    assert (by_pdfsig(forged), found.verdict, found.holds) == (WHOLE, Verdict.SEALED, False)
    assert found.sentence() == (
        "Unchanged since a seal in the name of “Quill IT” was put on it on 2 March 2026, 15:00 UTC "
        "(by the clock of whoever sealed it); the seal covers the whole file, but its certificate is not one of ours."
    )


def signed(pdf: bytes, field: str) -> bytes:
    """An ordinary signature, which lets others follow."""
    what = PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    output: io.BytesIO = alone(lambda: sign_pdf(writer, what, sealing.signer(pem())))
    return output.getvalue()
