"""Every rule by its own examples, the words that are never flagged, and what silences a rule."""

import csv
import re
from pathlib import Path

import pytest

from upturn.core.language import KINDS, Kind, Rule, check, rules

NEEDED = ("must", "at least", "no more than", "will", "support", "responsible", "decision", "objective", "may", "all")


def codes(text: str, kind: Kind, given: frozenset[str] = frozenset()) -> set[str]:
    return {hit.code for hit in check(text, kind, "en", given)}  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_bad_example_raises_exactly_its_code(rule: Rule) -> None:
    assert [codes(text, kind) for kind, text in rule.bad] == [{rule.code}] * len(rule.bad)


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_good_example_does_not_raise_it(rule: Rule) -> None:
    assert [text for kind, text in rule.good if rule.code in codes(text, kind)] == []


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert rule.why
    assert rule.instead
    assert rule.cites
    assert rule.bad
    assert rule.good
    assert rule.kinds <= set(KINDS)


@pytest.mark.parametrize("word", NEEDED)
@pytest.mark.parametrize("kind", KINDS)
def test_needed_words_are_never_flagged(word: str, kind: Kind) -> None:
    text = f"The manager said the {word} line, and by 3 March 2027 HR files {word} 4 logs."
    assert [hit for hit in check(text, kind, "en") if text[hit.start : hit.end].lower() == word] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("goal", "You must close at least 9 of 10 tickets within 4 business hours each week until 29 January."),
        ("goal", "No more than 3 invoices per month will be returned between 1 May and 31 July."),
        (
            "support",
            "Your manager is responsible for the decision and will support you every Friday with a 30-minute call.",
        ),
        ("deficiency", "On 14 May you left the forklift running with the key inside (safety log, entry 212)."),
        ("outcome", "On 30 June the panel decides for each objective whether it was met."),
        ("consequence", "If fewer than 8 of 10 targets are met on 30 June, employment may end."),
    ],
)
def test_a_well_written_sentence_raises_nothing(kind: Kind, text: str) -> None:
    assert check(text, kind, "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "On 5 May sensitive data was sent to a cold storage supplier 3 times.",
        "On 5 May a negative test result was filed under the wrong patient.",
        "On 5 May an angry customer waited 40 minutes.",
        "On 5 May you gave the pregnant patient in bed 4 the wrong dose.",
        "On 5 May what kind of form was used could not be told in 3 cases.",
        "On 5 May you said “people say I never listen” and left after 5 minutes.",
    ],
)
def test_words_with_another_meaning_raise_nothing(text: str) -> None:
    assert check(text, "deficiency", "en") == []


def test_innocent_sentences_raise_nothing_but_what_is_missing() -> None:
    """Words of the lists in another meaning, in sentences of many trades: only a missing day or measure may be told."""
    with Path(__file__).with_name("innocent.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(row["text"], code) for row in rows for code in codes(row["text"], row["kind"])]  # type: ignore[arg-type]
    assert [hit for hit in found if hit[1] not in {"TIM001", "EXA001", "MEA001"}] == []


def test_sentences_that_need_a_warning_get_it() -> None:
    """The narrowing has an end: these were judged to deserve the warning that stands beside them."""
    with Path(__file__).with_name("hits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row for row in rows if row["code"] not in codes(row["text"], row["kind"])] == []  # type: ignore[arg-type]


def test_what_stands_in_another_field_is_not_asked_for_again() -> None:
    text = "Be polite on the night desk."
    assert {"MEA001", "TIM001"} <= codes(text, "goal")
    assert codes(text, "goal", frozenset({"target", "due", "baseline"})) == {"TRA001"}


def test_a_finding_names_the_words_and_their_place() -> None:
    (found,) = check("On 3 March you were abrasive with the night shift.", "deficiency", "en")
    assert (found.code, found.start, found.end) == ("TRA001", 20, 28)
    assert "“abrasive”" in found.says


def test_findings_in_spanish() -> None:
    assert {hit.code for hit in check("Siempre llega tarde y es perezoso.", "deficiency")} >= {"FAI002", "TRA001"}
