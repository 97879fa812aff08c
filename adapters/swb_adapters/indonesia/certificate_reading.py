"""An Indonesian certificate to a certificate of origin."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from pydantic.alias_generators import to_snake

from swb_adapters.indonesia import rows
from swb_adapters.indonesia.beyond import list_losses
from swb_adapters.indonesia.codes import CONSIGNEE, EXPORTER, INVOICE
from swb_adapters.indonesia.paths import get_certificate_paths
from swb_adapters.sdk import Reading, build_document, refuse
from swb_schemas.documents import CertificateOfOrigin

if TYPE_CHECKING:
    from swb_adapters.indonesia.payload import Barang, Certificate, Dokumen, Entitas, Ska

__all__ = ["read_certificate"]

_PARTIES: Final = {EXPORTER: "Exporter", CONSIGNEE: "Consignee"}
_DATA_OF_FLAGS: Final = {
    "ThirdCountryInvoicing": "penerbitFaktur",
    "Exhibition": "pameran",
    "BackToBack": "skaAsal",
}
"""Boxes that require data, and the member where the data stand."""


def read_certificate(payload: Certificate) -> Reading:
    """Read a certificate that the schema has accepted.

    Raises:
        RefusedError: ``adapter.inconsistent``, ``adapter.value``.
    """
    positions = _find_parties(payload.entitas)
    paths = get_certificate_paths(
        exporter=positions.get(EXPORTER, 0), consignee=positions.get(CONSIGNEE, 0)
    )
    values = rows.HEADER.read(payload, {"Transport": {}})
    rows.BOXES.read(payload.ska, values)
    for code, position in positions.items():
        values[_PARTIES[code]] = rows.PARTY.read(payload.entitas[position - 1])
    if payload.pengangkut:
        rows.MEANS.read(payload.pengangkut[0], values["Transport"])
    documents = _index_documents(payload.dokumen)
    values["Item"] = [
        _read_item(item, documents, place) for place, item in enumerate(payload.barang, start=1)
    ]
    values["SpecialCases"] = _read_special_cases(payload.ska)
    return Reading(
        message_type="CertificateIssue",
        document=build_document(CertificateOfOrigin, values, paths=paths),
        findings=list_losses(payload),
        paths=paths,
    )


def _find_parties(parties: list[Entitas]) -> dict[str, int]:
    """Find exporter and consignee by their codes; of each there is one.

    Returns:
        Code to position, from 1.
    """
    found: dict[str, int] = {}
    for position, party in enumerate(parties, start=1):
        code = party.kode_entitas
        if code in found:
            message = f"expected one party of code {code}, found a second one"
            path = f"CertificateOfOrigin/{_PARTIES[code]}"
            place = f"entitas[{position}].kodeEntitas"
            raise refuse("adapter.inconsistent", message, path=path, national_path=place)
        if code in _PARTIES:
            found[code] = position
    return found


def _index_documents(documents: list[Dokumen]) -> dict[int, Dokumen]:
    numbers = Counter(document.seri_dokumen for document in documents)
    for position, document in enumerate(documents, start=1):
        if numbers[document.seri_dokumen] > 1:
            message = f"expected each seriDokumen once, found {document.seri_dokumen} again"
            place = f"dokumen[{position}].seriDokumen"
            raise refuse("adapter.inconsistent", message, national_path=place)
    return {document.seri_dokumen: document for document in documents}


def _read_item(item: Barang, documents: dict[int, Dokumen], place: int) -> dict[str, Any]:
    values = rows.ITEM.read(item)
    criterion = rows.CRITERION.read(item.kriteria_asal)
    criterion["Basis"] = item.kriteria_asal.kode_kriteria
    values["OriginCriterion"] = criterion
    values["Package"] = [rows.PACKAGE.read(package) for package in item.barang_kemasan]
    values["Invoice"] = [
        _read_invoice(reference.seri_dokumen, documents, place, position)
        for position, reference in enumerate(item.barang_dokumen, start=1)
    ]
    return values


def _read_invoice(
    number: int, documents: dict[int, Dokumen], place: int, position: int
) -> dict[str, Any]:
    document = documents.get(number)
    if document is None or document.kode_dokumen != INVOICE:
        found = "none" if document is None else f"a document of code {document.kode_dokumen}"
        message = f"expected an invoice (kodeDokumen {INVOICE}) of that seriDokumen, found {found}"
        raise refuse(
            "adapter.inconsistent",
            message,
            path=f"CertificateOfOrigin/Item[{place}]/Invoice[{position}]",
            national_path=f"barang[{place}].barangDokumen[{position}].seriDokumen",
        )
    return rows.INVOICE_ROWS.read(document)


def _get_data(ska: Ska, box: str) -> object:
    return getattr(ska, to_snake(_DATA_OF_FLAGS[box]))


def _read_special_cases(ska: Ska) -> dict[str, Any]:
    ticked: dict[str, Any] = {}
    for flag in rows.FLAGS:
        is_ticked = getattr(ska, flag.attribute) == "Y"
        if flag.path in _DATA_OF_FLAGS and is_ticked != bool(_get_data(ska, flag.path)):
            message = f"expected {_DATA_OF_FLAGS[flag.path]} exactly when the flag is Y"
            raise refuse(
                "adapter.inconsistent",
                message,
                path=f"CertificateOfOrigin/SpecialCases/{flag.path}",
                national_path=f"ska.{flag.member}",
            )
        if is_ticked:
            ticked[flag.path] = {}
    if ska.penerbit_faktur is not None:
        ticked["ThirdCountryInvoicing"] = rows.INVOICING.read(ska.penerbit_faktur)
    if ska.pameran is not None:
        ticked["Exhibition"] = rows.EXHIBITION.read(ska.pameran)
    if ska.ska_asal:
        ticked["BackToBack"] = {"Original": [rows.ORIGINAL.read(each) for each in ska.ska_asal]}
    return ticked
