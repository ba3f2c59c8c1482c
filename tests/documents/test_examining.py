"""Whatever file somebody brings, they get one sentence about it, and only our untouched copy gets the good one."""

import io
import random
import time
import zlib

import pikepdf
import pytest

from tests.documents.executed_copy import MARCH_2, clock, clock_pems, executed, ours, pem, seal, sealed
from upturn.documents import apart, examining, sealing
from upturn.documents.examining import Verdict, examine


def encrypted() -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed())) as opened:
        opened.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    return output.getvalue()


def bomb() -> bytes:
    """A table of what is where that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    head = b"%PDF-1.7\n"
    table = b"1 0 obj\n<</Type/XRef/Filter/FlateDecode/Size 268435456/W[1 2 1]/Root 2 0 R/Length %d>>\nstream\n" % len(
        data
    )
    return head + table + data + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


FILES = {
    "nothing": (lambda: b"", Verdict.NO_PDF),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000), Verdict.NO_PDF),
    "a beginning": (lambda: b"%PDF-1.7\n", Verdict.UNREADABLE),
    "nested without end": (lambda: b"%PDF-1.7\n" + b"[" * 1_000_000, Verdict.UNREADABLE),
    "cut short": (lambda: sealed()[:-30], Verdict.UNREADABLE),
    "pushed down": (lambda: b"\n" + sealed(), Verdict.UNREADABLE),
    "encrypted": (encrypted, Verdict.ENCRYPTED),
    "not sealed": (executed, Verdict.UNSEALED),
    "led back to what was not sealed": (lambda: sealed() + executed(), Verdict.CHANGED),
}


@pytest.mark.parametrize("name", FILES)
def test_every_file_has_a_verdict_and_a_sentence(name: str) -> None:
    make, verdict = FILES[name]
    found = examine(make(), ours=ours())
    assert (found.verdict, found.holds) == (verdict, False)
    assert found.sentence() == examining.SENTENCES[verdict]


def test_a_file_that_unpacks_to_a_gigabyte_is_given_up_soon() -> None:
    began = time.monotonic()
    found = examine(bomb(), ours=ours())
    assert found.verdict in (Verdict.UNREADABLE, Verdict.TOO_MUCH)
    assert time.monotonic() - began < examining.SECONDS + 5


def test_a_file_larger_than_any_copy_is_not_read() -> None:
    found = examine(sealed() + bytes(examining.LARGEST))
    assert found.verdict == Verdict.TOO_LARGE
    assert found.sentence() == "This file is larger than 64 MB; no sealed copy is."


def test_a_reader_that_breaks_off_or_takes_too_long_is_a_verdict_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "SECONDS", 0.0)
    assert examine(sealed(), ours=ours()).verdict == Verdict.TOO_MUCH

    def broke(*_: object, **__: object) -> bytes:
        raise apart.Broke("It broke off.")

    monkeypatch.setattr(apart, "run", broke)
    assert examine(sealed(), ours=ours()).verdict == Verdict.UNREADABLE


@pytest.mark.parametrize("seed", range(60))
def test_a_file_damaged_anyhow_never_holds(seed: int) -> None:
    dice = random.Random(seed)
    pdf = bytearray(sealed())
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(pdf)), dice.choice([1, 10, 1000])
        piece = dice.choice([b"", dice.randbytes(length), bytes(pdf[:length])])
        pdf[at : at + length] = piece
    assert bytes(pdf) == sealed() or not examine(bytes(pdf), ours=ours()).holds


def test_the_sentence_names_who_sealed_it_and_the_time_stamp() -> None:
    found = examine(sealed(), ours=ours(), clocks=clock_pems()[1])
    assert found.sentence(people=2) == (
        "Signed by 2 people, and unchanged since the seal of Quill IT was put on it on 2 March 2026, 15:04 UTC "
        "(by a time stamp of Clock for tests); the seal covers the whole file."
    )


@pytest.mark.parametrize("stamper", [clock(), None])
def test_a_time_stamp_of_nobody_known_is_as_good_as_none(stamper: sealing.Clock | None) -> None:
    found = examine(seal(executed(), clock=stamper), ours=ours())
    assert found.sentence() == (
        "Unchanged since the seal of Quill IT was put on it on 2 March 2026, 15:00 UTC (by its own clock); "
        "the seal covers the whole file."
    )


@pytest.mark.parametrize("more", [b"\n", sealed()])
def test_the_sentence_says_that_something_was_added(more: bytes) -> None:
    assert examine(sealed() + more, ours=ours()).sentence() == (
        "Something was added after the seal of Quill IT was put on it: what it shows may not be what was sealed."
    )


def test_a_certificate_cannot_speak_in_the_sentence() -> None:
    """Its name is anybody's text: nothing in it turns the direction of writing, begins a line, or goes on for ever."""
    name = "Quill\u202eTI\n" + "A" * 100
    by = sealing.signer(sealing.new_seal(name, at=MARCH_2))
    pdf = sealing.seal(executed(), by=by, name=name, reason="", at=MARCH_2)
    found = examine(pdf, ours=[sealing.fingerprint(sealing.certificates(pem())[0])])
    assert found.seal is not None
    assert found.seal.name == "QuillTI" + "A" * 53
