"""Organizations and people: what comes with them, what never changes, what nobody shares."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.records.conftest import World
from upturn.records.models import Calendar, Organization, Person, User


def test_an_organization_begins_with_the_business_days_of_its_place(db: None) -> None:
    district = Organization.objects.create(name="Agency", slug="agency", zone="America/New_York", subdivision="DC")
    days = Calendar.objects.get(organization=district).value()
    assert days.why_closed(date(2026, 4, 16)) == "Emancipation Day"


def test_the_zone_stays_once_there_are_plans(peers: World) -> None:
    peers.organization.zone = "America/New_York"
    peers.organization.save()
    peers.opened()
    peers.organization.zone = "UTC"
    with pytest.raises(ValidationError) as error:
        peers.organization.save()
    assert error.value.messages == [
        "The time zone stays America/New_York: the days of the plans on record are days there."
    ]
    assert Organization.objects.get(pk=peers.organization.pk).zone == "America/New_York"


def test_a_calendar_that_is_none_is_refused_with_what_is_wrong(peers: World) -> None:
    with pytest.raises(ValidationError) as error:
        Calendar(organization=peers.organization, unit="school_days", days={"weekdays": ["mon"]}).full_clean()
    assert error.value.messages == ["A calendar needs a name."]


def test_an_address_belongs_to_one_account_and_none_is_needed(db: None) -> None:
    User.objects.create_user(username="one", email="pat@peers.example")
    User.objects.create_user(username="two")
    User.objects.create_user(username="three")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(username="four", email="PAT@peers.example")


def test_directory_facts_are_text_to_programs(peers: World) -> None:
    person = Person(name="Ann", title="Clerk", details={"grade": 7, "is_supervisor": True, "company": None})
    assert person.facts() == {
        "grade": "7", "is_supervisor": "true", "company": "", "name": "Ann", "title": "Clerk", "email": "",
    }  # fmt: skip


def test_who_left_holds_no_role(peers: World) -> None:
    peers.ines.left_on = date(2026, 3, 1)
    assert (peers.ines.has_role("office"), peers.ada.has_role("office", "auditor")) == (False, True)
