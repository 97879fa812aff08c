"""A certificate of origin to a PreferentialCoO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from swb_adapters.sdk import (
    Losses,
    Rendering,
    encode_json,
    format_day_as_instant,
    format_exact_criterion,
    format_iso_date,
)
from swb_adapters.uncefact.codes import DOCUMENT_TYPE, MODES
from swb_adapters.uncefact.paths import PATHS

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.documents.certificate_of_origin import (
        Item,
        Package,
        Port,
        SpecialCases,
        Transport,
    )
    from swb_schemas.documents.elements import Amount, Measure, TradeParty

__all__ = ["write_payload"]

_ROOT: Final = "CertificateOfOrigin"
_IN_ENGLISH: Final = "the mapping has text in the document's own language only"


def write_payload(document: CertificateOfOrigin) -> Rendering:
    """Write a certificate.

    Raises:
        RefusedError: ``adapter.value``, ``adapter.mandatory_loss``.
    """
    losses = Losses.begin(document)
    _drop_national_texts(document, losses)
    payload = {
        "exchangedDocument": _write_document(document),
        "specifiedConsignment": [_write_consignment(document)],
    }
    return Rendering(
        message_type="CertificateIssue",
        payload=encode_json(payload),
        losses=losses.declare(),
        paths=PATHS,
    )


def _drop_national_texts(document: CertificateOfOrigin, losses: Losses) -> None:
    for tag, trader in (("Exporter", document.exporter), ("Consignee", document.consignee)):
        for position, _ in enumerate(trader.national_names, start=1):
            losses.drop(f"{_ROOT}/{tag}/NationalName[{position}]", _IN_ENGLISH)
        for position, _ in enumerate(trader.national_addresses, start=1):
            losses.drop(f"{_ROOT}/{tag}/NationalAddress[{position}]", _IN_ENGLISH)
    for place, item in enumerate(document.items, start=1):
        for position, _ in enumerate(item.national_descriptions, start=1):
            path = f"{_ROOT}/Item[{place}]/NationalDescription[{position}]"
            losses.drop(path, _IN_ENGLISH)


# --- values ------------------------------------------------------------------------------------


def _kept(**members: object) -> dict[str, Any]:
    """Members that have a value; a hyphen in a name is written with two underscores."""
    return {name.replace("__", "-"): v for name, v in members.items() if v is not None}


def _content(text: str | None) -> dict[str, str] | None:
    return None if text is None else {"content": text}


def _identifiers(text: str | None) -> list[dict[str, str]] | None:
    return None if text is None else [{"content": text}]


def _day(value: date | None, path: str) -> str | None:
    return None if value is None else format_iso_date(value, path=f"{_ROOT}/{path}")


def _measure(measure: Measure | None) -> dict[str, Any] | None:
    return {"value": measure.value, "unitCode": measure.unit} if measure else None


def _amount(amount: Amount | None) -> dict[str, Any] | None:
    return {"value": amount.value, "currencyCode": amount.currency} if amount else None


# --- parts -------------------------------------------------------------------------------------


def _write_document(document: CertificateOfOrigin) -> dict[str, Any]:
    declaration, certification = document.exporter_declaration, document.certification
    issued = format_day_as_instant(certification.date, path=f"{_ROOT}/Certification/Date")
    return {
        "id": _content(document.reference_number),
        "typeCode": _content(DOCUMENT_TYPE),
        "issueDateTime": issued,
        "issuer": {"id": _identifiers(document.issuing_office)},
        "x-swb": _kept(
            edition=document.edition,
            copyType=document.copy_type,
            issuingCountry=document.issuing_country,
            exporterDeclaration=_kept(
                countryOfProduction=declaration.country_of_production,
                importingCountry=declaration.importing_country,
                place=declaration.place,
                date=_day(declaration.date, "ExporterDeclaration/Date"),
                signatoryName=declaration.signatory_name,
            ),
            certification=_kept(
                authorityName=certification.authority_name,
                place=certification.place,
                signatoryName=certification.signatory_name,
                originalIssueDate=_day(
                    certification.original_issue_date, "Certification/OriginalIssueDate"
                ),
            ),
            specialCases=_write_special_cases(document.special_cases) or None,
            remarks=document.remarks,
        ),
    }


def _write_special_cases(cases: SpecialCases) -> dict[str, Any]:
    originals = cases.back_to_back.originals if cases.back_to_back else ()
    path = "SpecialCases/BackToBack/Original"
    invoicing, exhibition = cases.third_country_invoicing, cases.exhibition
    return _kept(
        thirdCountryInvoicing=invoicing
        and {"name": invoicing.company_name, "country": invoicing.company_country},
        exhibition=exhibition and {"name": exhibition.name, "address": exhibition.address},
        accumulation=_tick(cases.accumulation),
        deMinimis=_tick(cases.de_minimis),
        backToBack=[
            _kept(
                issuingCountry=original.issuing_country,
                referenceNumber=original.reference_number,
                issueDate=_day(original.issue_date, f"{path}[{position}]/IssueDate"),
                expiryDate=_day(original.expiry_date, f"{path}[{position}]/ExpiryDate"),
            )
            for position, original in enumerate(originals, start=1)
        ]
        or None,
        issuedRetroactively=_tick(cases.issued_retroactively),
        partialCumulation=_tick(cases.partial_cumulation),
    )


def _tick(box: object) -> bool | None:
    return True if box is not None else None


def _write_consignment(document: CertificateOfOrigin) -> dict[str, Any]:
    transport = document.transport
    movement = _write_movement(transport)
    return _kept(
        consignor=_write_party(document.exporter),
        consignee=_write_party(document.consignee),
        includedConsignmentItem=[
            _write_item(item, document.agreement, place)
            for place, item in enumerate(document.items, start=1)
        ],
        mainCarriageLogisticsTransportMovement=[movement] if movement else None,
        applicableCrossBorderRegulatoryProcedure=[
            {"freeTradeAgreementName": _content(document.agreement)}
        ],
        unloadingLogisticsLocation=_write_port(transport.discharge_port),
        loadingLogisticsLocation=_write_port(transport.loading_port),
    )


def _write_party(trader: TradeParty) -> dict[str, Any]:
    more = {"name": trader.name, "address": trader.address, "country": trader.country}
    return _kept(id=_identifiers(trader.identifier), x__swb=more)


def _write_movement(transport: Transport) -> dict[str, Any]:
    """Write the journey; a mode that the published list does not have stands beside it."""
    listed = transport.mode in MODES
    more = _kept(
        departureDate=_day(transport.departure_date, "Transport/DepartureDate"),
        modeCode=None if listed else transport.mode,
        route=transport.route,
    )
    return _kept(
        modeCode=_content(transport.mode) if listed else None,
        id=_content(transport.journey_number),
        usedLogisticsTransportMeans=transport.means_name
        and {"name": _content(transport.means_name)},
        x__swb=more or None,
    )


def _write_port(port: Port | None) -> dict[str, Any] | None:
    return _kept(id=_identifiers(port.code), x__swb={"name": port.name}) if port else None


def _write_item(item: Item, agreement: str, place: int) -> dict[str, Any]:
    path = f"Item[{place}]"
    code = {"classCode": _content(item.commodity_code.value)}
    return {
        "id": _identifiers(str(item.sequence_number)),
        "includedTradeLineItem": [
            {"specifiedTradeProduct": [{"designatedProductClassification": [code]}]}
        ],
        "x-swb": _kept(
            marksAndNumbers=item.marks_and_numbers,
            packages=[_write_package(package) for package in item.packages] or None,
            description=item.description,
            quantity=_measure(item.quantity),
            nomenclature=item.commodity_code.nomenclature,
            manufacturerName=item.manufacturer_name,
            trademarkName=item.trademark_name,
            originCriterion=format_exact_criterion(
                item.origin_criterion, agreement=agreement, path=f"{_ROOT}/{path}/OriginCriterion"
            ),
            grossMeasure=_measure(item.gross_measure),
            fobAmount=_amount(item.fob_amount),
            invoices=[
                {
                    "number": invoice.number,
                    "date": _day(invoice.date, f"{path}/Invoice[{position}]/Date"),
                }
                for position, invoice in enumerate(item.invoices, start=1)
            ],
        ),
    }


def _write_package(package: Package) -> dict[str, Any]:
    return _kept(
        count=package.count,
        typeCode=package.type_code,
        grossMeasure=_measure(package.gross_measure),
        grossVolume=_measure(package.gross_volume),
    )
