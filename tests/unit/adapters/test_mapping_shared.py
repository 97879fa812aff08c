"""Places that several elements share, and entries that are numbered by where they stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.mapping import (
    CODE,
    LINES,
    NUMBER,
    Composed,
    Group,
    Row,
    Table,
    instant,
)
from swb_schemas.documents import CustomsResponse
from swb_schemas.errors import RefusedError

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
DOCUMENT = "CustomsResponse"


def _read_who(texts: tuple[str, ...]) -> tuple[Any, ...]:
    office, _, officer = texts[0].partition(" / ")
    if office == "?":
        raise refuse("adapter.value", "expected an office, found a question mark")
    return office or None, officer or None


def _write_who(values: tuple[Any, ...]) -> tuple[str | None, ...]:
    office, officer = values
    if " / " in office:
        raise refuse("adapter.value", "expected a name without a slash, found one")
    return (f"{office} / {officer}" if officer else office,)


def _read_number(texts: tuple[str, ...]) -> tuple[Any, ...]:
    return ("".join(texts),)


def _write_number(values: tuple[Any, ...]) -> tuple[str | None, ...]:
    number = str(values[0])
    return number[:2], number[2:] or None


TABLE = Table(
    CustomsResponse,
    Group(
        "Subject",
        "About",
        Row("IssuingCountry", "Country", CODE),
        Row("IssuingOffice", "Office", CODE),
        Composed(("ReferenceNumber",), ("Head", "Tail"), "two", _read_number, _write_number),
    ),
    Row("ResponseNumber", "No", CODE),
    Row("Decision", "Decision", CODE),
    Row("DecidedAt", "At", instant()),
    Composed(("Office", "OfficerName"), ("Who",), "both", _read_who, _write_who),
    Group(
        "Item[*]",
        "Line[*]",
        Row("SequenceNumber", "No", NUMBER, counted=True),
        Row("Decision", "Decision", CODE),
        Group("Reason[*]", "Why[*]", Row("Text", "Text", LINES)),
    ),
)


def _response(**changes: object) -> CustomsResponse:
    return CustomsResponse.model_validate(
        {
            "Subject": {
                "IssuingCountry": "TH",
                "IssuingOffice": "01",
                "ReferenceNumber": "D-12",
            },
            "ResponseNumber": 1,
            "Decision": "GIVEN",
            "DecidedAt": NOW,
            "Office": "Port",
            "OfficerName": "Officer 3",
            "Item": [{"SequenceNumber": 4, "Decision": "GIVEN"}],
            **changes,
        }
    )


def test_elements_that_share_a_place_are_written_together_and_read_apart() -> None:
    tree, losses = TABLE.write(_response())
    assert not losses
    assert tree["Who"] == "Port / Officer 3"
    assert tree["About"] == {"Country": "TH", "Office": "01", "Head": "D-", "Tail": "12"}
    assert TABLE.read(tree).document == _response()


def test_what_is_not_there_leaves_no_trace_in_the_place() -> None:
    document = _response(OfficerName=None)
    tree, _ = TABLE.write(document)
    assert tree["Who"] == "Port"
    assert TABLE.read(tree).document == document


def test_what_shares_a_place_is_no_loss_and_has_a_path() -> None:
    assert f"{DOCUMENT}/OfficerName" not in TABLE.support.loses
    assert TABLE.paths.find_national(f"{DOCUMENT}/OfficerName") == "Who"
    assert TABLE.paths.find_national(f"{DOCUMENT}/Subject/ReferenceNumber") == "About/Head"
    assert TABLE.paths.find_canonical("About/Tail") == f"{DOCUMENT}/Subject/ReferenceNumber"


def test_a_value_without_a_spelling_is_refused_at_the_first_of_them() -> None:
    with pytest.raises(RefusedError) as caught:
        TABLE.write(_response(Office="Port / Gate"))
    finding = caught.value.findings[0]
    assert (finding.code, finding.path) == ("adapter.value", f"{DOCUMENT}/Office")


@pytest.mark.parametrize(
    ("changes", "code", "national", "path"),
    [
        ({"Who": "?"}, "adapter.value", "Who", f"{DOCUMENT}/Office"),
        ({"Who": ["a", "b"]}, "adapter.schema", "Who", f"{DOCUMENT}/Office"),
        ({"Who": {"Name": "a"}}, "adapter.schema", "Who", f"{DOCUMENT}/Office"),
        ({"Who": ""}, "adapter.value", "Who", f"{DOCUMENT}/Office"),
    ],
    ids=["what cannot be read", "twice", "a tree", "nothing"],
)
def test_a_shared_place_that_cannot_be_read_is_refused_with_both_places(
    changes: dict[str, object], code: str, national: str, path: str
) -> None:
    tree, _ = TABLE.write(_response())
    with pytest.raises(RefusedError) as caught:
        TABLE.read({**tree, **changes})
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (code, national, path)


def test_an_entry_without_a_number_has_its_position() -> None:
    tree, _ = TABLE.write(_response())
    assert tree["Line"][0]["No"] == "4"
    tree["Line"] = [{"Decision": "GIVEN"}, {"No": "7", "Decision": "GIVEN"}, {"Decision": "GIVEN"}]
    document = TABLE.read(tree).document
    assert isinstance(document, CustomsResponse)
    assert [item.sequence_number for item in document.items] == [1, 7, 3]


def test_a_number_that_two_entries_come_to_have_is_refused() -> None:
    tree, _ = TABLE.write(_response())
    tree["Line"] = [{"No": "2", "Decision": "GIVEN"}, {"Decision": "GIVEN"}]
    with pytest.raises(RefusedError, match="each item number once") as told:
        TABLE.read(tree)
    assert told.value.findings[0].path == "CustomsResponse/Item[2]/SequenceNumber"
    assert told.value.findings[0].national_path == "Line[2]/No"
