"""A mapping table: what it carries, what it refuses, and what it says of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.mapping import (
    CODE,
    LINE,
    LINES,
    NUMBER,
    TEXT,
    Derived,
    Fixed,
    Given,
    Group,
    Ignored,
    Lost,
    Row,
    Table,
    codes,
    line,
    moment,
    number,
)
from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    VerificationRequest,
)
from swb_schemas.errors import RefusedError

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
SUBJECT = {"IssuingCountry": "TH", "IssuingOffice": "01", "ReferenceNumber": "D-1"}

RECEIPT = Table(
    CustomsReceipt,
    Fixed("Kind", "RECEIPT"),
    Ignored("Sent", "when the message was sent"),
    Group(
        "Subject",
        "",
        Row("ReferenceNumber", "No", line(12)),
        Row("IssuingCountry", "Country", CODE),
        Given("IssuingOffice", "01"),
    ),
    Row("Outcome", "Result", codes("result", {"REC": "1", "NOT": "0"})),
    Row("At", "At", moment(timedelta(hours=7))),
    Row("Office", "Office", demanded="the format names the office that answers"),
    Lost("Reason/Code", "the format has words only"),
    Row("Reason/Text", "Why", LINES),
)


def _receipt(**changes: object) -> CustomsReceipt:
    values = {"Subject": SUBJECT, "Outcome": "REC", "At": NOW, "Office": "Ha Noi", **changes}
    return CustomsReceipt.model_validate(values)


def test_a_document_becomes_a_tree_in_the_order_of_the_rows() -> None:
    tree, losses = RECEIPT.write(_receipt())
    assert losses == ()
    assert tree == {
        "Kind": "RECEIPT",
        "No": "D-1",
        "Country": "TH",
        "Result": "1",
        "At": "20261122190000",
        "Office": "Ha Noi",
    }
    assert list(RECEIPT.shape.children)[:3] == ["Kind", "Sent", "No"]


def test_the_tree_is_read_as_the_same_document() -> None:
    receipt = _receipt(Reason={"Text": "one\ntwo"})
    tree, _ = RECEIPT.write(receipt)
    reading = RECEIPT.read(tree)
    assert reading.document == receipt
    assert reading.findings == ()
    assert reading.message_type == "CustomsReceipt"


def test_what_a_row_declares_lost_is_lost_with_its_reason() -> None:
    _, losses = RECEIPT.write(_receipt(Reason={"Code": "X1", "Text": "why"}))
    (loss,) = losses
    assert (loss.path, loss.message) == (
        "CustomsReceipt/Reason/Code",
        "the format has words only",
    )


def test_what_no_row_names_is_lost_and_never_forgotten() -> None:
    table = Table(
        CustomsReceipt,
        Group("Subject", "About", *(Row(name, name) for name in SUBJECT)),
        Row("Outcome", "Outcome", CODE),
        Row("At", "At", moment(timedelta(0))),
    )
    _, losses = table.write(_receipt())
    assert [loss.path for loss in losses] == ["CustomsReceipt/Office"]
    assert "CustomsReceipt/Office" in table.support.loses
    assert "CustomsReceipt/Reason" in table.support.loses


@pytest.mark.parametrize("further", [(), (Lost("At", "the format has no clock"),)])
def test_a_table_that_leaves_out_what_every_document_has_is_refused_when_it_is_made(
    further: tuple[Lost, ...],
) -> None:
    with pytest.raises(ValueError, match=r"found none for .*CustomsReceipt/At") as caught:
        Table(
            CustomsReceipt,
            Group("Subject", "About", Row("IssuingCountry", "Country", CODE)),
            Row("Outcome", "Outcome", CODE),
            *further,
        )
    assert "CustomsReceipt/Subject/ReferenceNumber" in str(caught.value)
    assert "CustomsReceipt/Office" not in str(caught.value)


def test_parts_of_a_second_are_declared_where_they_are_left_out() -> None:
    _, losses = RECEIPT.write(_receipt(At=NOW.replace(microsecond=5)))
    assert [(loss.path, loss.message) for loss in losses] == [
        ("CustomsReceipt/At", "the format has whole seconds")
    ]
    assert "CustomsReceipt/At" in RECEIPT.support.loses


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"Office": None}, "adapter.mandatory_loss", "CustomsReceipt/Office"),
        (
            {"Subject": {**SUBJECT, "IssuingOffice": "02"}},
            "adapter.mandatory_loss",
            "CustomsReceipt/Subject/IssuingOffice",
        ),
        (
            {"Subject": {**SUBJECT, "ReferenceNumber": "D-1234567890123"}},
            "adapter.value",
            "CustomsReceipt/Subject/ReferenceNumber",
        ),
    ],
    ids=["what the format demands", "what it cannot mean", "what is too long for its field"],
)
def test_a_document_that_has_no_spelling_is_refused(
    changes: dict[str, object], code: str, path: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        RECEIPT.write(_receipt(**changes))
    assert caught.value.code == code
    assert caught.value.findings[0].path == path


TREE = {
    "Kind": "RECEIPT",
    "No": "D-1",
    "Country": "TH",
    "Result": "1",
    "At": "20261122190000",
    "Office": "Ha Noi",
}


@pytest.mark.parametrize(
    ("changes", "code", "national", "path"),
    [
        ({"Kind": "OTHER"}, "adapter.unsupported", "Kind", ""),
        ({"Result": "7"}, "adapter.value", "Result", "CustomsReceipt/Outcome"),
        ({"At": "20261322190000"}, "adapter.value", "At", "CustomsReceipt/At"),
        ({"No": ""}, "adapter.value", "No", "CustomsReceipt/Subject/ReferenceNumber"),
        (
            {"Country": ["TH", "VN"]},
            "adapter.schema",
            "Country",
            "CustomsReceipt/Subject/IssuingCountry",
        ),
    ],
    ids=["another kind", "an unknown code", "no such day", "nothing in it", "twice"],
)
def test_a_tree_that_cannot_be_read_is_refused_with_both_places(
    changes: dict[str, object], code: str, national: str, path: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        RECEIPT.read({**TREE, **changes})
    finding = caught.value.findings[0]
    assert (finding.code, finding.national_path, finding.path) == (code, national, path)


def test_what_no_row_reads_is_a_loss_with_its_national_path() -> None:
    tree = {**TREE, "Stamp": {"Colour": "red"}, "Empty": "", "Sent": "today"}
    reading = RECEIPT.read(tree)
    assert [finding.national_path for finding in reading.findings] == ["Stamp"]


def _count(values: dict[str, object]) -> str:
    return str(len(values["Item"]))  # type: ignore[arg-type]  # a list


RESPONSE = Table(
    CustomsResponse,
    Group("Subject", "About", *(Row(name, name) for name in SUBJECT)),
    Row("Subject/ReferenceNumber", "Head/About"),
    Row("ResponseNumber", "Head/No", number(3)),
    Row("Decision", "Head/Decision", CODE),
    Row("DecidedAt", "Head/At", moment(timedelta(0))),
    Row("Office", "Head/Office"),
    Derived("Head/Lines", _count, "the number of items", checked=True),
    Group(
        "Item[*]",
        "Line[*]",
        Row("SequenceNumber", "@no", NUMBER),
        Row("Decision", TEXT, CODE),
        Group("Reason[*]", "Note[*]", Row("Code", "@code", CODE), Row("Text", TEXT, LINES)),
    ),
)


def _response() -> CustomsResponse:
    items = [
        {"SequenceNumber": 1, "Decision": "GIVEN"},
        {"SequenceNumber": 2, "Decision": "NOT_GIVEN", "Reason": [{"Text": "a"}, {"Text": "b"}]},
    ]
    values = {
        "Subject": SUBJECT,
        "ResponseNumber": 7,
        "Decision": "NOT_GIVEN",
        "DecidedAt": NOW,
        "Office": "Ha Noi",
        "Item": items,
    }
    return CustomsResponse.model_validate(values)


def test_lists_within_lists_keep_their_places() -> None:
    tree, losses = RESPONSE.write(_response())
    assert losses == ()
    assert tree["Line"][1] == {"@no": "2", TEXT: "NOT_GIVEN", "Note": [{TEXT: "a"}, {TEXT: "b"}]}
    assert RESPONSE.read(tree).document == _response()
    assert (
        RESPONSE.paths.find_national("CustomsResponse/Item[2]/Reason[1]/Text") == "Line[2]/Note[1]"
    )


def test_what_is_worked_out_is_worked_out_again() -> None:
    tree, _ = RESPONSE.write(_response())
    assert tree["Head"]["Lines"] == "2"
    tree["Head"]["Lines"] = "3"
    with pytest.raises(RefusedError) as caught:
        RESPONSE.read(tree)
    assert caught.value.code == "adapter.inconsistent"
    assert caught.value.findings[0].national_path == "Head/Lines"


def test_two_places_of_one_element_must_agree() -> None:
    tree, _ = RESPONSE.write(_response())
    assert tree["Head"]["About"] == "D-1"
    tree["Head"]["About"] = "D-2"
    with pytest.raises(RefusedError) as caught:
        RESPONSE.read(tree)
    assert caught.value.code == "adapter.inconsistent"


def test_every_fault_is_told_at_once() -> None:
    tree, _ = RESPONSE.write(_response())
    tree["Line"][0]["@no"] = "x"
    tree["Line"][1]["Note"][1][TEXT] = ""
    with pytest.raises(RefusedError) as caught:
        RESPONSE.read(tree)
    found = {(f.national_path, f.path) for f in caught.value.findings}
    assert found == {
        ("Line[1]/@no", "CustomsResponse/Item[1]/SequenceNumber"),
        ("Line[2]/Note[2]", "CustomsResponse/Item[2]/Reason[2]/Text"),
    }


def test_a_row_of_an_unknown_element_is_a_fault_of_the_table() -> None:
    with pytest.raises(ValueError, match="expected an element of CustomsReceipt, found 'Offfice'"):
        Table(CustomsReceipt, Row("Offfice", "Office"))


WITHOUT_CONVERSION: Final = {
    "instant": (CustomsReceipt, Row("At", "at")),
    "date": (CertificateOfOrigin, Row("Transport/DepartureDate", "departure")),
    "amount": (CertificateOfOrigin, Group("Item[*]", "line[*]", Row("FobAmount", "value"))),
}


@pytest.mark.parametrize(("model", "row"), WITHOUT_CONVERSION.values(), ids=WITHOUT_CONVERSION)
def test_a_row_of_what_is_no_text_needs_a_conversion(
    model: type[CustomsReceipt | CertificateOfOrigin], row: Row | Group
) -> None:
    with pytest.raises(ValueError, match="expected a conversion of what is no text, found none"):
        Table(model, row)


def test_a_list_needs_a_group() -> None:
    with pytest.raises(ValueError, match="expected an element of VerificationRequest"):
        Table(VerificationRequest, Row("Doubt/Text", "Doubt"))


def test_codes_that_mean_two_things_are_a_fault_of_the_table() -> None:
    with pytest.raises(ValueError, match="each national code"):
        codes("result", {"REC": "1", "NOT": "1"})


def test_conversions_say_what_they_do() -> None:
    assert line(35).words == "text of at most 35"
    assert LINE.words == "text"
    assert codes("sheet", {"ORIGINAL": "1"}).words == "sheet: ORIGINAL = 1"


def test_a_refusal_lists_no_more_faults_than_its_limit() -> None:
    tree, _ = RESPONSE.write(_response())
    tree["Line"] = [{"@no": ["1", "2"], TEXT: "GIVEN"}] * (DEFAULT_LIMITS.findings + 9)
    with pytest.raises(RefusedError, match=f"{DEFAULT_LIMITS.findings + 9} fault") as caught:
        RESPONSE.read(tree)
    assert len(caught.value.findings) == DEFAULT_LIMITS.findings
