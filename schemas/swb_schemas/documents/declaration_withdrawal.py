"""Withdrawal of an extract of an export declaration, major version 1.

The message guide of ACDD has a cancellation request beside the extract (facts 4); its own text is
not public. It is a `Cancellation` of what customs itself sealed: the exporting customs asks the
importing one to take the extract out of force, because the declaration was cancelled or goods did
not leave, and is told by a `CancellationReply` whether it did. An extract that is told anew is
another one, under the number of another declaration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from swb_schemas.documents.customs import AboutCertificate, Reason
from swb_schemas.documents.elements import Extensions, Instant, PositiveInt, Text
from swb_schemas.exchanges.table import Move

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["DeclarationWithdrawal"]


class DeclarationWithdrawal(AboutCertificate):
    """The exporting customs asks the importing one to take an extract out of force.

    Attributes:
        cancellation_number: 1 for the first on this extract, then counting.
    """

    namespace: ClassVar[str] = "urn:swb:declaration-withdrawal:1"
    number_path: ClassVar[str] = "CancellationNumber"

    cancellation_number: PositiveInt
    requested_at: Instant
    office: Text
    officer_name: Text | None = None
    reason: Reason
    extensions: Extensions | None = None

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
