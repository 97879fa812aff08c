"""What customs and issuing authorities say about a certificate or a declaration."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    DECIMAL,
    LINES,
    NUMBER,
    AnyRow,
    Group,
    Row,
    Table,
    codes,
)
from swb_adapters.vietnam_vnaccs.certificate import ENVELOPE, NAMED, TIME
from swb_adapters.vietnam_vnaccs.layouts import (
    CANCELLATION,
    CANCELLATION_REPLY,
    CHECK,
    CHECK_REPLY,
    CHECK_RESULT,
    RECEIPT,
    RESPONSE,
    SYNTAX,
    WITHDRAWAL,
)
from swb_schemas.documents import (
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    DeclarationWithdrawal,
    Document,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)

__all__ = ["ANSWERS"]

_DECISION: Final = codes("decision", {"GIVEN": "1", "NOT_GIVEN": "2", "PENDING": "0"})
_REASON: Final = (Row("Code", "RCD", CODE), Row("Text", "TXT", LINES))
_OFFICE: Final = (Row("Office", "ANS/OFN"), Row("OfficerName", "ANS/OFR"))
_CANCELLATION: Final = (
    Row("CancellationNumber", "ANS/SRN", NUMBER),
    Row("RequestedAt", "ANS/TIM", TIME),
    *_OFFICE,
    Group("Reason", "RSN", *_REASON),
)


def _answer(kind: str, model: type[Document], *rows: AnyRow) -> dict[str, Table]:
    subject = Group(
        "Subject",
        "",
        *NAMED,
        note="the certificate or the declaration that is spoken of",
    )
    return {kind: Table(model, *ENVELOPE, subject, *rows, spell=SYNTAX.spelling(kind))}


ANSWERS: Final = {
    **_answer(
        RECEIPT,
        CustomsReceipt,
        Row("Outcome", "ANS/RES", codes("outcome", {"REC": "1", "NOT": "9"})),
        Row("At", "ANS/TIM", TIME),
        Row("Office", "ANS/OFN"),
        Group("Reason", "RSN", *_REASON),
    ),
    **_answer(
        RESPONSE,
        CustomsResponse,
        Row("ResponseNumber", "ANS/SRN", NUMBER),
        Row("DecidedAt", "ANS/TIM", TIME),
        Row("Decision", "ANS/RES", _DECISION, note="the items' decisions rolled up"),
        Row("DeclarationNumber", "ANS/DCN"),
        Row("DeclarationDate", "ANS/DCD", COMPACT_DATE),
        *_OFFICE,
        Group(
            "Item[*]",
            "GDS[*]",
            Row("SequenceNumber", "SEQ", NUMBER),
            Row("Decision", "RES", _DECISION),
            Row("UtilisedQuantity", "UTQ", DECIMAL),
            Row("UtilisedQuantity/@unit", "UTU", CODE),
            Group("Reason[*]", "RSN[*]", *_REASON),
        ),
        Row("Remarks", "RMK", LINES),
    ),
    **_answer(
        CANCELLATION,
        Cancellation,
        *_CANCELLATION,
        Group(
            "Replacement",
            "NEW",
            Row("IssuingCountry", "CTY", CODE),
            Row("IssuingOffice", "OFC", CODE),
            Row("ReferenceNumber", "NUM"),
        ),
    ),
    **_answer(
        CANCELLATION_REPLY,
        CancellationReply,
        Row("CancellationNumber", "ANS/SRN", NUMBER),
        Row("RepliedAt", "ANS/TIM", TIME),
        Row(
            "Outcome",
            "ANS/RES",
            codes("outcome", {"ACCEPTED": "1", "UTILISED": "2", "UNKNOWN": "3"}),
        ),
        Row("DeclarationNumber", "ANS/DCN"),
        *_OFFICE,
        Group("Reason", "RSN", *_REASON),
    ),
    **_answer(WITHDRAWAL, DeclarationWithdrawal, *_CANCELLATION),
    **_answer(
        CHECK,
        VerificationRequest,
        Row("RequestNumber", "ANS/SRN", NUMBER),
        Row("RequestedAt", "ANS/TIM", TIME),
        Row("Ground", "ANS/GRD", codes("ground", {"RANDOM": "R", "DOUBT": "D"})),
        Row("Suspends", "ANS/SUS", codes("suspended", {True: "1", False: "0"})),
        *_OFFICE,
        Group("Doubt[*]", "DBT[*]", Row("SequenceNumber", "SEQ", NUMBER), *_REASON),
    ),
    **_answer(
        CHECK_REPLY,
        VerificationReply,
        Row("RequestNumber", "ANS/SRN", NUMBER),
        Row("RepliedAt", "ANS/TIM", TIME),
        Row(
            "Finding",
            "ANS/RES",
            codes(
                "finding",
                {
                    "ORIGINATING": "1",
                    "NOT_ORIGINATING": "2",
                    "NOT_AUTHENTIC": "3",
                    "UNDETERMINED": "9",
                },
            ),
        ),
        *_OFFICE,
        Row("Explanation", "XPL", LINES),
    ),
    **_answer(
        CHECK_RESULT,
        VerificationOutcome,
        Row("RequestNumber", "ANS/SRN", NUMBER),
        Row("ConcludedAt", "ANS/TIM", TIME),
        Row("Result", "ANS/RES", codes("result", {"CONFIRMED": "1", "DENIED": "2"})),
        *_OFFICE,
        Group("Reason[*]", "RSN[*]", *_REASON),
    ),
}
"""By procedure code."""
