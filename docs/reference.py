"""Writes the reference of docs/programs.md out of the schema itself, and that of docs/wording.md out of its rules.

    .dev/venv/bin/python docs/reference.py

`tests/test_docs.py` fails while a page and its source differ.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

from ruamel.yaml import YAML

from upturn.checker.explained import FAMILIES, examples
from upturn.checker.finding import every_rule, level_of
from upturn.core import program
from upturn.core.fields import KINDS
from upturn.core.general import GENERAL
from upturn.core.guards import GUARDS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "programs.md"
WORDING = ROOT / "docs" / "wording.md"
BEGIN, END = "<!-- reference: made by docs/reference.py -->", "<!-- end of the reference -->"


def parts() -> Iterator[tuple[type[program.Part], str, Mapping[str, str]]]:
    """Every part of a program: its class, what it is, and what each key says of itself."""
    tree = ast.parse(inspect.getsource(program))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            cls = getattr(program, node.name)
            if issubclass(cls, program.Part) and cls is not program.Part:
                yield cls, first_line(ast.get_docstring(node) or ""), dict(_said(node))


def _said(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            yield field.target.id, " ".join(str(text).split())


def first_line(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def key_of(name: str) -> str:
    return name.rstrip("_")


def reference() -> str:
    return "\n".join([*_parts(), *_kinds(), *_guards(), *_general(), *_capabilities()])


def _parts() -> Iterator[str]:
    yield "## Every key\n"
    for cls, what, said in parts():
        yield f"### {cls.__name__}\n\n{what}\n"
        yield "| key | needed | what it says |"
        yield "|---|---|---|"
        for name, field in cls.model_fields.items():
            needed = "yes" if field.is_required() else ""
            yield f"| `{key_of(name)}` | {needed} | {said.get(name, '').replace('|', '/')} |"
        yield ""


def _kinds() -> Iterator[str]:
    yield "## Kinds of field\n"
    yield ", ".join(f"`{kind}`" for kind in KINDS) + ".\n"


def _guards() -> Iterator[str]:
    yield "## Guards\n\n| guard | arguments | what it asks |\n|---|---|---|"
    for name, guard in GUARDS.items():
        arguments = [p for p in inspect.signature(guard.check).parameters if p != "case"]
        yield f"| `{name}` | {', '.join(f'`{a}`' for a in arguments)} | {first_line(guard.says)} |"
    yield ""


def _general() -> Iterator[str]:
    yield "## General rules\n\n| id | stands before moves of kind | guard | why |\n|---|---|---|---|"
    for id_, rule in GENERAL.items():
        yield f"| `{id_}` | {', '.join(rule.kinds)} | `{rule.guard}` | {rule.why} |"
    yield ""


def _capabilities() -> Iterator[str]:
    """Capability → key → program that shows it, from the machine-checked lists beside the real-world programs."""
    yield "## Capabilities\n"
    yield "Ranks 1 to 45 of what 135 real programs need, the keys that say it, and programs that show it.\n"
    yield "| rank | capability | keys | shown by |\n|---|---|---|---|"
    merged: dict[int, tuple[str, dict[str, list[str]]]] = {}
    for path in sorted((ROOT / "tests" / "programs").glob("capabilities-*.yaml")):
        for rank, row in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")).items():
            _title, shown = merged.setdefault(int(rank), (str(row["title"]), {}))
            for name, keys in row["shown"].items():
                shown.setdefault(str(name), []).extend(str(k) for k in keys)
    for rank, (title, shown) in sorted(merged.items()):
        keys = dict.fromkeys(key for found in shown.values() for key in found)
        yield f"| {rank} | {title} | {', '.join(f'`{k}`' for k in list(keys)[:8])} | {', '.join(shown)} |"
    yield "\nRanks 46 to 87 are not yet shown one by one; what of them has a key stands in the tables above.\n"


def _rules() -> Iterator[str]:
    """Every rule of the wording checker, by family."""
    yield "## What each code says\n"
    for family, about in FAMILIES.items():
        yield f"### {family}: {about}\n\n| code | found where a sentence or a plan ... | why | instead | not | rather |"
        yield "|---|---|---|---|---|---|"
        for code, rule in every_rule().items():
            if code.startswith(family):
                bad, good = examples(rule)
                note = " *(note)*" if level_of(code) == "note" else ""
                told = [f"`{code}`{note}", f"{rule.title}", f"{rule.why} ({', '.join(rule.cites)})", rule.instead]
                yield f"| {' | '.join(cell.replace('|', '/') for cell in [*told, bad[0], good[0]])} |"
        yield ""


def page() -> str:
    """The page on programs as it should be: the hand-written guide, then the reference."""
    return _after_guide(PAGE, reference())


def wording_page() -> str:
    """The page on wording as it should be."""
    return _after_guide(WORDING, "\n".join(_rules()))


def _after_guide(path: Path, made: str) -> str:
    guide = path.read_text(encoding="utf-8").split(BEGIN, 1)[0]
    return f"{guide}{BEGIN}\n\n{made}\n{END}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    WORDING.write_text(wording_page(), encoding="utf-8")
