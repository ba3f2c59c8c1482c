"""MEA002: a word of degree where a number could stand."""

from collections.abc import Iterator

from upturn.core.language.measures import amounts
from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import own, said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """Words of degree in a sentence that has no number, and names no scale where they are written down."""
    if next(amounts(reading, kind), None) is None and not reading.has("written_in"):
        says = "“{}” is a matter of opinion here: how much would be enough?"
        yield from said_of("MEA002", says, own(reading, "degree", "not_degree"))


RULE = Rule(
    code="MEA002",
    name="degree-without-number",
    title="says how much with a word that two readers measure differently",
    why='Words of degree move: what was "significant" at the start can be too little at the end.',
    instead="Put the number the word stands for, or the point from which it is enough.",
    cites=(
        "LNG-03",
        "GEN-03",
    ),
    kinds=frozenset({"goal", "action"}),
    bad=(("goal", "Cut late shipments significantly on every route by 30 June."),),
    good=(
        ("goal", "Cut late shipments from 14 to 5 a month by 30 June."),
        ("goal", "Significantly fewer errors: no more than 3 per month by 30 June."),
    ),
    find=find,
    satisfied_by=frozenset({"target"}),
)
