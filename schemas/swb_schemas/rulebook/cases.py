"""The boxes of box 13 that carry data of their own, judged by the certificate alone.

That a ticked box has its data (the company and its country, the exhibition's name and address, an
original's number and date) is held by the model: a ticked box without them cannot be written
down (ATIGA Annex 8 Rules 11, 22, 23). De Minimis and Partial Cumulation are in `origin`, Issued
Retroactively in `dates`, what needs the originals themselves in `register`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Severity
from swb_schemas.rulebook.periods import find_expiry_of_original, find_first_issue
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _third_country_is_third(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    company = certificate.special_cases.third_country_invoicing
    if company is None:
        return
    importing = certificate.exporter_declaration.importing_country
    if company.company_country in {certificate.issuing_country, importing}:
        yield Fault(
            "SpecialCases/ThirdCountryInvoicing/CompanyCountry",
            f"expected a country other than {certificate.issuing_country} and {importing}, "
            f"found {company.company_country!r}",
        )


def _originals_have_not_expired(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    """The earliest expiry limits all; every original that expired before is named."""
    back_to_back = certificate.special_cases.back_to_back
    if back_to_back is None:
        return
    issued = find_first_issue(certificate)
    for place, original in enumerate(back_to_back.originals, 1):
        expiry = find_expiry_of_original(original)
        if issued > expiry:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                f"expected an original that is valid on the day of issue {issued}, found one that "
                f"expired on {expiry}",
            )


def _originals_came_before(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    back_to_back = certificate.special_cases.back_to_back
    if back_to_back is None:
        return
    issued = find_first_issue(certificate)
    for place, original in enumerate(back_to_back.originals, 1):
        if issued < original.issue_date:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]/IssueDate",
                f"expected an original that was issued until {issued}, found {original.issue_date}",
            )


def _originals_are_named_once(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    """Named twice, an original's quantities would count twice."""
    back_to_back = certificate.special_cases.back_to_back
    seen: set[tuple[str, str, date]] = set()
    for place, original in enumerate(back_to_back.originals if back_to_back else (), 1):
        named = (original.issuing_country, original.reference_number, original.issue_date)
        if named in seen:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                f"expected each original once, found {original.reference_number!r} again",
            )
        seen.add(named)


def _originals_come_from_elsewhere(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    back_to_back = certificate.special_cases.back_to_back
    for place, original in enumerate(back_to_back.originals if back_to_back else (), 1):
        if original.issuing_country == certificate.issuing_country:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]/IssuingCountry",
                "expected an original of a state before the intermediate one, found "
                f"{original.issuing_country!r} twice",
            )


_ATIGA: Final = frozenset({"ATIGA"})

RULES: Final = (
    Rule(
        code="rule.third_country_not_third",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 23; Annex 7, overleaf note 11",
        model=CertificateOfOrigin,
        check=_third_country_is_third,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.original_expired",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)(c), (e)",
        model=CertificateOfOrigin,
        check=_originals_have_not_expired,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.original_not_issued_yet",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_came_before,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.original_named_twice",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1); Annex 7, overleaf note 12",
        model=CertificateOfOrigin,
        check=_originals_are_named_once,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.original_of_intermediate",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_come_from_elsewhere,
        agreements=_ATIGA,
    ),
)
