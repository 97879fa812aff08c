"""States: who is party to an agreement, and what one state asks beyond it.

A state that joins is a row here, with its first day; nothing else changes.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import ISSUERS, Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from swb_schemas.rulebook.rule import Context

__all__ = ["MEMBERS", "RULES", "Membership"]

_BEGINNING: Final = date.min
"""Member for as long as this rule book looks back."""

_STATES: Final = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN")
_ASEAN: Final = dict.fromkeys(_STATES, _BEGINNING)


class Membership(NamedTuple):
    """Who is party to one agreement.

    Attributes:
        clause: Where it is said.
        since: First day of issue, by state.
    """

    clause: str
    since: Mapping[str, date]


# Timor-Leste joined ASEAN in 2025; the Form D's overleaf names ten states still.
MEMBERS: Final[Mapping[str, Membership]] = {
    "ATIGA": Membership("ATIGA Annex 7, overleaf note 1", _ASEAN),
    "AANZFTA": Membership("AANZFTA, parties", {**_ASEAN, "AU": _BEGINNING, "NZ": _BEGINNING}),
}
"""By agreement."""


def _states(certificate: CertificateOfOrigin) -> Iterator[tuple[str, str]]:
    yield "IssuingCountry", certificate.issuing_country
    importing = certificate.exporter_declaration.importing_country
    yield "ExporterDeclaration/ImportingCountry", importing
    back_to_back = certificate.special_cases.back_to_back
    for place, original in enumerate(back_to_back.originals if back_to_back else (), 1):
        yield f"SpecialCases/BackToBack/Original[{place}]/IssuingCountry", original.issuing_country


def _are_members(
    agreement: str, since: Mapping[str, date]
) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, context: Context) -> Iterator[Fault]:
        for path, state in _states(certificate):
            first = since.get(state)
            if first is None or context.issued_on < first:
                yield Fault(path, f"expected a party to {agreement}, found {state!r}")

    return check


_ITEMS_IN_SINGAPORE: Final = 50


def _has_few_items(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    found = len(certificate.items)
    if found > _ITEMS_IN_SINGAPORE:
        yield Fault(
            f"Item[{_ITEMS_IN_SINGAPORE + 1}]",
            f"expected at most {_ITEMS_IN_SINGAPORE} items, found {found}",
        )


RULES: Final = (
    *(
        Rule(
            code="rule.state_not_a_party",
            name=agreement,
            severity=Severity.REFUSE,
            clause=membership.clause,
            model=CertificateOfOrigin,
            check=_are_members(agreement, membership.since),
            agreements=frozenset({agreement}),
        )
        for agreement, membership in MEMBERS.items()
    ),
    Rule(
        code="rule.too_many_items",
        severity=Severity.REFUSE,
        clause="Singapore Customs, certificate of origin by TradeNet: 50 items an application",
        model=CertificateOfOrigin,
        check=_has_few_items,
        issuing_states=frozenset({"SG"}),
        places=ISSUERS,
    ),
)
