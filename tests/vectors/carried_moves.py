"""All that is said about a certificate, and what begins a conversation of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import (
    AnimalHealthCertificate,
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from tests.rulebook.extract import conformity, extract, report
from tests.sps import make_sps

if TYPE_CHECKING:
    from swb_schemas.documents import Document

__all__ = ["list_moves"]

_SUBJECT: Final = {
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "reference_number": "D2026-0000001",
}
_AT: Final = datetime(2026, 11, 5, 2, 30, 15, tzinfo=UTC)
_REASON: Final = {"text": "An example of a reason"}
_OFFICE: Final[dict[str, Any]] = {"office": "Cat Lai", "officer_name": "C. Officer"}
_GOODS: Final[dict[str, Any]] = {
    "sequence_number": 1,
    "commodity_code": {"nomenclature": "AHTN-2022", "value": "63053310"},
    "quantity": {"unit": "KGM", "value": "2401"},
    "origin_country": "TH",
    "packages": [{"count": 100, "type_code": "CT"}],
    "fob_amount": {"currency": "USD", "value": "15000.25"},
}


def _decided(number: int, decision: str, *, reasons: bool = False) -> dict[str, Any]:
    return {
        "sequence_number": number,
        "decision": decision,
        **({"reasons": [_REASON]} if reasons else {}),
    }


def _response(decision: str, *items: dict[str, Any], number: int = 1) -> CustomsResponse:
    return CustomsResponse.model_validate(
        {
            "subject": _SUBJECT,
            **_OFFICE,
            "response_number": number,
            "decision": decision,
            "decided_at": _AT,
            "items": items,
        }
    )


def _request(ground: str, *, suspends: bool, **more: Any) -> VerificationRequest:  # noqa: ANN401 - fields
    return VerificationRequest.model_validate(
        {
            "subject": _SUBJECT,
            **_OFFICE,
            "request_number": 1,
            "requested_at": _AT,
            "ground": ground,
            "suspends": suspends,
            **more,
        }
    )


def _replied(outcome: str, **more: Any) -> CancellationReply:  # noqa: ANN401 - fields
    return CancellationReply.model_validate(
        {
            "subject": _SUBJECT,
            **_OFFICE,
            "cancellation_number": 1,
            "outcome": outcome,
            "replied_at": _AT,
            **more,
        }
    )


def list_moves() -> dict[str, Document]:
    """List them by what they are there for."""
    return {**_receipts(), **_cancellations(), **_verifications(), **_others()}


def _receipts() -> dict[str, Document]:
    used = {"utilised_quantity": {"unit": "KGM", "value": "1200.5"}}
    return {
        "a receipt": CustomsReceipt.model_validate(
            {"subject": _SUBJECT, "outcome": "REC", "at": _AT, "office": "Cat Lai"}
        ),
        "a receipt of what could not be taken": CustomsReceipt.model_validate(
            {"subject": _SUBJECT, "outcome": "NOT", "at": _AT, "reason": _REASON}
        ),
        "a response that gives preference": _response("GIVEN", _decided(1, "GIVEN")),
        "a response that gives preference to what was used": _response(
            "GIVEN", {**_decided(1, "GIVEN"), **used}
        ),
        "a response that refuses preference": _response(
            "NOT_GIVEN", _decided(1, "NOT_GIVEN", reasons=True)
        ),
        "a response that refuses preference for one item of three": _response(
            "NOT_GIVEN",
            _decided(1, "GIVEN"),
            _decided(2, "NOT_GIVEN", reasons=True),
            _decided(3, "GIVEN"),
        ),
        "a response that decides nothing yet": _response("PENDING", _decided(1, "PENDING")),
        "a second response that reverses the first": _response(
            "GIVEN", _decided(1, "GIVEN"), number=2
        ),
    }


def _cancellations() -> dict[str, Document]:
    asked = {"subject": _SUBJECT, "cancellation_number": 1, "requested_at": _AT, **_OFFICE}
    replacement = {**_SUBJECT, "reference_number": "D2026-0000002"}
    return {
        "a cancellation": Cancellation.model_validate({**asked, "reason": _REASON}),
        "a cancellation with what takes its place": Cancellation.model_validate(
            {**asked, "reason": _REASON, "replacement": replacement}
        ),
        "a withdrawal of an extract": DeclarationWithdrawal.model_validate(
            {**asked, "reason": _REASON}
        ),
        "a reply that accepts a cancellation": _replied("ACCEPTED"),
        "a reply that the certificate was utilised": _replied(
            "UTILISED", declaration_number="103456789012"
        ),
        "a reply that the certificate is not known": _replied("UNKNOWN"),
    }


def _verifications() -> dict[str, Document]:
    doubt = {"sequence_number": 1, "text": "The share is doubted"}
    reply = {"subject": _SUBJECT, "request_number": 1, "replied_at": _AT, **_OFFICE}
    concluded = {"subject": _SUBJECT, "request_number": 1, "concluded_at": _AT, **_OFFICE}
    told = {"explanation": "The records of the producer were examined.\nThey show it."}
    return {
        "a verification at random": _request("RANDOM", suspends=False),
        "a verification for a doubt that suspends": _request(
            "DOUBT", suspends=True, doubts=[doubt]
        ),
        "a reply that the goods originate": VerificationReply.model_validate(
            {**reply, "finding": "ORIGINATING", **told}
        ),
        "an outcome that confirms": VerificationOutcome.model_validate(
            {**concluded, "result": "CONFIRMED"}
        ),
        "an outcome that denies": VerificationOutcome.model_validate(
            {**concluded, "result": "DENIED", "reasons": [_REASON]}
        ),
    }


def _others() -> dict[str, Document]:
    return {
        "an extract of a declaration": extract(),
        "an extract of a declaration of three items": extract(
            items=[{**_GOODS, "sequence_number": number} for number in (1, 2, 3)]
        ),
        "an extract of a declaration with fractions": extract(
            items=[{**_GOODS, "quantity": {"unit": "KGM", "value": "0.125"}}]
        ),
        "a certificate of conformity": conformity(),
        "a clean report of findings": report(),
        "a phytosanitary certificate": make_sps(PhytosanitaryCertificate),
        "an animal health certificate": make_sps(AnimalHealthCertificate, type_code="853"),
        "a food safety certificate": make_sps(FoodSafetyCertificate, type_code="852"),
    }
