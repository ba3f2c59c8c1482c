"""Warnings: what may be passed with a written reason, each with a box for it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from upturn.core.refusals import Refusal
from upturn.records.access import Look

REASONS = "reasons."
"""The path under which a refusal asks for the reason of a warning, and the name of its box."""


def warnings_of(look: Look, offer: str) -> Sequence[Refusal]:
    """What may be passed with a reason, as far as it is known beforehand."""
    return look.offers[offer].warnings if offer in look.offers else ()


class Warnings:
    """The warnings of a page, what was written to pass each, and what is wrong with that."""

    def __init__(self, known: Iterable[Refusal], sent: Any) -> None:
        self.says = {w.rule: w.sentence for w in known}
        names = [k for k in sent or () if k.startswith(REASONS)]
        self.reasons = {k.removeprefix(REASONS): str(sent.get(k, "")).strip() for k in names}
        for rule in self.reasons:
            self.says.setdefault(rule, str(sent.get(f"warning.{rule}", "")) or "This is unusual.")
        self.wrong: dict[str, str] = {}

    def refuse(self, reasons: Iterable[Refusal]) -> list[Refusal]:
        left = []
        for reason in reasons:
            rule = (reason.field or "").removeprefix(REASONS)
            if reason.field and reason.field.startswith(REASONS):
                self.says.setdefault(rule, reason.sentence)
                self.wrong[rule] = "Write why it is right to go on all the same"
            else:
                left.append(reason)
        return left

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(f"id_{REASONS}{rule}", sentence) for rule, sentence in self.wrong.items()]

    def __iter__(self) -> Iterator[dict[str, str]]:
        for rule, says in self.says.items():
            yield {
                "rule": rule,
                "name": f"{REASONS}{rule}",
                "says": says,
                "reason": self.reasons.get(rule, ""),
                "error": self.wrong.get(rule, ""),
            }

    def __bool__(self) -> bool:
        return bool(self.says)
