"""The fonts every document is set in: files of pinned packages, never the system's, so that every machine makes the
same bytes.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILIES = (
    "Source Sans Pro",
    "Noto Sans",
    "Noto Sans Arabic",
    "Heebo",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans CJK SC",
)
"""In this order a character looks for a font that has it."""

_PACKAGES = {
    "font_source_sans_pro": (
        "files/SourceSansPro-Regular.ttf",
        "files/SourceSansPro-It.ttf",
        "files/SourceSansPro-Semibold.ttf",
        "files/SourceSansPro-SemiboldIt.ttf",
        "files/SourceSansPro-Bold.ttf",
    ),
    "fontpkg_noto_sans": ("files/NotoSans[wdth,wght].ttf", "files/NotoSans-Italic[wdth,wght].ttf"),
    "fontpkg_noto_sans_arabic": ("files/NotoSansArabic[wdth,wght].ttf",),
    "fontpkg_heebo": ("files/Heebo[wght].ttf",),
    "fontpkg_noto_sans_devanagari": ("files/NotoSansDevanagari[wdth,wght].ttf",),
    "fontpkg_noto_sans_thai": ("files/NotoSansThai[wdth,wght].ttf",),
    "noto_cjk_sans_otc": ("NotoSansCJK-Regular.ttc",),
}


@cache
def files() -> tuple[Path, ...]:
    """Every font file, by its path."""
    return tuple(_folder(package) / name for package, names in _PACKAGES.items() for name in names)


def _folder(package: str) -> Path:
    """Where a font package lies; found without importing it, which would ask for more than its files."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {package} is not installed; it carries fonts of the documents.")
    return Path(spec.origin).parent


def covered(character: str) -> bool:
    """Whether one of the fonts has a character."""
    return ord(character) < 0x7F or ord(character) in _characters()


@cache
def _characters() -> frozenset[int]:
    """Every character that a font has. Read once in a process, and only when somebody wrote beyond ASCII."""
    found: set[int] = set()
    for path in files():
        with TTFont(path, lazy=True, fontNumber=0) as font:  # the fonts of a collection share their characters
            found |= set(font.getBestCmap())
    return frozenset(found)
