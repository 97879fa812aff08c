"""One named case of the rule book, and the plain documents that cases change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import CustomsReceipt, CustomsResponse
from swb_schemas.rulebook import (
    NOTHING_KNOWN,
    RULES,
    Place,
    Related,
    check_document,
    get_place_of_issue,
)
from tests.certificates import make_certificate

if TYPE_CHECKING:
    from swb_schemas.documents import CertificateOfOrigin, Document
    from swb_schemas.findings import Finding
    from swb_schemas.rulebook import Rule

__all__ = ["ORIGINAL", "TODAY", "Case", "case", "plain", "receipt", "response"]

TODAY: Final = date(2026, 11, 22)

ORIGINAL: Final = {
    "issuing_country": "MY",
    "reference_number": "0001/KOX/2026",
    "issue_date": "2026-09-01",
}
"""An original that a back-to-back certificate of 2026-11-02 may rest upon."""

_SUBJECT: Final = {
    "issuing_country": "TH",
    "issuing_office": "BKK",
    "reference_number": "D2026-0000001",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A document as somebody judges it, and exactly what is found.

    Attributes:
        document: What is judged.
        findings: Code and path below the root of each finding, in order.
        at: The day of judgement.
        place: Who judges.
        related: What the register knows.
    """

    document: Document
    findings: tuple[tuple[str, str], ...] = ()
    at: date = TODAY
    place: Place = Place.ISSUER
    related: Related = NOTHING_KNOWN

    def find(self, rules: tuple[Rule, ...] = RULES) -> tuple[Finding, ...]:
        """What a book finds in it."""
        return check_document(
            self.document, at=self.at, place=self.place, related=self.related, rules=rules
        )


def plain(*, items: int = 2, **changes: Any) -> CertificateOfOrigin:  # noqa: ANN401 - whatever a field takes
    """A certificate that no rule has a word about, changed as `make_certificate` does it.

    It goes from Thailand to Indonesia, so that its FOB price is asked for.
    """
    importing = {"exporter_declaration__importing_country": "ID"}
    return make_certificate(items=items, **{**importing, **changes})


def case(*findings: tuple[str, str], **changes: Any) -> Case:  # noqa: ANN401 - as above
    """A changed plain certificate where it is issued, with what is found in it."""
    document = plain(**changes)
    return Case(document=document, findings=findings, place=get_place_of_issue(document))


def receipt(**subject: str) -> CustomsReceipt:
    """A customs receipt for the plain certificate."""
    values = {
        "subject": {**_SUBJECT, **subject},
        "outcome": "REC",
        "at": "2026-11-05T02:00:00Z",
    }
    return CustomsReceipt.model_validate(values)


def response(unit: str = "KGM", decision: str = "GIVEN", **subject: str) -> CustomsResponse:
    """A customs response to the plain certificate, for one item."""
    used = {"unit": unit, "value": "1"}
    reasons = [{"text": "criterion not met"}] if decision == "NOT_GIVEN" else []
    item = {"sequence_number": 1, "decision": decision, "utilised_quantity": used}
    values = {
        "subject": {**_SUBJECT, **subject},
        "response_number": 1,
        "decision": decision,
        "decided_at": "2026-11-05T02:00:00Z",
        "office": "Cat Lai",
        "items": [{**item, "reasons": reasons}],
    }
    return CustomsResponse.model_validate(values)
