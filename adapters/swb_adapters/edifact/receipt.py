"""A document response or error response of customs (CUSRES) as a receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from swb_adapters.edifact.declaration import NAME
from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.edifact import lined, within
from swb_adapters.sdk.mapping import CODE, Conversion, Fixed, Group, Row, Table, codes, moment
from swb_schemas.documents import CustomsReceipt
from swb_schemas.recognition import quote_value

__all__ = ["RECEIPT"]

_PLAIN: Final = moment(timedelta(0))
_ZONES: Final = re.compile(r"(\d{14})(?:UTC|GMT)", re.ASCII)


def _read(text: str) -> datetime:
    match = _ZONES.fullmatch(text)
    if match is None:
        message = f"expected CCYYMMDDHHMMSS with UTC or GMT after it, found {quote_value(text)}"
        raise refuse("adapter.value", message)
    at: datetime = _PLAIN.read(match[1])
    return at


def _write(value: datetime) -> str:
    return f"{_PLAIN.write(value.astimezone(UTC))}UTC"


_ZONED: Final = Conversion(
    "time, CCYYMMDDHHMMSSZZZ, UTC", _read, _write, coarsens="the format has whole seconds"
)

RECEIPT: Final = Table(
    CustomsReceipt,
    Row("Outcome", "BGM/1.1", codes("kind of response", {"REC": "962", "NOT": "963"})),
    Row("At", "DTM+9/1.2", _ZONED, "processing date and time"),
    Fixed("DTM+9/1.3", "304", "CCYYMMDDHHMMSSZZZ", beside=True),
    Row("Office", "SG1.NAD+CM/4", NAME),
    Group(
        "Subject",
        "SG3.RFF+ACE",
        Row("ReferenceNumber", "1.2"),
        Row("IssuingCountry", "LOC+91/2.1", CODE, "place of document issue"),
        Row("IssuingOffice", "LOC+91/3.1", within(CODE, 25)),
        note="related document",
    ),
    Group(
        "Reason",
        "SG4.ERP",
        Row("Code", "ERC/1.1", within(CODE, 8)),
        Row("Text", "FTX+AAO/4", lined(70, 495)),
    ),
)
