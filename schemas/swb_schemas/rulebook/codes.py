"""Codes are listed on the day of issue (code lists: `swb_schemas.codelists`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.codelists import ListName, load_code_list
from swb_schemas.documents import CertificateOfOrigin, CustomsReceipt, CustomsResponse
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _not_listed(
    name: ListName, codes: Callable[..., Iterable[tuple[str, str | None]]]
) -> Callable[..., Iterable[Fault]]:
    """Build a rule: every code that is there is listed."""

    def check(document: object, context: Context) -> Iterator[Fault]:
        listed = load_code_list(name)
        for path, code in codes(document):
            if code is not None and not listed.holds(code, at=context.issued_on):
                message = (
                    f"expected a code of {name.title} that holds on {context.issued_on}, "
                    f"found {code!r}"
                )
                yield Fault(path, message)

    return check


def _countries(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str | None]]:
    declaration, cases = certificate.exporter_declaration, certificate.special_cases
    yield "IssuingCountry", certificate.issuing_country
    yield "Exporter/Country", certificate.exporter.country
    yield "Consignee/Country", certificate.consignee.country
    yield "ExporterDeclaration/CountryOfProduction", declaration.country_of_production
    yield "ExporterDeclaration/ImportingCountry", declaration.importing_country
    if cases.third_country_invoicing is not None:
        company = cases.third_country_invoicing
        yield "SpecialCases/ThirdCountryInvoicing/CompanyCountry", company.company_country
    for place, original in enumerate(cases.back_to_back.originals if cases.back_to_back else (), 1):
        path = f"SpecialCases/BackToBack/Original[{place}]/IssuingCountry"
        yield path, original.issuing_country


def _currencies(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str | None]]:
    for place, item in enumerate(certificate.items, 1):
        if item.fob_amount is not None:
            yield f"Item[{place}]/FobAmount/@currency", item.fob_amount.currency


def _units(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str | None]]:
    for place, item in enumerate(certificate.items, 1):
        if item.quantity is not None:
            yield f"Item[{place}]/Quantity/@unit", item.quantity.unit
        if item.gross_measure is not None:
            yield f"Item[{place}]/GrossMeasure/@unit", item.gross_measure.unit
        for number, package in enumerate(item.packages, 1):
            path = f"Item[{place}]/Package[{number}]"
            if package.gross_measure is not None:
                yield f"{path}/GrossMeasure/@unit", package.gross_measure.unit
            if package.gross_volume is not None:
                yield f"{path}/GrossVolume/@unit", package.gross_volume.unit


def _packages(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str | None]]:
    for place, item in enumerate(certificate.items, 1):
        for number, package in enumerate(item.packages, 1):
            yield f"Item[{place}]/Package[{number}]/TypeCode", package.type_code


def _ports(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str | None]]:
    loading, discharge = certificate.transport.loading_port, certificate.transport.discharge_port
    if loading is not None:
        yield "Transport/LoadingPort/Code", loading.code
    if discharge is not None:
        yield "Transport/DischargePort/Code", discharge.code


def _units_utilised(response: CustomsResponse) -> Iterator[tuple[str, str | None]]:
    for place, item in enumerate(response.items, 1):
        if item.utilised_quantity is not None:
            yield f"Item[{place}]/UtilisedQuantity/@unit", item.utilised_quantity.unit


def _country_of_subject(
    answer: CustomsReceipt | CustomsResponse,
) -> Iterator[tuple[str, str | None]]:
    yield "Subject/IssuingCountry", answer.subject.issuing_country


# Lists that are whole refuse; of what is not in the others a warning is enough: units and packages
# hold the codes of everyday trade, and UN/LOCODE appears twice a year.
_WHOLE: Final = frozenset({ListName.COUNTRIES, ListName.CURRENCIES})
_TABLE: Final = (
    ("rule.country_not_listed", ListName.COUNTRIES, CertificateOfOrigin, _countries),
    ("rule.country_not_listed", ListName.COUNTRIES, CustomsReceipt, _country_of_subject),
    ("rule.country_not_listed", ListName.COUNTRIES, CustomsResponse, _country_of_subject),
    ("rule.currency_not_listed", ListName.CURRENCIES, CertificateOfOrigin, _currencies),
    ("rule.unit_not_listed", ListName.UNITS, CertificateOfOrigin, _units),
    ("rule.unit_not_listed", ListName.UNITS, CustomsResponse, _units_utilised),
    ("rule.package_not_listed", ListName.PACKAGES, CertificateOfOrigin, _packages),
    ("rule.place_not_listed", ListName.PORTS, CertificateOfOrigin, _ports),
)

RULES: Final = tuple(
    Rule(
        code=code,
        severity=Severity.REFUSE if name in _WHOLE else Severity.WARN,
        clause=name.title,
        model=model,
        check=_not_listed(name, codes),
    )
    for code, name, model, codes in _TABLE
)
