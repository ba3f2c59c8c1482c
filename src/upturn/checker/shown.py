"""What was found, for a person and as JSON."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from upturn import __version__
from upturn.checker.finding import Checked, Finding

VERSION = 1
"""Of the JSON output. It grows when a key changes its meaning or goes; new keys may come without."""
SHOWN = 160


def human(found: Checked) -> str:
    """Each finding with its place, its words, the reason and what would satisfy it; then how many."""
    return "\n".join(
        [*(line for finding in found.findings for line in _told(finding)), *_left_alone(found), _sum(found)]
    )


def _told(finding: Finding) -> Iterator[str]:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part is not None)
    where = "" if finding.where == f"line {finding.line}" else f" ({finding.where})"
    note = " [note]" if finding.level == "note" else ""
    yield f"{place}{where}: {finding.rule.code}{note} {finding.says}"
    if finding.words:
        yield f"    in:      {_short(finding.words)}"
    yield f"    why:     {finding.rule.why}"
    yield f"    instead: {finding.rule.instead}\n"


def _short(words: str) -> str:
    return textwrap.shorten(words, SHOWN, placeholder=" ...") or words[:SHOWN]


def _left_alone(found: Checked) -> Iterator[str]:
    for one in found.unread[:3]:
        yield f"{one.file}: {one.where}: {one.says}"
    if len(found.unread) > 3:
        yield f"{len(found.unread) - 3} more texts were left alone or not read to their end."


def _sum(found: Checked) -> str:
    sentences = _counted(found.sentences, "sentence")
    files = _counted(len(found.documents), "file")
    if not found.findings:
        return f"Nothing found in {sentences} of {files}."
    findings = _counted(len(found.findings), "finding")
    return f"{findings} in {sentences} of {files}. This is about words, not about a person."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def as_json(found: Checked) -> str:
    """The same for a program."""
    return json.dumps(
        {
            "version": VERSION,
            "tool": {"name": "upturn check", "version": __version__},
            "files": [{"file": d.name, "sentences": len(d.lines), "plan": d.plan is not None} for d in found.documents],
            "findings": [_finding(finding) for finding in found.findings],
            "unread": [{"file": u.file, "where": u.where, "line": u.line, "says": u.says} for u in found.unread],
        },
        ensure_ascii=False,
        indent=1,
    )


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "level": finding.level,
        "file": finding.file,
        "where": finding.where,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "words": finding.words,
        "says": finding.says,
        "why": rule.why,
        "instead": rule.instead,
        "cites": list(rule.cites),
    }
