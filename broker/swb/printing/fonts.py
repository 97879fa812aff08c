"""Fonts for the scripts of the region, and what none of them can draw.

They are Debian's packages ``fonts-noto-core`` and ``fonts-noto-cjk``, found by fontconfig.
"""

from __future__ import annotations

import base64
import io
import subprocess
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["FAMILIES", "check_glyphs", "embed_fonts"]

FAMILIES: Final = {
    "Noto Sans": "fonts-noto-core",
    "Noto Sans Thai": "fonts-noto-core",
    "Noto Sans Lao": "fonts-noto-core",
    "Noto Sans Khmer": "fonts-noto-core",
    "Noto Sans Myanmar": "fonts-noto-core",
    "Noto Sans Tamil": "fonts-noto-core",
    "Noto Naskh Arabic": "fonts-noto-core",
    "Noto Sans Symbols2": "fonts-noto-core",
    "Noto Sans CJK SC": "fonts-noto-cjk",
}
"""Each family with the package that brings it, in the order in which a glyph is looked for."""
_LATIN: Final = "Noto Sans"
_SHOWN: Final = 12
_WITHOUT_GLYPH: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


@dataclass(frozen=True, slots=True)
class _Font:
    family: str
    style: str
    file: str
    index: int


def check_glyphs(characters: Collection[str]) -> None:
    """Require a font for each character.

    Raises:
        RefusedError: ``render.no_glyph``: no font has one; each is named.
        UnavailableError: ``render.no_fonts``: the fonts for Latin letters are not installed, or
            fontconfig is not.
    """
    wanted = {each for each in characters if unicodedata.category(each) not in _WITHOUT_GLYPH}
    left = set(wanted)
    for family in FAMILIES:
        if not left:
            return
        font = _find_font(family, "Regular")
        if font is not None:
            left -= _list_characters(font)
        elif family == _LATIN:
            message = f"expected the font {family}: apt-get install {FAMILIES[family]}"
            raise UnavailableError("render.no_fonts", message)
    if left:
        names = [f"U+{ord(each):04X} {unicodedata.name(each, '')}".strip() for each in sorted(left)]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        missing = sorted({FAMILIES[each] for each in FAMILIES if not _find_font(each, "Regular")})
        advice = f"; not installed: {', '.join(missing)}" if missing else ""
        message = (
            f"expected a font with a glyph for {', '.join(names[:_SHOWN])}{more}, "
            f"found none{advice}"
        )
        raise RefusedError("render.no_glyph", message, actor=Actor.OPERATOR)


def embed_fonts(characters: Collection[str]) -> str:
    """Write ``@font-face`` rules with what is needed of each font, for a page of its own.

    Args:
        characters: What the page says.
    """
    return "".join(_embed(characters))


def _embed(characters: Collection[str]) -> Iterator[str]:
    left = set(characters)
    for family in FAMILIES:
        for style, weight in (("Regular", 400), ("Bold", 700)):
            font = _find_font(family, style)
            if font is None or (style == "Bold" and family != _LATIN):
                continue
            used = left & _list_characters(font)
            if not used:
                continue
            data = base64.b64encode(_subset(font, frozenset(used))).decode()
            yield (
                f"@font-face{{font-family:'{family}';font-weight:{weight};"
                f"src:url(data:font/woff2;base64,{data}) format('woff2')}}\n"
            )
            if family != _LATIN:
                left -= used


def _subset(font: _Font, characters: frozenset[str]) -> bytes:
    from fontTools.subset import Options, Subsetter, load_font  # noqa: PLC0415 - an extra, slow

    options = Options(font_number=font.index, flavor="woff2", layout_features=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters | set(" .,-()"))))
    target = io.BytesIO()
    with load_font(font.file, options) as opened:
        subsetter.subset(opened)
        opened.flavor = "woff2"
        opened.save(target)
    return target.getvalue()


@cache
def _find_font(family: str, style: str) -> _Font | None:
    """Ask fontconfig for exactly this family."""
    try:
        found = subprocess.run(
            ["fc-list", "--format", "%{file}\t%{index}\n", f"{family}:style={style}"],  # noqa: S607 - wherever fontconfig is
            capture_output=True,
            check=True,
            text=True,
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError) as cause:
        message = "expected fontconfig: apt-get install fontconfig"
        raise UnavailableError("render.no_fonts", message) from cause
    if not found:
        return None
    file, index = min(found).split("\t")
    return _Font(family, style, file, int(index))


@cache
def _list_characters(font: _Font) -> frozenset[str]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - an extra

    with TTFont(font.file, fontNumber=font.index, lazy=True) as opened:
        return frozenset(map(chr, opened.getBestCmap()))
