"""The boxes of a Form D as fields of a form of the web: what each is called, and what it takes.

A field's name is the canonical path of its element, below the root (``Item[2]/FobAmount``,
``Item[2]/FobAmount/@currency``), which is how findings name their places: so a finding stands at
its field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.console.language import marked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CRITERION", "TICKS", "Box", "Kind", "count_parts", "list_boxes", "list_item_boxes"]

CRITERION: Final = "OriginCriterion"
"""Box 8, which is entered as the paper form spells it."""


class Kind(StrEnum):
    """What a field takes, by which it is drawn, and by which its faults are told."""

    TEXT = "text"
    REFERENCE = "reference"
    LINES = "lines"
    DATE = "date"
    TICK = "tick"
    COUNT = "count"
    ITEM_NUMBER = "item-number"
    NUMBER = "number"
    COUNTRY = "country"
    CURRENCY = "currency"
    LANGUAGE = "language"
    MODE = "mode"
    PORT = "port"
    UNIT = "unit"
    WEIGHT = "weight"
    PACKAGE = "package"
    TARIFF_CODE = "tariff-code"
    CRITERION = "criterion"
    OFFICE = "office"
    CODE = "code"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Box:
    """One field.

    Attributes:
        path: Canonical path below the root; the field's name.
        name: What it is called, to be translated.
        kind: What it takes.
        example: What a value looks like.
        needed: Whether no certificate is without it.
        number: Of the box on the paper form; empty at its head.
    """

    path: str
    name: str
    kind: Kind = Kind.TEXT
    example: str = ""
    needed: bool = False
    number: str = ""


def _number(number: str, *boxes: Box) -> tuple[Box, ...]:
    return tuple(replace(box, number=number) for box in boxes)


_HEAD: Final = (
    Box("Agreement", marked("Agreement"), Kind.CODE, "ATIGA", needed=True),
    Box("Edition", marked("Edition of the form"), Kind.CODE, "2021", needed=True),
    Box("ReferenceNumber", marked("Reference number"), Kind.REFERENCE, needed=True),
    Box("IssuingCountry", marked("Issuing country"), Kind.COUNTRY, "TH", needed=True),
    Box("IssuingOffice", marked("Issuing office"), Kind.OFFICE, "BKK-01", needed=True),
)
_TRANSPORT: Final = _number(
    "3",
    Box("Transport/DepartureDate", marked("Departure date"), Kind.DATE, "2026-11-23"),
    Box("Transport/Mode", marked("Mode of transport"), Kind.MODE, "1"),
    Box("Transport/MeansName", marked("Vessel, aircraft, vehicle")),
    Box("Transport/JourneyNumber", marked("Voyage or flight"), Kind.REFERENCE),
    Box("Transport/LoadingPort/Name", marked("Port of loading")),
    Box("Transport/LoadingPort/Code", marked("Its UN/LOCODE"), Kind.PORT, "THLCH"),
    Box("Transport/DischargePort/Name", marked("Port of discharge")),
    Box("Transport/DischargePort/Code", marked("Its UN/LOCODE"), Kind.PORT, "VNSGN"),
    Box("Transport/Route", marked("Route"), Kind.LINES),
)
_DECLARATION: Final = _number(
    "11",
    Box(
        "ExporterDeclaration/CountryOfProduction",
        marked("Country of production"),
        Kind.COUNTRY,
        "TH",
        needed=True,
    ),
    Box(
        "ExporterDeclaration/ImportingCountry",
        marked("Importing country"),
        Kind.COUNTRY,
        "VN",
        needed=True,
    ),
    Box("ExporterDeclaration/Place", marked("Place")),
    Box("ExporterDeclaration/Date", marked("Date"), Kind.DATE, "2026-11-23"),
    Box("ExporterDeclaration/SignatoryName", marked("Signed by")),
)
_CERTIFICATION: Final = _number(
    "12",
    Box("Certification/AuthorityName", marked("Issuing authority")),
    Box("Certification/Place", marked("Place")),
    Box("Certification/Date", marked("Date of issue"), Kind.DATE, "2026-11-23", needed=True),
    Box("Certification/SignatoryName", marked("Signed by")),
    Box(
        "Certification/OriginalIssueDate",
        marked("Certified true copy of one issued on"),
        Kind.DATE,
        "2026-11-02",
    ),
)
_CASES: Final = _number(
    "13",
    Box("SpecialCases/IssuedRetroactively", marked("Issued retroactively"), Kind.TICK),
    Box("SpecialCases/Accumulation", marked("Accumulation"), Kind.TICK),
    Box("SpecialCases/PartialCumulation", marked("Partial cumulation"), Kind.TICK),
    Box("SpecialCases/DeMinimis", marked("De minimis"), Kind.TICK),
    Box(
        "SpecialCases/ThirdCountryInvoicing/CompanyName", marked("Third country invoicing: company")
    ),
    Box(
        "SpecialCases/ThirdCountryInvoicing/CompanyCountry",
        marked("Third country invoicing: country"),
        Kind.COUNTRY,
        "JP",
    ),
    Box("SpecialCases/Exhibition/Name", marked("Exhibition: name")),
    Box("SpecialCases/Exhibition/Address", marked("Exhibition: address"), Kind.LINES),
    Box(
        "SpecialCases/BackToBack/Original[1]/IssuingCountry",
        marked("Back-to-back: original issued in"),
        Kind.COUNTRY,
        "MY",
    ),
    Box(
        "SpecialCases/BackToBack/Original[1]/ReferenceNumber",
        marked("Back-to-back: number of the original"),
        Kind.REFERENCE,
    ),
    Box(
        "SpecialCases/BackToBack/Original[1]/IssueDate",
        marked("Back-to-back: original issued on"),
        Kind.DATE,
        "2026-11-02",
    ),
    Box("Remarks", marked("Remarks"), Kind.LINES),
)


TICKS: Final = frozenset(box.path for box in _CASES if box.kind is Kind.TICK)
"""Boxes of box 13 that hold no data of their own."""


def _trader(path: str, number: str, country: str) -> tuple[Box, ...]:
    return _number(
        number,
        Box(f"{path}/Name", marked("Name"), needed=True),
        Box(f"{path}/Identifier", marked("Tax or registration number"), Kind.REFERENCE),
        Box(f"{path}/NationalName[1]", marked("Name in another language")),
        Box(
            f"{path}/NationalName[1]/@xml:lang",
            marked("Language of that name"),
            Kind.LANGUAGE,
            "th",
        ),
        Box(f"{path}/Address", marked("Address"), Kind.LINES, needed=True),
        Box(f"{path}/Country", marked("Country"), Kind.COUNTRY, country, needed=True),
    )


_FURTHER: Final = {
    "@unit": (Kind.UNIT, "KGM"),
    "@xml:lang": (Kind.LANGUAGE, "th"),
    "ExpiryDate": (Kind.DATE, "2027-11-01"),
    "GrossMeasure": (Kind.NUMBER, "640.5"),
    "GrossVolume": (Kind.NUMBER, "12.5"),
    "IssueDate": (Kind.DATE, "2026-11-02"),
    "IssuingCountry": (Kind.COUNTRY, "MY"),
    "NationalAddress": (Kind.LINES, ""),
    "NationalDescription": (Kind.LINES, ""),
    "NationalName": (Kind.LINES, ""),
    "ReferenceNumber": (Kind.REFERENCE, ""),
}
"""What elements take that the form has no box for, and a spreadsheet may bring."""


def _find_further(fields: Mapping[str, str], known: Sequence[Box], start: str) -> Sequence[Box]:
    """Find what was entered below a path and has no field of its own."""
    paths = {box.path for box in known}
    return tuple(
        Box(path, path, *_FURTHER.get(path.rpartition("/")[2].partition("[")[0], (Kind.OTHER,)))
        for path in fields
        if path.startswith(start) and path not in paths
    )


def list_boxes(fields: Mapping[str, str]) -> Sequence[tuple[str, str, Sequence[Box]]]:
    """List the boxes of a certificate but its items: id, title and fields of each group.

    Args:
        fields: What was entered; what has no field of its own gets one at the end.
    """
    groups = [
        ("Head", marked("Head"), _HEAD),
        ("Exporter", marked("Box 1: exporter"), _trader("Exporter", "1", "TH")),
        ("Consignee", marked("Box 2: consignee"), _trader("Consignee", "2", "VN")),
        ("Transport", marked("Box 3: transport"), _TRANSPORT),
        ("ExporterDeclaration", marked("Box 11: declaration by the exporter"), _DECLARATION),
        ("Certification", marked("Box 12: certification"), _CERTIFICATION),
        ("SpecialCases", marked("Box 13: special cases"), _CASES),
    ]
    known = [box for _, _, boxes in groups for box in boxes]
    others = {path: text for path, text in fields.items() if not path.startswith("Item[")}
    further = _find_further(others, known, "")
    if further:
        groups.append(("Further", marked("Further elements"), tuple(further)))
    return groups


def list_item_boxes(fields: Mapping[str, str], number: int) -> Sequence[Box]:
    """List the boxes of an item.

    Args:
        fields: What was entered.
        number: Its place, from 1.
    """
    item = f"Item[{number}]"
    goods = [
        Box(
            f"{item}/NationalDescription[1]", marked("Description in another language"), Kind.LINES
        ),
        Box(
            f"{item}/NationalDescription[1]/@xml:lang", marked("Its language"), Kind.LANGUAGE, "vi"
        ),
        Box(
            f"{item}/CommodityCode",
            marked("Tariff code"),
            Kind.TARIFF_CODE,
            "69120000",
            needed=True,
        ),
        Box(
            f"{item}/CommodityCode/@nomenclature",
            marked("Nomenclature"),
            Kind.CODE,
            "AHTN-2022",
            needed=True,
        ),
        Box(f"{item}/Quantity", marked("Quantity"), Kind.NUMBER, "3840"),
        Box(f"{item}/Quantity/@unit", marked("Unit"), Kind.UNIT, "C62"),
        Box(f"{item}/ManufacturerName", marked("Manufacturer")),
        Box(f"{item}/TrademarkName", marked("Trademark")),
    ]
    for at in range(1, max(1, count_parts(fields, f"{item}/Package")) + 1):
        package = f"{item}/Package[{at}]"
        goods += [
            Box(f"{package}/Count", marked("Number of packages"), Kind.COUNT, "80"),
            Box(f"{package}/TypeCode", marked("Type of package"), Kind.PACKAGE, "CT"),
        ]
    measures = (
        Box(f"{item}/GrossMeasure", marked("Gross weight"), Kind.NUMBER, "640.5"),
        Box(f"{item}/GrossMeasure/@unit", marked("Unit of weight"), Kind.WEIGHT, "KGM"),
        Box(f"{item}/FobAmount", marked("FOB value"), Kind.NUMBER, "8400.00"),
        Box(f"{item}/FobAmount/@currency", marked("Currency"), Kind.CURRENCY, "USD"),
    )
    invoices = []
    for at in range(1, max(1, count_parts(fields, f"{item}/Invoice")) + 1):
        invoice = f"{item}/Invoice[{at}]"
        invoices += [
            Box(f"{invoice}/Number", marked("Invoice number"), Kind.REFERENCE, needed=True),
            Box(f"{invoice}/Date", marked("Invoice date"), Kind.DATE, "2026-11-02", needed=True),
        ]
    path, example = f"{item}/SequenceNumber", str(number)
    known = [
        *_number("5", Box(path, marked("Item number"), Kind.ITEM_NUMBER, example, needed=True)),
        *_number("6", Box(f"{item}/MarksAndNumbers", marked("Marks and numbers"), Kind.LINES)),
        *_number(
            "7",
            Box(f"{item}/Description", marked("Description of goods"), Kind.LINES, needed=True),
            *goods,
        ),
        *_number(
            "8",
            Box(
                f"{item}/{CRITERION}",
                marked("Origin criterion"),
                Kind.CRITERION,
                "CTH + 41.25%",
                needed=True,
            ),
        ),
        *_number("9", *measures),
        *_number("10", *invoices),
    ]
    return [*known, *_find_further(fields, known, f"{item}/")]


def count_parts(fields: Mapping[str, str], path: str) -> int:
    """Count how many of something were begun, for example ``Item``."""
    start = f"{path}["
    numbers = (
        int(name[len(start) :].partition("]")[0]) for name in fields if name.startswith(start)
    )
    return max(numbers, default=0)
