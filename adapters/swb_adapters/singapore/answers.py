"""What customs and issuing authorities say about a certificate or a declaration."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    ISO_DATE,
    LINES,
    NUMBER,
    TEXT,
    Group,
    Row,
    Table,
    codes,
    instant,
)
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

__all__ = ["ANSWERS"]

_TIME: Final = instant(timedelta(hours=8))
_DECISION: Final = codes("decision", {"GIVEN": "APR", "NOT_GIVEN": "REJ", "PENDING": "PEN"})
_CERTIFICATE: Final = (
    Row("ReferenceNumber", TEXT),
    Row("IssuingCountry", "@country", CODE),
    Row("IssuingOffice", "@office", CODE),
)
_SUBJECT: Final = Group("Subject", "About", *_CERTIFICATE)
_REASON: Final = (Row("Code", "@code", CODE), Row("Text", TEXT, LINES))
_SAID_BY: Final = (Row("Office", "Office"), Row("OfficerName", "Officer"))

ANSWERS: Final = {
    "ReceiptAdvice": Table(
        CustomsReceipt,
        _SUBJECT,
        Row("Outcome", "Status", codes("status", {"REC": "ACK", "NOT": "NAK"})),
        Row("At", "At", _TIME),
        Row("Office", "Office"),
        Group("Reason", "Reason", *_REASON),
    ),
    "PreferenceDecision": Table(
        CustomsResponse,
        _SUBJECT,
        Row("ResponseNumber", "SerialNo", NUMBER),
        Row("Decision", "Decision", _DECISION, note="the items' decisions rolled up"),
        Row("DecidedAt", "At", _TIME),
        *_SAID_BY,
        Row("DeclarationNumber", "ImportPermitNo"),
        Row("DeclarationDate", "ImportPermitDate", ISO_DATE),
        Group(
            "Item[*]",
            "Items/Item[*]",
            Row("SequenceNumber", "@no", NUMBER),
            Row("Decision", "@decision", _DECISION),
            Row("UtilisedQuantity/@unit", "Utilised/@unit", CODE),
            Row("UtilisedQuantity", "Utilised", DECIMAL),
            Group("Reason[*]", "Reason[*]", *_REASON),
        ),
        Row("Remarks", "Remarks", LINES),
    ),
    "CancellationRequest": Table(
        Cancellation,
        _SUBJECT,
        Row("CancellationNumber", "SerialNo", NUMBER),
        Row("RequestedAt", "At", _TIME),
        *_SAID_BY,
        Group("Reason", "Reason", *_REASON),
        Group("Replacement", "ReplacedBy", *_CERTIFICATE),
    ),
    "CancellationReply": Table(
        CancellationReply,
        _SUBJECT,
        Row("CancellationNumber", "SerialNo", NUMBER),
        Row(
            "Outcome",
            "Result",
            codes("result", {"ACCEPTED": "CAN", "UTILISED": "USED", "UNKNOWN": "NIL"}),
        ),
        Row("RepliedAt", "At", _TIME),
        *_SAID_BY,
        Row("DeclarationNumber", "ImportPermitNo"),
        Group("Reason", "Reason", *_REASON),
    ),
    "DeclarationWithdrawal": Table(
        DeclarationWithdrawal,
        _SUBJECT,
        Row("CancellationNumber", "SerialNo", NUMBER),
        Row("RequestedAt", "At", _TIME),
        *_SAID_BY,
        Group("Reason", "Reason", *_REASON),
    ),
    "VerificationRequest": Table(
        VerificationRequest,
        _SUBJECT,
        Row("RequestNumber", "SerialNo", NUMBER),
        Row("RequestedAt", "At", _TIME),
        *_SAID_BY,
        Row("Ground", "Ground", codes("ground", {"RANDOM": "R", "DOUBT": "D"})),
        Row("Suspends", "PreferenceSuspended", codes("suspended", {True: "Y", False: "N"})),
        Group("Doubt[*]", "Doubt[*]", Row("SequenceNumber", "@item", NUMBER), *_REASON),
    ),
    "VerificationReply": Table(
        VerificationReply,
        _SUBJECT,
        Row("RequestNumber", "SerialNo", NUMBER),
        Row("RepliedAt", "At", _TIME),
        *_SAID_BY,
        Row(
            "Finding",
            "Finding",
            codes(
                "finding",
                {
                    "ORIGINATING": "ORI",
                    "NOT_ORIGINATING": "NOR",
                    "NOT_AUTHENTIC": "FAL",
                    "UNDETERMINED": "UND",
                },
            ),
        ),
        Row("Explanation", "Explanation", LINES),
    ),
    "VerificationOutcome": Table(
        VerificationOutcome,
        _SUBJECT,
        Row("RequestNumber", "SerialNo", NUMBER),
        Row("ConcludedAt", "At", _TIME),
        *_SAID_BY,
        Row("Result", "Result", codes("result", {"CONFIRMED": "CON", "DENIED": "DEN"})),
        Group("Reason[*]", "Reason[*]", *_REASON),
    ),
}
"""By root element."""
