"""Goods: tariff codes of the importing state, and the FOB price where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.codelists.subheadings import load_hs_step
from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.documents.origin_criterion import PC, RVC
from swb_schemas.findings import Severity
from swb_schemas.rulebook.quantities import goods_of
from swb_schemas.rulebook.rule import Fault, Rule
from swb_schemas.rulebook.state_table import load_state_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from swb_schemas.documents import DeclarationExtract
    from swb_schemas.documents.certificate_of_origin import Item
    from swb_schemas.documents.declaration_extract import DeclaredItem
    from swb_schemas.documents.inspection import InspectionCertificate
    from swb_schemas.rulebook.rule import Context
    from swb_schemas.rulebook.state_table import FobRow, StateTable

__all__ = [
    "CHAPTERS",
    "FOB_TABLE",
    "build_rules",
    "find_unknown_chapters",
    "find_unknown_subheadings",
    "is_fob_asked",
]

# --- tariff codes ------------------------------------------------------------------------------

CHAPTERS: Final = frozenset(f"{number:02d}" for number in range(1, 98) if number != 77)  # noqa: PLR2004 - reserved
"""Of the Harmonized System: 01 to 97, of which 77 is kept for later."""

_AHTN: Final = frozenset({"AHTN-2012", "AHTN-2017", "AHTN-2022"})
"""Editions under which Form Ds were exchanged, each upon the Harmonized System of its year."""
_AHTN_DIGITS: Final = 8


def _codes_are_of_the_ahtn(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
    for place, item in enumerate(certificate.items, 1):
        code = item.commodity_code
        if len(code.value) != _AHTN_DIGITS or code.nomenclature not in _AHTN:
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected {_AHTN_DIGITS} digits of {', '.join(sorted(_AHTN))}, found "
                f"{len(code.value)} of {code.nomenclature}",
            )


def find_unknown_chapters(
    document: CertificateOfOrigin | InspectionCertificate, _: Context
) -> Iterator[Fault]:
    """Find the first two digits that no edition of the Harmonized System has as a chapter."""
    for place, item in enumerate(document.items, 1):
        chapter = item.commodity_code.value[:2]
        if chapter not in CHAPTERS:
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected a chapter of the Harmonized System, found {chapter!r}",
            )


def find_unknown_subheadings(
    document: CertificateOfOrigin | DeclarationExtract, _: Context
) -> Iterator[Fault]:
    """Find six digits that the edition does not have which the nomenclature names.

    Silent on editions that are not kept, and on chapters that there are not.
    """
    step = load_hs_step()
    items: Sequence[Item | DeclaredItem] = document.items
    for place, item in enumerate(items, 1):
        edition, subheading = goods_of(item.commodity_code)
        if (
            edition is not None
            and subheading[:2] in CHAPTERS
            and not step.holds(subheading, edition)
        ):
            yield Fault(
                f"Item[{place}]/CommodityCode",
                f"expected a subheading of {edition.title}, found {subheading}",
            )


# --- FOB ---------------------------------------------------------------------------------------


FOB_TABLE: Final = load_state_table().list_fob_rows()
"""What was asked before the form of 2020 is not known here and not judged."""


def is_fob_asked(
    *, issuing: str, importing: str, on: date, rows: Sequence[FobRow] = FOB_TABLE
) -> bool:
    """Whether box 9 shows the FOB price of what has regional value content.

    Args:
        issuing: State that issues the certificate.
        importing: State that imports.
        on: Day of issue.
        rows: Between whom and when it is shown; as this version has it.
    """
    return any(
        row.is_between(issuing, importing)
        for row in rows
        if row.agreement == "ATIGA"
        and row.valid_from <= on
        and (row.valid_until is None or on <= row.valid_until)
    )


def _is_asked(row: FobRow, certificate: CertificateOfOrigin) -> bool:
    importing = certificate.exporter_declaration.importing_country
    return row.is_between(certificate.issuing_country, importing)


def _fob_is_there(row: FobRow) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        if not _is_asked(row, certificate):
            return
        for place, item in enumerate(certificate.items, 1):
            if RVC not in item.origin_criterion.bases:
                continue
            amount = item.fob_amount
            if amount is None or not amount.value:
                found = "none" if amount is None else "0"
                yield Fault(
                    f"Item[{place}]/FobAmount",
                    "expected the FOB price, above 0, of an item with regional value content, "
                    f"found {found}",
                )

    return check


def _fob_is_asked(row: FobRow) -> Callable[[CertificateOfOrigin, Context], Iterator[Fault]]:
    def check(certificate: CertificateOfOrigin, _: Context) -> Iterator[Fault]:
        asked = _is_asked(row, certificate)
        for place, item in enumerate(certificate.items, 1):
            if item.fob_amount is None:
                continue
            bases = item.origin_criterion.bases
            # A share of partial cumulation is one of regional value content too; whether the
            # note means it is not said, so its price is neither missed nor found superfluous.
            if not (PC in bases or (asked and RVC in bases)):
                yield Fault(
                    f"Item[{place}]/FobAmount",
                    "expected a FOB price only with regional value content and where "
                    f"{', '.join(sorted(row.states))} export or import, found one",
                )

    return check


_ATIGA: Final = frozenset({"ATIGA"})

_RULES: Final = (
    Rule(
        code="rule.commodity_code_not_ahtn",
        severity=Severity.REFUSE,
        clause="ATIGA Annex 7, overleaf note 6",
        model=CertificateOfOrigin,
        check=_codes_are_of_the_ahtn,
        agreements=_ATIGA,
    ),
    Rule(
        code="rule.chapter_not_known",
        name=CertificateOfOrigin.__name__,
        severity=Severity.REFUSE,
        clause="Harmonized System, chapters 1 to 97",
        model=CertificateOfOrigin,
        check=find_unknown_chapters,
    ),
    Rule(
        code="rule.subheading_not_known",
        name=CertificateOfOrigin.__name__,
        severity=Severity.WARN,
        clause="Harmonized System, subheadings of 2017 and 2022",
        model=CertificateOfOrigin,
        check=find_unknown_subheadings,
    ),
)


def build_rules(table: StateTable) -> tuple[Rule, ...]:
    """Make the rules of goods, with the FOB price as a table of states has it."""
    return (*_RULES, *_build_rules_of_fob(table))


def _build_rules_of_fob(table: StateTable) -> Iterator[Rule]:
    rows = table.list_fob_rows()
    for code, severity, make in (
        ("rule.fob_missing", Severity.REFUSE, _fob_is_there),
        ("rule.fob_not_asked", Severity.WARN, _fob_is_asked),
    ):
        for row in rows:
            yield Rule(
                code=code,
                name=row.valid_from.isoformat(),
                severity=severity,
                clause=table.agreements[row.agreement].fob_clause,
                model=CertificateOfOrigin,
                check=make(row),
                agreements=frozenset({row.agreement}),
                valid_from=row.valid_from,
                valid_until=row.valid_until,
            )
