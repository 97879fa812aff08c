"""Origin criteria against the agreement's figures: shares, partial cumulation, de minimis.

That an item has a criterion of the agreement's grammar, and that ``PC`` goes with its tick, is in
`certificate`. The figures are a table: a product-specific rule (ATIGA Annex 3) may ask for another
share, and is not known here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import PC, RVC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["LEAST_SHARES", "PARTIAL_SHARES", "RULES", "TARIFF_SHIFTS"]

TARIFF_SHIFTS: Final = frozenset({"CC", "CTH", "CTSH"})
"""Changes of classification at 2, 4 and 6 digits (ATIGA Art. 28)."""

LEAST_SHARES: Final = {
    frozenset({RVC}): Decimal(40),
    frozenset({"CC", RVC}): Decimal(35),
    frozenset({"CTH", RVC}): Decimal(35),
    frozenset({"CTSH", RVC}): Decimal(35),
    frozenset({"SP", RVC}): Decimal(35),
}
"""Least regional value content in per cent, by what it stands with.

40 is the general rule (Art. 28); beside another criterion Annex 3 asks for less, 35 at least.
"""

PARTIAL_SHARES: Final = (Decimal(20), Decimal(40))
"""From, and below, which regional value content counts in partial cumulation, in per cent."""

_BY_BASES: Final = {
    order: least
    for bases, least in LEAST_SHARES.items()
    for order in {tuple(sorted(bases)), tuple(sorted(bases, reverse=True))}
}
"""The same, by the bases in either order: a lookup for every item."""


def _shares_reach_the_threshold(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(certificate.items, 1):
        criterion = item.origin_criterion
        share = criterion.percentage
        if share is None:
            continue
        least = _BY_BASES.get(criterion.bases)
        if least is not None and share < least:
            yield Fault(
                f"Item[{place}]/OriginCriterion/Percentage",
                f"expected at least {least} % with {' + '.join(criterion.bases)}, found {share} %",
            )


def _partial_shares_are_partial(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    least, below = PARTIAL_SHARES
    for place, item in enumerate(certificate.items, 1):
        criterion = item.origin_criterion
        share = criterion.percentage
        if share is not None and PC in criterion.bases and not least <= share < below:
            yield Fault(
                f"Item[{place}]/OriginCriterion/Percentage",
                f"expected from {least} % to less than {below} % with PC, found {share} %",
            )


def _de_minimis_has_a_shift(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    if certificate.special_cases.de_minimis is None:
        return
    if not any(
        not TARIFF_SHIFTS.isdisjoint(item.origin_criterion.bases) for item in certificate.items
    ):
        yield Fault(
            "SpecialCases/DeMinimis",
            "expected an item with CC, CTH or CTSH where De Minimis is ticked, found none",
        )


_ATIGA: Final = frozenset({"ATIGA"})

RULES: Final = (
    Rule(
        code="rule.share_below_threshold",
        severity=Severity.REFUSE,
        clause="ATIGA Art. 28; Annex 3",
        model=CertificateOfOrigin,
        check=_shares_reach_the_threshold,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.partial_cumulation_share",
        severity=Severity.REFUSE,
        clause="ATIGA Art. 30(2); Annex 6",
        model=CertificateOfOrigin,
        check=_partial_shares_are_partial,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.de_minimis_without_shift",
        severity=Severity.REFUSE,
        clause="ATIGA Art. 33; Annex 7, overleaf note 17",
        model=CertificateOfOrigin,
        check=_de_minimis_has_a_shift,
        agreements=_ATIGA,
    ),
)
