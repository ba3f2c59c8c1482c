"""The examples of docs/programs.md run; its reference is the schema's own, and that of docs/wording.md the rules'."""

import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML

from upturn.checker.finding import every_rule
from upturn.core import story
from upturn.core.reading import patch, read

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "programs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml (\w+)\n(.*?)```", TEXT, re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def plain(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def written(document: Any) -> str:
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(document, out)
    return out.getvalue()


def test_the_whole_program_is_sound_and_its_story_goes_as_told() -> None:
    file = read(blocks("program")[0])
    told = story.told(file, blocks("story")[0])
    assert told.moves >= {"finish", "start", "over", "decide"}


@pytest.mark.parametrize("number", range(len(blocks("patch"))))
def test_every_piece_fits_the_whole_program(number: int) -> None:
    whole = plain(blocks("program")[0])
    assert read(written(patch(whole, plain(blocks("patch")[number])))).program().key == "small-plan"


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_the_schemas_own() -> None:
    assert reference().page() == TEXT, "run .dev/venv/bin/python docs/reference.py"


def test_the_page_on_wording_tells_every_code_as_its_rule_does() -> None:
    wording = (DOCS / "wording.md").read_text(encoding="utf-8")
    assert reference().wording_page() == wording, "run .dev/venv/bin/python docs/reference.py"
    assert re.findall(r"^\| `([A-Z]{3}\d{3})`", wording, re.MULTILINE) == sorted(every_rule())


def test_every_option_of_the_page_on_wording_exists() -> None:
    from upturn.cli import _parser  # noqa: PLC0415  the terminal's own list

    wording = (DOCS / "wording.md").read_text(encoding="utf-8")
    known = set(_parser()._subparsers._group_actions[0].choices["check"]._option_string_actions)
    assert set(re.findall(r"--[a-z]+", wording)) <= known


def test_every_command_of_the_readme_exists() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    from upturn.cli import _parser  # noqa: PLC0415  the terminal's own list

    known = set(_parser()._subparsers._group_actions[0].choices)
    assert set(re.findall(r"`upturn (\w+)", readme)) <= known
