"""The general rules: each is kept by a guard there is, before kinds of step there are; a program chooses the level."""

from typing import get_args

import pytest

from tests.core.playing import opened
from tests.core.small import small
from upturn.core import commands as c
from upturn.core.general import GENERAL
from upturn.core.guards import GUARDS, arguments
from upturn.core.language import KINDS as KINDS_OF_SENTENCES
from upturn.core.program import FormField, Move
from upturn.core.reading import BadProgram
from upturn.core.refusals import Refused

KINDS = set(get_args(Move.model_fields["kind"].annotation))
GOALS = """
form:
  - id: words
    fields: [{id: steps, kind: table, title: Steps, fields: [{id: what, title: What}]}]
goals: [{table: steps, text: what}]
moves:
  - {id: begin, kind: issue}
"""


@pytest.mark.parametrize("rule", GENERAL.values(), ids=GENERAL)
def test_a_general_rule_is_kept_by_a_guard_before_kinds_of_step_and_says_why(rule):
    assert rule.guard in GUARDS
    assert set(rule.kinds) <= KINDS
    assert rule.why.endswith((".", ")."))
    known = set(GUARDS[rule.guard].refers) | {"parts", "at_least", "at_most"}
    assert set(rule.args) <= known


def test_a_rule_stands_before_every_step_of_its_kinds_and_no_other():
    program = small(GOALS + "rules: [{id: GEN-16}]")
    guarded = {move.id for move in program.moves if any(rule.cites == ("GEN-16",) for rule in move.when)}
    assert guarded == {"begin"}


def test_a_rule_blocks_or_warns_as_the_program_chooses_and_cites_itself():
    blocked = opened(GOALS + "rules: [{id: GEN-16}]")
    with pytest.raises(Refused) as refused:
        blocked.do("finn", c.Move(move="begin"))
    assert [r.sentence for r in refused.value.reasons] == ["There are 0 goals; at least 1 needed. (GEN-16)"]
    warned = opened(GOALS + "rules: [{id: GEN-16, level: warn}]")
    assert warned.offers("finn")["move:begin"].refusals == ()
    warned.do("finn", c.Move(move="begin", reasons={"goal_count": "The goals follow tomorrow."}))
    assert warned.plan.moves[-1].warnings[0]["says"] == "There are 0 goals; at least 1 needed. (GEN-16)"


def test_a_program_gives_a_rule_arguments_of_its_own():
    program = small(GOALS + "rules: [{id: GEN-16, args: {at_most: 3, at_least: 0}}]")
    (rule,) = program.move["begin"].when
    assert arguments(GUARDS["goal_count"], rule.args) == {"at_most": 3, "at_least": 0}
    opened(GOALS + "rules: [{id: GEN-16, args: {at_most: 3, at_least: 0}}]").do("finn", c.Move(move="begin"))


def test_every_plan_can_be_withdrawn_and_closed_because_a_person_left_without_the_program_saying_so():
    play = opened("start: {tells: true}")
    assert {"move:withdraw", "move:close_left"} <= set(play.offers("ines"))
    assert {o for o in play.offers("finn") if o.startswith("move:")} == {"move:begin", "move:withdraw"}
    assert not [o for o in play.offers("mara") if o.startswith("move:")]
    play.do("ines", c.Move(move="close_left", answers={"why": "She moved."}))
    assert (play.plan.stage, play.case().open, play.plan.decision) == ("ended_left", False, None)


def test_a_program_may_say_itself_how_a_plan_is_withdrawn():
    program = small(
        "moves: [{id: withdraw, title: Take it back, from: [drafting], to: over, by: [lead]}]\n"
        "administration: {left: [lead]}"
    )
    assert program.move["withdraw"].title == "Take it back"
    assert program.move["close_left"].by == ("lead",)
    assert "withdrawn" not in program.stage


WORDS = """
form:
  - id: words
    fields: [{id: said, reads_as: deficiency}]
moves:
  - {id: begin, kind: issue}
"""


def test_words_about_character_warn_before_the_plan_is_issued_and_the_reason_stays_on_record():
    play = opened(WORDS + "rules: [{id: LNG, level: warn}]")
    play.do("finn", c.Answer(section="words", answers={"said": "On 2 March you were lazy."}))
    with pytest.raises(Refused) as refused:
        play.do("finn", c.Move(move="begin"))
    (warning,) = refused.value.reasons
    assert warning.says.startswith("“What was said”: “lazy” judges the person: what was done or said, and when?")
    assert warning.says.endswith("(TRA001, LNG-01). You may go on with a written reason.")
    play.do("finn", c.Move(move="begin", reasons={"wording_clear": "It is the member's own word."}))
    (kept,) = play.plan.moves[-1].warnings
    assert (kept["rule"], kept["reason"]) == ("wording_clear", "It is the member's own word.")
    assert "“lazy”" in kept["says"]


def test_a_program_may_refuse_over_wording_and_choose_which():
    play = opened(WORDS + "rules: [{id: LNG, args: {codes: [EXA, TRA001]}}]")
    play.do("finn", c.Answer(section="words", answers={"said": "You hung up, they say."}))
    with pytest.raises(Refused, match=r"(?s)no day stands here.*EXA001.*\(LNG\)"):
        play.do("finn", c.Move(move="begin", reasons={"wording_clear": "No."}))
    play.do("finn", c.Answer(section="words", answers={"said": "On 2 March you hung up."}))
    play.do("finn", c.Move(move="begin"))


def test_a_program_may_warn_over_the_plan_as_a_whole():
    play = opened(WORDS + "rules: [{id: LNG, level: warn, args: {codes: [EXA101, PLA]}}]")
    play.do("finn", c.Answer(section="words", answers={"said": "You hung up."}))
    with pytest.raises(
        Refused, match=r"“What it is about”: nothing of what is said .*EXA101, GEN-01\)\. You may go on"
    ):
        play.do("finn", c.Move(move="begin"))
    play.do("finn", c.Move(move="begin", reasons={"wording_clear": "The days are in the log."}))


def test_a_code_that_no_rule_has_is_a_fault_of_the_program():
    with pytest.raises(BadProgram, match="There is no wording rule `TRX`"):
        small(WORDS + "rules: [{id: LNG, args: {codes: [TRX]}}]")
    with pytest.raises(BadProgram, match="reads as something"):
        small("form: [{id: words, fields: [{id: n, kind: integer, title: N, reads_as: goal}]}]")


def test_a_field_reads_as_what_the_wording_checker_knows():
    (known,) = [a for a in get_args(FormField.model_fields["reads_as"].annotation) if a is not type(None)]
    assert get_args(known) == KINDS_OF_SENTENCES
