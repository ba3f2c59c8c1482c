"""The clock: what time alone brings, once, whatever else fails."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import MARCH_2, World, after
from upturn.core.commands import Answer, ChangeParty, Extend, Hold, Move, Pause, Resume
from upturn.core.events import Lapsed
from upturn.records import append_only, clock, histories
from upturn.records.models import Duty, Entry, Payload, Plan
from upturn.records.perform import perform
from upturn.records.verify import verify


def going(peers: World) -> Plan:
    plan = peers.tried().row
    return peers.do(
        plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go")
    ).row


def types(plan: Plan, since: int) -> list[str]:
    return list(Entry.objects.filter(plan=plan, seq__gt=since).order_by("seq").values_list("type", flat=True))


def test_a_plan_wakes_at_midnight_where_it_lives(peers: World) -> None:
    """The answer is due by 7 March: it passes when 8 March begins in Chicago."""
    plan = going(peers)
    assert plan.wakes_at == datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
    assert clock.tick(datetime(2026, 3, 8, 5, 59, tzinfo=UTC)) == 0
    assert clock.tick(datetime(2026, 3, 8, 6, 0, tzinfo=UTC)) == 1
    assert types(plan, plan.seq) == ["Lapsed"]


def test_a_second_tick_at_the_same_moment_finds_nothing(peers: World) -> None:
    plan = going(peers)
    assert (clock.tick(after(days=6)), clock.tick(after(days=6))) == (1, 0)
    assert types(plan, plan.seq) == ["Lapsed"]


def test_a_late_clock_brings_everything_in_the_order_of_its_days(peers: World) -> None:
    plan = going(peers)
    clock.tick(after(days=60))
    row = Plan.objects.get(pk=plan.pk)
    events = [f.event for f in peers.seen(row, peers.finn).entries if f.seq > plan.seq]
    assert [(e.what, e.due.isoformat()) for e in events if isinstance(e, Lapsed)] == [
        ("deadline", "2026-03-07"),
        ("checkin", "2026-03-09"),
        ("checkin", "2026-03-16"),
        ("checkin", "2026-03-23"),
        ("clock", "2026-04-01"),
        ("checkin", "2026-03-30"),  # its three days of grace end after the period
    ]
    assert (row.stage, row.wakes_at) == ("over", None)
    assert verify(peers.organization) == []


def test_a_check_in_becomes_a_duty_two_weeks_before_its_day_by_time_alone(peers: World) -> None:
    plan = going(peers)

    def offers() -> set[str]:
        return set(Duty.objects.filter(plan=plan, offer__startswith="check_in:").values_list("offer", flat=True))

    assert offers() == {"check_in:weekly_1", "check_in:weekly_2"}
    clock.tick(after(days=8))
    assert offers() == {"check_in:weekly_1", "check_in:weekly_2", "check_in:weekly_3"}
    assert verify(peers.organization) == []


def test_an_extended_period_wakes_later(peers: World) -> None:
    plan = going(peers)
    perform(plan.pk, Extend(clock="period", by="30 days", reason="Illness in the team"), peers.finn, after(days=1))
    clock.tick(after(days=45))
    assert Plan.objects.get(pk=plan.pk).stage == "running"
    clock.tick(after(days=62))
    assert Plan.objects.get(pk=plan.pk).stage == "over"


def test_a_pause_holds_the_period_and_its_end_moves(peers: World) -> None:
    plan = going(peers)
    perform(plan.pk, Pause(start=date(2026, 3, 10)), peers.finn, after(days=9))
    clock.tick(after(days=40))
    assert Plan.objects.get(pk=plan.pk).stage == "running"
    done = perform(plan.pk, Resume(last=date(2026, 3, 31)), peers.finn, after(days=40))
    assert done.plan.clocks["period"].end == date(2026, 4, 1) + timedelta(days=22)
    assert verify(peers.organization) == []


def test_a_stand_in_owes_until_the_absent_one_is_back(peers: World) -> None:
    plan = peers.tried(deputy=[peers.otto]).row
    peers.do(
        plan, peers.finn, ChangeParty(code="p2", role="coach", change="absent", reason="Leave", until=date(2026, 3, 5))
    )

    def owing() -> set[str]:
        return set(Duty.objects.filter(plan=plan, offer="move:tell").values_list("person__name", flat=True))

    assert owing() == {"Finn Alder", "Otto Brand"}
    clock.tick(after(days=4))
    assert owing() == {"Finn Alder"}
    assert verify(peers.organization) == []


def test_one_plan_that_cannot_be_read_does_not_stop_the_others(peers: World, caplog: pytest.LogCaptureFixture) -> None:
    plans = [going(peers) for _ in range(3)]
    append_only.remove(connection)
    Payload.objects.filter(entry__plan=plans[1], entry__seq=1).update(body="no JSON")
    append_only.install(connection)
    histories.forget()
    assert clock.tick(after(days=6)) == 2
    assert [types(p, p.seq) for p in plans] == [["Lapsed"], [], ["Lapsed"]]
    assert plans[1].pk in caplog.text


def test_a_failing_plan_is_not_in_the_way_of_a_short_tick(peers: World) -> None:
    plans = [going(peers) for _ in range(3)]
    append_only.remove(connection)
    Payload.objects.filter(entry__plan=plans[0], entry__seq=1).update(body="no JSON")
    append_only.install(connection)
    histories.forget()
    assert [clock.tick(after(days=6), limit=1) for _ in range(3)] == [1, 1, 0]


def test_looking_for_what_is_due_takes_one_query_when_nothing_is(peers: World) -> None:
    for _ in range(3):
        going(peers)
    with CaptureQueriesContext(connection) as captured:
        clock.tick(MARCH_2 + timedelta(hours=1))
    assert len(captured) == 1


def test_a_check_in_held_in_time_is_not_missed(peers: World) -> None:
    plan = going(peers)
    perform(
        plan.pk,
        Hold(checkin="weekly_1", answers={"said": "All well"}, attended=("p1", "p2"), next_step="Go on"),
        peers.finn,
        after(days=7),
    )
    clock.tick(after(days=12))
    missed = [c.id for c in peers.seen(plan, peers.finn).plan.checkins.values() if c.missed]
    assert missed == []
