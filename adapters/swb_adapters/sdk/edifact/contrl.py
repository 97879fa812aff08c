"""CONTRL: the report on the syntax of an interchange (ISO 9735-4, UN/EDIFACT service message).

It says of the octets alone whether they are in order. What a document says, and that an authority
refuses it, is told by an application's answer such as CUSRES; so an interchange that was refused
for its content is acknowledged here.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.edifact.characters import UTF_8
from swb_adapters.sdk.edifact.faults import CLAUSE
from swb_adapters.sdk.edifact.interchange import Header, parse_header
from swb_adapters.sdk.edifact.segments import PEN_3, PEN_4, Knife
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.findings import Finding

__all__ = ["build_report"]

_PLACE: Final = re.compile(
    r"(?:segment (?P<number>\d+) )?(?P<tag>[A-Z]{3}|\?)(?:/(?P<element>\d+)(?:\.(?P<part>\d+))?)?"
)
_REJECTED: Final = "4"
_ACKNOWLEDGED: Final = "7"
_AROUND: Final = ("UNA", "UNB", "UNZ", "UNG", "UNE")


def build_report(
    raw: bytes, refusal: RefusedError | None, *, at: datetime, reference: str
) -> bytes:
    """Make the CONTRL of an interchange.

    Args:
        raw: The interchange as it arrived.
        refusal: What reading it came to; None where it was read.
        at: When the report is made; an aware time, written in UTC.
        reference: Control reference of the report's own interchange, at most 14 characters.

    Raises:
        RefusedError: As of the header: nobody can be told whose UNB cannot be read.
    """
    header = parse_header(raw)
    fault = _find_fault(refusal)
    place = _PLACE.fullmatch(fault.national_path) if fault else None
    code = fault.clause.removeprefix(CLAUSE) if fault else ""
    message = _find_message(raw, header)
    inside = place is not None and bool(place["number"]) and bool(message)
    rejected = fault is not None and not inside
    own: list[Sequence[str]] = [
        (header.reference,),
        (header.sender,),
        (header.recipient,),
        (_REJECTED if rejected else _ACKNOWLEDGED,),
    ]
    if rejected:
        tag = place["tag"] if place and place["tag"] in _AROUND else ""
        own += [(code,), (tag,), _spell_position(place)]
    rows: list[tuple[str, Sequence[Sequence[str]]]] = [("UCI", own)]
    if inside and place:
        told: list[Sequence[str]] = [*message, (_REJECTED,)]
        if place["tag"] in {"UNH", "UNT"}:
            rows.append(("UCM", [*told, (code,), (place["tag"],), _spell_position(place)]))
        else:
            rows.append(("UCM", told))
            rows.append(("UCS", [(place["number"],), () if place["element"] else (code,)]))
            if place["element"]:
                rows.append(("UCD", [(code,), _spell_position(place)]))
    return _encode(rows, header, at, reference)


def _find_fault(refusal: RefusedError | None) -> Finding | None:
    findings = refusal.findings if refusal else ()
    return next((each for each in findings if each.clause.startswith(CLAUSE)), None)


def _spell_position(place: re.Match[str] | None) -> Sequence[str]:
    if place is None or not place["element"]:
        return ()
    # Data element 0098 counts the tag as the first (ISO 9735-4).
    element = str(int(place["element"]) + 1)
    return (element, place["part"]) if place["part"] else (element,)


def _find_message(raw: bytes, header: Header) -> list[Sequence[str]]:
    """Find reference and identifier of the first message; nothing where its UNH cannot be read."""
    text = raw[header.start :].decode("latin-1")
    mark = header.advice.terminator
    at = text.find("UNH", text.find(mark))
    end = text.find(mark, at)
    if at < 0 or end < 0:
        return []
    try:
        knife = Knife(header.advice)
        segment = knife.split(knife.parse(text[at : end + 1])[0])
    except RefusedError:
        return []
    return list(segment[1:3]) if len(segment) > 2 and segment[1][0] else []  # noqa: PLR2004 - both are there


def _encode(
    rows: list[tuple[str, Sequence[Sequence[str]]]], header: Header, at: datetime, reference: str
) -> bytes:
    new = header.version == "4"
    pen = PEN_4 if new else PEN_3
    charset = ("UNOY", "4", "", UTF_8) if new else ("UNOC", "3")
    moment = at.astimezone(UTC).strftime("%Y%m%d%H%M")
    prepared = (moment[0 if new else 2 : 8], moment[8:])
    kind = ("CONTRL", "4", "1", "UN") if new else ("CONTRL", "D", "3", "UN")
    around: list[tuple[str, Sequence[Sequence[str]]]] = [
        ("UNB", [charset, (header.recipient,), (header.sender,), prepared, (reference,)]),
        ("UNH", [("1",), kind]),
        *rows,
        ("UNT", [(str(len(rows) + 2),), ("1",)]),
        ("UNZ", [("1",), (reference,)]),
    ]
    lines = [pen.advice.text, *(pen.write(tag, elements) for tag, elements in around), ""]
    return "\n".join(lines).encode("utf-8" if new else "iso8859-1")
