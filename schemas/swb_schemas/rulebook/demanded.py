"""What the destination demands for the goods is there before anything leaves (`demands`).

Judged where an extract of the export declaration is issued, because it is of the whole consignment
and names what accompanies it: the sender learns what is missing. A document counts when the extract
names it and this side's register holds it, so that it was sealed here and not only mentioned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.demands import Sureness, find_demands, load_demands
from swb_schemas.documents import CertificateOfConformity, CleanReportOfFindings, DeclarationExtract
from swb_schemas.findings import Severity
from swb_schemas.rulebook.rule import ISSUERS, Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _is_there(
    sureness: Sureness,
) -> Callable[[DeclarationExtract, Context], Iterator[Fault]]:
    """Build a rule: what is demanded that surely accompanies the goods."""

    def check(extract: DeclarationExtract, context: Context) -> Iterator[Fault]:
        there = {
            each.message_type
            for each in extract.supporting_documents
            if (each.message_type, str(each.key)) in context.related.supporting
        }
        for place, item in enumerate(extract.items, 1):
            for demand in find_demands(
                destination=extract.importing_country,
                commodity=item.commodity_code.value,
                on=context.issued_on,
                demands=load_demands(),
            ):
                if demand.sure is sureness and demand.document not in there:
                    yield Fault(
                        f"Item[{place}]/CommodityCode",
                        f"expected a {demand.document}, which {demand.to} demands for "
                        f"{demand.hs or 'all goods'}, named and sealed here; found none "
                        f"({demand.source})",
                    )

    return check


def _is_inspected_before_issue(
    document: CertificateOfConformity | CleanReportOfFindings, _: Context
) -> Iterator[Fault]:
    if document.inspection.date > document.issue_date:
        yield Fault(
            "Inspection/Date",
            f"expected an inspection on or before {document.issue_date}, found one on "
            f"{document.inspection.date}",
        )


def _expires_after_issue(
    document: CertificateOfConformity | CleanReportOfFindings, _: Context
) -> Iterator[Fault]:
    if document.expiry_date is not None and document.expiry_date < document.issue_date:
        yield Fault(
            "ExpiryDate",
            f"expected a last day on or after {document.issue_date}, found {document.expiry_date}",
        )


_INSPECTED: Final = (CertificateOfConformity, CleanReportOfFindings)

RULES: Final = (
    Rule(
        code="rule.demanded_document_missing",
        name="stated",
        severity=Severity.REFUSE,
        clause="demands of the destination, stated",
        model=DeclarationExtract,
        check=_is_there(Sureness.STATED),
        places=ISSUERS,
    ),
    Rule(
        code="rule.demanded_document_missing",
        name="reported",
        severity=Severity.WARN,
        clause="demands of the destination, reported",
        model=DeclarationExtract,
        check=_is_there(Sureness.REPORTED),
        places=ISSUERS,
    ),
    *(
        Rule(
            code="rule.inspected_after_issue",
            name=model.__name__,
            severity=Severity.REFUSE,
            clause="certificate of inspection, its own dates",
            model=model,
            check=_is_inspected_before_issue,
        )
        for model in _INSPECTED
    ),
    *(
        Rule(
            code="rule.inspection_expired_at_issue",
            name=model.__name__,
            severity=Severity.REFUSE,
            clause="certificate of inspection, its own dates",
            model=model,
            check=_expires_after_issue,
        )
        for model in _INSPECTED
    ),
)
