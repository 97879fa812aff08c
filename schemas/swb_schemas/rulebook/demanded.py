"""What the destination demands for the goods is there before anything leaves (`demands`).

Judged where an extract of the export declaration is issued, because it is of the whole consignment
and names what accompanies it: the sender learns what is missing. A document counts when the extract
names it and this side's register holds it, so that it was sealed here and not only mentioned; and
when it is for that destination and those goods, and holds on the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb_schemas.demands import Sureness, find_demands, load_demands
from swb_schemas.documents import CertificateOfConformity, CleanReportOfFindings, DeclarationExtract
from swb_schemas.findings import Severity
from swb_schemas.rulebook.quantities import goods_of, list_kin
from swb_schemas.rulebook.rule import ISSUERS, Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swb_schemas.documents.elements import CommodityCode
    from swb_schemas.rulebook.related import KnownDocument
    from swb_schemas.rulebook.rule import Context

__all__ = ["RULES"]


def _is_there(
    sureness: Sureness,
) -> Callable[[DeclarationExtract, Context], Iterator[Fault]]:
    """Build a rule: what is demanded that surely accompanies the goods."""

    def check(extract: DeclarationExtract, context: Context) -> Iterator[Fault]:
        demands = [each for each in load_demands() if each.sure is sureness]
        if not any(each.to == extract.importing_country for each in demands):
            return
        named = [_Held(each, extract, context) for each in context.related.supporting]
        for place, item in enumerate(extract.items, 1):
            for demand in find_demands(
                destination=extract.importing_country,
                commodity=item.commodity_code.value,
                on=context.issued_on,
                demands=tuple(demands),
            ):
                of_type = [each for each in named if each.message_type == demand.document]
                faults = [each.find_fault(item.commodity_code) for each in of_type]
                if "" not in faults:
                    yield Fault(
                        f"Item[{place}]/CommodityCode",
                        f"expected a {demand.document}, which {demand.to} demands for "
                        f"{demand.hs or 'all goods'}, named and sealed here; found "
                        f"{faults[0] if faults else 'none'} ({demand.source})",
                    )

    return check


class _Held:
    """A document that the register holds, beside the extract that may name it."""

    def __init__(self, known: KnownDocument, extract: DeclarationExtract, context: Context) -> None:
        document = known.document
        self.message_type = known.message_type
        self._key = str(document.key)
        self._goods = frozenset(map(goods_of, document.commodity_codes))
        named = {(each.message_type, str(each.key)) for each in extract.supporting_documents}
        expiry, day = document.expires_on, context.issued_on
        self._fault = ""
        if (known.message_type, self._key) not in named:
            self._fault = "none"
        elif known.taken_back:
            self._fault = f"{self._key}, which was taken back"
        elif document.destination != extract.importing_country:
            self._fault = f"{self._key}, which is for {document.destination}"
        elif expiry is not None and expiry < day:
            self._fault = f"{self._key}, which expired on {expiry}"

    def find_fault(self, code: CommodityCode) -> str:
        """Find why it does not answer a demand for such goods; empty where it does.

        A document that tells no tariff codes is not held against them.
        """
        if self._fault or not self._goods or not self._goods.isdisjoint(list_kin(goods_of(code))):
            return self._fault
        return f"{self._key}, which is for other goods"


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
