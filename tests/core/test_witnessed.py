"""Whatever a witness puts on record of somebody's signature, that person is told, and told where to say otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.playing import Play, opened
from upturn.core import commands as c
from upturn.core.audience import reads
from upturn.core.events import Event, Noticed, Signed

PROGRAM = """
start: {tells: true}
parties:
  coach: {title: Coach, kind: supporter, max: 2, reads: listed}
signatures:
  - id: mine
    title: The member signs
    by: [member]
    in: [drafting]
    covers: [words]
    meaning: I agree.
    outcomes: [agreed, declined, not_reachable]
    witness: [lead, staff]
  - id: coached
    title: The coaches sign
    by: [coach]
    each: true
    optional: true
    in: [drafting]
    covers: [words]
    meaning: I help.
    outcomes: [agreed, declined]
    witness: [lead]
"""
STILL = "you may still sign while the improvement plan stands in “Drafting”"
STATEMENT = "write a statement, which nobody can edit and which goes wherever the record goes."


def told(events: list[Event]) -> Noticed:
    (notice,) = [event for event in events if isinstance(event, Noticed)]
    return notice


@pytest.fixture
def play() -> Play:
    found = opened(PROGRAM)
    found.do("finn", c.Answer(section="words", answers={"said": "It began in spring."}))
    return found


def on_paper(play: Play) -> list[Event]:
    play.do("finn", c.Attach(name="signed.pdf", media_type="application/pdf", size=9, sha256="a" * 64))
    return play.sign("finn", "mine", paper="a1", reason="At the meeting")


@pytest.mark.parametrize(
    ("outcome", "says"),
    [("declined", "declined to sign"), ("not_reachable", "could not be reached")],
)
def test_whoever_is_said_to_have_declined_or_to_be_out_of_reach_is_told_by_whom_when_and_what_to_do(
    play, outcome, says
):
    play.now += timedelta(days=2)
    notice = told(play.sign("finn", "mine", outcome, reason="Three calls", on=play.today - timedelta(days=1)))
    assert (notice.to, notice.title) == (("p1",), "Put on record in your name: The member signs")
    assert notice.text == (
        f"Finn Alder put on record on 4 March 2026 that you {says} (“The member signs”, on 3 March 2026). "
        f"If that is not how it was, say so: {STILL} or {STATEMENT}"
    )


def test_whoever_is_said_to_have_signed_on_paper_is_told_so(play):
    notice = told(on_paper(play))
    assert notice.text == (
        "Finn Alder put on record on 2 March 2026 that you agreed, on paper (“The member signs”). "
        f"If that is not how it was, say so: {STATEMENT}"
    )


def test_whoever_signs_or_declines_is_told_nothing_of_it(play):
    assert [type(event) for event in play.sign("mara", "mine", "declined")] == [Signed]


def test_who_waits_for_the_telling_gets_no_notice_before_it(play):
    play.plan = replace(play.plan, told=None)
    assert [type(event) for event in play.sign("finn", "mine", "declined", reason="She will not")] == [Signed]


def test_a_helper_in_whose_name_it_is_reads_it_and_no_other_helper_is_told(play):
    """Somebody who reads only what names them reads what is put on record in their own name."""
    for code in ("p4", "p5"):
        play.do("finn", c.ChangeParty(role="coach", change="joined", code=code))
    events = play.sign("finn", "coached", "declined", signer="p5", reason="No time")
    assert told(events).to == ("p5",)
    assert "tell the " in told(events).text
    assert all(reads(play.plan, fact, play.plan.roles("p5")) for fact in play.record[-2:])


def test_the_lead_and_the_office_read_what_was_told_and_the_notice_goes_to_one_person(play):
    notice = told(on_paper(play))
    assert (notice.to, notice.audience) == (("p1",), ("lead", "member", "staff"))
