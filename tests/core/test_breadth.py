"""Real sources declared as program files, to show that programs are data.

Beside `NAME.v1.yaml` lies `NAME.story.yaml`. What they show together is kept in `tests/programs/capabilities-*.yaml`:

    1:                                     # the rank in the list of what programs must be able to say
      title: Subject and lead as named roles
      shown:
        a-program: ["parties.*.kind=subject", "words.lead"]

A key is the end of a path through the program file (numbers of lists left out; `*` is any one name), and may ask for
its value.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from upturn.core.reading import ProgramFile, read
from upturn.core.story import tell

FOLDER = Path(__file__).parent.parent / "programs"
PROGRAMS = sorted(path.name.removesuffix(".v1.yaml") for path in FOLDER.glob("*.v1.yaml"))
RANKS = range(1, 46)


@cache
def program(name: str) -> ProgramFile:
    return read((FOLDER / f"{name}.v1.yaml").read_text(encoding="utf-8"))


def plain(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_real_source_is_read_without_a_problem(name):
    assert program(name).program().key == name


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_variant_of_a_real_source_compiles(name):
    variants = program(name).program().variants
    assert [program(name).program(v.id).key for v in variants] == [name] * len(variants)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_stories_of_a_real_source_run_to_at_least_two_ends(name):
    document = plain(FOLDER / f"{name}.story.yaml")
    stages = [tell(program(name), document, story) for story in document["stories"]]
    assert document["program"] == name
    assert len({s.plan.stage for s in stages if s.plan.seq and s.case().stage.final}) >= 2


# -- capabilities -----------------------------------------------------------------------------------------------------


def paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every path of names through a document, with what stands there; the numbers of lists are left out."""
    if path:
        yield path, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from paths(inner, (*path, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, path)


def uses(document: Any, key: str) -> bool:
    """Whether a document uses a key: the end of a path, and its value where the key names one."""
    names, equals, wanted = key.partition("=")
    ends = names.split(".")
    return any(
        len(path) >= len(ends)
        and all(e in ("*", p) for e, p in zip(ends, path[-len(ends) :], strict=True))
        and (not equals or str(value).lower() == wanted.lower())
        for path, value in paths(document)
    )


@cache
def capabilities() -> Mapping[int, Mapping[str, Any]]:
    """Rank → title and, by program, the keys that say it; the files of several authors together."""
    ranks: dict[int, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("capabilities*.yaml")):
        for rank, one in plain(path).items():
            ranks.setdefault(rank, {"title": one["title"], "shown": {}})["shown"].update(one["shown"])
    return ranks


def test_a_key_is_the_end_of_a_path_and_may_ask_for_its_value():
    document = {
        "clocks": [{"id": "period", "extension": {"by": ["lead"], "when": ["told"]}}],
        "parties": {"a": {"kind": "lead"}},
    }
    assert [uses(document, k) for k in ("extension.by", "parties.*.kind=lead", "when=told", "clocks.id")] == [True] * 4
    assert [uses(document, k) for k in ("extension.times", "kind=subject", "*.clocks.id", "id=perio")] == [False] * 4


def test_every_capability_of_the_first_45_ranks_is_shown_by_a_program():
    assert [rank for rank in RANKS if not capabilities().get(rank, {}).get("shown")] == []


@pytest.mark.parametrize("rank", RANKS)
def test_each_program_named_for_a_capability_uses_the_keys_named(rank):
    shown = capabilities().get(rank, {}).get("shown", {})
    unused = [(name, key) for name, keys in shown.items() for key in keys if not uses(program(name).document, key)]
    assert unused == []
