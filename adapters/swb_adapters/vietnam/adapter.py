"""The adapter of the simulated Vietnamese national single window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance
from swb_adapters.vietnam.certificate_reading import read_certificate
from swb_adapters.vietnam.certificate_writing import write_certificate
from swb_adapters.vietnam.codes import FORMS
from swb_adapters.vietnam.customs_reading import read_receipt, read_response
from swb_adapters.vietnam.customs_writing import write_receipt, write_response
from swb_adapters.vietnam.envelope import CERTIFICATE, EXTRACT, RECEIPT, RESPONSE, open_envelope
from swb_adapters.vietnam.extract_reading import read_extract
from swb_adapters.vietnam.extract_writing import write_extract
from swb_adapters.vietnam.moves import MOVES, Form, read_move, write_move
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

__all__ = ["ADAPTER", "VietnamAdapter"]

_INFO: Final = AdapterInfo(
    name="vietnam",
    version="1.2.0",
    provenance=Provenance.SIMULATED,
    system="National single window of Viet Nam (simulation): XML envelope over SOAP",
    state="VN",
    root="Envelope",
    media_type="text/xml",
    file_suffix=".xml",
    messages=(
        MessageSupport(
            message_type="CertificateIssue",
            model=CertificateOfOrigin,
            agreements=tuple(FORMS.values()),
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
            loses=("CustomsReceipt/At", "CustomsReceipt/Extensions"),
        ),
        MessageSupport(
            message_type="CustomsResponse",
            model=CustomsResponse,
            loses=("CustomsResponse/DecidedAt", "CustomsResponse/Extensions"),
        ),
        *(
            MessageSupport(
                message_type=each.model.__name__,
                model=each.model,
                loses=(
                    *(
                        f"{each.model.__name__}/{field.canonical}"
                        for field in each.fields
                        if field.form is Form.TIME
                    ),
                    f"{each.model.__name__}/Extensions",
                ),
            )
            for each in MOVES
        ),
    ),
)


class VietnamAdapter:
    """Reads and writes certificates, extracts of declarations, and what is about them."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        opened = open_envelope(raw, more=[each.kind for each in MOVES])
        if opened.kind is CERTIFICATE:
            return read_certificate(opened)
        if opened.kind is EXTRACT:
            return read_extract(opened)
        if opened.kind is RECEIPT:
            return read_receipt(opened)
        return read_response(opened) if opened.kind is RESPONSE else read_move(opened)

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


ADAPTER: Final = VietnamAdapter()
