"""The canonical documents themselves as a national format, in their one spelling."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import (
    DEFAULT_LIMITS,
    AdapterInfo,
    MessageSupport,
    Provenance,
    Reading,
    Rendering,
    check_utf8,
    refuse,
    spell_name,
)
from swb_schemas.catalogue import CATALOGUE, decode_document, find_type_of
from swb_schemas.errors import RefusedError
from swb_schemas.wire.limits import check_tree_items
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.xml import parse_xml
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from lxml import etree

    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "CanonicalAdapter"]

_INFO: Final = AdapterInfo(
    name="canonical",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="The canonical documents of this broker, in their one spelling",
    media_type="application/xml",
    file_suffix=".xml",
    messages=tuple(
        MessageSupport(message_type=name, model=entry.model)
        for name, entry in CATALOGUE.items()
        if entry.national
    ),
)


class CanonicalAdapter:
    """Reads and writes every document of national business without any loss."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one document; see `swb_adapters.sdk.Adapter`.

        Raises:
            RefusedError: Also ``xml.not_canonical``: there is one spelling only.
        """
        if len(raw) <= DEFAULT_LIMITS.octets:
            check_utf8(raw)
        try:
            root = parse_canonical(raw, limits=DEFAULT_LIMITS.xml)
        except RefusedError as refusal:
            if refusal.code == "xml.not_canonical":
                _check_root(parse_xml(raw, limits=DEFAULT_LIMITS.xml))
            raise
        _check_root(root)
        check_tree_items(root)
        document = _decode(root)
        if encode(document) != raw:
            message = "expected the document in its one spelling, without prefixes"
            raise RefusedError("xml.not_canonical", message)
        support = _INFO.get_support(document)
        return Reading(message_type=support.message_type, document=document)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        return Rendering(message_type=find_type_of(document).message_type, payload=encode(document))


def _decode(root: etree._Element) -> Document:
    """Decode; what a document may not hold is a value of the payload, at the same path."""
    try:
        return decode_document(root)
    except RefusedError as cause:
        if cause.code != "document.invalid":
            raise
        findings = tuple(
            replace(each, code="adapter.value", national_path=each.path)
            for each in cause.findings[: DEFAULT_LIMITS.findings]
        )
        raise RefusedError("adapter.value", cause.message, findings=findings) from cause


_ROOTS: Final = {CATALOGUE[each.message_type].root: each for each in _INFO.messages}


def _check_root(root: etree._Element) -> None:
    """Require a document that is national business, before its spelling is judged."""
    if root.tag not in _ROOTS:
        known = " or ".join(each.model.__name__ for each in _INFO.messages)
        message = f"expected {known} in its namespace, found {spell_name(root)}"
        raise refuse("adapter.unsupported", message, national_path="line 1")


ADAPTER: Final = CanonicalAdapter()
