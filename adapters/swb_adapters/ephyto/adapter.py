"""The adapter of IPPC's ePhyto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.ephyto.reading import read_payload
from swb_adapters.ephyto.writing import write_payload
from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance
from swb_schemas.documents import (
    AnimalHealthCertificate,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.documents.sps import SpsCertificate

if TYPE_CHECKING:
    from swb_adapters.sdk import Reading, Rendering
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "EphytoAdapter"]

_KINDS: Final[tuple[type[SpsCertificate], ...]] = (
    PhytosanitaryCertificate,
    AnimalHealthCertificate,
    FoodSafetyCertificate,
)


def _support(model: type[SpsCertificate]) -> MessageSupport:
    root = model.__name__
    return MessageSupport(
        message_type=root,
        model=model,
        loses=(
            f"{root}/Issued/Offset",
            f"{root}/Reference[*]/Issued/Offset",
            f"{root}/Authentication/Signed/Offset",
            f"{root}/Item[*]/ConsignmentItem",
            f"{root}/Item[*]/Treatment[*]/Started/Offset",
            f"{root}/Item[*]/Treatment[*]/Ended/Offset",
            f"{root}/Extensions",
        ),
    )


_INFO: Final = AdapterInfo(
    name="ephyto",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="IPPC ePhyto: UN/CEFACT SPSCertificate as the types of its hub have it",
    media_type="application/xml",
    file_suffix=".xml",
    root="SPSCertificate",
    messages=tuple(_support(model) for model in _KINDS),
)
_READ: Final = {
    code: (support, model)
    for support, model in zip(_INFO.messages, _KINDS, strict=True)
    for code in sorted(model.type_codes, reverse=True)
}


class EphytoAdapter:
    """Reads and writes sanitary and phytosanitary certificates."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        return read_payload(raw, _READ)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        if not isinstance(document, SpsCertificate):
            # get_support has refused every other type.
            raise AssertionError(type(document))  # noqa: TRY004 - a fault of ours, not the caller's
        return write_payload(document)


ADAPTER: Final = EphytoAdapter()
