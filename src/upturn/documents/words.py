"""A person's own words, ready to be set in type: what the page renders as Markdown, in blocks and runs."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from upturn.documents.fonts import covered

# What pages and papers make of a person's words. Only what leaves every word as it was typed: no headings, no raw HTML,
# no escapes, no entities, no link definitions that vanish, no indented code.
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["heading", "lheading", "code", "html_block", "html_inline", "image", "reference", "entity", "escape", "hr"]
)
_JOINERS = "\u200c\u200d"
"""Zero-width characters that shape letters; every other invisible one is left out."""


def printable(text: str) -> str:
    """Text as the fonts can print it: composed (NFC), without invisible characters; a character that no font has
    stands there by its name, so that nothing is lost. The attached record has every character as it was written.
    """
    composed = unicodedata.normalize("NFC", text).replace("\t", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    return composed if composed.isascii() and composed.isprintable() else "".join(map(_glyph, composed))


def _glyph(character: str) -> str:
    if character in "\n\u00a0" or character in _JOINERS:
        return character
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf", "Cs", "Mn") and not covered(character):
        return ""
    if kind in ("Cc", "Cf", "Cs"):
        return ""
    return character if covered(character) else f"[{unicodedata.name(character, f'U+{ord(character):04X}').lower()}]"


def blocks(words: str) -> list[dict[str, Any]]:
    """Blocks of a text: `{"kind": "p" | "item" | "quote" | "code", "mark": "•" or "1.", "depth": 0.., "runs": [...]}`.

    A run is `{"t": text, "b": strong, "i": emphasis, "c": code}`; keys that are false are left out.
    """
    return list(_blocks(MARKDOWN.parse(words)))


def _blocks(tokens: Iterable[Token]) -> Iterator[dict[str, Any]]:
    lists: list[int | None] = []  # the next number of each list around, None for one with bullets
    mark, quoted = "", 0
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                mark = "•" if number is None else f"{number}."
                lists[-1] = None if number is None else number + 1
            case "blockquote_open":
                quoted += 1
            case "blockquote_close":
                quoted -= 1
            case "inline":
                yield _block(mark, len(lists), quoted, list(_runs(token.children or [])))
                mark = ""
            case "fence" | "code_block":
                yield _block(mark, len(lists), quoted, [{"t": printable(token.content.rstrip("\n")), "c": True}])
                mark = ""


def _block(mark: str, depth: int, quoted: int, runs: list[dict[str, Any]]) -> dict[str, Any]:
    kind = "item" if mark else "quote" if quoted else "p"
    return {"kind": kind, "mark": mark, "depth": max(0, depth - 1) if mark else depth, "runs": runs}


def _runs(tokens: Iterable[Token]) -> Iterator[dict[str, Any]]:
    strong = emphasis = 0
    for token in tokens:
        match token.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "em_open":
                emphasis += 1
            case "em_close":
                emphasis -= 1
            case "softbreak" | "hardbreak":
                yield {"t": "\n"}
            case "link_close":
                pass
            case "link_open":
                pass
            case _:
                run: dict[str, Any] = {"t": printable(token.content)}
                run |= {"b": True} if strong else {}
                run |= {"i": True} if emphasis else {}
                run |= {"c": True} if token.type == "code_inline" else {}
                yield run


def plain(found: Iterable[dict[str, Any]]) -> str:
    """The text of blocks without their form."""
    return "\n".join("".join(run["t"] for run in block["runs"]) for block in found)
