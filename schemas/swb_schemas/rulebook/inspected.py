"""Rules of certificates of conformity and clean reports of findings.

Neither has a published data set, so what is asked follows from what such a certificate is: goods of
a number, for another state. Codes, dates and demands of destinations are judged where those of
every document are (`codes`, `dates`, `demanded`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents.inspection import InspectionCertificate
from swb_schemas.findings import Severity
from swb_schemas.rulebook.goods import find_unknown_chapters
from swb_schemas.rulebook.register import NUMBER_USED
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _number_is_new(certificate: InspectionCertificate, context: Context) -> Iterator[Fault]:
    for document_id in context.related.same_key:
        yield Fault(
            "ReferenceNumber",
            f"expected a number that {certificate.issuing_country} {certificate.issuing_office} "
            f"has not given before, found that of document {document_id}",
        )


def _goes_abroad(certificate: InspectionCertificate, _: Context) -> Iterator[Fault]:
    if certificate.importing_country == certificate.issuing_country:
        yield Fault(
            "ImportingCountry",
            f"expected another state than {certificate.issuing_country}, found it",
        )


def _quantities_are_positive(certificate: InspectionCertificate, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(certificate.items, 1):
        if item.quantity is not None and item.quantity.value == 0:
            yield Fault(f"Item[{place}]/Quantity", "expected more than none, found 0")


_OWN: Final = "inspection certificates: no published data set, this broker's own"

RULES: Final = (
    Rule(
        code=NUMBER_USED,
        name=InspectionCertificate.__name__,
        severity=Severity.REFUSE,
        clause=_OWN,
        model=InspectionCertificate,
        check=_number_is_new,
    ),
    Rule(
        code="rule.inspection_stays_home",
        severity=Severity.REFUSE,
        clause=_OWN,
        model=InspectionCertificate,
        check=_goes_abroad,
    ),
    Rule(
        code="rule.chapter_not_known",
        name=InspectionCertificate.__name__,
        severity=Severity.REFUSE,
        clause="Harmonized System, chapters",
        model=InspectionCertificate,
        check=find_unknown_chapters,
    ),
    Rule(
        code="rule.inspection_quantity_none",
        severity=Severity.REFUSE,
        clause=_OWN,
        model=InspectionCertificate,
        check=_quantities_are_positive,
    ),
)
