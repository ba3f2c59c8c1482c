"""Files, keys and drafts: kept whole or not at all, for those they belong to."""

import stat
from collections.abc import Iterator

import pytest

from tests.records.conftest import MARCH_2, World, after
from upturn.core.commands import Answer, Attach, Move
from upturn.core.refusals import Refused
from upturn.records import catalogue, files, keys, queries
from upturn.records.access import NotFound
from upturn.records.drafts import TooLong, drop_draft, save_draft
from upturn.records.models import Attachment, Draft, Plan

MB = 1_048_576


def kept(peers: World, plan: Plan, name: str = "notes.txt", chunks: object = (b"abc", b"def")) -> Attachment:
    return files.store(
        plan,
        catalogue.program_for(peers.trial),
        peers.finn,
        name=name,
        media_type="text/plain",
        chunks=chunks,
        now=MARCH_2,
    )


def attach(peers: World, plan: Plan, stored: Attachment, about: str = "") -> None:
    peers.do(
        plan,
        peers.finn,
        Attach(name=stored.name, media_type=stored.media_type, size=stored.size, sha256=stored.sha256, about=about),
    )


def left_over() -> list[object]:
    return [p for p in files.folder().rglob(".*") if p.is_file()]


def test_a_file_is_kept_by_its_digest_for_its_owner_only(peers: World) -> None:
    stored = kept(peers, peers.tried().row)
    path = files.path_of(stored)
    assert (path.read_bytes(), stored.size, path.name) == (b"abcdef", 6, stored.sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert left_over() == []


def test_the_same_file_twice_is_one_file(peers: World) -> None:
    plan = peers.tried().row
    assert kept(peers, plan).pk == kept(peers, plan, "again.txt").pk
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("name", ["x.exe", "x", "x.pdf.html", ".svg", ""])
def test_a_type_that_the_program_does_not_take_is_refused(peers: World, name: str) -> None:
    with pytest.raises(Refused) as refused:
        kept(peers, peers.tried().row, name)
    assert "are not taken" in str(refused.value)


PDF, PNG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize(
    ("name", "chunks", "taken"),
    [
        ("plan.pdf", [PDF], True),
        ("plan.PDF", [b"\xef\xbb\xbf\r\n", PDF[:3], PDF[3:]], True),
        ("plan.pdf", [b"MZ\x90\x00 a program"], False),
        ("plan.pdf", [b"%P"], False),
        ("plan.png", [PNG], True),
        ("plan.png", [PDF], False),
        ("plan.docx", [b"PK\x03\x04..."], True),
        ("plan.docx", [b"<html>"], False),
        ("plan.txt", [b"MZ is how it begins"], True),
    ],
)
def test_a_file_is_what_its_name_says(peers: World, name: str, chunks: list[bytes], *, taken: bool) -> None:
    plan = peers.tried().row
    if taken:
        assert files.path_of(kept(peers, plan, name, chunks)).read_bytes() == b"".join(chunks)
        return
    with pytest.raises(Refused, match="does not begin as such a file does"):
        kept(peers, plan, name, chunks)
    assert (Attachment.objects.count(), left_over()) == (0, [])


def too_much() -> Iterator[bytes]:
    for _ in range(11):
        yield b"x" * MB


def breaking_off() -> Iterator[bytes]:
    yield b"abc"
    raise ConnectionError


@pytest.mark.parametrize(
    ("chunks", "error"), [(too_much, Refused), (breaking_off, ConnectionError), (lambda: iter([]), Refused)]
)
def test_what_is_too_large_empty_or_breaks_off_leaves_nothing(
    peers: World, chunks: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        kept(peers, peers.tried().row, chunks=chunks())
    assert (Attachment.objects.count(), left_over()) == (0, [])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("../../etc/passwd.txt", "passwd.txt"), ("C:\\temp\\a.txt", "a.txt"), ("a\x00b\u202e.txt", "ab.txt")],
)
def test_a_name_is_only_a_name(given: str, wanted: str) -> None:
    assert files.clean_name(given) == wanted


def test_a_file_is_fetched_by_those_who_read_its_entry(peers: World) -> None:
    plan = peers.tried(mentor=[peers.otto]).row
    stored = kept(peers, plan)
    attach(peers, plan, stored, about="notes")
    peers.do(plan, peers.finn, Move(move="tell"))
    assert files.fetch(peers.seen(plan, peers.finn), "a1") == stored
    assert files.fetch(peers.seen(plan, peers.ines), "a1") == stored
    for person, name in ((peers.mara, "a1"), (peers.otto, "a1"), (peers.finn, "a2"), (peers.finn, "../a1")):
        with pytest.raises(NotFound):
            files.fetch(peers.seen(plan, person), name)


def test_a_stored_file_that_was_never_attached_is_not_fetched(peers: World) -> None:
    plan = peers.tried().row
    kept(peers, plan)
    with pytest.raises(NotFound):
        files.fetch(peers.seen(plan, peers.finn), "a1")


def test_an_organization_has_one_key_of_its_own(peers: World, others: World) -> None:
    first = keys.public_key(peers.organization)
    assert (keys.public_key(peers.organization), len(bytes.fromhex(first))) == (first, 32)
    assert keys.public_key(others.organization) != first
    path = keys.path_of(peers.organization)
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_what_the_key_signs_the_public_half_proves(peers: World) -> None:
    key = keys.private_key(peers.organization)
    key.public_key().verify(key.sign(b"head"), b"head")


def test_a_draft_is_its_writers_alone_and_replaced_by_the_next(peers: World) -> None:
    plan = peers.tried().row
    for words in ("Half", "Half a thought"):
        save_draft(peers.finn, plan, "answer:goals", {"aim": words}, base_seq=1, now=MARCH_2)
    assert {k: d.data for k, d in queries.drafts(peers.finn, plan).items()} == {
        "answer:goals": {"aim": "Half a thought"}
    }
    assert (queries.drafts(peers.ines, plan), queries.drafts(peers.finn)) == ({}, {})
    drop_draft(peers.finn, plan, "answer:goals")
    assert Draft.objects.count() == 0


def test_a_draft_before_there_is_a_plan_is_kept_once_too(peers: World) -> None:
    for words in ("Half", "Half a thought"):
        save_draft(peers.finn, None, "open:trial", {"why": words}, base_seq=0, now=after(hours=1))
    assert [d.data for d in queries.drafts(peers.finn).values()] == [{"why": "Half a thought"}]


def test_a_draft_keeps_what_every_database_keeps(peers: World) -> None:
    draft = save_draft(
        peers.finn, None, "open:trial", {"why": "a\x00b\ud83dc", "rows": [{"x\x00": 1}]}, base_seq=0, now=MARCH_2
    )
    assert Draft.objects.get(pk=draft.pk).data == {"why": "abc", "rows": [{"x": 1}]}


def test_a_draft_without_end_is_refused(peers: World) -> None:
    with pytest.raises(TooLong):
        save_draft(peers.finn, None, "open:trial", {"why": "x" * 600_000}, base_seq=0, now=MARCH_2)


def test_a_draft_is_no_part_of_the_record(peers: World) -> None:
    plan = peers.tried().row
    save_draft(peers.finn, plan, "answer:goals", {"aim": "Half"}, base_seq=1, now=MARCH_2)
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "Whole"}))
    assert "Half" not in repr(peers.seen(plan, peers.finn).loaded.entries)
