"""What a witness put on record of somebody's signature stands on that person's page, with the ways to answer it."""

import pytest

from tests.web.doing import Network, client_of, network
from upturn.core.commands import Attach, State
from upturn.records.files import store
from upturn.records.models import Notice

HEADING = "Put on record in your name</h2>"


@pytest.fixture
def net(db: None) -> Network:
    return network().signing()


def shown(net: Network, name: str) -> str:
    return client_of(net.people[name]).get(net.address()).content.decode()


def test_the_person_reads_who_recorded_what_and_in_which_words_and_where_to_answer(net: Network) -> None:
    net.sign("finn", "member_signs", "not_reachable", reason="Three calls, and a letter.")
    page = shown(net, "mara")
    assert HEADING in page
    assert "Finn Alder put on record" in page
    assert "Three calls, and a letter." in page
    assert f"{net.address('statement/')}?about=member_signs" in page
    assert net.address("sign/member_signs/") in page
    assert all(HEADING not in shown(net, name) for name in ("finn", "ines"))
    assert HEADING in client_of(net.mara).get("/").content.decode()


def test_it_stands_there_until_the_person_has_answered(net: Network) -> None:
    about = {"name": "signed.pdf", "media_type": "application/pdf"}
    kept = store(net.row(), net.seen().program, net.finn, chunks=[b"%PDF-1.7 by hand"], now=net.now, **about)
    net.do("finn", Attach(size=kept.size, sha256=kept.sha256, **about))
    net.sign("finn", "member_signs", "agreed", paper="a1", reason="Signed at the table.")
    assert "you agreed, on paper" in shown(net, "mara")
    net.do("mara", State(text="I signed nothing."))
    assert HEADING not in shown(net, "mara")


def test_a_signature_of_ones_own_answers_it_too(net: Network) -> None:
    net.sign("finn", "member_signs", "declined", reason="She said no.")
    net.sign("mara", "member_signs")
    assert HEADING not in shown(net, "mara")


def test_a_notice_is_queued_for_that_person_alone_and_the_record_says_for_whom(net: Network) -> None:
    net.sign("finn", "member_signs", "declined", reason="She said no.")
    queued = Notice.objects.get(notice="witnessed")
    assert (queued.person, queued.address) == (net.mara, net.mara.email)
    assert "Finn Alder put on record" in queued.text
    assert "To Mara Quill." in shown(net, "finn")
