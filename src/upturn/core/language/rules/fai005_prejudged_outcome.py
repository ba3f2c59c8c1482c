"""FAI005: an end that is told before the plan has ended."""

from upturn.core.language.rule import Rule
from upturn.core.language.rules._finding import words

RULE = Rule(
    code="FAI005",
    name="prejudged-outcome",
    title="tells the result before the plan has ended",
    why="A plan whose end is decided is no plan; courts read such a sentence as pretext.",
    instead="Say how and when it will be decided, and by whom.",
    cites=(
        "LNG-13",
        "US-MURPHY2",
        "GEN-14",
    ),
    kinds=frozenset({"deficiency", "outcome", "consequence"}),
    bad=(("outcome", "You are unlikely to succeed by 1 June."),),
    good=(("outcome", "On 1 June the panel decides each objective from the log."),),
    find=words("FAI005", "“{}” decides before the end: say how, when and by whom it will be decided.", "prejudged"),
)
