"""Dates: when a certificate may be issued and presented (ATIGA Annex 8, Rules 10, 12, 14).

A departure that is not told is not judged: box 3 asks for it as far as known. Days are those of
the place where they were written down, moments are in UTC, so a day may be one ahead of the
moment's; what "after submission" and "in the future" mean allows for that.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import (
    CertificateOfOrigin,
    CustomsResponse,
    DeclarationExtract,
    LeadingDocument,
)
from swb_schemas.documents.inspection import InspectionCertificate
from swb_schemas.documents.sps import SpsCertificate
from swb_schemas.findings import Severity
from swb_schemas.rulebook.periods import (
    LAST_DAY_BEFORE_OCP_OF_2021,
    OCP_OF_2021,
    find_expiry,
    find_first_issue,
    one_year_after,
)
from swb_schemas.rulebook.rule import ISSUERS, Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_schemas.rulebook.edition import Edition
    from swb_schemas.rulebook.rule import Context

__all__ = ["EAST_OF_UTC", "build_rules", "find_last_day"]

EAST_OF_UTC: Final = timedelta(days=1)
"""By how much a day of some place may be ahead of a moment in UTC."""


def _is_marked_when_retroactive(
    grace: int,
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        departure = certificate.transport.departure_date
        if departure is None or certificate.special_cases.issued_retroactively is not None:
            return
        issued = find_first_issue(certificate)
        if (issued - departure).days > grace:
            within = f" by more than {grace} days" if grace else ""
            yield Fault(
                "SpecialCases/IssuedRetroactively",
                f"expected Issued Retroactively to be ticked on a certificate of {issued} for a "
                f"departure on {departure}{within}, found it not",
            )

    return check


def _is_retroactive_when_marked(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    departure = certificate.transport.departure_date
    if departure is None or certificate.special_cases.issued_retroactively is None:
        return
    issued = find_first_issue(certificate)
    if issued <= departure:
        yield Fault(
            "SpecialCases/IssuedRetroactively",
            f"expected a day of issue after the departure on {departure} where Issued "
            f"Retroactively is ticked, found {issued}",
        )


def _is_issued_within_a_year(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    departure = certificate.transport.departure_date
    if departure is None:
        return
    issued = find_first_issue(certificate)
    if issued > departure and issued > one_year_after(departure):
        yield Fault(
            "Certification/Date",
            f"expected a day of issue within one year of the departure on {departure}, "
            f"found {issued}",
        )


def _true_copy_is_within_a_year(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    original = certificate.certification.original_issue_date
    if original is None:
        return
    copied = certificate.certification.date
    if not original <= copied <= one_year_after(original):
        yield Fault(
            "Certification/OriginalIssueDate",
            f"expected a true copy to be made within one year after the original, found "
            f"{copied} after {original}",
        )


def _is_presented_in_time(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    expiry = find_expiry(certificate)
    if context.at > expiry:
        yield Fault(
            "Certification/Date",
            f"expected to be presented until {expiry}, found {context.at}; force majeure, and "
            "goods that came in before, are excused",
        )


def find_last_day(context: Context) -> date:
    """The day of judgement as somebody east of UTC may write it."""
    return context.at + EAST_OF_UTC if context.at < date.max else context.at


def _is_not_of_the_future(
    path: str, document: LeadingDocument, context: Context
) -> Iterator[Fault]:
    day = document.issued_on
    if isinstance(document, CertificateOfOrigin):
        day = document.certification.date  # of a true copy its own day, not the original's
    if day is not None and day > find_last_day(context):
        yield Fault(
            path,
            f"expected a day of issue not after {context.at}, on which it is judged, found {day}",
        )


def _is_not_decided_in_the_future(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    decided = response.decided_at.date()
    if decided > find_last_day(context):
        yield Fault(
            "DecidedAt",
            f"expected a decision not after {context.at}, on which it is judged, found {decided}",
        )


def _invoices_are_not_after_submission(
    *, except_of: frozenset[str]
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
        if certificate.issuing_country in except_of:
            return
        last = find_last_day(context)
        for place, item in enumerate(certificate.items, 1):
            for number, invoice in enumerate(item.invoices, 1):
                if invoice.date > last:
                    yield Fault(
                        f"Item[{place}]/Invoice[{number}]/Date",
                        f"expected a date not after submission on {context.at}, "
                        f"found {invoice.date}",
                    )

    return check


_ATIGA: Final = frozenset({"ATIGA"})
_LEADING: Final[tuple[tuple[type[LeadingDocument], str, str], ...]] = (
    (DeclarationExtract, "AcceptanceDate", "ACDD, an extract of an export declaration"),
    (
        InspectionCertificate,
        "IssueDate",
        "inspection certificates: no published data set, this broker's own",
    ),
    (SpsCertificate, "Issued/Day", "UN/CEFACT SPSCertificate, IssueDateTime"),
)
"""Other documents that have a day of issue, and where."""


def build_rules(edition: Edition) -> tuple[Rule, ...]:
    """Make the rules of dates, with an edition's days of grace and what its states ask."""
    asking = {
        code: row.invoices_until_submission
        for code, row in edition.states.states.items()
        if row.invoices_until_submission is not None
    }
    return (
        *edition.spread(
            lambda figures: Rule(
                code="rule.retroactive_not_ticked",
                name="2021",
                severity=Severity.REFUSE,
                clause="ATIGA Annex 8 Rule 10(2)",
                model=CertificateOfOrigin,
                check=_is_marked_when_retroactive(figures.grace_days),
                agreements=_ATIGA,
                valid_from=OCP_OF_2021,
            )
        ),
        *edition.spread(
            lambda figures: Rule(
                code="rule.retroactive_not_ticked",
                name="before-2021",
                severity=Severity.REFUSE,
                clause="ATIGA Annex 8 Rule 10(2), text before 2021: three days of grace",
                model=CertificateOfOrigin,
                check=_is_marked_when_retroactive(figures.grace_days_before_2021),
                agreements=_ATIGA,
                valid_until=LAST_DAY_BEFORE_OCP_OF_2021,
            )
        ),
        Rule(
            code="rule.retroactive_without_cause",
            severity=Severity.WARN,
            clause="ATIGA Annex 8 Rule 10",
            model=CertificateOfOrigin,
            check=_is_retroactive_when_marked,
            agreements=_ATIGA,
        ),
        Rule(
            code="rule.retroactive_too_late",
            severity=Severity.REFUSE,
            clause="ATIGA Annex 8 Rule 10(2)",
            model=CertificateOfOrigin,
            check=_is_issued_within_a_year,
            agreements=_ATIGA,
        ),
        Rule(
            code="rule.true_copy_too_late",
            severity=Severity.REFUSE,
            clause="ATIGA Annex 8 Rules 12, 29(1)",
            model=CertificateOfOrigin,
            check=_true_copy_is_within_a_year,
            agreements=_ATIGA,
        ),
        Rule(
            code="rule.presented_late",
            severity=Severity.WARN,
            clause="ATIGA Annex 8 Rules 11(1)(c), (e), 14",
            model=CertificateOfOrigin,
            check=_is_presented_in_time,
            agreements=_ATIGA,
            places=frozenset({Place.IMPORTER}),
        ),
        *(
            Rule(
                code="rule.invoice_after_submission",
                name=state,
                severity=Severity.REFUSE,
                clause=asked.clause,
                model=CertificateOfOrigin,
                check=_invoices_are_not_after_submission(except_of=frozenset()),
                issuing_states=frozenset({state}),
                places=ISSUERS,
            )
            for state, asked in asking.items()
        ),
        Rule(
            code="rule.invoice_after_submission",
            name="ATIGA",
            severity=Severity.WARN,
            clause="usage: what Singapore asks of its own; no text of the agreement",
            model=CertificateOfOrigin,
            check=_invoices_are_not_after_submission(except_of=frozenset(asking)),
            agreements=_ATIGA,
            places=ISSUERS,
        ),
        *(
            Rule(
                code="rule.issued_in_future",
                name=agreement,
                severity=Severity.WARN,
                clause=clause,
                model=CertificateOfOrigin,
                check=partial(_is_not_of_the_future, "Certification/Date"),
                agreements=frozenset({agreement}),
            )
            for agreement, clause in (
                ("ATIGA", "ATIGA Annex 7, box 12"),
                ("AANZFTA", "AANZFTA certificate of origin (published JSON schema: issueDateTime)"),
            )
        ),
        *(
            Rule(
                code="rule.issued_in_future",
                name=model.__name__,
                severity=Severity.WARN,
                clause=clause,
                model=model,
                check=partial(_is_not_of_the_future, path),
            )
            for model, path, clause in _LEADING
        ),
        Rule(
            code="rule.decided_in_future",
            severity=Severity.WARN,
            clause="ATIGA Annex 7, box 4",
            model=CustomsResponse,
            check=_is_not_decided_in_the_future,
        ),
    )
