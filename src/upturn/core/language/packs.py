"""Language packs: what a language adds to the grammar, as data in `packs/CODE.toml`.

A pack has five parts: `[language]` (its code, its name, `stop` words that tell it from others, `capital` words that
mean a month only with a capital letter), `[numbers]` (word = value), `[tags]` (single words by what they may be),
`[chunks]` (patterns whose tokens become one: a date, a length of time) and `[spans]` (patterns that mean something: a
deadline, a trait word). Another language is another file; nothing else names it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from upturn.core.language.numerals import Words
from upturn.core.language.patterns import Phrases
from upturn.core.language.tokens import Token

_LOOK_AT = 200  # tokens from which the language is told


@dataclass(frozen=True, slots=True)
class Pack:
    """One language, ready to read with."""

    code: str
    name: str
    stop: frozenset[str]
    small: frozenset[str]
    capital: frozenset[str]
    adjective: tuple[str, ...]
    manner: tuple[str, ...]
    plural: tuple[str, ...]
    singular: tuple[str, ...]
    tags: dict[str, frozenset[str]]
    words: Words
    chunks: Phrases
    spans: Phrases
    kinds: frozenset[str]


@cache
def codes() -> tuple[str, ...]:
    """The languages there are packs for."""
    files = resources.files(__package__).joinpath("packs").iterdir()
    return tuple(sorted(f.name[:-5] for f in files if f.name.endswith(".toml")))


@cache
def pack(code: str) -> Pack:
    """The pack of a language that `codes` names."""
    data = _data(code)
    tags: dict[str, set[str]] = {}
    for tag, words in data["tags"].items():
        for word in words.split():
            tags.setdefault(word, set()).add(tag)
    language = data["language"]
    return Pack(
        code=code,
        name=language["name"],
        stop=frozenset(language["stop"].split()),
        small=frozenset(language["stop"].split()) | frozenset(language.get("small", "").split()),
        capital=frozenset(language.get("capital", "").split()),
        adjective=tuple(language.get("adjective", "").split()),
        manner=tuple(language.get("manner", "").split()),
        plural=tuple(language.get("plural", "").split()),
        singular=tuple(language.get("singular", "").split()),
        tags={word: frozenset(of) for word, of in tags.items()},
        words=_words(data),
        chunks=_phrases(data["chunks"]),
        spans=_phrases(data["spans"]),
        kinds=frozenset(data["spans"]),
    )


@cache
def _data(code: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("packs", f"{code}.toml").read_text(encoding="utf-8"))


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    """The small words of every language that can be recognised, with a pack or without."""
    others = tomllib.loads(resources.files(__package__).joinpath("others.toml").read_text(encoding="utf-8"))
    packed = {code: _data(code)["language"]["stop"] for code in codes()}
    return {code: frozenset(words.split()) for code, words in (others | packed).items()}


def language_of(tokens: list[Token], said: str = "") -> str:
    """The language of a text, or "" when it cannot be told.

    What is `said` about it stands, unless the text has none of that language's small words and several of another's:
    a plan in English may hold a sentence in Spanish.
    """
    words = [t.word for t in tokens[:_LOOK_AT] if t.text[0].isalpha()]
    counts = {code: sum(w in stop for w in words) for code, stop in _stop_words().items()}
    said = said.strip().lower().replace("_", "-").split("-")[0]
    best = max(counts.values())
    leaders = [code for code, count in counts.items() if count == best]
    if said:
        contradicted = best >= max(2, 4 * counts.get(said, best)) and len(leaders) == 1
        return leaders[0] if contradicted else said
    told = leaders[0] if len(leaders) == 1 and best * 12 >= len(words) > 0 else ""
    return told if best >= 2 and told else _by_vocabulary(words) or told


def _by_vocabulary(words: list[str]) -> str:
    """The language whose lists know most words of a text with hardly a small word ("Meet deadlines")."""
    known = {code: sum(map(pack(code).spans.knows, words)) for code in codes()}
    best = max(known.values(), default=0)
    leaders = [code for code, count in known.items() if count == best]
    return leaders[0] if len(leaders) == 1 and best * 5 >= 2 * len(words) > 0 else ""


def _words(data: dict[str, Any]) -> Words:
    tags = {tag: frozenset(words.split()) for tag, words in data["tags"].items()}
    none: frozenset[str] = frozenset()
    return Words(
        numbers={word: float(value) for word, value in data["numbers"].items()},
        joins=tags.get("joins", none),
        percent=tags.get("percent", none),
        money=tags.get("money", none),
        clock=tags.get("clock", none),
        before_date=tags.get("before_date", none),
        range=tags.get("range", none),
    )


def _phrases(patterns: dict[str, str]) -> Phrases:
    phrases = Phrases()
    for kind, written in patterns.items():
        phrases.add(kind, (p for line in written.splitlines() for p in line.split(",") if p.strip()))
    return phrases
