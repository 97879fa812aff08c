"""Untrusted octets to a tree, with every door of XML closed that we do not use.

No document type declaration, so no entity, external subset or default attribute; no network; no
processing instruction; bounded size, depth, number of elements and length of text. Comments are
dropped by canonicalisation, so a document that holds one is not canonical.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree

from swb_schemas.errors import RefusedError

__all__ = ["XmlLimits", "canonical_octets", "parse_xml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLimits:
    """Named limits of one XML document.

    Attributes:
        octets: Size. lxml itself stops at 10,000,000 characters in one text node.
        depth: Levels of elements; the deepest canonical document has 8.
        elements: Elements in the whole document; 5,000 items of a certificate need some 150,000.
    """

    octets: int = 20_000_000
    depth: int = 32
    elements: int = 400_000


DEFAULT_LIMITS: Final = XmlLimits()

_FORBIDDEN: Final = b"<!DOCTYPE"


def parse_xml(raw: bytes, *, limits: XmlLimits = DEFAULT_LIMITS) -> etree._Element:
    """Parse one XML document.

    Raises:
        RefusedError: ``xml.too_large``, ``xml.malformed``, ``xml.doctype``,
            ``xml.processing_instruction``, ``xml.too_deep``, ``xml.too_many_elements``.
    """
    if len(raw) > limits.octets:
        message = f"expected at most {limits.octets} octets, found {len(raw)}"
        raise RefusedError("xml.too_large", message)
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
        if _FORBIDDEN in raw:
            message = "expected no document type declaration, found one"
            raise RefusedError("xml.doctype", message) from cause
        message = f"expected well-formed XML, found: {_first_line(cause)}"
        raise RefusedError("xml.malformed", message) from cause
    if root.getroottree().docinfo.internalDTD is not None:
        message = "expected no document type declaration, found one"
        raise RefusedError("xml.doctype", message)
    _check_shape(root, limits)
    return root


_COUNT: Final = etree.XPath("count(//*)")
_INSTRUCTIONS: Final = etree.XPath("//processing-instruction()")


@lru_cache(maxsize=8)
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")


def _check_shape(root: etree._Element, limits: XmlLimits) -> None:
    count = _COUNT(root)
    if isinstance(count, float) and count > limits.elements:
        message = f"expected at most {limits.elements} elements"
        raise RefusedError("xml.too_many_elements", message)
    if _deeper_than(limits.depth)(root):
        message = f"expected at most {limits.depth} levels of elements"
        raise RefusedError("xml.too_deep", message)
    if _INSTRUCTIONS(root):
        message = "expected no processing instruction, found one"
        raise RefusedError("xml.processing_instruction", message)


def _first_line(cause: Exception) -> str:
    lines = str(cause).splitlines()
    return lines[0][:200] if lines else type(cause).__name__


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
