"""Origin criteria against the agreement's figures: shares, partial cumulation, de minimis.

That an item has a criterion of the agreement's grammar, and that ``PC`` goes with its tick, is in
`certificate`. The figures are a table: a product-specific rule (ATIGA Annex 3) may ask for another
share, and is not known here. So only the general rule's share refuses; what a combination asks for
is an assumption, and warns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import PC, RVC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

    from swb_schemas.rulebook.edition import Edition, Figures
    from swb_schemas.rulebook.rule import Context

__all__ = ["COMBINED_WITH", "TARIFF_SHIFTS", "build_rules"]

TARIFF_SHIFTS: Final = frozenset({"CC", "CTH", "CTSH"})
"""Changes of classification at 2, 4 and 6 digits (ATIGA Art. 28)."""

COMBINED_WITH: Final = ("CC", "CTH", "CTSH", "SP")
"""What a regional value content may stand with."""


def _least_shares(figures: Figures) -> Mapping[frozenset[str], Decimal]:
    """Least regional value content in per cent, by what it stands with: the general rule."""
    return {frozenset({RVC}): figures.least_share}


def _assumed_shares(figures: Figures) -> Mapping[frozenset[str], Decimal]:
    """The same beside another criterion, as this rule book assumes it.

    Annex 3 sets these shares product by product, often below 40 and for example at 35. Which
    product asks for which is not known here, so a lower share may be right.
    """
    return {frozenset({each, RVC}): figures.assumed_share for each in COMBINED_WITH}


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


def _partial_shares_are_partial(
    figures: Figures,
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    least, below = figures.partial_from, figures.partial_below

    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        for place, item in enumerate(certificate.items, 1):
            criterion = item.origin_criterion
            share = criterion.percentage
            if share is not None and PC in criterion.bases and not least <= share < below:
                yield Fault(
                    f"Item[{place}]/OriginCriterion/Percentage",
                    f"expected from {least} % to less than {below} % with PC, found {share} %",
                )

    return check


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


def build_rules(edition: Edition) -> tuple[Rule, ...]:
    """Make the rules of origin criteria with an edition's figures."""
    return (
        *edition.spread(
            lambda figures: Rule(
                code="rule.share_below_threshold",
                name="general",
                severity=Severity.REFUSE,
                clause="ATIGA Art. 28",
                model=CertificateOfOrigin,
                check=_shares_reach(_least_shares(figures)),
                agreements=_ATIGA,
            )
        ),
        *edition.spread(
            lambda figures: Rule(
                code="rule.share_below_threshold",
                name="combined",
                severity=Severity.WARN,
                clause=f"ATIGA Annex 3, by product; {figures.assumed_share} is assumed",
                model=CertificateOfOrigin,
                check=_shares_reach(_assumed_shares(figures)),
                agreements=_ATIGA,
            )
        ),
        *edition.spread(
            lambda figures: Rule(
                code="rule.partial_cumulation_share",
                severity=Severity.REFUSE,
                clause="ATIGA Art. 30(2); Annex 6",
                model=CertificateOfOrigin,
                check=_partial_shares_are_partial(figures),
                agreements=_ATIGA,
            )
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
