"""The adapter of the published AANZFTA certificate of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.aanzfta.codes import AGREEMENT
from swb_adapters.aanzfta.reading import read_payload
from swb_adapters.aanzfta.writing import write_payload
from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance
from swb_schemas.documents import CertificateOfOrigin

if TYPE_CHECKING:
    from swb_adapters.sdk import Reading, Rendering
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "AanzftaAdapter"]

_ROOT: Final = "CertificateOfOrigin"

_INFO: Final = AdapterInfo(
    name="aanzfta",
    version="1.0.0",
    provenance=Provenance.PUBLISHED,
    system="AANZFTA certificate of origin: JSON as its published schema has it",
    media_type="application/json",
    file_suffix=".json",
    messages=(
        MessageSupport(
            message_type="CertificateIssue",
            model=CertificateOfOrigin,
            agreements=(AGREEMENT,),
            loses=(
                f"{_ROOT}/Edition",
                f"{_ROOT}/IssuingOffice",
                f"{_ROOT}/CopyType",
                f"{_ROOT}/Exporter/NationalName[*]",
                f"{_ROOT}/Exporter/NationalAddress[*]",
                f"{_ROOT}/Consignee/NationalName[*]",
                f"{_ROOT}/Consignee/NationalAddress[*]",
                f"{_ROOT}/Transport/Mode",
                f"{_ROOT}/Item[*]/MarksAndNumbers",
                f"{_ROOT}/Item[*]/Package[*]",
                f"{_ROOT}/Item[*]/NationalDescription[*]",
                f"{_ROOT}/Item[*]/Quantity",
                f"{_ROOT}/Item[*]/CommodityCode/@nomenclature",
                f"{_ROOT}/Item[*]/TrademarkName",
                f"{_ROOT}/Item[*]/GrossMeasure",
                f"{_ROOT}/Item[*]/FobAmount",
                f"{_ROOT}/Item[*]/Invoice[*]",
                f"{_ROOT}/ExporterDeclaration/Place",
                f"{_ROOT}/ExporterDeclaration/SignatoryName",
                f"{_ROOT}/Certification/AuthorityName",
                f"{_ROOT}/Certification/Place",
                f"{_ROOT}/Certification/SignatoryName",
                f"{_ROOT}/Certification/OriginalIssueDate",
                f"{_ROOT}/SpecialCases",
                f"{_ROOT}/Extensions",
            ),
        ),
    ),
)


class AanzftaAdapter:
    """Reads and writes certificates of origin under AANZFTA."""

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


ADAPTER: Final = AanzftaAdapter()
