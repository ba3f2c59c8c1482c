"""Every rule about plans by its own examples, and how it goes together with the rules about sentences."""

import re
from dataclasses import replace
from datetime import date

import pytest

from upturn.core.language import check, rules
from upturn.core.language.plan_rules._sound import GIVEN, HELPING, PLAN
from upturn.core.language.plans import (
    PlanRule,
    PlanWords,
    Words,
    check_plan,
    plan_rules,
    told_once,
)

RULES = plan_rules().values()


def codes(plan: PlanWords) -> set[str]:
    return {hit.code for hit in check_plan(plan)}


@pytest.mark.parametrize("rule", RULES, ids=plan_rules())
def test_a_bad_plan_raises_exactly_its_code(rule: PlanRule) -> None:
    assert [codes(plan) for _, plan in rule.bad] == [{rule.code}] * len(rule.bad)


@pytest.mark.parametrize("rule", RULES, ids=plan_rules())
def test_a_good_plan_raises_nothing(rule: PlanRule) -> None:
    assert [codes(plan) for _, plan in rule.good] == [set()] * len(rule.good)


@pytest.mark.parametrize("rule", RULES, ids=plan_rules())
def test_a_rule_says_what_it_is(rule: PlanRule) -> None:
    assert re.fullmatch(r"[A-Z]{3}1\d\d", rule.code)
    assert rule.subject == "plan"
    assert all([rule.why, rule.instead, rule.cites, rule.bad, rule.good])
    assert rule.same_as <= set(rules())


def test_codes_and_names_are_of_one_rule() -> None:
    assert not set(rules()) & set(plan_rules())
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_an_empty_plan_raises_nothing() -> None:
    assert check_plan(PlanWords()) == []
    assert check_plan(PlanWords(support=(), consequence=False)) == []


def test_what_the_form_has_no_place_for_is_not_asked() -> None:
    goal = Words("Close 9 of 10 tickets each week.", frozenset({"target"}))
    assert codes(PlanWords(goals=(goal,))) == {"MEA101", "MEA102", "MEA103", "WHO101"}
    assert codes(PlanWords(goals=(goal,), asked=frozenset())) == set()


def test_in_a_language_that_is_not_read_only_the_fields_count() -> None:
    help_ = Words("Die Teamleitung erklärt jede Woche die Liste.")
    plan = PlanWords(support=(help_,), deficiencies=(Words("Türen standen offen."),))
    assert codes(plan) == {"WHO102", "TIM102"}
    assert codes(replace(plan, support=(replace(help_, given=HELPING),))) == set()


def test_what_the_plan_says_of_a_row_its_sentence_does_not_say_again() -> None:
    text = "Weekly coaching on handovers."
    plan = replace(PLAN, support=(Words(text),))
    in_sentence = check(text, "support", "en")
    assert "WHO002" in {hit.code for hit in in_sentence}
    assert told_once(in_sentence, "support", 0, check_plan(plan)) == []
    assert told_once(in_sentence, "support", 1, check_plan(plan)) == in_sentence


def test_one_finding_for_all_deficiencies_without_a_day() -> None:
    seen = tuple(Words(text) for text in ("Doors are left open.", "Logs are not signed."))
    (hit,) = check_plan(replace(PLAN, deficiencies=seen))
    assert (hit.code, hit.kind, hit.row) == ("EXA101", "deficiency", None)
    assert told_once(check(seen[1].text, "deficiency", "en"), "deficiency", 1, [hit]) == []


def test_a_finding_names_the_row() -> None:
    goal = Words("Close 9 of 10 tickets.", GIVEN, date(2027, 5, 1))
    (hit,) = check_plan(replace(PLAN, goals=(*PLAN.goals, goal)))
    assert (hit.code, hit.kind, hit.row) == ("TIM101", "goal", 2)
    assert hit.says == "The day of goal 3, 2027-05-01, lies after the time to improve ends on 2027-04-09."
