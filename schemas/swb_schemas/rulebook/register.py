"""What only the register can tell: other certificates that bear upon the document.

Each rule is silent where the register was not asked or does not know (`rulebook.related`): a
certificate is never held against what is missing elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin, CustomsResponse
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.origin_criterion import PC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.periods import find_expiry
from swb_schemas.rulebook.rule import Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from swb_schemas.documents.certificate_of_origin import OriginalProof
    from swb_schemas.rulebook.related import KnownCertificate
    from swb_schemas.rulebook.rule import Context

__all__ = ["NUMBER_USED", "RULES"]

NUMBER_USED: Final = "rule.number_used"

_HS6: Final = 6

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


# --- originals of a back-to-back certificate ---------------------------------------------------


def _known_originals(
    certificate: CertificateOfOrigin, context: Context
) -> Iterator[tuple[int, KnownCertificate | None]]:
    """Each original by its place, with what is known of it."""
    back_to_back = certificate.special_cases.back_to_back
    for place, named in enumerate(back_to_back.originals if back_to_back else (), 1):
        found = (each for each in context.related.originals if _is_named(each.certificate, named))
        yield place, next(found, None)


def _is_named(certificate: CertificateOfOrigin, named: OriginalProof) -> bool:
    return (
        certificate.reference_number == named.reference_number
        and certificate.issuing_country == named.issuing_country
        and certificate.certification.date == named.issue_date
    )


def _all_originals(
    certificate: CertificateOfOrigin, context: Context
) -> tuple[CertificateOfOrigin, ...]:
    """All originals, or none of them where one is not known."""
    if not context.related.originals:
        return ()
    known = [each for _, each in _known_originals(certificate, context)]
    found = tuple(each.certificate for each in known if each is not None)
    return found if len(found) == len(known) else ()


def _originals_are_in_force(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for place, known in _known_originals(certificate, context):
        if known is not None and known.cancelled:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                "expected an original that is in force, found it cancelled",
            )


def _add_up(certificates: Iterable[CertificateOfOrigin]) -> Mapping[tuple[str, str], Decimal]:
    """Quantities by six digits of the tariff code, which states share (Rule 16(2)), and unit."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for certificate in certificates:
        for item in certificate.items:
            if item.quantity is not None:
                goods = item.commodity_code.value[:_HS6]
                sums[goods, item.quantity.unit] += item.quantity.value
    return sums


def _quantities_are_covered(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """Sums in like units only; what the originals count in another unit cannot be compared."""
    originals = _all_originals(certificate, context)
    if not originals:
        return
    covered = _add_up(originals)
    taken = _add_up(_others_upon_the_same(certificate, context))
    for (goods, unit), quantity in _add_up((certificate,)).items():
        most = covered.get((goods, unit))
        if most is None:
            continue
        most -= taken.get((goods, unit), Decimal(0))
        if quantity > most:
            place = next(
                place
                for place, item in enumerate(certificate.items, 1)
                if item.quantity is not None
                and item.quantity.unit == unit
                and item.commodity_code.value.startswith(goods)
            )
            yield Fault(
                f"Item[{place}]/Quantity",
                f"expected at most {most:f} {unit} of {goods}, as the originals have left, found "
                f"{quantity:f}",
            )


def _others_upon_the_same(
    certificate: CertificateOfOrigin, context: Context
) -> Iterator[CertificateOfOrigin]:
    """What was re-exported before, of these originals and of no others."""
    named = set(_name_originals(certificate))
    for known in context.related.drawn_upon:
        other = set(_name_originals(known.certificate))
        if not known.cancelled and other and other <= named:
            yield known.certificate


def _name_originals(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str, date]]:
    back_to_back = certificate.special_cases.back_to_back
    for each in back_to_back.originals if back_to_back else ():
        yield each.issuing_country, each.reference_number, each.issue_date


def _units_are_the_originals(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """Another unit of measure is a minor discrepancy; but then nothing can be added up."""
    originals = _all_originals(certificate, context)
    if not originals:
        return
    units: defaultdict[str, set[str]] = defaultdict(set)
    for goods, unit in _add_up(originals):
        units[goods].add(unit)
    for place, item in enumerate(certificate.items, 1):
        known = units.get(item.commodity_code.value[:_HS6])
        if item.quantity is not None and known and item.quantity.unit not in known:
            yield Fault(
                f"Item[{place}]/Quantity/@unit",
                f"expected {' or '.join(sorted(known))} as the originals have, found "
                f"{item.quantity.unit!r}",
            )


def _originals_came_here(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    for place, known in _known_originals(certificate, context):
        if known is None:
            continue
        importing = known.certificate.exporter_declaration.importing_country
        if importing != certificate.issuing_country:
            yield Fault(
                f"SpecialCases/BackToBack/Original[{place}]",
                f"expected an original for goods that {certificate.issuing_country} imported, "
                f"found one for {importing}",
            )


def _goods_are_covered(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    originals = _all_originals(certificate, context)
    if not originals:
        return
    covered = {item.commodity_code.value[:_HS6] for each in originals for item in each.items}
    for place, item in enumerate(certificate.items, 1):
        goods = item.commodity_code.value[:_HS6]
        if goods not in covered:
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected goods of the originals at six digits, found {goods}",
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
        if used is None or most is None or used.unit != most.unit:
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
_INTERMEDIATE: Final = frozenset({Place.INTERMEDIATE_ISSUER})

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
        code="rule.original_cancelled",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_are_in_force,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_quantity_exceeded",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_quantities_are_covered,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_of_other_goods",
        severity=Severity.WARN,
        clause="ATIGA Annex 7, overleaf note 6; Annex 8 Rules 11(1), 16(2)",
        model=CertificateOfOrigin,
        check=_goods_are_covered,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_unit_differs",
        severity=Severity.WARN,
        clause="SC-AROO 36, minor discrepancies: units of measure; ATIGA Annex 8 Rule 16(1)",
        model=CertificateOfOrigin,
        check=_units_are_the_originals,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
    ),
    Rule(
        code="rule.original_for_another_state",
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 11(1)",
        model=CertificateOfOrigin,
        check=_originals_came_here,
        agreements=_ATIGA,
        places=_INTERMEDIATE,
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
