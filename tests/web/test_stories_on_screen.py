"""Whole stories, played by people at their screens: what a screen leaves in the record is what the core says.

Here: every story of the peer network's program, and one or two of each other program there is. With EVERY_STORY=1 in
the environment: all of them, which takes some minutes.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.web.on_screen import OnScreen, steps_of
from upturn.core import reading

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "src/upturn/programs", ROOT / "tests/programs")
ALL = frozenset({"evolve-mip"})
SOME = {"dc-pip": 2, "employer-pip": 2}


def stories() -> Iterator[object]:
    """Each program and story number; not those that need earlier plans, or a newer version of the program."""
    for path in (p for folder in FOLDERS for p in sorted(folder.glob("*.story.yaml"))):
        key = path.name.removesuffix(".story.yaml")
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        fit = [n for n, story in enumerate(document["stories"]) if playable({**document, **story}, document, story)]
        most = len(fit) if key in ALL or os.environ.get("EVERY_STORY") else SOME.get(key, 1)
        yield from (pytest.param(path, number, id=f"{key}-{number}") for number in fit[:most])


def playable(given: dict[str, object], document: dict[str, object], story: dict[str, object]) -> bool:
    return not given.get("earlier") and not any("version" in step for step in steps_of(document, story["steps"]))


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(("path", "number"), list(stories()))
def test_a_story_on_screen_leaves_what_the_core_says(path: Path, number: int) -> None:
    text = path.with_name(path.name.replace(".story.", ".v1.")).read_text(encoding="utf-8")
    document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    story = document["stories"][number]
    world = OnScreen.begin(reading.read(text), document, story)
    world.publish(text)
    for step in steps_of(document, story["steps"]):
        world.play(step)
    assert world.acts > 0
