"""The demo can be begun at any hour, wherever it is begun."""

from datetime import UTC, datetime

import pytest

from upturn.demo import seeding
from upturn.records.models import Plan
from upturn.records.verify import verify


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["agency", "company", "network"])
@pytest.mark.parametrize("hour", [0, 12])
def test_the_demo_begins_whatever_day_it_is_in_another_zone(name: str, hour: int) -> None:
    """In the evening of an American organization, the next day has begun in UTC."""
    organization = seeding.organization(name, datetime(2026, 11, 23, hour, 30, tzinfo=UTC))
    assert Plan.objects.filter(organization=organization).count() >= 5
    assert verify(organization) == []
