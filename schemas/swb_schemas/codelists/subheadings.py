"""The six digits of the Harmonized System, edition by edition, and the step from one to the next.

A state changes its tariff on its own day, so for some months certificates of one edition meet
declarations of the other: a code then stands for all that it became. Codes alone are kept here;
descriptions are read from published files (`swb_schemas.codelists.harmonized`), and what lies
below six digits from a state's own tariff (`swb_schemas.codelists.tariff`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HsEdition", "HsStep", "load_hs_step"]

_FILE: Final = "hs-2017-2022.csv"
_DIGITS: Final = 6


class HsEdition(Enum):
    """An edition: its name, and the days between which it holds by the convention (Article 16)."""

    HS_2017 = ("HS-2017", date(2017, 1, 1), date(2021, 12, 31))
    HS_2022 = ("HS-2022", date(2022, 1, 1), date(2027, 12, 31))

    def __init__(self, title: str, valid_from: date, valid_until: date) -> None:
        self.title = title
        self.valid_from = valid_from
        self.valid_until = valid_until


class HsStep:
    """The correlation of two editions.

    Args:
        became: By code of the older edition: what it became, itself where nothing changed.
    """

    def __init__(self, became: Mapping[str, tuple[str, ...]]) -> None:
        self._became = became
        came: defaultdict[str, list[str]] = defaultdict(list)
        for older, newer in became.items():
            for each in newer:
                came[each].append(older)
        self._came_of = {newer: tuple(older) for newer, older in came.items()}

    def count(self, edition: HsEdition) -> int:
        """How many subheadings an edition has."""
        return len(self._became if edition is HsEdition.HS_2017 else self._came_of)

    def holds(self, code: str, edition: HsEdition) -> bool:
        """Whether a subheading is in an edition; of a longer code its first six digits count."""
        listed = self._became if edition is HsEdition.HS_2017 else self._came_of
        return code[:_DIGITS] in listed

    def became(self, code: str) -> tuple[str, ...]:
        """What a subheading of HS 2017 became in HS 2022; empty where there is none such."""
        return self._became.get(code[:_DIGITS], ())

    def came_of(self, code: str) -> tuple[str, ...]:
        """Of what in HS 2017 a subheading of HS 2022 came; empty where there is none such."""
        return self._came_of.get(code[:_DIGITS], ())


@lru_cache
def load_hs_step() -> HsStep:
    """Get the step from HS 2017 to HS 2022, read once per process (about 10 ms)."""
    text = (files("swb_schemas.codelists") / _FILE).read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return HsStep({older: tuple(newer.split()) for older, newer in rows})
