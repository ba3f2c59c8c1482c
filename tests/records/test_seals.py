"""The seal of an organization: one for each, made when it is first needed, for its owner only."""

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.records.conftest import World
from upturn.documents import sealing
from upturn.records import keys, seals


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Numbers of organizations come again from test to test; their keys must not."""
    settings.DATA = str(tmp_path)


def test_a_seal_is_made_once_and_read_by_its_owner_only(peers: World) -> None:
    path = seals.path_of(peers.organization)
    assert seals.fingerprint(peers.organization) == seals.fingerprint(peers.organization)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.parent == keys.path_of(peers.organization).parent
    assert [each.name for each in path.parent.glob(".*")] == []


def test_a_seal_bears_the_name_of_its_organization(peers: World) -> None:
    certificate = sealing.certificate_of(seals.signer(peers.organization))
    assert certificate.subject.native["organization_name"] == peers.organization.name


def test_two_organizations_have_two_seals(peers: World, others: World) -> None:
    assert seals.fingerprint(peers.organization) != seals.fingerprint(others.organization)


def test_what_is_given_away_holds_no_key(peers: World) -> None:
    given = seals.certificate(peers.organization)
    assert given.count(b"-----BEGIN ") == given.count(b"-----BEGIN CERTIFICATE-----") == 1
    (certificate,) = sealing.certificates(given)
    assert sealing.fingerprint(certificate) == seals.fingerprint(peers.organization)


def test_an_organizations_own_key_and_certificate_are_taken_as_they_are(peers: World) -> None:
    own = sealing.new_seal("A certificate from elsewhere", at=peers.organization.made_at)
    path = seals.path_of(peers.organization)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(own)
    assert seals.fingerprint(peers.organization) == sealing.fingerprint(sealing.certificates(own)[0])
    assert path.read_bytes() == own
