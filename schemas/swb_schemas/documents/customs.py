"""What the importing customs says of a certificate, major version 1.

`CustomsReceipt` is AS4 (RES): customs received it (REC), or did not for a technical reason (NOT).
`CustomsResponse` is box 4 of the form, per item: preferential treatment given, not given, or not
yet decided. Responses are numbered; a later one may reverse an earlier one (facts 2.8, 3.3).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import (
    Aggregate,
    Code,
    CountryCode,
    Date,
    Document,
    Extensions,
    Instant,
    Lines,
    Measure,
    OfficeCode,
    PositiveInt,
    ReferenceText,
    Text,
)
from swb_schemas.documents.values import ElementError, require_numbered_once
from swb_schemas.exchanges.table import Move
from swb_schemas.parties import CertificateKey

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = [
    "AboutCertificate",
    "CustomsReceipt",
    "CustomsResponse",
    "Decision",
    "ItemDecision",
    "Reason",
    "ReceiptOutcome",
    "Subject",
    "roll_up",
]


class Subject(Aggregate):
    """The certificate that is spoken of, by its key."""

    issuing_country: CountryCode
    issuing_office: OfficeCode
    reference_number: ReferenceText

    @property
    def key(self) -> CertificateKey:
        """(Issuing state, office, number as spelled)."""
        return CertificateKey(self.issuing_country, self.issuing_office, self.reference_number)


class AboutCertificate(Document):
    """A document that makes a move in the exchange about a certificate (`swb_schemas.exchanges`).

    Its seal names the certificate as what it answers, whichever side made it.

    Attributes:
        number_path: Where below the root its number stands; where the move stands if it has none.
        move_path: Where below the root stands what it does; what it is about if that is its type.
    """

    number_path: ClassVar[str] = "Subject/ReferenceNumber"
    move_path: ClassVar[str] = "Subject/ReferenceNumber"

    subject: Subject

    @property
    def move(self) -> Move:
        """What it does."""
        raise NotImplementedError

    @property
    def number(self) -> int:
        """Under which number; 0 where such moves have none."""
        return 0

    @property
    def made_at(self) -> datetime:
        """When its author did that."""
        raise NotImplementedError

    @property
    def replaced_by(self) -> CertificateKey | None:
        """The certificate that takes the place of its subject; None where it says of none."""
        return None


class ReceiptOutcome(StrEnum):
    """Whether the customs system has it."""

    REC = "REC"
    NOT = "NOT"


class Decision(StrEnum):
    """Box 4, for one item or rolled up."""

    GIVEN = "GIVEN"
    NOT_GIVEN = "NOT_GIVEN"
    PENDING = "PENDING"


class Reason(Aggregate):
    """Why.

    Attributes:
        code: From a list that the two states agreed on; no ASEAN list is public (facts 2.11).
        text: In words.
    """

    code: Code | None = None
    text: Lines


class CustomsReceipt(AboutCertificate):
    """RES: the customs system of the importing state has the certificate, or has it not."""

    namespace: ClassVar[str] = "urn:swb:customs-receipt:1"
    number_path: ClassVar[str] = "Outcome"
    move_path: ClassVar[str] = "Outcome"

    outcome: ReceiptOutcome
    at: Instant
    office: Text | None = None
    reason: Reason | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _failure_has_a_reason(self) -> Self:
        if self.outcome is ReceiptOutcome.NOT and self.reason is None:
            msg = "expected a reason with NOT, found none"
            raise ElementError(msg, "Reason")
        return self

    @property
    def move(self) -> Move:
        """RES-REC or RES-NOT."""
        return Move.RES_REC if self.outcome is ReceiptOutcome.REC else Move.RES_NOT

    @property
    def made_at(self) -> datetime:
        """When customs said so."""
        return self.at


class ItemDecision(Aggregate):
    """Box 4 for one item of the certificate.

    Attributes:
        sequence_number: The item's number in box 5.
        decision: Given, not given or pending.
        utilised_quantity: How much of the item was claimed, where only a part was.
        reasons: Why not, in words; at least one with NOT_GIVEN.
    """

    sequence_number: PositiveInt
    decision: Decision
    utilised_quantity: Measure | None = None
    reasons: tuple[Reason, ...] = Field(default=(), alias="Reason", max_length=20)

    @model_validator(mode="after")
    def _denial_has_a_reason(self) -> Self:
        if self.decision is Decision.NOT_GIVEN and not self.reasons:
            msg = "expected a reason with NOT_GIVEN, found none"
            raise ElementError(msg, "Reason")
        return self


def roll_up(decisions: Iterable[Decision]) -> Decision:
    """Roll item decisions up: NOT_GIVEN if and only if an item is (Form D overleaf note 9).

    GIVEN needs every item; anything else is PENDING.
    """
    found = set(decisions)
    if Decision.NOT_GIVEN in found:
        return Decision.NOT_GIVEN
    return Decision.GIVEN if found == {Decision.GIVEN} else Decision.PENDING


class CustomsResponse(AboutCertificate):
    """Box 4: the importing customs' decision on a certificate, item by item.

    Attributes:
        response_number: 1 for the first response on this certificate, then counting.
        decision: The items' decisions rolled up.
    """

    namespace: ClassVar[str] = "urn:swb:customs-response:1"
    number_path: ClassVar[str] = "ResponseNumber"
    move_path: ClassVar[str] = "Decision"

    response_number: PositiveInt
    decision: Decision
    decided_at: Instant
    office: Text
    officer_name: Text | None = None
    declaration_number: ReferenceText | None = None
    declaration_date: Date | None = None
    items: tuple[ItemDecision, ...] = Field(alias="Item", min_length=1, max_length=5000)
    remarks: Lines | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _header_is_the_roll_up(self) -> Self:
        require_numbered_once(item.sequence_number for item in self.items)
        expected = roll_up(item.decision for item in self.items)
        if self.decision is not expected:
            msg = f"expected {expected}, the items' decisions rolled up"
            raise ElementError(msg, "Decision")
        return self

    @property
    def move(self) -> Move:
        """What was decided."""
        return _MOVES[self.decision]

    @property
    def number(self) -> int:
        """The response's."""
        return self.response_number

    @property
    def made_at(self) -> datetime:
        """When it was decided."""
        return self.decided_at


_MOVES: Final = {
    Decision.GIVEN: Move.GIVEN,
    Decision.NOT_GIVEN: Move.NOT_GIVEN,
    Decision.PENDING: Move.PENDING,
}
