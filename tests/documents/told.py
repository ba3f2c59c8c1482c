"""Plans to print: the stories of the shipped programs and of the programs of other sources, told to their end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import upturn.programs
from upturn.core import story
from upturn.core.case import Case
from upturn.core.reading import ProgramFile, read
from upturn.documents.content import Imprint

SHIPPED = Path(upturn.programs.__file__).parent
OTHERS = Path(__file__).parent.parent / "programs"
NAMES = sorted(path.name.removesuffix(".v1.yaml") for folder in (SHIPPED, OTHERS) for path in folder.glob("*.v1.yaml"))
OURS = ("dc-pip", "employer-pip", "evolve-mip")
MADE = datetime(2026, 11, 22, tzinfo=UTC)
IMPRINT = Imprint("Harbor Works", MADE, number="PIP-2026-0007", mark="Draft", head="ab" * 32)


def _file(name: str, ending: str) -> str:
    folder = SHIPPED if (SHIPPED / f"{name}.{ending}").exists() else OTHERS
    return (folder / f"{name}.{ending}").read_text(encoding="utf-8")


@cache
def program_file(name: str) -> ProgramFile:
    return read(_file(name, "v1.yaml"))


@cache
def stories(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(_file(name, "story.yaml"))


@cache
def told(name: str, number: int | None = None) -> Case:
    """The end of a story, the longest when none is named: a case of its own program."""
    document = stories(name)
    if number is None:
        lengths = [len(list(story.expanded(document, one["steps"]))) for one in document["stories"]]
        number = lengths.index(max(lengths))
    return story.tell(program_file(name), document, document["stories"][number]).case()


def answered(case: Case, section: str, **answers: Any) -> Case:
    """The case with other answers in a section, as if they had been shared."""
    plan = case.plan
    written: Mapping[str, Any] = plan.sections[section].answers | answers
    sections = {**plan.sections, section: replace(plan.sections[section], answers=written)}
    return case.with_plan(replace(plan, sections=sections))
