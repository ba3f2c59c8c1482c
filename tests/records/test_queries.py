"""Lists: the right rows in the right order, and the same number of queries whatever there is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import MARCH_2, World, after
from upturn.core.commands import Answer, Move
from upturn.records import clock, queries
from upturn.records.access import look, visible_plans
from upturn.records.models import Person
from upturn.records.queries import Filters
from upturn.records.readings import readings, record_reading
from upturn.records.timeline import timeline


def walked(page: object, more: object) -> list[object]:
    items = list(page.items)
    while page.next:
        page = more(page.next)
        items += page.items
    return items


def test_my_work_is_ordered_by_its_day_and_ends_with_what_has_none(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    peers.opened()
    due = [d.due and d.due.isoformat() for d in queries.my_work(peers.finn).items]
    assert due == ["2026-03-09", "2026-03-16", None, None]


def test_the_office_shares_what_waits_for_the_office(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    clock.tick(after(days=31))
    work = queries.my_work(peers.ines).items
    assert [(d.offer, d.due) for d in work] == [("move:close", date(2026, 4, 16))]
    assert queries.my_work(peers.ada).items == []


def test_the_office_does_not_share_what_is_about_itself(peers: World) -> None:
    peers.mara.roles = ["office"]
    peers.mara.save()
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    clock.tick(after(days=31))
    assert [d.offer for d in queries.my_work(peers.mara).items if d.fill] == []
    assert "move:close" not in {d.offer for d in queries.my_work(peers.mara).items}


def test_what_waits_for_others_names_them(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))

    def waiting(person: Person) -> list[tuple[str | None, str]]:
        found = queries.waiting_for_others(person).items
        return [(d.person and d.person.name, d.offer) for d in found if "prepare" not in d.offer]

    assert waiting(peers.finn) == [("Mara Quill", "state:plan")]
    assert waiting(peers.mara) == [
        ("Finn Alder", "check_in:weekly_1"),
        ("Finn Alder", "check_in:weekly_2"),
        ("Finn Alder", "answer:notes"),
    ]
    assert sorted(waiting(peers.ines)) == sorted([*waiting(peers.mara), *waiting(peers.finn)])
    assert waiting(peers.otto) == []


def test_nobody_hears_from_my_work_of_a_plan_before_the_telling(peers: World) -> None:
    peers.opened()
    assert (queries.my_work(peers.mara).items, queries.waiting_for_others(peers.mara).items) == ([], [])


def test_pages_of_work_and_of_plans_hold_everything_once(peers: World) -> None:
    for day in range(7):
        peers.opened(now=after(days=day // 2))
    work = walked(queries.my_work(peers.finn, size=3), lambda c: queries.my_work(peers.finn, after=c, size=3))
    plans = walked(queries.plans(peers.ines, size=3), lambda c: queries.plans(peers.ines, after=c, size=3))
    assert (len(work), len({d.pk for d in work})) == (7, 7)
    assert (len(plans), len({p.pk for p in plans})) == (7, 7)
    assert [p.opened_on for p in plans] == sorted((p.opened_on for p in plans), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WyJ4IiwieSJd", "WzEsMl0", "WyIyMDI2LTAxLTAxIl0", "9" * 500])
def test_a_cursor_nobody_gave_out_leads_to_the_first_page(peers: World, cursor: str) -> None:
    plan = peers.opened().row
    assert queries.plans(peers.finn, after=cursor).items == [plan]
    assert len(queries.my_work(peers.finn, after=cursor).items) == 1
    assert len(queries.people(peers.finn, after=cursor).items) == 6


FILTERS = {
    "everything": (Filters(), {"running", "raised", "trial"}),
    "program": (Filters(program="trial"), {"trial"}),
    "phase": (Filters(phase="run"), {"running"}),
    "stage": (Filters(stage="raised"), {"raised"}),
    "status": (Filters(status="ended"), set()),
    "name": (Filters(q="  quill "), {"running", "raised", "trial"}),
    "nobody": (Filters(q="Quilp"), set()),
    "number": (Filters(q="trial-2026"), {"trial"}),
    "percent is a character": (Filters(q="%"), set()),
}


@pytest.mark.parametrize("what", FILTERS)
def test_plans_are_narrowed(peers: World, what: str) -> None:
    made = {"running": peers.running().row, "raised": peers.opened().row, "trial": peers.tried().row}
    filters, wanted = FILTERS[what]
    assert {p.pk for p in queries.plans(peers.ines, filters).items} == {made[n].pk for n in wanted}


def test_plans_are_narrowed_by_group_and_lead(peers: World) -> None:
    grouped, other = peers.opened().row, peers.tried().row
    assert queries.plans(peers.ines, Filters(group=peers.group.pk)).items == [grouped]
    assert {p.pk for p in queries.plans(peers.ines, Filters(lead=peers.finn.pk)).items} == {grouped.pk, other.pk}
    assert queries.plans(peers.ines, Filters(lead=peers.otto.pk)).items == []


def test_a_party_lists_the_plans_they_are_on_and_no_others(peers: World) -> None:
    peers.opened()
    told = peers.told(peers.opened().row).row
    assert queries.plans(peers.mara).items == [told]
    assert queries.plans(peers.otto).items == []


def test_the_list_holds_what_may_be_seen_and_nothing_else(peers: World, others: World) -> None:
    peers.opened()
    peers.told(peers.opened().row)
    peers.tried(union=[peers.otto], mentor=[peers.vera])
    others.opened()
    for person in Person.objects.all():
        listed = {p.pk for p in queries.plans(person).items}
        assert listed == set(visible_plans(person).values_list("pk", flat=True)), person
        assert listed >= {p.pk for p in queries.plans(person, Filters(q="Mara")).items}


def test_people_are_found_by_a_part_of_the_name(peers: World) -> None:
    peers.otto.left_on = MARCH_2.date()
    peers.otto.save()
    assert [p.name for p in queries.people(peers.mara, "an").items] == ["Vera Sand"]
    assert [p.name for p in queries.people(peers.mara, "brand", left=True).items] == ["Otto Brand"]


def cost(act: object) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_every_list_takes_the_same_queries_for_one_plan_and_for_many(peers: World) -> None:
    def costs() -> dict[str, int]:
        return {
            "work": cost(lambda: [d.plan.subject.name for d in queries.my_work(peers.finn).items]),
            "work of the office": cost(
                lambda: [d.plan.program_version.title for d in queries.my_work(peers.ines).items]
            ),
            "others": cost(lambda: [d.plan.subject.name for d in queries.waiting_for_others(peers.ines).items]),
            "plans": cost(lambda: [p.subject.name for p in queries.plans(peers.ines, Filters(q="a")).items]),
            "people": cost(lambda: [p.manager for p in queries.people(peers.ines).items]),
        }

    peers.running()
    one = costs()
    for _ in range(2):
        peers.running()
        peers.opened()
    assert costs() == one
    assert max(one.values()) <= 4


def test_a_page_with_the_whole_record_takes_no_more_queries_than_the_look(peers: World) -> None:
    plan = peers.running().row
    assert cost(lambda: timeline(look(plan.pk, peers.mara, plan.updated_at))) == 4


def test_a_reading_is_noted_once_per_sign_in(peers: World) -> None:
    plan = peers.opened().row
    seen = peers.seen(plan, peers.finn)
    for session, hours in (("one", 0), ("one", 1), ("two", 2)):
        record_reading(seen, session, after(hours=hours))
    record_reading(peers.seen(plan, peers.ines), "one", after(hours=3))
    assert [(r.person.name, r.at - MARCH_2) for r in readings(seen)] == [
        ("Ines Roth", timedelta(hours=3)),
        ("Finn Alder", timedelta(hours=2)),
        ("Finn Alder", timedelta(0)),
    ]
    assert "one" not in {r.session for r in readings(seen)}
