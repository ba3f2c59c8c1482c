"""A box that came with a first answer and was emptied says so: the core then proposes nothing in its place."""

from typing import Any

import pytest
from django.http import QueryDict

from upturn.core.conditions import Values
from upturn.core.fields import clean_answers
from upturn.core.program import FormField
from upturn.web.forms import ASKED, read

FIELDS = [
    FormField.model_validate({"id": "rhythm", "title": "How often", "default": "weekly"}),
    FormField.model_validate(
        {"id": "ways", "title": "Ways", "kind": "choices", "options": ["Call"], "default": ["call"]}
    ),
    FormField.model_validate({"id": "note", "title": "Note"}),
]
EMPTY = Values((), dict.fromkeys(("stage", "variant", "today", "finding", "disposition"), ""))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a-rhythm=&a-note=", {}),
        ("a-rhythm=monthly&a-note=", {"rhythm": "monthly"}),
        ("a-note=so", {"note": "so"}),
        ("a-rhythm=&a-ways=call", {"ways": ["call"]}),
    ],
)
def test_what_was_emptied_stays_empty(sent: str, kept: dict[str, Any]) -> None:
    raw = read(FIELDS, QueryDict(f"a-{ASKED}=rhythm+ways+note&{sent}"))
    assert clean_answers(FIELDS, raw, EMPTY, None, fresh=True)[0] == kept  # type: ignore[arg-type]


def test_what_was_not_on_the_screen_is_still_proposed() -> None:
    raw = read(FIELDS, QueryDict(f"a-{ASKED}=note&a-note=so"))
    kept, _problems = clean_answers(FIELDS, raw, EMPTY, None, fresh=True)  # type: ignore[arg-type]
    assert kept == {"rhythm": "weekly", "ways": ["call"], "note": "so"}
