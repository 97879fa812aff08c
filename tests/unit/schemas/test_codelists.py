"""Code lists: what holds on which day."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import pytest

from swb_schemas.codelists import CodeEntry, ListName, load_code_list

TODAY: Final = date(2026, 11, 22)

SHAPES: Final = {
    ListName.COUNTRIES: ("[A-Z]{2}", 253),
    ListName.CURRENCIES: ("[A-Z]{3}", 230),
    ListName.UNITS: ("[A-Z0-9]{2,3}", 1827),
    ListName.PACKAGES: ("[A-Z0-9]{2}", 405),
    ListName.PORTS: ("[A-Z]{2}[A-Z2-9]{3}", 28530),
    ListName.MODES: ("[1-9]", 9),
}


@pytest.mark.parametrize("name", ListName)
def test_a_list_is_whole_and_clean(name: ListName) -> None:
    pattern, number = SHAPES[name]
    found = load_code_list(name)
    assert len(found) == number
    codes = [entry.code for entry in found]
    assert codes == sorted(codes)
    for entry in found:
        assert re.fullmatch(pattern, entry.code)
        assert entry.name == " ".join(entry.name.split()) != ""
        assert (
            entry.valid_from is None
            or entry.valid_until is None
            or (entry.valid_from <= entry.valid_until)
        )


HELD: Final = {
    ListName.COUNTRIES: "BN KH ID LA MY MM PH SG TH TL VN AU NZ CN JP KR IN BV US",
    ListName.CURRENCIES: "BND KHR IDR LAK MYR MMK PHP SGD THB VND USD EUR AUD NZD CNY JPY KRW INR",
    ListName.UNITS: "KGM TNE GRM LTR MTR MTK MTQ C62 EA H87 NMP PR DZN SET MIL KWH BLL CTM",
    ListName.MODES: "1 2 3 4 5 6 7 8 9",
    ListName.PACKAGES: "CT PK PX BX BG DR CS BE CN NE 1A 4G PC RO SA BA VL VQ",
    ListName.PORTS: (
        "SGSIN MYPKG MYTPP MYPEN THBKK THLCH VNSGN VNHPH VNDAD IDJKT IDTPP IDSUB IDBLW PHMNL "
        "PHCEB KHKOS KHPNH LAVTE LATHG LASAV MMRGN MMTLA BNMUA BNBWN TLDIL AUMEL AUSYD NZAKL CNSHA "
        "CNNGB HKHKG TWKHH JPTYO JPYOK KRPUS INNSA INMAA AEJEA NLRTM DEHAM USLAX LKCMB"
    ),
}


@pytest.mark.parametrize("name", ListName)
def test_holds_what_the_region_trades_with(name: ListName) -> None:
    found = load_code_list(name)
    assert [code for code in HELD[name].split() if not found.holds(code, at=TODAY)] == []


NOT_HELD: Final = {
    ListName.COUNTRIES: "XX ZZ UK EU AN",
    ListName.CURRENCIES: "XXX XTS RMB DEM HRK BGN",
    ListName.UNITS: "KG BX XXX",
    ListName.PACKAGES: "00 SX",
    ListName.PORTS: "THXXX SGSGP XXSIN",
    ListName.MODES: "0 10",
}


@pytest.mark.parametrize("name", ListName)
def test_does_not_hold(name: ListName) -> None:
    found = load_code_list(name)
    assert [code for code in NOT_HELD[name].split() if found.holds(code, at=TODAY)] == []


DATES: Final = {
    "before Timor-Leste": ("TL", date(2002, 5, 19), False),
    "Timor-Leste's first day": ("TL", date(2002, 5, 20), True),
    "East Timor's last day": ("TP", date(2002, 5, 19), True),
    "after East Timor": ("TP", date(2002, 5, 20), False),
    "Serbia and Montenegro between its days": ("CS", date(2005, 1, 1), True),
}


@pytest.mark.parametrize(("code", "day", "expected"), DATES.values(), ids=DATES)
def test_answers_for_a_day(code: str, day: date, expected: bool) -> None:
    found = load_code_list(ListName.COUNTRIES)
    assert found.holds(code, at=day) is expected
    assert (found.find(code, at=day) is not None) is expected


CURRENCIES: Final = {
    "the kuna before it went": ("HRK", date(2022, 6, 1), True),
    "the kuna beside the euro": ("HRK", date(2023, 1, 14), True),
    "the kuna after it went": ("HRK", date(2023, 1, 15), False),
    "the lev in the last year but one": ("BGN", date(2025, 11, 19), True),
    "the lev after it went": ("BGN", date(2026, 2, 1), False),
    "the mark beside the euro": ("DEM", date(1999, 6, 1), True),
    "the dollar of Zimbabwe": ("ZWL", date(2022, 6, 1), True),
    "the gold of Zimbabwe before it came": ("ZWG", date(2022, 6, 1), False),
    "the Caribbean guilder before it came": ("XCG", date(2020, 1, 1), False),
    "the Caribbean guilder": ("XCG", date(2026, 1, 1), True),
    "a currency without a first day": ("THB", date(1990, 1, 1), True),
}


@pytest.mark.parametrize(("code", "day", "expected"), CURRENCIES.values(), ids=CURRENCIES)
def test_a_currency_holds_from_its_first_day_to_its_last(
    code: str, day: date, expected: bool
) -> None:
    assert load_code_list(ListName.CURRENCIES).holds(code, at=day) is expected


def test_finds_an_entry() -> None:
    ports = load_code_list(ListName.PORTS)
    assert ports.find("THLCH", at=TODAY) == CodeEntry(
        code="THLCH", name="Laem Chabang", functions="13"
    )
    assert ports.find("THXXX", at=TODAY) is None
    assert ports is load_code_list(ListName.PORTS)
