"""`upturn check` at a terminal: what it reads, what it says in each format, and its status."""

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.test_doors import opened
from tests.web.keeping import kept
from upturn import cli
from upturn.checker.explained import FAMILIES
from upturn.checker.finding import OUR_OWN, every_rule
from upturn.core.language import labels
from upturn.core.ledger import stamp

TEXT = "Be polite on the night desk.\n\n  Close 9 of 10 tickets each week until 29 January 2027.\n"
CLEAN = "Close at least 9 of 10 tickets within 4 business hours each week until 29 January 2027.\n"
CSV = (
    "id,lang,kind,text\r\n"
    'a,en,deficiency,"On 3 March you were ""on call"" and lazy."\r\n'
    'b,en,goal,"Close 9 of 10 tickets\r\neach week until 29 January 2027."\r\n'
)
PLAN = {
    "program": "employer-pip",
    "period": {"start": "2027-01-11", "end": "2027-03-12"},
    "answers": {
        "situation": {"instances": [{"seen_on": "2026-11-03", "observed": "You were lazy on the night shift."}]},
        "goals": {
            "targets": [
                {"goal": "Release on the day agreed.", "target": 7, "unit": "of 8", "due": "2027-03-20", "baseline": 3}
            ]
        },
        "support": {"commitments": [{"what": "Weekly coaching on estimates."}]},
    },
}


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["check", *args])
    return int(left.value.code or 0), *capsys.readouterr()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes a file into a folder of its own and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str | bytes) -> str:
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def places(out: str) -> list[tuple[Any, ...]]:
    found = json.loads(out)["findings"]
    return [(f["code"], f["line"], f["column"], f["end_line"], f["end_column"], f["words"]) for f in found]


# -- texts ------------------------------------------------------------------------------------------------------------


def test_a_person_reads_place_words_reason_and_what_would_satisfy_it(
    capsys: pytest.CaptureFixture[str], written: Any
) -> None:
    status, out, err = said(capsys, written("a.txt", TEXT), "--select", "TRA")
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("a.txt:1:4: TRA001 “polite” ")
    assert [line.split(":")[0].strip() for line in lines[1:4]] == ["in", "why", "instead"]
    assert lines[-1] == "1 finding in 2 sentences of 1 file. This is about words, not about a person."


def test_nothing_found_is_status_0(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    assert said(capsys, written("a.txt", CLEAN)) == (0, "Nothing found in 1 sentence of 1 file.\n", "")


def test_the_kind_of_sentences_that_do_not_say_theirs(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    name = written("a.txt", "Weekly coaching on lesson plans.\n")
    _, out, _ = said(capsys, name, "--kind", "support", "--format", "json")
    assert [place[0] for place in places(out)] == ["WHO002"]
    assert said(capsys, name, "--kind", "wish")[0] == 2


def test_places_in_a_text_are_those_of_an_editor(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    _, out, _ = said(capsys, written("a.txt", "\n  You are lazy.\r\n"), "--kind", "deficiency", "--format", "json")
    assert ("TRA001", 2, 11, 2, 15, "lazy") in places(out)


def test_standard_input_is_a_file_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CLEAN.encode())))
    assert said(capsys, "-")[0] == 0


def test_a_language_that_is_not_checked_is_left_alone_and_said(
    capsys: pytest.CaptureFixture[str], written: Any
) -> None:
    status, out, _ = said(capsys, written("a.txt", "Die Rechnungen sind immer zu spät und nicht vollständig.\n"))
    assert (status, "left alone" in out) == (0, True)


# -- which findings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ((), {"FAI002", "TRA001", "EXA001"}),
        (("--select", "tra001,fai"), {"TRA001", "FAI002"}),
        (("--select", "TRA", "--select", "EXA"), {"TRA001", "EXA001"}),
        (("--ignore", "TRA,EXA001"), {"FAI002"}),
        (("--level", "warning"), {"TRA001", "EXA001"}),
        (("--select", "TRA", "--ignore", "TRA001"), set()),
    ],
)
def test_codes_families_and_levels_are_chosen(
    capsys: pytest.CaptureFixture[str], written: Any, options: tuple[str, ...], codes: set[str]
) -> None:
    name = written("a.txt", "You are always lazy.\n")
    status, out, _ = said(capsys, name, "--kind", "deficiency", "--format", "json", *options)
    assert ({place[0] for place in places(out)}, status) == (codes, 1 if codes else 0)


def test_a_code_that_no_rule_has_is_said(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    status, out, err = said(capsys, written("a.txt", TEXT), "--ignore", "TRA01")
    assert (status, out) == (2, "")
    assert err.startswith("There is no rule or family TRA01. Did you mean TRA")


# -- CSV --------------------------------------------------------------------------------------------------------------


def test_sentences_of_a_csv_say_their_kind_and_their_place(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    status, out, _ = said(capsys, written("a.csv", CSV), "--format", "json")
    assert status == 1
    found = json.loads(out)["findings"]
    assert [(f["code"], f["where"], f["line"], f["words"]) for f in found] == [("TRA001", "a", 2, "lazy")]


def test_a_csv_is_labelled_row_by_row(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    assert said(capsys, "--csv", written("in.csv", "\ufeff" + CSV), "--out", "out.csv") == (0, "", "")
    assert Path("out.csv").read_text() == (
        "id,specific,measurable,time_bound,supportive,subjective_or_biased\na,0,0,1,0,1\nb,1,1,1,0,0\n"
    )


ODD = [
    ["1", "", "goal", ""],
    ["2", "tlh", "wish", 'He said "be lazy", twice'],
    ["3", "en", " GOAL ", "one\r\ntwo\n\nthree"],
    ["4, or 5", "en-US", "", "a," * 50_000],
    ["", "", "", "🎉 割り当て"],
    ["7", "en", "support", "\u202eleft \x01"],
    ["7", "en", "support", "'=cmd|' /C calc"],
]


def test_every_row_of_any_kind_gets_its_labels_in_order(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["id", "lang", "kind", "text", "more"], *([*row, "x"] for row in ODD), ["short"]])
    status, labelled, err = said(capsys, "--csv", written("in.csv", out.getvalue()), "--out", "-")
    assert (status, err) == (0, "")
    rows = list(csv.reader(io.StringIO(labelled)))
    assert [row[0] for row in rows[1:]] == [*(row[0] for row in ODD), "short"]
    assert all(len(row) == 6 and set(row[1:]) <= {"0", "1"} for row in rows[1:])


def test_labels_are_those_of_the_language(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    text = "Close 9 of 10 tickets each week until 29 January."
    _, out, _ = said(capsys, "--csv", written("in.csv", f"id,kind,text\n1,goal,{text}\n"), "--out", "-")
    found = labels(text, "goal")
    wanted = [found.specific, found.measurable, found.time_bound, found.supportive, found.subjective_or_biased]
    assert out.splitlines()[1] == ",".join(["1", *(str(int(label)) for label in wanted)])


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "id;lang;kind;text\n", "has no column id, kind, text"),
        ("a.csv", "", "has no column id, kind, text"),
        ("a.csv", b"id,kind,text\n1,goal,caf\xe9\n", "is not text in UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_labelled_is_said(
    capsys: pytest.CaptureFixture[str], written: Any, name: str, content: str | bytes, sentence: str
) -> None:
    status, out, err = said(capsys, "--csv", written(name, content), "--out", "out.csv")
    assert (status, out, sentence in err, Path("out.csv").exists()) == (2, "", True, False)


@pytest.mark.parametrize(
    "args", [(), ("--csv", "in.csv"), ("--out", "out.csv"), ("--csv", "nowhere.csv", "--out", "-")]
)
def test_half_a_question_is_said(capsys: pytest.CaptureFixture[str], args: tuple[str, ...]) -> None:
    status, out, err = said(capsys, *args)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_a_place_that_cannot_be_written_is_said(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    status, _, err = said(capsys, "--csv", written("in.csv", CSV), "--out", "no/such/out.csv")
    assert (status, err) == (2, "no/such/out.csv cannot be written: No such file or directory.\n")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.json", "[[", "cannot be read as JSON"),
        ("a.json", "[1]", "holds no plan"),
        ("a.json", "{}", "holds no plan"),
        ("a.json", '{"format": "upturn-record-1", "entries": [{}]}', "not a whole record"),
        ("a.json", '{"format": "upturn-record-1"}', "not a whole record"),
        ("a.json", "[" * 100_000, "cannot be read as JSON"),
        ("a.yaml", "a: [", "cannot be read as YAML: line"),
        ("a.yaml", "program: no-such\nanswers: {}\n", "give --program FILE"),
        ("a.yaml", "program: employer-pip\nanswers: {goals: {targets: 7}}\n", "a table is a list of rows"),
        ("a.txt", b"\xff\x00\x9f", "is not text in UTF-8"),
        ("a.csv", "a,b\n1,2\n", "has no column text"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_the_others_are_checked(
    capsys: pytest.CaptureFixture[str], written: Any, name: str, content: str | bytes, sentence: str
) -> None:
    status, out, err = said(capsys, written(name, content), written("b.txt", CLEAN))
    assert (status, sentence in err) == (2, True)
    assert out == "Nothing found in 1 sentence of 1 file.\n"


# -- plans ------------------------------------------------------------------------------------------------------------


def test_a_plan_is_read_by_its_program(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    status, out, err = said(capsys, written("plan.json", json.dumps(PLAN, indent=1)), "--format", "json")
    assert (status, err) == (1, "")
    found = {(f["code"], f["where"]) for f in json.loads(out)["findings"]}
    assert found == {
        ("PLA103", "the plan"),
        ("MEA103", "Goal 1, “What is to be reached”"),
        ("WHO101", "Goal 1, “What is to be reached”"),
        ("TIM101", "Goal 1, “What is to be reached”"),
        ("WHO102", "Commitment 1, “What is given”"),
        ("TRA001", "Instance 1, “What was observed”"),
    }
    lazy = next(f for f in json.loads(out)["findings"] if f["code"] == "TRA001")
    line = Path("plan.json").read_text().splitlines()[lazy["line"] - 1]
    assert line[lazy["column"] - 1 : lazy["end_column"] - 1] == "lazy"


def test_half_a_character_in_a_plan_is_no_crash(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    seen = {"observed": "You were lazy \ud800 on the night shift."}
    plan = {**PLAN, "answers": {"situation": {"instances": [seen]}}}
    for form in ("human", "json", "sarif"):
        status, out, _ = said(capsys, written("plan.json", json.dumps(plan)), "--format", form)
        assert (status, "TRA001" in out) == (1, True)


def test_yaml_and_a_named_program_give_the_same(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    answers = json.dumps({"period": PLAN["period"], "answers": PLAN["answers"]})  # JSON is YAML
    _, by_key, _ = said(capsys, written("plan.yaml", answers), "--program", "employer-pip", "--format", "json")
    file = str(cli.programs_folder() / "employer-pip.v1.yaml")
    _, by_file, _ = said(capsys, "plan.yaml", "--program", file, "--format", "json")
    assert by_key == by_file
    assert "TIM101" in by_key


@pytest.mark.parametrize("key", cli.shipped_keys())
def test_the_plans_of_the_shipped_stories_can_be_read(capsys: pytest.CaptureFixture[str], key: str) -> None:
    status, out, err = said(capsys, str(cli.programs_folder() / f"{key}.story.yaml"), "--format", "json")
    assert (status in {0, 1}, err) == (True, "")
    assert json.loads(out)["files"][0]["sentences"] > 3


@pytest.mark.django_db
def test_the_record_somebody_took_along_can_be_read(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    from upturn.records.access import look  # noqa: PLC0415  models need the settings
    from upturn.records.export import record  # noqa: PLC0415

    now = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    there = kept()
    taken = record(look(opened(there).pk, there.finn, now))
    assert taken["taken_at"] == stamp(now)
    status, out, err = said(capsys, written("plan.json", json.dumps(taken, ensure_ascii=False)), "--format", "json")
    assert (status in {0, 1}, err) == (True, "")
    assert json.loads(out)["files"] == [{"file": "plan.json", "sentences": 1, "plan": True}]
    taken["program"]["digest"] = "0" * 64
    status, _, err = said(capsys, written("plan.json", json.dumps(taken)))
    assert (status, "give --program FILE" in err) == (2, True)
    assert said(capsys, "plan.json", "--program", "evolve-mip")[2] == ""


# -- formats and rules ------------------------------------------------------------------------------------------------


def test_json_has_stable_keys_and_a_version(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    _, out, _ = said(capsys, written("a.txt", TEXT), "--format", "json")
    told = json.loads(out)
    assert (told["version"], sorted(told)) == (1, ["files", "findings", "tool", "unread", "version"])
    assert list(told["findings"][0]) == [
        "code", "name", "level", "file", "where", "line", "column", "end_line", "end_column", "words", "says", "why",
        "instead", "cites",
    ]  # fmt: skip


def test_sarif_has_the_structure_that_readers_of_it_need(capsys: pytest.CaptureFixture[str], written: Any) -> None:
    german = "Die Rechnungen sind immer zu spät und nicht vollständig."
    status, out, _ = said(capsys, written("a b.txt", f"{TEXT}{german}\n"), "--format", "sarif")
    told = json.loads(out)
    assert (status, told["version"]) == (1, "2.1.0")
    assert told["$schema"].endswith("sarif-2.1.0.json")
    (run,) = told["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(every_rule())
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"note", "warning"}
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"note", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "a%20b.txt"}
        region = location["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region["endLine"]
        assert 1 <= region["startColumn"] < region["endColumn"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (note["level"], "left alone" in note["message"]["text"]) == ("note", True)


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "--rule", "tra001")
    rule = every_rule()["TRA001"]
    assert status == 0
    assert all(text in out for text in (rule.name, rule.title, rule.why, rule.instead, *rule.cites, rule.bad[0][1]))
    assert said(capsys, "--rule", "TRA")[0] == 2


def test_every_rule_is_listed_in_its_family(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "--rules")
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  ")] == list(every_rule())
    assert {code[:3] for code in every_rule()} == set(FAMILIES)
    _, out, _ = said(capsys, "--rules", "--format", "json")
    assert [rule["code"] for rule in json.loads(out)["rules"]] == list(every_rule())
    assert set(every_rule()) >= OUR_OWN


def test_nothing_slow_is_loaded_for_sentences(written: Any) -> None:
    written("in.csv", CSV)
    program = (
        "import sys\nfrom upturn import cli\n"
        "try:\n    cli.main(['check', 'in.csv'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'django', 'pydantic', 'cel_expr_python', 'ruamel.yaml', 'holidays'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
