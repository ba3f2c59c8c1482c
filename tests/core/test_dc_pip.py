"""The District's plan: what its stories cannot say well. The stories (`dc-pip.story.yaml`) tell everything else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

import upturn.programs
from upturn.core import commands as c
from upturn.core import story
from upturn.core.calendar import Calendar
from upturn.core.clocks import suggested
from upturn.core.duties import duties
from upturn.core.facts import Actor, Facts
from upturn.core.program import Program
from upturn.core.reading import BadProgram, ProgramFile, read
from upturn.core.refusals import Refused
from upturn.core.rules import decide, offers
from upturn.core.simulation import simulate
from upturn.core.verbs.moving import goal_keys

FOLDER = Path(upturn.programs.__file__).parent
SEED = Path(__file__).parents[3] / "shared" / "seeds" / "002_201c5796188cda48.txt"
DISTRICT = {"business_days": Calendar("District of Columbia", country="US", subdivision="DC")}
COMPETENCIES = (
    "Communication", "Customer Service", "Accountability", "Goal Attainment", "Job Knowledge", "Leadership",
    "Operational and Strategic Planning", "Management of Others",
)  # fmt: skip


@cache
def the_file() -> ProgramFile:
    return read((FOLDER / "dc-pip.v1.yaml").read_text())


@cache
def stories() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = YAML(typ="safe", pure=True).load((FOLDER / "dc-pip.story.yaml").read_text())
    return loaded


def program() -> Program:
    return the_file().program()


def told(*steps: Mapping[str, Any], **more: Any) -> story.Stage:
    return story.tell(the_file(), stories(), {"name": "a test", "steps": steps, **more})


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo("America/New_York"))


def the_form() -> str:
    if not SEED.exists():
        pytest.skip(f"the District's form is not beside this clone ({SEED})")
    return " ".join(SEED.read_text().split())


def decision_on(day: date, disposition: str, finding: str = "not_met") -> list[str]:
    """The reasons against a decision made on a day before the clock has come by."""
    stage = told({"do": "over"})
    criteria = {k: {"finding": finding, "evidence": "The audit", "reason": "Counted"} for k in goal_keys(stage.case())}
    command = c.Move(move="decide", finding=finding, disposition=disposition, because="Counted", criteria=criteria)
    with pytest.raises(Refused) as refused:
        decide(program(), stage.plan, command, Actor("p2", frozenset({"supervisor"})), noon(day), stage.world)
    return [r.sentence for r in refused.value.reasons]


def test_a_decision_after_the_deadline_is_refused_even_before_the_clock_comes_by() -> None:
    """D-09, DC-22: what silence means has happened on its day, whenever the machine wakes."""
    (reason,) = decision_on(date(2026, 5, 30), "remove")
    assert reason == (
        "“Written decision” was due on 29 May 2026. Without a written decision in time the employee counts as having "
        "met the plan. (6-B DCMR 1410, Stanback (D.C. 2022))"
    )


@pytest.mark.parametrize("disposition", ["extend", "reassign", "reduce", "remove"])
def test_no_outcome_of_a_failure_is_left_after_the_deadline(disposition: str) -> None:
    """D-09, DC-22."""
    assert len(decision_on(date(2026, 6, 15), disposition)) == 1


@pytest.mark.parametrize(
    ("start", "end", "decision", "alarm"),
    [
        ("2026-04-02", "2026-06-30", "2026-07-15", "2026-07-10"),
        ("2026-01-11", "2026-04-10", "2026-04-27", "2026-04-20"),
        ("2026-09-26", "2026-12-24", "2027-01-11", "2027-01-03"),
        ("2026-08-28", "2026-11-25", "2026-12-10", "2026-12-05"),
    ],
)
def test_the_stricter_date_of_the_older_rule_is_shown_beside_the_deadline(
    start: str, end: str, decision: str, alarm: str
) -> None:
    """D-09, DC-20, DC-21: ten business days decide; ten calendar days are the internal alarm."""
    expected = simulate(program(), date.fromisoformat(start), Facts("America/New_York", DISTRICT))
    days = {e.what: e.day.isoformat() for e in expected if e.day}
    assert (
        days["The opportunity period ends"],
        days["Written decision"],
        days["Written decision (stricter internal date)"],
    ) == (end, decision, alarm)


def reason_refused(**answers: Any) -> list[str]:
    """What stands against these answers to “Reason”."""
    stage = told({"do": "preparing"})
    command = c.Answer(section="reason", answers=answers)
    try:
        decide(program(), stage.plan, command, stage.actor("silas"), stage.now, stage.world)
    except Refused as refused:
        return [r.says for r in refused.reasons]
    return []


LEVELS = [
    ("inadequate", True),
    ("marginal", True),
    ("valued", False),
    ("highly_effective", False),
    ("role_model", False),
]


@pytest.mark.parametrize(("level", "below"), LEVELS)
def test_d05_only_a_competency_observed_below_three_is_part_of_a_plan(level: str, *, below: bool) -> None:
    """D-05."""
    says = "A competency observed at Valued Performer (3) or above is not part of a plan. Name only those below."
    found = reason_refused(competencies=[{"competency": "communication", "rating": level}])
    assert found == ([] if below else [says])


@pytest.mark.parametrize(("level", "below"), LEVELS)
def test_d06_only_a_goal_of_the_performance_plan_below_three_is_addressed(level: str, *, below: bool) -> None:
    """D-06."""
    goal = {"number": 1, "goal": "Answer within two days.", "rating": level, "addressed": True}
    says = "A goal observed at Valued Performer (3) or above is not part of a plan. Address only those below."
    assert reason_refused(plan_goals=[goal]) == ([] if below else [says])


@pytest.mark.parametrize(
    "answers",
    [{}, {"competencies": [], "plan_goals": []}, {"plan_goals": [{"number": 1, "goal": "x", "rating": "marginal"}]}],
    ids=["nothing", "empty tables", "a goal that is not addressed"],
)
def test_d03_a_plan_rests_on_one_competency_or_goal_at_least(answers: dict[str, Any]) -> None:
    """D-03."""
    says = "Name at least one competency, or one S.M.A.R.T. goal of the Performance Plan, that needs to improve."
    assert reason_refused(**answers) == [says]


def test_the_catalogue_holds_the_eight_competencies_and_three_are_for_supervisors_only() -> None:
    """D-04."""
    options = program().catalogues["core_competencies"].options
    assert [o.title for o in options] == list(COMPETENCIES)
    assert [o.title for o in options if o.show_if == "is_supervisor"] == list(COMPETENCIES[5:])


@pytest.mark.parametrize("title", COMPETENCIES)
def test_a_definition_is_the_forms_own_word_for_word(title: str) -> None:
    """D-04. The form's own text breaks the words in brackets over a page, so they are compared without."""
    definition = next(o.says for o in program().catalogues["core_competencies"].options if o.title == title)
    assert definition
    assert f"{title.upper()} {definition.removesuffix(' (Applicable to supervisors only.)')}" in the_form()


def test_the_consequence_is_the_forms_own_sentence() -> None:
    """D-01, D-09."""
    assert program().consequence
    assert str(program().consequence) in the_form()


def test_a_block_has_the_parts_of_the_form_and_nothing_of_it_is_left_out() -> None:
    """D-07, D-08."""
    columns = {f.id: f.title for f in program().column["blocks"].values()}
    parts = ("deficiency", "desired_outcome", "action", "check_in", "check_in_dates", "progress")
    assert [columns[p] for p in parts] == [
        "Deficiency", "Desired outcome", "Action", "Check-in", "Check-in dates", "Progress",
    ]  # fmt: skip
    assert [p for p in parts if not program().column["blocks"][p].required] == []


def test_the_employee_block_is_filled_from_the_directory() -> None:
    """D-02: full name, agency, job title, start and end dates, service type and grade."""
    assert {f.id: f.prefill for f in program().section["employee"].fields} == {
        "full_name": "subject.name", "agency": "subject.agency", "job_title": "subject.title", "starts_on": None,
        "ends_on": None, "service_type": "start.service", "grade": "subject.grade",
    }  # fmt: skip
    flags = {f.id: f.prefill for f in program().start.fields}
    assert flags["is_supervisor"] == "subject.supervisor"


@pytest.mark.parametrize("variant", ["", "management", "excepted", "police"])
def test_nothing_asks_the_employee_to_agree(variant: str) -> None:
    """D-10, DC-30: an action agreed to cannot be grieved; no signature or change needs the employee's yes."""
    chosen = the_file().program(variant)
    signature = chosen.signature["employee_acknowledges"]
    assert signature.outcomes == ("acknowledged", "acknowledged_with_disagreement", "declined", "not_reachable")
    assert "agree" not in signature.meaning
    assert chosen.amendments
    assert "employee" not in chosen.amendments.agreed_by


def test_every_date_of_the_plan_cites_a_text_of_a_known_day() -> None:
    """D-09: numbers that a rule sets carry their citation and the date of the text."""
    spec = program()
    timed = [*spec.clocks, *spec.deadlines]
    assert [t.id for t in timed if not any(spec.source[x].text_of for x in t.cites if x in spec.source)] == []
    undated = {s.id for s in spec.basis if s.text_of is None}
    assert undated == {"PIP form", "DCHR FAQ", "6-B DCMR 1405", "D.C. Code 1-609.54", "D.C. Code 1-613.52"}
    assert [s.id for s in spec.basis if s.url is None] == ["PIP form"]


def test_four_check_in_dates_are_offered_over_the_period_on_open_days_of_the_district() -> None:
    """D-08: generated, and free to be changed. 16 March to 14 May 2026 is sixty days."""
    stage = told({"do": "preparing"}, {"as": "silas", "answer": "employee"})
    offered = [d.isoformat() for d in suggested(stage.case(), program().checkin["check_in"])]
    assert offered == ["2026-03-31", "2026-04-15", "2026-04-29", "2026-05-14"]


def test_an_offered_date_on_a_holiday_or_weekend_is_the_open_day_before() -> None:
    """D-08. From 17 March 2026, the half is on 16 April: Emancipation Day."""
    dates = {"use": "employee", "starts_on": "2026-03-17", "ends_on": "2026-05-15"}
    stage = told({"do": "preparing"}, {"as": "silas", "answer": "employee", "answers": dates})
    offered = [d.isoformat() for d in suggested(stage.case(), program().checkin["check_in"])]
    assert offered == ["2026-04-01", "2026-04-15", "2026-04-30", "2026-05-15"]


def test_no_check_in_date_is_offered_while_the_period_cannot_be_dated() -> None:
    """D-08."""
    assert suggested(told({"do": "preparing"}).case(), program().checkin["check_in"]) == []


def test_a_changed_plan_cancels_the_check_ins_it_no_longer_holds_and_keeps_those_held() -> None:
    """D-08, GEN-10: nobody is counted as having missed what is not promised any more."""
    stage = told(
        {"do": "running"},
        {"until": "2026-03-30"},
        {"as": "silas", "check_in": "check_in", "progress": 4, "answers": "held", "attended": ["noor", "silas"]},
        {"as": "silas", "propose": {"actions": "one_block"}, "reason": "One block is enough", "impose": True},
        {"until": "2026-05-13"},
    )
    states = [
        (s.row, s.due.isoformat(), bool(s.held), s.cancelled, bool(s.missed)) for s in stage.plan.checkins.values()
    ]
    assert sorted(states) == [
        ("r1", "2026-03-30", True, False, False),
        ("r1", "2026-04-13", False, False, True),
        ("r1", "2026-04-27", False, True, False),
        ("r1", "2026-05-11", False, True, False),
        ("r2", "2026-04-13", False, True, False),
        ("r2", "2026-05-11", False, True, False),
    ]


def test_a_condition_on_an_option_of_a_catalogue_is_checked_when_the_file_is_read() -> None:
    """D-04: an option that nobody could be offered would otherwise fail in front of a person."""
    text = (FOLDER / "dc-pip.v1.yaml").read_text()
    with pytest.raises(BadProgram) as bad:
        read(text.replace("title: Leadership, show_if: is_supervisor", "title: Leadership, show_if: is_boss", 1))
    assert [p.path for p in bad.value.problems] == ["catalogues.core_competencies.options.5.show_if"]


def test_a_stand_in_whose_absent_supervisor_is_back_may_act_no_longer() -> None:
    """D-10, DC-10: the absence ends with its last day, without anybody saying so."""
    absent = {
        "as": "hana", "party": "supervisor", "person": "silas", "change": "absent", "reason": "Leave",
        "until_day": "2026-03-06",
    }  # fmt: skip
    stage = told({"do": "drafted"}, {"do": "looked"}, absent)
    reviewer = stage.case(stage.actor("rhea"))
    assert reviewer.holds_role(("supervisor",)) == "supervisor"
    back = replace(reviewer, now=noon(date(2026, 3, 7)))
    assert back.holds_role(("supervisor",)) == ""


def test_nothing_is_added_to_what_a_decision_rests_on() -> None:
    """D-09: check-ins that were missed are not recorded once it is decided."""
    reasons = {"no_missed_check_ins": "Leave", "cel": "Asked by telephone"}
    decided = {
        "as": "silas", "move": "decide", "finding": "not_met", "disposition": "reduce", "because": "Counted",
        "criteria": "not_met", "reasons": reasons,
    }  # fmt: skip
    stage = told({"do": "running"}, {"until": "2026-05-15"}, decided)
    assert stage.plan.stage == "reduction_proposed"
    offered = offers(program(), stage.plan, stage.actor("silas"), stage.now, stage.world)
    assert [o for o in offered if o.startswith(("check_in:", "prepare:", "reschedule:"))] == []
    assert [d.offer for d in duties(stage.case()) if d.offer.startswith("check_in:")] == []


def test_a_check_in_without_the_employee_is_none() -> None:
    """D-08, GEN-07: what the supervisor writes alone is not counted as held."""
    held = {"as": "silas", "check_in": "check_in", "progress": "Four files", "answers": "held"}
    for attended, says in (([], "Say who took part."), (["silas"], "Without the employee it stands as missed")):
        told({"do": "running"}, {"until": "2026-03-30"}, held | {"attended": attended, "refused": says})
    stage = told({"do": "running"}, {"until": "2026-03-30"}, held | {"attended": ["silas", "noor"]})
    assert [c.held for c in stage.plan.checkins.values() if c.held] == [date(2026, 3, 30)]
