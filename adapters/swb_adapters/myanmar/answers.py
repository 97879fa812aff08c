"""What customs and issuing authorities say about a certificate or a declaration."""

from __future__ import annotations

from typing import Final

from swb_adapters.myanmar.certificate import ENVELOPE, NAMED, TIME
from swb_adapters.myanmar.layouts import (
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

_DECISION: Final = codes("decision", {"GIVEN": "A", "NOT_GIVEN": "R", "PENDING": "P"})
_REASON: Final = (Row("Code", "REASONCODE", CODE), Row("Text", "REASON", LINES))
_OFFICE: Final = (Row("Office", "ANSWER/OFFICE"), Row("OfficerName", "ANSWER/OFFICER"))
_CANCELLATION: Final = (
    Row("CancellationNumber", "ANSWER/SERIAL", NUMBER),
    Row("RequestedAt", "ANSWER/TIME", TIME),
    *_OFFICE,
    Group("Reason", "WHY", *_REASON),
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
        Row("Outcome", "ANSWER/RESULT", codes("outcome", {"REC": "A", "NOT": "E"})),
        Row("At", "ANSWER/TIME", TIME),
        Row("Office", "ANSWER/OFFICE"),
        Group("Reason", "WHY", *_REASON),
    ),
    **_answer(
        RESPONSE,
        CustomsResponse,
        Row("ResponseNumber", "ANSWER/SERIAL", NUMBER),
        Row("DecidedAt", "ANSWER/TIME", TIME),
        Row("Decision", "ANSWER/RESULT", _DECISION, note="the items' decisions rolled up"),
        Row("DeclarationNumber", "ANSWER/IMPORTNO"),
        Row("DeclarationDate", "ANSWER/IMPORTDATE", COMPACT_DATE),
        *_OFFICE,
        Group(
            "Item[*]",
            "GOODS[*]",
            Row("SequenceNumber", "ITEMNO", NUMBER),
            Row("Decision", "RESULT", _DECISION),
            Row("UtilisedQuantity", "USED", DECIMAL),
            Row("UtilisedQuantity/@unit", "USEDUNIT", CODE),
            Group("Reason[*]", "WHY[*]", *_REASON),
        ),
        Row("Remarks", "REMARKS", LINES),
    ),
    **_answer(
        CANCELLATION,
        Cancellation,
        *_CANCELLATION,
        Group(
            "Replacement",
            "REPLACEDBY",
            Row("IssuingCountry", "COUNTRY", CODE),
            Row("IssuingOffice", "OFFICE", CODE),
            Row("ReferenceNumber", "NUMBER"),
        ),
    ),
    **_answer(
        CANCELLATION_REPLY,
        CancellationReply,
        Row("CancellationNumber", "ANSWER/SERIAL", NUMBER),
        Row("RepliedAt", "ANSWER/TIME", TIME),
        Row(
            "Outcome",
            "ANSWER/RESULT",
            codes("outcome", {"ACCEPTED": "A", "UTILISED": "U", "UNKNOWN": "X"}),
        ),
        Row("DeclarationNumber", "ANSWER/IMPORTNO"),
        *_OFFICE,
        Group("Reason", "WHY", *_REASON),
    ),
    **_answer(WITHDRAWAL, DeclarationWithdrawal, *_CANCELLATION),
    **_answer(
        CHECK,
        VerificationRequest,
        Row("RequestNumber", "ANSWER/SERIAL", NUMBER),
        Row("RequestedAt", "ANSWER/TIME", TIME),
        Row("Ground", "ANSWER/GROUND", codes("ground", {"RANDOM": "R", "DOUBT": "D"})),
        Row("Suspends", "ANSWER/SUSPENDED", codes("suspended", {True: "Y", False: "N"})),
        *_OFFICE,
        Group("Doubt[*]", "DOUBT[*]", Row("SequenceNumber", "ITEMNO", NUMBER), *_REASON),
    ),
    **_answer(
        CHECK_REPLY,
        VerificationReply,
        Row("RequestNumber", "ANSWER/SERIAL", NUMBER),
        Row("RepliedAt", "ANSWER/TIME", TIME),
        Row(
            "Finding",
            "ANSWER/RESULT",
            codes(
                "finding",
                {
                    "ORIGINATING": "A",
                    "NOT_ORIGINATING": "R",
                    "NOT_AUTHENTIC": "F",
                    "UNDETERMINED": "P",
                },
            ),
        ),
        *_OFFICE,
        Row("Explanation", "EXPLANATION", LINES),
    ),
    **_answer(
        CHECK_RESULT,
        VerificationOutcome,
        Row("RequestNumber", "ANSWER/SERIAL", NUMBER),
        Row("ConcludedAt", "ANSWER/TIME", TIME),
        Row("Result", "ANSWER/RESULT", codes("result", {"CONFIRMED": "A", "DENIED": "R"})),
        *_OFFICE,
        Group("Reason[*]", "WHY[*]", *_REASON),
    ),
}
"""By procedure code."""
