"""What the boxes of a certificate of origin must agree on among themselves."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import (
    PC,
    OriginCriterion,
    find_grammar,
    format_criterion,
    parse_criterion,
)
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]

_ALL: Final = Decimal(100)
_A_PART: Final = Decimal()


def _agreement_is_known(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    if find_grammar(certificate.agreement) is None:
        yield Fault(
            "Agreement",
            f"expected an agreement whose rules are known, found {certificate.agreement!r}",
        )


def _criteria_are_of_the_agreement(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    agreement = certificate.agreement
    for place, item in enumerate(certificate.items, 1):
        criterion = item.origin_criterion
        share = criterion.percentage
        like = share if share is None or share == _ALL else _A_PART
        if not _has_spelling(agreement, criterion.bases, like):
            spelled = format_criterion(criterion, agreement=agreement)
            yield Fault(
                f"Item[{place}]/OriginCriterion",
                f"expected a criterion of {agreement}, found {spelled!r}",
            )


@lru_cache(maxsize=1024)
def _has_spelling(agreement: str, bases: tuple[str, ...], share: Decimal | None) -> bool:
    """Whether an agreement's form can spell a criterion so that reading gives it back.

    Args:
        agreement: One with a grammar.
        bases: Of the criterion.
        share: A percentage like its own: none, all, or any other. A spelling depends on nothing
            else of it, so nearly every criterion of a certificate has been asked for before.
    """
    criterion = OriginCriterion(bases=bases, percentage=share)
    try:
        spelled = format_criterion(criterion, agreement=agreement)
        return parse_criterion(spelled, agreement=agreement) == criterion
    except RefusedError:
        return False


def _countries_differ(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    importing = certificate.exporter_declaration.importing_country
    if certificate.issuing_country == importing:
        yield Fault(
            "ExporterDeclaration/ImportingCountry",
            f"expected a country other than the issuing one, found {importing!r} twice",
        )


def _partial_cumulation_is_ticked(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    ticked = certificate.special_cases.partial_cumulation is not None
    places = [
        place
        for place, item in enumerate(certificate.items, 1)
        if PC in item.origin_criterion.bases
    ]
    if ticked and not places:
        yield Fault(
            "SpecialCases/PartialCumulation",
            "expected an item with the criterion PC where Partial Cumulation is ticked, found none",
        )
    if not ticked:
        for place in places:
            yield Fault(
                f"Item[{place}]/OriginCriterion",
                "expected Partial Cumulation to be ticked with the criterion PC, found it not",
            )


_ATIGA: Final = frozenset({"ATIGA"})
_OF_EVERY_AGREEMENT: Final = (
    (
        "rule.criterion_not_of_agreement",
        _criteria_are_of_the_agreement,
        {
            "ATIGA": "ATIGA Annex 7, overleaf note 3; Annex 8 Rule 6(e)",
            "AANZFTA": "AANZFTA certificate of origin, box 8",
        },
    ),
    (
        "rule.issuing_is_importing",
        _countries_differ,
        {
            "ATIGA": "ATIGA Annex 7, box 11",
            "AANZFTA": "AANZFTA certificate of origin, box 11",
        },
    ),
)
"""What each agreement asks in words of its own."""

RULES: Final = (
    Rule(
        code="rule.agreement_not_known",
        severity=Severity.REFUSE,
        clause="no text: this broker's own",
        model=CertificateOfOrigin,
        check=_agreement_is_known,
    ),
    *(
        Rule(
            code=code,
            name=agreement,
            severity=Severity.REFUSE,
            clause=clause,
            model=CertificateOfOrigin,
            check=check,
            agreements=frozenset({agreement}),
        )
        for code, check, clauses in _OF_EVERY_AGREEMENT
        for agreement, clause in clauses.items()
    ),
    Rule(
        code="rule.partial_cumulation_not_ticked",
        severity=Severity.REFUSE,
        clause="ATIGA Art. 30(2); Annex 7, overleaf note 16",
        model=CertificateOfOrigin,
        check=_partial_cumulation_is_ticked,
        agreements=_ATIGA,
    ),
)
