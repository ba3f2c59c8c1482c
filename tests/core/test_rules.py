"""`decide`, `offers` and `due`: who may open and act, what is known beforehand, what time brings and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.core.playing import Play, opened
from tests.core.small import NOW, TODAY, small, small_file
from upturn.core import commands as c
from upturn.core import events as e
from upturn.core.duties import duties
from upturn.core.facts import Actor, EarlierPlan, Facts
from upturn.core.plan import Plan
from upturn.core.refusals import Conflict, Refusal, Refused
from upturn.core.rules import decide, may_open, why_not
from upturn.core.scope import touched
from upturn.core.verbs import BY_COMMAND, VERBS

SAID = c.Answer(section="words", answers={"said": "It began in spring."})
PERIOD = """
clocks: [{id: period, title: The period, end: {length: 30 days}, first_day_counts: false}]
moves:
  - {id: begin, starts: [period]}
"""


def refusal(play, name, command):
    """The sentences of a refusal."""
    with pytest.raises(Refused) as refused:
        play.do(name, command)
    return [r.sentence for r in refused.value.reasons]


def kinds(events):
    return [type(event).__name__ for event in events]


# -- opening ----------------------------------------------------------------------------------------------------------

TRIGGERED = """
start:
  trigger_needed: true
  fields: [{id: rating, kind: integer, title: Rating}]
  triggers: [{id: low, title: A low rating, when: "rating < 3 && 'rating' in answered", cites: [Handbook]}]
"""
OPEN = c.Open(digest="d", parties={"p1": ("member",), "p2": ("lead",)})


@pytest.mark.parametrize(
    ("change", "command", "code", "roles", "facts", "says"),
    [
        ("", OPEN, "p1", {"member"}, {}, ["An improvement plan is opened by the lead or the program staff."]),
        ("", c.Open(digest="d", parties={"p2": ("lead",)}), "p2", {"lead"}, {}, ["Member: 1 person must be named."]),
        (
            "",
            c.Open(digest="d", parties={"p1": ("member", "lead")}),
            "p1",
            {"lead"},
            {},
            ["Nobody holds a second role on a plan about themselves."],
        ),
        (
            "parties: {lead: {min: 1}}",
            c.Open(digest="d", parties={"p1": ("member",), "p4": ("member",)}),
            "p3",
            {"staff"},
            {},
            ["Lead: 1 person must be named.", "Member: at most 1 person may be named."],
        ),
        (
            "",
            c.Open(digest="d", parties={"p1": ("member",), "p2": ("boss",)}),
            "p3",
            {"staff"},
            {},
            ["boss: no such party in this program."],
        ),
        (
            "single: true",
            OPEN,
            "p2",
            {"lead"},
            {"earlier": (EarlierPlan("small", date(2026, 1, 5), None),)},
            ["There is already an open improvement plan, opened on 5 January 2026. Close or withdraw it first."],
        ),
        (
            "valid: {from: 2026-04-01}",
            OPEN,
            "p2",
            {"lead"},
            {},
            ["This version of “A small plan” does not apply today. Choose the version that does."],
        ),
        (
            TRIGGERED,
            OPEN,
            "p2",
            {"lead"},
            {},
            ["None of the grounds for an improvement plan is given: “A low rating”. (Handbook)"],
        ),
    ],
)  # fmt: skip
def test_a_plan_is_opened_by_whom_with_whom_and_when_its_program_says(change, command, code, roles, facts, says):
    program = small(change)
    with pytest.raises(Refused) as refused:
        decide(program, Plan(), command, Actor(code, frozenset(roles)), NOW, Facts(**facts))
    assert [r.sentence for r in refused.value.reasons] == says


def test_an_open_plan_is_not_opened_again():
    assert refusal(opened(), "finn", OPEN) == ["This plan is open already."]


def test_whether_somebody_may_open_is_known_before_anything_is_filled_in():
    assert may_open(small(), frozenset({"lead"}), NOW, Facts()) == ()
    assert [r.rule for r in may_open(small(), frozenset({"subject"}), NOW, Facts())] == ["role"]
    once = small("start: {when: [no_open_plan]}")
    running = (EarlierPlan("small", date(2026, 1, 5), None),)
    assert [r.rule for r in may_open(once, frozenset({"lead"}), NOW, Facts(earlier=running))] == ["no_open_plan"]


def test_the_subject_knows_of_a_plan_of_their_own_making():
    play = Play(small_file("start: {by: [subject, lead]}"))
    play.do("mara", c.Open(digest="d", parties={"p1": ("member",), "p2": ("lead",)}))
    assert play.plan.told == TODAY


# -- the moment of telling --------------------------------------------------------------------------------------------


def test_before_the_telling_the_subject_is_offered_nothing_and_after_it_everything():
    play = opened()
    assert play.offers("mara") == {}
    assert refusal(play, "mara", SAID) == ["Writing “What it is about” is for the member or the lead."]
    play.do("finn", SAID)
    play.do("finn", c.Move(move="begin"))
    assert {"answer:words", "state:plan", "comment:words"} <= set(play.offers("mara"))
    assert all("member" in fact.event.audience or "member" in fact.event.later for fact in play.record)


# -- offers and decisions agree ---------------------------------------------------------------------------------------


def test_every_verb_has_one_command_and_every_command_but_opening_one_verb():
    commands = {kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)}
    assert set(BY_COMMAND) == commands - {c.Command, c.Open}
    assert len(BY_COMMAND) == len(VERBS)


def test_what_is_refused_is_refused_in_the_words_in_which_it_was_offered():
    play = opened("moves: [{id: begin, when: [{all_answered: {sections: [words]}, cites: [Handbook]}]}]")
    offered = play.offers("finn")["move:begin"].refusals
    assert refusal(play, "finn", c.Move(move="begin")) == [r.sentence for r in offered]
    assert [r.sentence for r in offered] == ["Still to be written: What it is about: What was said. (Handbook)"]
    play.do("finn", SAID)
    assert play.offers("finn")["move:begin"].refusals == ()
    assert kinds(play.do("finn", c.Move(move="begin"))) == ["Moved"]


def test_a_warning_is_passed_with_a_written_reason_that_stays_in_the_entry():
    play = opened("moves: [{id: begin, warn: [{all_answered: {sections: [words]}}]}]")
    assert refusal(play, "finn", c.Move(move="begin")) == [
        "Still to be written: What it is about: What was said. You may go on with a written reason."
    ]
    (moved,) = play.do("finn", c.Move(move="begin", reasons={"all_answered": " She is away. "}))
    assert moved.warnings == (
        {
            "rule": "all_answered",
            "says": "Still to be written: What it is about: What was said.",
            "reason": "She is away.",
        },
    )


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        ("move:end", "“End” is possible in “Under way”; the plan stands in “Drafting”."),
        ("move:begin", "“Begin” is for the lead."),
        ("move:fly", "There is no such step."),
        ("fly:away", "There is nothing of that name to do."),
        ("reply:²", "There is no such comment."),
        (f"respond:{'9' * 5000}", "There is no such proposal."),
        ("correct:-1", "There is no such entry."),
        ("item:a/b/c", "There is no such item."),
        ("answer:", "There is no such section."),
    ],
)
def test_why_not_says_what_stands_against_anything_that_may_be_asked(offer, says):
    play = opened()
    play.do("finn", c.Move(move="begin"))
    play.plan = opened().plan if offer == "move:end" else play.plan
    name = "finn" if offer == "move:end" else "mara"
    if offer == "move:begin":
        play = opened("start: {tells: true}")
    reasons = why_not(play.the_program, play.plan, play.actor(name), play.now, play.facts, offer)
    assert [r.says for r in reasons] == [says]


# -- days -------------------------------------------------------------------------------------------------------------


def test_nothing_is_asserted_for_a_day_to_come():
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Refused, match="cannot lie in the future"):
        opened(on=tomorrow)
    play = opened()
    for command in (c.Move(move="begin", on=tomorrow), c.Answer(section="words", answers={}, on=tomorrow)):
        assert refusal(play, "finn", command) == ["The day it happened cannot lie in the future."]


def test_days_promised_count_from_the_day_a_step_was_recorded_however_early_it_is_said_to_have_happened():
    rule = "{days_since: {move: begin, at_least: 90 days}}"
    play = opened(f"moves: [{{id: end, when: [{rule}]}}]", on=TODAY - timedelta(days=200))
    play.now += timedelta(days=60)
    (moved,) = play.do("finn", c.Move(move="begin", on=TODAY + timedelta(days=3)))
    assert moved.on == TODAY + timedelta(days=3)
    assert {play.plan.told, play.plan.stage_since, play.plan.moves[-1].on} == {date(2026, 5, 1)}
    assert refusal(play, "finn", c.Move(move="end"))[0].startswith("This is possible from 30 July 2026")


def test_a_step_is_not_asserted_for_a_day_on_which_the_plan_did_not_stand_there_yet():
    play = opened()
    play.now += timedelta(days=9)
    assert refusal(play, "finn", c.Move(move="begin", on=TODAY - timedelta(days=1))) == [
        "Give a day from 2 March 2026 on: “Drafting” began then."
    ]


DEADLINES = """
deadlines:
  - id: reply
    title: Reply
    for: member
    after: {log: letter}
    within: 10 days
    met_by: {statement: true}
    otherwise: x
  - {id: memo, title: The memo, for: lead, after: {log: letter}, within: 10 days, met_by: {moves: end}, otherwise: y}
logs: [{id: letter, title: Letter, do: Record the letter, by: [lead], fields: [{id: what, title: What}]}]
"""  # fmt: skip


def test_a_deadline_for_the_person_a_plan_is_about_counts_from_no_day_before_it_was_written_down():
    play = opened(DEADLINES)
    play.do("finn", c.Record(log="letter", answers={"what": "x"}, on=TODAY - timedelta(days=9)))
    assert {d.id: d.due for d in play.plan.deadlines.values()} == {"reply": date(2026, 3, 12), "memo": date(2026, 3, 3)}


@pytest.mark.parametrize(
    ("zone", "moment", "told", "possible"),
    [
        ("America/New_York", datetime(2026, 3, 3, 1, tzinfo=UTC), date(2026, 3, 2), "31 May 2026"),
        ("Pacific/Auckland", datetime(2026, 3, 1, 20, tzinfo=UTC), date(2026, 3, 2), "31 May 2026"),
    ],
)
def test_the_days_of_a_plan_are_days_where_it_lives(zone, moment, told, possible):
    rule = "{days_since: {told: true, at_least: 90 days}}"
    play = opened(f"moves: [{{id: end, when: [{rule}]}}]", now=moment, zone=zone)
    play.do("finn", c.Move(move="begin"))
    assert play.plan.told == told
    assert refusal(play, "finn", c.Move(move="end"))[0].startswith(f"This is possible from {possible}")


# -- what time brings -------------------------------------------------------------------------------------------------


def test_what_time_brings_comes_exactly_once_and_not_before_its_day():
    play = opened(PERIOD)
    play.do("finn", c.Move(move="begin"))
    assert play.wakes() == datetime(2026, 4, 2, tzinfo=UTC)
    assert play.wait(until=date(2026, 4, 1)) == []
    assert kinds(play.wait(until=date(2026, 4, 2))) == ["Lapsed"]
    assert play.due() == []
    assert play.wakes() is None


def test_the_clock_may_look_late_and_brings_everything_oldest_first():
    play = opened(
        PERIOD + "notices:\n"
        "  - {id: soon, title: Soon, clock: period, before: 7 days, to: [member], text: '{clock.period}'}\n"
        "  - {id: after, title: After, clock: period, after: 7 days, to: [member], text: 'It was {clock.period}'}\n"
    )
    play.do("finn", c.Move(move="begin"))
    play.now += timedelta(days=60)
    assert [getattr(event, "notice", "") or event.id for event in play.due()] == ["period", "after"]


def test_the_end_of_a_plan_stops_its_clocks_and_nobody_is_told_that_time_is_short():
    notice = "notices: [{id: soon, title: Soon, clock: period, before: 7 days, to: [member], text: 'Soon'}]"
    play = opened(PERIOD + notice)
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Move(move="withdraw", answers={"why": "A mistake"}))
    assert play.plan.clocks["period"].stopped
    assert play.wakes() is None
    assert play.wait(until=date(2026, 6, 1)) == []


def test_a_clock_that_the_end_starts_runs_on():
    play = opened(
        "clocks: [{id: sustain, title: Afterwards, end: {length: 90 days}}]\nmoves: [{id: end, starts: [sustain]}]"
    )
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Move(move="end"))
    assert (play.plan.stage, play.plan.clocks["sustain"].stopped) == ("over", False)
    assert kinds(play.wait(until=date(2026, 6, 2))) == ["Lapsed"]


def test_the_clock_looks_again_tomorrow_at_what_cannot_happen_today():
    play = opened(
        PERIOD + "  - {id: over_now, title: The time is over, from: [running], to: over, by: [clock], "
        "after: {clock: period}, when: [{all_answered: {sections: [words]}}]}\n"
    )
    play.do("finn", c.Move(move="begin"))
    assert kinds(play.wait(until=date(2026, 4, 5))) == ["Lapsed"]
    assert play.wakes() == datetime(2026, 4, 6, tzinfo=UTC)
    play.do("finn", SAID)
    assert kinds(play.due()) == ["Moved"]


def test_a_notice_some_days_after_a_deadline_is_sent_once_that_has_passed():
    play = opened(
        DEADLINES + "notices: [{id: late, title: Late, deadline: memo, after: 3 days, to: [lead], text: 'Late'}]"
    )
    play.do("finn", c.Record(log="letter", answers={"what": "x"}))
    brought = play.wait(until=date(2026, 3, 15))
    assert [(fact.at.date(), kinds([fact.event])) for fact in play.record[-3:]] == [
        (date(2026, 3, 13), ["Lapsed"]), (date(2026, 3, 13), ["Lapsed"]), (date(2026, 3, 15), ["Noticed"]),
    ]  # fmt: skip
    assert kinds(brought) == ["Lapsed", "Lapsed", "Noticed"]


CIRCLE = """
moves:
  - {id: there, title: There, from: [drafting], to: running, by: [clock], when: [told]}
  - {id: back, title: Back, from: [running], to: drafting, by: [clock], when: [told]}
"""


def test_a_program_whose_own_steps_run_in_a_circle_changes_nothing():
    play = opened(CIRCLE)
    assert refusal(play, "finn", c.Move(move="begin")) == [
        "This program's own steps run in a circle. Nothing was changed; tell whoever keeps the program."
    ]


# -- extensions and pauses --------------------------------------------------------------------------------------------


FULL = (
    "The period must end by 11 April 2026: with all extensions it lasts at most 40 days, and runs until 11 April 2026."
)


def extend(by):
    return c.Extend(clock="period", by=by, reason="The quarter moved")


@pytest.mark.parametrize(
    ("spec", "by", "end"),
    [
        ("{by: [lead], from: end}", "30 days", date(2026, 5, 1)),
        ("{by: [lead], from: request}", "60 days", date(2026, 5, 11)),
        ("{by: [lead], from: request, each_min: 10 days}", "60 days", date(2026, 5, 11)),
    ],
)
def test_an_extension_counts_from_the_end_or_from_the_request(spec, by, end):
    play = opened(PERIOD.replace("first_day_counts: false", f"first_day_counts: false, extension: {spec}"))
    play.do("finn", c.Move(move="begin"))
    play.wait(until=date(2026, 3, 12))
    assert play.offers("finn")["extend:period"].refusals == ()
    play.do("finn", extend(by))
    assert play.plan.clocks["period"].end == end


@pytest.mark.parametrize(
    ("spec", "more", "by", "says"),
    [
        ("{by: [lead], times: 1}", "", "1 day", "The period was extended 1 time; that is as often as it may be."),
        (
            "{by: [lead]}",
            "total_max: 40 days, ",
            "1 day",
            FULL,
        ),
    ],
)
def test_an_extension_that_no_length_makes_possible_is_refused_in_the_offer_already(spec, more, by, says):
    play = opened(PERIOD.replace("first_day_counts: false", f"first_day_counts: false, {more}extension: {spec}"))
    play.do("finn", c.Move(move="begin"))
    play.do("finn", extend("10 days"))
    assert [r.says for r in play.offers("finn")["extend:period"].refusals] == [says]
    assert refusal(play, "finn", extend(by)) == [says]


def test_a_pause_that_a_cap_cuts_cuts_the_floor_with_it_and_later_check_ins_fall_away():
    play = opened(
        PERIOD.replace("first_day", "min: 30 days, max: 40 days, pause: {by: [lead], cap: stays}, first_day")
        + "checkins: [{id: weekly, title: Check-in, clock: period, every: 1 week, by: [lead]}]"
    )  # fmt: skip
    play.do("finn", c.Move(move="begin"))
    play.wait(until=date(2026, 4, 1))
    play.do("finn", c.Pause(start=date(2026, 3, 10)))
    play.do("finn", c.Resume(last=date(2026, 3, 29)))
    clock = play.plan.clocks["period"]
    assert (clock.end, clock.floor, clock.cap) == (date(2026, 4, 11), date(2026, 4, 11), date(2026, 4, 11))
    assert [(s.due, s.cancelled) for s in play.plan.checkins.values()] == [
        (date(2026, 3, 9), False),
        (date(2026, 4, 5), False),
        (date(2026, 3, 23), True),
        (date(2026, 3, 30), True),
    ]


# -- collisions -------------------------------------------------------------------------------------------------------

SIGNED = """
signatures:
  - id: mine
    title: The lead signs
    by: [lead]
    in: [drafting]
    covers: [words]
    meaning: I agree.
    outcomes: [agreed]
"""
SIGN = c.Sign(signature="s", outcome="agreed", digest="d")
STEP = c.MoveItem(table="t", row="r1", move="m")
JOIN = c.ChangeParty(code="p4", role="lead", change="joined")


def test_words_other_than_those_read_are_not_signed():
    play = opened(SIGNED)
    play.do("finn", SAID)
    with pytest.raises(Conflict, match="have changed since you read them"):
        play.do("finn", c.Sign(signature="mine", outcome="agreed", digest="0" * 64))


@pytest.mark.parametrize(
    ("command", "event", "collides"),
    [
        (SAID, e.Answered(section="words", answers={}), True),
        (SAID, e.Answered(section="other", answers={}), False),
        (SAID, e.Commented(number=1, section="words", text="?"), False),
        (SAID, e.Amended(number=1, kind="amendment", changes={"words": {}}, how="agreed"), True),
        (SIGN, e.Answered(section="other", answers={}), True),
        (SIGN, e.Stated(number=1, text="x"), False),
        (c.Move(move="m"), e.Dated(what="clock", id="c", cause="extended"), True),
        (c.Move(move="m"), e.Moved(move="m", from_="a", to="b", answers={}), True),
        (c.Move(move="m"), e.CheckedIn(checkin="w_1", state="held", answers={}), False),
        (c.Hold(checkin="w_1"), e.CheckedIn(checkin="w_1", state="held", answers={}), True),
        (c.Hold(checkin="w_1"), e.CheckedIn(checkin="w_1", state="prepared", answers={}), False),
        (c.Hold(checkin="w_1"), e.Dated(what="checkin", id="w_1", cause="moved"), True),
        (c.Hold(checkin="w_1"), e.CheckedIn(checkin="w_2", state="held", answers={}), False),
        (STEP, e.ItemMoved(table="t", row="r1", move="m", to="x", answers={}), True),
        (STEP, e.ItemMoved(table="t", row="r2", move="m", to="x", answers={}), False),
        (c.Reply(number=1, outcome="noted"), e.Replied(to="comment", number=1, outcome="accepted"), True),
        (c.Reply(number=1, outcome="noted"), e.Replied(to="proposal", number=1, outcome="agreed"), False),
        (c.Respond(number=1, outcome="agreed"), e.Replied(to="proposal", number=1, outcome="agreed"), True),
        (c.Propose(changes={"words": {}}, reason="x"), e.Answered(section="words", answers={}), True),
        (c.Approve(approval="a", outcome="approved"), e.Approved(approval="a", outcome="approved", answers={}), True),
        (c.Screen(part="p", answers={}), e.Screened(part="q", answers={}), True),
        (c.Extend(clock="c", by="1 day", reason="x"), e.Paused(clocks=("c",), start=TODAY), True),
        (JOIN, e.PartyChanged(code="p5", role="lead", change="joined"), True),
        (c.Comment(section="words", text="x"), e.Answered(section="words", answers={}), False),
        (c.State(text="x"), e.Moved(move="m", from_="a", to="b", answers={}), False),
    ],
)  # fmt: skip
def test_a_command_collides_with_what_changes_what_it_relies_on_and_with_nothing_else(command, event, collides):
    relies_on = BY_COMMAND[type(command)].reads(command)
    assert bool(relies_on & touched(event)) == collides


def test_a_refusal_has_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        Refused()
    assert Refusal("x", "No.", ("A", "B")).sentence == "No. (A, B)"


def test_a_deadline_does_not_begin_for_what_is_done_already():
    play = opened(SIGNED + DEADLINES.replace("met_by: {moves: end}", "met_by: {signatures: mine}"))
    letter = c.Record(log="letter", answers={"what": "x"})
    play.do("finn", SAID)
    play.do("finn", letter)
    play.sign("finn", "mine")
    assert play.plan.deadlines["memo"].met == TODAY
    play.now += timedelta(days=1)
    assert kinds(play.do("finn", letter)) == ["Logged", "Dated"]  # the member's reply, which is still owed
    assert play.plan.deadlines["memo"].due == date(2026, 3, 12)


# -- rows that have a history -----------------------------------------------------------------------------------------

STEPS = """
form:
  - id: words
    fields: [{id: steps, kind: table, title: Steps, row: Step, fields: [{id: what, title: What, required: true}]}]
items:
  - table: steps
    in: [running]
    stages: [{id: open, title: Open}, {id: done, title: Done, open: false}]
    moves: [{id: do_it, title: Mark as done, from: [open], to: done, by: [lead]}]
"""


def steps(*rows):
    return c.Answer(
        section="words", answers={"said": "x", "steps": [dict(zip(("what", "_id"), r, strict=False)) for r in rows]}
    )


def test_a_new_row_is_never_taken_for_one_that_was_done():
    play = opened(STEPS)
    play.do("finn", steps(("First",), ("Second",)))
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.MoveItem(table="steps", row="r1", move="do_it"))
    play.do("finn", steps(("Third",)))
    assert play.plan.answer("words", "steps") == [{"_id": "r2", "what": "Third"}]
    assert "item:steps/r2/do_it" in play.offers("finn")
    play.do("finn", steps(("First", "r1"), ("Third",)))
    assert play.plan.answer("words", "steps") == [{"_id": "r1", "what": "First"}, {"_id": "r2", "what": "Third"}]
    assert "item:steps/r1/do_it" not in {o for o, a in play.offers("finn").items() if not a.refusals}


# -- signatures and the words they cover ------------------------------------------------------------------------------

TWO = SIGNED + "form:\n  - {id: notes, title: Notes, by: [lead], in: [drafting], fields: [{id: noted, title: Noted}]}\n"


def test_only_a_change_to_the_words_it_covers_voids_a_signature_and_is_on_record():
    play = opened(TWO)
    play.do("finn", SAID)
    play.sign("finn", "mine")
    play.do("finn", c.Answer(section="notes", answers={"noted": "x"}))
    play.do("finn", SAID)
    assert not play.plan.signatures["mine"].voided
    events = play.do("finn", c.Answer(section="words", answers={"said": "It began in May."}))
    assert kinds(events) == ["Answered", "Voided"]
    assert (events[1].signatures, events[1].sections) == (("mine",), ("words",))
    assert play.plan.standing("mine") is None
    play.sign("finn", "mine")
    assert play.plan.standing("mine") is not None


def test_a_signature_says_what_was_signed_word_for_word():
    play = opened(SIGNED)
    play.do("finn", SAID)
    (signed,) = play.sign("finn", "mine")
    assert (signed.meaning, signed.sections, signed.outcome, signed.signer) == ("I agree.", ("words",), "agreed", "p2")


ORDERED = """
signatures:
  - {id: mine, title: First, by: [lead], in: [drafting], covers: [words], meaning: x, outcomes: [agreed]}
  - id: yours
    title: Second
    by: [member]
    in: [drafting]
    covers: [words]
    meaning: x
    outcomes: [agreed, declined]
    after: [mine]
    witness: [lead, staff]
    witnesses: 2
start: {tells: true}
"""


def test_a_signature_that_comes_second_waits_and_one_that_was_declined_is_witnessed_by_two():
    play = opened(ORDERED)
    play.do("finn", SAID)
    assert [r.says for r in play.offers("mara")["sign:yours"].refusals] == ["“First” comes first."]
    play.sign("finn", "mine")
    with pytest.raises(Refused, match="2 witnesses needed: name 1 besides yourself"):
        play.sign("finn", "yours", "declined", reason="She will not")
    with pytest.raises(Refused, match="Choose what this signature says: “declined to sign”"):
        play.sign("finn", "yours", "agreed")
    event, _notice = play.sign("finn", "yours", "declined", reason="She will not", witnesses=["Wanda"])
    assert (event.signer, event.role, event.witnesses) == ("p1", "lead", ("Wanda",))


# -- who reads --------------------------------------------------------------------------------------------------------

WITHHELD = """
form:
  - {id: notes, title: Notes, by: [lead], in: [drafting, running], sees: [lead, staff], withheld: true,
     fields: [{id: noted, title: Noted}]}
"""


def test_what_is_withheld_stays_withheld_after_the_telling():
    play = opened(WITHHELD)
    play.do("finn", c.Answer(section="notes", answers={"noted": "before"}))
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Answer(section="notes", answers={"noted": "after"}))
    notes = [fact.event for fact in play.record if kinds([fact.event]) == ["Answered"]]
    assert [(event.audience, event.later) for event in notes] == [(("lead", "staff"), ())] * 2
    assert "comment:notes" not in play.offers("mara")


def test_a_comment_may_be_for_fewer_readers_and_never_for_more():
    play = opened("start: {tells: true}")
    (narrow,) = play.do("finn", c.Comment(section="words", text="?", audience=["staff"]))
    assert narrow.audience == ("lead", "staff")
    assert "reply:1" not in play.offers("mara")
    assert refusal(
        opened(WITHHELD.replace("true", "false")), "finn", c.Comment(section="notes", text="?", audience=["member"])
    ) == ["the member cannot read this section."]


def test_a_correction_is_read_by_whoever_reads_what_it_corrects():
    play = opened(WITHHELD)
    play.do("finn", c.Answer(section="notes", answers={"noted": "x"}))
    (corrected,) = play.do("finn", c.Correct(seq=2, text="y"))
    assert (corrected.audience, corrected.later) == (("lead", "staff"), ())


# -- after the end ----------------------------------------------------------------------------------------------------


def test_after_the_end_there_are_statements_corrections_evidence_and_nothing_else():
    play = opened("start: {tells: true}")
    play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Move(move="end"))
    assert {o.partition(":")[0] for o in play.offers("mara")} == {"state", "disclose"}
    assert {o.partition(":")[0] for o in play.offers("ines")} == {"correct", "disclose"}
    assert refusal(play, "finn", SAID) == [
        "This improvement plan is closed. What is on record stays; nothing is added to it."
    ]


# -- people -----------------------------------------------------------------------------------------------------------

STAND_IN = "parties: {deputy: {title: Deputy, kind: lead, stands_in_for: lead}}"


def test_a_stand_in_acts_once_the_absence_is_on_record_and_until_it_is_over():
    play = opened(STAND_IN)
    play.do("ines", c.ChangeParty(code="p3", role="deputy", change="joined"))
    actor = Actor("p3", frozenset({"deputy"}))
    move = c.Move(move="begin")
    with pytest.raises(Refused, match="acts when the absence of the lead is on record"):
        decide(play.the_program, play.plan, move, actor, play.now, play.facts)
    absent = c.ChangeParty(code="p2", role="lead", change="absent", reason="Leave", until=date(2026, 3, 9))
    play.do("ines", absent)
    (moved, *_) = decide(play.the_program, play.plan, move, actor, play.now, play.facts)
    assert moved.role == "deputy"
    play.now += timedelta(days=8)
    with pytest.raises(Refused, match="It is not"):
        decide(play.the_program, play.plan, move, actor, play.now, play.facts)


def party(code, change="joined", **more):
    return c.ChangeParty(code=code, role="lead", change=change, **more)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (party("p1"), "Nobody holds a second role on a plan about themselves."),
        (party("p2"), "That person already holds this role."),
        (party("p9"), "At most 1 may be lead: hand over instead."),
        (party("p9", instead_of="p8"), "Hand over from somebody who holds the role."),
        (party("p9", instead_of="p2"), "The reason: an answer is needed."),
        (party("p2", "left", reason="x"), "A plan needs a lead: hand over to somebody instead."),
        (party("p9", "absent", reason="x"), "That person is not the lead of this plan."),
        (party("p2", "vanished"), "Choose what changes."),
        (party("p2", "returned"), "No absence of Finn Alder is on record."),
    ],
)
def test_who_is_on_a_plan_changes_only_so_that_somebody_leads_it(command, says):
    assert refusal(opened(), "ines", command) == [says]


LOOKED_AT = """
approvals: [{id: look, title: A second look, by: [lead], in: [drafting], covers: [words], fallback: [staff]}]
"""


def test_the_fallback_approves_while_everybody_who_may_is_away_and_no_longer():
    play = opened(LOOKED_AT)
    play.do("finn", SAID)
    assert "approve:look" not in play.offers("ines")
    play.do("ines", party("p2", "absent", reason="Leave", until=date(2026, 3, 9)))
    assert "approve:look" in play.offers("ines")
    play.now += timedelta(days=8)
    assert "approve:look" not in play.offers("ines")
    play.do("ines", party("p2", "absent", reason="Illness"))
    assert "approve:look" in play.offers("ines")


def test_a_plan_is_handed_over_and_whoever_left_has_no_say():
    play = opened()
    play.do("ines", party("p9", instead_of="p2", reason="Finn moves"))
    assert {p.code: p.roles for p in play.plan.parties.values()} == {"p1": ("member",), "p2": (), "p9": ("lead",)}
    assert play.offers("finn") == {}


LATER = """
form:
  - id: words
    fields: [{id: first, kind: date, title: First day}]
clocks: [{id: period, title: The period, starts_on: first, end: {length: 30 days}, pause: {by: [lead]}}]
moves: [{id: begin, starts: [period]}]
"""


def test_a_clock_that_begins_later_is_not_paused_before_it_begins():
    play = opened(LATER)
    play.do("finn", c.Answer(section="words", answers={"said": "It began in May.", "first": "2026-03-09"}))
    play.do("finn", c.Move(move="begin"))
    says = "The period starts on 9 March 2026. From then on leave stops it."
    assert refusal(play, "finn", c.Pause(start=TODAY, note="Leave")) == [says]
    assert "pause:plan" not in play.offers("finn")


# -- bounds of a period -----------------------------------------------------------------------------------------------

CHOSEN = """
form:
  - id: words
    fields: [{id: until, kind: date, title: Until}]
clocks:
  - {id: period, title: The period, end: {date: until}, min: 30 days, max: 90 days, extension: {by: [lead]}}
moves:
  - {id: begin, starts: [period]}
"""


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (
            "2026-03-30",
            (
                "The period lasts at least 30 days: from 2 March 2026 it cannot end before 31 March 2026; "
                "it would end on 30 March 2026."
            ),
        ),
        ("2026-03-31", None),
        ("2026-05-30", None),
        (
            "2026-05-31",
            (
                "The period lasts at most 90 days: from 2 March 2026 it must end by 30 May 2026; "
                "it would end on 31 May 2026."
            ),
        ),
        ("2026-03-01", "The period would end on 1 March 2026, before it starts on 2 March 2026."),
    ],
)
def test_a_period_is_no_shorter_and_no_longer_than_promised(until, says):
    play = opened(CHOSEN)
    play.do("finn", c.Answer(section="words", answers={"said": "x", "until": until}))
    assert [r.says for r in play.offers("finn")["move:begin"].refusals] == ([says] if says else [])
    if says:
        assert refusal(play, "finn", c.Move(move="begin")) == [says]


def test_an_extension_never_goes_beyond_the_cap():
    play = opened(CHOSEN)
    play.do("finn", c.Answer(section="words", answers={"said": "x", "until": "2026-05-01"}))
    play.do("finn", c.Move(move="begin"))
    assert refusal(play, "finn", extend("30 days")) == [
        (
            "The period must end by 30 May 2026: with all extensions it lasts at most 90 days. "
            "Extended by 30 days it would end on 31 May 2026."
        )
    ]
    play.do("finn", extend("29 days"))
    assert play.plan.clocks["period"].end == date(2026, 5, 30)


# -- suggested changes ------------------------------------------------------------------------------------------------

SUGGESTED = """
form:
  - id: words
    by: [lead]
    fields: [{id: first, kind: date, title: First day}]
rules: [{id: US-03}]
moves: [{id: begin, kind: start}]
"""


@pytest.mark.parametrize(("proposed", "stands"), [("2026-03-16", "2026-03-16"), ("a week later", None)])
def test_a_change_that_was_accepted_is_written_at_once_or_owed_until_it_is(proposed, stands):
    play = opened(SUGGESTED)
    play.do("finn", SAID)
    play.do("ines", c.Comment(section="words", field="first", text="Too early", proposed=proposed))
    assert refusal(play, "finn", c.Move(move="begin")) == ["1 suggested change by Ines Roth has no answer yet. (US-03)"]
    play.do("finn", c.Reply(number=1, outcome="accepted"))
    assert play.plan.sections["words"].answers.get("first") == stands
    owed = [d.title for d in duties(play.case()) if d.offer == "answer:words"]
    if stands:
        assert owed == []
        return
    assert owed == ["Write the change that was accepted into “What it is about”"]
    says = "1 change to “What it is about” was accepted and is not written yet. (US-03)"
    assert refusal(play, "finn", c.Move(move="begin")) == [says]
    play.do("finn", c.Answer(section="words", answers={"said": "It began in May.", "first": "2026-03-09"}))
    assert play.plan.unwritten() == []
    play.do("finn", c.Move(move="begin"))
