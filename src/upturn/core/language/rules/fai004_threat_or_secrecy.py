"""FAI004: punishing words, and orders to keep silent."""

from collections.abc import Iterator

from upturn.core.language.packs import pack
from upturn.core.language.persons import counts_cases, own_words
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import KINDS, Given, Hit, Kind, Rule
from upturn.core.language.rules._finding import said_of


def find(reading: Reading, kind: Kind, _given: Given) -> Iterator[Hit]:
    """The words, where they are about the plan or the person rather than about a thing that is named after them."""
    if not counts_cases(reading, kind):
        says = "“{}” punishes or silences: say what follows, and who may see the plan."
        found = (s for s in own_words(reading, "punitive") if not _of_thing(reading, s, kind))
        yield from said_of("FAI004", says, found)


def _of_thing(reading: Reading, span: Span, kind: Kind) -> bool:
    """For "do not mention this product", "do not tell anyone the code", "or else the lock stops"."""
    small = pack(reading.lang).small
    last, said = reading.tokens[span.last - 1], reading.tokens[span.first : span.last]
    if kind == "goal" and last.word in small and "stretch" not in last.tags and last.word != "else":
        return True  # "do not talk about it": some piece of work
    after = reading.tokens[span.last : span.last + 1]
    if not after or "any" not in after[0].tags:
        return False
    named = "det" in last.tags and "stretch" not in last.tags and after[0].word not in small
    return named or ("tell" in {t.word for t in said} and "det" in after[0].tags) or last.word == "else"


RULE = Rule(
    code="FAI004",
    name="threat-or-secrecy",
    title="punishes or silences",
    why=(
        "People may talk about their working conditions; an order not to may itself be unlawful, and "
        "threats do not improve work."
    ),
    instead="Say what follows, in plain words, and who may see the plan.",
    cites=(
        "LNG-11",
        "US-NLRB",
    ),
    kinds=frozenset(KINDS),
    bad=(("consequence", "Do not discuss this plan with colleagues."),),
    good=(("consequence", "If fewer than 8 of 10 targets are met on 1 June, employment may end."),),
    find=find,
)
