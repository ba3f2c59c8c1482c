"""Every clause of the source documents is either done, and named by a test, or said to be later."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "clauses.md"
ROW = re.compile(r"^\| ([MCD]-\d{2}) \| (done|later) \| (.+?) \| (.*?) \|$", re.MULTILINE)


def rows() -> dict[str, tuple[str, str]]:
    """Clause → its state and the tests its row names."""
    text = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    return {clause: (state, tests) for clause, state, _where, tests in ROW.findall(text)}


def file_of(name: str) -> Path:
    return ROOT / name if name.startswith("tests/") else ROOT / "src" / "upturn" / name


@pytest.mark.parametrize("clause", sorted(rows()))
def test_a_clause_that_is_done_is_named_by_a_test_of_its_row(clause: str) -> None:
    state, tests = rows()[clause]
    named = re.findall(r"`([^`]+)`", tests)
    if state == "later":
        assert named == []
        return
    assert any(clause in file_of(name).read_text(encoding="utf-8") for name in named), f"{named} do not name it"


def test_the_page_has_every_clause_of_the_documents() -> None:
    if not SHARED.exists():
        pytest.skip("NO SHARED FOLDER beside the project: the list of clauses was not compared.")
    asked = re.findall(r"^\| ([MCD]-\d{2}) ", SHARED.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows()) == sorted(asked)
