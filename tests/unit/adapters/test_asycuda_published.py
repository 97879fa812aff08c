"""Files of ASYCUDA that others published: they convert, or are refused so that a person can act.

They are imports of a country outside the region, with synthetic parties; one has 282 different
places, the other 172, and they share most of the latter.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Final

import pytest
from lxml import etree

from swb_adapters.cambodia import ADAPTER
from swb_adapters.sdk.testing import check_document, check_refusals
from swb_schemas.documents import DeclarationExtract
from swb_schemas.errors import RefusedError
from tests.unit.adapters.standards import find_published

FILES: Final = ("sample_xml_format.xml", "GENERATED_demo_output.xml")
EACH_FILE = pytest.mark.parametrize("name", FILES)
MISSING: Final = {
    "Property/Sad_flow": "E",
    "Identification/Registration/Number": "4711",
    "General_information/Country/Destination/Destination_country_code": "VN",
    "Traders/Exporter/Exporter_code": "X-1",
    "Export_release/Date_of_exit": "2/24/26",
    "Transport/Place_of_discharge/Name": "Hai Phong",
    "Transport/Means_of_transport/Border_information/Mode": "04",
}
"""What an export declaration says and these imports do not."""


def _parse(name: str) -> etree._Element:
    return etree.fromstring(find_published(f"asycuda/{name}").read_bytes())


def _set(root: etree._Element, path: str, text: str) -> None:
    element = root
    for step in path.split("/"):
        found = element.find(step)
        element = etree.SubElement(element, step) if found is None else found
    for child in list(element):
        element.remove(child)
    element.text = text


def _as_export(name: str) -> etree._Element:
    """Say what is missing, in whole packages and with two digits of the national tariff."""
    root = _parse(name)
    for path, text in MISSING.items():
        _set(root, path, text)
    for number, item in enumerate(root.findall("Item"), start=1):
        _set(item, "Packages/Number_of_packages", str(number))
        _set(item, "Tarification/HScode/Precision_1", "90")
    return _count_packages(root)


def _count_packages(root: etree._Element) -> etree._Element:
    counted = sum(int(item.findtext("Packages/Number_of_packages") or 0) for item in root)
    _set(root, "Property/Nbers/Total_number_of_packages", str(counted))
    return root


@EACH_FILE
def test_an_import_is_refused_as_no_export(name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(etree.tostring(_parse(name)))
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == ("adapter.unsupported", "Property/Sad_flow")
    assert finding.message == "expected 'E' (an export), found 'I'"


@EACH_FILE
def test_every_thing_that_an_export_lacks_is_named_with_its_place(name: str) -> None:
    root = _parse(name)
    _set(root, "Property/Sad_flow", "E")
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(etree.tostring(root))
    found = {finding.national_path: finding.message for finding in caught.value.findings}
    lacking = {path for path in MISSING if path != "Property/Sad_flow" and path in found}
    assert lacking >= set(MISSING) - {
        "Property/Sad_flow",
        "Transport/Means_of_transport/Border_information/Mode",
    }
    assert {found[path] for path in lacking} == {"expected a value, found none"}
    assert found["Item[1]/Packages[1]/Number_of_packages"].startswith("expected digits, found")
    assert "Precision_1" in found["Item[1]/Tarification/HScode/Commodity_code"]


@EACH_FILE
def test_a_file_that_says_what_an_export_says_is_converted(name: str) -> None:
    root = _as_export(name)
    reading = ADAPTER.to_canonical(etree.tostring(root))
    document = reading.document
    assert isinstance(document, DeclarationExtract)
    assert len(document.items) == 119
    assert document.exporter.name == "NORTHWIND TRADING LTD.,"
    assert document.exporter.address == "UNIT 12 EXAMPLE INDUSTRIAL PARK, CHINA"
    first = document.items[0]
    assert (first.sequence_number, first.commodity_code.value) == (1, "8504409090")
    assert (first.quantity.unit, first.quantity.value) == ("UNT", Decimal(11))
    assert first.description == "Adaptar 11 PCS"
    assert first.gross_measure is not None
    assert first.gross_measure.unit == "KGM"
    lost = {finding.national_path for finding in reading.findings}
    assert {"Item[1]/IncoTerms", "Item[1]/Goods_description/Description_of_goods"} <= lost
    assert not any("Taxation" in path for path in lost), "nothing stands there"
    assert not check_document(ADAPTER, document)


def _list_places(root: etree._Element) -> list[str]:
    tree = root.getroottree()
    places = {tree.getelementpath(each) for each in root.iter(etree.Element)} - {"."}
    return sorted({"/".join(step.partition("[")[0] for step in p.split("/")) for p in places})


def _shorten(root: etree._Element, items: int) -> etree._Element:
    for item in root.findall("Item")[items:]:
        root.remove(item)
    _set(root, "Property/Nbers/Total_number_of_items", str(items))
    return _count_packages(root)


@EACH_FILE
def test_a_file_may_lack_any_of_its_places(name: str) -> None:
    whole = etree.tostring(_shorten(_as_export(name), 1))
    read = 0
    for place in _list_places(etree.fromstring(whole)):
        root = etree.fromstring(whole)
        for element in root.findall(place):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
        raw = etree.tostring(root)
        assert not check_refusals(ADAPTER, raw, may_read=True), place
        read += _reads(raw)
    assert read > 100, "most places are none that an extract must have"


@EACH_FILE
def test_a_file_may_lack_half_of_its_places(name: str) -> None:
    """Whichever half it is of those that no extract must have, the file is read."""
    whole = etree.tostring(_shorten(_as_export(name), 2))
    places = _list_places(etree.fromstring(whole))
    free = [place for place in places if _reads(_leave_out(whole, [place]))]
    assert len(free) > len(places) // 2
    for seed in range(40):
        half = random.Random(seed).sample(free, len(places) // 2)  # noqa: S311 - drawn places, not secrets
        raw = _leave_out(whole, half)
        assert not check_refusals(ADAPTER, raw, may_read=True), seed
        read = ADAPTER.to_canonical(raw).document
        assert isinstance(read, DeclarationExtract)
        assert len(read.items) == 2
        # What no extract must have may still need another place: any half at all is refused well.
        some = _leave_out(whole, random.Random(seed).sample(places, len(places) // 2))  # noqa: S311 - drawn places, not secrets
        assert not check_refusals(ADAPTER, some, may_read=True), seed


def _leave_out(whole: bytes, places: list[str]) -> bytes:
    root = etree.fromstring(whole)
    for place in places:
        for element in root.findall(place):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
    return etree.tostring(root)


def _reads(raw: bytes) -> bool:
    try:
        ADAPTER.to_canonical(raw)
    except RefusedError:
        return False
    return True
