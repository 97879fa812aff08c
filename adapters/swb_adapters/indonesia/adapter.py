"""The adapter of the simulated Indonesian customs system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_adapters.indonesia.answers import ANSWERS, KIND, SYNTAX
from swb_adapters.indonesia.certificate_reading import read_certificate
from swb_adapters.indonesia.certificate_writing import write_certificate
from swb_adapters.indonesia.customs import (
    read_receipt,
    read_response,
    write_receipt,
    write_response,
)
from swb_adapters.indonesia.opening import open_payload
from swb_adapters.indonesia.payload import Certificate, Statuses
from swb_adapters.indonesia.peb import PEB, read_peb, write_peb
from swb_adapters.sdk import AdapterInfo, MessageSupport, Provenance, Rendering
from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
)

if TYPE_CHECKING:
    from swb_adapters.sdk import Reading
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "IndonesiaAdapter"]

_COUNTRIES: Final = (
    "CertificateOfOrigin/Exporter/Country",
    "CertificateOfOrigin/Consignee/Country",
    "CertificateOfOrigin/IssuingCountry",
    "CertificateOfOrigin/ExporterDeclaration/CountryOfProduction",
    "CertificateOfOrigin/ExporterDeclaration/ImportingCountry",
    "CertificateOfOrigin/SpecialCases/ThirdCountryInvoicing/CompanyCountry",
    "CertificateOfOrigin/SpecialCases/BackToBack/Original[*]/IssuingCountry",
)
_UNITS: Final = (
    "CertificateOfOrigin/Item[*]/Quantity/@unit",
    "CertificateOfOrigin/Item[*]/GrossMeasure/@unit",
    "CertificateOfOrigin/Item[*]/Package[*]/GrossMeasure/@unit",
    "CertificateOfOrigin/Item[*]/Package[*]/GrossVolume/@unit",
)
"""Lost only where a code means something else in the format; see README.md."""

_INFO: Final = AdapterInfo(
    name="indonesia",
    version="1.1.0",
    provenance=Provenance.SIMULATED,
    system="Customs of Indonesia (simulation): JSON after the published documents of CEISA 4.0",
    state="ID",
    media_type="application/json",
    file_suffix=".json",
    messages=(
        MessageSupport(
            message_type="CertificateIssue",
            model=CertificateOfOrigin,
            loses=(
                "CertificateOfOrigin/Exporter/NationalName[*]",
                "CertificateOfOrigin/Exporter/NationalAddress[*]",
                "CertificateOfOrigin/Consignee/NationalName[*]",
                "CertificateOfOrigin/Consignee/NationalAddress[*]",
                "CertificateOfOrigin/Item[*]/NationalDescription[*]",
                "CertificateOfOrigin/Item[*]/Package[*]/TypeCode",
                "CertificateOfOrigin/Extensions",
                *_COUNTRIES,
                *_UNITS,
            ),
            agreements=("ATIGA", "AANZFTA"),
        ),
        MessageSupport(
            message_type="CustomsReceipt",
            model=CustomsReceipt,
            loses=("CustomsReceipt/Subject/IssuingCountry", "CustomsReceipt/Extensions"),
        ),
        MessageSupport(
            message_type="CustomsResponse",
            model=CustomsResponse,
            loses=(
                "CustomsResponse/Subject/IssuingCountry",
                "CustomsResponse/Item[*]/UtilisedQuantity/@unit",
                "CustomsResponse/Extensions",
            ),
        ),
        PEB.support,
        *(table.support for table in ANSWERS.values()),
    ),
)
_KINDS: Final = {table.model: kind for kind, table in ANSWERS.items()}


class IndonesiaAdapter:
    """Reads and writes certificates, and what customs and authorities say of them."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`."""
        if f'"{KIND}"'.encode() in raw:
            kind, parsed = SYNTAX.recognise(raw)
            table = ANSWERS[kind]
            return table.read(SYNTAX.read(kind, parsed, table.shape))
        payload = open_payload(raw)
        if isinstance(payload, dict):
            return read_peb(payload)
        if isinstance(payload, Certificate):
            return read_certificate(payload)
        if isinstance(payload, Statuses):
            return read_receipt(payload.data_status[0])
        return read_response(payload.data_respon[0])

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        _INFO.get_support(document)
        match document:
            case CertificateOfOrigin():
                return write_certificate(document)
            case DeclarationExtract():
                return write_peb(document)
            case CustomsReceipt():
                return write_receipt(document)
            case CustomsResponse():
                return write_response(document)
            case _:
                # get_support has refused every type that no table writes.
                kind = _KINDS[type(document)]
                tree, losses = ANSWERS[kind].write(document)
                return Rendering(
                    message_type=ANSWERS[kind].support.message_type,
                    payload=SYNTAX.write(kind, tree, ANSWERS[kind].shape),
                    losses=losses,
                    paths=ANSWERS[kind].paths,
                )


ADAPTER: Final = IndonesiaAdapter()
