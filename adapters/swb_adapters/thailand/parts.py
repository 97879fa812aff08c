"""Elements that several Thai documents are made of, both ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Era,
    attempt,
    fold_foreign_text,
    format_day_first_date,
    format_decimal,
    parse_day_first_date,
    parse_decimal,
    read_children,
)
from swb_adapters.thailand.codes import LANGUAGE
from swb_adapters.thailand.envelope import NAMESPACE

if TYPE_CHECKING:
    from datetime import date

    from lxml import etree

    from swb_adapters.sdk import Losses, PayloadWriter
    from swb_adapters.sdk.building import Unreadable
    from swb_schemas.documents.certificate_of_origin import Port
    from swb_schemas.documents.elements import CommodityCode, Measure, TradeParty

__all__ = [
    "format_thai_date",
    "parse_thai_date",
    "read_lines",
    "read_measure",
    "read_national",
    "read_port",
    "read_tariff_number",
    "read_text",
    "read_trader",
    "write_lines",
    "write_measure",
    "write_port",
    "write_tariff_number",
    "write_trader",
]

_TAX_NUMBER: Final = re.compile(r"([0-9]{13})(?:-([0-9]{5}))?")

# --- reading -----------------------------------------------------------------------------------


def parse_thai_date(text: str | None) -> date | Unreadable | None:
    """Read a date of the Buddhist era, where there is one."""
    return attempt(_parse_buddhist_date, text)


def _parse_buddhist_date(text: str) -> date:
    return parse_day_first_date(text, era=Era.BUDDHIST)


def read_text(element: etree._Element | None) -> str | None:
    """Read one line of text."""
    return None if element is None else fold_foreign_text(element.text or "")


def read_lines(element: etree._Element | None) -> str | None:
    """Read an element that holds one element for each line."""
    if element is None:
        return None
    if len(element) == 1:
        return fold_foreign_text(element[0].text or "")
    return "\n".join(fold_foreign_text(line.text or "") for line in element)


def read_national(element: etree._Element | None) -> list[dict[str, Any]]:
    """Read the Thai half of a bilingual element."""
    if element is None:
        return []
    return [{"lang": LANGUAGE, "value": read_lines(element)}]


def read_measure(element: etree._Element | None, attribute: str = "unit") -> dict[str, Any] | None:
    """Read a number with its one attribute."""
    if element is None:
        return None
    return {attribute: element.get(attribute), "value": attempt(parse_decimal, element.text)}


def read_tariff_number(element: etree._Element) -> dict[str, Any]:
    """Read a tariff number that is printed with dots."""
    digits = (element.text or "").replace(".", "")
    return {"nomenclature": element.get("nomenclature"), "value": digits}


def read_trader(element: etree._Element) -> dict[str, Any]:
    """Read an exporter or a consignee."""
    parts = read_children(element, NAMESPACE)
    name = read_children(parts["Name"], NAMESPACE)
    address = read_children(parts["Address"], NAMESPACE)
    identifier = read_text(parts.get("OtherNumber"))
    if "TaxNumber" in parts:
        identifier = parts["TaxNumber"].text
        if "BranchNumber" in parts:
            identifier = f"{identifier}-{parts['BranchNumber'].text}"
    return {
        "Identifier": identifier,
        "Name": read_text(name["English"]),
        "NationalName": read_national(name.get("Thai")),
        "Address": read_lines(address["English"]),
        "NationalAddress": read_national(address.get("Thai")),
        "Country": parts["CountryCode"].text,
    }


def read_port(element: etree._Element | None) -> dict[str, Any] | None:
    """Read a port."""
    if element is None:
        return None
    parts = read_children(element, NAMESPACE)
    code = parts.get("Code")
    return {"Code": None if code is None else code.text, "Name": read_text(parts["Name"])}


# --- writing -----------------------------------------------------------------------------------


def format_thai_date(value: date | None, path: str) -> str | None:
    """Write a date of the Buddhist era, where there is one; `path` is its canonical path."""
    return None if value is None else format_day_first_date(value, era=Era.BUDDHIST, path=path)


def write_lines(out: PayloadWriter, tag: str, text: str | None) -> None:
    """Write an element that holds one element for each line; nothing where there is no text."""
    if text is None:
        return
    out.open(tag)
    for line in text.split("\n"):
        out.text("Line", line)
    out.close(tag)


def write_measure(out: PayloadWriter, tag: str, measure: Measure | None) -> None:
    """Write a number with its unit; nothing where there is none."""
    if measure is not None:
        out.text(tag, format_decimal(measure.value), unit=measure.unit)


def write_tariff_number(out: PayloadWriter, tag: str, code: CommodityCode) -> None:
    """Write a tariff number with dots: 4 digits, then pairs."""
    digits = code.value
    pairs = [digits[:4], *(digits[at : at + 2] for at in range(4, len(digits), 2))]
    out.text(tag, ".".join(pairs), nomenclature=code.nomenclature)


def write_trader(
    out: PayloadWriter, tag: str, trader: TradeParty, *, path: str, losses: Losses
) -> None:
    """Write an exporter or a consignee; `path` is its canonical path."""
    out.open(tag)
    if trader.identifier is not None:
        tax_number = _TAX_NUMBER.fullmatch(trader.identifier)
        if tax_number is None:
            out.text("OtherNumber", trader.identifier)
        else:
            out.text("TaxNumber", tax_number[1])
            out.text("BranchNumber", tax_number[2])
    thai = losses.take_text(trader.national_names, language=LANGUAGE, path=f"{path}/NationalName")
    out.open("Name")
    out.text("English", trader.name)
    write_lines(out, "Thai", thai)
    out.close("Name")
    thai = losses.take_text(
        trader.national_addresses, language=LANGUAGE, path=f"{path}/NationalAddress"
    )
    out.open("Address")
    write_lines(out, "English", trader.address)
    write_lines(out, "Thai", thai)
    out.close("Address")
    out.text("CountryCode", trader.country)
    out.close(tag)


def write_port(out: PayloadWriter, tag: str, port: Port | None) -> None:
    """Write a port; nothing where there is none."""
    if port is None:
        return
    out.open(tag)
    out.text("Code", port.code)
    out.text("Name", port.name)
    out.close(tag)
