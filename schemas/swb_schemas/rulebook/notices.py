"""What states have notified: processes and elements they take no part in, and signatures.

A member state may opt out of processes or elements of the message guide (Annex 8 Rule 27); whether
its law takes an electronically applied signature and seal is its own (footnote 4 to Rule 7). Both
are columns of the table of states: each row makes its own lines of the book, and what no row says,
no rule asks. The sender learns it before anything leaves.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.documents import CertificateOfOrigin, LeadingDocument
from swb_schemas.findings import Severity
from swb_schemas.rulebook.elements import find_elements, find_model
from swb_schemas.rulebook.rule import ISSUERS, Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.documents import Document
    from swb_schemas.rulebook.rule import Context
    from swb_schemas.rulebook.state_table import StateTable

__all__ = ["build_rules"]


def build_rules(table: StateTable) -> Iterator[Rule]:
    """Make the lines of what states have notified."""
    for state, row in table.states.items():
        for notice in row.opted_out:
            whole = CATALOGUE.get(notice.what)
            yield Rule(
                code="rule.state_opted_out",
                name=f"{state}-{notice.what.replace('/', '-')}",
                severity=Severity.REFUSE if whole else Severity.WARN,
                clause=notice.clause,
                model=whole.model if whole else find_model(notice.what),
                check=partial(_takes_part, state, "" if whole else notice.what),
                valid_from=notice.valid_from,
                places=ISSUERS,
            )
        if row.electronic_signature is False:
            yield Rule(
                code="rule.electronic_signature_not_recognised",
                name=state,
                severity=Severity.WARN,
                clause="ATIGA Annex 8 Rule 7, footnote 4",
                model=CertificateOfOrigin,
                check=partial(_is_signed_on_paper, state),
                agreements=frozenset({"ATIGA"}),
                places=ISSUERS,
            )


def _ends(document: Document) -> Iterator[tuple[str, str]]:
    """The two states that a document is between, as far as it tells them, and where."""
    if isinstance(document, LeadingDocument):
        yield document.destination_path, document.destination
        yield "IssuingCountry", document.issuing_country
    elif (subject := getattr(document, "subject", None)) is not None:
        yield "Subject/IssuingCountry", subject.issuing_country


def _takes_part(state: str, what: str, document: Document, _: Context) -> Iterator[Fault]:
    """Of an element each place where it stands is found; of a process the document itself."""
    for path, found in _ends(document):
        if found != state:
            continue
        for place in find_elements(document, what) if what else [path]:
            yield Fault(place, f"expected none, because {state} takes no part in it; found one")
        return


def _is_signed_on_paper(
    state: str, certificate: CertificateOfOrigin, _: Context
) -> Iterator[Fault]:
    if certificate.destination == state:
        yield Fault(
            certificate.destination_path,
            f"expected a signature and seal on paper beside it, because the law of {state} does "
            "not take electronically applied ones",
        )
