"""What always stands beside something else, and nowhere alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from swb_adapters.sdk.mapping import CODE, Fixed, Group, Row, Table, codes, instant
from swb_schemas.documents import CustomsReceipt
from swb_schemas.errors import RefusedError

TABLE = Table(
    CustomsReceipt,
    Group(
        "Subject",
        "About",
        Row("ReferenceNumber", "No"),
        Row("IssuingCountry", "Country", CODE),
        Row("IssuingOffice", "By", CODE),
    ),
    Row("Outcome", "Result", codes("result", {"REC": "1", "NOT": "0"})),
    Row("At", "At/Time", instant()),
    Fixed("At/Format", "ISO", beside=True),
    Row("Office", "Office/Name"),
    Fixed("Office/Language", "en", beside=True),
    Row("Reason/Code", "Why/Code", CODE),
    Row("Reason/Text", "Why/Text"),
)


def write(**changes: object) -> dict[str, Any]:
    values = {
        "Subject": {"IssuingCountry": "MY", "IssuingOffice": "1", "ReferenceNumber": "X-1"},
        "Outcome": "REC",
        "At": datetime(2026, 11, 22, tzinfo=UTC),
        **changes,
    }
    tree, losses = TABLE.write(CustomsReceipt.model_validate(values))
    assert not losses
    return tree


def test_it_is_written_beside_something_else() -> None:
    assert write()["At"] == {"Time": "2026-11-22T00:00:00+00:00", "Format": "ISO"}
    assert write(Office="Port Klang")["Office"] == {"Name": "Port Klang", "Language": "en"}


def test_it_is_not_written_alone() -> None:
    assert "Office" not in write()


def test_another_text_in_its_place_is_refused() -> None:
    tree = write()
    tree["At"]["Format"] = "UNIX"
    with pytest.raises(RefusedError) as caught:
        TABLE.read(tree)
    assert caught.value.findings[0].national_path == "At/Format"
