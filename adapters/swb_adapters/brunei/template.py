"""Empty forms for people to fill in: ``python -m swb_adapters.brunei form-d.xlsx``."""

from __future__ import annotations

from typing import Final

from swb_adapters.brunei.adapter import FORM_D
from swb_adapters.brunei.certificate import CERTIFICATE
from swb_adapters.brunei.codes import NO, YES
from swb_adapters.brunei.malay import MALAY
from swb_adapters.sdk.sheets import Template

__all__ = ["NEUTRAL_FORM_D", "TEMPLATE_FORM_D"]

_STATES: Final = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN")
_UNITS: Final = ("KGM", "TNE", "C62", "PR", "SET", "LTR", "MTR", "MTK", "MTQ")
_BOXES: Final = (
    "Third country invoicing",
    "Exhibition",
    "Accumulation",
    "De minimis",
    "Back-to-back CO",
    "Issued retroactively",
    "Partial cumulation",
)

TEMPLATE_FORM_D: Final = Template(
    kind=FORM_D,
    table=CERTIFICATE,
    remarks=(
        "Fill in column B, and the tables below. Rows and cells that begin with # are remarks.",
        "Isi lajur B dan jadual di bawah. Baris dan sel yang bermula dengan # ialah catatan.",
        "Further packages or invoices of an item: one more row with the same item number,",
        "and nothing in the item's other cells.",
        "Dates as 2026-11-22; numbers with a point and without separators between thousands.",
    ),
    names=MALAY,
    examples={
        "Agreement": "ATIGA",
        "Edition of the form": "2021",
        "Reference number": "BN-2026-0004711",
        "Issuing country": "BN",
        "Issuing office": "BSB01",
        "Exporter name": "Specimen Ceramics Sdn Bhd",
        "Departure date": "2026-11-22",
        "Mode of transport": "1",
        "Port of loading": "Muara",
        "Port of loading code": "BNMUA",
        "Item no": "1",
        "Marks and numbers": "N/M",
        "Description": "Stoneware mugs of 350 ml",
        "HS edition": "AHTN-2022",
        "HS code": "69120000",
        "Quantity": "3840",
        "Unit of quantity": "C62",
        "Origin criterion": "CTH",
        "Gross weight": "640.5",
        "Unit of weight": "KGM",
        "FOB value": "8400",
        "Currency": "USD",
        "Number of packages": "80",
        "Package type": "CT",
        "Invoice number": "SEC-26/1101",
        "Invoice date": "2026-11-10",
        "Language of further description": "ms",
        "Further description": "Kole tembikar batu",
    },
    choices={
        "Agreement": ("ATIGA",),
        "Sheet": ("Original", "Duplicate", "Triplicate"),
        "Mode of transport": ("1", "2", "3", "4", "5", "8"),
        "Issuing country": ("BN",),
        "Importing country": _STATES,
        "HS edition": ("AHTN-2022", "AHTN-2017", "HS-2022"),
        "Unit of weight": ("KGM", "TNE"),
        "Unit of quantity": _UNITS,
        "Currency": ("BND", "SGD", "USD"),
        **dict.fromkeys(_BOXES, (YES, NO)),
    },
)
"""Of Form D."""

_COUNTRY: Final = "two capital letters of ISO 3166-1"

NEUTRAL_FORM_D: Final = Template(
    kind=FORM_D,
    table=CERTIFICATE,
    remarks=(
        "Fill in column B, and the tables below. Rows and cells that begin with # are remarks.",
        "Further packages or invoices of an item: one more row with the same item number,",
        "and nothing in the item's other cells.",
        "Dates as 2026-11-22; numbers with a point and without separators between thousands.",
    ),
    notes={
        "Layout": "name of this layout, the same in every state; leave as it is",
        "Reference number": "text, as your office numbers its certificates",
        "Issuing country": f"{_COUNTRY}; your own state",
        "Issuing office": "the code of your office, at most 32 letters, digits, points and hyphens",
        "Exporter country": f"box 1; {_COUNTRY}",
        "Consignee country": f"box 2; {_COUNTRY}",
        "Port of loading code": "box 3; a UN/LOCODE, five letters and digits",
        "Port of discharge code": "box 3; a UN/LOCODE, five letters and digits",
        "Country of production": f"box 11; {_COUNTRY}",
        "Invoicing country": f"box 7; {_COUNTRY}",
    },
    examples={
        name: example
        for name, example in TEMPLATE_FORM_D.examples.items()
        if name
        not in {
            "Exporter name",
            "Further description",
            "Issuing country",
            "Issuing office",
            "Language of further description",
            "Port of loading",
            "Port of loading code",
            "Reference number",
        }
    },
    choices={
        name: values
        for name, values in TEMPLATE_FORM_D.choices.items()
        if name not in {"Currency", "Issuing country"}
    },
)
"""The same form without anything of Brunei's, for whoever's state has no spreadsheet of its own."""
