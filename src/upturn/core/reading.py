"""A program file becomes a `Program`, or every problem at once, each with its path, its line and what to do.

Hostile files are refused before they are built: size, nesting, aliases and the number of parts are bounded first.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent, ScalarEvent

from upturn.core import checking, digests
from upturn.core.defaults import completed
from upturn.core.ledger import NotCanonical
from upturn.core.mending import MENDED, mended
from upturn.core.program import GENERAL_RULE, LANGUAGE, SOURCE, Program, Variant
from upturn.core.wording import tidied

MOST_BYTES = 512 * 1024
MOST_NODES = 15_000
MOST_CHECKED = 60_000
"""Values, once for each variant and language: each is checked as a program of its own."""
MOST_BENT = 200
MOST_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a program file: where (a dotted path and a line, 0 when the file as a whole), and what to do."""

    path: str
    line: int
    says: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.path}: {self.says}" if self.path else f"{where}{self.says}"


class BadProgram(ValueError):
    """A file that is no program. `problems` holds all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


@dataclass(frozen=True, slots=True)
class ProgramFile:
    """A program file that was read without a problem: its plain document and its digest."""

    document: Mapping[str, Any]
    digest: str

    def program(self, variant: str = "", language: str = "") -> Program:
        return compiled(self.digest, self.document, variant, language)


def read(text: str) -> ProgramFile:
    """Read a program file. Raises BadProgram with every problem."""
    tree = _tree(text)
    document = _plain(tree)
    problems = [Problem(path, _line(tree, loc), says) for loc, path, says in _problems(document)]
    if problems:
        raise BadProgram(sorted(set(problems), key=lambda p: (p.line, p.path)))
    try:
        return ProgramFile(document, digests.document(document))
    except NotCanonical as error:
        raise BadProgram([Problem("", 0, f"This file has no digest. {error}")]) from None


# -- the file ---------------------------------------------------------------------------------------------------------


def _tree(text: str) -> CommentedMap:
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise BadProgram(
            [Problem("", 0, f"The file is larger than {MOST_BYTES // 1024} KB; a program is a few pages.")]
        )
    yaml = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = False
    try:
        _bounded(text)
        tree = yaml.load(io.StringIO(text))
    except BadProgram:
        raise
    except MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 0
        raise BadProgram([Problem("", line, f"This is not YAML: {error.problem or error.context}.")]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        why = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise BadProgram([Problem("", 0, f"This cannot be read as YAML: {why}.")]) from None
    if not isinstance(tree, CommentedMap):
        raise BadProgram([Problem("", 1, "A program is a mapping that begins with `key:`, `version:` and `title:`.")])
    return tree


def _bounded(text: str) -> None:
    depth = nodes = 0
    for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            line = event.start_mark.line + 1
            raise BadProgram([Problem("", line, "Anchors and aliases (& and *) are not read here; write it out.")])
        if isinstance(event, ScalarEvent) and tidied(event.value) != event.value:
            says = "This text holds a character that nothing can show or store; write it again."
            raise BadProgram([Problem("", event.start_mark.line + 1, says)])
        if isinstance(event, ScalarEvent | CollectionStartEvent):
            nodes += 1
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if nodes > MOST_NODES or depth > MOST_DEPTH:
            what = f"more than {MOST_NODES:,} values" if nodes > MOST_NODES else f"more than {MOST_DEPTH} levels"
            raise BadProgram(
                [Problem("", event.start_mark.line + 1, f"The file holds {what}; a program needs far fewer.")]
            )


def _plain(value: Any) -> Any:
    """YAML's own values as JSON ones: dates become text, keys become strings."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | CommentedSeq):
        return [_plain(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _line(tree: Any, loc: Iterable[Any]) -> int:
    """The line of a place, or of the nearest place around it that the file has."""
    line = 1
    node = tree
    for step in loc:
        try:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
                node = node[step]
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
                node = node[step]
            elif isinstance(node, CommentedMap | CommentedSeq):
                continue
            else:
                break
        except (KeyError, AttributeError, TypeError):
            break
    return line


# -- the program ------------------------------------------------------------------------------------------------------

Found = tuple[tuple[Any, ...], str, str]


def _problems(document: Mapping[str, Any]) -> Iterator[Found]:
    """Every problem of a document: of its shape first; when that is sound, of what refers to what."""
    shape = list(_shape_problems(document, ()))
    yield from shape
    if shape:
        yield from _beyond_shape(document, {loc for loc, _path, _says in shape})
        return
    base = _build(document)
    programs = 1 + len(base.variants) + len(base.languages)
    if _size(document) * programs > MOST_CHECKED:
        says = "There is too much to check: fewer parts, or fewer variants and languages."
        yield ("variants",), "variants", says
        return
    yield from checking.problems(base)
    yield from _language_problems(document, base)
    own = {says for _l, _p, says in checking.problems(base)}
    for number, variant in enumerate(base.variants):
        where = ("variants", number, "set")
        patched = patch(document, variant.set)
        inner = list(_shape_problems(patched, where))
        yield from ((where, f"variants.{number}.set → {path}", says) for _loc, path, says in inner)
        if not inner:
            for _loc, path, says in checking.problems(_build(patched)):
                if says not in own:
                    yield where, f"variants.{number}.set → {path}", says


def _size(value: Any) -> int:
    """How many values a document holds."""
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _beyond_shape(document: Mapping[str, Any], bent: set[tuple[Any, ...]]) -> Iterator[Found]:
    """What else is wrong with a document whose shape is, as far as it can be said of the parts that are sound."""
    if len(bent) > MOST_BENT:
        return
    whole = mended(document, lambda doc: [loc for loc, _path, _says in _shape_problems(doc, ())])
    if whole is None:
        return
    for loc, path, says in checking.problems(_build(whole), lifecycle=False):
        touched = any(loc[: len(place)] == place or place[: len(loc)] == loc for place in bent)
        if not touched and MENDED not in says:
            yield loc, path, says


def _language_problems(document: Mapping[str, Any], base: Program) -> Iterator[Found]:
    """Every text is said in every language of the program, and holds in each what it holds in the first."""
    if not base.languages:
        return
    if base.language not in base.languages:
        yield ("language",), "language", f"`{base.language}` is not among the `languages`."
    for loc, lacking in _half_said(document, frozenset(base.languages), ()):
        yield loc, ".".join(str(p) for p in loc), f"This is not said in {', '.join(f'`{one}`' for one in lacking)}."
    own = {says for _l, _p, says in checking.problems(base)}
    for language in base.languages:
        if not re.fullmatch(LANGUAGE, language):
            yield ("languages",), "languages", f"`{language}` is no language code such as `en` or `fr-CA`."
        for loc, path, says in checking.problems(_build(document, language)):
            if says not in own:
                yield loc, f"{path} ({language})", says


def _half_said(
    value: Any, languages: frozenset[str], loc: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    """Texts that some languages say and others lack."""
    if isinstance(value, Mapping):
        if value and set(value) < languages and all(isinstance(text, str) for text in value.values()):
            yield loc, sorted(languages - set(value))
        for key, inner in value.items():
            yield from _half_said(inner, languages, (*loc, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _half_said(inner, languages, (*loc, number))


def _build(document: Mapping[str, Any], language: str = "") -> Program:
    languages = document.get("languages") or [document.get("language", "en")]
    spoken = localized(document, language or str(document.get("language", "en")), frozenset(map(str, languages)))
    units = [*(document.get("units") or {}), *(document.get("calendars") or {})]
    return completed(Program.model_validate(spoken, context={"units": units}))


def _shape_problems(document: Mapping[str, Any], where: tuple[Any, ...]) -> Iterator[Found]:
    try:
        _build(document)
    except ValidationError as error:
        for one in filter(_is_own, error.errors()):
            loc = tuple(
                p
                for p in one["loc"]
                if not (isinstance(p, str) and ("[" in p or p in ("str", "int", "function-before")))
            )
            yield where or loc, ".".join(str(p) for p in loc), _shape_says(one)
    except (TypeError, AttributeError, RecursionError):
        yield where, "", "The file's parts are not where a program has them: see docs/programs.md."


def _is_own(error: Any) -> bool:
    """Whether a problem stands for itself: a list is not too short because one of its parts is wrong."""
    return bool(error["type"] != "too_short" or len(error["input"]) < error["ctx"]["min_length"])


_SHAPE = {
    "missing": "This is needed and not there.",
    "extra_forbidden": "No such key here. See docs/programs.md for the keys of this part.",
    "string_type": "Write this as text.",
    "string_too_short": "This must not be empty.",
    "bool_type": "Write true or false.",
    "bool_parsing": "Write true or false.",
    "int_parsing": "Write a whole number.",
    "tuple_type": "Write this as a list.",
    "model_type": "Write this as a mapping of keys.",
    "mapping_type": "Write this as a mapping of keys.",
    "dict_type": "Write this as a mapping of keys.",
}


_ID = "id: small letters, digits and _ (keys: -), a letter first"
_PATTERNS = {
    SOURCE: "id of a source: letters, digits, spaces and . _ § ( ) / - after a first letter or digit, "
    "at most 48 of them",
    LANGUAGE: "language code such as `en` or `fr-CA`",
    GENERAL_RULE: "rule of the general library: its ids look like `GEN-03`",
}


_BOUNDS = {"greater_than_equal": ("more", "ge"), "less_than_equal": ("less", "le")}


def _shape_says(error: Any) -> str:
    if error["type"] == "string_pattern_mismatch":
        return f"`{str(error['input'])[:60]}` is no {_PATTERNS.get(error['ctx']['pattern'], _ID)}."
    if error["type"] == "literal_error":
        return f"`{str(error['input'])[:60]}` is not one of {error['ctx']['expected']}."
    if error["type"] == "too_short":
        return f"At least {error['ctx']['min_length']} must be here; there are {len(error['input']) or 'none'}."
    if error["type"] == "too_long":
        return f"At most {error['ctx']['max_length']} fit here; there are {len(error['input'])}."
    if error["type"] in _BOUNDS:
        word, key = _BOUNDS[error["type"]]
        return f"Write {error['ctx'][key]} or {word}."
    text = _SHAPE.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."


# -- languages and variants -------------------------------------------------------------------------------------------


def localized(value: Any, language: str, languages: frozenset[str]) -> Any:
    """The document in one language: a mapping whose keys are all languages becomes the text of that one."""
    if isinstance(value, Mapping):
        if value and set(value) <= languages and all(isinstance(v, str) for v in value.values()):
            return value.get(language) or next(iter(value.values()))
        return {k: localized(v, language, languages) for k, v in value.items()}
    if isinstance(value, list):
        return [localized(v, language, languages) for v in value]
    return value


def patch(document: Any, change: Any) -> Any:
    """A document with a variant's changes: mappings merge, lists of parts merge by `id` (or `table`), null removes,
    the rest replaces.
    """
    if isinstance(document, Mapping) and isinstance(change, Mapping):
        merged = dict(document)
        for key, value in change.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = patch(merged.get(key), value)
        return merged
    if isinstance(document, list) and isinstance(change, list) and change and all(_identity(c) for c in change):
        return _patched_parts(document, change)
    return change


def _identity(part: Any) -> Any:
    return (part.get("id") or part.get("table")) if isinstance(part, Mapping) else None


def _patched_parts(parts: list[Any], changes: list[Any]) -> list[Any]:
    by_id = {_identity(c): c for c in changes}
    kept = []
    for part in parts:
        change = by_id.pop(_identity(part), None)
        if change is None:
            kept.append(part)
        elif not (isinstance(change, Mapping) and change.get("remove") is True):
            kept.append(patch(part, change))
    return kept + list(by_id.values())


class _Held:
    """A document that is hashed by its digest, so that compiled programs are kept by digest, variant and language."""

    def __init__(self, digest: str, document: Mapping[str, Any]) -> None:
        self.digest = digest
        self.document = document

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.digest == self.digest


@lru_cache(maxsize=256)
def _compiled(held: _Held, variant: str, language: str) -> Program:
    document = held.document
    if variant:
        chosen: Variant | None = next((v for v in _compiled(held, "", "").variants if v.id == variant), None)
        document = patch(document, chosen.set) if chosen else document
    return _build(document, language)


def compiled(digest: str, document: Mapping[str, Any], variant: str = "", language: str = "") -> Program:
    """The program of a document that was read before, memoized by digest, variant and language."""
    return _compiled(_Held(digest, document), variant, language)


class _Schema(GenerateJsonSchema):
    """Lengths are our own type: in a file they are text or a mapping of one unit."""

    def is_instance_schema(self, schema: Any) -> JsonSchemaValue:  # noqa: ARG002 - its signature is pydantic's
        return {"anyOf": [{"type": "string", "examples": ["90 days"]}, {"type": "object", "maxProperties": 1}]}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a program file, for editors."""
    return Program.model_json_schema(by_alias=True, mode="validation", schema_generator=_Schema)
