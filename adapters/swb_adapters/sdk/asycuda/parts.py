"""Groups of rows that certificates and declarations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk.asycuda.values import measure
from swb_adapters.sdk.mapping import (
    CODE,
    DECIMAL,
    LINES,
    NUMBER,
    AnyRow,
    Conversion,
    Fixed,
    Group,
    Ignored,
    Row,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FOB",
    "GROSS",
    "PACKAGES",
    "PORT",
    "QUANTITY",
    "count_items",
    "count_packages",
    "invoices",
    "texts",
]

PORT: Final = (Row("Code", "Code", CODE), Row("Name", "Name"))

PACKAGES: Final = Group(
    "Package[*]",
    "Packages[*]",
    Row("Count", "Number_of_packages", NUMBER),
    Row("TypeCode", "Kind_of_packages_code", CODE),
    Ignored("Kind_of_packages_name", "what the code beside it is called"),
    measure("GrossMeasure", "Weight_of_packages", "Weight_unit"),
    Row("GrossVolume", "Volume", DECIMAL),
    Row("GrossVolume/@unit", "Volume_unit", CODE),
)
QUANTITY: Final = (
    Row("Quantity/@unit", "Tarification/Supplementary_unit/Suppplementary_unit_code", CODE),
    Row(
        "Quantity",
        "Tarification/Supplementary_unit/Suppplementary_unit_quantity",
        DECIMAL,
        note="the first of them",
    ),
)
_WEIGHTS: Final = "Valuation_item/Weight_itm"
GROSS: Final = measure(
    "GrossMeasure", f"{_WEIGHTS}/Gross_weight_itm", f"{_WEIGHTS}/Gross_weight_unit"
)
FOB: Final = (
    Row("FobAmount", "Valuation_item/Item_FOB/Amount_foreign_currency", DECIMAL),
    Row("FobAmount/@currency", "Valuation_item/Item_FOB/Currency_code", CODE),
)


def texts(canonical: str, national: str) -> Group:
    """A text in further languages, each with its code (BCP 47)."""
    return Group(
        f"{canonical}[*]",
        f"{national}[*]",
        Row("@xml:lang", "Language", CODE),
        Row(".", "Text", LINES),
    )


def invoices(code: str, when: Conversion) -> Group:
    """The invoices of an item, among the documents that are attached to it.

    Args:
        code: The state's code of an invoice.
        when: How its dates are spelled.
    """
    rows: tuple[AnyRow, ...] = (
        Fixed("Attached_document_code", code),
        Row("Number", "Attached_document_reference"),
        Row("Date", "Attached_document_date", when),
    )
    return Group("Invoice[*]", f"Attached_documents={code}[*]", *rows)


def count_items(values: Mapping[str, Any]) -> str:
    """Count the items of a document."""
    return str(len(values["Item"]))


def count_packages(values: Mapping[str, Any]) -> str:
    """Count the packages of all items of a document."""
    packages = (each.get("Count", 0) for item in values["Item"] for each in item.get("Package", ()))
    return str(sum(packages))
