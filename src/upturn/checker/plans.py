"""A plan as a document: the record somebody took along (JSON), or the answers to a program (YAML or JSON).

Answers name their program and say what its fields hold, in sections or not; `period` is optional:

    program: employer-pip
    period: {start: 2027-01-11, end: 2027-03-12}
    answers: {goals: {targets: [{goal: "Release on the day agreed", target: 7}]}}
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from upturn.checker import Unreadable
from upturn.checker.files import Document, Line, json_of, text_of
from upturn.core.plan_words import prose
from upturn.core.program import Program
from upturn.core.reading import BadProgram, ProgramFile, read

RECORD = "upturn-record-1"
SHIPPED = Path(__file__).parents[1] / "programs"


def of_plan(name: str, text: str, ending: str, program: str) -> Document:
    """The document of a plan. `program` is a file or the key of a shipped one; without it, what the plan names."""
    content = json_of(name, text) if ending == ".json" else _yaml(name, text)
    if not isinstance(content, Mapping):
        raise Unreadable(f"{name} holds no plan: an object of names and values is needed.")
    if content.get("format") == RECORD:
        return _document(name, text, *_of_record(name, content, program))
    return _document(name, text, *_of_answers(name, content, program))


def _document(name: str, text: str, program: Program, values: Mapping[str, Any], period: Mapping[str, Any]) -> Document:
    try:
        found = prose(program, values, _day(period.get("start")), _day(period.get("end")))
    except (AttributeError, TypeError, ValueError, LookupError):
        says = f"{name}: the answers do not have the shape of the program {program.key}: a table is a list of rows."
        raise Unreadable(says) from None
    lines = []
    for sentence, row in found.sentences:
        place = _place(text, sentence.text)
        lines.append(Line(sentence.text, sentence.kind, program.language, sentence.where, *place, sentence.given, row))
    return Document(name, tuple(lines), found.plan)


def _place(text: str, said: str) -> tuple[int | None, int | None]:
    """Line and column of words that stand in the file exactly once."""
    at = text.find(said)
    if at < 0 or text.find(said, at + 1) >= 0:
        return None, None
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


# -- records ----------------------------------------------------------------------------------------------------------


def _of_record(name: str, record: Mapping[str, Any], program: str) -> tuple[Program, dict[str, Any], dict[str, Any]]:
    """What the readable entries of a record add up to: the answers as they last stood, and the first clock's days."""
    try:
        told = [(e["entry"]["type"], e["words"]) for e in record["entries"] if e["words"] is not None]
        opened: Mapping[str, Any] = next((words for kind, words in told if kind == "Opened"), {})
        named = record["program"]
        file = _file(name, program or f"{named['key']}.v{named['version']}.yaml")
        if not program and file.digest != named["digest"]:
            raise Unreadable(_elsewhere(name, f"{named['key']}, version {named['version']},"))
        compiled = file.program(opened.get("variant", ""), opened.get("language", ""))
        values: dict[str, Any] = {}
        for answers in _shared(told):
            values.update(answers)
        return compiled, values, _period(compiled, told)
    except (KeyError, TypeError, AttributeError):
        raise Unreadable(f"{name} is not a whole record of a plan: an entry lacks what every entry has.") from None


def _shared(told: list[tuple[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for kind, words in told:
        if kind in {"Opened", "Answered"}:
            yield words.get("answers", {})
        elif kind == "Amended":
            yield from words.get("changes", {}).values()


def _period(program: Program, told: list[tuple[str, Any]]) -> dict[str, Any]:
    clock = program.clocks[0].id if program.clocks else ""
    period: dict[str, Any] = {}
    for kind, words in told:
        if kind == "Dated" and words.get("what") == "clock" and words.get("id") == clock:
            period.update({key: words[key] for key in ("start", "end") if words.get(key)})
    return period


# -- answers ----------------------------------------------------------------------------------------------------------


def _of_answers(
    name: str, content: Mapping[str, Any], program: str
) -> tuple[Program, dict[str, Any], Mapping[str, Any]]:
    named, answers, period = content.get("program"), content.get("answers"), content.get("period") or {}
    if not isinstance(answers, Mapping) or not isinstance(period, Mapping) or not (program or isinstance(named, str)):
        raise Unreadable(
            f"{name} holds no plan. It is to be the record of a plan, or `program` (its key) and `answers` by field."
        )
    compiled = _file(name, program or str(named)).program()
    sections = {section.id for section in compiled.form} | {"start"}
    known = {f.id for f in compiled.start.fields} | {f.id for section in compiled.form for f in section.fields}
    values: dict[str, Any] = {}
    for key, value in answers.items():
        inner = isinstance(value, Mapping) and (key in sections or key not in known)
        for field, said in (value if inner else {key: value}).items():
            values.setdefault(field, said)
    return compiled, values, period


# -- what both need ---------------------------------------------------------------------------------------------------


def _file(name: str, wanted: str) -> ProgramFile:
    """A program file by its path, by the key of a shipped program, or by the name of a shipped file."""
    path = Path(wanted)
    if not path.is_file():
        shipped = sorted(SHIPPED.glob("*.v*.yaml"))
        path = next((p for p in reversed(shipped) if wanted in {p.name, p.name.split(".v")[0]}), path)
    if not path.is_file():
        raise Unreadable(_elsewhere(name, wanted.removesuffix(".yaml")))
    try:
        return read(text_of(str(path)))
    except BadProgram as error:
        raise Unreadable("\n".join(f"{path.name}: {problem}" for problem in error.problems)) from None


def _elsewhere(name: str, program: str) -> str:
    which = f"{name} was made with the program {program}"
    return f"{which} which does not come with Upturn, or not in these words: give --program FILE."


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _yaml(name: str, text: str) -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415  slow to load, and most files are not YAML
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        place = f"line {mark.line + 1}: " if mark else ""
        raise Unreadable(f"{name} cannot be read as YAML: {place}{problem or 'it is not well formed'}.") from None
