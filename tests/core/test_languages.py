"""A program in several languages: every text is said in each, and each is checked like the first."""

import pytest

from upturn.core.reading import BadProgram, read

TEXT = """
key: two-tongues
version: 1
title: {es: Plan, en: Scheme}
summary: {es: Un plan, en: A plan}
language: LANGUAGE
languages: [es, en]
about: {what: {es: Un plan, en: A plan}}
parties: {member: {title: MEMBER, kind: subject}, lead: {title: {es: Guía, en: Lead}, kind: lead}}
start: {by: [lead], stage: work}
form:
  - {id: form, title: {es: Hoja, en: Form}, by: [lead], in: [work], fields: [{id: said, title: {es: Dice, en: Says}}]}
stages:
  - {id: work, title: {es: Obra, en: Work}, phase: run, says: {es: Se trabaja, en: Work goes on}}
  - {id: over, title: {es: Fin, en: Over}, phase: closed, final: true, says: {es: Se acabó, en: It is over}}
moves: [{id: end, title: {es: Acabar, en: End it}, from: [work], to: over, by: [lead]}]
notices: [{id: ended, title: {es: Fin, en: Over}, on: {move: end}, to: [member], text: {es: "{said}", en: "NOTICE"}}]
"""
WHOLE = {"LANGUAGE": "es", "MEMBER": "{es: Miembro, en: Member}", "NOTICE": "{said}"}


def program(**changes: str):
    text = TEXT
    for name, value in {**WHOLE, **changes}.items():
        text = text.replace(name, value)
    return read(text)


def problems(**changes: str) -> list[str]:
    with pytest.raises(BadProgram) as found:
        program(**changes)
    return [f"{p.path}: {p.says}" for p in found.value.problems]


def test_a_program_is_compiled_in_each_of_its_languages_and_in_its_own_by_default():
    file = program()
    assert [file.program().title, file.program(language="en").title] == ["Plan", "Scheme"]


def test_a_text_that_one_language_lacks_is_a_problem():
    assert problems(MEMBER="{es: Miembro}") == ["parties.member.title: This is not said in `en`."]


def test_a_merge_field_that_only_another_language_gets_wrong_is_a_problem():
    assert problems(NOTICE="{sayd}") == ["notices.0.text (en): `{sayd}` is no merge field of this program."]


def test_the_first_language_is_one_of_them():
    assert problems(LANGUAGE="fr") == ["language: `fr` is not among the `languages`."]
