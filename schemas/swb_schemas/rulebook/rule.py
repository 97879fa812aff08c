"""What a rule is: a pure function with an id, a weight, a clause, dates and places.

A rule says what is wrong and where; everything else that a finding needs stands in the table. A
new rule is one function and one line in its module's ``RULES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.findings import Severity

__all__ = ["EVERYWHERE", "Context", "Fault", "Place", "Rule"]


class Place(StrEnum):
    """Where a rule is evaluated."""

    ISSUER = "issuer"
    """The exporting side, before sealing: refuses."""
    INTERMEDIATE_ISSUER = "intermediate-issuer"
    """The state that issues a back-to-back certificate, with the originals at hand: refuses."""
    IMPORTER = "importer"
    """The importing side: its findings are advice to its customs."""


EVERYWHERE: Final = frozenset(Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a rule may know beside the document.

    Attributes:
        at: The day on which it is judged.
        issued_on: The day on which the document was issued: its codes and its rules are those of
            that day (facts 2.13). The day of judgement for documents that have none.
        place: Who judges.
    """

    at: date
    issued_on: date
    place: Place

    @classmethod
    def of(cls, document: Document, *, at: date, place: Place) -> Context:
        """Build the context of one document."""
        issued_on = document.certification.date if isinstance(document, CertificateOfOrigin) else at
        return cls(at=at, issued_on=issued_on, place=place)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a rule does not hold.

    Attributes:
        path: As of a `Finding`, below the document's root element; empty for the whole.
        message: What was expected and what was found.
    """

    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the table.

    Attributes:
        code: Stable id; the code of its findings.
        severity: How much they weigh.
        clause: What asks for it, for example ``ATIGA Art. 30(2)``.
        model: Documents that it is about.
        check: The rule itself.
        agreements: Of certificates; every agreement when empty.
        valid_from: First day of issue for which it holds.
        valid_until: Last day of issue for which it holds.
        places: Where it may be evaluated.
    """

    code: str
    severity: Severity
    clause: str
    model: type[Document]
    check: Callable[[Any, Context], Iterable[Fault]]
    agreements: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None
    places: frozenset[Place] = EVERYWHERE

    def applies_to(self, document: Document, context: Context) -> bool:
        """Whether this rule has anything to say of the document, there and then."""
        return (
            isinstance(document, self.model)
            and context.place in self.places
            and (self.valid_from is None or self.valid_from <= context.issued_on)
            and (self.valid_until is None or context.issued_on <= self.valid_until)
            and (not self.agreements or getattr(document, "agreement", None) in self.agreements)
        )

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """Evaluate the rule where it applies."""
        if not self.applies_to(document, context):
            return
        root = type(document).__name__
        for fault in self.check(document, context):
            yield Finding(
                code=self.code,
                severity=self.severity,
                path=f"{root}/{fault.path}" if fault.path else root,
                message=fault.message,
                clause=self.clause,
            )
