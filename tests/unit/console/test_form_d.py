"""What is entered becomes the document that makes it again, and faults stand at their fields."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest

from swb.app.adapting import open_sheets
from swb.console.boxes import count_parts, list_boxes, list_item_boxes
from swb.console.form_d import add_part, build_certificate, flatten, remove_item
from swb.plugins import discover_adapters
from swb_schemas.documents import CertificateOfOrigin
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_ADAPTERS: Final = discover_adapters(names=["brunei", "canonical"])
SAMPLES: Final = [
    *sorted((ROOT / "adapters/swb_adapters/brunei/samples").glob("form-d*")),
    *sorted((ROOT / "adapters/swb_adapters/canonical/samples").glob("form-d*")),
]


def read(file: Path) -> CertificateOfOrigin:
    document = _ADAPTERS.get(file.parent.parent.name).to_canonical(file.read_bytes()).document
    assert isinstance(document, CertificateOfOrigin)
    return document


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_a_document_in_fields_makes_the_same_document_again(file: Path) -> None:
    certificate = read(file)
    assert build_certificate(flatten(certificate)) == (certificate, [])


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_every_element_of_a_document_has_a_field(file: Path) -> None:
    """Nothing that a spreadsheet brings is lost because the form has no box for it."""
    fields = flatten(read(file))
    boxes = {box.path for _, _, group in list_boxes(fields) for box in group}
    for number in range(1, count_parts(fields, "Item") + 1):
        boxes |= {box.path for box in list_item_boxes(fields, number)}
    assert set(fields) - boxes == set()


@pytest.fixture
def fields() -> dict[str, str]:
    return flatten(read(ROOT / "adapters/swb_adapters/brunei/samples/form-d-plain.csv"))


FAULTS: Final = {
    "nothing where something is needed": ("Exporter/Name", "", "required"),
    "no date": ("Certification/Date", "yesterday", "date"),
    "no country": ("Consignee/Country", "Vietnam", "pattern"),
    "box 8 that is none": ("Item[1]/OriginCriterion", "PE", "expected WO"),
    "an amount that is none": ("Item[1]/FobAmount", "1,200.50", "decimal"),
    "a currency that is none": ("Item[1]/FobAmount/@currency", "dollars", "pattern"),
    "a control character": ("Exporter/Name", "a\u202eb", ""),
    "part of a package": ("Item[1]/Package[1]/Count", "1.5", ""),
    "a number that is none": ("Item[1]/Package[1]/Count", "sNaN", ""),
    "a number with an exponent": ("Item[1]/FobAmount", "84e2", "decimal"),
    "a number in other digits": ("Item[1]/FobAmount", "\u0e51\u0e52", "decimal"),
}


@pytest.mark.parametrize(("path", "value", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_has_the_path_of_its_field(
    fields: dict[str, str], path: str, value: str, words: str
) -> None:
    certificate, findings = build_certificate({**fields, path: value})
    assert certificate is None
    assert {each.path for each in findings} == {f"CertificateOfOrigin/{path}"}
    assert words in findings[0].message


def test_what_a_browser_or_a_hand_adds_is_taken_away(fields: dict[str, str]) -> None:
    untidy = {
        **fields,
        "Exporter/Address": " 99 Example Road \r\n\r\nBangkok  ",
        "Exporter/Name": "Cafe\u0301 Co",
        "Item[1]/FobAmount": "0008400.50",
    }
    certificate, findings = build_certificate(untidy)
    assert findings == []
    assert certificate is not None
    assert certificate.exporter.address == "99 Example Road\nBangkok"
    assert certificate.exporter.name == "Caf\u00e9 Co"
    amount = certificate.items[0].fob_amount
    assert amount is not None
    assert str(amount.value.normalize()) == "8400.5"


def test_codes_have_capital_letters_however_they_are_typed(fields: dict[str, str]) -> None:
    typed = ("Consignee/Country", "Item[1]/FobAmount/@currency", "Item[1]/Package[1]/TypeCode")
    assert all(fields[path].isupper() for path in typed)
    lower = {**fields, **{path: fields[path].lower() for path in typed}}
    assert build_certificate(lower) == build_certificate(fields)


def test_an_agreement_that_nobody_knows_is_told_once_and_at_its_field(
    fields: dict[str, str],
) -> None:
    three = {**fields, "Agreement": "NAFTA", "Item[2]/OriginCriterion": "CTH"}
    _, findings = build_certificate(three)
    told = [each.path for each in findings if each.code == "agreement.unknown"]
    assert told == ["CertificateOfOrigin/Agreement"]


def test_names_that_are_no_paths_make_no_document(fields: dict[str, str]) -> None:
    hostile = {**fields, "../../etc": "x", "Item[999999]/X": "x", "A" * 500 + "/": "x"}
    certificate, _ = build_certificate(hostile)
    assert certificate == build_certificate(fields)[0]


def test_an_item_that_is_removed_takes_its_place_along(fields: dict[str, str]) -> None:
    three = add_part(add_part(dict(fields), "Item"), "Item")
    last = count_parts(three, "Item")
    three[f"Item[{last}]/Description"] = "the last"
    left = remove_item(three, last - 1)
    assert count_parts(left, "Item") == last - 1
    assert left[f"Item[{last - 1}]/Description"] == "the last"
    assert remove_item(add_part(fields, "Item"), count_parts(fields, "Item") + 1) == fields


def test_a_tick_is_a_tick_and_a_name_may_be_called_so(fields: dict[str, str]) -> None:
    certificate, findings = build_certificate(
        {**fields, "SpecialCases/DeMinimis": "ticked", "Exporter/Name": "ticked"}
    )
    assert findings == []
    assert certificate is not None
    assert certificate.special_cases.de_minimis is not None
    assert certificate.exporter.name == "ticked"


async def test_an_empty_spreadsheet_of_the_states_own_is_read_when_it_is_filled_in() -> None:
    """The sheet that TH's people are given has TH in it, and what they fill in stays theirs."""
    sample = ROOT / "adapters/swb_adapters/brunei/samples/form-d-plain.csv"
    rows = list(csv.reader(sample.read_text("utf-8-sig").splitlines(keepends=True)))
    filled = {row[0]: row[1] for row in rows if len(row) == 2}
    sheets = open_sheets("TH")
    own = list(csv.reader(io.StringIO(sheets.template.decode("utf-8-sig"), newline="")))
    for row in own:
        if len(row) == 3 and not row[1]:
            row[1] = {**filled, "Number of items": "1"}.get(row[0], "")
    heading = next(at for at, row in enumerate(own) if row[:1] == ["Item no"])
    own.insert(heading + 1, rows[rows.index(own[heading]) + 1])
    text = io.StringIO()
    csv.writer(text).writerows(own)
    reading = await sheets.formats.to_canonical(text.getvalue().encode())
    assert isinstance(reading.document, CertificateOfOrigin)
    assert reading.document.issuing_country == "TH"
    assert b"Kod pelabuhan" in open_sheets("BN").template
