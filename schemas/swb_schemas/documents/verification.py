"""The retroactive check, major version 1: request, reply and outcome.

Customs asks the issuing authority to verify a certificate, at random or for doubt, and may suspend
preference meanwhile; the authority replies; customs concludes (OCP Rule 18 of ATIGA's Annex 8).
Requests on one certificate are numbered; reply and outcome have the number of their request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.customs import AboutCertificate, Reason
from swb_schemas.documents.elements import (
    Aggregate,
    Boolean,
    Code,
    Extensions,
    Instant,
    Lines,
    PositiveInt,
    Text,
)
from swb_schemas.documents.values import ElementError
from swb_schemas.exchanges.table import Move

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Doubt",
    "VerificationFinding",
    "VerificationGround",
    "VerificationOutcome",
    "VerificationReply",
    "VerificationRequest",
    "VerificationResult",
]


class VerificationGround(StrEnum):
    """Why customs asks (Rule 18(a))."""

    RANDOM = "RANDOM"
    """A check at random."""
    DOUBT = "DOUBT"
    """Reasonable doubt of the document or of the goods' origin."""


class VerificationFinding(StrEnum):
    """What the issuing authority found."""

    ORIGINATING = "ORIGINATING"
    """The certificate is its own, and the goods originate."""
    NOT_ORIGINATING = "NOT_ORIGINATING"
    """The certificate is its own, and the goods do not originate."""
    NOT_AUTHENTIC = "NOT_AUTHENTIC"
    """It did not issue the certificate, or not so."""
    UNDETERMINED = "UNDETERMINED"
    """It could not find out."""


class VerificationResult(StrEnum):
    """What customs concludes."""

    CONFIRMED = "CONFIRMED"
    """The goods originate."""
    DENIED = "DENIED"
    """They do not, or nothing shows it."""


class Doubt(Aggregate):
    """What customs doubts.

    Attributes:
        sequence_number: Of the item in box 5; of the whole certificate where absent.
        code: From a list that the two states agreed on.
        text: In words.
    """

    sequence_number: PositiveInt | None = None
    code: Code | None = None
    text: Lines


class VerificationRequest(AboutCertificate):
    """Customs asks the issuing authority to verify a certificate.

    Attributes:
        request_number: 1 for the first on this certificate, then counting.
        suspends: Whether preference is suspended until customs concludes.
        doubts: What is doubted; at least one with `DOUBT`.
    """

    namespace: ClassVar[str] = "urn:swb:verification-request:1"
    number_path: ClassVar[str] = "RequestNumber"

    request_number: PositiveInt
    requested_at: Instant
    office: Text
    officer_name: Text | None = None
    ground: VerificationGround
    suspends: Boolean
    doubts: tuple[Doubt, ...] = Field(default=(), alias="Doubt", max_length=100)
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _doubt_is_said(self) -> Self:
        if self.ground is VerificationGround.DOUBT and not self.doubts:
            msg = "expected a Doubt with DOUBT, found none"
            raise ElementError(msg, "Doubt")
        return self

    @property
    def move(self) -> Move:
        """It asks, and may suspend."""
        return Move.VERIFICATION_SUSPENDING if self.suspends else Move.VERIFICATION

    @property
    def number(self) -> int:
        """The request's."""
        return self.request_number

    @property
    def made_at(self) -> datetime:
        """When it was asked for."""
        return self.requested_at


class VerificationReply(AboutCertificate):
    """The issuing authority says what it found.

    Attributes:
        request_number: Of the request.
        explanation: How it was found out.
    """

    namespace: ClassVar[str] = "urn:swb:verification-reply:1"
    number_path: ClassVar[str] = "RequestNumber"

    request_number: PositiveInt
    replied_at: Instant
    office: Text
    officer_name: Text | None = None
    finding: VerificationFinding
    explanation: Lines
    extensions: Extensions | None = None

    @property
    def move(self) -> Move:
        """It replies."""
        return Move.VERIFICATION_REPLY

    @property
    def number(self) -> int:
        """The request's."""
        return self.request_number

    @property
    def made_at(self) -> datetime:
        """When the authority replied."""
        return self.replied_at


class VerificationOutcome(AboutCertificate):
    """Customs concludes a verification; a suspension ends with it.

    Box 4 is not changed by it: customs reverses a decision by its next numbered response.

    Attributes:
        request_number: Of the request.
        reasons: Why; at least one with `DENIED`.
    """

    namespace: ClassVar[str] = "urn:swb:verification-outcome:1"
    number_path: ClassVar[str] = "RequestNumber"
    move_path: ClassVar[str] = "Result"

    request_number: PositiveInt
    concluded_at: Instant
    office: Text
    officer_name: Text | None = None
    result: VerificationResult
    reasons: tuple[Reason, ...] = Field(default=(), alias="Reason", max_length=20)
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _denial_has_a_reason(self) -> Self:
        if self.result is VerificationResult.DENIED and not self.reasons:
            msg = "expected a reason with DENIED, found none"
            raise ElementError(msg, "Reason")
        return self

    @property
    def move(self) -> Move:
        """What customs concluded."""
        return Move.CONFIRMED if self.result is VerificationResult.CONFIRMED else Move.DENIED

    @property
    def number(self) -> int:
        """The request's."""
        return self.request_number

    @property
    def made_at(self) -> datetime:
        """When customs concluded."""
        return self.concluded_at
