"""What a variant changes in the document of a program."""

import pytest

from upturn.core.fields import KINDS, Unfit
from upturn.core.program import FormField
from upturn.core.reading import patch

SIGNATURES = [{"id": "first", "after": ["zeroth"]}, {"id": "second", "after": ["first"], "title": "Second"}]


@pytest.mark.parametrize(
    ("change", "patched"),
    [
        ([{"id": "second", "after": []}], [SIGNATURES[0], {"id": "second", "after": [], "title": "Second"}]),
        ([{"id": "second", "title": None}], [SIGNATURES[0], {"id": "second", "after": ["first"]}]),
        ([{"id": "first", "remove": True}, {"id": "third"}], [SIGNATURES[1], {"id": "third"}]),
        ([], []),
    ],
)
def test_parts_are_changed_by_id_and_an_empty_list_clears_a_list(change, patched):
    assert patch(SIGNATURES, change) == patched


@pytest.mark.parametrize("written", ["9:30", "09:30", "0930", " 9:30:00 "])
def test_a_time_may_be_written_without_its_first_zero(written):
    assert KINDS["time"].clean(FormField(id="at", kind="time", title="At"), written, None) == "09:30"


@pytest.mark.parametrize("written", ["24:30", "half past nine", "9"])
def test_what_is_no_time_is_refused_with_an_example(written):
    with pytest.raises(Unfit, match="14:30"):
        KINDS["time"].clean(FormField(id="at", kind="time", title="At"), written, None)
