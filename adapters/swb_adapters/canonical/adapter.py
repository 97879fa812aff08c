"""The canonical documents themselves as a national format, in their one spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance, Reading, Rendering
from swb_schemas.catalogue import decode_document, find_type_of
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse
from swb_schemas.errors import RefusedError
from swb_schemas.wire.octets import parse_canonical
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "CanonicalAdapter"]

_INFO: Final = AdapterInfo(
    name="canonical",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="The canonical documents of this broker, in their one spelling",
    media_type="application/xml",
    file_suffix=".xml",
    messages=(
        MessageSupport(message_type="CertificateIssue", model=CertificateOfOrigin),
        MessageSupport(message_type="CustomsReceipt", model=CustomsReceipt),
        MessageSupport(message_type="CustomsResponse", model=CustomsResponse),
    ),
)


class CanonicalAdapter:
    """Reads and writes certificates, receipts and responses without any loss."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one document; see `swb_adapters.sdk.Adapter`.

        Raises:
            RefusedError: Also ``xml.not_canonical``: there is one spelling only.
        """
        document = decode_document(parse_canonical(raw))
        if encode(document) != raw:
            message = "expected the document in its one spelling, without prefixes"
            raise RefusedError("xml.not_canonical", message)
        support = _INFO.get_support(document)
        return Reading(message_type=support.message_type, document=document)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        return Rendering(message_type=find_type_of(document).message_type, payload=encode(document))


ADAPTER: Final = CanonicalAdapter()
