"""Findings name the place in the payload where a syntax knows it."""

from __future__ import annotations

import pytest

from swb_adapters.sdk import PathMap
from swb_adapters.sdk.mapping import CODE, DECIMAL, NUMBER, Group, PlacedTree, Row, Table, instant
from swb_schemas.documents import CustomsResponse
from swb_schemas.errors import RefusedError

RESPONSE = Table(
    CustomsResponse,
    Row("Subject/ReferenceNumber", "Number"),
    Row("Subject/IssuingCountry", "Country", CODE),
    Row("Subject/IssuingOffice", "At", CODE),
    Row("ResponseNumber", "Serial", NUMBER),
    Row("Decision", "Decision", CODE),
    Row("DecidedAt", "When", instant()),
    Row("Office", "Office"),
    Group(
        "Item[*]",
        "Items[*]",
        Row("SequenceNumber", "No", NUMBER),
        Row("Decision", "Decision", CODE),
        Row("UtilisedQuantity", "Used", DECIMAL),
        Row("UtilisedQuantity/@unit", "Unit", CODE),
    ),
)
TREE = {
    "Number": "1",
    "Country": "VN",
    "At": "09",
    "Serial": "1",
    "Decision": "GIVEN",
    "When": "2026-11-22T10:00:00Z",
    "Office": "Specimen office",
    "Items": [{"No": "1", "Decision": "GIVEN"}, {"No": "2", "Decision": "GIVEN"}],
}


def place(path: str) -> str:
    return f"at <{path}>"


def test_a_reading_leads_from_the_document_to_the_place_and_back() -> None:
    paths = RESPONSE.read(PlacedTree({**TREE, "More": "x"}, place)).paths
    assert paths.find_national("CustomsResponse/Item[2]/Decision") == "at <Items[2]/Decision>"
    assert paths.find_canonical("at <Items[2]/Decision>") == "CustomsResponse/Item[2]/Decision"
    assert paths.find_national("CustomsResponse/Office") == "at <Office>"
    again = PathMap(paths.pairs)
    assert again == paths
    assert again.find_national("CustomsResponse/Item[2]/Decision") == "at <Items[2]/Decision>"


def test_a_loss_of_reading_and_a_refusal_name_the_place() -> None:
    reading = RESPONSE.read(PlacedTree({**TREE, "More": "x"}, place))
    assert [each.national_path for each in reading.findings] == ["at <More>"]
    with pytest.raises(RefusedError) as caught:
        RESPONSE.read(PlacedTree({**TREE, "Serial": "x"}, place))
    assert caught.value.findings[0].national_path == "at <Serial>"
    assert caught.value.findings[0].path == "CustomsResponse/ResponseNumber"
    assert caught.value.message.startswith("1 fault(s), first at at <Serial>: expected digits")


def test_a_path_map_finds_paths_of_one_document_beside_patterns_in_their_order() -> None:
    paths = PathMap(
        [("A/B[2]/C", "row 7"), ("A/B[*]/C", "T[*]/C"), ("A/B[3]/C", "row 8"), ("A/D", "D")]
    )
    assert paths.find_national("A/B[2]/C") == "row 7"
    assert paths.find_national("A/B[3]/C") == "T[3]/C"
    assert paths.find_canonical("row 8") == "A/B[3]/C"
    assert paths.find_national("A/D[4]") == "D"
    assert paths.find_national("A/D[4]", exact=True) == ""
