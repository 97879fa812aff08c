"""What may leave a store after a while, and how far a pass over it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["Prunable", "Pruned", "Pruning"]


class Prunable(StrEnum):
    """What may go. Ids, digests, facts and the state of deliveries never do."""

    OUTBOX = "outbox"
    """That a message was published: its row of the outbox; age is counted from its expiry."""
    DUPLICATES = "duplicates"
    """Under which id and digest a message came; age is counted from its expiry."""
    MESSAGES = "messages"
    """Octets of messages whose road has ended."""
    DOCUMENTS = "documents"
    """Octets of sealed documents whose road has ended."""
    PAYLOADS = "payloads"
    """Octets of national payloads that were submitted."""
    DEAD_LETTERS = "dead letters"
    """Octets of what was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """One batch of a pass.

    Attributes:
        rows: How many were changed or removed.
        after: Where the next batch begins; None at the end of the pass.
    """

    rows: int
    after: str | None


class Pruning(Protocol):
    """Letting go of what is old enough."""

    async def prune(
        self,
        what: Prunable,
        *,
        before: datetime,
        after: str = "",
        limit: int = 200,
        types: Sequence[str] = (),
        up_to: int | None = None,
    ) -> Pruned:
        """Let go of what is old enough, of one batch of rows after another.

        What is on its road (waits to be published, handed over or judged, or for a person) stays.

        Args:
            what: What may go.
            before: What is as old as this or younger stays.
            after: Where the batch begins; empty at the beginning of a pass.
            limit: So many rows are looked at.
            types: Of which message types; empty is all. For messages and documents only.
            up_to: Position of the feed behind which messages and documents stay, for something
                still has to read them.
        """
        ...
