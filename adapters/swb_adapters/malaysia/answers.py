"""What customs and issuing authorities say, as a CUSRES each."""

from __future__ import annotations

from typing import Final

from swb_adapters.malaysia.parts import count_items, dated, measure, timed
from swb_adapters.sdk.mapping import (
    CODE,
    LINES,
    NUMBER,
    AnyRow,
    Derived,
    Fixed,
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
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)

__all__ = ["ANSWERS"]

_DECISION: Final = codes("decision", {"GIVEN": "GIV", "NOT_GIVEN": "NOT", "PENDING": "PEN"})
_REASON: Final = (Row("Code", "3.1", CODE), Row("Text", "4", LINES))


def _certificate(canonical: str, national: str, number: str) -> Group:
    """The key of a certificate or a declaration."""
    return Group(
        canonical,
        national,
        Row("ReferenceNumber", number),
        Row("IssuingCountry", "LOC+35/2.1", CODE),
        Row("IssuingOffice", "LOC+35/3.1", CODE),
    )


_SUBJECT: Final = _certificate("Subject", "SG6.DOC+ZZZ", "2.1")
_OFFICE: Final = Row("Office", "SG1.NAD+CM/4.1", note="who says it")
_SAID_BY: Final[tuple[AnyRow, ...]] = (
    _OFFICE,
    Row("OfficerName", "SG1.NAD+CM/SG2.CTA/2.2"),
    Fixed("SG1.NAD+CM/SG2.CTA/1", "IC", "person to be asked", beside=True),
)
_DECLARATION: Final = Row("DeclarationNumber", "SG3.RFF+ABT/1.2")

ANSWERS: Final = {
    "REC": Table(
        CustomsReceipt,
        Fixed("BGM+REC/3", "9", "original"),
        Row("Outcome", "BGM+REC/4", codes("outcome", {"REC": "AP", "NOT": "RE"})),
        *timed("At", "DTM+137"),
        Group("Reason", "FTX+ACD", *_REASON),
        _OFFICE,
        _SUBJECT,
    ),
    "RSP": Table(
        CustomsResponse,
        Row("ResponseNumber", "BGM+RSP/2.1", NUMBER),
        Fixed("BGM+RSP/3", "9", "original"),
        *timed("DecidedAt", "DTM+137"),
        Row("Remarks", "FTX+AAI/4", LINES),
        Row("Decision", "GIS+DEC/1.4", _DECISION, "the items' decisions rolled up"),
        *_SAID_BY,
        _DECLARATION,
        *dated("DeclarationDate", "SG3.RFF+ABT/DTM+148"),
        _SUBJECT,
        Group(
            "Item[*]",
            "SG6.DOC+ZZZ/SG10.CST[*]",
            Row("SequenceNumber", "1", NUMBER),
            Row("Decision", "2.1", _DECISION),
            Group("Reason[*]", "FTX+ACD[*]", *_REASON),
            *measure("UtilisedQuantity", "MEA+AAE+ACB"),
        ),
        Derived("CNT+5/1.2", count_items, "the number of items", checked=True),
    ),
    "CAN": Table(
        Cancellation,
        Row("CancellationNumber", "BGM+CAN/2.1", NUMBER),
        Fixed("BGM+CAN/3", "1", "cancellation"),
        *timed("RequestedAt", "DTM+137"),
        Group("Reason", "FTX+ACD", *_REASON),
        *_SAID_BY,
        _certificate("Replacement", "SG3.RFF+ACW", "1.2"),
        _SUBJECT,
    ),
    "CAR": Table(
        CancellationReply,
        Row("CancellationNumber", "BGM+CAR/2.1", NUMBER),
        Fixed("BGM+CAR/3", "9", "original"),
        *timed("RepliedAt", "DTM+137"),
        Group("Reason", "FTX+ACD", *_REASON),
        Row(
            "Outcome",
            "GIS+OUT/1.4",
            codes("outcome", {"ACCEPTED": "ACC", "UTILISED": "UTI", "UNKNOWN": "UNK"}),
        ),
        *_SAID_BY,
        _DECLARATION,
        _SUBJECT,
    ),
    "WDR": Table(
        DeclarationWithdrawal,
        Row("CancellationNumber", "BGM+WDR/2.1", NUMBER),
        Fixed("BGM+WDR/3", "1", "cancellation"),
        *timed("RequestedAt", "DTM+137"),
        Group("Reason", "FTX+ACD", *_REASON),
        *_SAID_BY,
        _SUBJECT,
    ),
    "VRQ": Table(
        VerificationRequest,
        Row("RequestNumber", "BGM+VRQ/2.1", NUMBER),
        Fixed("BGM+VRQ/3", "13", "request"),
        *timed("RequestedAt", "DTM+137"),
        Row("Ground", "GIS+GND/1.4", codes("ground", {"RANDOM": "R", "DOUBT": "D"})),
        Row("Suspends", "GIS+SUS/1.4", codes("suspended", {True: "Y", False: "N"})),
        *_SAID_BY,
        Group(
            "Doubt[*]",
            "SG4.ERP[*]",
            Row("SequenceNumber", "1.3", NUMBER),
            Row("Code", "ERC/1.1", CODE),
            Row("Text", "FTX+AAO/4", LINES),
        ),
        _SUBJECT,
    ),
    "VRP": Table(
        VerificationReply,
        Row("RequestNumber", "BGM+VRP/2.1", NUMBER),
        Fixed("BGM+VRP/3", "11", "response"),
        *timed("RepliedAt", "DTM+137"),
        Row("Explanation", "FTX+ACD/4", LINES),
        Row(
            "Finding",
            "GIS+FND/1.4",
            codes(
                "finding",
                {
                    "ORIGINATING": "ORG",
                    "NOT_ORIGINATING": "NOR",
                    "NOT_AUTHENTIC": "NAU",
                    "UNDETERMINED": "UND",
                },
            ),
        ),
        *_SAID_BY,
        _SUBJECT,
    ),
    "VRO": Table(
        VerificationOutcome,
        Row("RequestNumber", "BGM+VRO/2.1", NUMBER),
        Fixed("BGM+VRO/3", "11", "response"),
        *timed("ConcludedAt", "DTM+137"),
        Group("Reason[*]", "FTX+ACD[*]", *_REASON),
        Row("Result", "GIS+RES/1.4", codes("result", {"CONFIRMED": "CON", "DENIED": "DEN"})),
        *_SAID_BY,
        _SUBJECT,
    ),
}
"""By document name code."""
