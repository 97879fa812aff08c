"""Languages of the pages: message catalogues, which one a person reads, and how figures look in it.

Catalogues are gettext's (``locale/LANGUAGE/LC_MESSAGES/console.po``), read as text when the daemon
starts; nobody compiles anything. English is what the templates are written in. Times are not a
matter of language here: everybody reads UTC, as `swb_schemas.xml.codec` spells it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

__all__ = ["ENGLISH", "LANGUAGES", "Language", "choose_language", "marked"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language that pages are there in.

    Attributes:
        tag: BCP 47, as ``<html lang>`` has it.
        catalogue: Translations of what templates and code say.
    """

    tag: str
    catalogue: NullTranslations = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """What its own speakers call it."""
        name = str(Locale.parse(self.tag).get_display_name() or self.tag)
        return name[0].upper() + name[1:]

    def say(self, message: str) -> str:
        """Translate one message."""
        return self.catalogue.gettext(message) if message else ""

    def count(self, number: float | Decimal) -> str:
        """Spell a number as its readers group and point it."""
        return format_decimal(number, locale=self.tag)

    def share(self, part: float) -> str:
        """Spell a part of one as a percentage."""
        return format_percent(part, locale=self.tag)


def marked(message: str) -> str:
    """Mark a message for the catalogues where it is not said yet (`Language.say` says it)."""
    return message


def _load() -> Iterator[Language]:
    for folder in sorted(files("swb.console").joinpath("locale").iterdir(), key=lambda f: f.name):
        file = folder.joinpath("LC_MESSAGES", "console.po")
        if not file.is_file():
            continue
        compiled = io.BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=folder.name))
        compiled.seek(0)
        yield Language(folder.name, GNUTranslations(compiled))


ENGLISH: Final = Language("en", NullTranslations())
LANGUAGES: Final = {each.tag: each for each in (ENGLISH, *_load())}
"""By tag."""


def choose_language(chosen: str, accepted: str) -> Language:
    """Choose the language of a page.

    Args:
        chosen: What the reader said last; empty where nothing was said.
        accepted: What the browser accepts (``Accept-Language``, RFC 9110 12.5.4).
    """
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    wanted = sorted(_read_accepted(accepted), reverse=True)
    tag = negotiate_locale([tag for _, tag in wanted], LANGUAGES, sep="-")
    return LANGUAGES.get(tag or "", ENGLISH)


def _read_accepted(accepted: str) -> Iterator[tuple[float, str]]:
    """Read the weighted list that a browser sends; what is malformed is as if it were not there."""
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if tag and quality > 0:
            yield quality - place / 10_000, tag
