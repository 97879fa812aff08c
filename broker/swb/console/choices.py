"""Codes that people choose from, and what each is called, out of the code lists.

Countries, currencies and languages are named in the reader's language; units and packages as the
form has them, in English. A field takes every code of its list: where a list is long, what is
offered is what trade in goods uses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from babel import Locale

from swb.console.boxes import Kind
from swb.console.language import ENGLISH, marked
from swb_schemas.codelists import ListName, load_code_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from swb.console.language import Language

__all__ = ["MODES", "list_choices", "name_code", "name_country"]

MODES: Final[Mapping[str, str]] = {
    "1": marked("sea"),
    "2": marked("rail"),
    "3": marked("road"),
    "4": marked("air"),
    "5": marked("mail"),
    "6": marked("multimodal"),
    "7": marked("fixed installation, such as a pipeline"),
    "8": marked("inland water"),
    "9": marked("not applicable"),
}
"""UN/ECE Recommendation 19, first digit."""
_CRITERIA: Final[Mapping[str, str]] = {
    "WO": marked("wholly obtained or produced"),
    "40%": marked("regional value content, as it is"),
    "CC": marked("change of chapter"),
    "CTH": marked("change of heading"),
    "CTSH": marked("change of subheading"),
    "SP": marked("specific process"),
    "CTH + 40%": marked("change of heading, and regional value content"),
    "CTSH + 40%": marked("change of subheading, and regional value content"),
    "PC 25%": marked("partial cumulation"),
}
"""How box 8 of a Form D may look (ATIGA Annex 7, overleaf note 3)."""
_UNITS: Final = (
    *("C62", "H87", "NAR", "PR", "DPR", "DZN", "CEN", "GRO", "MIL", "SET", "NMP", "RM"),
    *("LTR", "MLT", "HLT", "MTR", "CMT", "MTK", "CMK", "MTQ", "CMQ", "DMQ"),
    *("KGM", "GRM", "MGM", "TNE", "DTN", "CTM", "LBR", "ONZ", "KWH", "MWH"),
)
_WEIGHTS: Final = ("KGM", "GRM", "TNE", "DTN", "MGM", "CTM", "LBR", "ONZ")
_LANGUAGES: Final = ("id", "km", "lo", "ms", "my", "ta", "th", "tl", "vi", "zh")
"""Of the region; a name may be in any other one, too."""


@lru_cache
def _list_names(name: ListName) -> Mapping[str, str]:
    return {entry.code: entry.name for entry in load_code_list(name)}


def name_country(code: str, language: Language) -> str:
    """Name a country as the form does, or in the reader's language where that is another one."""
    listed = _list_names(ListName.COUNTRIES).get(code, code)
    if language == ENGLISH:
        return listed
    return str(Locale.parse(language.tag).territories.get(code) or listed)


def name_code(name: ListName, code: str) -> str:
    """Spell a code with what it means, as a print does: ``C62 (one)``."""
    meaning = _list_names(name).get(code)
    return f"{code} ({meaning})" if meaning else code


def list_choices(language: Language, at: date) -> Mapping[Kind, Sequence[tuple[str, str]]]:
    """List what fields of each kind offer: codes, and what each is called.

    Args:
        language: The reader's.
        at: The day on which codes hold that are offered.
    """
    locale = Locale.parse(language.tag)
    units = _list_names(ListName.UNITS)
    return {
        Kind.COUNTRY: [
            (code, name_country(code, language)) for code in _list_held(ListName.COUNTRIES, at)
        ],
        Kind.CURRENCY: [
            (code, str(locale.currencies.get(code) or code))
            for code in _list_held(ListName.CURRENCIES, at)
        ],
        Kind.LANGUAGE: [(tag, str(locale.languages.get(tag) or tag)) for tag in _LANGUAGES],
        Kind.MODE: [(code, language.say(name)) for code, name in MODES.items()],
        Kind.CRITERION: [(text, language.say(name)) for text, name in _CRITERIA.items()],
        Kind.PACKAGE: list(_list_names(ListName.PACKAGES).items()),
        Kind.UNIT: [(code, units[code]) for code in _UNITS],
        Kind.WEIGHT: [(code, units[code]) for code in _WEIGHTS],
    }


def _list_held(name: ListName, at: date) -> Sequence[str]:
    return [entry.code for entry in load_code_list(name) if entry.holds_at(at)]
