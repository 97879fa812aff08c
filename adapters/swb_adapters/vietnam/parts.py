"""Elements that several Vietnamese documents are made of, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk import attempt, fold_foreign_text, parse_day_first_date, parse_decimal
from swb_adapters.vietnam.codes import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from swb_adapters.sdk import Losses, PayloadWriter
    from swb_adapters.sdk.building import Unreadable
    from swb_schemas.documents.certificate_of_origin import Package, Port

__all__ = [
    "drop_measures",
    "read_date",
    "read_line",
    "read_lines",
    "read_measure",
    "read_national",
    "read_port",
    "write_port",
]


def read_line(texts: Mapping[str, str], name: str) -> str | None:
    """Read one line of text."""
    text = texts.get(name)
    return None if text is None else fold_foreign_text(text)


def read_lines(texts: Mapping[str, str], name: str) -> str | None:
    """Read text in lines."""
    text = texts.get(name)
    return None if text is None else fold_foreign_text(text, lines=True)


def read_national(texts: Mapping[str, str], name: str) -> list[dict[str, Any]]:
    """Read the Vietnamese text beside one in English."""
    text = read_lines(texts, name)
    return [] if text is None else [{"lang": LANGUAGE, "value": text}]


def read_port(texts: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """Read a port; a code without a name is a fault that the model finds."""
    found = {"Code": texts.get(f"{name}Code"), "Name": read_line(texts, f"{name}Name")}
    return {key: text for key, text in found.items() if text is not None} or None


def read_date(texts: Mapping[str, str], name: str) -> date | Unreadable | None:
    """Read ``dd/MM/yyyy``."""
    return attempt(parse_day_first_date, texts.get(name))


def read_measure(
    texts: Mapping[str, str], name: str, code: str, attribute: str = "unit"
) -> dict[str, Any] | None:
    """Read a number and its code, which stand in two elements; either alone is a fault."""
    if name not in texts and code not in texts:
        return None
    found = ((attribute, texts.get(code)), ("Value", attempt(parse_decimal, texts.get(name))))
    return {key: value for key, value in found if value is not None}


def write_port(out: PayloadWriter, tag: str, port: Port | None) -> None:
    """Write a port as two elements."""
    if port is not None:
        out.text(f"{tag}Code", port.code)
        out.text(f"{tag}Name", port.name)


def drop_measures(package: Package, *, path: str, losses: Losses) -> None:
    """Declare what single packages weigh and measure as lost."""
    for tag, measure in (
        ("GrossMeasure", package.gross_measure),
        ("GrossVolume", package.gross_volume),
    ):
        if measure is not None:
            losses.drop(f"{path}/{tag}", "the format tells measures for a whole item only")
