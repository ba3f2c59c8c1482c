"""Every shipped program is told to each of its ends: a program without a complete story does not pass."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import upturn.programs
from upturn.core import story
from upturn.core.events import Noticed
from upturn.core.reading import ProgramFile, read

FOLDER = Path(upturn.programs.__file__).parent
PROGRAMS = sorted(path.name.removesuffix(".v1.yaml") for path in FOLDER.glob("*.v1.yaml"))


@cache
def program(name: str) -> ProgramFile:
    return read((FOLDER / f"{name}.v1.yaml").read_text(encoding="utf-8"))


@cache
def stories(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((FOLDER / f"{name}.story.yaml").read_text(encoding="utf-8"))


TOLD = [(name, number) for name in PROGRAMS for number in range(len(stories(name)["stories"]))]


@pytest.mark.parametrize(("name", "number"), TOLD, ids=str)
def test_a_story_goes_as_it_is_told(name: str, number: int) -> None:
    document = stories(name)
    stage = story.tell(program(name), document, document["stories"][number])
    texts = [fact.event.text for fact in stage.record if isinstance(fact.event, Noticed)]
    assert [text for text in texts if "_____" in text] == []  # everything a notice names is known when it is written


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_stories_of_a_program_reach_every_step_and_every_outcome(name: str) -> None:
    text = (FOLDER / f"{name}.story.yaml").read_text(encoding="utf-8")
    assert story.untold(program(name).program(), story.told(program(name), text)) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_who_may_and_who_may_not_is_said_for_every_stage(name: str) -> None:
    """The matrix of party, stage and verb: some story says by hand, in every stage, who must and who must not."""
    document = stories(name)
    said: set[str] = set()
    for one in document["stories"]:
        steps = list(story.expanded(document, one["steps"]))
        for number, step in enumerate(steps):
            if {"may", "may_not", "only"} & set(step):
                said.add(story.tell(program(name), document, {**one, "steps": steps[:number]}).plan.stage)
    assert set(program(name).program().stage) - said == set()
