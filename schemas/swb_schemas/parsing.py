"""Untrusted octets to a tree, with every door of XML closed that we do not use.

No document type declaration, so no entity, external subset or default attribute; no network; no
processing instruction; bounded size, depth, number of elements and length of text. Comments are
dropped by canonicalisation, so a document that holds one is not canonical.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from swb_schemas.errors import RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.recognition import describe_octets, describe_position

__all__ = ["XmlLimits", "canonical_octets", "parse_xml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLimits:
    """Named limits of one XML document.

    Attributes:
        octets: Size. lxml itself stops at 10,000,000 characters in one text node.
        depth: Levels of elements; the deepest canonical document has 8.
        elements: Elements in the whole document; 5,000 items of a certificate need some 150,000.
        attributes: On one element. libxml2 sorts them by insertion for their canonical form, so a
            hundred thousand on one element, 1.3 million octets, took it a minute.
    """

    octets: int = 20_000_000
    depth: int = 32
    elements: int = 400_000
    attributes: int = 64


DEFAULT_LIMITS: Final = XmlLimits()

_DOCTYPE: Final = b"<!DOCTYPE"
_OTHER_MARKUP: Final = 10_000
"""Declarations, comments and other markup beside tags, before a tree is built to look closer."""
_RESOURCE_LIMIT: Final = 114
"""Number of libxml2's error when it meets one of its own limits."""


def parse_xml(raw: bytes, *, limits: XmlLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse one XML document.

    Raises:
        RefusedError: ``xml.too_large``, ``xml.malformed``, ``xml.doctype``,
            ``xml.processing_instruction``, ``xml.too_deep``, ``xml.too_many_elements``,
            ``xml.too_many_attributes``; the finding names the line, where there is one.
    """
    if len(raw) > limits.octets:
        # Who reads stops behind its own limit, so this may be only the beginning.
        message = f"expected at most {limits.octets:,} octets, found {len(raw):,} or more"
        raise _refuse("xml.too_large", message)
    most = 2 * limits.elements + _OTHER_MARKUP
    if len(raw) > most and raw.count(b"<") > most:
        # Every element has one or two tags, and a tree of a million takes 500 MB to be counted.
        message = f"expected at most {limits.elements:,} elements, found more"
        raise _refuse("xml.too_many_elements", message)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        strip_cdata=False,
        remove_blank_text=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as cause:
        raise _explain_syntax(raw, cause, limits) from cause
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refuse_doctype(raw)
    _check_shape(root, limits)
    return root


def _refuse(code: str, message: str, place: str = "") -> RefusedError:
    finding = Finding(
        code=code, severity=Severity.REFUSE, path="", national_path=place, message=message
    )
    return RefusedError(code, f"{place}: {message}" if place else message, findings=(finding,))


def _refuse_doctype(raw: bytes) -> RefusedError:
    at = raw.find(_DOCTYPE)
    found = "an HTML page" if describe_octets(raw) == "an HTML page" else "one"
    message = f"expected no document type declaration, found {found}"
    return _refuse("xml.doctype", message, describe_position(raw, at) if at >= 0 else "")


def _explain_syntax(raw: bytes, cause: Exception, limits: XmlLimits) -> RefusedError:
    """Say what a parser could not read, and where."""
    if _DOCTYPE in raw:
        return _refuse_doctype(raw)
    if not raw.lstrip(_BLANK).startswith(b"<"):
        return _refuse("xml.malformed", f"expected XML, found {describe_octets(raw)}")
    place, reason = "", str(cause)
    if isinstance(cause, etree.XMLSyntaxError):
        line, column = cause.position
        place, reason = f"line {line}, column {column}", cause.msg or ""
        limited = getattr(cause, "code", None) == _RESOURCE_LIMIT
        if limited and "depth" in reason:
            message = f"expected at most {limits.depth} levels of elements"
            return _refuse("xml.too_deep", message, place)
        if limited:
            message = "expected no text or tag of 10,000,000 characters and more"
            return _refuse("xml.too_large", message)
    reason = _REASONS.get(reason := _spell_reason(reason), reason)
    return _refuse("xml.malformed", f"expected well-formed XML, found: {reason}", place)


_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_WHERE: Final = re.compile(r",? line \d+(, column \d+)?\b.*")
_FUNCTION: Final = re.compile(r"^xml\w+: ")
_CHARACTER: Final = re.compile(r"invalid (?:xml)?Char value (\d{1,7})")
_REASONS: Final = {"no name": "a bare &, which is written &amp;"}
"""What libxml2 says in words that only its authors understand."""


def _spell_reason(text: str) -> str:
    """A parser's sentence on one line, without its own names and the place."""
    lines = text.splitlines()
    reason = _FUNCTION.sub("", _WHERE.sub("", lines[0] if lines else ""))[:200]
    character = _CHARACTER.search(reason)
    if character:
        return f"the character U+{int(character[1]):04X}, which XML forbids"
    return reason or "a fault"


@lru_cache(maxsize=8)
def _beyond(limits: XmlLimits) -> etree.XPath:
    """Whether a document is to be refused for its shape: one expression for all that are not."""
    return etree.XPath(
        f"count(//*) > {limits.elements} or {'/*' * (limits.depth + 1)}"
        f" or //@*[{limits.attributes + 1}] or //processing-instruction()"
    )


def _check_shape(root: etree._Element, limits: XmlLimits) -> None:
    if not _beyond(limits)(root):
        return
    count = root.xpath("count(//*)")
    if isinstance(count, float) and count > limits.elements:
        message = f"expected at most {limits.elements:,} elements, found {int(count):,}"
        raise _refuse("xml.too_many_elements", message)
    if deepest := root.xpath(f"({'/*' * (limits.depth + 1)})[1]"):
        message = f"expected at most {limits.depth} levels of elements"
        raise _refuse("xml.too_deep", message, _spell_line(deepest))
    if crowded := root.xpath(f"//*[@*[{limits.attributes + 1}]]"):
        message = f"expected at most {limits.attributes} attributes on an element"
        raise _refuse("xml.too_many_attributes", message, _spell_line(crowded))
    found = root.xpath("//processing-instruction()")
    message = "expected no processing instruction, found one"
    raise _refuse("xml.processing_instruction", message, _spell_line(found))


def _spell_line(found: object) -> str:
    """Name the line of the first node that an expression found."""
    node = found[0] if isinstance(found, list) and found else None
    return f"line {node.sourceline}" if isinstance(node, etree._Element) else ""  # noqa: SLF001 - lxml's public class has this name


def canonical_octets(element: etree._Element) -> bytes:
    """Write an element in Exclusive XML Canonicalization 1.0, without comments.

    Raises:
        RefusedError: ``xml.not_canonical``: there is no canonical form (C14N 1.0, 1.3: relative
            namespace names).
    """
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError as cause:
        message = "expected XML that has a canonical form, found a relative namespace name"
        raise RefusedError("xml.not_canonical", message) from cause
