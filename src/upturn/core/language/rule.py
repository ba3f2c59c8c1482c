"""What a rule is, what it finds, and what it is given: the shapes that text rules and plan rules share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from upturn.core.language.reading import Reading, Span
from upturn.core.language.tokens import MOST

Kind = Literal["goal", "action", "deficiency", "support", "outcome", "consequence"]
KINDS: tuple[Kind, ...] = ("goal", "action", "deficiency", "support", "outcome", "consequence")

Part = Literal["baseline", "target", "unit", "due", "source", "judge", "owner", "evidence", "standard"]
Given = frozenset[Part]
"""What stands in other fields beside the text: a goal whose `due` is filled needs no day in its sentence."""

NOTHING: Given = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding: `code` of the rule, the characters it is about, and a sentence to the author that names them.

    `start == end == 0` is about the text as a whole.
    """

    code: str
    start: int
    end: int
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. One file each in `rules/`, found by its name; its `bad` and `good` are run by the tests.

    `title` goes on after "This ..."; `why` says what it does to the reader and `cites` the ids of the policy and of
    the evidence; `instead` says what would satisfy it. `kinds` are the sentences it looks at, and parts in other fields
    (`satisfied_by`) make it silent. `find` is pure. `subject` is "text" for a rule that is asked of every sentence; a
    rule about a whole plan says "plan", and is asked by what knows plans.
    """

    code: str
    name: str
    title: str
    why: str
    instead: str
    cites: tuple[str, ...]
    kinds: frozenset[Kind]
    bad: tuple[tuple[Kind, str], ...]
    good: tuple[tuple[Kind, str], ...]
    find: Callable[[Reading, Kind, Given], Iterator[Hit]]
    satisfied_by: Given = field(default=NOTHING)
    subject: Literal["text", "plan"] = "text"


def hit(code: str, span: Span, says: str) -> Hit:
    """A finding about the characters of a span."""
    return Hit(code, span.start, span.end, says)


def whole(code: str, reading: Reading, says: str) -> Hit:
    """A finding about the sentence as a whole."""
    return Hit(code, 0, min(len(reading.text), MOST), says)
