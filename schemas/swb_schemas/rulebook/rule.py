"""What a rule is: a pure function with an id, a weight, a clause, dates and places.

A rule says what is wrong and where; everything else that a finding needs stands in the table. A
new rule is one function and one line in its module's ``RULES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.documents import LeadingDocument
from swb_schemas.error_codes import load_error_codes
from swb_schemas.findings import Finding, Severity
from swb_schemas.rulebook.related import NOTHING_KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from swb_schemas.documents import Document
    from swb_schemas.rulebook.related import Related

__all__ = ["EVERYWHERE", "ISSUERS", "Context", "Fault", "Place", "Rule"]


class Place(StrEnum):
    """Where a rule is evaluated, and with that who may refuse (design, decision 7)."""

    ISSUER = "issuer"
    """The side that seals a document, before it does: refuses."""
    INTERMEDIATE_ISSUER = "intermediate-issuer"
    """The state that issues a back-to-back certificate, with the originals at hand: refuses."""
    IMPORTER = "importer"
    """The side that receives a document: its findings are advice to its customs."""

    def refuses(self, finding: Finding) -> bool:
        """Whether this side may stop a document because of a finding, and does."""
        return self is not Place.IMPORTER and finding.severity is Severity.REFUSE


EVERYWHERE: Final = frozenset(Place)
ISSUERS: Final = frozenset({Place.ISSUER, Place.INTERMEDIATE_ISSUER})
"""Whoever issues certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a rule may know beside the document.

    Attributes:
        at: The day on which it is judged.
        issued_on: The day on which the document was issued: its codes and its rules are those of
            that day (facts 2.13). Of a certified true copy it is the original's day, which it
            carries. The day of judgement for documents that have none.
        place: Who judges.
        related: What the register knows that bears upon the document.
    """

    at: date
    issued_on: date
    place: Place
    related: Related = NOTHING_KNOWN

    @classmethod
    def of(
        cls, document: Document, *, at: date, place: Place, related: Related = NOTHING_KNOWN
    ) -> Context:
        """Build the context of one document."""
        issued_on = document.issued_on if isinstance(document, LeadingDocument) else None
        return cls(at=at, issued_on=issued_on or at, place=place, related=related)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a rule does not hold.

    Attributes:
        path: As of a `Finding`, below the document's root element; empty for the whole.
        message: What was expected and what was found.
    """

    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One line of the table; a line is the same as itself alone.

    Attributes:
        code: Of its findings; several lines may share it.
        name: Which of the lines with this code it is, where there are several.
        severity: How much they weigh.
        clause: What asks for it, for example ``ATIGA Art. 30(2)``.
        model: Documents that it is about.
        check: The rule itself.
        agreements: Of certificates; every agreement when empty.
        issuing_states: Of certificates: profiles of states that ask for more than the agreement;
            every state when empty.
        valid_from: First day of issue for which it holds.
        valid_until: Last day of issue for which it holds.
        places: Where it may be evaluated.
    """

    code: str
    name: str = ""
    severity: Severity
    clause: str
    model: type[Document]
    check: Callable[[Any, Context], Iterable[Fault]]
    agreements: frozenset[str] = frozenset()
    issuing_states: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None
    places: frozenset[Place] = EVERYWHERE

    @property
    def id(self) -> str:
        """Stable, and of this line alone, for example ``rule.number_used:ATIGA``."""
        return f"{self.code}:{self.name}" if self.name else self.code

    @property
    def meaning(self) -> str:
        """One sentence: what a finding of this rule says."""
        return load_error_codes()[self.code].meaning

    def is_for(self, model: type[Document], place: Place, agreement: str) -> bool:
        """Whether this rule can have anything to say of such documents at that place."""
        return (
            issubclass(model, self.model)
            and place in self.places
            and (not self.agreements or agreement in self.agreements)
        )

    def is_in_force(self, document: Document, context: Context) -> bool:
        """Whether this rule holds on the day of issue, and in the issuing state."""
        return (
            (self.valid_from is None or self.valid_from <= context.issued_on)
            and (self.valid_until is None or context.issued_on <= self.valid_until)
            and (
                not self.issuing_states
                or getattr(document, "issuing_country", None) in self.issuing_states
            )
        )

    def applies_to(self, document: Document, context: Context) -> bool:
        """Whether this rule has anything to say of the document, there and then."""
        agreement = getattr(document, "agreement", "")
        return self.is_for(type(document), context.place, agreement) and self.is_in_force(
            document, context
        )

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """Evaluate the rule where it applies."""
        if self.applies_to(document, context):
            for fault in self.check(document, context):
                yield self.report(document, fault)

    def report(self, document: Document, fault: Fault) -> Finding:
        """Make a finding of a fault."""
        root = type(document).__name__
        return Finding(
            code=self.code,
            severity=self.severity,
            path=f"{root}/{fault.path}" if fault.path else root,
            message=fault.message,
            clause=self.clause,
        )
