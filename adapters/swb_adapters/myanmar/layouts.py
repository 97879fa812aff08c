"""Blocks and fields of the simulated MACCS messages; all names and widths are invented."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.fixed_width import Field, FieldLines, FixedWidthSyntax, Header, Layout, Record

__all__ = [
    "CANCELLATION",
    "CANCELLATION_REPLY",
    "CERTIFICATE",
    "CHECK",
    "CHECK_REPLY",
    "CHECK_RESULT",
    "DECLARATION",
    "LAYOUTS",
    "RECEIPT",
    "RESPONSE",
    "SYNTAX",
    "WITHDRAWAL",
]

CERTIFICATE: Final = "COD01"
RECEIPT: Final = "COD02"
RESPONSE: Final = "COD03"
CANCELLATION: Final = "COD04"
CANCELLATION_REPLY: Final = "COD05"
CHECK: Final = "COD06"
CHECK_REPLY: Final = "COD07"
CHECK_RESULT: Final = "COD08"
DECLARATION: Final = "EXD01"
WITHDRAWAL: Final = "EXD02"

_ROW: Final = 120
_CODE: Final = 35
_NAME: Final = 512


def _fields(**lengths: int) -> tuple[Field, ...]:
    return tuple(Field(name, length) for name, length in lengths.items())


def _number(name: str, length: int = 22) -> Field:
    """Of 15 digits, a point and 6 digits, where not told otherwise."""
    return Field(name, length, number=True)


def _text(code: str) -> Record:
    return Record(code, text=_ROW)


_REASON: Final[tuple[Field | Record, ...]] = (*_fields(REASONCODE=_CODE), _text("REASON"))
_PORTS: Final = _fields(LOADCODE=5, LOADPORT=_NAME, DISCHCODE=5, DISCHPORT=_NAME)
_PACKAGE: Final = Record(
    "PACKAGE",
    _number("COUNT", 9),
    *_fields(KIND=2),
    _number("WEIGHT"),
    *_fields(WEIGHTUNIT=3),
    _number("VOLUME"),
    *_fields(VOLUMEUNIT=3),
    many=True,
)
_INVOICE: Final = Record("INVOICE", *_fields(NUMBER=35, DATE=8), many=True)
_TRADER: Final[tuple[Field | Record, ...]] = (
    *_fields(IDENTIFIER=35, COUNTRY=2, NAME=_NAME),
    _text("NAMEMY"),
    _text("ADDRESS"),
    _text("ADDRESSMY"),
)
_GOODS: Final[tuple[Field | Record, ...]] = (
    _number("ITEMNO", 9),
    *_fields(TARIFF=_CODE, HSCODE=10),
    _number("QUANTITY"),
    *_fields(UNIT=3),
    _number("GROSS"),
    *_fields(GROSSUNIT=3),
    _number("FOB"),
    *_fields(CURRENCY=3),
)

_CERTIFICATE: Final = Layout(
    Record(
        "CERTIFICATE",
        *_fields(FORM=4, EDITION=_CODE, SHEET=1),
        _number("ITEMS", 5),
    ),
    Record("EXPORTER", *_TRADER),
    Record("CONSIGNEE", *_TRADER),
    Record(
        "TRANSPORT",
        *_fields(DEPARTURE=8, MODE=1, CARRIER=_NAME, JOURNEY=35),
        *_PORTS,
        _text("ROUTE"),
    ),
    Record(
        "GOODS",
        *_GOODS,
        *_fields(CRITERION=17),
        _number("PERCENT", 10),
        *_fields(MANUFACTURER=_NAME, TRADEMARK=_NAME),
        _text("MARKS"),
        _PACKAGE,
        _text("DESCRIPTION"),
        _text("DESCRIPTIONMY"),
        _INVOICE,
        many=True,
    ),
    Record("EXPORTERSAYS", *_fields(PRODUCEDIN=2, EXPORTEDTO=2, PLACE=_NAME, DATE=8, SIGNED=_NAME)),
    Record("CERTIFIED", *_fields(AUTHORITY=_NAME, PLACE=_NAME, DATE=8, SIGNED=_NAME, TRUECOPYOF=8)),
    Record(
        "SPECIAL",
        *_fields(THIRDCOUNTRY=1, EXHIBITION=1, ACCUMULATION=1, DEMINIMIS=1),
        *_fields(BACKTOBACK=1, RETROACTIVE=1, PARTIAL=1),
        Record("INVOICER", *_fields(COUNTRY=2, NAME=_NAME)),
        Record("VENUE", *_fields(NAME=_NAME), _text("ADDRESS")),
        Record("ORIGINAL", *_fields(COUNTRY=2, NUMBER=35, ISSUED=8, EXPIRES=8), many=True),
    ),
    _text("REMARKS"),
)

_DECLARATION: Final = Layout(
    Record(
        "DECLARATION",
        *_fields(EXPORTEDTO=2, ACCEPTED=8, PROCEDURE=_CODE, UCR=35, CONSENT=1),
        _number("GROSS"),
        *_fields(GROSSUNIT=3),
    ),
    Record("EXPORTER", *_fields(IDENTIFIER=35, NAME=_NAME), _text("NAMEMY"), _text("ADDRESS")),
    Record(
        "CONSIGNEE",
        *_fields(IDENTIFIER=35, COUNTRY=2, NAME=_NAME),
        _text("NAMEMY"),
        _text("ADDRESS"),
    ),
    Record("AGENT", *_fields(IDENTIFIER=35, NAME=_NAME)),
    Record(
        "TRANSPORT",
        *_fields(DEPARTURE=8, MODE=1, CARRIER=_NAME, JOURNEY=35, DOCUMENT=35),
        *_PORTS,
        Record("CONTAINER", *_fields(NUMBER=35), Record("SEAL", text=_CODE, many=True), many=True),
    ),
    Record(
        "GOODS",
        *_GOODS,
        *_fields(ORIGIN=2),
        _number("NET"),
        *_fields(NETUNIT=3),
        _text("DESCRIPTION"),
        _text("DESCRIPTIONMY"),
        _PACKAGE,
        _INVOICE,
        many=True,
    ),
    Record("DOCUMENT", *_fields(TYPE=_CODE, COUNTRY=2, OFFICE=32, NUMBER=35), many=True),
    _text("REMARKS"),
)

_OFFICE: Final = _fields(OFFICE=_NAME, OFFICER=_NAME)
_NUMBERED: Final[tuple[Field | Record, ...]] = (_number("SERIAL", 9), *_fields(TIME=14), *_OFFICE)

LAYOUTS: Final = {
    CERTIFICATE: _CERTIFICATE,
    DECLARATION: _DECLARATION,
    RECEIPT: Layout(
        Record("ANSWER", *_fields(RESULT=1, TIME=14, OFFICE=_NAME)), Record("WHY", *_REASON)
    ),
    RESPONSE: Layout(
        Record("ANSWER", *_NUMBERED, *_fields(RESULT=1, IMPORTNO=35, IMPORTDATE=8)),
        Record(
            "GOODS",
            _number("ITEMNO", 9),
            *_fields(RESULT=1),
            _number("USED"),
            *_fields(USEDUNIT=3),
            Record("WHY", *_REASON, many=True),
            many=True,
        ),
        _text("REMARKS"),
    ),
    CANCELLATION: Layout(
        Record("ANSWER", *_NUMBERED),
        Record("WHY", *_REASON),
        Record("REPLACEDBY", *_fields(COUNTRY=2, OFFICE=32, NUMBER=35)),
    ),
    CANCELLATION_REPLY: Layout(
        Record("ANSWER", *_NUMBERED, *_fields(RESULT=1, IMPORTNO=35)), Record("WHY", *_REASON)
    ),
    WITHDRAWAL: Layout(Record("ANSWER", *_NUMBERED), Record("WHY", *_REASON)),
    CHECK: Layout(
        Record("ANSWER", *_NUMBERED, *_fields(GROUND=1, SUSPENDED=1)),
        Record("DOUBT", _number("ITEMNO", 9), *_REASON, many=True),
    ),
    CHECK_REPLY: Layout(Record("ANSWER", *_NUMBERED, *_fields(RESULT=1)), _text("EXPLANATION")),
    CHECK_RESULT: Layout(
        Record("ANSWER", *_NUMBERED, *_fields(RESULT=1)), Record("WHY", *_REASON, many=True)
    ),
}
"""By procedure code."""

SYNTAX: Final = FixedWidthSyntax(
    Header(
        Field("SYSTEM", 5),
        Field("EDITION", 3),
        Field("PROCEDURE", 5),
        Field("MODE", 1),
        Field("USER", 8),
        Field("SENT", 14),
        Field("MESSAGEREF", 20),
        Field("COUNTRY", 2),
        Field("OFFICE", 32),
        Field("NUMBER", 35),
        Field("LINES", 7, number=True),
        Field("LENGTH", 7, number=True),
        constants={"SYSTEM": "MACCS", "EDITION": "001"},
        kind="PROCEDURE",
        octets="LENGTH",
        lines="LINES",
    ),
    LAYOUTS,
    FieldLines(),
)
"""Of every message."""
