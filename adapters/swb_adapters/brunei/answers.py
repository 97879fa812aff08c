"""The forms by which customs and issuing authorities answer each other."""

from __future__ import annotations

from typing import Final

from swb_adapters.brunei.certificate import LAYOUT
from swb_adapters.brunei.codes import CODE, COUNTRY, NO, OFFICE, TIME, UNIT, YES
from swb_adapters.sdk.mapping import AnyRow, Group, Row, Table, codes
from swb_adapters.sdk.sheets import CELL, CELL_DATE, CELL_DECIMAL, CELL_LINES, CELL_NUMBER
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

_DECISION: Final = codes(
    "decision", {"GIVEN": "Given", "NOT_GIVEN": "Not given", "PENDING": "Pending"}
)


def _name_certificate(canonical: str, word: str) -> tuple[AnyRow, ...]:
    return (
        Row(f"{canonical}/ReferenceNumber", f"{word} number", CELL),
        Row(f"{canonical}/IssuingCountry", f"{word} country", COUNTRY),
        Row(f"{canonical}/IssuingOffice", f"{word} office", OFFICE),
    )


_SUBJECT: Final = (LAYOUT, *_name_certificate("Subject", "Certificate"))
_WITHDRAWN: Final = (LAYOUT, *_name_certificate("Subject", "Declaration"))
_REASON: Final = (
    Row("Reason/Code", "Reason code", CODE),
    Row("Reason/Text", "Reason", CELL_LINES),
)
_REASONS: Final = Group(
    "Reason[*]",
    "Reasons[*]",
    Row("Code", "Reason code", CODE),
    Row("Text", "Reason", CELL_LINES),
)
_SAID_BY: Final = (Row("Office", "Office", CELL), Row("OfficerName", "Officer", CELL))

ANSWERS: Final = {
    "Customs receipt": Table(
        CustomsReceipt,
        *_SUBJECT,
        Row("Outcome", "Outcome", codes("outcome", {"REC": "Received", "NOT": "Not received"})),
        Row("At", "Received at", TIME),
        Row("Office", "Office", CELL),
        *_REASON,
    ),
    "Customs decision": Table(
        CustomsResponse,
        *_SUBJECT,
        Row("ResponseNumber", "Decision number", CELL_NUMBER),
        Row("Decision", "Decision", _DECISION, note="box 4, of all items together"),
        Row("DecidedAt", "Decided at", TIME),
        *_SAID_BY,
        Row("DeclarationNumber", "Import declaration number", CELL),
        Row("DeclarationDate", "Import declaration date", CELL_DATE),
        Row("Remarks", "Remarks", CELL_LINES),
        Group(
            "Item[*]",
            "Items[*]",
            Row("SequenceNumber", "Item no", CELL_NUMBER),
            Row("Decision", "Decision", _DECISION),
            Row("UtilisedQuantity", "Quantity claimed", CELL_DECIMAL),
            Row("UtilisedQuantity/@unit", "Unit of quantity", UNIT),
            _REASONS,
        ),
    ),
    "Cancellation request": Table(
        Cancellation,
        *_SUBJECT,
        Row("CancellationNumber", "Request number", CELL_NUMBER),
        Row("RequestedAt", "Requested at", TIME),
        *_SAID_BY,
        *_REASON,
        *_name_certificate("Replacement", "Replacement"),
    ),
    "Cancellation answer": Table(
        CancellationReply,
        *_SUBJECT,
        Row("CancellationNumber", "Request number", CELL_NUMBER),
        Row(
            "Outcome",
            "Outcome",
            codes(
                "outcome",
                {"ACCEPTED": "Cancelled", "UTILISED": "Already used", "UNKNOWN": "Not known"},
            ),
        ),
        Row("RepliedAt", "Answered at", TIME),
        *_SAID_BY,
        Row("DeclarationNumber", "Import declaration number", CELL),
        *_REASON,
    ),
    "Declaration withdrawal": Table(
        DeclarationWithdrawal,
        *_WITHDRAWN,
        Row("CancellationNumber", "Request number", CELL_NUMBER),
        Row("RequestedAt", "Requested at", TIME),
        *_SAID_BY,
        *_REASON,
    ),
    "Check request": Table(
        VerificationRequest,
        *_SUBJECT,
        Row("RequestNumber", "Check number", CELL_NUMBER),
        Row("RequestedAt", "Requested at", TIME),
        *_SAID_BY,
        Row("Ground", "Ground", codes("ground", {"RANDOM": "At random", "DOUBT": "Doubt"})),
        Row("Suspends", "Preference suspended", codes("suspended", {True: YES, False: NO})),
        Group(
            "Doubt[*]",
            "Doubts[*]",
            Row("SequenceNumber", "Item no", CELL_NUMBER),
            Row("Code", "Doubt code", CODE),
            Row("Text", "Doubt", CELL_LINES),
        ),
    ),
    "Check answer": Table(
        VerificationReply,
        *_SUBJECT,
        Row("RequestNumber", "Check number", CELL_NUMBER),
        Row("RepliedAt", "Answered at", TIME),
        *_SAID_BY,
        Row(
            "Finding",
            "Finding",
            codes(
                "finding",
                {
                    "ORIGINATING": "Originating",
                    "NOT_ORIGINATING": "Not originating",
                    "NOT_AUTHENTIC": "Not authentic",
                    "UNDETERMINED": "Not determined",
                },
            ),
        ),
        Row("Explanation", "Explanation", CELL_LINES),
    ),
    "Check result": Table(
        VerificationOutcome,
        *_SUBJECT,
        Row("RequestNumber", "Check number", CELL_NUMBER),
        Row("ConcludedAt", "Concluded at", TIME),
        *_SAID_BY,
        Row("Result", "Result", codes("result", {"CONFIRMED": "Confirmed", "DENIED": "Denied"})),
        _REASONS,
    ),
}
"""By name of the form."""
