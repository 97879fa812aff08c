"""JSON as a syntax of tables: types are the table's matter, and a wrong one is told at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from swb_adapters.sdk import Provenance, encode_json, parse_json
from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    NUMBER,
    TEXT,
    Group,
    JsonSyntax,
    Row,
    Table,
    TableAdapter,
    build_page,
    codes,
    instant,
    spell_json_path,
)
from swb_schemas.documents import CustomsResponse
from swb_schemas.errors import RefusedError

TABLE: Final = Table(
    CustomsResponse,
    Row("Subject/IssuingCountry", "certificate/country", CODE),
    Row("Subject/IssuingOffice", "certificate/office", CODE),
    Row("Subject/ReferenceNumber", "certificate/number"),
    Row("ResponseNumber", "serial", NUMBER),
    Row("Decision", "given", codes("given", {"GIVEN": "true", "NOT_GIVEN": "false"})),
    Row("DecidedAt", "at", instant()),
    Row("Office", "office"),
    Group(
        "Item[*]",
        "lines[*]",
        Row("SequenceNumber", "no", NUMBER),
        Row("Decision", "given", codes("given", {"GIVEN": "true", "NOT_GIVEN": "false"})),
        Row("UtilisedQuantity", "used", DECIMAL),
        Row("UtilisedQuantity/@unit", "used/unit", CODE),
        Group("Reason[*]", "reasons[*]", Row("Text", TEXT)),
    ),
    spell=spell_json_path,
)
ADAPTER: Final = TableAdapter(
    JsonSyntax(["answer"], member="kind"),
    {"answer": TABLE},
    name="atlantis",
    version="1.0.0",
    provenance=Provenance.SIMULATED,
    system="Atlantis",
    media_type="application/json",
    file_suffix=".json",
)
PAYLOAD: Final = """{"kind":"answer","certificate":{"country":"TH","office":"NTB01","number":"17"},\
"serial":3,"given":true,"at":"2026-11-20T08:00:00Z","office":"09","lines":[{"no":1,"given":true,\
"used":{"value":12.5,"unit":"KGM"}},{"no":2,"given":true,"reasons":[{"value":"small"}]}]}
"""


def change(**members: Any) -> bytes:
    """The payload with other members; None stays null."""
    return encode_json({**parse_json(PAYLOAD.encode()), **members})


def test_numbers_and_booleans_are_those_of_json() -> None:
    reading = ADAPTER.to_canonical(PAYLOAD.encode())
    document = reading.document
    assert isinstance(document, CustomsResponse)
    assert (document.response_number, document.decision) == (3, "GIVEN")
    assert document.decided_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert ADAPTER.from_canonical(document).payload == PAYLOAD.encode()
    assert not reading.findings


@pytest.mark.parametrize(
    ("members", "code", "place", "message"),
    [
        ({"serial": "3"}, "adapter.schema", "serial", "expected a number, found text"),
        ({"serial": True}, "adapter.schema", "serial", "expected a number, found true or false"),
        ({"serial": Decimal("1.5")}, "adapter.value", "serial", ""),
        ({"given": "true"}, "adapter.schema", "given", "expected true or false, found text"),
        ({"at": 2026}, "adapter.schema", "at", "expected text, found a number"),
        ({"at": [["x"]]}, "adapter.schema", "at", "expected it once, found it 1 times"),
        ({"lines": [[]]}, "adapter.schema", "lines[1]", "expected no array in an array"),
        ({"lines": [7]}, "adapter.schema", "lines[1]", "expected text, found a number"),
        (
            {"lines": [{"no": 1, "given": True, "used": {"value": [1], "unit": "KGM"}}]},
            "adapter.schema",
            "lines[1].used",
            "expected a number, found an array",
        ),
        ({"certificate": {"country": "TH"}}, "adapter.value", "certificate.office", ""),
        ({"kind": "question"}, "adapter.unsupported", "kind", "expected answer"),
        ({"kind": None}, "adapter.unsupported", "kind", "expected answer"),
    ],
    ids=str,
)
def test_a_wrong_type_is_told_at_its_place(
    members: dict[str, Any], code: str, place: str, message: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.to_canonical(change(**members))
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path) == (code, place)
    assert message in finding.message


def test_null_and_nothing_are_the_same() -> None:
    assert ADAPTER.to_canonical(change(remarks=None)).findings == ()


@pytest.mark.parametrize("more", ["text", 7, True, {"deep": [1, {"er": "x"}]}])
def test_what_no_row_takes_is_a_loss(more: object) -> None:
    (loss,) = ADAPTER.to_canonical(change(colour=more)).findings
    assert loss.national_path == "colour"


def test_a_page_has_every_row_as_json_spells_it() -> None:
    page = build_page(ADAPTER)
    assert (
        "| `Item[*]/UtilisedQuantity/@unit` | `lines[*].used.unit` | the code itself |  |" in page
    )
    assert "- `CustomsResponse/Remarks`" in page
    assert page.startswith("# atlantis\n")
