"""Records and fields of the simulated VNACCS messages; all names and widths are invented."""

from __future__ import annotations

from typing import Final

from swb_adapters.sdk.fixed_width import Columns, Field, FixedWidthSyntax, Header, Layout, Record

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

CERTIFICATE: Final = "CFD"
RECEIPT: Final = "CRC"
RESPONSE: Final = "CDN"
CANCELLATION: Final = "CXA"
CANCELLATION_REPLY: Final = "CXC"
CHECK: Final = "CVA"
CHECK_REPLY: Final = "CVB"
CHECK_RESULT: Final = "CVC"
DECLARATION: Final = "EDC"
WITHDRAWAL: Final = "EDX"

_ROW: Final = 70
_NUMBER: Final = 22
"""15 digits, a point, 6 digits."""


def _text(code: str) -> Record:
    return Record(code, text=_ROW)


def _texts(code: str) -> Record:
    return Record(code, Field("LNG", 11), many=True, text=_ROW)


_REASON: Final = (Field("RCD", 35), _text("TXT"))
_OFFICE: Final = (_text("OFN"), _text("OFR"))
_PACKAGE: Final = Record(
    "PKG",
    Field("CNT", 9, number=True),
    Field("TYP", 2),
    Field("GRW", _NUMBER, number=True),
    Field("GRU", 3),
    Field("VOL", _NUMBER, number=True),
    Field("VOU", 3),
    many=True,
)
_INVOICE: Final = Record("INV", Field("DAT", 8), Field("NUM", 35), many=True)

_CERTIFICATE: Final = Layout(
    Record(
        "CER",
        Field("FRM", 4),
        Field("EDT", 35),
        Field("CPY", 1),
        Field("CNT", 5, number=True),
    ),
    *(
        Record(
            code,
            Field("IDN", 35),
            Field("CTY", 2),
            _text("NAM"),
            _texts("NMV"),
            _text("ADR"),
            _texts("ADV"),
        )
        for code in ("EXP", "CNE")
    ),
    Record(
        "TRN",
        Field("DEP", 8),
        Field("MOD", 1),
        Field("JNY", 35),
        Field("LPC", 5),
        Field("DPC", 5),
        _text("MNS"),
        _text("LPN"),
        _text("DPN"),
        _text("RTE"),
    ),
    Record(
        "GDS",
        Field("SEQ", 9, number=True),
        Field("HSN", 35),
        Field("HSC", 10),
        Field("QTY", _NUMBER, number=True),
        Field("QTU", 3),
        Field("ORC", 17),
        Field("PCT", 10, number=True),
        Field("GRW", _NUMBER, number=True),
        Field("GRU", 3),
        Field("FOB", _NUMBER, number=True),
        Field("FOC", 3),
        _text("MRK"),
        _PACKAGE,
        _text("DSC"),
        _texts("DSV"),
        _text("MNF"),
        _text("TMK"),
        _INVOICE,
        many=True,
    ),
    Record("DEC", Field("PRD", 2), Field("IMP", 2), Field("DAT", 8), _text("PLC"), _text("SGN")),
    Record("CRT", Field("DAT", 8), Field("ORG", 8), _text("AUT"), _text("PLC"), _text("SGN")),
    Record(
        "BOX",
        Field("TCI", 1),
        Field("EXH", 1),
        Field("ACC", 1),
        Field("DMN", 1),
        Field("BTB", 1),
        Field("RTR", 1),
        Field("PTC", 1),
        Record("TCP", Field("CTY", 2), _text("NAM")),
        Record("EXV", _text("NAM"), _text("ADR")),
        Record(
            "ORI",
            Field("CTY", 2),
            Field("NUM", 35),
            Field("ISS", 8),
            Field("VAL", 8),
            many=True,
        ),
    ),
    _text("RMK"),
)

_DECLARATION: Final = Layout(
    Record(
        "DCL",
        Field("IMP", 2),
        Field("ACC", 8),
        Field("PRC", 35),
        Field("UCR", 35),
        Field("CNS", 1),
        Field("GRW", _NUMBER, number=True),
        Field("GRU", 3),
    ),
    Record("EXP", Field("IDN", 35), _text("NAM"), _texts("NMV"), _text("ADR")),
    Record("CNE", Field("IDN", 35), Field("CTY", 2), _text("NAM"), _texts("NMV"), _text("ADR")),
    Record("AGN", Field("IDN", 35), _text("NAM")),
    Record(
        "TRN",
        Field("DEP", 8),
        Field("MOD", 1),
        Field("JNY", 35),
        Field("TDN", 35),
        Field("LPC", 5),
        Field("DPC", 5),
        _text("MNS"),
        _text("LPN"),
        _text("DPN"),
        Record("CON", Field("NUM", 35), Record("SEA", many=True, text=35), many=True),
    ),
    Record(
        "GDS",
        Field("SEQ", 9, number=True),
        Field("HSN", 35),
        Field("HSC", 10),
        Field("QTY", _NUMBER, number=True),
        Field("QTU", 3),
        Field("ORG", 2),
        Field("GRW", _NUMBER, number=True),
        Field("GRU", 3),
        Field("NTW", _NUMBER, number=True),
        Field("NTU", 3),
        Field("FOB", _NUMBER, number=True),
        Field("FOC", 3),
        _text("DSC"),
        _texts("DSV"),
        _PACKAGE,
        _INVOICE,
        many=True,
    ),
    Record("SUP", Field("TYP", 35), Field("CTY", 2), Field("OFC", 32), Field("NUM", 35), many=True),
    _text("RMK"),
)

_NUMBERED: Final = (Field("SRN", 9, number=True), Field("TIM", 14))

LAYOUTS: Final = {
    CERTIFICATE: _CERTIFICATE,
    DECLARATION: _DECLARATION,
    RECEIPT: Layout(
        Record("ANS", Field("RES", 1), Field("TIM", 14), _text("OFN")), Record("RSN", *_REASON)
    ),
    RESPONSE: Layout(
        Record("ANS", *_NUMBERED, Field("RES", 1), Field("DCN", 35), Field("DCD", 8), *_OFFICE),
        Record(
            "GDS",
            Field("SEQ", 9, number=True),
            Field("RES", 1),
            Field("UTQ", _NUMBER, number=True),
            Field("UTU", 3),
            Record("RSN", *_REASON, many=True),
            many=True,
        ),
        _text("RMK"),
    ),
    CANCELLATION: Layout(
        Record("ANS", *_NUMBERED, *_OFFICE),
        Record("RSN", *_REASON),
        Record("NEW", Field("CTY", 2), Field("OFC", 32), Field("NUM", 35)),
    ),
    CANCELLATION_REPLY: Layout(
        Record("ANS", *_NUMBERED, Field("RES", 1), Field("DCN", 35), *_OFFICE),
        Record("RSN", *_REASON),
    ),
    WITHDRAWAL: Layout(Record("ANS", *_NUMBERED, *_OFFICE), Record("RSN", *_REASON)),
    CHECK: Layout(
        Record("ANS", *_NUMBERED, Field("GRD", 1), Field("SUS", 1), *_OFFICE),
        Record("DBT", Field("SEQ", 9, number=True), *_REASON, many=True),
    ),
    CHECK_REPLY: Layout(Record("ANS", *_NUMBERED, Field("RES", 1), *_OFFICE), _text("XPL")),
    CHECK_RESULT: Layout(
        Record("ANS", *_NUMBERED, Field("RES", 1), *_OFFICE), Record("RSN", *_REASON, many=True)
    ),
}
"""By procedure code."""

SYNTAX: Final = FixedWidthSyntax(
    Header(
        Field("SYS", 6),
        Field("VER", 2),
        Field("PRC", 5),
        Field("LEN", 7, number=True),
        Field("CNT", 7, number=True),
        Field("USR", 13),
        Field("SNT", 14),
        Field("CTY", 2),
        Field("OFC", 32),
        Field("NUM", 35),
        constants={"SYS": "VNACCS", "VER": "01"},
        kind="PRC",
        octets="LEN",
        lines="CNT",
    ),
    LAYOUTS,
    Columns(),
)
"""Of every message."""
