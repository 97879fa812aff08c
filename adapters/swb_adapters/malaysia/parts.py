"""Rows that several messages share."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_adapters.sdk.edifact import NUMERIC
from swb_adapters.sdk.mapping import (
    CODE,
    COMPACT_DATE,
    LINES,
    NUMBER,
    AnyRow,
    Fixed,
    Group,
    Row,
    moment,
)

__all__ = [
    "INVOICES",
    "ITEM_TEXTS",
    "PACKAGES",
    "amount",
    "count_items",
    "dated",
    "measure",
    "port",
    "texts",
    "timed",
]

_MOMENT: Final = moment(timedelta(hours=8))


def dated(canonical: str, national: str) -> tuple[AnyRow, ...]:
    """A date in a DTM, in format 102."""
    return (
        Row(canonical, f"{national}/1.2", COMPACT_DATE),
        Fixed(f"{national}/1.3", "102", "yyyyMMdd", beside=True),
    )


def timed(canonical: str, national: str) -> tuple[AnyRow, ...]:
    """A moment in a DTM, in format 204."""
    return (
        Row(canonical, f"{national}/1.2", _MOMENT),
        Fixed(f"{national}/1.3", "204", "yyyyMMddHHmmss", beside=True),
    )


def measure(canonical: str, national: str) -> tuple[AnyRow, ...]:
    """A quantity with its unit in a MEA."""
    return (
        Row(f"{canonical}/@unit", f"{national}/3.1", CODE),
        Row(canonical, f"{national}/3.2", NUMERIC),
    )


def amount(canonical: str, national: str) -> tuple[AnyRow, ...]:
    """Money with its currency in a MOA."""
    return (
        Row(canonical, f"{national}/1.2", NUMERIC),
        Row(f"{canonical}/@currency", f"{national}/1.3", CODE),
    )


def texts(canonical: str, national: str) -> Group:
    """Texts in several languages in FTX, each with the code of its language."""
    return Group(
        f"{canonical}[*]",
        f"{national}[*]",
        Row(".", "4", LINES),
        Row("@xml:lang", "5", CODE),
    )


def port(canonical: str, national: str) -> Group:
    """A port in a LOC."""
    return Group(canonical, national, Row("Code", "2.1", CODE), Row("Name", "2.4"))


PACKAGES: Final = Group(
    "Package[*]",
    "SG31.PAC[*]",
    Row("Count", "1", NUMBER),
    Row("TypeCode", "3.1", CODE),
    *measure("GrossMeasure", "MEA+AAE+AAB"),
    *measure("GrossVolume", "MEA+AAE+AAW"),
)
INVOICES: Final = Group(
    "Invoice[*]", "SG37.DOC+380[*]", Row("Number", "2.1"), *dated("Date", "DTM+137")
)
ITEM_TEXTS: Final = (
    Row("Description", "FTX+AAA/4", LINES),
    texts("NationalDescription", "FTX+NDS"),
)


def count_items(values: dict[str, object]) -> str:
    """Count the items of a document."""
    items = values.get("Item")
    return str(len(items)) if isinstance(items, list | tuple) else "0"
