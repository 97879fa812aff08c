"""What the boxes of a certificate of origin must agree on among themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import (
    PC,
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


def _agreement_is_known(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    if find_grammar(certificate.agreement) is None:
        yield Fault(
            "Agreement",
            f"expected an agreement whose rules are known, found {certificate.agreement!r}",
        )


def _criteria_are_of_the_agreement(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    if find_grammar(certificate.agreement) is None:
        return  # said once, by the rule above
    for place, item in enumerate(certificate.items, 1):
        spelled = format_criterion(item.origin_criterion, agreement=certificate.agreement)
        try:
            same = (
                parse_criterion(spelled, agreement=certificate.agreement) == item.origin_criterion
            )
        except RefusedError:
            same = False
        if not same:
            yield Fault(
                f"Item[{place}]/OriginCriterion",
                f"expected a criterion of {certificate.agreement}, found {spelled!r}",
            )


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

RULES: Final = (
    Rule(
        code="rule.agreement_not_known",
        severity=Severity.REFUSE,
        clause="",
        model=CertificateOfOrigin,
        check=_agreement_is_known,
    ),
    Rule(
        code="rule.criterion_not_of_agreement",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 7, overleaf note 3; Annex 8 Rule 6(e)",
        model=CertificateOfOrigin,
        check=_criteria_are_of_the_agreement,
    ),
    Rule(
        code="rule.issuing_is_importing",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 8 Rule 7(3)",
        model=CertificateOfOrigin,
        check=_countries_differ,
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
