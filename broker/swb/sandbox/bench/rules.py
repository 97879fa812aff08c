"""How many Form Ds a second the whole rule book judges on one core, and what is below it.

The floor is a bare pass: it reads, once, every attribute that the rules of a Form D read, and
decides nothing. Both run over the same documents in the same process, in turns. Processor time is
what counts, so that other work on the machine does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from swb.simulator.form_ds import draw_form_d
from swb_schemas.rulebook import RULES, check_document, get_place_of_issue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from swb.simulator.form_ds import DrawnFormD
    from swb_schemas.documents import CertificateOfOrigin
    from swb_schemas.rulebook import Place

__all__ = ["RulesBench", "Side", "read_what_rules_read", "run_rules_bench"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one of the two took.

    Attributes:
        documents: Of each run.
        seconds: Processor time of each run.
    """

    documents: int
    seconds: Sequence[float]

    @property
    def rates(self) -> list[float]:
        """Documents a second, of each run."""
        return [self.documents / each for each in self.seconds]

    @property
    def documents_per_second(self) -> float:
        """The median."""
        return median(self.rates)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesBench:
    """What was measured.

    Attributes:
        documents: Form Ds of each run.
        items: Of each Form D.
        lines: Rules in the book.
        findings: Of all documents; they are valid, so none.
        rules: The rule book.
        bare_pass: The floor.
    """

    documents: int
    items: int
    lines: int
    findings: int
    rules: Side
    bare_pass: Side

    @property
    def ratio(self) -> float:
        """Of the rule book's rate to the bare pass's: the median of the turns."""
        pairs = zip(self.rules.rates, self.bare_pass.rates, strict=True)
        return median(one / other for one, other in pairs)


def run_rules_bench(
    *, documents: int, items: int, turns: int, seed: int, until: date
) -> RulesBench:
    """Draw documents, and judge and read them in turns.

    Args:
        documents: How many.
        items: Of each.
        turns: Runs of each side.
        seed: Of the documents.
        until: Last day of issue.
    """
    drawn = [
        draw_form_d(serial, seed=seed, until=until, items=items) for serial in range(documents)
    ]
    cases = [_Case(each) for each in drawn]
    findings = sum(_judge(each) for each in cases)  # warms the code lists too
    rules: list[float] = []
    bare: list[float] = []
    for _ in range(turns):
        rules.append(_time(_judge, cases))
        bare.append(_time(_read, cases))
    return RulesBench(
        documents=documents,
        items=items,
        lines=len(RULES),
        findings=findings,
        rules=Side(documents=documents, seconds=rules),
        bare_pass=Side(documents=documents, seconds=bare),
    )


class _Case:
    """A document as its issuer judges it."""

    __slots__ = ("at", "certificate", "place", "related")

    def __init__(self, drawn: DrawnFormD) -> None:
        self.certificate: CertificateOfOrigin = drawn.certificate
        self.related = drawn.related
        self.at: date = drawn.certificate.certification.date
        self.place: Place = get_place_of_issue(drawn.certificate)


def _time(work: Callable[[_Case], object], cases: Sequence[_Case]) -> float:
    begun = time.process_time()
    for case in cases:
        work(case)
    return max(time.process_time() - begun, 1e-9)


def _judge(case: _Case) -> int:
    return len(check_document(case.certificate, at=case.at, place=case.place, related=case.related))


def _read(case: _Case) -> int:
    return read_what_rules_read(case.certificate)


def read_what_rules_read(certificate: CertificateOfOrigin) -> int:
    """Read every attribute that the rules of a Form D read, once, and decide nothing.

    Returns:
        How many they are; the length of a tuple is what all of it is worth here.
    """
    declaration, certification = certificate.exporter_declaration, certificate.certification
    transport, special = certificate.transport, certificate.special_cases
    seen = (
        certificate.agreement,
        certificate.issuing_country,
        certificate.exporter.country,
        certificate.consignee.country,
        declaration.country_of_production,
        declaration.importing_country,
        declaration.place,
        declaration.date,
        declaration.signatory_name,
        certification.date,
        certification.original_issue_date,
        certification.authority_name,
        certification.place,
        certification.signatory_name,
        transport.departure_date,
        transport.loading_port,
        transport.discharge_port,
        special.third_country_invoicing,
        special.de_minimis,
        special.back_to_back,
        special.issued_retroactively,
        special.partial_cumulation,
    )
    read = len(seen)
    for item in certificate.items:
        code, criterion = item.commodity_code, item.origin_criterion
        fob, quantity, gross = item.fob_amount, item.quantity, item.gross_measure
        of_item = (
            item.marks_and_numbers,
            code.nomenclature,
            code.value,
            criterion.bases,
            criterion.percentage,
            fob and fob.currency,
            fob and fob.value,
            quantity and quantity.unit,
            gross and gross.unit,
        )
        read += len(of_item)
        for package in item.packages:
            of_package = (package.type_code, package.gross_measure, package.gross_volume)
            read += len(of_package)
        for invoice in item.invoices:
            read += invoice.date is not None
    return read
