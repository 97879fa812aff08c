"""Addresses: members on one side, lines as on the form on the other.

The lines are the street and below it ``Melbourne, VIC, 3000``: city, part of the country where
there is one, postcode. Such a last line becomes members again where it ends in what is a postcode
beyond doubt; every other address is written as it is into ``line1``, with line feeds, and the
members that the schema demands beside it stay empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import fold_foreign_text

if TYPE_CHECKING:
    from swb_adapters.aanzfta.payload import Address

__all__ = ["read_address", "write_address"]

_LAST_LINE: Final = re.compile(
    r"(?P<city>[^,\s][^,]*?)(?:, (?P<part>[^,\s][^,]*?))?, (?P<postcode>[A-Z]{0,2}[0-9]{4,6})"
)


def read_address(address: Address) -> str | None:
    """Read an address in lines; None where every member is empty."""
    rows = [
        fold_foreign_text(text, lines=True) for text in (address.line1, address.line2 or "") if text
    ]
    below = (address.city, address.subdivision or "", address.postcode)
    rows.append(", ".join(folded for text in below if (folded := fold_foreign_text(text))))
    return "\n".join(row for row in rows if row) or None


def write_address(lines: str, *, country: str) -> dict[str, str]:
    """Write an address; `read_address` gives the same lines again."""
    *street, last = lines.split("\n")
    match = _LAST_LINE.fullmatch(last) if street else None
    if match is None or match["city"] != match["city"].strip():
        return {"line1": lines, "cityName": "", "postcode": "", "countryCode": country}
    written = {"line1": street[0]}
    if street[1:]:
        written["line2"] = "\n".join(street[1:])
    written["cityName"] = match["city"]
    written["postcode"] = match["postcode"]
    if match["part"]:
        written["countrySubDivisionName"] = match["part"]
    return {**written, "countryCode": country}
