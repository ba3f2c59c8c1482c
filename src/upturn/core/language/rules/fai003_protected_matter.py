"""FAI003: health, family, age, belief, complaints."""

from collections.abc import Iterator

from upturn.core.language.persons import private_matters
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, _kind: Kind, _given: Given) -> Iterator[Hit]:
    """Private matters of the person the plan is about, not of patients or pupils."""
    says = "“{}” may be protected: leave it out, or ask HR before this is issued."
    yield from said_of("FAI003", says, private_matters(reading))


RULE = Rule(
    code="FAI003",
    name="protected-matter",
    title="touches health, family, age, belief or a complaint",
    why="Such matters may not count against anybody; beside a deficiency they read as its reason.",
    instead="Leave it out and let HR or the program owner look before the plan is issued.",
    cites=(
        "LNG-08",
        "US-MED",
        "US-EMPHB",
    ),
    kinds=frozenset({"deficiency", "consequence"}),
    bad=(("deficiency", "Since 3 March your illness delayed two reports."),),
    good=(
        ("deficiency", "Since 3 March two reports were late."),
        ("deficiency", "On 3 March the medical record of one patient was left open."),
    ),
    find=find,
)
