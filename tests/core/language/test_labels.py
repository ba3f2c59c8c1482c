"""The labels, on our own sentences and on the shared corpus where it is present.

The floors stand a little below what is reached: a change that loses a sentence or two is seen, one that loses none
never fails. `sentences.csv` and the blind sets were labelled by the guide before any rule had seen them.
"""

import csv
from pathlib import Path

import pytest

from upturn.core.language import Kind, labels

NAMES = ("specific", "measurable", "time_bound", "supportive", "subjective_or_biased")
OWN = Path(__file__).with_name("sentences.csv")
CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "sentences.csv"


def f1(rows: list[dict[str, str]], name: str) -> float:
    pairs = [(getattr(labels(r["text"], r["kind"], r["lang"]), name), r[name] == "1") for r in rows]
    right = sum(got and wanted for got, wanted in pairs)
    return 2 * right / max(1, sum(got + wanted for got, wanted in pairs))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["lang"] == "en"]


@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("specific", 0.95),
        ("measurable", 0.97),
        ("time_bound", 0.98),
        ("supportive", 0.85),
        ("subjective_or_biased", 0.97),
    ],
)
def test_our_own_sentences_get_their_labels(name: str, floor: float) -> None:
    assert f1(rows_of(OWN), name) >= floor


@pytest.mark.parametrize("file", ["blind_2.csv", "blind_3.csv", "blind_4.csv", "blind_5.csv"])
@pytest.mark.parametrize(
    ("name", "floor"),
    [("specific", 0.93), ("measurable", 0.90), ("time_bound", 0.96), ("subjective_or_biased", 0.96)],
)
def test_sentences_of_other_trades_get_their_labels(file: str, name: str, floor: float) -> None:
    assert f1(rows_of(OWN.with_name(file)), name) >= floor


@pytest.mark.parametrize(
    ("name", "floor"),
    [("specific", 0.92), ("measurable", 0.95), ("time_bound", 0.97), ("subjective_or_biased", 0.95)],
)
def test_the_shared_corpus_gets_its_labels(name: str, floor: float) -> None:
    if not CORPUS.exists():
        pytest.skip(f"THE SHARED CORPUS IS NOT HERE ({CORPUS.name}): its floors were not tried")
    assert f1(rows_of(CORPUS), name) >= floor


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("goal", "Improve communication.", "00000"),
        ("goal", "Be more professional.", "00001"),
        ("goal", "Attend all required meetings.", "11000"),
        ("goal", "Reply to tickets within 4 hours of receipt.", "11000"),
        ("goal", "Finish the audit file within 60 days.", "11100"),
        ("deficiency", "The team spends 10 hours per week on your rework.", "11000"),
        ("deficiency", "On 5 May you told a nurse “I never sign that”.", "10100"),
        ("consequence", "Failure to improve may lead to termination.", "00000"),
    ],
)
def test_the_border_cases_of_the_guide(kind: str, text: str, expected: str) -> None:
    got = labels(text, kind, "en")  # type: ignore[arg-type]
    assert "".join(str(int(getattr(got, name))) for name in NAMES) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("goal", "Mejorar la comunicación.", "00000"),
        ("goal", "Responder al menos 9 de cada 10 correos en 24 horas.", "11000"),
        ("goal", "Entregar el informe mensual antes del 5 de mayo sin errores.", "11100"),
        ("deficiency", "Es perezoso.", "00001"),
        ("deficiency", "El 3 de marzo dejó la caja abierta.", "10100"),
    ],
)
def test_spanish_sentences_get_their_labels(kind: str, text: str, expected: str) -> None:
    got = labels(text, kind, "es")  # type: ignore[arg-type]
    assert "".join(str(int(getattr(got, name))) for name in NAMES) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("goal", "Hand in all reading logs before half term."),
        ("goal", "After 60 days the shift lead reviews the cash counts."),
        ("goal", "Count the stock at 30-day intervals."),
        ("goal", "Submit the revised syllabus by ____."),
        ("goal", "Pass the welding test by ____ and send the card to HR."),
        ("goal", "From the first week of harvest, log each load."),
        ("goal", "In the weeks leading up to the audit, close 10 files."),
        ("goal", "By the time the season opens, all nets are mended."),
        ("goal", "At 30, 60 and 90 days, meet with the dean."),
        ("goal", "Within 90 days of the date of this letter, pay the fee."),
        ("goal", "By season's end, run 5 km in 25 minutes."),
        ("deficiency", "Your last three inspections found open drains."),
        ("deficiency", "In the fourth week of camp, two children were not signed out."),
        ("deficiency", "During last night's shift the pump was left on."),
        ("deficiency", "During your first month, three alarms were ignored."),
    ],
)
def test_a_time_frame_is_seen(kind: Kind, text: str) -> None:
    assert labels(text, kind, "en").time_bound


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("goal", "Call back within two hours of receipt of the message."),
        ("goal", "Use the daily planner."),
        ("goal", "Stay on the ward until 3 p.m."),
        ("goal", "Stay seated until the coach stops."),
        ("goal", "After 3 days without an answer, call the supplier."),
        ("goal", "Cut waste by ____ percent."),
        ("deficiency", "Tools are left in the yard at the end of the shift."),
        ("deficiency", "Homework is returned after 3 weeks."),
        ("deficiency", "In recent rotas the night porter was left out."),
        ("action", "Keep a log of daily work in the yard."),
    ],
)
def test_a_speed_or_an_hour_is_no_time_frame(kind: Kind, text: str) -> None:
    assert not labels(text, kind, "en").time_bound


@pytest.mark.parametrize(
    "text",
    [
        "Documentation is poor.",
        "Lesson plans are weak.",
        "Report writing needs improvement.",
        "Customer calls are handled poorly.",
        "Patient care is below expectations.",
    ],
)
def test_an_evaluation_beside_a_thing_names_nothing_to_look_for(text: str) -> None:
    assert not labels(text, "deficiency", "en").specific


@pytest.mark.parametrize("text", ["The gate has been repaired.", "A hearing will be held on 4 March with the manager."])
def test_what_is_told_as_done_is_answered_yes_or_no(text: str) -> None:
    assert labels(text, "action", "en").measurable


@pytest.mark.parametrize(
    ("kind", "text", "specific"),
    [
        ("deficiency", "Does not sharpen knives after use.", True),
        ("deficiency", "Does not meet what we ask of a foreman.", False),
        ("deficiency", "Behaved unprofessionally on several occasions.", False),
        ("goal", "Cut mistakes by 12%.", False),
        ("goal", "Reduce kiln losses.", False),
        ("deficiency", "Upkeep of the looms is below what a weaver owes.", False),
        ("goal", "Cut the mistake rate on dockets to 2%.", True),
        ("goal", "Greet guests kindly at the desk.", True),
        ("goal", "Exceed expectations for the grade.", False),
        ("action", "Take part in the Rope Access Refresher.", True),
        ("consequence", "If enough progress is not seen by 9 June, the post will be closed.", True),
        ("consequence", "If progress is not seen, further steps may follow.", False),
        ("consequence", "You should improve this quarter or face action.", False),
        ("outcome", "The plan may be shortened.", True),
        ("support", "We make every effort to give you support and guidance.", False),
    ],
)
def test_what_names_something_to_look_for(kind: Kind, text: str, *, specific: bool) -> None:
    assert labels(text, kind, "en").specific is specific


@pytest.mark.parametrize(
    ("kind", "text", "measurable"),
    [
        ("goal", "Take photographs with enough light.", False),
        ("goal", "Submit the stock sheet to the bursar.", True),
        ("goal", "Submit stock sheets to the bursar.", False),
        ("goal", "Submit stock sheets to the bursar by 4 May.", True),
        ("goal", "Bring in more donors for the appeal.", False),
        ("goal", "Complete the rigging course to improve lifting.", True),
        ("goal", "The key cabinet will be relabelled.", True),
        ("goal", "Answer all guests in a timely manner.", False),
        ("goal", "Produce invoices with no significant errors.", False),
        ("goal", "Have a perfect record at roll call.", True),
        ("deficiency", "The pump was serviced a week late.", True),
        ("deficiency", "The boiler log has been empty for the last five weeks.", True),
        ("support", "The foreman will work beside you for the first three days.", True),
    ],
)
def test_what_can_be_counted_or_answered(kind: Kind, text: str, *, measurable: bool) -> None:
    assert labels(text, kind, "en").measurable is measurable
