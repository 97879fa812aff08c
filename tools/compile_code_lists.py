"""Compile code lists of `swb_schemas.codelists` from the public files that they come from.

The files are not part of this repository; `schemas/swb_schemas/codelists/README.md` says where each
is published. Run it when an edition changes, look at the difference, and commit it.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import re
import sys
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

TARGET: Final = Path(__file__).resolve().parent.parent / "schemas" / "swb_schemas" / "codelists"


class Row(NamedTuple):
    """One line of a compiled list; dates as in ISO 8601, empty where they are not known."""

    code: str
    name: str
    valid_from: str = ""
    valid_until: str = ""
    functions: str = ""


# --- countries -----------------------------------------------------------------------------------

ADDED: Final = {
    "AX": "2004-02-13",
    "BL": "2007-09-21",
    "BQ": "2010-12-15",
    "CW": "2010-12-15",
    "GG": "2006-03-29",
    "IM": "2006-03-29",
    "JE": "2006-03-29",
    "ME": "2006-09-26",
    "MF": "2007-09-21",
    "RS": "2006-09-26",
    "SS": "2011-08-09",
    "SX": "2010-12-15",
    "TL": "2002-05-20",
}
"""ISO 3166-1 codes that came since 2000, with the day of their newsletter."""

WITHDRAWN: Final = (
    Row("AN", "Netherlands Antilles", valid_until="2010-12-14"),
    Row("CS", "Serbia and Montenegro", valid_from="2003-07-23", valid_until="2006-09-25"),
    Row("TP", "East Timor", valid_until="2002-05-19"),
    Row("YU", "Yugoslavia", valid_until="2003-07-22"),
)
"""Alpha-2 codes of ISO 3166-3 that went since 2000."""


def read_countries(path: Path) -> Iterable[Row]:
    """Countries by ISO 3166-1, and those that went since 2000."""
    for entry in json.loads(path.read_text(encoding="utf-8"))["3166-1"]:
        code = entry["alpha_2"]
        yield Row(code, entry["name"], valid_from=ADDED.get(code, ""))
    yield from WITHDRAWN


# --- currencies ----------------------------------------------------------------------------------

NO_MONEY: Final = {"XTS", "XXX"}
"""The code for tests and the code for no currency."""


FIRST_DAY: Final = date(1999, 1, 1)
"""No currency that went before is listed, and no earlier first day told."""
GONE_SINCE: Final = {"BGN": date(2026, 1, 31)}
"""Last days of what left list one after Unicode's data were made."""


def read_currencies(path: Path) -> Iterable[Row]:
    """List one of ISO 4217, and what was on it since 1999, with the days of Unicode's CLDR.

    A currency's first day is that on which any territory had it, its last day that on which the
    last territory gave it up, with the days on which old and new were both tender.
    """
    babel = importlib.import_module("babel.core")
    names = babel.Locale("en").currencies
    tender: dict[str, list[tuple[date | None, date | None]]] = {}
    for each in babel.get_global("territory_currencies").values():
        for code, begun, ended, is_tender in each:
            if is_tender:
                days = (begun and date(*begun), ended and date(*ended))
                tender.setdefault(code, []).append(days)
    found = {}
    for line in etree.parse(path).iterfind(".//CcyNtry"):
        code = line.findtext("Ccy")
        if code and code not in NO_MONEY:
            begun = min((day or date.min for day, _ in tender.get(code, ())), default=date.min)
            since = begun.isoformat() if begun >= FIRST_DAY else ""
            found[code] = Row(code, line.findtext("CcyNm") or "", since)
    for code in tender.keys() - found.keys():
        begun = min(day or date.min for day, _ in tender[code])
        ended = GONE_SINCE.get(code) or max(day or date.min for _, day in tender[code])
        if ended >= FIRST_DAY:
            since = begun.isoformat() if begun >= FIRST_DAY else ""
            found[code] = Row(code, names[code], since, ended.isoformat())
    return found.values()


# --- ports ---------------------------------------------------------------------------------------

ASEAN: Final = {"BN", "KH", "ID", "LA", "MY", "MM", "PH", "SG", "TH", "TL", "VN"}
WHOLE: Final = ASEAN | {"AU", "NZ", "CN", "HK", "MO", "TW", "JP", "KR", "IN"}
"""States whose every place of transport is listed."""
SEA_PORT, AIRPORT = "1", "4"
TRANSPORT: Final = set("12345678B")
REFUSED: Final = {"RR", "XX"}
"""UN/LOCODE's statuses of entries that were rejected or are to be removed."""


def read_ports(paths: list[Path]) -> Iterable[Row]:
    """UN/LOCODE entries, see the README for which."""
    for path in paths:
        for line in csv.reader(path.open(encoding="cp1252", newline="")):
            change, country, place, name = line[:4]
            functions, status = line[6], line[7]
            if not place or change.upper() == "X" or status in REFUSED:
                continue
            kept = "".join(each for each in functions if each in TRANSPORT)
            if (
                (country in WHOLE and kept)
                or SEA_PORT in kept
                or (AIRPORT in kept and status == "AI")
            ):
                yield Row(country + place, name, functions=kept)


# --- units and packages --------------------------------------------------------------------------

DELETED: Final = "X"
"""UN/CEFACT's mark of a code that was withdrawn; a deprecated one (D) is still a code."""


def read_recommendation(path: Path, column: str) -> Iterable[Row]:
    """The codes of Recommendation 20 or 21 that stand, from UN/CEFACT's list in CSV."""
    for line in csv.DictReader(path.open(encoding="utf-8-sig", newline="")):
        if line["Status"] != DELETED:
            yield Row(line[column], line["Name"])


# --- the Harmonized System -----------------------------------------------------------------------

SHEET: Final = "xl/worksheets/sheet2.xml"
"""Correlations; the first sheet gives each code of 2022 one code of 2017 only."""
SPREADSHEET: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NOT_OF_THE_SYSTEM: Final = "999999"
"""Commodities not specified: a code of the trade statistics."""
SUBHEADING: Final = re.compile("[0-9]{6}")


def read_correlation(path: Path) -> dict[str, set[str]]:
    """By code of HS 2017: into which codes of HS 2022 it went, from the table of the UNSD."""
    with zipfile.ZipFile(path) as book:
        strings = etree.fromstring(book.read("xl/sharedStrings.xml"))
        shared = ["".join(map(str, each.itertext(f"{SPREADSHEET}t"))) for each in strings]
        rows = etree.fromstring(book.read(SHEET)).iter(f"{SPREADSHEET}row")
        found: dict[str, set[str]] = {}
        for row in rows:
            cells = [
                shared[int(value)] if cell.get("t") == "s" else value
                for cell in row
                if (value := cell.findtext(f"{SPREADSHEET}v"))
            ][:2]
            if len(cells) == 2 and all(map(SUBHEADING.fullmatch, cells)):  # noqa: PLR2004 - a pair
                newer, older = cells
                if NOT_OF_THE_SYSTEM not in {newer, older}:
                    found.setdefault(older, set()).add(newer)
    return found


def write_correlation(name: str, steps: dict[str, set[str]]) -> None:
    """Write a line for each code of the older edition, with what it became."""
    with (TARGET / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("hs2017", "hs2022"))
        writer.writerows((older, " ".join(sorted(newer))) for older, newer in sorted(steps.items()))
    print(f"{name}: {len(steps)}")


# --- writing -------------------------------------------------------------------------------------


def write_list(name: str, rows: Iterable[Row], *, functions: bool = False) -> None:
    """Write one list, by code."""
    unique = {row.code: row for row in rows}
    with (TARGET / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields if functions else Row._fields[:-1])
        for row in sorted(unique.values()):
            clean = " ".join(unicodedata.normalize("NFC", row.name).split())
            fields = row._replace(name=clean)
            writer.writerow(fields if functions else fields[:-1])
    print(f"{name}: {len(unique)}")


def main(arguments: list[str]) -> None:
    """Compile every list whose file is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iso3166", type=Path, help="iso3166-1.json of iso-codes")
    parser.add_argument("--iso4217", type=Path, help="list one, XML; the days are Babel's")
    parser.add_argument("--unlocode", type=Path, nargs="+", help="its parts, CSV")
    parser.add_argument("--rec20", type=Path, help="units of measure, annexes II and III, CSV")
    parser.add_argument("--rec21", type=Path, help="package types, annexes V and VI, CSV")
    parser.add_argument("--hs", type=Path, help="HS 2022 to HS 2017, conversion and correlation")
    paths = parser.parse_args(arguments)
    if paths.iso3166:
        write_list("countries", read_countries(paths.iso3166))
    if paths.iso4217:
        write_list("currencies", read_currencies(paths.iso4217))
    if paths.unlocode:
        write_list("ports", read_ports(paths.unlocode), functions=True)
    if paths.rec20:
        write_list("units", read_recommendation(paths.rec20, "CommonCode"))
    if paths.rec21:
        write_list("packages", read_recommendation(paths.rec21, "Code"))
    if paths.hs:
        write_correlation("hs-2017-2022", read_correlation(paths.hs))


if __name__ == "__main__":
    main(sys.argv[1:])
