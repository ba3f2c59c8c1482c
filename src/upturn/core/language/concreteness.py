"""What to look for: things, acts and conditions that two readers would find alike, against words of whole fields.

A sentence earns points for what can be pointed at; vague words earn none. Listing the vague vocabulary is possible,
listing every thing of every trade is not: so a word that no list knows counts a little, as something named.
"""

from collections.abc import Iterator

from upturn.core.language.persons import is_subjective, judges_somebody
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind
from upturn.core.language.tokens import Token
from upturn.core.language.unlisted import small_words, unknown

ENOUGH = 2.0
"""Points from which a sentence names something. A known thing or act is 1, an amount 1, an unknown word ½."""

CLEAR = 3.0
"""Points from which an evaluation beside it ("poor", "below expectations") takes nothing away. A sentence that judges
somebody needs as many, for what it names is mostly what the judgement is about."""

ENOUGH_OF = {"action": 1.5, "outcome": 1.5}
"""The kinds that need less: in what is going to be done, or follows, nearly every sentence names the act."""

_NOT_ACTS = ("not_named", "trait", "manner", "hearsay", "mind_reading", "plan_time", "vague_verb")
_WHEN = ("dated", "deadline", "period", "plan_time")
_NOT_AMOUNTS = frozenset({"date", "reference", "point", "season_point", "stretch"})
_NUMERAL_TAGS = frozenset({"n", "length", "percent", "share", "money", "set_number"})


def is_specific(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind says what to look for."""
    if not _counted(reading) and not reading.has("dated") and _judges(reading, kind):
        enough = ENOUGH if kind in {"goal", "action"} and _begins_with_act(reading) else CLEAR
        return points(reading, unlisted=0.25) >= enough
    earned = points(reading) + _of_its_kind(reading, kind)
    evaluated = earned < CLEAR and kind not in {"consequence", "outcome"}  # there it is told what is evaluated
    return earned - (_blame(reading) if evaluated else 0) >= ENOUGH_OF.get(kind, ENOUGH)


def _of_its_kind(reading: Reading, kind: Kind) -> float:
    """What counts for sentences of this kind only."""
    earned = 0.0
    if kind in {"consequence", "outcome"}:
        earned += _of_what_follows(reading, kind)
    if kind in {"goal", "action"}:
        earned += _of_order(reading, kind)
    if kind == "support" and reading.has("recurrence"):
        earned += 1  # how often is half of what will be done
    if kind == "deficiency" and _omits(reading):
        earned += 0.5
    if kind in {"deficiency", "goal", "action"} and reading.has("contrast"):
        earned += 0.5  # "rather than": two acts, and one of them is seen
    return earned


def _of_what_follows(reading: Reading, kind: Kind) -> float:
    """A condition that can be met, or what is done with a plan, a paper or a post."""
    earned = 0.0
    if reading.has("condition"):
        earned += 1 + reading.has("threat", "all_of")
    if kind == "consequence" and _opens_condition(reading) and reading.has(*_WHEN):
        earned += 1.5  # "if it is not reached by 3 May": a day on which it is, or is not
    if kind == "outcome" and reading.has("will_be"):
        earned += 1
    return earned


def _opens_condition(reading: Reading) -> bool:
    """For "if it is not reached", "Should it not be reached"; not for "you should"."""
    begins = [reading.tokens[s.first] for s in reading.of("trigger")]
    return any(token.first or "modal" not in token.tags for token in begins)


def _of_order(reading: Reading, kind: Kind) -> float:
    """An order that begins with what can be seen, and one to have more or less of something."""
    earned = 0.5 if _plain_order(reading) else 0.0
    if kind == "action":
        earned += 1.5 if reading.has("passively_done") else 0  # "a hearing will be held": there it is, or not
        return earned + (0.5 if reading.has("recurrence") and _begins_with_act(reading) else 0)
    if not _counted(reading):
        more = any(s.first == 0 for s in reading.of("more_of")) and not reading.has(*_WHEN)
        return earned - more  # "improve dosing accuracy": a thing, and nothing to see in it
    return earned - 2 * _bare(reading)  # "fewer than 3 in 100 errors": in what?


def _judges(reading: Reading, kind: Kind) -> bool:
    """Whether it judges somebody and no more; an adverb of manner leaves an act as it is, if there is one."""
    if judges_somebody(reading, kind):
        return True
    acts = [s for s in reading.of("observable", "completing", "conduct") if reading.outside(s, *_NOT_ACTS)]
    return not acts and is_subjective(reading, kind)


def _begins_with_act(reading: Reading) -> bool:
    """An order to do what can be seen: "Thank each guest", whatever is said of how."""
    return any(s.first == 0 and reading.outside(s, *_NOT_ACTS) for s in reading.of("observable"))


def _omits(reading: Reading) -> bool:
    """What somebody does not do: "does not label samples"; "are not met" tells of nobody."""
    small = small_words(reading)
    for span in reading.of("omits", quoted=False):
        act = reading.tokens[span.last - 1]
        before = reading.tokens[span.first - 1] if span.first else None
        whom = before is None or "copula" not in before.tags
        if whom and act.word not in small and span.last < len(reading.tokens):
            return not reading.has("comparative") and not is_subjective(reading, "deficiency")
    return False


def _bare(reading: Reading) -> bool:
    """Whether all that is named is what every work has: errors, accuracy; an error rate is a figure."""
    bare = {s.first for s in reading.of("bare")}
    return bool(bare) and {*_named(reading, 0.5), *(s.first for s in reading.of("metric"))} <= bare


def points(reading: Reading, unlisted: float = 0.5) -> float:
    """How much of the sentence can be pointed at; a word that no list knows is `unlisted`."""
    amounts = {t.start for t in reading.tokens if not t.tags.isdisjoint(_NUMERAL_TAGS) or _is_clock(t)}
    amounts |= {s.start for s in reading.of("once") if reading.outside(s, "not_once")}
    amounts -= {t.start for t in reading.tokens if not t.tags.isdisjoint(_NOT_AMOUNTS)}
    named = sum(_named(reading, unlisted).values())
    return named + (1 + min(len(reading.of("metric")), 1) if amounts else _counts(reading))


def _named(reading: Reading, unlisted: float) -> dict[int, float]:
    """The places of what can be pointed at, with its points."""
    seen: dict[int, float] = {}
    for span in reading.of("concrete", "observable", "completing"):
        if reading.outside(span, *_NOT_ACTS):
            seen[span.first] = 1.0
    for span in reading.of("conduct"):
        seen[span.first] = 2.0
    for span in unknown(reading):
        seen.setdefault(span.first, unlisted)
    for place in _titles(reading):
        seen[place] = max(seen.get(place, 0), 1.0)
    return seen


def _titles(reading: Reading) -> Iterator[int]:
    """Where a name of several words with capitals begins: "Fire Marshal Refresher", not "Performance Plan"."""
    tokens, place = reading.tokens, 0
    plain = [t for t in tokens if t.text[0].isalpha()]
    if sum(t.text[0].isupper() for t in plain) * 2 > len(plain):
        return  # a heading
    while place < len(tokens):
        end = place
        while end < len(tokens) and _capital(tokens[end]) and not tokens[end].quoted:
            end += 1
        if end - place > 1 and "plan_word" not in tokens[end - 1].tags:
            yield place
        place = max(end, place + 1)


def _capital(token: Token) -> bool:
    return token.text[0].isupper() and not token.first and token.tags.isdisjoint({"date", "month", "weekday", "point"})


def _plain_order(reading: Reading) -> bool:
    """For "clean the fryer", "sort linen": an act that can be seen, and right after it what it is done to."""
    known = {s.first for s in things(reading)}
    for verb in reading.of("observable", "completing"):
        rest = reading.tokens[verb.last : verb.last + 1]
        if verb.first or not rest or not reading.outside(verb, *_NOT_ACTS):
            continue
        if verb.last in known or ("det" in rest[0].tags and verb.last + 1 in known) or _of_body(reading, verb):
            others = [s for s in reading.of("evaluation", "comparative", "degree", "more_of") if s.first >= verb.last]
            return not others
    return False


def _of_body(reading: Reading, verb: Span) -> bool:
    """An act told with its own thing: "raise your hand"."""
    return verb.last - verb.first > 2 and "own" in reading.tokens[verb.first + 1].tags


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
