"""Withdrawing a certificate, major version 1: `Cancellation` and `CancellationReply`.

An electronic certificate is not altered: a new one is issued and the previous one cancelled (OCP
Rule 29(4) of ATIGA's Annex 8). Customs replies, because what was utilised already is not cancelled.
Requests on one certificate are numbered, and a reply has the number of its request.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import model_validator

from swb_schemas.documents.customs import AboutCertificate, Reason, Subject
from swb_schemas.documents.elements import (
    Extensions,
    Instant,
    PositiveInt,
    ReferenceText,
    Text,
)
from swb_schemas.exchanges.table import Move

if TYPE_CHECKING:
    from datetime import datetime

    from swb_schemas.parties import CertificateKey

__all__ = ["Cancellation", "CancellationOutcome", "CancellationReply"]


class CancellationOutcome(StrEnum):
    """What customs says to a cancellation."""

    ACCEPTED = "ACCEPTED"
    """It is cancelled: no preference will be given on it."""
    UTILISED = "UTILISED"
    """It was utilised already, and stays in force."""
    UNKNOWN = "UNKNOWN"
    """Customs does not know it."""


class Cancellation(AboutCertificate):
    """The issuing authority asks customs to take a certificate out of force.

    Attributes:
        cancellation_number: 1 for the first on this certificate, then counting.
        replacement: The certificate that takes its place, where one does.
    """

    namespace: ClassVar[str] = "urn:swb:cancellation:1"
    number_path: ClassVar[str] = "CancellationNumber"

    cancellation_number: PositiveInt
    requested_at: Instant
    office: Text
    officer_name: Text | None = None
    reason: Reason
    replacement: Subject | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _nothing_replaces_itself(self) -> Self:
        if self.replacement == self.subject:
            msg = "expected another certificate as the replacement"
            raise ValueError(msg)
        return self

    @property
    def move(self) -> Move:
        """It asks for cancellation."""
        return Move.CANCELLATION

    @property
    def number(self) -> int:
        """The request's."""
        return self.cancellation_number

    @property
    def made_at(self) -> datetime:
        """When it was asked for."""
        return self.requested_at

    @property
    def replaced_by(self) -> CertificateKey | None:
        """The replacement's key."""
        return self.replacement.key if self.replacement else None

    @property
    def mentions(self) -> tuple[str, ...]:
        """The replacement: by its cancellation is found what a new certificate replaces."""
        return (str(self.replaced_by),) if self.replaced_by else ()


class CancellationReply(AboutCertificate):
    """Customs replies to a cancellation.

    Attributes:
        cancellation_number: Of the request.
        declaration_number: By which the certificate was utilised, with `UTILISED`.
    """

    namespace: ClassVar[str] = "urn:swb:cancellation-reply:1"
    number_path: ClassVar[str] = "CancellationNumber"
    move_path: ClassVar[str] = "Outcome"

    cancellation_number: PositiveInt
    outcome: CancellationOutcome
    replied_at: Instant
    office: Text
    officer_name: Text | None = None
    declaration_number: ReferenceText | None = None
    reason: Reason | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _only_what_was_utilised_has_a_declaration(self) -> Self:
        utilised = self.outcome is CancellationOutcome.UTILISED
        if self.declaration_number is not None and not utilised:
            msg = f"expected DeclarationNumber with UTILISED only, found it with {self.outcome}"
            raise ValueError(msg)
        return self

    @property
    def move(self) -> Move:
        """What customs replied."""
        return _MOVES[self.outcome]

    @property
    def number(self) -> int:
        """The request's."""
        return self.cancellation_number

    @property
    def made_at(self) -> datetime:
        """When customs replied."""
        return self.replied_at


_MOVES: Final = {
    CancellationOutcome.ACCEPTED: Move.CANCELLED,
    CancellationOutcome.UTILISED: Move.UTILISED,
    CancellationOutcome.UNKNOWN: Move.UNKNOWN,
}
