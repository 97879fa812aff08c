"""States: who is party to an agreement, and what one state asks beyond it.

The states themselves are data, see `state_table`: a state that joins is a row there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import PC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import ISSUERS, Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from swb_schemas.rulebook.rule import Context
    from swb_schemas.rulebook.state_table import StateTable

__all__ = ["build_rules"]


def _states(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str]]:
    yield "IssuingCountry", certificate.issuing_country
    importing = certificate.exporter_declaration.importing_country
    yield "ExporterDeclaration/ImportingCountry", importing
    back_to_back = certificate.special_cases.back_to_back
    for place, original in enumerate(back_to_back.originals if back_to_back else (), 1):
        yield f"SpecialCases/BackToBack/Original[{place}]/IssuingCountry", original.issuing_country


def _are_parties(
    agreement: str, table: StateTable
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    since = table.list_parties(agreement)
    between_live = table.agreements[agreement].between_live

    def check(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
        for path, state in _states(certificate):
            first = since.get(state)
            told = "" if _is_live(table, state, context.at) else _NOT_LIVE
            if first is None or context.issued_on < first:
                yield Fault(path, f"expected a party to {agreement}, found {state!r}{told}")
            elif between_live and told and not path.startswith("SpecialCases"):
                yield Fault(path, f"expected a state that is live, found {state!r}{told}")

    return check


_NOT_LIVE: Final = " which is configured and not live"


def _is_live(table: StateTable, state: str, day: date) -> bool:
    """Whether a state exchanges electronically on a day; so does one that is not in the table."""
    row = table.states.get(state)
    return row is None or (row.live_since is not None and row.live_since <= day)


def _is_produced_by_a_party(
    agreement: str, table: StateTable
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    since = table.list_parties(agreement)

    def check(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
        state = certificate.exporter_declaration.country_of_production
        first = since.get(state)
        if first is None or context.issued_on < first:
            yield Fault(
                "ExporterDeclaration/CountryOfProduction",
                f"expected goods that a party to {agreement} produced, found {state!r}",
            )

    return check


def _has_few_items(most: int) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        found = len(certificate.items)
        if found > most:
            yield Fault(f"Item[{most + 1}]", f"expected at most {most} items, found {found}")

    return check


def _partial_shares_are_whole(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(certificate.items, 1):
        criterion = item.origin_criterion
        share = criterion.percentage
        if share is not None and PC in criterion.bases and share % 1:
            yield Fault(
                f"Item[{place}]/OriginCriterion/Percentage",
                f"expected a share of partial cumulation rounded down, found {share} %",
            )


def build_rules(table: StateTable) -> tuple[Rule, ...]:
    """Make the rules that a table of states asks for: what no row says, no rule asks."""
    return (*_build_rules_of_parties(table), *_build_rules_of_states(table))


def _build_rules_of_parties(table: StateTable) -> Iterator[Rule]:
    for agreement, said in table.agreements.items():
        yield Rule(
            code="rule.state_not_a_party",
            name=agreement,
            severity=Severity.REFUSE,
            clause=said.clause,
            model=CertificateOfOrigin,
            check=_are_parties(agreement, table),
            agreements=frozenset({agreement}),
        )
    yield Rule(
        code="rule.produced_elsewhere",
        severity=Severity.WARN,
        clause="ATIGA Annex 7, box 11; Art. 26",
        model=CertificateOfOrigin,
        check=_is_produced_by_a_party("ATIGA", table),
        agreements=frozenset({"ATIGA"}),
    )


def _build_rules_of_states(table: StateTable) -> Iterator[Rule]:
    limits = {code: row.most_items for code, row in table.states.items() if row.most_items}
    for state, limit in limits.items():
        yield Rule(
            code="rule.too_many_items",
            name=state,
            severity=Severity.REFUSE,
            clause=limit.clause,
            model=CertificateOfOrigin,
            check=_has_few_items(limit.items),
            issuing_states=frozenset({state}),
            places=ISSUERS,
        )
    whole = {code: row.whole_partial_shares for code, row in table.states.items()}
    for state, asked in whole.items():
        if asked is not None:
            yield Rule(
                code="rule.partial_share_not_whole",
                name=state,
                severity=Severity.WARN,
                clause=asked.clause,
                model=CertificateOfOrigin,
                check=_partial_shares_are_whole,
                agreements=frozenset({"ATIGA"}),
                issuing_states=frozenset({state}),
                places=ISSUERS,
            )
