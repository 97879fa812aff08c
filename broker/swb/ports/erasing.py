"""What is erased of a store, and what is to remain of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = ["Erasure", "Erasures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is erased together, and what is to remain of it.

    Attributes:
        position: Grows with each erasure of this store; 0 before it is committed.
        erasure_id: Of the record.
        conversation_id: Everything that is erased belongs to it.
        document_ids: Whose octets are erased, and the national payloads that they came of.
        message_ids: Whose octets are erased.
        octets: The record: who, when, why, and for each file what still proves it.
        erased_at: When.
    """

    position: int = 0
    erasure_id: str
    conversation_id: str
    document_ids: Sequence[str] = ()
    message_ids: Sequence[str] = ()
    octets: bytes
    erased_at: datetime


class Erasures(Protocol):
    """Octets that are erased for good, and the records of that."""

    async def erase(self, erasure: Erasure) -> None:
        """Erase the octets of documents, payloads and messages, dead letters of theirs too.

        Ids, digests and events stay, and the record is kept in their place. Repeating it under
        the same id changes nothing. When it returns, no statement can read the octets; in SQLite
        they are in no file of the store.

        Raises:
            RefusedError: ``erasure.on_the_road``: something of it waits to be published, handed
                over or judged.
        """
        ...

    async def find_erasures(self, conversation_id: str) -> Sequence[Erasure]:
        """Find what was erased of a conversation, earliest first; without the lists of ids."""
        ...

    async def list_erasures(self, *, after: int = 0, limit: int = 100) -> Sequence[Erasure]:
        """List erasures after a position, in the order of the commits; without the ids."""
        ...
