"""A letter tells of a step: it is there from that step on, bears its day, and goes to nobody who reads less than it
says.
"""

from datetime import date, timedelta

from tests.records.conftest import World, after
from upturn.core.commands import Answer, Move
from upturn.core.letters import paragraphs
from upturn.records.clock import tick
from upturn.records.letters import offered
from upturn.records.models import Person, Plan


def titles(peers: World, plan: Plan, person: Person) -> list[str]:
    return [letter.id for letter, _case in offered(peers.seen(plan, person))]


def started(peers: World) -> Plan:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Move(move="tell"), Answer(section="goals", answers={"aim": "Write every week"}))
    return peers.do(plan, peers.finn, Move(move="go"), at=after(days=2)).row


def test_a_letter_is_offered_from_the_step_on_that_it_tells_of(peers: World) -> None:
    plan = peers.tried().row
    assert titles(peers, plan, peers.finn) == ["invitation"]
    peers.do(plan, peers.finn, Move(move="tell"))
    assert titles(peers, plan, peers.finn) == ["told", "invitation"]
    assert titles(peers, started(peers), peers.finn) == ["told", "started"]


def test_whom_a_letter_goes_to_opens_it_once_there_is_something_to_tell(peers: World) -> None:
    plan = started(peers)
    assert titles(peers, plan, peers.mara) == ["told", "started"]
    earlier = peers.tried().row
    peers.do(earlier, peers.finn, Move(move="tell"))
    assert titles(peers, earlier, peers.mara) == ["told"]  # an invitation is its writer's until it is given


def test_whoever_is_neither_writer_nor_reader_of_it_gets_no_letter(peers: World) -> None:
    assert titles(peers, started(peers), peers.ada) == []


def test_nobody_gets_a_letter_that_says_what_they_do_not_read(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="notes", answers={"note": "Kept with the office"}), Move(move="tell"))
    assert titles(peers, plan, peers.mara) == []
    assert titles(peers, plan, peers.finn) == ["told", "invitation"]


def test_a_letter_bears_the_day_of_its_step_and_says_what_held_then(peers: World) -> None:
    plan = started(peers)
    tick(after(days=50))
    assert peers.seen(plan, peers.mara).plan.stage == "over"
    (_told, (letter, case)) = offered(peers.seen(plan, peers.mara, after(days=50)))
    assert case.today == date(2026, 3, 4)
    end = date(2026, 3, 4) + timedelta(days=30)
    assert paragraphs(case, letter) == ["Your aim: Write every week", f"It runs until {end.day} {end:%B %Y}."]
