"""Code lists with the dates between which their codes hold.

Where each list comes from, and what it leaves out, is in the README of this folder. The lists are
data of the package, read once per process; what holds is asked with a date, never with a clock.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["CodeEntry", "CodeList", "ListName", "load_code_list"]


class ListName(Enum):
    """Which list: name of its file, what it is, edition, where it was taken from, how much it has.

    A list that is whole has every code of its standard; of another one, a code that is missing
    may be right.
    """

    COUNTRIES = ("countries", "ISO 3166-1 alpha-2", "2026-02", "pycountry 26.2.16", True)
    CURRENCIES = (
        "currencies",
        "ISO 4217",
        "2026-01-01",
        "iso4217 1.16.20260101, Babel 2.18.0 (days)",
        True,
    )
    UNITS = (
        "units",
        "UN/ECE Recommendation 20",
        "Revision 17, 2021",
        "UN/CEFACT's list, by datasets/unece-units-of-measure",
        True,
    )
    PACKAGES = (
        "packages",
        "UN/ECE Recommendation 21",
        "Revision 12, 2021",
        "UN/CEFACT's list, by datasets/unece-package-codes",
        True,
    )
    PORTS = ("ports", "UN/LOCODE", "2023-1", "pyunlocode 0.1.0", False)
    MODES = ("modes", "UN/ECE Recommendation 19", "kept by hand", "this project", True)

    def __init__(self, file: str, title: str, edition: str, source: str, whole: bool) -> None:  # noqa: FBT001 - an enum's values have no names
        self.file = file
        self.title = title
        self.edition = edition
        self.source = source
        self.whole = whole


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One code.

    Attributes:
        code: As it stands in a document.
        name: In English, or as the list spells it.
        valid_from: First day on which it holds; none where it is older than the list's memory.
        valid_until: Last day on which it holds; none while it does.
        functions: UN/LOCODE's functions of a place: ``1`` sea port, ``2`` rail, ``3`` road,
            ``4`` airport, ``5`` mail, ``6`` multimodal, ``7`` fixed, ``8`` inland water,
            ``B`` border crossing. Empty in other lists.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_until: date | None = None
    functions: str = ""

    def holds_at(self, day: date) -> bool:
        """Whether the code may be used on that day."""
        return not (
            (self.valid_from is not None and day < self.valid_from)
            or (self.valid_until is not None and day > self.valid_until)
        )


class CodeList:
    """One list, by code.

    Args:
        name: Which list.
        rows: Its rows by code: name, first day, last day and functions, as text.
    """

    def __init__(self, name: ListName, rows: Mapping[str, Sequence[str]]) -> None:
        self.name = name
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[CodeEntry]:
        return (_entry_of(code, row) for code, row in self._rows.items())

    def find(self, code: str, *, at: date) -> CodeEntry | None:
        """Find a code that holds on a day."""
        row = self._rows.get(code)
        if row is None:
            return None
        entry = _entry_of(code, row)
        return entry if entry.holds_at(at) else None

    def holds(self, code: str, *, at: date) -> bool:
        """Whether a code is listed and holds on a day."""
        row = self._rows.get(code)
        # Nearly every code is without dates; those are answered without building the entry.
        return row is not None and (not (row[1] or row[2]) or _entry_of(code, row).holds_at(at))


def _entry_of(code: str, row: Sequence[str]) -> CodeEntry:
    name, valid_from, valid_until, *functions = row
    return CodeEntry(
        code=code,
        name=name,
        valid_from=date.fromisoformat(valid_from) if valid_from else None,
        valid_until=date.fromisoformat(valid_until) if valid_until else None,
        functions=functions[0] if functions else "",
    )


@lru_cache
def load_code_list(name: ListName) -> CodeList:
    """Get a list, read once per process (the longest takes about 30 ms)."""
    text = (files(__name__) / f"{name.file}.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return CodeList(name, {code: tuple(rest) for code, *rest in rows})
