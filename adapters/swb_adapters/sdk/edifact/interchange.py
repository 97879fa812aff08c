"""Interchanges: UNA, UNB, UNH, UNT, UNZ, with every count and reference checked.

ISO 9735 versions 1 to 4 are read; the first three differ in nothing that is read here. Functional
groups (UNG) are refused: no message of this project comes in one.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.edifact.characters import UTF_8, decode_text, find_codec, fits_latin
from swb_adapters.sdk.edifact.faults import (
    SyntaxCode,
    make_fault,
    refuse_fault,
    refuse_faults,
    spell_place,
)
from swb_adapters.sdk.edifact.segments import (
    ADVICE_3,
    ADVICE_4,
    PEN_3,
    PEN_4,
    Advice,
    Knife,
    Pen,
    Segment,
)
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.recognition import describe_octets, quote_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb_schemas.findings import Finding

__all__ = [
    "Header",
    "Interchange",
    "Message",
    "encode_interchange",
    "parse_header",
    "parse_interchange",
]

_BLANK: Final = b" \t\r\n"
_VERSIONS: Final = ("1", "2", "3", "4")
_UNA_LENGTH: Final = 9
_LENGTHS: Final = {"%Y%m%d": 8, "%H%M": 4}
_HEAD: Final = 512
"""Octets in which UNB has to end."""


@dataclass(frozen=True, slots=True)
class Header:
    """UNB: who sends what to whom.

    Attributes:
        level: Character set, data element 0001.
        version: Of the syntax, ``1`` to ``4``.
        sender: Identification, 0004.
        recipient: Identification, 0010.
        reference: Interchange control reference, 0020.
        advice: The service characters.
        codec: Python's name of the character set.
        start: Where UNB begins.
    """

    level: str
    version: str
    sender: str
    recipient: str
    reference: str
    advice: Advice
    codec: str
    start: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        reference: Data element 0062.
        type: Of the message, such as ``CUSDEC``; 0065.
        version: Version, release and agency, such as ``D:96B:UN``.
        association: Association assigned code, 0057.
        rows: The segments between UNH and UNT.
        knife: Splits a row.
    """

    reference: str
    type: str
    version: str
    association: str
    rows: list[str]
    knife: Knife


@dataclass(frozen=True, slots=True)
class Interchange:
    """An interchange whose envelope is in order."""

    header: Header
    messages: tuple[Message, ...]


def _get(segment: Segment, element: int, component: int = 1) -> str:
    if len(segment) <= element or len(segment[element]) < component:
        return ""
    return segment[element][component - 1]


def _parse_advice(raw: bytes) -> tuple[Advice | None, int]:
    start = len(raw) - len(raw.lstrip(_BLANK))
    if raw[start : start + 3] != b"UNA":
        return None, start
    marks = raw[start + 3 : start + _UNA_LENGTH].decode("latin-1")
    used = [each for position, each in enumerate(marks) if position not in {3, 4} or each != " "]
    wrong = len(marks) != 6 or len(set(used)) != len(used) or " " in used  # noqa: PLR2004 - six
    if wrong or any(each.isalnum() or not " " <= each <= "~" for each in marks):
        message = "expected six different service characters, found others"
        raise refuse_fault(SyntaxCode.SERVICE, "UNA", message)
    end = start + _UNA_LENGTH
    return Advice(*marks), end + len(raw[end:]) - len(raw[end:].lstrip(_BLANK))


def parse_header(raw: bytes) -> Header:
    """Read UNA and UNB, whatever comes after them.

    Raises:
        RefusedError: ``adapter.too_large``, ``adapter.malformed``, ``adapter.unsupported``,
            ``adapter.value`` (date or time).
    """
    if len(raw) > DEFAULT_LIMITS.octets:
        found = f"{len(raw):,}"
        message = f"expected at most {DEFAULT_LIMITS.octets:,} octets, found {found}"
        raise refuse("adapter.too_large", message)
    advice, start = _parse_advice(raw)
    if raw[start : start + 3] != b"UNB":
        found = describe_octets(raw)
        message = f"expected an interchange that begins with UNA or UNB, found {found}"
        raise refuse_fault(SyntaxCode.MISSING, "UNB", message)
    head = raw[start : start + _HEAD].decode("latin-1")
    marks = advice or (ADVICE_4 if head[8:10] == ":4" else ADVICE_3)
    row, end, _ = head.partition(marks.terminator)
    if not end or "\n" in row or "\r" in row:
        message = f"expected {marks.terminator} after UNB, found none"
        raise refuse_fault(SyntaxCode.SERVICE, "UNB", message)
    knife = Knife(marks)
    segment = knife.split(knife.parse(row + end)[0])
    level, version = _get(segment, 1), _get(segment, 1, 2)
    if version not in _VERSIONS:
        message = (
            f"expected a syntax version ({', '.join(_VERSIONS)}), found {quote_value(version)}"
        )
        raise refuse_fault(SyntaxCode.VERSION, "UNB/1.2", message, code="adapter.unsupported")
    header = Header(
        level=level,
        version=version,
        sender=_get(segment, 2),
        recipient=_get(segment, 3),
        reference=_get(segment, 5),
        advice=marks,
        codec=find_codec(level, _get(segment, 1, 4)),
        start=start,
    )
    for place, text in (
        ("UNB/2.1", header.sender),
        ("UNB/3.1", header.recipient),
        ("UNB/5", header.reference),
    ):
        if not text:
            raise refuse_fault(SyntaxCode.MISSING, place, "expected a value, found none")
    _check_prepared(_get(segment, 4), _get(segment, 4, 2))
    return header


def _check_prepared(day: str, time: str) -> None:
    """Require date and time of preparation, where they are told, to be such."""
    day_text = f"20{day}" if len(day) == len("yyMMdd") else day
    for place, text, whole, form, words in (
        ("UNB/4.1", day, day_text, "%Y%m%d", "a day as yyMMdd or yyyyMMdd"),
        ("UNB/4.2", time, time, "%H%M", "a time as HHmm"),
    ):
        if text and not _is_moment(whole, form):
            message = f"expected {words}, found {quote_value(text)}"
            raise refuse_fault(SyntaxCode.VALUE, place, message, code="adapter.value")


def _is_moment(text: str, form: str) -> bool:
    if len(text) != _LENGTHS[form] or not text.isascii() or not text.isdigit():
        return False
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether there is such a day or time
    except ValueError:
        return False
    return True


def parse_interchange(raw: bytes) -> Interchange:
    """Read an interchange.

    Args:
        raw: The octets as they arrived.

    Raises:
        RefusedError: ``adapter.too_large``, ``adapter.malformed``, ``adapter.unsupported``,
            ``adapter.inconsistent`` (a count or a reference).
    """
    header = parse_header(raw)
    text, bad, message = decode_text(raw[header.start :], header.level, header.codec)
    knife = Knife(header.advice)
    if bad >= 0:
        whole = _cut(text, header.advice)
        tag = text[len(whole) :].lstrip("\r\n")[:3]
        rows = knife.parse(whole)
        number = next((n for n, row in enumerate(reversed(rows)) if row[:3] == "UNH"), -1)
        tag = tag if tag.isalnum() and tag.isascii() else "?"
        place = spell_place(number + 2, tag) if number >= 0 else "UNB"
        raise refuse_fault(SyntaxCode.CHARACTER, place, message)
    return Interchange(header, tuple(_parse_messages(knife.parse(text), header, knife)))


def _cut(text: str, advice: Advice) -> str:
    """Cut a text after its last whole segment."""
    mark = re.escape(advice.terminator)
    release = "(?!)" if advice.release == " " else re.escape(advice.release)
    ends = [
        found.end() for found in re.finditer(f"{release}.|({mark})", text, re.DOTALL) if found[1]
    ]
    return text[: ends[-1]] if ends else ""


def _parse_messages(rows: list[str], header: Header, knife: Knife) -> list[Message]:
    faults: list[Finding] = []
    messages: list[Message] = []
    position, last = 1, len(rows) - 1
    while position <= last and rows[position][:3] == "UNH":
        end = position + 1
        while end <= last and rows[end][:3] not in _ENVELOPE:
            end += 1
        if end > last or rows[end][:3] != "UNT":
            found = "the end of the interchange" if end > last else rows[end][:3]
            message = (
                f"expected UNT at the end of the message, found {found} after {rows[end - 1][:3]}"
            )
            place = spell_place(end - position + 1, "UNT")
            raise refuse_fault(SyntaxCode.MISSING, place, message)
        messages.append(_parse_message(rows[position : end + 1], knife, faults))
        position = end + 1
    if position > last or rows[position][:3] != "UNZ":
        found = "the end of the interchange" if position > last else rows[position][:3]
        if found == "UNG":
            message = "expected messages without functional groups, found UNG"
            raise refuse_fault(SyntaxCode.UNSPECIFIED, "UNG", message, code="adapter.unsupported")
        syntax = SyntaxCode.MISSING if position > last else SyntaxCode.OUTSIDE
        raise refuse_fault(syntax, "UNZ", f"expected UNH or UNZ, found {found}")
    if position != last:
        message = f"expected nothing after UNZ, found {rows[position + 1][:3]}"
        raise refuse_fault(SyntaxCode.OUTSIDE, "UNZ", message)
    _check_trailer(knife.split(rows[last]), header, len(messages), faults)
    if faults:
        raise refuse_faults(faults)
    return messages


_ENVELOPE: Final = frozenset({"UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"})


def _parse_message(rows: list[str], knife: Knife, faults: list[Finding]) -> Message:
    head, tail, count = knife.split(rows[0]), knife.split(rows[-1]), len(rows)
    reference, told = _get(head, 1), _get(tail, 1)
    if told != str(count) and told.lstrip("0") != str(count):
        place = spell_place(count, "UNT", 1)
        message = f"expected {count}, the segments from UNH to UNT, found {quote_value(told)}"
        faults.append(make_fault(SyntaxCode.COUNT, place, message, code="adapter.inconsistent"))
    if _get(tail, 2) != reference or not reference:
        place = spell_place(count, "UNT", 2)
        message = "expected the message reference number of UNH, found another"
        faults.append(
            make_fault(SyntaxCode.REFERENCES, place, message, code="adapter.inconsistent")
        )
    return Message(
        reference=reference,
        type=_get(head, 2),
        version=":".join(_get(head, 2, part) for part in (2, 3, 4)),
        association=_get(head, 2, 5),
        rows=rows[1:-1],
        knife=knife,
    )


def _check_trailer(segment: Segment, header: Header, count: int, faults: list[Finding]) -> None:
    told = _get(segment, 1)
    if told != str(count) and told.lstrip("0") != str(count):
        message = f"expected {count}, the number of messages, found {quote_value(told)}"
        faults.append(make_fault(SyntaxCode.COUNT, "UNZ/1", message, code="adapter.inconsistent"))
    if _get(segment, 2) != header.reference:
        message = "expected the interchange control reference of UNB, found another"
        fault = make_fault(SyntaxCode.REFERENCES, "UNZ/2", message, code="adapter.inconsistent")
        faults.append(fault)
    if not count:
        faults.append(make_fault(SyntaxCode.EMPTY, "UNZ/1", "expected a message, found none"))


def encode_interchange(
    kind: Sequence[str],
    write: Callable[[Pen], list[str]],
    *,
    sender: str,
    recipient: str,
    prepared: str,
) -> bytes:
    """Write an interchange of one message.

    It is of level C and syntax version 3 where its text allows that, else of level Y in UTF-8 and
    version 4. The references are made of the content, so the same message is the same octets.

    Args:
        kind: Components of the message identifier, from the message type on.
        write: Writes the segments between UNH and UNT.
        sender: Data element 0004.
        recipient: Data element 0010.
        prepared: When it was made, ``yyyyMMddHHmm``.
    """
    pen = PEN_3
    rows = write(pen)
    narrow = fits_latin("".join(rows))
    if not narrow:
        pen = PEN_4
        rows = write(pen)
    body = "\n".join(rows)
    reference = hashlib.sha256(body.encode()).hexdigest()[:14].upper()
    charset = ("UNOC", "3") if narrow else ("UNOY", "4", "", UTF_8)
    moment = (prepared[2:8] if narrow else prepared[:8], prepared[8:12])
    head = pen.write("UNB", (charset, (sender,), (recipient,), moment, (reference,)))
    start = pen.write("UNH", (("1",), tuple(kind)))
    end = pen.write("UNT", ((str(len(rows) + 2),), ("1",)))
    tail = pen.write("UNZ", (("1",), (reference,)))
    text = f"{pen.advice.text}\n{head}\n{start}\n{body}\n{end}\n{tail}\n"
    return text.encode("iso8859-1" if narrow else "utf-8")
