"""How much: numbers that measure something, all and none, thresholds, and one named thing that gets done.

A date, a period, "Week 2" and "Section 4" hold numbers too, and measure nothing.
"""

from collections.abc import Iterator

from upturn.core.language.concreteness import ENOUGH, points, things, vague_only
from upturn.core.language.packs import pack
from upturn.core.language.persons import judges_somebody
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind
from upturn.core.language.times import is_long, is_time_bound, time_frames
from upturn.core.language.unlisted import small_words

_WINDOWS = ("deadline", "period", "past", "recurrence", "plan_time", "for_length")
_LASTING = ("period", "plan_time", "for_length", "past")
_PLACES = ("date", "reference")


def is_measurable(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind can be counted or answered yes or no."""
    if next(amounts(reading, kind), None) is not None:
        return True
    if kind in {"deficiency", "outcome", "consequence"}:
        return _once(reading)
    if kind == "support":
        return _once(reading) or any(s.kind not in _LASTING for s in time_frames(reading, kind))
    return _checkable(reading, kind)


def _once(reading: Reading) -> bool:
    return any(reading.outside(s, "not_once") for s in reading.of("once"))


def amounts(reading: Reading, kind: Kind) -> Iterator[Span]:
    """The numbers that measure something."""
    for span in reading.of("n", "length", "set_number", "percent", "share", "money", "day_point"):
        token = reading.tokens[span.first]
        if "day_point" in token.tags and (kind == "deficiency" or reading.has("recurrence")):
            yield span  # the seventh day of a month that recurs is a threshold
        if _is_pronoun(reading, span) or not token.tags.isdisjoint(
            {"date", "reference", "point", "season_point", "week_point", "quarter", "stretch", "plain"}
        ):
            continue
        if "length" in token.tags and "run" not in token.tags and _is_window(reading, span, kind):
            continue
        yield span


def _is_pronoun(reading: Reading, span: Span) -> bool:
    """The "one" of "an alternative one": a number only before what it counts."""
    if "pronoun_number" not in reading.tokens[span.first].tags:
        return False
    after = reading.tokens[span.last : span.last + 1]
    return not after or "any" not in after[0].tags or after[0].word in small_words(reading)


def _is_window(reading: Reading, span: Span, kind: Kind) -> bool:
    """Whether a length of time is when something is judged, rather than how much."""
    if "short_length" in reading.tokens[span.first].tags:
        return False
    after = reading.tokens[span.last : span.last + 1]
    if (after and "lead" in after[0].tags) or not reading.outside(span, "not_when"):
        return False  # "no later than 20 days before": how long before, "two weeks' notice": how much
    if kind in {"deficiency", "support"} and not reading.outside(span, "how_long"):
        return False  # how long it has been so, or will be given
    windows = [
        k for k in _WINDOWS if not (k == "for_length" and kind in {"deficiency", "outcome", "consequence", "support"})
    ]
    if not reading.outside(span, *windows):
        return True
    return kind != "deficiency" and any(
        s.first <= span.first < s.last and is_long(reading, s) for s in reading.of("latency")
    )


def _checkable(reading: Reading, kind: Kind) -> bool:
    """Without a number: all or none of something, a threshold that has a name, one named thing that gets done."""
    if reading.has("threshold", "on_time") or _once(reading):
        return True
    if vague_only(reading):
        return kind == "action" and _told_as_done(reading, kind, judged=judges_somebody(reading, kind))
    counts = [s for s in reading.of("all_of", "none_of") if reading.outside(s, "not_all", "recurrence", "comparison")]
    named = points(reading)
    judged = reading.has("evaluation", "comparative") or judges_somebody(reading, kind)
    recurs = any(reading.outside(s, "not_recurring") for s in reading.of("recurrence"))
    rhythm = recurs and named >= (1 if kind == "action" else ENOUGH)
    vague = reading.has("timely")  # "all of them in a timely manner": all is not what is asked
    return (
        (bool(counts) and not vague and not (judged and named < ENOUGH))
        or rhythm
        or _one_thing_done(reading, kind, judged=judged)
    )


def _one_thing_done(reading: Reading, kind: Kind, *, judged: bool) -> bool:
    """A completing verb where an instruction has its verb, with a thing to do it to.

    "Develop stronger relationships with vendors" (judged) is never done; "complete the course" is. An act without an
    end ("as needed") is none, and neither is what an act is for ("to provide care").
    """
    if reading.has("open_ended"):
        return False
    named = [s for s in things(reading) if s.kind == "concrete" and reading.outside(s, "not_named")]
    return _told_as_done(reading, kind, judged=judged) or any(
        is_instruction(reading, verb) and any(thing.first > verb.first for thing in among)
        for verbs, among in (("completing", [] if judged else named), ("finishing", things(reading)))
        for verb in reading.of(verbs, quoted=False)
        if reading.outside(verb, "trait", "manner") and not _many(reading, kind, verb)
    )


def _many(reading: Reading, kind: Kind, verb: Span) -> bool:
    """Whether it is done to any number of things, with no day by which: "fold napkins", "win more donors"."""
    thing = next((s for s in things(reading) if s.first >= verb.last), None)
    if thing is None:
        return False
    if any(verb.first <= s.first < thing.first for s in reading.of("comparative")):
        return True
    if is_time_bound(reading, kind):
        return False
    if any(s.first >= verb.last for s in reading.of("degree")):
        return True
    one = thing.text[0].isupper() or any("det" in t.tags for t in reading.tokens[verb.last : thing.first])
    return not one and _is_plural(reading, thing)


def _is_plural(reading: Reading, thing: Span) -> bool:
    """Whether a thing, with the words that belong to it ("reach truck keys"), is more than one."""
    language, last = pack(reading.lang), reading.tokens[thing.last - 1]
    for token in reading.tokens[thing.last :]:
        if "any" not in token.tags or token.word in language.small:
            break
        last = token
    return last.word.endswith(language.plural) and not last.word.endswith(language.singular)


def _told_as_done(reading: Reading, kind: Kind, *, judged: bool) -> bool:
    """What is told of the thing: "the chute has been repaired". In a goal of one: "orders are closed" has no end."""
    for verb in reading.of("passively_done", quoted=False):
        before = reading.tokens[: verb.first]
        subject = next((s for s in reversed(things(reading)) if s.last <= verb.first), None)
        several = subject is not None and _is_plural(reading, subject)
        one = kind == "action" or any("det" in t.tags for t in before) or not several
        named = kind == "action" or subject is not None
        if one and named and not judged:
            return True
    return False


def is_instruction(reading: Reading, verb: Span) -> bool:
    """Whether a verb begins its clause or follows "will", "must", "to" ...: somebody is to do it."""
    if verb.first == 0 or reading.tokens[verb.first].first:
        return True
    place = verb.first - 1
    if "adverb" in reading.tokens[place].tags and place:
        place -= 1
    before = reading.tokens[place]
    if before.word == "to" and place and not reading.tokens[place].first:
        return "purpose" in reading.tokens[place - 1].tags
    return "modal" in before.tags or before.text in {",", ":", ";", "-", "–", "•"} or "joins" in before.tags
