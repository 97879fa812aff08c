"""What only the register can tell: other certificates that bear upon the document.

Each rule is silent where the register was not asked or does not know (`rulebook.related`): a
certificate is never held against what is missing elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin, CustomsResponse
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.origin_criterion import PC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.periods import find_expiry
from swb_schemas.rulebook.rule import Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["NUMBER_USED", "RULES"]

NUMBER_USED: Final = "rule.number_used"

# --- numbers, replacement ----------------------------------------------------------------------


def _number_is_new(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for known in context.related.same_number:
        if _are_copies(certificate, known.certificate):
            continue
        known_as = f", document {known.document_id}" if known.document_id else ""
        yield Fault(
            "ReferenceNumber",
            f"expected a number that {certificate.issuing_country} {certificate.issuing_office} "
            "has not given before, found that of a certificate of "
            f"{known.certificate.certification.date}{known_as}",
        )


def _are_copies(one: CertificateOfOrigin, other: CertificateOfOrigin) -> bool:
    """Whether one number stands for one certificate: true copies have their original's (Rule 12).

    A certificate may have several copies, and a copy may be known before its original.
    """
    return one.issued_on == other.issued_on and (one.is_true_copy or other.is_true_copy)


def _replaced_is_cancelled(_: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for known in context.related.replaced:
        if not known.cancelled:
            yield Fault(
                "",
                f"expected {known.certificate.key}, which this one replaces, to be cancelled "
                "before it or with it, found it in force",
            )


def _replaces_alone(_: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for known in context.related.replacements:
        yield Fault(
            "",
            "expected to be the only one that takes the place of a certificate, found "
            f"{known.certificate.key} in force, which takes it too",
        )


# --- answers of customs ------------------------------------------------------------------------


def _partial_cumulation_earns_nothing(
    response: CustomsResponse, context: Context
) -> Iterator[Fault]:
    subject = context.related.subject
    if subject is None:
        return
    partial = {
        item.sequence_number
        for item in subject.certificate.items
        if PC in item.origin_criterion.bases
    }
    for place, item in enumerate(response.items, 1):
        if item.decision is Decision.GIVEN and item.sequence_number in partial:
            yield Fault(
                f"Item[{place}]/Decision",
                "expected no preference for an item with the criterion PC, found it given",
            )


def _items_are_the_certificates(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    subject = context.related.subject
    if subject is None:
        return
    certified = {item.sequence_number for item in subject.certificate.items}
    for place, item in enumerate(response.items, 1):
        if item.sequence_number not in certified:
            yield Fault(
                f"Item[{place}]/SequenceNumber",
                f"expected an item of the certificate, found {item.sequence_number}",
            )


def _is_utilised_in_time(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    subject = context.related.subject
    if subject is None or response.decision is not Decision.GIVEN:
        return
    expiry, decided = find_expiry(subject.certificate), response.decided_at.date()
    if decided > expiry:
        yield Fault(
            "DecidedAt",
            f"expected preference to be given until {expiry}, found {decided}; force majeure, and "
            "goods that came in before, are excused",
        )


def _utilised_is_certified(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    subject = context.related.subject
    if subject is None:
        return
    certified = {item.sequence_number: item.quantity for item in subject.certificate.items}
    for place, item in enumerate(response.items, 1):
        used, most = item.utilised_quantity, certified.get(item.sequence_number)
        if used is None or most is None:
            continue
        if used.unit != most.unit:
            yield Fault(
                f"Item[{place}]/UtilisedQuantity/@unit",
                f"expected a quantity in {most.unit}, as certified, found {used.value:f} "
                f"{used.unit}, which nobody can compare with it",
            )
            continue
        if used.value > most.value:
            yield Fault(
                f"Item[{place}]/UtilisedQuantity",
                f"expected at most {most.value:f} {most.unit} as certified, found {used.value:f}",
            )


def _preference_needs_every_item(response: CustomsResponse, context: Context) -> Iterator[Fault]:
    """GIVEN as a whole needs every item; what is not decided yet is PENDING, and said so."""
    subject = context.related.subject
    if subject is None or response.decision is not Decision.GIVEN:
        return
    decided = {item.sequence_number for item in response.items}
    missing = [
        item.sequence_number
        for item in subject.certificate.items
        if item.sequence_number not in decided
    ]
    if missing:
        yield Fault(
            "Decision",
            f"expected a decision on each of {len(subject.certificate.items)} items where "
            f"preference is given, found none on {len(missing)}, the first of them {missing[0]}",
        )


_ATIGA: Final = frozenset({"ATIGA"})

RULES: Final = (
    *(
        Rule(
            code=NUMBER_USED,
            name=agreement,
            severity=Severity.REFUSE,
            clause=clause,
            model=CertificateOfOrigin,
            check=_number_is_new,
            agreements=frozenset({agreement}),
        )
        for agreement, clause in (
            ("ATIGA", "ATIGA Annex 8 Rule 7(3)"),
            ("AANZFTA", "AANZFTA certificate of origin, certificate number"),
        )
    ),
    Rule(
        code="rule.replaced_not_cancelled",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 29(4)",
        model=CertificateOfOrigin,
        check=_replaced_is_cancelled,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.replaced_twice",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 29(4)",
        model=CertificateOfOrigin,
        check=_replaces_alone,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.utilised_after_expiry",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rules 14, 30(2)",
        model=CustomsResponse,
        check=_is_utilised_in_time,
    ),
    Rule(
        code="rule.utilised_beyond_item",
        severity=Severity.WARN,
        clause="ATIGA Annex 7, boxes 4 and 7; Annex 8 Rule 30(2)",
        model=CustomsResponse,
        check=_utilised_is_certified,
    ),
    Rule(
        code="rule.item_not_certified",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 7, boxes 4 and 5",
        model=CustomsResponse,
        check=_items_are_the_certificates,
    ),
    Rule(
        code="rule.preference_beyond_items",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 7, overleaf note 9",
        model=CustomsResponse,
        check=_preference_needs_every_item,
    ),
    Rule(
        code="rule.preference_for_partial_cumulation",
        severity=Severity.WARN,
        clause="ATIGA Art. 30(2); Annex 6",
        model=CustomsResponse,
        check=_partial_cumulation_earns_nothing,
        places=frozenset({Place.ISSUER}),
    ),
)
