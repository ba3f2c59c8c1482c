"""Whatever is pasted in: no crash, no invented finding, bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upturn.core.language import KINDS, Kind, check, labels, read
from upturn.core.language.tokens import MOST

HOSTILE = [
    "a" * 100_000,
    "1" * 100_000,
    "1/" * 50_000,
    "1-" * 50_000,
    "a-" * 50_000,
    "(" * 100_000,
    '"' * 100_000,
    "“" * 100_000,
    "no later than " * 8_000,
    "in the past 2 months " * 5_000,
    "every other " * 9_000,
    "twenty " * 15_000,
    "is too more very " * 6_000,
    "'a " * 33_000,
    "\n" * 100_000,
    "𝟗" * 50_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_a_hundred_thousand_characters_take_bounded_time(text: str) -> None:
    read("warm", "en")
    started = time.process_time()
    for kind in KINDS:
        check(text, kind, "en")
    assert time.process_time() - started < 6


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    reading = read("Meet the team. " * 10_000, "en")
    assert reading.cut
    assert reading.says == f"Only the first {MOST:,} characters were read."


@pytest.mark.parametrize("text", ["", " ", "\n", "🎉🎉", "…", "--", "12"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_with_no_words_raises_nothing_about_words(text: str, kind: Kind) -> None:
    assert {hit.code for hit in check(text, kind, "en")} <= {"MEA001", "TIM001", "WHO002", "EXA001"}
    assert not labels(text, kind, "en").subjective_or_biased


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("割り当てをタイムリーに完了できません", ""),
        ("고객 서비스 담당자는 늘 늦는다", ""),
        ("Die Rechnungen sind immer zu spät und nicht vollständig.", ""),
        ("Vous devez être plus professionnel avec les clients.", ""),
        ("You are lazy.", "tlh"),
    ],
)
def test_a_language_without_a_pack_is_left_alone_and_says_so(text: str, lang: str) -> None:
    reading = read(text, lang)
    assert not reading.known
    assert "left alone" in reading.says
    assert check(text, "deficiency", lang) == []
    assert not labels(text, "goal", lang).known


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Close the tickets within four hours.", "en"),
        ("Meet deadlines.", "en"),
        ("Responder a los correos en un día.", "es"),
        ("Aumentar las ventas.", "es"),
    ],
)
def test_the_language_is_found_out(text: str, lang: str) -> None:
    assert read(text).lang == lang


def test_a_sentence_in_spanish_in_an_english_plan_is_read_as_spanish() -> None:
    assert read("Mejorar el servicio a los clientes en la tienda.", "en").lang == "es"


def test_a_pasted_list_and_mail_are_read_to_their_end() -> None:
    mail = "> From: Kim\n> Hi,\n\n1. Send the log each Friday.\n2) Close 9 of 10 tickets by 29 January.\n\n-- \nKim 🎉"
    assert [s.text for s in read(mail, "en").of("share", "recurrence")] == ["each Friday", "9 of 10"]


@given(st.text(max_size=300), st.sampled_from(KINDS), st.sampled_from(["", "en", "es", "xx", "EN-us"]))
def test_no_text_is_too_strange(text: str, kind: Kind, lang: str) -> None:
    reading = read(text, lang)
    assert all(0 <= s.start < s.end <= len(text) for s in reading.spans)
    assert all(0 <= hit.start <= hit.end <= len(text) for hit in check(text, kind, lang))
    labels(text, kind, lang)


WORDS = st.sampled_from(
    [
        "by",
        "within",
        "4",
        "5",
        "%",
        "/",
        "of",
        "the",
        "and",
        "each",
        "week",
        "never",
        "lazy",
        "one",
        "hundred",
        "(",
        ")",
        "“",
        "”",
        "'",
        "$",
        "X%",
        "May",
        "2027",
        "-",
        ":",
        ".",
        ",",
        "at",
        "least",
        "all",
    ]
)


@given(st.lists(WORDS, max_size=40), st.sampled_from(KINDS))
def test_no_order_of_its_own_words_is_too_strange(words: list[str], kind: Kind) -> None:
    text = " ".join(words)
    assert all(text[s.start : s.end] == s.text for s in read(text, "en").spans)
    check(text, kind, "en")
