"""What a form proposes stands where an answer was never asked for, and never in place of an answer left empty."""

import pytest

from tests.core.small import NOW, OFFICE_HOURS, PEOPLE, SMALL, plan_of, small, small_file
from upturn.core.commands import Answer, Move, Prepare
from upturn.core.events import Fact
from upturn.core.facts import Actor, Facts
from upturn.core.opening import variant_of
from upturn.core.plan import CheckInState, evolve
from upturn.core.reading import BadProgram, read
from upturn.core.rules import decide
from upturn.core.story import tell

FORM = """
start:
  fields:
    - {id: level, kind: choice, title: Level, options: [Small, Large], default: large}
    - {id: days, kind: integer, title: Days}
    - {id: owner, kind: person, title: Owner}
variants: [{id: big, title: Big, when: level == 'large' && days >= 0, set: {title: A large plan}}]
form:
  - id: words
    fields:
      - {id: said, required: false}
      - {id: rhythm, kind: choice, title: How often, options: [Weekly, Monthly], default: weekly, required: true}
      - {id: why, title: Why so often, show_if: rhythm == 'monthly', default: As agreed}
      - id: steps
        kind: table
        title: Steps
        fields:
          - {id: what, title: What}
          - {id: help, title: Help, default: A talk every week}
clocks: [{id: period, title: The period, end: {length: 30 days}}]
moves: [{id: begin, starts: [period], asks: [{id: channel, title: How it was given, default: By hand}]}]
checkins:
  - id: weekly
    title: Weekly talk
    clock: period
    every: 1 week
    by: [lead]
    before: [{id: mood, title: Mood, default: Well}]
"""
PROGRAM = small(FORM)
WORLD = Facts(calendars=OFFICE_HOURS, people=PEOPLE)
LEAD = Actor("p2", frozenset({"lead"}))


def done(plan, command, actor=LEAD, program=PROGRAM):
    """The plan after a command, and the answers of its first event."""
    events = decide(program, plan, command, actor, NOW, WORLD)
    for event in events:
        plan = evolve(plan, Fact(plan.seq + 1, NOW, actor.code, event))
    return plan, events[0].answers if events else None


def shared(plan, **answers):
    return done(plan, Answer(section="words", answers=answers))


def test_the_first_sharing_of_a_section_takes_what_the_form_proposes():
    assert shared(plan_of(), said="We met")[1] == {"said": "We met", "rhythm": "weekly"}


@pytest.mark.parametrize("empty", ["", None])
def test_an_answer_left_empty_stays_empty(empty):
    assert shared(plan_of(), said="We met", rhythm=empty)[1] == {"said": "We met"}


def test_a_later_sharing_proposes_nothing():
    plan, _ = shared(plan_of(), said="We met", rhythm="")
    later = {"said": "We met twice", "steps": [{"_id": "r1", "what": "Close two"}]}
    assert shared(plan, **later)[1] == later


def test_a_question_that_is_not_asked_gets_no_answer_and_one_that_is_does():
    assert shared(plan_of(), rhythm="monthly")[1] == {"rhythm": "monthly", "why": "As agreed"}


def test_a_row_is_completed_and_none_is_made():
    steps = [{"what": "Close two"}, {}, {"help": None, "what": "Close three"}]
    assert shared(plan_of(), steps=steps)[1]["steps"] == [
        {"_id": "r1", "what": "Close two", "help": "A talk every week"},
        {"_id": "r2", "what": "Close three"},
    ]


def test_what_an_act_asks_is_completed_too():
    _plan, answers = done(plan_of(), Move(move="begin"))
    assert answers == {"channel": "By hand"}


def test_a_part_of_a_check_in_is_completed_once():
    plan = plan_of(stage="running", checkins={"weekly_1": CheckInState("weekly_1", "weekly", NOW.date(), NOW.date())})
    plan, first = done(plan, Prepare(checkin="weekly_1", answers={}))
    assert first == {"mood": "Well"}
    assert done(plan, Prepare(checkin="weekly_1", answers={}))[1] == {}


@pytest.mark.parametrize(
    ("answers", "variant"),
    [
        ({}, "big"),
        ({"level": "small"}, ""),
        ({"level": ""}, ""),
        ({"days": "1,250"}, "big"),
        ({"days": "many"}, "big"),
        ({"days": "-1"}, ""),
    ],
)
def test_the_variant_is_chosen_by_answers_as_they_were_written(answers, variant):
    assert variant_of(PROGRAM, answers) == variant


@pytest.mark.parametrize(("answers", "variant"), [({}, "big"), ({"level": ""}, ""), ({"days": "1,250"}, "big")])
def test_a_story_opens_the_variant_that_the_record_names(answers, variant):
    story = {"name": "Opened", "steps": [{"as": "lea", "open": answers}]}
    stage = tell(small_file(FORM), {"cast": {"mo": "member", "lea": "lead"}}, story)
    assert stage.plan.variant == variant
    assert stage.the_program().title == ("A large plan" if variant else "A small plan")


def test_what_a_form_proposes_must_fit_its_question():
    changed = SMALL.replace("title: What was said,", "title: What was said, default: [1],")
    with pytest.raises(BadProgram) as found:
        read(changed)
    assert [p.says for p in found.value.problems] == ["`[1]` is no first answer to this: Write this as text."]
