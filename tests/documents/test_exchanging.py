"""Forms go out and come back in a process that can be stopped."""

import pytest

from tests.documents.filled_forms import MADE, identity_of, paper_of, program_file, told
from upturn.documents import exchanging
from upturn.documents.fillable import fillable
from upturn.documents.inspecting import NotRead
from upturn.documents.reading_back import read
from upturn.documents.typesetting import NotTypeset


def test_a_form_made_apart_is_the_same_form() -> None:
    paper, identity = paper_of("evolve-mip"), identity_of("evolve-mip")
    assert exchanging.pdf_form(paper, identity, MADE) == fillable(paper, identity, MADE)


def test_a_layout_that_does_not_work_says_so() -> None:
    with pytest.raises(NotTypeset, match="cannot be typeset: unclosed delimiter"):
        exchanging.pdf_form(paper_of("evolve-mip"), identity_of("evolve-mip"), MADE, template="#(")


def test_what_comes_back_is_read_apart_the_same() -> None:
    case = told("evolve-mip")
    pdf = fillable(paper_of("evolve-mip", case=case), identity_of("evolve-mip", case=case), MADE)
    assert exchanging.came_back(pdf, program_file("evolve-mip")) == read(pdf, case.program)


def test_a_refusal_comes_back_as_its_sentence() -> None:
    with pytest.raises(NotRead, match=r"^The file is empty\.$"):
        exchanging.came_back(b"", program_file("evolve-mip"))


def test_reading_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanging, "SECONDS", 0.001)
    pdf = fillable(paper_of("dc-pip"), identity_of("dc-pip"), MADE)
    with pytest.raises(NotRead, match=r"^The file could not be read\. "):
        exchanging.came_back(pdf, program_file("dc-pip"))
