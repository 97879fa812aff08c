"""A PreferentialCoO to a certificate of origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from swb_adapters.sdk import (
    Reading,
    attempt,
    build_document,
    check_json,
    find_unplaced,
    fold_foreign_text,
    parse_day_of_instant,
    parse_iso_date,
    parse_whole_number,
    read_criterion,
    reading_loss,
    refuse,
    tells_day_only,
)
from swb_adapters.uncefact.codes import AGREEMENTS
from swb_adapters.uncefact.paths import PATHS
from swb_adapters.uncefact.payload import PreferentialCoo
from swb_schemas.documents import CertificateOfOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_adapters.sdk import Unreadable
    from swb_adapters.uncefact.payload import (
        AmountMember,
        CasesMember,
        Consignment,
        Document,
        Identifier,
        Item,
        ItemMembers,
        Location,
        MeasureMember,
        Party,
        Words,
    )
    from swb_schemas.documents.origin_criterion import OriginCriterion
    from swb_schemas.findings import Finding

__all__ = ["read_payload"]

EntryT = TypeVar("EntryT")
_SCHEMA: Final = "UN/CEFACT PreferentialCoO D23B"
_CONSIGNMENT: Final = "specifiedConsignment[1]"


def read_payload(value: dict[str, Any]) -> Reading:
    """Read a certificate.

    Args:
        value: The payload, parsed; of the type of such a certificate, or of none.

    Raises:
        RefusedError: ``adapter.*`` as `swb_adapters.sdk.Adapter` says.
    """
    payload = check_json(PreferentialCoo, value, paths=PATHS, schema=_SCHEMA)
    document, consignment = payload.document, _only(payload.consignments, "specifiedConsignment")
    if document is None or consignment is None:
        raise refuse("adapter.unsupported", "expected a document and one consignment")
    agreement = _read_agreement(consignment)
    values = {
        "Agreement": agreement,
        **_read_head(document),
        "Exporter": _read_party(consignment.consignor),
        "Consignee": _read_party(consignment.consignee),
        "Transport": _read_transport(consignment),
        "Item": [
            _read_item(item, place, agreement)
            for place, item in enumerate(consignment.items, start=1)
        ],
    }
    return Reading(
        message_type="CertificateIssue",
        document=build_document(CertificateOfOrigin, values, paths=PATHS),
        findings=(*find_unplaced(payload), *_find_losses(document)),
        paths=PATHS,
    )


def _only(entries: Sequence[EntryT], path: str) -> EntryT | None:
    """The one entry of a list in which a certificate of origin has but one.

    Raises:
        RefusedError: ``adapter.unsupported``: there are several.
    """
    if len(entries) > 1:
        message = f"expected at most one entry, found {len(entries)}"
        raise refuse("adapter.unsupported", message, national_path=path)
    return entries[0] if entries else None


def _find_losses(document: Document) -> tuple[Finding, ...]:
    if document.issued_at is None or tells_day_only(document.issued_at):
        return ()
    why = "the time of the day: a certificate of origin has the day only"
    return (reading_loss("exchangedDocument.issueDateTime", why),)


# --- values ------------------------------------------------------------------------------------


def _line(text: str | None) -> str | None:
    return None if text is None else fold_foreign_text(text)


def _lines(text: str | None) -> str | None:
    return None if text is None else fold_foreign_text(text, lines=True)


def _identifier(entries: Sequence[Identifier], path: str) -> str | None:
    found = _only(entries, path)
    return None if found is None else _line(found.content)


def _words(words: Words | None) -> str | None:
    return None if words is None else _line(words.content)


def _day(text: str | None) -> object:
    return attempt(parse_iso_date, text)


def _measure(member: MeasureMember | None) -> dict[str, Any] | None:
    return None if member is None else {"unit": member.unit, "value": member.value}


def _amount(member: AmountMember | None) -> dict[str, Any] | None:
    return None if member is None else {"currency": member.currency, "value": member.value}


# --- parts -------------------------------------------------------------------------------------


def _read_agreement(consignment: Consignment) -> str:
    path = f"{_CONSIGNMENT}.applicableCrossBorderRegulatoryProcedure"
    procedure = _only(consignment.procedures, path)
    name = _words(procedure.agreement) if procedure is not None else None
    if name not in AGREEMENTS:
        message = f"expected the name of an agreement, {' or '.join(AGREEMENTS)}"
        raise refuse(
            "adapter.unsupported",
            message,
            path="CertificateOfOrigin/Agreement",
            national_path=f"{path}[1].freeTradeAgreementName",
        )
    return name


def _read_head(document: Document) -> dict[str, Any]:
    issuer = document.issuer
    more = document.more
    values: dict[str, Any] = {
        "ReferenceNumber": _line(document.number.content) if document.number else None,
        "IssuingOffice": _identifier(issuer.identifiers, "exchangedDocument.issuer.id")
        if issuer
        else None,
        "Certification": {"Date": attempt(parse_day_of_instant, document.issued_at)},
    }
    if more is None:
        return values
    declaration, certification = more.declaration, more.certification
    values["Certification"] |= {
        "AuthorityName": _line(certification.authority),
        "Place": _line(certification.place),
        "SignatoryName": _line(certification.signatory),
        "OriginalIssueDate": _day(certification.original),
    }
    return {
        **values,
        "Edition": more.edition,
        "CopyType": more.copy_type,
        "IssuingCountry": more.country,
        "ExporterDeclaration": {
            "CountryOfProduction": declaration.country,
            "ImportingCountry": declaration.importing,
            "Place": _line(declaration.place),
            "Date": _day(declaration.day),
            "SignatoryName": _line(declaration.signatory),
        },
        "SpecialCases": _read_special_cases(more.cases),
        "Remarks": _lines(more.remarks),
    }


def _read_special_cases(cases: CasesMember | None) -> dict[str, Any]:
    if cases is None:
        return {}
    ticked: dict[str, Any] = {
        name: {}
        for name, box in (
            ("Accumulation", cases.accumulation),
            ("DeMinimis", cases.de_minimis),
            ("IssuedRetroactively", cases.retroactive),
            ("PartialCumulation", cases.partial),
        )
        if box
    }
    if (invoicing := cases.invoicing) is not None:
        ticked["ThirdCountryInvoicing"] = {
            "CompanyName": _line(invoicing.name),
            "CompanyCountry": invoicing.country,
        }
    if (exhibition := cases.exhibition) is not None:
        ticked["Exhibition"] = {
            "Name": _line(exhibition.name),
            "Address": _lines(exhibition.address),
        }
    if cases.back_to_back is not None:
        ticked["BackToBack"] = {
            "Original": [
                {
                    "IssuingCountry": each.country,
                    "ReferenceNumber": _line(each.number),
                    "IssueDate": _day(each.issued),
                    "ExpiryDate": _day(each.expires),
                }
                for each in cases.back_to_back
            ]
        }
    return ticked


def _read_party(party: Party | None) -> dict[str, Any] | None:
    if party is None:
        return None
    values = {"Identifier": _identifier(party.identifiers, "id")}
    if (more := party.more) is None:
        return values
    return {
        **values,
        "Name": _line(more.name),
        "Address": _lines(more.address),
        "Country": more.country,
    }


def _read_transport(consignment: Consignment) -> dict[str, Any]:
    path = f"{_CONSIGNMENT}.mainCarriageLogisticsTransportMovement"
    movement = _only(consignment.movements, path)
    values: dict[str, Any] = {
        "LoadingPort": _read_port(consignment.loading),
        "DischargePort": _read_port(consignment.unloading),
    }
    if movement is None:
        return values
    if movement.means is not None:
        values["MeansName"] = _words(movement.means.name)
    if movement.identifier is not None:
        values["JourneyNumber"] = _line(movement.identifier.content)
    if movement.mode is not None:
        values["Mode"] = movement.mode.content
    if (more := movement.more) is not None:
        values["DepartureDate"] = _day(more.departure)
        values["Route"] = _lines(more.route)
        values.setdefault("Mode", more.mode)
    return values


def _read_port(location: Location | None) -> dict[str, Any] | None:
    """Read a port; a code without a name is its own name, as on a form that has but that."""
    if location is None:
        return None
    code = _identifier(location.identifiers, "id")
    name = _line(location.more.name) if location.more is not None else code
    return {"Code": code, "Name": name}


def _read_item(item: Item, place: int, agreement: str) -> dict[str, Any]:
    path = f"{_CONSIGNMENT}.includedConsignmentItem[{place}]"
    number = _identifier(item.identifiers, f"{path}.id")
    values: dict[str, Any] = {"SequenceNumber": attempt(parse_whole_number, number)}
    code = {"Value": _read_commodity_code(item, path)}
    if (more := item.more) is None:
        return {**values, "CommodityCode": code}
    return {
        **values,
        "CommodityCode": {"nomenclature": more.nomenclature, **code},
        "OriginCriterion": _read_criterion(more.criterion, agreement),
        **_read_members(more),
    }


def _read_commodity_code(item: Item, path: str) -> str | None:
    line = _only(item.lines, f"{path}.includedTradeLineItem")
    product = line and _only(
        line.products, f"{path}.includedTradeLineItem[1].specifiedTradeProduct"
    )
    found = product and _only(
        product.classifications, f"{path}.includedTradeLineItem[1].specifiedTradeProduct[1]"
    )
    return found.code.content if found and found.code else None


def _read_criterion(text: str, agreement: str) -> OriginCriterion | Unreadable | None:
    return attempt(lambda words: read_criterion(words, agreement=agreement), _line(text))


def _read_members(more: ItemMembers) -> dict[str, Any]:
    return {
        "MarksAndNumbers": _lines(more.marks),
        "Package": [
            {
                "Count": package.count,
                "TypeCode": package.type_code,
                "GrossMeasure": _measure(package.weight),
                "GrossVolume": _measure(package.volume),
            }
            for package in more.packages or ()
        ],
        "Description": _lines(more.description),
        "Quantity": _measure(more.quantity),
        "ManufacturerName": _line(more.manufacturer),
        "TrademarkName": _line(more.trademark),
        "GrossMeasure": _measure(more.weight),
        "FobAmount": _amount(more.fob),
        "Invoice": [
            {"Number": _line(invoice.number), "Date": _day(invoice.day)}
            for invoice in more.invoices
        ],
    }
