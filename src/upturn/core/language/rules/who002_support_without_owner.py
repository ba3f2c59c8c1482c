"""WHO002: help that belongs to nobody."""

from collections.abc import Iterator, Sequence

from upturn.core.language.reading import Reading
from upturn.core.language.rule import Given, Hit, Kind, Rule, whole
from upturn.core.language.tokens import Token
from upturn.core.language.unlisted import unknown


def find(reading: Reading, _kind: Kind, _given: Given) -> Iterator[Hit]:
    """The sentence as a whole, when no helper, no name and no passive promise is in it (that is WHO001's)."""
    named = any(_is_name(token) for token in reading.tokens) or _after_initial(reading.tokens)
    if reading.tokens and "stretch" in reading.tokens[0].tags:
        return  # about the plan itself
    named = named or _somebody_begins(reading)
    if not named and not reading.has("helper", "passive_promise"):
        yield whole("WHO002", reading, "Nobody is named who gives this help: which person or role?")


def _somebody_begins(reading: Reading) -> bool:
    """Who does it may be somebody no list knows: "The sexton opens the archive for you", "Jonas hears your talk"."""
    first, rest = reading.tokens[:1], reading.tokens[1:]
    to_you = any({"person", "own"} & token.tags for token in rest)
    begins = any("det" in token.tags and "own" not in token.tags for token in first)
    return to_you and (begins or any(span.first == 0 for span in unknown(reading)))


def _after_initial(tokens: Sequence[Token]) -> bool:
    """What looks like the end of a sentence in "O. Brandt" is a name."""
    return any(
        len(a.text) == 1 and a.text.isupper() and b.text == "." and c.text[0].isupper()
        for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _is_name(token: Token) -> bool:
    return (
        token.text[0].isupper()
        and not token.first
        and "any" in token.tags
        and token.tags <= {"any", "long_unit", "short_unit"}
    )


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
