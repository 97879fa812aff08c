"""The one octet form: a file is its own Exclusive XML Canonicalization 1.0, without comments.

So there is no XML declaration, comment, processing instruction, CDATA section, byte order mark,
final line end, unused namespace declaration or alternative spelling of a character, and whoever
hashes the file's octets hashes what a signature covers. Strict base64 belongs here too: no white
space, no missing or superfluous padding, no bits behind the data.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parsing import DEFAULT_LIMITS, XmlLimits, canonical_octets, parse_xml
from swb_schemas.recognition import describe_position

if TYPE_CHECKING:
    from lxml import etree

__all__ = ["decode_base64", "parse_canonical"]


def parse_canonical(raw: bytes, *, limits: XmlLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse octets that must be their own exclusive canonical form.

    Raises:
        RefusedError: ``xml.not_canonical``, and what `parse_xml` raises.
    """
    root = parse_xml(raw, limits=limits)
    canonical = canonical_octets(root)
    if canonical != raw:
        place = next(
            (at for at, (a, b) in enumerate(zip(canonical, raw, strict=False)) if a != b),
            min(len(canonical), len(raw)),
        )
        message = (
            "expected octets that are their own exclusive canonical form, without declaration, "
            f"comment or final line end; found a difference at octet {place}"
        )
        finding = Finding(
            code="xml.not_canonical",
            severity=Severity.REFUSE,
            path="",
            national_path=describe_position(raw, place),
            message=message,
        )
        raise RefusedError("xml.not_canonical", message, findings=(finding,))
    return root


def decode_base64(text: bytes, *, code: str, what: str) -> bytes:
    """Decode base64 that is the only spelling of its octets (RFC 4648, 3.5 and 4).

    Args:
        text: The base64 characters.
        code: Code of the refusal.
        what: What is decoded, for the message.

    Raises:
        RefusedError: Another spelling, or no base64.
    """
    try:
        octets = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as cause:
        message = f"expected base64 without white space in {what}"
        raise RefusedError(code, message) from cause
    if base64.b64encode(octets[-(len(octets) % 3 or 3) :]) != text[-4:]:
        message = f"expected base64 in {what} whose unused bits are zero"
        raise RefusedError(code, message)
    return octets
