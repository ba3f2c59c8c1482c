"""What was found as SARIF 2.1.0, the format in which code hosts and editors take findings of any checker."""

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from upturn import __version__
from upturn.checker.explained import examples
from upturn.checker.finding import AnyRule, Checked, Finding, every_rule, level_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(found: Checked) -> str:
    """One run with every rule, and a result for each finding."""
    rules = list(every_rule().values())
    place = {rule.code: index for index, rule in enumerate(rules)}
    driver = {"name": "upturn", "version": __version__, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(document.name)}} for document in found.documents],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notes(found))}],
        "results": [_result(finding, place[finding.rule.code]) for finding in found.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1)


def _rule(rule: AnyRule) -> dict[str, Any]:
    bad, good = examples(rule)
    text = f"{rule.why} {rule.instead}"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"This {rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": text, "markdown": f"{text}\n\nNot: {bad[0]}\n\nRather: {good[0]}"},
        "defaultConfiguration": {"level": level_of(rule.code)},
        "properties": {"tags": [rule.code[:3], rule.subject, *rule.cites]},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    if finding.line is not None:
        snippet = {"snippet": {"text": finding.words}} if finding.words else {}
        physical["region"] = {key: value for key, value in region.items() if value is not None} | snippet
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": f"{finding.says} {finding.rule.instead}"},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": finding.where}]}],
    }


def _notes(found: Checked) -> Iterator[dict[str, Any]]:
    for one in found.unread:
        region = {"region": {"startLine": one.line}} if one.line is not None else {}
        location = {"physicalLocation": {"artifactLocation": {"uri": _uri(one.file)}, **region}}
        yield {"level": "note", "message": {"text": one.says}, "locations": [location]}


def _uri(name: str) -> str:
    path = PurePath(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
