"""Names and goods that all drawn documents are made of; they are invented."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.certificate_of_origin import Invoice
from swb_schemas.documents.elements import TradeParty

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "AUTHORITY",
    "CONSENTING",
    "GOODS",
    "PLACE",
    "SILENT",
    "draw_consignee",
    "draw_exporter",
    "draw_invoice",
]

GOODS: Final = (
    ("MILLED RICE, LONG GRAIN", "10063000", "TNE", "BG"),
    ("NATURAL RUBBER, TECHNICALLY SPECIFIED", "40012200", "TNE", "PX"),
    ("FRESH DURIANS", "08106000", "KGM", "CT"),
)
"""Description, tariff code, unit, type of package."""
PLACE: Final = "EXAMPLE CITY"
AUTHORITY: Final = "EXAMPLE ISSUING AUTHORITY"
CONSENTING: Final = "0105500000001"
"""The exporter of every drawn document: its consent has to be recorded."""
SILENT: Final = "0105500000009"
"""An exporter whose consent must not be recorded."""


def draw_exporter(state: str) -> TradeParty:
    """The exporter that consents."""
    return TradeParty(
        identifier=CONSENTING,
        name="EXAMPLE EXPORTER LTD",
        address=f"99 EXAMPLE ROAD\n{PLACE}",
        country=state,
    )


def draw_consignee(state: str) -> TradeParty:
    """Whom the goods are for."""
    return TradeParty(
        identifier="0309000000002",
        name="EXAMPLE IMPORTS & SONS",
        address=f"1 EXAMPLE STREET\n{PLACE}",
        country=state,
    )


def draw_invoice(number: str, on: date) -> Invoice:
    """The invoice of a document."""
    return Invoice(number=f"INV {number[-12:]}", date=on - timedelta(days=2))
