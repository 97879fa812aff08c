"""What it means that two certificates have fingerprints in common, and when it means nothing.

It is a signal for people and proves nothing: part shipments of one invoice are honest trade. So no
likeness ever refuses anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from swb_schemas.fingerprints.features import FeatureKind
from swb_schemas.parties import parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from swb_schemas.documents import Document

__all__ = [
    "NEAR_DUPLICATE",
    "SAME_CERTIFICATE",
    "SHARED_CONSIGNMENT",
    "SHARED_INVOICE",
    "Likeness",
    "is_expected",
    "judge_likeness",
    "spell_kinds",
]

SAME_CERTIFICATE: Final = "fingerprint.duplicate"
NEAR_DUPLICATE: Final = "fingerprint.near_duplicate"
SHARED_INVOICE: Final = "fingerprint.shared_invoice"
SHARED_CONSIGNMENT: Final = "fingerprint.shared_consignment"


class Likeness(StrEnum):
    """How alike two certificates are; the values are codes of findings, the gravest first."""

    DUPLICATE = SAME_CERTIFICATE
    """One invoice and the same goods."""
    NEAR_DUPLICATE = NEAR_DUPLICATE
    """The same goods, and an invoice that is spelled, dated or sold otherwise."""
    SHARED_CONSIGNMENT = SHARED_CONSIGNMENT
    """One consignment, or one that goes the same way, under another invoice."""
    SHARED_INVOICE = SHARED_INVOICE
    """One invoice, or one nearly like it, for other goods: honest part shipments look so."""


_NEAR_INVOICE: Final = frozenset({FeatureKind.INVOICE_NUMBER, FeatureKind.INVOICE_DAY})
_SAME_GOODS: Final = frozenset({FeatureKind.CONSIGNMENT, FeatureKind.GOODS})
_SAME_CARRIAGE: Final = frozenset({FeatureKind.CONSIGNMENT, FeatureKind.CARRIAGE})
_WORDS: Final = {
    FeatureKind.INVOICE: "invoice",
    FeatureKind.INVOICE_NUMBER: "invoice number but for its spelling",
    FeatureKind.INVOICE_DAY: "invoice number and day of another seller",
    FeatureKind.CONSIGNMENT: "transport, goods and marks",
    FeatureKind.CARRIAGE: "transport, traders and kinds of goods",
    FeatureKind.GOODS: "goods and quantities",
}
_IMPLIES: Final = {
    FeatureKind.INVOICE: _NEAR_INVOICE,
    FeatureKind.INVOICE_NUMBER: frozenset({FeatureKind.INVOICE_DAY}),
    FeatureKind.CONSIGNMENT: frozenset({FeatureKind.CARRIAGE, FeatureKind.GOODS}),
}
"""What need not be said beside a kind."""


def judge_likeness(shared: AbstractSet[FeatureKind]) -> Likeness | None:
    """Judge two certificates by the kinds of fingerprints that they share; None is no signal."""
    goods = bool(shared & _SAME_GOODS)
    if FeatureKind.INVOICE in shared:
        return Likeness.DUPLICATE if goods else Likeness.SHARED_INVOICE
    if shared & _NEAR_INVOICE:
        return Likeness.NEAR_DUPLICATE if goods else Likeness.SHARED_INVOICE
    return Likeness.SHARED_CONSIGNMENT if shared & _SAME_CARRIAGE else None


def spell_kinds(shared: AbstractSet[FeatureKind]) -> str:
    """Spell what is alike, without what goes without saying."""
    implied = frozenset[FeatureKind]().union(*(_IMPLIES.get(each, ()) for each in shared))
    return "; ".join(_WORDS[each] for each in FeatureKind if each in shared - implied)


def is_expected(document: Document, other_key: str) -> bool:
    """Whether another certificate has to be alike: it is this one, or what this one rests upon.

    That a number is given twice is a rule of the register, and said by it. A back-to-back
    certificate covers the goods of its originals (ATIGA Annex 8, Rule 11).

    Args:
        document: What is judged.
        other_key: ``STATE:office:number`` of what it is alike.
    """
    if not isinstance(document, CertificateOfOrigin) or str(document.key) == other_key:
        return True
    back_to_back = document.special_cases.back_to_back
    if back_to_back is None:
        return False
    try:
        other = parse_certificate_key(other_key)
    except RefusedError:
        return False
    return any(
        (each.issuing_country, each.reference_number) == (other.state, other.number)
        for each in back_to_back.originals
    )
