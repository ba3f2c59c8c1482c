"""What is remembered of a plan is always a part of the chain that is asked for."""

from dataclasses import replace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import World, after
from upturn.core.commands import Answer, Move, State
from upturn.core.events import Erased, Event
from upturn.core.facts import CLOCK
from upturn.records import histories, index
from upturn.records.loading import load, rows
from upturn.records.models import Entry, Payload, Plan
from upturn.records.perform import appended, fresh_salt


def row_of(plan: Plan) -> Plan:
    return rows().get(pk=plan.pk)


def read_entries(plan: Plan) -> list[str]:
    """The statements by which the entries were read."""
    row = row_of(plan)
    with CaptureQueriesContext(connection) as captured:
        histories.remembered(row)
    return [q["sql"] for q in captured.captured_queries]


def test_what_is_remembered_is_what_a_full_reading_says(peers: World) -> None:
    plan = peers.running().row
    histories.forget()
    histories.remembered(row_of(plan))
    peers.do(plan, peers.mara, State(text="One"), State(text="Two"))
    row = row_of(plan)
    assert histories.remembered(row) == histories.read(row)
    assert histories.remembered(row).plan == load(row).plan


def test_a_plan_at_a_head_that_is_remembered_is_not_read_again(peers: World) -> None:
    plan = peers.running().row
    histories.remembered(row_of(plan))
    assert read_entries(plan) == []


def test_only_the_entries_after_a_remembered_head_are_read(peers: World) -> None:
    plan = peers.running().row
    histories.remembered(row_of(plan))
    seq = row_of(plan).seq
    peers.do(plan, peers.mara, State(text="One"))
    histories.forget()
    past = histories.remembered(row_of(plan))
    histories.forget()
    histories.remember(
        row_of(plan),
        histories.History(past.entries[:seq], _replayed(plan, seq), _leaf(plan, seq), past.entries[seq - 1].at),
    )
    (statement,) = read_entries(plan)
    assert f'"records_entry"."seq" > {seq}' in statement


def _leaf(plan: Plan, seq: int) -> str:
    return Entry.objects.get(plan=plan, seq=seq).leaf


def _replayed(plan: Plan, seq: int) -> object:
    row = row_of(plan)
    row.seq = seq
    return histories.read(row).plan


def test_a_history_that_another_chain_would_continue_is_not_used(peers: World) -> None:
    """A transaction was seen from within and then rolled back: what was remembered of it leads nowhere."""
    plan = peers.opened().row
    past = histories.read(row_of(plan))
    peers.told(plan)
    row = row_of(plan)
    never = replace(past.plan, group="99")
    histories.remember(row, histories.History(past.entries, never, "f" * 64, past.last_at))
    assert histories.remembered(row) == histories.read(row)


def test_an_older_row_is_answered_as_it_was(peers: World) -> None:
    plan = peers.opened().row
    old = row_of(plan)
    peers.told(plan)
    histories.remembered(row_of(plan))
    assert histories.remembered(old).plan.stage == "raised"
    assert histories.remembered(row_of(plan)).plan.stage == "drafting"


def test_erased_words_are_not_remembered(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "SECRET"}), Move(move="tell"))
    assert "SECRET" in repr(histories.remembered(row_of(plan)))
    _append(plan, Erased(first=2, last=2, rule="three years after the end"))
    Payload.objects.filter(entry__plan=plan, entry__seq=2).delete()
    assert "SECRET" not in repr(histories.remembered(row_of(plan)))


def _append(plan: Plan, event: Event) -> None:
    now = after(days=1)
    loaded = appended(load(row_of(plan)), [event], CLOCK, now, fresh_salt)
    index.write(loaded.row, index.derived(loaded, now), now)


def test_only_so_many_plans_are_remembered(peers: World) -> None:
    plan = peers.opened().row
    history = histories.read(row_of(plan))
    for number in range(histories.MOST + 3):
        histories.remember(Plan(pk=f"made-up-{number}", organization=peers.organization), history)
    assert len(histories._kept) == histories.MOST
