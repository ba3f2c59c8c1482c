"""About whom: words that judge a person, a manner, a motive, or carry what others are said to think.

An evaluative word about the work ("poor code") is none of these. Words inside quotation marks are not the author's.
"""

from collections.abc import Iterator

from upturn.core.language.packs import pack
from upturn.core.language.reading import Reading, Span
from upturn.core.language.rule import Kind
from upturn.core.language.times import on_one_day
from upturn.core.language.unlisted import unknown

_ALWAYS = ("trait", "manner", "hearsay", "mind_reading", "hyperbole", "person_comparison")
_IN_CONTEXT = ("soft_trait", "soft_hyperbole", "soft_comparison")
_MAY_BE_OTHERS = ("trait", "soft_trait", "manner", "mind_reading")
_NEAR = 5
_AROUND_WORK = ("absolute", "loaded", "protected")


def is_subjective(reading: Reading, kind: Kind) -> bool:
    """Whether a sentence of this kind judges the person rather than the work."""
    return next(judgements(reading, kind), None) is not None


def judges_somebody(reading: Reading, kind: Kind) -> bool:
    """Whether it judges in words of its own, rather than with an adverb beside what was done."""
    return any(span.kind not in _AROUND_WORK and not _adverb(reading, span) for span in judgements(reading, kind))


def _adverb(reading: Reading, span: Span) -> bool:
    """For "calmly", "rudely": how an act is done, and the act is still there."""
    return span.kind in {"trait", "manner"} and span.text.lower().endswith(pack(reading.lang).manner)


def judgements(reading: Reading, kind: Kind) -> Iterator[Span]:
    """The words that do."""
    if kind in {"outcome", "consequence"} or counts_cases(reading, kind):
        return
    for name in _ALWAYS:
        yield from of_author(reading, name)
    for name in _IN_CONTEXT:
        yield from own_words(reading, name)
    if kind == "deficiency":
        yield from _named_kind(reading)
        yield from of_author(reading, "loaded")
        yield from accusing_absolutes(reading)
        yield from private_matters(reading)


def _named_kind(reading: Reading) -> Iterator[Span]:
    """A word no list knows, at the end of what somebody is said to be: "You are unbiddable"."""
    endings = pack(reading.lang).adjective
    for span in unknown(reading):
        after = reading.tokens[span.last : span.last + 1]
        ends = not after or not after[0].text[0].isalnum() or "joins" in after[0].tags
        if ends and not span.quoted and span.text.lower().endswith(endings) and _of_person(reading, span):
            yield span


def of_author(reading: Reading, name: str) -> Iterator[Span]:
    """The author's own words of a kind, about the person rather than a customer, a patient or a thing."""
    for span in reading.of(name, quoted=False):
        others = name in _MAY_BE_OTHERS and _of_others(reading, span)
        others |= name == "hearsay" and span.first > 0 and "n" in reading.tokens[span.first - 1].tags  # six parents
        if not others and reading.outside(span, "not_trait") and not _told(reading, span):
            yield span


def own_words(reading: Reading, name: str) -> Iterator[Span]:
    """The author's words of a kind; those with two meanings only where the sentence tells which is meant."""
    meant = {"soft_trait": _of_person, "soft_hyperbole": _said_to_be, "soft_comparison": _of_person_near}.get(name)
    for span in of_author(reading, name):
        if (meant is None or meant(reading, span)) and reading.outside(span, f"not_{name}"):
            yield span


def in_clause_before(reading: Reading, span: Span, *kinds: str) -> bool:
    """Whether one of these kinds stands before a span with no new sentence between them."""
    return any(
        s.first < span.first and not any(t.first for t in reading.tokens[s.last : span.first + 1])
        for s in reading.of(*kinds)
    )


def _told(reading: Reading, span: Span) -> bool:
    """Words that somebody said, though no quotation marks are there: "On 3 May you told a trainee he was useless"."""
    return in_clause_before(reading, span, "told")


def _of_others(reading: Reading, span: Span) -> bool:
    """Not about whom the plan is for: "an angry customer", "the customer was very upset", "anger among parents".

    Whoever a sentence begins with is: "The resident lacks confidence".
    """
    after = reading.tokens[span.last : span.last + 1]
    if after and "other_person" in after[0].tags:
        return True
    if span.kind == "manner" and after and "among" in after[0].tags:
        return any("other_person" in t.tags for t in reading.tokens[span.last + 1 : span.last + 4])
    place = span.first
    while place and "modifier" in reading.tokens[place - 1].tags and "joins" not in reading.tokens[place - 1].tags:
        place -= 1
    if not place:
        return False
    before = reading.tokens[place - 1]
    beside = place < span.first or span.kind != "trait"
    if _adverb(reading, span) and not _begins(reading, place - 1):
        return False  # "thank parents warmly"
    begins = "person" in before.tags and (before.first or reading.tokens[max(0, place - 2)].first)
    return beside and "other_person" in before.tags and not begins


def _begins(reading: Reading, place: int) -> bool:
    """Whether a word, or the article before it, is where a sentence begins."""
    token, before = reading.tokens[place], reading.tokens[max(0, place - 1)]
    return token.first or (before.first and "det" in before.tags)


def accusing_absolutes(reading: Reading) -> Iterator[Span]:
    """Absolutes about a person, or about work that is called bad. "The alarm always rings here" accuses nobody."""
    bad = reading.has("evaluation")
    for span in of_author(reading, "absolute"):
        before = reading.tokens[max(0, span.first - 4) : span.first]
        phrase = span.last - span.first > 1
        if in_clause_before(reading, span, "rule_says") or (not phrase and on_one_day(reading)):
            continue  # what a rule asks of everybody; what was or was not done on a day
        begins = not before or reading.tokens[span.first].first
        if phrase or bad or begins or any({"person", "own"} & token.tags for token in before):
            yield span


def private_matters(reading: Reading) -> Iterator[Span]:
    """Health, family, age, belief, complaints: not where a patient's or a pupil's are told."""
    others = any("other_person" in t.tags for t in reading.tokens)
    for span in reading.of("protected", quoted=False):
        before = reading.tokens[max(0, span.first - 2) : span.first]
        own = any("own" in t.tags or {"person"} == t.tags & {"person", "other_person"} for t in before)
        if (own or not others) and reading.outside(span, "not_protected"):
            yield span


def counts_cases(reading: Reading, kind: Kind) -> bool:
    """A goal that counts cases ("zero complaints about rude behaviour") judges nobody."""
    return kind == "goal" and reading.has("instances") and reading.has("n", "none_of")


def _said_to_be(reading: Reading, span: Span) -> bool:
    """For "the close was a nightmare", "your awful notes", "Terrible timekeeping"; not for "the nightmare ride"."""
    place, tokens = span.first, reading.tokens
    if in_clause_before(reading, span, "others_said") and on_one_day(reading):
        return False
    while place and not tokens[place].first and {"modifier", "det"} & tokens[place - 1].tags:
        place -= 1
        if {"copula", "own"} & tokens[place].tags:
            return all(s.last != place for s in reading.of("nature"))
    if tokens[place].first:
        return place == span.first or "copula" in tokens[place].tags
    return bool({"copula", "own"} & tokens[place - 1].tags)


def _of_person_near(reading: Reading, span: Span) -> bool:
    """For "you take longer than others", "Slower than others"; not for "you gave one child more time than others"."""
    before = reading.tokens[max(0, span.first - _NEAR) : span.first]
    others = on_one_day(reading) or any("other_person" in t.tags for t in before)
    return not others and (any("person" in t.tags for t in before) or (bool(before) and len(before) < _NEAR))


def _of_person(reading: Reading, span: Span) -> bool:
    """Words with two meanings ("weak", "cold"), where what stands before them says that a person is meant.

    Back over "is", "too", "a" ... stands a person, "your", or the beginning of the sentence.
    """
    place = span.first
    while place and not reading.tokens[place].first and "modifier" in reading.tokens[place - 1].tags:
        place -= 1
    if reading.tokens[place].first:
        return place < span.first
    return not reading.tokens[place - 1].tags.isdisjoint({"person", "own"})
