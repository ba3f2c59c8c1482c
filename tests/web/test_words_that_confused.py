"""Sentences that a stranger stumbled over, each as it is said now."""

import pytest

from tests.web.doing import Network, client_of, network
from upturn.core.commands import Attach
from upturn.core.digests import of_signature
from upturn.core.wording import the
from upturn.records.files import store
from upturn.records.papers import signing_copy


@pytest.fixture
def net(db: None) -> Network:
    return network().signing()


def page(net: Network, name: str, rest: str = "", **sent: str) -> str:
    client = client_of(net.people[name])
    return (client.post(net.address(rest), sent) if sent else client.get(net.address(rest))).content.decode()


def test_what_is_done_is_not_said_to_be_not_possible_yet(net: Network) -> None:
    net.sign("mara", "member_signs")
    said = page(net, "mara", "sign/member_signs/")
    assert "<strong>This is done already</strong>" in said
    assert "is on record: agreed." in said
    assert "not possible yet" not in said


def test_what_is_for_somebody_else_is_said_to_be_so(net: Network) -> None:
    assert "<strong>This is for others to do</strong>" in page(net, "mara", "sign/facilitator_signs/")


def test_a_witness_is_told_what_they_do_and_that_the_person_hears_of_it(net: Network) -> None:
    said = page(net, "finn", "sign/member_signs/")
    assert "This signature is for Mara Quill. You do not sign for anybody." in said
    assert "The person is told what you put on record, and may answer it." in said


def test_after_declining_nothing_is_said_to_have_been_signed(net: Network) -> None:
    seen = net.seen("mara")
    copy = signing_copy(seen, seen.program.signature["member_signs"])
    assert copy is not None
    net.sign("mara", "member_signs", "declined", copy=copy.sha256)
    said = page(net, "mara", "sign/member_signs/done/")
    assert "Take the exact copy that was shown (PDF)" in said
    assert "copy that was signed" not in said


def test_the_size_of_a_file_has_its_unit(net: Network) -> None:
    about = {"name": "signed.jpg", "media_type": "image/jpeg"}
    kept = store(
        net.row(), net.seen().program, net.finn, chunks=[b"\xff\xd8\xff" + b"x" * 36_287], now=net.now, **about
    )
    net.do("finn", Attach(size=kept.size, sha256=kept.sha256, **about))
    assert "(JPG, 35.4\xa0KB)" in page(net, "finn")


def test_who_was_faster_is_said_by_what_they_did(net: Network) -> None:
    before = str(net.seen("mara").plan.seq)
    seen = net.seen("mara")
    digest = of_signature(seen.program, seen.plan, "member_signs")
    net.sign("finn", "facilitator_signs")
    sent = {"expected": before, "press": "do", "digest": digest, "outcome": "agreed", "statement": ""}
    said = page(net, "mara", "sign/member_signs/", **sent)
    title = seen.program.signature["facilitator_signs"].title
    assert f"Finn Alder put “{title}” on record (agreed) on" in said
    assert "changed an approval" not in said


@pytest.mark.parametrize(("noun", "said"), [("HR", "HR"), ("employee", "the employee"), ("CEO", "the CEO")])
def test_a_department_of_two_letters_has_no_article(noun: str, said: str) -> None:
    assert the(noun) == said
