"""What the rules find in documents: each finding with its place, its words and its reasons.

A finding is a `warning` where its rule rests on a source, and a `note` where the limit is our own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from upturn.checker import Unreadable
from upturn.checker.files import Document, Line
from upturn.core.language import Hit, Rule, check_reading, read, rules
from upturn.core.language.plans import PlanHit, PlanRule, check_plan, plan_rules, told_once

Level = Literal["note", "warning"]
AnyRule = Rule | PlanRule
OUR_OWN = frozenset({"FAI002", "MEA005", "PLA101", "TIM002", "TIM103"})
"""Codes whose limit is our own judgement, not a source's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Places count from 1 and `end_column` is the first one after; None where they are not known."""

    rule: AnyRule
    level: Level
    file: str
    where: str
    words: str
    says: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that was left alone, or not read to its end, and what to know about it."""

    file: str
    where: str
    line: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of some documents."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]

    @property
    def sentences(self) -> int:
        return sum(len(document.lines) for document in self.documents)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are wanted: codes or families to look for (empty: all), to leave out, and the least level."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    level: Level = "note"

    def __contains__(self, code: str) -> bool:
        named = {code, code[:3]}
        wanted = not self.select or bool(named & self.select)
        return wanted and not named & self.ignore and (self.level == "note" or level_of(code) == "warning")


def every_rule() -> dict[str, AnyRule]:
    """The rules about sentences and about plans by their codes, in order."""
    found: dict[str, AnyRule] = {**rules(), **plan_rules()}
    return dict(sorted(found.items()))


def level_of(code: str) -> Level:
    """The level of a rule's findings."""
    return "note" if code in OUR_OWN else "warning"


def named(said: Iterable[str]) -> frozenset[str]:
    """Codes and families as somebody wrote them, with commas between. Raises Unreadable for one that is neither."""
    known = {*every_rule(), *(code[:3] for code in every_rule())}
    codes = [code.strip().upper() for one in said for code in one.split(",") if code.strip()]
    for code in codes:
        if code not in known:
            near = get_close_matches(code, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else " `upturn check --rules` lists them."
            raise Unreadable(f"There is no rule or family {code}.{hint}")
    return frozenset(codes)


def checked(documents: Sequence[Document], wanted: Wanted) -> Checked:
    """What the rules find in documents, in the order of their text."""
    findings: list[Finding] = []
    unread: list[Unread] = []
    for document in documents:
        of_plan = [hit for hit in (check_plan(document.plan) if document.plan else []) if hit.code in wanted]
        findings += [_of_plan(document, hit) for hit in of_plan]
        for line in document.lines:
            reading = read(line.text, line.lang)
            if reading.says:
                unread.append(Unread(document.name, line.where, line.line, reading.says))
            hits = [hit for hit in check_reading(reading, line.kind, line.given) if hit.code in wanted]
            if line.row is not None:
                hits = told_once(hits, line.kind, line.row, of_plan)
            findings += [_of_line(document, line, hit) for hit in hits]
    return Checked(tuple(documents), tuple(findings), tuple(unread))


def _of_plan(document: Document, hit: PlanHit) -> Finding:
    about = [line for line in document.lines if line.kind == hit.kind and line.row is not None and line.row == hit.row]
    rule, level = plan_rules()[hit.code], level_of(hit.code)
    if not about:
        return Finding(rule, level, document.name, "the plan", "", hit.says)
    line = about[0]
    return Finding(rule, level, document.name, line.where, line.text, hit.says, *_places(line, 0, len(line.text)))


def _of_line(document: Document, line: Line, hit: Hit) -> Finding:
    words = line.text[hit.start : hit.end]
    places = _places(line, hit.start, hit.end)
    return Finding(rules()[hit.code], level_of(hit.code), document.name, line.where, words, hit.says, *places)


def _places(line: Line, start: int, end: int) -> Iterator[int | None]:
    """Line, column, last line and column after of some characters of a sentence."""
    if line.line is None or line.column is None:
        yield from (line.line, None, line.line, None)
        return
    for at in (start, end):
        before = line.text[:at]
        rows = before.count("\n")
        yield line.line + rows
        yield at - (before.rfind("\n") + 1) + (1 if rows else line.column)
