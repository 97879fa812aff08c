"""What of a document may tell that it is another one over again.

A feature is a kind and folded values. It is never kept, sent or logged; only its fingerprint is.
Kinds that stand for themselves are a signal; `GOODS` only weighs beside one, for the same goods
travel again and again between the same firms.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.fingerprints.folding import fold_exactly, fold_name, fold_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb_schemas.documents import Document
    from swb_schemas.documents.certificate_of_origin import Item, Transport

__all__ = ["Feature", "FeatureKind", "list_features"]

_LEAST_NUMBER: Final = 4
"""Characters of a folded invoice number that is compared whoever the seller is: 1 is anybody's."""
_SUBHEADING: Final = 6


class FeatureKind(StrEnum):
    """What was compared. The values are part of what is hashed, and so of the format."""

    INVOICE = "invoice"
    """Number as spelled, but for case and space, date and seller."""
    INVOICE_NUMBER = "invoice-number"
    """Near: number without punctuation and leading zeros, and seller; on any day."""
    INVOICE_DAY = "invoice-day"
    """Near: the same number and the date; of any seller."""
    CONSIGNMENT = "consignment"
    """Means of transport, departure, marks, and what is carried by subheading and quantity."""
    CARRIAGE = "carriage"
    """Near: means of transport, departure, traders and subheadings; any quantity and marks."""
    GOODS = "goods"
    """Exporter, and what is carried by subheading and quantity. No signal by itself."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One comparable thing about a document, in the clear.

    Attributes:
        kind: What it is.
        values: Folded, in a fixed order.
    """

    kind: FeatureKind
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Feature({self.kind.value})"  # never what it holds


def list_features(document: Document) -> frozenset[Feature]:
    """List what a document can be recognised by; nothing of a document that has no invoices.

    What a certificate does not tell is not compared: a consignment without means of transport and
    day of departure has no feature of its own, and what a policy has masked is not told.
    """
    if not isinstance(document, CertificateOfOrigin):
        return frozenset()
    return frozenset((*_list_invoices(document), *_list_consignments(document)))


def _list_invoices(document: CertificateOfOrigin) -> Iterator[Feature]:
    elsewhere = document.special_cases.third_country_invoicing
    seller = fold_name(elsewhere.company_name if elsewhere else document.exporter.name)
    named = {(each.number, each.date) for item in document.items for each in item.invoices}
    for spelled, date in named:
        day, number = date.isoformat(), fold_number(spelled)
        if number and seller:
            yield Feature(FeatureKind.INVOICE, (fold_exactly(spelled), day, seller))
            yield Feature(FeatureKind.INVOICE_NUMBER, (number, seller))
        if len(number) >= _LEAST_NUMBER:
            yield Feature(FeatureKind.INVOICE_DAY, (number, day))


def _list_consignments(document: CertificateOfOrigin) -> Iterator[Feature]:
    goods = _sum_goods(document.items)
    exporter = fold_name(document.exporter.name)
    if exporter and any(amount for _, amount in goods):
        spelled = tuple(f"{code} {amount}" for code, amount in goods)
        yield Feature(FeatureKind.GOODS, (exporter, *spelled))
    carriage = _spell_carriage(document.transport)
    if not carriage:
        return
    marks = sorted({fold_number(item.marks_and_numbers or "") for item in document.items})
    lines = (f"{code} {amount}" for code, amount in goods)
    yield Feature(FeatureKind.CONSIGNMENT, (*carriage, *lines, "marks", *marks))
    consignee = fold_name(document.consignee.name)
    codes = sorted({code for code, _ in goods})
    if exporter and consignee:
        yield Feature(FeatureKind.CARRIAGE, (*carriage, exporter, consignee, *codes))


def _sum_goods(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Add up quantities by subheading and unit, so that lines may be split and put together."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in items:
        measure = item.quantity or item.gross_measure
        unit = measure.unit if measure else ""
        sums[item.commodity_code.value[:_SUBHEADING], unit] += (
            measure.value if measure else Decimal(0)
        )
    return sorted(
        (code, f"{amount.normalize():f} {unit}" if unit else "")
        for (code, unit), amount in sums.items()
    )


def _spell_carriage(transport: Transport) -> tuple[str, ...]:
    """Spell ship and voyage, or flight, with the day of departure; empty where it is not told."""
    means = fold_name(transport.means_name or "")
    journey = fold_number(transport.journey_number or "")
    if not (means or journey) or transport.departure_date is None:
        return ()
    return means, journey, transport.departure_date.isoformat()
