"""What customs and issuing authorities say about a certificate or a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.asycuda.values import FLAG, short_date
from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    LINES,
    NUMBER,
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

__all__ = ["build_answers"]

_DECISION: Final = codes("decision", {"GIVEN": "1", "NOT_GIVEN": "2", "PENDING": "0"})
_RECEIPT: Final = codes("status", {"REC": "Stored", "NOT": "Failed"})
_CANCELLED: Final = codes(
    "result", {"ACCEPTED": "Cancelled", "UTILISED": "Used", "UNKNOWN": "Not_found"}
)
_GROUND: Final = codes("ground", {"RANDOM": "Random", "DOUBT": "Doubt"})
_FINDING: Final = codes(
    "finding",
    {
        "ORIGINATING": "Originating",
        "NOT_ORIGINATING": "Not_originating",
        "NOT_AUTHENTIC": "Not_authentic",
        "UNDETERMINED": "Not_determined",
    },
)
_RESULT: Final = codes("result", {"CONFIRMED": "Confirmed", "DENIED": "Denied"})

_KEY: Final = (
    Row("IssuingCountry", "Country_code", CODE),
    Row("IssuingOffice", "Office_code", CODE),
    Row("ReferenceNumber", "Number"),
)
_SUBJECT: Final = Group("Subject", "Identification/Reference", *_KEY)
_REASON: Final = (Row("Code", "Code", CODE), Row("Text", "Text", LINES))
_OFFICE: Final = Row("Office", "Identification/Office_segment/Office_name")
_SAID_BY: Final = (
    _OFFICE,
    Row("OfficerName", "Identification/Office_segment/Officer_name"),
)
_SERIAL: Final = "Identification/Serial_number"
_AT: Final = "Identification/Date_and_time"


def build_answers(
    spellers: Callable[[str], Callable[[str], str]], *, first_year: int, offset: timedelta
) -> dict[str, Table]:
    """Build the tables of a dialect, by root element.

    Args:
        spellers: Makes what spells the places of a root's table.
        first_year: As of the `Dialect`, like `offset`.
        offset: Of the state's time, in which moments are written.
    """
    time, when = instant(offset), short_date(first_year)
    return {
        "ASYCUDA_receipt": Table(
            CustomsReceipt,
            _SUBJECT,
            Row("At", _AT, time),
            _OFFICE,
            Row("Outcome", "Status", _RECEIPT),
            Group("Reason", "Reason", *_REASON),
            spell=spellers("ASYCUDA_receipt"),
        ),
        "ASYCUDA_decision": Table(
            CustomsResponse,
            _SUBJECT,
            Row("ResponseNumber", _SERIAL, NUMBER),
            Row("DecidedAt", _AT, time),
            *_SAID_BY,
            Row("DeclarationNumber", "Identification/Registration/Number"),
            Row("DeclarationDate", "Identification/Registration/Date", when),
            Row("Decision", "Preference", _DECISION, note="the items' decisions rolled up"),
            Group(
                "Item[*]",
                "Item[*]",
                Row("SequenceNumber", "Item_number", NUMBER),
                Row("Decision", "Preference", _DECISION),
                Row("UtilisedQuantity/@unit", "Quantity_used/Unit_code", CODE),
                Row("UtilisedQuantity", "Quantity_used/Quantity", DECIMAL),
                Group("Reason[*]", "Reason[*]", *_REASON),
            ),
            Row("Remarks", "Comments_free_text", LINES),
            spell=spellers("ASYCUDA_decision"),
        ),
        "ASYCUDA_cancellation": Table(
            Cancellation,
            _SUBJECT,
            Row("CancellationNumber", _SERIAL, NUMBER),
            Row("RequestedAt", _AT, time),
            *_SAID_BY,
            Group("Reason", "Reason", *_REASON),
            Group("Replacement", "Replacement", *_KEY),
            spell=spellers("ASYCUDA_cancellation"),
        ),
        "ASYCUDA_cancellation_answer": Table(
            CancellationReply,
            _SUBJECT,
            Row("CancellationNumber", _SERIAL, NUMBER),
            Row("RepliedAt", _AT, time),
            *_SAID_BY,
            Row("DeclarationNumber", "Identification/Registration/Number"),
            Row("Outcome", "Status", _CANCELLED),
            Group("Reason", "Reason", *_REASON),
            spell=spellers("ASYCUDA_cancellation_answer"),
        ),
        "ASYCUDA_withdrawal": Table(
            DeclarationWithdrawal,
            _SUBJECT,
            Row("CancellationNumber", _SERIAL, NUMBER),
            Row("RequestedAt", _AT, time),
            *_SAID_BY,
            Group("Reason", "Reason", *_REASON),
            spell=spellers("ASYCUDA_withdrawal"),
        ),
        "ASYCUDA_check": Table(
            VerificationRequest,
            _SUBJECT,
            Row("RequestNumber", _SERIAL, NUMBER),
            Row("RequestedAt", _AT, time),
            *_SAID_BY,
            Row("Ground", "Ground", _GROUND),
            Row("Suspends", "Preference_suspended", FLAG),
            Group("Doubt[*]", "Doubt[*]", Row("SequenceNumber", "Item_number", NUMBER), *_REASON),
            spell=spellers("ASYCUDA_check"),
        ),
        "ASYCUDA_check_answer": Table(
            VerificationReply,
            _SUBJECT,
            Row("RequestNumber", _SERIAL, NUMBER),
            Row("RepliedAt", _AT, time),
            *_SAID_BY,
            Row("Finding", "Finding", _FINDING),
            Row("Explanation", "Explanation", LINES),
            spell=spellers("ASYCUDA_check_answer"),
        ),
        "ASYCUDA_check_result": Table(
            VerificationOutcome,
            _SUBJECT,
            Row("RequestNumber", _SERIAL, NUMBER),
            Row("ConcludedAt", _AT, time),
            *_SAID_BY,
            Row("Result", "Result", _RESULT),
            Group("Reason[*]", "Reason[*]", *_REASON),
            spell=spellers("ASYCUDA_check_result"),
        ),
    }
