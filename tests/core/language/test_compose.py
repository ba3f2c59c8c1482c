"""The rewrite helper: pieces become the sentence a stranger reads, which the checker then has nothing to say about."""

import pytest

from upturn.core.language import check, labels
from upturn.core.language.compose import PIECES, Composed, Pieces, compose, languages

TICKETS = {"what": "Answer tickets within 4 business hours", "target": 9, "unit": "of 10 tickets"}
BESIDE = {"due": "2027-01-29", "source": "ticket report", "judge": "Finn Alder"}
SPANISH = {"what": "Responder los tickets en 4 horas laborables", "target": 9, "unit": "de 10 tickets"}

WHOLE = [
    (
        "en",
        {**TICKETS, **BESIDE},
        ("By 29 January 2027, answer at least 9 of 10 tickets within 4 business hours, counted in the ticket report; "
        "Finn Alder decides."),
    ),
    (
        "en",
        {**BESIDE, "what": "Release on the day agreed.", "measure": "Releases on their day", "target": 7,
         "unit": "of 8 releases", "source": "Release calendar"},
        ("By 29 January 2027, release on the day agreed (releases on their day: at least 7 of 8 releases), counted in "
        "the release calendar; Finn Alder decides."),
    ),
    (
        "en",
        {**BESIDE, "what": "Answer reviews within a day", "target": 24.5, "unit": "hours", "direction": "at_most",
         "source": "https://reviews.example/report", "judge": "The lead and the mentor"},
        ("By 29 January 2027, answer reviews within a day: at most 24.5 hours, counted in "
        "https://reviews.example/report; the lead and the mentor decide."),
    ),
    (
        "en",
        {**BESIDE, "what": "Attend both quarterly days in full", "source": "Attendance list", "judge": "A. Roth"},
        "By 29 January 2027, attend both quarterly days in full, checked in the attendance list; A. Roth decides.",
    ),
    (
        "en",
        {**BESIDE, "what": "Pass the exam", "judge": "Finn Alder, with the group"},
        "By 29 January 2027, pass the exam, checked in the ticket report; Finn Alder, with the group, decides.",
    ),
    (
        "en",
        {**BESIDE, "what": "Close 12 files by 5 March", "target": 12, "unit": "files"},
        "Close 12 files by 5 March, counted in the ticket report; Finn Alder decides.",
    ),
    (
        "en",
        {**BESIDE, "what": "GitHub reviews wait for nobody", "target": 4, "unit": "hours", "direction": "exactly"},
        ("By 29 January 2027, GitHub reviews wait for nobody: exactly 4 hours, counted in the ticket report; "
        "Finn Alder decides."),
    ),
    (
        "en",
        {**BESIDE, "what": "Keep the shift log.\nHand it over signed", "target": 1200, "unit": "entries"},
        ("Keep the shift log. Hand it over signed. By 29 January 2027, at least 1,200 entries, counted in the ticket "
        "report; Finn Alder decides."),
    ),
    (
        "es",
        {**SPANISH, "due": "2027-01-29", "source": "El informe de tickets", "judge": "Finn Alder"},
        ("A más tardar el 29 de enero de 2027, responder al menos 9 de 10 tickets en 4 horas laborables, según el "
        "informe de tickets; Finn Alder decide."),
    ),
    (
        "es",
        {"what": "Entregar los partes completos", "target": 1200, "unit": "partes", "direction": "exactly",
         "due": "2027-03-05", "source": "registro de turnos", "judge": "Ana y Luis"},
        ("A más tardar el 5 de marzo de 2027, entregar exactamente 1.200 partes completos, según registro de turnos; "
        "Ana y Luis deciden."),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "given", "sentence"), WHOLE)
def test_pieces_make_the_sentence_a_stranger_reads(lang, given, sentence):
    assert compose(Pieces(**given), lang) == Composed(sentence)


@pytest.mark.parametrize(("lang", "given", "sentence"), WHOLE)
def test_the_checker_has_nothing_to_say_about_a_whole_sentence(lang, given, sentence):
    found = labels(sentence, "goal", lang)
    assert (found.specific, found.measurable, found.time_bound, found.subjective_or_biased) == (True, True, True, False)
    assert check(sentence, "goal", lang) == []


@pytest.mark.parametrize("lang", languages())
def test_each_piece_that_is_missing_is_said(lang):
    nothing = compose(Pieces(), lang)
    assert nothing.sentence == ""
    assert len(set(nothing.lacks)) == len(PIECES)


@pytest.mark.parametrize(
    ("given", "asked", "lacks"),
    [
        ({"what": "Be nicer"}, (), ()),
        ({"what": "Be nicer"}, ("due", "judge"), ("No day is given.", "Nobody is named who decides.")),
        ({"what": "Be nicer"}, ("target",), ("No level to reach is given.",)),
        ({"what": "Pass the forklift exam by 31 March"}, ("target", "due"), ()),
        ({**TICKETS}, ("target", "source"), ("Where it can be checked is not said.",)),
    ],
)
def test_missing_is_what_is_asked_for_and_not_said_in_the_text(given, asked, lacks):
    assert compose(Pieces(**given), asked=asked).lacks == lacks


def test_what_somebody_wrote_stays_word_for_word_whatever_it_is():
    assert compose(Pieces(what="\\1 <b>{0}</b> (", target=3, unit="\\g<0>["), "en").sentence == (
        "\\1 <b>{0}</b> (: at least 3 \\g<0>[."
    )


def test_a_language_that_nobody_taught_gives_no_sentence_and_lacks_nothing():
    assert compose(Pieces(what="Tickets beantworten"), "de") == Composed("")


def test_a_day_that_is_none_is_left_as_it_was_written():
    assert compose(Pieces(what="Pass the exam", due="after Easter")).sentence == "By after Easter, pass the exam."
