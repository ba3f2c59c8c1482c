"""Refusals: what is missing, why, and when it would work. One sentence each, the same on every door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against something.

    `rule` names the guard or check (stable, for programs and tests); `says` is the sentence to a person; `cites` are
    source ids of the program; `possible_from` is the day on which it would work, when that is known; `field` points
    at an answer (`steps.2.due`) when the reason is about one.
    """

    rule: str
    says: str
    cites: tuple[str, ...] = ()
    possible_from: date | None = None
    field: str | None = None

    @property
    def sentence(self) -> str:
        """The sentence with its citation."""
        return f"{self.says} ({', '.join(self.cites)})" if self.cites else self.says


class Refused(Exception):
    """The rules do not allow it. `reasons` is never empty."""

    def __init__(self, *reasons: Refusal) -> None:
        if not reasons:
            raise ValueError("a refusal needs a reason")
        self.reasons: Sequence[Refusal] = reasons
        super().__init__(" ".join(r.sentence for r in reasons))


class Conflict(Exception):
    """Somebody changed what this command relied on. `changes` are sentences that say who changed what."""

    def __init__(self, changes: Sequence[str], *, seq: int) -> None:
        self.changes = tuple(changes)
        self.seq = seq
        super().__init__(" ".join(self.changes))
