"""An id that is none is refused in words that fit what it names."""

import re

import pytest

from tests.core.small import SMALL
from upturn.core.program import Option
from upturn.core.reading import BadProgram, read


def problems(old, new):
    with pytest.raises(BadProgram) as found:
        read(SMALL.replace(old, new, 1))
    return [p.says for p in found.value.problems]


def test_the_id_of_a_source_may_look_like_a_citation_but_holds_no_colon():
    (says,) = problems("id: Handbook", 'id: "5 CFR: 432"')
    assert says == (
        "`5 CFR: 432` is no id of a source: letters, digits, spaces and . _ § ( ) / - after a first letter or digit, "
        "at most 48 of them."
    )


def test_the_id_of_a_part_is_in_small_letters():
    says = problems("id: drafting, title", 'id: "Draft: one", title')
    assert says == ["`Draft: one` is no id: small letters, digits and _ (keys: -), a letter first."]


def test_a_language_is_a_code():
    assert problems("title: A small plan", "title: A small plan\nlanguage: English") == [
        "`English` is no language code such as `en` or `fr-CA`."
    ]


def test_a_general_rule_is_named_as_in_the_library():
    says = problems("parties:", "rules: [{id: gen-3}]\nparties:")
    assert says == ["`gen-3` is no rule of the general library: its ids look like `GEN-03`."]


def test_an_option_promises_only_what_it_has():
    assert set(re.findall(r"`(\w+)`", Option.__doc__ or "")) <= set(Option.model_fields)
