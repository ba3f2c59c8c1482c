"""What to look for: things, acts and conditions that two readers would find alike, against words of whole fields.

A sentence earns points for what can be pointed at; vague words earn none. Listing the vague vocabulary is possible,
listing every thing of every trade is not: so a word that no list knows counts a little, as something named.
"""

from upturn.core.language.persons import judges_somebody
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind
from upturn.core.language.tokens import Token
from upturn.core.language.unlisted import unknown

ENOUGH = 2.0
"""Points from which a sentence names something. A known thing or act is 1, an amount 1, an unknown word ½."""

CLEAR = 3.0
"""Points from which an evaluation beside it ("poor", "below expectations") takes nothing away. A sentence that judges
somebody needs as many, for what it names is mostly what the judgement is about."""

_NOT_ACTS = ("not_named", "trait", "manner", "hearsay", "mind_reading", "plan_time", "vague_verb")
_NOT_AMOUNTS = frozenset({"date", "reference", "point", "season_point", "stretch"})
_NUMERAL_TAGS = frozenset({"n", "length", "percent", "share", "money", "set_number"})


def is_specific(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind says what to look for."""
    if not _counted(reading) and not reading.has("dated") and judges_somebody(reading, kind):
        return points(reading, unlisted=0.25) >= CLEAR
    earned = points(reading)
    if kind in {"consequence", "outcome"} and reading.has("condition"):
        earned += 1 + reading.has("threat", "all_of")
    if kind == "support" and reading.has("recurrence"):
        earned += 1  # how often is half of what will be done
    if kind in {"goal", "action"} and _plain_order(reading):
        earned += 0.5
    if kind == "action" and reading.has("passively_done"):
        earned += 1.5  # "a hearing will be held": there it is, or not
    if kind == "goal" and not _counted(reading) and any(s.first == 0 for s in reading.of("more_of")):
        earned -= 1  # "improve dosing accuracy": a thing, and nothing to see in it
    return earned - (_blame(reading) if earned < CLEAR else 0) >= ENOUGH


def points(reading: Reading, unlisted: float = 0.5) -> float:
    """How much of the sentence can be pointed at; a word that no list knows is `unlisted`."""
    seen: dict[int, float] = {}
    for span in reading.of("concrete", "observable", "completing"):
        if reading.outside(span, *_NOT_ACTS):
            seen[span.first] = 1.0
    for span in reading.of("conduct"):
        seen[span.first] = 2.0
    for span in unknown(reading):
        seen.setdefault(span.first, unlisted)
    amounts = {t.start for t in reading.tokens if not t.tags.isdisjoint(_NUMERAL_TAGS) or _is_clock(t)}
    amounts |= {s.start for s in reading.of("once") if reading.outside(s, "not_once")}
    amounts -= {t.start for t in reading.tokens if not t.tags.isdisjoint(_NOT_AMOUNTS)}
    return sum(seen.values()) + (1 + min(len(reading.of("metric")), 1) if amounts else _counts(reading))


def _plain_order(reading: Reading) -> bool:
    """For "clean the fryer": an act that can be seen, and right after it the one thing it is done to."""
    known = {s.first for s in things(reading)}
    for verb in reading.of("observable"):
        rest = reading.tokens[verb.last : verb.last + 1]
        if verb.first == 0 and rest and "det" in rest[0].tags and known & {verb.last + 1, verb.last + 2}:
            return not reading.has("evaluation", "comparative", "degree")
    return False


def _is_clock(token: Token) -> bool:
    """For "7:30", not for the "am" of "I am"."""
    return "clock" in token.tags and "any" not in token.tags


def _blame(reading: Reading) -> int:
    """Whether the sentence evaluates instead of telling, with no number that would say how far."""
    return int(not _counted(reading) and bool(reading.of("evaluation", "absolute", quoted=False)))


def _counted(reading: Reading) -> bool:
    return any(not t.tags.isdisjoint(_NUMERAL_TAGS) for t in reading.tokens)


def _counts(reading: Reading) -> float:
    """All or none of something: half of what a number is."""
    return 0.5 if any(reading.outside(s, "not_all", "recurrence") for s in reading.of("all_of", "none_of")) else 0.0


def things(reading: Reading) -> list[Span]:
    """What the sentence names: things of the pack's lists, and words that no list knows."""
    return sorted([*reading.of("concrete"), *unknown(reading)], key=lambda s: s.start)


def vague_only(reading: Reading) -> bool:
    """Whether nothing but vague words is there."""
    return points(reading) < 1
