"""Two people at once: nobody's words are lost, what does not matter does not disturb, who changed what is said."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests.records.conftest import MARCH_2, World, after, world
from upturn.core.commands import Answer, Command, Comment, Move, Propose, Record, Respond, Sign, State
from upturn.core.digests import of_signature
from upturn.core.refusals import Conflict, Refused
from upturn.records import clock
from upturn.records.models import Entry, Plan
from upturn.records.perform import perform
from upturn.records.verify import verify


def writing(peers: World) -> Plan:
    """A trial plan that Mara and Finn write together."""
    plan = peers.tried().row
    return peers.do(plan, peers.finn, Move(move="tell")).row


def aim(text: str) -> Answer:
    return Answer(section="goals", answers={"aim": text})


def test_a_section_somebody_else_changed_is_a_conflict_that_says_who_and_when(peers: World) -> None:
    plan = writing(peers)
    perform(plan.pk, aim("Finn's words"), peers.finn, MARCH_2 + timedelta(hours=5, minutes=2))
    with pytest.raises(Conflict) as conflict:
        perform(plan.pk, aim("Mine"), peers.mara, after(hours=6), expected=plan.seq)
    assert conflict.value.changes == ("Finn Alder changed “Goals” on 2 March 2026, 14:02.",)
    assert (Plan.objects.get().seq, conflict.value.seq) == (plan.seq + 1, plan.seq + 1)


def test_ones_own_change_in_another_window_is_told_as_ones_own(peers: World) -> None:
    plan = writing(peers)
    perform(plan.pk, aim("Here"), peers.mara, after(hours=5))
    with pytest.raises(Conflict) as conflict:
        perform(plan.pk, aim("There"), peers.mara, after(hours=6), expected=plan.seq)
    assert conflict.value.changes == ("You changed “Goals” on 2 March 2026, 14:00.",)


def test_one_who_reads_anew_goes_on(peers: World) -> None:
    plan = writing(peers)
    perform(plan.pk, aim("Finn's words"), peers.finn, after(hours=5))
    done = perform(plan.pk, aim("Mine"), peers.mara, after(hours=6), expected=plan.seq + 1)
    assert done.plan.answer("goals", "aim") == "Mine"


HARMLESS: dict[str, Command] = {
    "another section": Answer(section="notes", answers={"note": "A note"}),
    "a comment": Comment(section="goals", text="What about October?"),
    "a record": Record(log="talk", answers={"what": "Calls"}),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_command_does_not_rely_on_does_not_disturb_it(peers: World, name: str) -> None:
    plan = writing(peers)
    perform(plan.pk, HARMLESS[name], peers.finn, after(hours=5))
    done = perform(plan.pk, aim("Mine"), peers.mara, after(hours=6), expected=plan.seq)
    assert done.plan.answer("goals", "aim") == "Mine"


def test_a_statement_never_conflicts(peers: World) -> None:
    plan = writing(peers)
    peers.do(plan, peers.finn, aim("Calls"), Move(move="go"))
    done = perform(plan.pk, State(text="Thank you."), peers.mara, after(hours=6), expected=plan.seq)
    assert done.row.stage == "running"


def test_signing_relies_on_the_whole_text(peers: World) -> None:
    plan = writing(peers)
    peers.do(plan, peers.finn, aim("Calls"), Move(move="go"))
    seen = peers.seen(plan, peers.mara)
    peers.do(plan, peers.mara, Propose(changes={"goals": {"aim": "Longer calls"}}, reason="Clearer"))
    peers.do(plan, peers.finn, Respond(number=1, outcome="agreed"))
    digest = of_signature(seen.program, seen.plan, "learner_signs")
    sign = Sign(signature="learner_signs", outcome="acknowledged", digest=digest)
    with pytest.raises(Conflict) as conflict:
        perform(plan.pk, sign, peers.mara, after(hours=6), expected=seen.plan.seq)
    assert [c.split(" on ")[0] for c in conflict.value.changes] == ["Finn Alder changed “Goals”"]


def test_what_somebody_cannot_read_neither_disturbs_them_nor_is_told_to_them(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    seen = peers.seen(plan, peers.mara)
    peers.do(plan, peers.ines, Answer(section="notes", answers={"note": "Between us"}))
    sign = Sign(
        signature="learner_signs", outcome="acknowledged", digest=of_signature(seen.program, seen.plan, "learner_signs")
    )
    done = perform(plan.pk, sign, peers.mara, after(hours=6), expected=seen.plan.seq)
    assert done.plan.standing("learner_signs")
    with pytest.raises(Conflict) as conflict:
        perform(plan.pk, Move(move="go"), peers.finn, after(hours=6), expected=seen.plan.seq)
    assert conflict.value.changes[0].startswith("Ines Roth changed “Notes of the office” on 2 March 2026")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of several threads gets when all begin together: a result, or the exception."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - it is what we look at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_the_same_button_one_wins_and_the_other_is_told(transactional_db: None) -> None:
    peers = world("peers")
    plan = writing(peers)
    row = peers.do(plan, peers.mara, aim("Calls")).row

    def press() -> object:
        return perform(row.pk, Move(move="go"), peers.finn, after(hours=8), expected=row.seq)

    got = at_once(press, press)
    assert sorted(type(g).__name__ for g in got) == ["Conflict", "Performed"]
    assert Entry.objects.filter(type="Moved", plan=plan).count() == 2
    assert verify(peers.organization) == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_lose_nothing(transactional_db: None) -> None:
    peers = world("peers")
    plan = writing(peers)

    def say(number: int) -> Callable[[], object]:
        return lambda: perform(
            plan.pk, State(text=f"Statement {number}"), peers.mara, after(hours=8), expected=plan.seq
        )

    got = at_once(*(say(n) for n in range(8)))
    assert {type(g).__name__ for g in got} == {"Performed"}
    assert sorted(s.text for s in peers.seen(plan, peers.mara).plan.statements) == [f"Statement {n}" for n in range(8)]
    assert verify(peers.organization) == []


@pytest.mark.django_db(transaction=True)
def test_plans_opened_at_once_get_numbers_of_their_own(transactional_db: None) -> None:
    peers = world("peers")
    got = at_once(*[peers.opened] * 4)
    assert {type(g).__name__ for g in got} == {"Performed"}
    assert sorted(Plan.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_several_clocks_and_a_person_at_once_bring_a_day_once(transactional_db: None) -> None:
    peers = world("peers")
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    late = after(days=40)
    at_once(*([lambda: clock.tick(late)] * 3), lambda: perform(plan.pk, State(text="Late"), peers.mara, late))
    times = list(
        Entry.objects.filter(plan=plan, type__in=("Lapsed", "Moved"), actor="clock").values_list(
            "payload__body", flat=True
        )
    )
    assert len(times) == len(set(times)) == 7  # the deadline, four check-ins, the period, the step that follows
    assert Plan.objects.get(pk=plan.pk).stage == "over"
    assert verify(peers.organization) == []


def test_a_refusal_is_not_a_conflict(peers: World) -> None:
    plan = writing(peers)
    with pytest.raises(Refused):
        perform(plan.pk, Move(move="go"), peers.finn, after(hours=6), expected=plan.seq)
