"""The record in plain words: every kind of event has some, and nobody reads what is not theirs."""

from datetime import date

from tests.records.conftest import World, after
from upturn.core import events as e
from upturn.core.commands import (
    Answer,
    Comment,
    Correct,
    Extend,
    Move,
    Pause,
    Propose,
    Record,
    Reply,
    Respond,
    Resume,
    Screen,
    State,
)
from upturn.records.models import Plan
from upturn.records.timeline import WORDS, Item, timeline


def told(peers: World, plan: Plan, person: str) -> list[Item]:
    return timeline(peers.seen(plan, getattr(peers, person)))


def test_there_are_words_for_every_kind_of_event() -> None:
    assert set(WORDS) == set(e.TYPES.values())


def test_the_life_of_a_plan_reads_from_the_newest_back(peers: World) -> None:
    plan = peers.running().row
    items = told(peers, plan, "mara")
    assert [i.seq for i in told(peers, plan, "ines")] == list(range(plan.seq, 0, -1))
    assert [(i.title, i.actor, i.role) for i in items if i.mark][::-1] == [
        ("Concern raised", "Finn Alder", ""),
        ("Plan begun; the member was given the concern", "Finn Alder", "facilitator"),
        ("Draft handed to the facilitator", "Mara Quill", "member"),
        ("Opened for signing", "Finn Alder", "facilitator"),
        ("The member signs", "Mara Quill", "member"),
        ("The facilitator signs", "Finn Alder", "facilitator"),
        ("Plan started", "Finn Alder", "facilitator"),
    ]


def test_a_date_says_how_it_was_found(peers: World) -> None:
    plan = peers.running().row
    item = next(i for i in told(peers, plan, "mara") if i.title == "The time to improve begins")
    assert item.line == "2 March 2026 to 15 June 2026."
    assert dict(item.details)["Not before"] == "31 May 2026"
    assert "How it was computed" in dict(item.details)


def test_a_moved_date_says_from_to_who_and_why(peers: World) -> None:
    plan = peers.running().row
    peers.do(plan, peers.finn, Extend(clock="period", by="30 days", reason="Two people fell ill"))
    item = next(i for i in told(peers, plan, "mara") if i.title == "The time to improve extended")
    assert (item.line, item.actor) == ("15 June 2026 → 15 July 2026. Two people fell ill.", "Finn Alder")


def test_a_change_shows_what_stood_there_before(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Move(move="tell"))
    peers.do(plan, peers.mara, Answer(section="goals", answers={"aim": "Three calls", "hours": 2}))
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "Two calls", "hours": 2}, why="Counted again"))
    item = told(peers, plan, "mara")[0]
    assert (item.title, item.line, item.details) == (
        "“Goals” changed",
        "Counted again.",
        (("The aim", "Two calls"), ("The aim, before", "Three calls")),
    )


def test_what_happened_on_another_day_says_so(peers: World) -> None:
    plan = peers.opened().row
    peers.do(
        plan,
        peers.finn,
        Record(
            log="discussion", answers={"topics": "x", "member_view": "y"}, attended=("p1", "p2"), on=date(2026, 3, 1)
        ),
    )
    item = told(peers, plan, "finn")[1]
    assert (item.happened_on, item.line) == (date(2026, 3, 1), "Took part: Mara Quill and Finn Alder.")


def test_what_stays_with_the_office_is_listed_to_the_subject_as_existing_and_not_a_word_of_it(peers: World) -> None:
    plan = peers.tried().row
    peers.do(
        plan,
        peers.finn,
        Screen(part="coach_part", answers={"fixable": True}),
        Answer(section="notes", answers={"note": "SECRET"}),
    )
    peers.do(plan, peers.finn, Move(move="tell"))
    items = told(peers, plan, "mara")
    withheld = [i for i in items if i.kind == "withheld"]
    assert [(i.title, i.line, i.details, i.words) for i in withheld] == [
        (
            "Answers to “Notes of the office”, not shown to you",
            "This stays with the coach and the program office. Nothing in it may be relied on against you.",
            (),
            "",
        ),
        (
            "Answers to the screening, not shown to you",
            "This stays with the coach and the program office. Nothing in it may be relied on against you.",
            (),
            "",
        ),
    ]
    assert "SECRET" not in repr(items)
    assert "SECRET" in repr(told(peers, plan, "finn"))


def test_a_representative_reads_that_something_stays_with_others_in_words_about_the_person(peers: World) -> None:
    plan = peers.tried(union=[peers.otto]).row
    peers.do(plan, peers.finn, Answer(section="notes", answers={"note": "SECRET"}), Move(move="tell"))
    lines = [i.line for i in told(peers, plan, "otto") if i.kind == "withheld"]
    assert (
        "This stays with the coach and the program office. Nothing in it may be relied on against the learner." in lines
    )


def test_nothing_withheld_is_listed_to_those_it_is_not_about(peers: World) -> None:
    plan = peers.tried(mentor=[peers.otto]).row
    peers.do(plan, peers.finn, Answer(section="notes", answers={"note": "SECRET"}), Move(move="tell"))
    assert [i.kind for i in told(peers, plan, "otto")] == ["Moved", "Opened"]


def test_talk_amendments_pauses_and_corrections_have_their_words(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "More calls"}), Move(move="tell"))
    peers.do(
        plan, peers.mara, Comment(section="goals", text="Fewer, longer ones", proposed="Longer calls", field="aim")
    )
    peers.do(plan, peers.finn, Reply(number=1, outcome="accepted"), Move(move="go"))
    peers.do(
        plan,
        peers.mara,
        State(text="I will try."),
        Propose(changes={"goals": {"aim": "Two calls a week"}}, reason="Clearer"),
    )
    peers.do(plan, peers.finn, Respond(number=1, outcome="agreed"), Correct(seq=2, text="It was longer."))
    peers.do(plan, peers.finn, Pause(start=date(2026, 3, 3)), at=after(days=2))
    peers.do(plan, peers.finn, Resume(last=date(2026, 3, 4)), at=after(days=3))
    titles = [i.title for i in reversed(told(peers, plan, "mara"))]
    wanted = [
        "Noted",
        "“Goals” shared",
        "Learner told",
        "Change suggested for “Goals”",
        "Suggested change on “Goals” accepted",
        "“Goals” changed",
        "Started",
        "The period begins",
        "Statement made",
        "Change of the plan proposed",
        "Proposed change of the plan agreed to",
        "Plan changed",
        "Entry 2 corrected",
        "Plan paused",
        "Pause ended",
        "The period moved by a pause",
    ]
    assert [t for t in titles if t in wanted] == wanted
    change = next(i for i in told(peers, plan, "mara") if i.title == "Change of the plan proposed")
    assert change.details == (("The aim", "Two calls a week"), ("The aim, before", "Longer calls"))


def test_time_is_called_the_clock(peers: World) -> None:
    plan = peers.tried().row
    peers.do(plan, peers.finn, Answer(section="goals", answers={"aim": "a"}), Move(move="tell"), Move(move="go"))
    peers.do(plan, peers.mara, State(text="Late"), at=after(days=6))
    item = told(peers, plan, "mara")[1]
    assert (item.title, item.actor, item.line) == (
        "Answer the plan passed without an answer",
        "the clock",
        "Its day was 7 March 2026. Silence counts as no objection.",
    )


def test_every_item_says_who_sees_it(peers: World) -> None:
    plan = peers.running().row
    assert {i.who_sees for i in told(peers, plan, "finn") if i.kind == "Signed"} == {
        ("member", "facilitator", "network staff")
    }
