"""Codes are listed on the day of issue (code lists: `swb_schemas.codelists`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.documents import (
    AboutCertificate,
    Cancellation,
    CancellationReply,
    CertificateOfOrigin,
    CustomsReceipt,
    CustomsResponse,
    DeclarationExtract,
    DeclarationWithdrawal,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.inspection import InspectedItem, InspectionCertificate
from swb_schemas.documents.sps import SpsCertificate
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


_Coded = tuple[str | None, str, tuple[int, ...]]
"""A code; its path, with ``{}`` for each position; the positions. Nearly every code is listed, so
a path is put together only where one is not."""


def _not_listed(
    name: ListName, codes: Callable[..., Iterable[_Coded]]
) -> Callable[..., Iterable[Fault]]:
    """Build a rule: every code that is there is listed."""

    def check(document: object, context: Context) -> Iterator[Fault]:
        holds, day = load_code_list(name).holds, context.issued_on
        for code, path, positions in codes(document):
            if code is not None and not holds(code, at=day):
                message = f"expected a code of {name.title} that holds on {day}, found {code!r}"
                yield Fault(path.format(*positions), message)

    return check


def _countries(certificate: CertificateOfOrigin) -> Iterator[_Coded]:
    declaration, cases = certificate.exporter_declaration, certificate.special_cases
    yield certificate.issuing_country, "IssuingCountry", ()
    yield certificate.exporter.country, "Exporter/Country", ()
    yield certificate.consignee.country, "Consignee/Country", ()
    yield declaration.country_of_production, "ExporterDeclaration/CountryOfProduction", ()
    yield declaration.importing_country, "ExporterDeclaration/ImportingCountry", ()
    if cases.third_country_invoicing is not None:
        company = cases.third_country_invoicing
        yield company.company_country, "SpecialCases/ThirdCountryInvoicing/CompanyCountry", ()
    for place, original in enumerate(cases.back_to_back.originals if cases.back_to_back else (), 1):
        path = "SpecialCases/BackToBack/Original[{}]/IssuingCountry"
        yield original.issuing_country, path, (place,)


def _currencies(certificate: CertificateOfOrigin) -> Iterator[_Coded]:
    for place, item in enumerate(certificate.items, 1):
        if item.fob_amount is not None:
            yield item.fob_amount.currency, "Item[{}]/FobAmount/@currency", (place,)


def _units(certificate: CertificateOfOrigin) -> Iterator[_Coded]:
    for place, item in enumerate(certificate.items, 1):
        if item.quantity is not None:
            yield item.quantity.unit, "Item[{}]/Quantity/@unit", (place,)
        if item.gross_measure is not None:
            yield item.gross_measure.unit, "Item[{}]/GrossMeasure/@unit", (place,)
        for number, package in enumerate(item.packages, 1):
            if package.gross_measure is not None:
                path = "Item[{}]/Package[{}]/GrossMeasure/@unit"
                yield package.gross_measure.unit, path, (place, number)
            if package.gross_volume is not None:
                path = "Item[{}]/Package[{}]/GrossVolume/@unit"
                yield package.gross_volume.unit, path, (place, number)


def _packages(certificate: CertificateOfOrigin) -> Iterator[_Coded]:
    for place, item in enumerate(certificate.items, 1):
        for number, package in enumerate(item.packages, 1):
            yield package.type_code, "Item[{}]/Package[{}]/TypeCode", (place, number)


def _ports(certificate: CertificateOfOrigin) -> Iterator[_Coded]:
    loading, discharge = certificate.transport.loading_port, certificate.transport.discharge_port
    if loading is not None:
        yield loading.code, "Transport/LoadingPort/Code", ()
    if discharge is not None:
        yield discharge.code, "Transport/DischargePort/Code", ()


def _units_utilised(response: CustomsResponse) -> Iterator[_Coded]:
    for place, item in enumerate(response.items, 1):
        if item.utilised_quantity is not None:
            yield item.utilised_quantity.unit, "Item[{}]/UtilisedQuantity/@unit", (place,)


def _country_of_subject(answer: AboutCertificate) -> Iterator[_Coded]:
    yield answer.subject.issuing_country, "Subject/IssuingCountry", ()


def _countries_of_cancellation(cancellation: Cancellation) -> Iterator[_Coded]:
    yield from _country_of_subject(cancellation)
    if cancellation.replacement is not None:
        yield cancellation.replacement.issuing_country, "Replacement/IssuingCountry", ()


def _countries_of_inspection(certificate: InspectionCertificate) -> Iterator[_Coded]:
    yield certificate.issuing_country, "IssuingCountry", ()
    yield certificate.importing_country, "ImportingCountry", ()
    yield certificate.exporter.country, "Exporter/Country", ()
    yield certificate.importer.country, "Importer/Country", ()
    for place, item in enumerate(certificate.items, 1):
        if isinstance(item, InspectedItem):
            yield item.origin_country, "Item[{}]/OriginCountry", (place,)


def _currencies_of_inspection(certificate: InspectionCertificate) -> Iterator[_Coded]:
    for place, item in enumerate(certificate.items, 1):
        if isinstance(item, InspectedItem):
            yield item.assessed_value.currency, "Item[{}]/AssessedValue/@currency", (place,)


def _units_of_inspection(certificate: InspectionCertificate) -> Iterator[_Coded]:
    for place, item in enumerate(certificate.items, 1):
        if item.quantity is not None:
            yield item.quantity.unit, "Item[{}]/Quantity/@unit", (place,)


def _countries_of_sps(certificate: SpsCertificate) -> Iterator[_Coded]:
    yield certificate.export_country.code, "ExportCountry/Code", ()
    yield certificate.import_country.code, "ImportCountry/Code", ()
    for place, country in enumerate(certificate.transit_countries, 1):
        yield country.code, "TransitCountry[{}]/Code", (place,)
    for place, line in enumerate(certificate.items, 1):
        for number, origin in enumerate(line.origins, 1):
            yield origin.code, "Item[{}]/Origin[{}]/Code", (place, number)


def _units_of_sps(certificate: SpsCertificate) -> Iterator[_Coded]:
    for place, line in enumerate(certificate.items, 1):
        for name, measure in (
            ("NetWeight", line.net_weight),
            ("GrossWeight", line.gross_weight),
            ("NetVolume", line.net_volume),
            ("GrossVolume", line.gross_volume),
        ):
            if measure is not None:
                yield measure.unit, f"Item[{{}}]/{name}/@unit", (place,)


def _packages_of_sps(certificate: SpsCertificate) -> Iterator[_Coded]:
    for place, line in enumerate(certificate.items, 1):
        for number, package in enumerate(line.packages, 1):
            yield package.type_code, "Item[{}]/Package[{}]/TypeCode", (place, number)


def _countries_of_extract(extract: DeclarationExtract) -> Iterator[_Coded]:
    yield extract.issuing_country, "IssuingCountry", ()
    yield extract.importing_country, "ImportingCountry", ()
    yield extract.consignee.country, "Consignee/Country", ()
    for place, item in enumerate(extract.items, 1):
        yield item.origin_country, "Item[{}]/OriginCountry", (place,)
    for place, named in enumerate(extract.supporting_documents, 1):
        yield named.issuing_country, "SupportingDocument[{}]/IssuingCountry", (place,)


def _currencies_of_extract(extract: DeclarationExtract) -> Iterator[_Coded]:
    for place, item in enumerate(extract.items, 1):
        if item.fob_amount is not None:
            yield item.fob_amount.currency, "Item[{}]/FobAmount/@currency", (place,)


def _units_of_extract(extract: DeclarationExtract) -> Iterator[_Coded]:
    if extract.gross_measure is not None:
        yield extract.gross_measure.unit, "GrossMeasure/@unit", ()
    for place, item in enumerate(extract.items, 1):
        yield item.quantity.unit, "Item[{}]/Quantity/@unit", (place,)
        if item.gross_measure is not None:
            yield item.gross_measure.unit, "Item[{}]/GrossMeasure/@unit", (place,)
        if item.net_measure is not None:
            yield item.net_measure.unit, "Item[{}]/NetMeasure/@unit", (place,)
        for number, package in enumerate(item.packages, 1):
            for measure, name in (
                (package.gross_measure, "GrossMeasure"),
                (package.gross_volume, "GrossVolume"),
            ):
                if measure is not None:
                    path = f"Item[{{}}]/Package[{{}}]/{name}/@unit"
                    yield measure.unit, path, (place, number)


def _packages_of_extract(extract: DeclarationExtract) -> Iterator[_Coded]:
    for place, item in enumerate(extract.items, 1):
        for number, package in enumerate(item.packages, 1):
            yield package.type_code, "Item[{}]/Package[{}]/TypeCode", (place, number)


def _ports_of_extract(extract: DeclarationExtract) -> Iterator[_Coded]:
    if extract.transport.loading_port is not None:
        yield extract.transport.loading_port.code, "Transport/LoadingPort/Code", ()
    yield extract.transport.discharge_port.code, "Transport/DischargePort/Code", ()


# A country or a currency that there is not refuses. Of the others a warning is enough: a unit or a
# package that is spelled otherwise is a minor discrepancy, and UN/LOCODE appears twice a year.
_WHOLE: Final = frozenset({ListName.COUNTRIES, ListName.CURRENCIES})
_TABLE: Final = (
    ("rule.country_not_listed", ListName.COUNTRIES, CertificateOfOrigin, _countries),
    ("rule.country_not_listed", ListName.COUNTRIES, CustomsReceipt, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, CustomsResponse, _country_of_subject),
    ("rule.currency_not_listed", ListName.CURRENCIES, CertificateOfOrigin, _currencies),
    ("rule.unit_not_listed", ListName.UNITS, CertificateOfOrigin, _units),
    ("rule.unit_not_listed", ListName.UNITS, CustomsResponse, _units_utilised),
    ("rule.package_not_listed", ListName.PACKAGES, CertificateOfOrigin, _packages),
    ("rule.country_not_listed", ListName.COUNTRIES, SpsCertificate, _countries_of_sps),
    ("rule.unit_not_listed", ListName.UNITS, SpsCertificate, _units_of_sps),
    ("rule.package_not_listed", ListName.PACKAGES, SpsCertificate, _packages_of_sps),
    ("rule.place_not_listed", ListName.PORTS, CertificateOfOrigin, _ports),
    ("rule.country_not_listed", ListName.COUNTRIES, DeclarationExtract, _countries_of_extract),
    ("rule.currency_not_listed", ListName.CURRENCIES, DeclarationExtract, _currencies_of_extract),
    ("rule.unit_not_listed", ListName.UNITS, DeclarationExtract, _units_of_extract),
    ("rule.package_not_listed", ListName.PACKAGES, DeclarationExtract, _packages_of_extract),
    ("rule.place_not_listed", ListName.PORTS, DeclarationExtract, _ports_of_extract),
    (
        "rule.country_not_listed",
        ListName.COUNTRIES,
        InspectionCertificate,
        _countries_of_inspection,
    ),
    (
        "rule.currency_not_listed",
        ListName.CURRENCIES,
        InspectionCertificate,
        _currencies_of_inspection,
    ),
    ("rule.unit_not_listed", ListName.UNITS, InspectionCertificate, _units_of_inspection),
    ("rule.country_not_listed", ListName.COUNTRIES, Cancellation, _countries_of_cancellation),
    ("rule.country_not_listed", ListName.COUNTRIES, CancellationReply, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, DeclarationWithdrawal, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, VerificationRequest, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, VerificationReply, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, VerificationOutcome, _country_of_subject),
)

RULES: Final = tuple(
    Rule(
        code=code,
        name=model.__name__,
        severity=Severity.REFUSE if name in _WHOLE else Severity.WARN,
        clause=name.title,
        model=model,
        check=_not_listed(name, codes),
    )
    for code, name, model, codes in _TABLE
)
