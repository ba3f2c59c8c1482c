"""WHO002: help that belongs to nobody."""

from collections.abc import Iterator, Sequence

from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule, whole
from upturn.core.language.tokens import Token


def find(reading: Reading, _kind: Kind, _given: Given) -> Iterator[Hit]:
    """The sentence as a whole, when no helper, no name and no passive promise is in it (that is WHO001's)."""
    named = any(_is_name(token) for token in reading.tokens) or _after_initial(reading.tokens)
    if reading.tokens and "stretch" in reading.tokens[0].tags:
        return  # about the plan itself
    if not named and not reading.has("helper", "passive_promise"):
        yield whole("WHO002", reading, "Nobody is named who gives this help: which person or role?")


def _after_initial(tokens: Sequence[Token]) -> bool:
    """What looks like the end of a sentence in "O. Brandt" is a name."""
    return any(
        len(a.text) == 1 and a.text.isupper() and b.text == "." and c.text[0].isupper()
        for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _is_name(token: Token) -> bool:
    return token.text[0].isupper() and not token.first and token.tags == {"any"}


RULE = Rule(
    code="WHO002",
    name="support-without-owner",
    title="offers help without saying who gives it",
    why="Help on a list with nobody beside it is forgotten first; courts ask whether it was given.",
    instead="Name the person or the role who gives it.",
    cites=(
        "GEN-05",
        "GEN-PS2",
    ),
    kinds=frozenset({"support"}),
    bad=(("support", "Weekly coaching on lesson plans."),),
    good=(
        ("support", "Weekly coaching on lesson plans with the head of department."),
        ("support", "Your mentor sits in on one lesson each week."),
    ),
    find=find,
    satisfied_by=frozenset({"owner"}),
)
