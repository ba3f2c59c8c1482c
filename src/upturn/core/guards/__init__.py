"""Guards: the closed set of named conditions a program may put before a move, each with its sentence of refusal.

A guard is a function of the case and its own arguments; it returns None, or the refusal that says what is missing,
why, and when it would work. `refusals_of` applies the rules of a program. To add a guard, add a function beside its
neighbors in `time`, `words`, `people`, `record` or `outcome`, with a test of both answers.
"""

from collections.abc import Iterable
from dataclasses import replace

from upturn.core.case import Case
from upturn.core.guards import outcome, people, record, time, words
from upturn.core.guards.registry import GUARDS, Guard, arguments
from upturn.core.program import Rule
from upturn.core.refusals import Refusal, Refused

__all__ = ["GUARDS", "Guard", "arguments", "outcome", "people", "record", "refusals_of", "time", "words"]


def refusals_of(rules: Iterable[Rule], case: Case) -> list[Refusal]:
    """What stands against, one refusal per rule that is not met; rules whose `if` does not hold are passed over."""
    against: list[Refusal] = []
    for rule in rules:
        if rule.if_ is not None and not case.when(rule.if_):
            continue
        guard = GUARDS[rule.guard]
        try:
            refusal = guard.check(case, **arguments(guard, rule.args))
        except Refused as refused:  # a guard looked at a clock that cannot be planned yet: that is the reason
            against += refused.reasons
            continue
        if refusal is not None:
            said = replace(refusal, says=rule.says or refusal.says, cites=rule.cites or refusal.cites)
            against.append(replace(said, rule=_distinct(rule.guard, {r.rule for r in against})))
    return against


def _distinct(name: str, taken: set[str]) -> str:
    """The guard's name, numbered when the same guard speaks twice: reasons for warnings are kept under it."""
    return name if name not in taken else next(f"{name}_{n}" for n in range(2, 100) if f"{name}_{n}" not in taken)
