"""Elements that several Vietnamese documents are made of, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_adapters.sdk import (
    attempt,
    fold_foreign_text,
    format_day_first_date,
    format_decimal,
    format_local_time,
    parse_day_first_date,
    parse_decimal,
    parse_local_time,
)
from swb_adapters.vietnam.codes import LANGUAGE, OFFSET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from swb_adapters.sdk import Losses, PayloadWriter
    from swb_adapters.sdk.building import Unreadable
    from swb_schemas.documents.certificate_of_origin import Port
    from swb_schemas.documents.elements import Measure

__all__ = [
    "format_date",
    "format_time",
    "read_date",
    "read_line",
    "read_lines",
    "read_measure",
    "read_national",
    "read_port",
    "read_time",
    "write_measure",
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


def read_time(texts: Mapping[str, str], name: str) -> datetime | Unreadable | None:
    """Read a moment, which stands in local time."""
    return attempt(_parse_time, texts.get(name))


def _parse_time(text: str) -> datetime:
    return parse_local_time(text, offset=OFFSET)


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


def format_date(value: date | None, path: str) -> str | None:
    """Write ``dd/MM/yyyy``, where there is a date; `path` is its canonical path."""
    return None if value is None else format_day_first_date(value, path=path)


def format_time(moment: datetime, *, path: str, losses: Losses) -> str:
    """Write a moment in local time; `path` is its canonical path."""
    if moment.microsecond:
        losses.coarsen(path, "the format has whole seconds only")
    return format_local_time(moment, offset=OFFSET, path=path)


def write_measure(out: PayloadWriter, tag: str, measure: Measure | None) -> None:
    """Write a number and its unit as two elements; nothing where there is none."""
    if measure is not None:
        out.text(tag, format_decimal(measure.value))
        out.text(f"{tag}Unit", measure.unit)
