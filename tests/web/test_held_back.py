"""A copy that is held back is told to those who wait for it: on the plan's page, in their work, in their plans."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.web.doing import Network, client_of, network
from upturn.records import executed, seals
from upturn.records.models import Person

SAYS = "It could not be made or sealed. The signatures stand, and nobody has to sign again."


@pytest.fixture
def net(db: None, settings: Any, tmp_path: Any) -> Network:
    """Signed by both, in an organization whose seal cannot be read."""
    settings.DATA = tmp_path
    net = network().signing()
    net.sign("mara", "member_signs")
    net.sign("finn", "facilitator_signs")
    broken = seals.path_of(net.organization)
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_bytes(b"no key")
    return net


def page(person: Person, address: str) -> str:
    return client_of(person).get(address).content.decode()


def test_lead_and_office_read_it_where_they_look_and_the_member_nowhere(net: Network) -> None:
    assert SAYS not in page(net.finn, net.address())
    executed.seal_due(timezone.now())
    for person in (net.finn, net.ines):
        assert SAYS in page(person, net.address())
        assert "The executed copy of “Member Improvement Plan” is held back</strong> since" in page(
            person, net.address()
        )
        assert "<h2>Held back</h2>" in page(person, "/")
        assert "Executed copy held back" in page(person, "/plans/")
    assert SAYS not in page(net.mara, net.address())
    assert all("held back" not in page(net.mara, where).lower() for where in ("/", "/plans/"))


def test_it_is_gone_once_the_copy_is_made(net: Network) -> None:
    executed.seal_due(timezone.now())
    assert SAYS in page(net.finn, net.address())
    seals.path_of(net.organization).unlink()
    assert executed.seal_due(timezone.now() + timedelta(minutes=2)) == 1
    assert all("held back" not in page(net.finn, where).lower() for where in (net.address(), "/", "/plans/"))
