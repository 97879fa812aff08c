"""Faults of shape are told by what a box takes; what is chosen is out of the code lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from swb.console.boxes import Box, Kind, list_boxes, list_item_boxes
from swb.console.choices import MODES, list_choices, name_code, name_country
from swb.console.faults import EXPECTED, Fault, explain
from swb.console.form_d import build_certificate
from swb.console.language import ENGLISH, LANGUAGES
from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.documents.origin_criterion import parse_criterion
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from swb.console.language import Language

VIETNAMESE: Final = LANGUAGES["vi"]
DAY: Final = date(2026, 11, 23)
WHOLE: Final = {
    "Agreement": "ATIGA",
    "Edition": "2021",
    "ReferenceNumber": "HAND-1",
    "IssuingCountry": "TH",
    "IssuingOffice": "BKK-01",
    "Exporter/Name": "Siam Example Export Co., Ltd.",
    "Exporter/Address": "99 Example Road",
    "Exporter/Country": "TH",
    "Consignee/Name": "Saigon Example Import JSC",
    "Consignee/Address": "1 Le Loi",
    "Consignee/Country": "VN",
    "ExporterDeclaration/CountryOfProduction": "TH",
    "ExporterDeclaration/ImportingCountry": "VN",
    "Certification/Date": "2026-11-23",
    "Item[1]/SequenceNumber": "1",
    "Item[1]/Description": "Stoneware mugs",
    "Item[1]/CommodityCode": "69120000",
    "Item[1]/CommodityCode/@nomenclature": "AHTN-2022",
    "Item[1]/OriginCriterion": "CTH",
    "Item[1]/Invoice[1]/Number": "SEC-1",
    "Item[1]/Invoice[1]/Date": "2026-11-02",
}
"""The least that makes a certificate."""
WRONG: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "a country by its name": ("Consignee/Country", "Narnia", "2", "two letters", "VN"),
    "an office with a blank": ("IssuingOffice", "xx yy", "", "hyphens", "BKK-01"),
    "a tariff code of two digits": ("Item[1]/CommodityCode", "12", "7", "6, 8 or 10", "69120000"),
    "a comma in a number": ("Item[1]/Quantity", "1,5", "7", "a point before its", "3840"),
    "a point between thousands": ("Item[1]/FobAmount", "8.400,00", "9", "thousands", "8400.00"),
    "a currency by its name": ("Item[1]/FobAmount/@currency", "dollars", "9", "currency", "USD"),
    "a unit that is none": ("Item[1]/Quantity/@unit", "boxes", "7", "Recommendation 20", "C62"),
    "a weight that is none": ("Item[1]/GrossMeasure/@unit", "kilo", "9", "Recommendation", "KGM"),
    "a package that is none": ("Item[1]/Package[1]/TypeCode", "CTN", "7", "package", "CT"),
    "half a package": ("Item[1]/Package[1]/Count", "1.5", "7", "whole number", "80"),
    "a criterion of another agreement": ("Item[1]/OriginCriterion", "PE", "8", "CTSH", "41.25%"),
    "a mode that is none": ("Transport/Mode", "ship", "3", "mode of transport", ""),
    "a port by its name": ("Transport/LoadingPort/Code", "Laem Chabang", "3", "LOCODE", "THLCH"),
    "a language by its name": (
        "Item[1]/NationalDescription[1]/@xml:lang",
        "Thai",
        "7",
        "two",
        "vi",
    ),
    "a day as people say it": ("Certification/Date", "23/11/2026", "12", "year-month-day", "2026"),
    "a number that is too long": ("ReferenceNumber", "9" * 36, "", "at most 35", ""),
    "a name that turns round": ("Exporter/Name", "a\u202eb", "1", "cannot be seen", ""),
    "nothing": ("Consignee/Name", "", "2", "This is needed.", ""),
    "an invoice of no day": ("Item[1]/Invoice[1]/Date", "", "10", "This is needed.", "2026"),
}
"""What is entered where, the number of that box, and what is told: words and an example."""


def boxes_of(fields: dict[str, str]) -> dict[str, Box]:
    boxes = [box for _, _, group in list_boxes(fields) for box in group]
    return {box.path: box for box in [*boxes, *list_item_boxes(fields, 1)]}


def tell(path: str, value: str, language: Language) -> Fault:
    """Enter one thing wrong in a form that is right, and find the fault at that field."""
    begun = {
        "Item[1]/Quantity": "1",
        "Item[1]/Quantity/@unit": "C62",
        "Item[1]/GrossMeasure": "1",
        "Item[1]/GrossMeasure/@unit": "KGM",
        "Item[1]/FobAmount": "1",
        "Item[1]/FobAmount/@currency": "USD",
        "Item[1]/Package[1]/Count": "1",
        "Item[1]/NationalDescription[1]": "x",
        "Item[1]/NationalDescription[1]/@xml:lang": "th",
        "Transport/LoadingPort/Name": "Laem Chabang",
    }
    assert build_certificate({**WHOLE, **begun})[1] == []
    fields = {**WHOLE, **begun, path: value}
    _, findings = build_certificate(fields)
    (fault,) = explain(findings, boxes_of(fields), fields, language)
    assert fault.field == path
    return fault


@pytest.mark.parametrize(
    ("path", "value", "number", "words", "example"), WRONG.values(), ids=WRONG.keys()
)
def test_what_is_wrong_is_told_by_what_the_box_takes(
    path: str, value: str, number: str, words: str, example: str
) -> None:
    """In plain words of the reader's language, with an example and the box: no pattern."""
    fault = tell(path, value, ENGLISH)
    assert words in fault.words
    assert example in fault.words
    assert not set("^$[]{}\\") & set(fault.words)
    assert fault.box is not None
    assert fault.box.number == number
    assert fault.item == ("1" if path.startswith("Item[") else "")
    in_vietnamese = tell(path, value, VIETNAMESE).words
    assert in_vietnamese
    assert in_vietnamese != fault.words
    assert example in in_vietnamese


def test_every_kind_of_field_says_what_it_takes() -> None:
    assert set(Kind) - set(EXPECTED) == {Kind.TICK, Kind.OTHER}
    for box in boxes_of({}).values():
        if box.kind in EXPECTED and "{example}" in EXPECTED[box.kind]:
            assert box.example, box


def test_an_item_number_that_stands_twice_is_told_so() -> None:
    second = {path.replace("[1]", "[2]", 1): value for path, value in WHOLE.items() if "[" in path}
    fields = {**WHOLE, **second}
    _, findings = build_certificate(fields)
    boxes = boxes_of(fields) | {box.path: box for box in list_item_boxes(fields, 2)}
    (fault,) = explain(findings, boxes, fields, ENGLISH)
    assert (fault.field, fault.item) == ("Item[2]/SequenceNumber", "2")
    assert "at two items" in fault.words


def test_what_no_single_field_can_mend_is_told_as_it_was_found() -> None:
    """A fault of a group stands at its first field, without the words of that field."""
    found = Finding(
        code="document.invalid",
        severity=Severity.REFUSE,
        path="CertificateOfOrigin/Exporter",
        message="expected a trader",
    )
    (fault,) = explain([found], boxes_of(WHOLE), WHOLE, ENGLISH)
    assert (fault.field, fault.words) == ("Exporter/Address", "")


def test_a_criterion_of_another_agreement_is_told_by_its_own_grammar() -> None:
    fields = {**WHOLE, "Agreement": "AANZFTA", "Item[1]/OriginCriterion": "NONSENSE"}
    _, findings = build_certificate(fields)
    (fault,) = explain(findings, boxes_of(fields), fields, ENGLISH)
    assert (fault.field, fault.words) == ("Item[1]/OriginCriterion", "")
    assert "RVC 45%" in fault.finding.message


def test_what_is_offered_is_in_its_list_and_is_taken() -> None:
    lists = {
        Kind.COUNTRY: ListName.COUNTRIES,
        Kind.CURRENCY: ListName.CURRENCIES,
        Kind.MODE: ListName.MODES,
        Kind.PACKAGE: ListName.PACKAGES,
        Kind.UNIT: ListName.UNITS,
        Kind.WEIGHT: ListName.UNITS,
    }
    choices = list_choices(VIETNAMESE, DAY)
    for kind, name in lists.items():
        held = load_code_list(name)
        assert [code for code, _ in choices[kind] if not held.holds(code, at=DAY)] == []
        assert all(told for _, told in choices[kind])
    assert set(MODES) == {entry.code for entry in load_code_list(ListName.MODES)}
    for text, _ in choices[Kind.CRITERION]:
        parse_criterion(text)


def test_a_country_has_one_name_on_pages_and_on_prints() -> None:
    assert name_country("VN", ENGLISH) == "Viet Nam"
    assert name_country("TH", VIETNAMESE) == "Th\u00e1i Lan"
    assert name_country("ZZ", ENGLISH) == "ZZ"
    assert name_code(ListName.UNITS, "C62") == "C62 (one)"
