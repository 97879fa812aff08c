"""Rules of the export declaration extract (ACDD), and of it beside a certificate of origin.

The message guide's own rules are not public (facts 4): what is asked here follows from the 15
agreed parameters, and from what an extract is. Where the importing side holds both an extract and
a certificate of origin that it names, the one that comes later is compared with the other at six
digits of the tariff, which states share (ATIGA Annex 8, Rule 16(2)); what differs is for its
customs to weigh, and never refused.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.findings import Severity
from swb_schemas.rulebook.goods import CHAPTERS
from swb_schemas.rulebook.register import NUMBER_USED
from swb_schemas.rulebook.rule import Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.documents.declaration_extract import DeclaredItem
    from swb_schemas.rulebook.related import KnownCertificate
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]

_HS6: Final = 6


def _number_is_new(extract: DeclarationExtract, context: Context) -> Iterator[Fault]:
    for document_id in context.related.same_key:
        yield Fault(
            "ReferenceNumber",
            f"expected a number that {extract.issuing_country} {extract.issuing_office} has not "
            f"given before, found that of document {document_id}",
        )


def _goes_abroad(extract: DeclarationExtract, _: Context) -> Iterator[Fault]:
    if extract.importing_country == extract.issuing_country:
        yield Fault(
            "ImportingCountry", f"expected another state than {extract.issuing_country}, found it"
        )


def _leaves_after_acceptance(extract: DeclarationExtract, _: Context) -> Iterator[Fault]:
    accepted, leaves = extract.acceptance_date, extract.transport.departure_date
    if accepted is not None and leaves < accepted:
        yield Fault(
            "Transport/DepartureDate",
            f"expected a departure on or after the acceptance of {accepted}, found {leaves}",
        )


def _chapters_are_known(extract: DeclarationExtract, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(extract.items, 1):
        chapter = item.commodity_code.value[:2]
        if chapter not in CHAPTERS:
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected a chapter of the Harmonized System, found {chapter}",
            )


def _quantities_are_positive(extract: DeclarationExtract, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(extract.items, 1):
        if item.quantity.value == 0:
            yield Fault(f"Item[{place}]/Quantity", "expected more than none, found 0")


def _net_is_within_gross(extract: DeclarationExtract, _: Context) -> Iterator[Fault]:
    """In like units only, against the item's own gross weight or else the whole extract's."""
    for place, item in enumerate(extract.items, 1):
        net, gross = item.net_measure, item.gross_measure or extract.gross_measure
        if net is None or gross is None or net.unit != gross.unit:
            continue
        if net.value > gross.value:
            yield Fault(
                f"Item[{place}]/NetMeasure",
                f"expected at most the gross {gross.value:f} {gross.unit}, found {net.value:f}",
            )


# --- beside the certificate of origin ----------------------------------------------------------


def _add_up(
    items: Iterable[Item | DeclaredItem],
) -> Mapping[tuple[str, str], Decimal]:
    """Quantities by six digits of the tariff code, and unit."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in items:
        if item.quantity is not None:
            sums[item.commodity_code.value[:_HS6], item.quantity.unit] += item.quantity.value
    return sums


def _items_of(known: Iterable[KnownCertificate]) -> Iterator[Item]:
    for each in known:
        if not each.cancelled:
            yield from each.certificate.items


def _place_of(items: Sequence[Item | DeclaredItem], goods: str, unit: str) -> int:
    """Find the first line of such goods in such a unit."""
    return next(
        place
        for place, item in enumerate(items, 1)
        if item.quantity is not None
        and item.quantity.unit == unit
        and item.commodity_code.value.startswith(goods)
    )


def _certified_goods_are_declared(extract: DeclarationExtract, context: Context) -> Iterator[Fault]:
    declared = {item.commodity_code.value[:_HS6] for item in extract.items}
    for known in context.related.certificates:
        for item in _items_of((known,)):
            goods = item.commodity_code.value[:_HS6]
            if goods not in declared:
                yield Fault(
                    "Item",
                    f"expected goods of item {item.sequence_number} of certificate "
                    f"{known.certificate.key} at six digits, {goods}, found none declared",
                )


def _certified_quantities_are_declared(
    extract: DeclarationExtract, context: Context
) -> Iterator[Fault]:
    """Sums in like units only; certificates of one consignment are added up."""
    declared = _add_up(extract.items)
    for (goods, unit), certified in _add_up(_items_of(context.related.certificates)).items():
        most = declared.get((goods, unit))
        if most is not None and certified > most:
            yield Fault(
                f"Item[{_place_of(extract.items, goods, unit)}]/Quantity",
                f"expected at least {certified:f} {unit} of {goods}, as the certificates of "
                f"origin have, found {most:f}",
            )


def _goods_were_declared(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """The same where the extract came first."""
    for known in context.related.extracts:
        declared = {item.commodity_code.value[:_HS6] for item in known.extract.items}
        for place, item in enumerate(certificate.items, 1):
            goods = item.commodity_code.value[:_HS6]
            if goods not in declared:
                yield Fault(
                    f"Item[{place}]/CommodityCode",
                    f"expected goods that extract {known.extract.key} declares at six digits, "
                    f"found {goods}",
                )


def _quantities_were_declared(
    certificate: CertificateOfOrigin, context: Context
) -> Iterator[Fault]:
    for known in context.related.extracts:
        declared = _add_up(known.extract.items)
        beside = _add_up(_items_of(known.beside))
        for (goods, unit), own in _add_up(certificate.items).items():
            most = declared.get((goods, unit))
            certified = own + beside.get((goods, unit), Decimal(0))
            if most is not None and certified > most:
                yield Fault(
                    f"Item[{_place_of(certificate.items, goods, unit)}]/Quantity",
                    f"expected at most {most:f} {unit} of {goods}, as extract "
                    f"{known.extract.key} declares, found {certified:f} with the other "
                    "certificates that it names",
                )


_ACDD: Final = "ACDD information parameters (35th ASW Technical Working Group)"
_IMPORTER: Final = frozenset({Place.IMPORTER})

RULES: Final = (
    Rule(
        code=NUMBER_USED,
        name=DeclarationExtract.__name__,
        severity=Severity.REFUSE,
        clause=f"{_ACDD}, 15",
        model=DeclarationExtract,
        check=_number_is_new,
    ),
    Rule(
        code="rule.extract_stays_home",
        severity=Severity.REFUSE,
        clause="ACDD, an extract of an export declaration",
        model=DeclarationExtract,
        check=_goes_abroad,
    ),
    Rule(
        code="rule.extract_departs_before_acceptance",
        severity=Severity.WARN,
        clause=f"{_ACDD}, 7",
        model=DeclarationExtract,
        check=_leaves_after_acceptance,
    ),
    Rule(
        code="rule.chapter_not_known",
        name=DeclarationExtract.__name__,
        severity=Severity.REFUSE,
        clause=f"{_ACDD}, 8",
        model=DeclarationExtract,
        check=_chapters_are_known,
    ),
    Rule(
        code="rule.extract_quantity_none",
        severity=Severity.REFUSE,
        clause=f"{_ACDD}, 9",
        model=DeclarationExtract,
        check=_quantities_are_positive,
    ),
    Rule(
        code="rule.net_above_gross",
        name=DeclarationExtract.__name__,
        severity=Severity.WARN,
        clause="ACDD, an extract of an export declaration",
        model=DeclarationExtract,
        check=_net_is_within_gross,
    ),
    Rule(
        code="rule.extract_lacks_certified_goods",
        name=DeclarationExtract.__name__,
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 16(2), ACDD beside it",
        model=DeclarationExtract,
        check=_certified_goods_are_declared,
        places=_IMPORTER,
    ),
    Rule(
        code="rule.extract_below_certified_quantity",
        name=DeclarationExtract.__name__,
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 16(2), ACDD beside it",
        model=DeclarationExtract,
        check=_certified_quantities_are_declared,
        places=_IMPORTER,
    ),
    Rule(
        code="rule.extract_lacks_certified_goods",
        name=CertificateOfOrigin.__name__,
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 16(2), ACDD beside it",
        model=CertificateOfOrigin,
        check=_goods_were_declared,
        places=_IMPORTER,
    ),
    Rule(
        code="rule.extract_below_certified_quantity",
        name=CertificateOfOrigin.__name__,
        severity=Severity.WARN,
        clause="ATIGA Annex 8 Rule 16(2), ACDD beside it",
        model=CertificateOfOrigin,
        check=_quantities_were_declared,
        places=_IMPORTER,
    ),
)
