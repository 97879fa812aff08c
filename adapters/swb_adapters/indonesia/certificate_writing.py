"""A certificate of origin to an Indonesian certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.indonesia import rows
from swb_adapters.indonesia.codes import CERTIFICATE, CONSIGNEE, EXPORTER, INVOICE
from swb_adapters.indonesia.numbering import derive_aju
from swb_adapters.indonesia.paths import get_certificate_paths
from swb_adapters.sdk import Losses, Rendering, encode_json, format_iso_date

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import Invoice, Item, SpecialCases
    from swb_schemas.documents.elements import TradeParty

__all__ = ["write_certificate"]

_ROOT: Final = "CertificateOfOrigin"


def write_certificate(document: CertificateOfOrigin) -> Rendering:
    """Write a certificate.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    issued = document.certification.date
    payload: dict[str, Any] = {
        "nomorAju": derive_aju(document.key),
        "tanggalAju": format_iso_date(issued, path=f"{_ROOT}/Certification/Date"),
        "kodeDokumen": CERTIFICATE,
        **rows.HEADER.write(document, path=_ROOT, losses=losses),
        "ska": _write_boxes(document, losses),
        "entitas": [
            _write_party(EXPORTER, document.exporter, f"{_ROOT}/Exporter", losses),
            _write_party(CONSIGNEE, document.consignee, f"{_ROOT}/Consignee", losses),
        ],
    }
    means = rows.MEANS.write(document.transport, path=f"{_ROOT}/Transport", losses=losses)
    if means:
        payload["pengangkut"] = [{"seriPengangkut": 1, **means}]
    invoices = _number_invoices(document)
    if invoices:
        payload["dokumen"] = _write_invoices(document, invoices, losses)
    payload["barang"] = [
        _write_item(item, invoices, f"{_ROOT}/Item[{place}]", losses)
        for place, item in enumerate(document.items, start=1)
    ]
    return Rendering(
        message_type="CertificateIssue",
        payload=encode_json(payload),
        losses=losses.declare(),
        paths=get_certificate_paths(),
    )


def _write_party(code: str, party: TradeParty, path: str, losses: Losses) -> dict[str, Any]:
    position = 1 if code == EXPORTER else 2
    members = rows.PARTY.write(party, path=path, losses=losses)
    return {"seriEntitas": position, "kodeEntitas": code, **members}


def _number_invoices(document: CertificateOfOrigin) -> dict[Invoice, int]:
    """Number the invoices; items that share one refer to the same number."""
    numbers: dict[Invoice, int] = {}
    for item in document.items:
        for invoice in item.invoices:
            numbers.setdefault(invoice, len(numbers) + 1)
    return numbers


def _write_invoices(
    document: CertificateOfOrigin, numbers: dict[Invoice, int], losses: Losses
) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for place, item in enumerate(document.items, start=1):
        for position, invoice in enumerate(item.invoices, start=1):
            if numbers[invoice] > len(written):
                path = f"{_ROOT}/Item[{place}]/Invoice[{position}]"
                members = rows.INVOICE_ROWS.write(invoice, path=path, losses=losses)
                number = len(written) + 1
                written.append({"seriDokumen": number, "kodeDokumen": INVOICE, **members})
    return written


def _write_item(
    item: Item, invoices: dict[Invoice, int], path: str, losses: Losses
) -> dict[str, Any]:
    members = rows.ITEM.write(item, path=path, losses=losses)
    criterion = item.origin_criterion
    members["kriteriaAsal"] = {
        "kodeKriteria": list(criterion.bases),
        **rows.CRITERION.write(criterion, path=f"{path}/OriginCriterion", losses=losses),
    }
    if item.packages:
        members["barangKemasan"] = [
            rows.PACKAGE.write(package, path=f"{path}/Package[{position}]", losses=losses)
            for position, package in enumerate(item.packages, start=1)
        ]
    if item.invoices:
        members["barangDokumen"] = [{"seriDokumen": invoices[each]} for each in item.invoices]
    return members


def _write_boxes(document: CertificateOfOrigin, losses: Losses) -> dict[str, Any]:
    members = rows.BOXES.write(document, path=_ROOT, losses=losses)
    cases = document.special_cases
    path = f"{_ROOT}/SpecialCases"
    for flag in rows.FLAGS:
        members[flag.member] = "T" if getattr(cases, flag.attributes[0]) is None else "Y"
    members.update(_write_data_of_flags(cases, path, losses))
    return members


def _write_data_of_flags(cases: SpecialCases, path: str, losses: Losses) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if (invoicing := cases.third_country_invoicing) is not None:
        members["penerbitFaktur"] = rows.INVOICING.write(
            invoicing, path=f"{path}/ThirdCountryInvoicing", losses=losses
        )
    if (exhibition := cases.exhibition) is not None:
        members["pameran"] = rows.EXHIBITION.write(
            exhibition, path=f"{path}/Exhibition", losses=losses
        )
    if (back_to_back := cases.back_to_back) is not None:
        members["skaAsal"] = [
            rows.ORIGINAL.write(original, path=f"{path}/BackToBack/Original[{n}]", losses=losses)
            for n, original in enumerate(back_to_back.originals, start=1)
        ]
    return members
