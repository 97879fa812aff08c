"""The adapter of UN/CEFACT's JSON: PreferentialCoO and SPSCertificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    AdapterInfo,
    MessageSupport,
    Provenance,
    Rendering,
    parse_json,
    refuse,
)
from swb_adapters.uncefact.codes import AGREEMENTS, DOCUMENT_TYPE
from swb_adapters.uncefact.reading import read_payload
from swb_adapters.uncefact.sps_syntax import read_sps, write_sps
from swb_adapters.uncefact.sps_tables import SPS_TABLES
from swb_adapters.uncefact.writing import write_payload
from swb_schemas.documents import (
    AnimalHealthCertificate,
    CertificateOfOrigin,
    FoodSafetyCertificate,
    PhytosanitaryCertificate,
)
from swb_schemas.recognition import quote_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_adapters.sdk import Reading
    from swb_adapters.sdk.mapping import Table
    from swb_schemas.documents import Document

__all__ = ["ADAPTER", "UncefactAdapter"]

_INFO: Final = AdapterInfo(
    name="uncefact",
    version="1.1.0",
    provenance=Provenance.PUBLISHED,
    system="UN/CEFACT PreferentialCoO and SPSCertificate, D23B in JSON, with members x-swb",
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
        *(table.support for table in SPS_TABLES.values()),
    ),
)
_KINDS: Final = {
    code: SPS_TABLES[model.__name__]
    for model in (PhytosanitaryCertificate, AnimalHealthCertificate, FoodSafetyCertificate)
    for code in model.type_codes
}
"""Tables by the code of what a payload says that it is."""


class UncefactAdapter:
    """Reads and writes certificates of origin, and sanitary and phytosanitary ones."""

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return _INFO

    @property
    def tables(self) -> Mapping[str, Table]:
        """Its tables, by type of certificate."""
        return SPS_TABLES

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`.

        Raises:
            RefusedError: ``adapter.malformed``: no JSON object; ``adapter.unsupported``: it says
                that it is something else; and what its table raises.
        """
        value = parse_json(raw)
        if not isinstance(value, dict):
            raise refuse("adapter.malformed", "expected an object", national_path="$")
        kind = _find_kind(value)
        if kind in _KINDS:
            table = _KINDS[kind]
            return table.read(read_sps(value, table.shape))
        if kind not in {"", DOCUMENT_TYPE}:
            known = ", ".join([DOCUMENT_TYPE, *sorted(_KINDS)])
            message = f"expected one of {known}, found {quote_value(kind)}"
            path = "exchangedDocument.typeCode"
            raise refuse("adapter.unsupported", message, national_path=path)
        return read_payload(value)

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter`."""
        support = _INFO.get_support(document)
        table = SPS_TABLES.get(type(document).__name__)
        if table is not None:
            tree, losses = table.write(document)
            return Rendering(
                message_type=support.message_type,
                payload=write_sps(tree, table.shape),
                losses=losses,
                paths=table.paths,
            )
        if not isinstance(document, CertificateOfOrigin):
            # get_support has refused every other type.
            raise AssertionError(type(document))  # noqa: TRY004 - a fault of ours, not the caller's
        return write_payload(document)


def _find_kind(value: dict[str, Any]) -> str:
    """What a payload says that it is; empty where it does not say it in its place."""
    match value:
        case {"exchangedDocument": {"typeCode": {"content": str(code)}}}:
            return code
    return ""


ADAPTER: Final = UncefactAdapter()
