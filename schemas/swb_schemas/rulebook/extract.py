"""Rules of the export declaration extract (ACDD), and of it beside a certificate of origin.

The message guide's own rules are not public (facts 4): what is asked here follows from the 15
agreed parameters, and from what an extract is. Where the importing side holds both an extract and
a certificate of origin that it names, the one that comes later is compared with the other at six
digits of the tariff, which states share (ATIGA Annex 8, Rule 16(2)); what differs is for its
customs to weigh, and never refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin, DeclarationExtract
from swb_schemas.findings import Severity
from swb_schemas.rulebook.goods import CHAPTERS, find_unknown_subheadings
from swb_schemas.rulebook.quantities import (
    add_up,
    find_excess,
    find_places,
    goods_of,
    list_kin,
)
from swb_schemas.rulebook.register import NUMBER_USED
from swb_schemas.rulebook.related import list_in_force
from swb_schemas.rulebook.rule import Fault, Place, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.rulebook.quantities import Goods
    from swb_schemas.rulebook.related import KnownCertificate
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


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


def _list_items(known: Iterable[KnownCertificate]) -> Iterator[Item]:
    for certificate in list_in_force(known):
        yield from certificate.items


def _spell(goods: Iterable[Goods]) -> str:
    return " and ".join(sorted({each.subheading for each in goods}))


def _certified_goods_are_declared(extract: DeclarationExtract, context: Context) -> Iterator[Fault]:
    declared = {goods_of(item.commodity_code) for item in extract.items}
    for certificate in list_in_force(context.related.certificates):
        for item in certificate.items:
            goods = goods_of(item.commodity_code)
            if declared.isdisjoint(list_kin(goods)):
                yield Fault(
                    "Item",
                    f"expected goods of item {item.sequence_number} of certificate "
                    f"{certificate.key} at six digits, {goods.subheading}, found none declared",
                )


def _certified_quantities_are_declared(
    extract: DeclarationExtract, context: Context
) -> Iterator[Fault]:
    """Sums in like units only; certificates of one consignment are added up."""
    places = find_places(extract.items)
    certified = add_up(_list_items(context.related.certificates))
    for excess in find_excess(certified, add_up(extract.items)):
        place = min(places[goods, excess.unit] for goods in excess.covering)
        yield Fault(
            f"Item[{place}]/Quantity",
            f"expected at least {excess.found:f} {excess.unit} of {_spell(excess.covering)}, as "
            f"the certificates of origin have, found {excess.most:f}",
        )


def _goods_were_declared(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
    """The same where the extract came first."""
    for known in context.related.extracts:
        declared = {goods_of(item.commodity_code) for item in known.extract.items}
        for place, item in enumerate(certificate.items, 1):
            goods = goods_of(item.commodity_code)
            if declared.isdisjoint(list_kin(goods)):
                yield Fault(
                    f"Item[{place}]/CommodityCode",
                    f"expected goods that extract {known.extract.key} declares at six digits, "
                    f"found {goods.subheading}",
                )


def _quantities_were_declared(
    certificate: CertificateOfOrigin, context: Context
) -> Iterator[Fault]:
    places = find_places(certificate.items)
    for known in context.related.extracts:
        certified = add_up((*certificate.items, *_list_items(known.beside)))
        for excess in find_excess(certified, add_up(known.extract.items)):
            own = [places.get((goods, excess.unit), 0) for goods in excess.claimed]
            if place := min(filter(None, own), default=0):
                yield Fault(
                    f"Item[{place}]/Quantity",
                    f"expected at most {excess.most:f} {excess.unit} of {_spell(excess.claimed)}, "
                    f"as extract {known.extract.key} declares, found {excess.found:f} with the "
                    "other certificates that it names",
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
        code="rule.subheading_not_known",
        name=DeclarationExtract.__name__,
        severity=Severity.WARN,
        clause="Harmonized System, subheadings of 2017 and 2022",
        model=DeclarationExtract,
        check=find_unknown_subheadings,
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
