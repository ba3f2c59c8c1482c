"""A finder that the rules about a goal's missing parts share."""

from collections.abc import Callable, Iterator

from upturn.core.language.plans import PlanHit, PlanWords, Words
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Part


def lacking(
    code: str, part: Part, says: str, needed: Callable[[Words, Reading], bool] = lambda goal, reading: True
) -> Callable[[PlanWords], Iterator[PlanHit]]:
    """Finds the goals whose part is empty though the form asks for it and this goal needs it. `{}` is its number."""

    def find(plan: PlanWords) -> Iterator[PlanHit]:
        if part not in plan.asked:
            return
        for row, goal in enumerate(plan.goals):
            if part not in goal.given and needed(goal, plan.read(goal.text)):
                yield PlanHit(code, "goal", row, says.format(row + 1))

    return find
