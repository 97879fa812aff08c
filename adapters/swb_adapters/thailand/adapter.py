"""The adapter of the simulated Thai national single window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance
from swb_adapters.thailand.certificate_reading import read_certificate
from swb_adapters.thailand.certificate_writing import write_certificate
from swb_adapters.thailand.codes import AGREEMENT
from swb_adapters.thailand.customs_reading import read_receipt, read_response
from swb_adapters.thailand.customs_writing import write_receipt, write_response
from swb_adapters.thailand.envelope import CERTIFICATE, EXTRACT, RECEIPT, RESPONSE, open_envelope
from swb_adapters.thailand.extract_reading import read_extract
from swb_adapters.thailand.extract_writing import write_extract
from swb_adapters.thailand.moves import MOVES, read_move, write_move
from swb_schemas.documents import (
    AboutCertificate,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
)

if TYPE_CHECKING:
    from swb_adapters.sdk import Reading, Rendering
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "ThailandAdapter"]

_INFO: Final = AdapterInfo(
    name="thailand",
    version="1.1.0",
    provenance=Provenance.SIMULATED,
    system="National single window of Thailand (simulation): ebMS 2.0 header, XML body",
    state="TH",
    root="Envelope",
    media_type="text/xml",
    file_suffix=".xml",
    messages=(
        MessageSupport(
            message_type="CertificateIssue",
            model=CertificateOfOrigin,
            agreements=(AGREEMENT,),
            loses=(
                "CertificateOfOrigin/Exporter/NationalName[*]",
                "CertificateOfOrigin/Exporter/NationalAddress[*]",
                "CertificateOfOrigin/Consignee/NationalName[*]",
                "CertificateOfOrigin/Consignee/NationalAddress[*]",
                "CertificateOfOrigin/Item[*]/NationalDescription[*]",
                "CertificateOfOrigin/Item[*]/Package[*]/GrossMeasure",
                "CertificateOfOrigin/Item[*]/Package[*]/GrossVolume",
                "CertificateOfOrigin/Extensions",
            ),
        ),
        MessageSupport(
            message_type="DeclarationExtract",
            model=DeclarationExtract,
            loses=(
                "DeclarationExtract/Exporter/NationalName[*]",
                "DeclarationExtract/Consignee/NationalName[*]",
                "DeclarationExtract/Item[*]/NationalDescription[*]",
                "DeclarationExtract/Item[*]/Package[*]/GrossMeasure",
                "DeclarationExtract/Item[*]/Package[*]/GrossVolume",
                "DeclarationExtract/Extensions",
            ),
        ),
        MessageSupport(
            message_type="CustomsReceipt",
            model=CustomsReceipt,
            loses=("CustomsReceipt/Extensions",),
        ),
        MessageSupport(
            message_type="CustomsResponse",
            model=CustomsResponse,
            loses=("CustomsResponse/Extensions",),
        ),
        *(
            MessageSupport(
                message_type=each.model.__name__,
                model=each.model,
                loses=(f"{each.model.__name__}/Extensions",),
            )
            for each in MOVES
        ),
    ),
)


class ThailandAdapter:
    """Reads and writes certificates, extracts of declarations, and what is about them."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        kind, body = open_envelope(raw, more=[each.kind for each in MOVES])
        if kind is CERTIFICATE:
            return read_certificate(body)
        if kind is EXTRACT:
            return read_extract(body)
        if kind is RECEIPT:
            return read_receipt(body)
        return read_response(body) if kind is RESPONSE else read_move(kind, body)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        match document:
            case CertificateOfOrigin():
                return write_certificate(document)
            case DeclarationExtract():
                return write_extract(document)
            case CustomsReceipt():
                return write_receipt(document)
            case CustomsResponse():
                return write_response(document)
            case AboutCertificate():
                return write_move(document)
            case _:
                # get_support has refused every other type.
                raise AssertionError(type(document))


ADAPTER: Final = ThailandAdapter()
