"""The employer's plan: what its stories cannot say well (`employer-pip.story.yaml` tells everything else)."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import upturn.programs
from upturn.core import commands as c
from upturn.core import story
from upturn.core.duties import duties
from upturn.core.events import Moved, Screened
from upturn.core.letters import merged, step_of
from upturn.core.program import Program
from upturn.core.promises import promises
from upturn.core.reading import ProgramFile, read
from upturn.core.refusals import Refused
from upturn.core.rules import decide

FOLDER = Path(upturn.programs.__file__).parent
CRITERIA = ("met", "partly_met", "not_met", "not_assessable")


@cache
def the_file() -> ProgramFile:
    return read((FOLDER / "employer-pip.v1.yaml").read_text(encoding="utf-8"))


@cache
def stories() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = YAML(typ="safe", pure=True).load(
        (FOLDER / "employer-pip.story.yaml").read_text(encoding="utf-8")
    )
    return loaded


def program() -> Program:
    return the_file().program()


def told(*steps: Mapping[str, Any]) -> story.Stage:
    return story.tell(the_file(), stories(), {"name": "a test", "steps": steps})


def asked(stage: story.Stage, name: str, command: c.Command) -> list[Any]:
    return decide(stage.the_program(), stage.plan, command, stage.actor(name), stage.now, stage.world)


def against(stage: story.Stage, name: str, command: c.Command) -> list[str]:
    """Every sentence that refuses this; none when it is done."""
    try:
        asked(stage, name, command)
    except Refused as refused:
        return [r.says for r in refused.reasons]
    return []


# -- C-01: words that build up ----------------------------------------------------------------------------------------

HARSH = re.compile(
    r"\b(fail\w*|poor\w*|punish\w*|disciplin\w*|deficien\w*|underperform\w*|terminat\w*|warning|offen[sc]e|bad|weak\w*)\b",
    re.IGNORECASE,
)
SPOKEN = ("title", "says", "guidance", "text", "do", "done", "otherwise", "meaning", "what", "summary", "default")


def spoken(value: Any, key: str = "") -> Iterator[str]:
    """Everything the program says to a person; ids, and the sources it cites, are left out."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "basis":
                yield from spoken(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from spoken(inner, key)
    elif isinstance(value, str) and (key in SPOKEN or " " in value):
        yield value


def test_c01_nothing_the_program_says_is_harsh():
    said = list(spoken(the_file().document))
    assert len(said) > 300
    assert [text for text in said if HARSH.search(text)] == []


# -- C-02: goals that can be judged ------------------------------------------------------------------------------------

PARTS = {
    "objective": "The objective of the business it serves",
    "baseline": "Where it stands now",
    "target": "The level to reach",
    "due": "By when",
    "source": "Where it can be checked",
    "judge": "Who judges it",
}


@pytest.mark.parametrize("part", PARTS)
def test_c02_a_goal_that_lacks_a_part_is_not_put_before_the_reviewers(part):
    first, second = stories()["answers"]["goals"]["targets"]
    lacking = {"targets": [{k: v for k, v in first.items() if k != part}, second]}
    stage = told({"do": "drafted"}, {"as": "tom", "answer": "goals", "answers": lacking})
    (says,) = against(stage, "tom", c.Move(move="submit"))
    assert PARTS[part] in says


# -- C-05: what was agreed changes only openly -------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["goals", "actions", "support", "schedule"])
def test_c05_what_both_signed_changes_only_by_a_proposal_the_other_side_answers(section):
    stage = told({"do": "running"})
    answers = stage.plan.sections[section].answers
    for name in ("tom", "noor", "hana"):
        assert against(stage, name, c.Answer(section=section, answers=answers))
    propose = {"as": "tom", "propose": {"actions": {"steps": []}}, "reason": "They were done in a week"}
    proposed = told({"do": "running"}, propose)
    assert proposed.plan.sections["actions"] == stage.plan.sections["actions"]
    assert "respond:1" in {duty.offer for duty in duties(proposed.case()) if duty.role == "employee"}


# -- C-03: what was promised is set beside the decision ---------------------------------------------------------------


def test_c03_the_decision_keeps_which_support_was_promised_and_not_given():
    stage = told(
        {"do": "running"},
        {"do": "met_regularly"},
        {"as": "mo", "item": "commitments/r1/deliver", "answers": {"given": "Every Tuesday"}},
        {"until": "2026-05-04"},
        {"as": "tom", "answer": "assessment", "answers": "met_assessment"},
        {
            "as": "tom", "move": "decide", "finding": "met", "disposition": "good_standing", "criteria": "met",
        },
    )  # fmt: skip
    decision = next(f.event for f in stage.record if isinstance(f.event, Moved) and f.event.finding)
    kept = {p["what"]: (p["done"], p["kept"]) for p in decision.promises}
    assert kept == {
        "The time to improve": ("60 days given", True),
        "Check-in": ("4 held", True),
        "Support": ("1 delivered; not delivered: “A second reviewer for payments”", False),
    }


def test_c03_support_that_is_not_delivered_shows_while_the_plan_runs():
    stage = told({"do": "running"})
    support = next(p for p in promises(stage.case()) if p.what == "Support")
    assert (support.promised, support.kept) == ("2 commitments", False)


# -- C-04: 30 to 90 days ----------------------------------------------------------------------------------------------


TOO_SHORT = "A plan runs at least 30 days: less leaves no time to change and to see it."
TOO_LONG = "A plan runs at most 90 days: longer keeps a person waiting for an answer."


@pytest.mark.parametrize("days", [1, 14, 29, 30, 31, 44, 45, 60, 61, 89, 90, 91, 120, 365])
def test_c04_a_plan_of_so_many_days_is_written_only_from_30_to_90(days):
    schedule = c.Answer(section="schedule", answers={"period_length": f"{days} days", "rhythm": "weekly"})
    expected = [TOO_SHORT] if days < 30 else [TOO_LONG] if days > 90 else []
    assert against(told({"do": "written"}), "tom", schedule) == expected


# -- GEN-13: a second person ------------------------------------------------------------------------------------------


def test_gen13_an_officer_of_hr_who_is_the_manager_cannot_review_the_own_plan():
    """Not a story: whoever wanders on from a story must be able to do what the role owes."""
    stage = told({"do": "drafted"}, {"as": "tom", "move": "submit"})
    stage.cast = {**stage.cast, "tom": ("manager", "hr")}
    assert against(stage, "tom", c.Approve(approval="hr_review", outcome="approved")) == [
        "“HR's review” must be given by somebody other than the manager and the employee of this plan."
    ]
    assert against(stage, "hana", c.Approve(approval="hr_review", outcome="approved")) == []


def test_gen13_a_manager_who_was_made_second_level_manager_owes_no_review_of_the_own_plan():
    handed = {"as": "hana", "party": "second_level", "person": "tom", "instead_of": "sol", "reason": "Sol left"}
    stage = told({"do": "drafted"}, {"as": "tom", "move": "submit"}, handed)
    assert [d.role for d in duties(stage.case()) if d.offer.startswith("approve:")] == ["hr"]


# -- C-06: the finding follows from the goals -------------------------------------------------------------------------


@cache
def at_the_end() -> story.Stage:
    return told({"do": "over"}, {"as": "tom", "answer": "assessment", "answers": "more_time"})


def against_finding(finding: str, disposition: str, answers: tuple[str, ...]) -> list[str]:
    criteria = {
        f"targets/r{n}": {"finding": answer, "evidence": "The calendar", "reason": "As it shows"}
        for n, answer in enumerate(answers, start=1)
    }
    words = {"because": "As it shows", "extend_by": "30 days"}
    move = c.Move(move="decide", finding=finding, disposition=disposition, criteria=criteria, **words)
    return against(at_the_end(), "tom", move)


@pytest.mark.parametrize("answers", list(product(CRITERIA, repeat=2)))
def test_c06_nobody_is_found_short_over_met_goals_and_nobody_is_passed_over_an_unmet_one(answers):
    over_unmet = {
        (True, False): ["Goal 1 is not met; the finding “Goals met” does not follow."],
        (False, True): ["Goal 2 is not met; the finding “Goals met” does not follow."],
        (True, True): ["Goals 1 and 2 are not met; the finding “Goals met” does not follow."],
        (False, False): [],
    }
    short = ["Every goal is met; the finding “Goals not met” does not follow."] if answers == ("met", "met") else []
    assert (
        against_finding("met", "good_standing", answers) == over_unmet[answers[0] == "not_met", answers[1] == "not_met"]
    )
    assert against_finding("not_met", "extend", answers) == short


# -- C-07, C-08: the screening ----------------------------------------------------------------------------------------

QUESTIONS: Mapping[str, tuple[Any, ...]] = {
    "nature": ("shortfall", "growth"),
    "capable": (True, False),
    "fixable": (True, False),
    "team_affected": (True, False),
    "fit": ("fits", "role", "culture"),
    "improvement_is_goal": (True, False),
    "good_standing": (True, False),
    "ending_decided": (False, True),
    "push_out": (False, True),
}
"""Every question with its answers; the first of each is the one that speaks for a plan."""


def result_of(stage: story.Stage, answers: Mapping[str, Any]) -> str:
    """The result of the last part, HR having to answer still."""
    hr = {k: v for k, v in answers.items() if k in ("ending_decided", "push_out")}
    events = asked(stage, "hana", c.Screen(part="hr_answers", answers={**hr, "asked_whom": "Tom"}))
    return next(e.result for e in events if isinstance(e, Screened))


def test_c07_c08_of_all_768_ways_to_answer_exactly_one_goes_on():
    results = {}
    manager = [k for k in QUESTIONS if k not in ("ending_decided", "push_out")]
    for own in product(*(QUESTIONS[k] for k in manager)):
        answered = dict(zip(manager, own, strict=True))
        stage = told({"do": "talked"}, {"as": "tom", "screen": "managers_answers", "answers": answered})
        for ending, push in product((False, True), repeat=2):
            results[(*own, ending, push)] = result_of(stage, {**answered, "ending_decided": ending, "push_out": push})
    assert len(results) == 768
    assert [k for k, result in results.items() if result == "go_on"] == [tuple(v[0] for v in QUESTIONS.values())]
    assert {r for k, r in results.items() if k[-2]} == {"already_decided"}


def test_c08_every_stop_says_why_names_the_right_path_and_cites_its_ground():
    screening = program().screening
    assert screening
    stops = [r for r in screening.results if not r.goes_on]
    assert [r.id for r in stops if "The right path is" not in r.says or not r.cites or r.to != "stopped"] == []
    assert {r.program for r in stops} == {None, "coaching", "role-adjustment", "pdp"}


# -- letters ----------------------------------------------------------------------------------------------------------

ENDS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "active": ({"do": "running"},),
    "appeal_window": ({"do": "ended"},),
    "closed_not_met": ({"do": "ended"}, {"until": "2026-05-27"}),
    "sustaining": (
        {"do": "over"},
        {"as": "tom", "answer": "assessment", "answers": "met_assessment"},
        {"as": "tom", "move": "decide", "finding": "met", "disposition": "good_standing", "criteria": "met"},
    ),
}
ENDS = {**ENDS, "closed_met": (*ENDS["sustaining"], {"until": "2026-08-03"})}


@pytest.mark.parametrize("stage", list(ENDS))
def test_a_letter_leaves_no_blank_in_the_stages_it_belongs_to(stage):
    case = told(*ENDS[stage]).case()
    letters = [letter for letter in program().letters if step_of(program(), case.plan, letter)]
    texts = [merged(case, p.text) for letter in letters for p in letter.paragraphs if case.when(p.show_if)]
    assert (case.plan.stage, bool(letters), [t for t in texts if "_____" in t]) == (stage, True, [])
