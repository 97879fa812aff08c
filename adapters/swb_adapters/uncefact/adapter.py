"""The adapter of UN/CEFACT's Preferential Certificate of Origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance
from swb_adapters.uncefact.codes import AGREEMENTS
from swb_adapters.uncefact.reading import read_payload
from swb_adapters.uncefact.writing import write_payload
from swb_schemas.documents import CertificateOfOrigin

if TYPE_CHECKING:
    from swb_adapters.sdk import Reading, Rendering
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "UncefactAdapter"]

_INFO: Final = AdapterInfo(
    name="uncefact",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="UN/CEFACT PreferentialCoO D23B in JSON, with extension members x-swb",
    media_type="application/json",
    file_suffix=".json",
    messages=(
        MessageSupport(
            message_type="CertificateIssue",
            model=CertificateOfOrigin,
            agreements=AGREEMENTS,
            loses=(
                "CertificateOfOrigin/Exporter/NationalName[*]",
                "CertificateOfOrigin/Exporter/NationalAddress[*]",
                "CertificateOfOrigin/Consignee/NationalName[*]",
                "CertificateOfOrigin/Consignee/NationalAddress[*]",
                "CertificateOfOrigin/Item[*]/NationalDescription[*]",
                "CertificateOfOrigin/Extensions",
            ),
        ),
    ),
)


class UncefactAdapter:
    """Reads and writes certificates of origin."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        return read_payload(raw)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        if not isinstance(document, CertificateOfOrigin):
            # get_support has refused every other type.
            raise AssertionError(type(document))  # noqa: TRY004 - a fault of ours, not the caller's
        return write_payload(document)


ADAPTER: Final = UncefactAdapter()
