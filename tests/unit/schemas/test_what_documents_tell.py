"""What gateways ask of documents, whatever their type: each tells it by the same names."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from pydantic import ValidationError

from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.elements import Digest, DigestAlgorithm
from swb_schemas.exchanges import Move
from tests.rulebook import exchanging
from tests.rulebook.case import ORIGINAL, plain
from tests.rulebook.extract import conformity, extract, report
from tests.sps import make_sps

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb_schemas.documents.customs import AboutCertificate
    from swb_schemas.documents.leading import LeadingDocument

BACK_TO_BACK: Final = plain(special_cases__back_to_back={"originals": [ORIGINAL]})
SUPPORTED: Final = extract(
    supporting_documents=[
        {
            "message_type": "CertificateIssue",
            "issuing_country": "TH",
            "issuing_office": "BKK",
            "reference_number": "D 1",
        }
    ],
    acceptance_date=None,
)
LEADING: Final[dict[str, tuple[LeadingDocument, dict[str, Any]]]] = {
    "a certificate of origin": (
        plain(),
        {"destination": "ID", "issued_on": date(2026, 11, 2), "line_count": 2, "mentions": ()},
    ),
    "a back-to-back certificate": (BACK_TO_BACK, {"mentions": ("MY::0001%2FKOX%2F2026",)}),
    "a phytosanitary certificate": (
        make_sps(),
        {
            "destination": "SG",
            "issuing_country": "ID",
            "issuing_office": "NPPO",
            "issued_on": date(2026, 11, 2),
            "line_count": 1,
            "revision": 0,
        },
    ),
    "one that was withdrawn": (make_sps(status="WITHDRAWN"), {"takes_back": True, "revision": 1}),
    "one that was rejected": (make_sps(status="REJECTED"), {"takes_back": True, "revision": 1}),
    "an extract": (
        SUPPORTED,
        {
            "destination": SUPPORTED.importing_country,
            "issued_on": None,
            "exporter_number": SUPPORTED.exporter.identifier,
            "line_count": 1,
            "mentions": ("TH:BKK:D%201",),
        },
    ),
    "a certificate of conformity": (
        conformity(expiry_date="2027-11-02"),
        {
            "destination": "KE",
            "issued_on": date(2026, 11, 2),
            "expires_on": date(2027, 11, 2),
            "line_count": 1,
        },
    ),
    "a clean report of findings": (report(), {"destination": "KE", "expires_on": None}),
}


@pytest.mark.parametrize(("document", "told"), LEADING.values(), ids=LEADING)
def test_a_document_that_begins_a_conversation_tells(
    document: LeadingDocument, told: dict[str, Any]
) -> None:
    silent = {"exporter_number": None, "takes_back": False, "revision": 0, "expires_on": None}
    for name, value in {**silent, **told}.items():
        assert getattr(document, name) == value


def test_goods_are_told_by_their_codes_where_demands_look_at_them() -> None:
    for inspected in (conformity(), report()):
        assert [each.value for each in inspected.commodity_codes] == ["851660"]
    assert plain().commodity_codes == make_sps().commodity_codes == ()


@pytest.mark.parametrize("build", [conformity, report, extract])
def test_each_item_has_a_number_of_its_own(build: Callable[..., LeadingDocument]) -> None:
    (item,) = build().model_dump()["items"]
    with pytest.raises(ValidationError, match="expected each item number once, found 1 again"):
        build(items=[item, item])


SEVENTH: Final = datetime(2026, 11, 7, 2, tzinfo=UTC)
FOLLOWING: Final[list[tuple[type[AboutCertificate], dict[str, Any], Move, int]]] = [
    (CustomsReceipt, {"outcome": "REC"}, Move.RES_REC, 0),
    (CustomsReceipt, {"outcome": "NOT", "reason": {"text": "down"}}, Move.RES_NOT, 0),
    (CustomsResponse, {"response_number": 7}, Move.GIVEN, 7),
    (Cancellation, {"cancellation_number": 7}, Move.CANCELLATION, 7),
    (CancellationReply, {"cancellation_number": 7}, Move.CANCELLED, 7),
    (DeclarationWithdrawal, {"cancellation_number": 7}, Move.CANCELLATION, 7),
    (VerificationRequest, {"request_number": 7}, Move.VERIFICATION, 7),
    (VerificationRequest, {"suspends": True}, Move.VERIFICATION_SUSPENDING, 1),
    (VerificationReply, {"request_number": 7}, Move.VERIFICATION_REPLY, 7),
    (VerificationOutcome, {"request_number": 7}, Move.DENIED, 7),
    (VerificationOutcome, {"result": "CONFIRMED", "reasons": []}, Move.CONFIRMED, 1),
]


@pytest.mark.parametrize(("model", "values", "move", "number"), FOLLOWING)
def test_a_document_about_another_tells_its_move(
    model: type[AboutCertificate], values: dict[str, Any], move: Move, number: int
) -> None:
    document = exchanging.move(model, made_at=SEVENTH, **values).document
    assert isinstance(document, model)
    assert (document.move, document.number, document.made_at) == (move, number, SEVENTH)
    assert document.replaced_by is None
    assert document.mentions == ()


def test_a_cancellation_tells_what_takes_the_place_of_its_subject() -> None:
    other = {"issuing_country": "TH", "issuing_office": "BKK", "reference_number": "D 2"}
    document = exchanging.move(Cancellation, replacement=other).document
    assert isinstance(document, Cancellation)
    assert str(document.replaced_by) == "TH:BKK:D%202"
    assert document.mentions == ("TH:BKK:D%202",)


@pytest.mark.parametrize(
    ("algorithm", "octets"),
    [(DigestAlgorithm.SHA256, 32), (DigestAlgorithm.SHA384, 48), (DigestAlgorithm.SHA512, 64)],
)
def test_a_digest_is_as_long_as_its_algorithm_makes_it(
    algorithm: DigestAlgorithm, octets: int
) -> None:
    def digest(length: int) -> Digest:
        return Digest(algorithm=algorithm, value=base64.b64encode(bytes(length)).decode())

    assert digest(octets).algorithm is algorithm
    for length in {32, 48, 64} - {octets}:
        with pytest.raises(ValidationError, match=f"expected {octets} octets of sha-{octets * 8}"):
            digest(length)
