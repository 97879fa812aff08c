"""What may leave a store after a while, and how far a pass over it has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Prunable", "Pruned"]


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
