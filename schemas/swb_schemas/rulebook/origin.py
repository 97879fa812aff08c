"""Origin criteria against the agreement's figures: shares, partial cumulation, de minimis.

That an item has a criterion of the agreement's grammar, and that ``PC`` goes with its tick, is in
`certificate`. The figures are a table: a product-specific rule (ATIGA Annex 3) may ask for another
share, and is not known here. So only the general rule's share refuses; what a combination asks for
is an assumption, and warns.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import PC, RVC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from swb_schemas.rulebook.rule import Context

__all__ = ["ASSUMED_SHARES", "LEAST_SHARES", "PARTIAL_SHARES", "RULES", "TARIFF_SHIFTS"]

TARIFF_SHIFTS: Final = frozenset({"CC", "CTH", "CTSH"})
"""Changes of classification at 2, 4 and 6 digits (ATIGA Art. 28)."""

LEAST_SHARES: Final = {frozenset({RVC}): Decimal(40)}
"""Least regional value content in per cent, by what it stands with: the general rule (Art. 28)."""

ASSUMED_SHARES: Final = {
    frozenset({"CC", RVC}): Decimal(35),
    frozenset({"CTH", RVC}): Decimal(35),
    frozenset({"CTSH", RVC}): Decimal(35),
    frozenset({"SP", RVC}): Decimal(35),
}
"""The same beside another criterion, as this rule book assumes it.

Annex 3 sets these shares product by product, often below 40 and for example at 35. Which product
asks for which is not known here, so a lower share may be right.
"""

PARTIAL_SHARES: Final = (Decimal(20), Decimal(40))
"""From, and below, which regional value content counts in partial cumulation, in per cent."""


def _shares_reach(
    shares: Mapping[frozenset[str], Decimal],
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    by_bases = {  # in either order: a lookup for every item
        order: least
        for bases, least in shares.items()
        for order in {tuple(sorted(bases)), tuple(sorted(bases, reverse=True))}
    }

    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        for place, item in enumerate(certificate.items, 1):
            criterion = item.origin_criterion
            share = criterion.percentage
            if share is None:
                continue
            least = by_bases.get(criterion.bases)
            if least is not None and share < least:
                yield Fault(
                    f"Item[{place}]/OriginCriterion/Percentage",
                    f"expected at least {least} % with {' + '.join(criterion.bases)}, "
                    f"found {share} %",
                )

    return check


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
        name="general",
        severity=Severity.REFUSE,
        clause="ATIGA Art. 28",
        model=CertificateOfOrigin,
        check=_shares_reach(LEAST_SHARES),
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.share_below_threshold",
        name="combined",
        severity=Severity.WARN,
        clause="ATIGA Annex 3, by product; 35 is assumed",
        model=CertificateOfOrigin,
        check=_shares_reach(ASSUMED_SHARES),
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
