"""What a gateway verified a moment ago, so that handing it over need not read it again.

Only a shortcut: it holds a few, nobody waits for it, and after a restart it is empty. What it gives
is what reading the kept octets would give, because it was made of the same octets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swb.ports import NationalDelivery
    from swb_schemas.wire.evidence import VerifiedDelivery

__all__ = ["RecentDeliveries"]


class RecentDeliveries:
    """Verified documents that were just committed and wait for the national system.

    Args:
        limit: How many it holds; the oldest goes first.
        octets: Of their sealed documents together; what they were read into costs many times that.
    """

    def __init__(self, *, limit: int, octets: int = 8_000_000) -> None:
        self._limit = limit
        self._octets = octets
        self._held = 0
        self._by_document: dict[str, VerifiedDelivery] = {}

    def remember(self, delivery: VerifiedDelivery) -> None:
        """Hold a document whose delivery is committed."""
        self._forget(delivery.sealed.header.document_id)
        self._by_document[delivery.sealed.header.document_id] = delivery
        self._held += len(delivery.sealed.octets)
        while len(self._by_document) > self._limit or self._held > self._octets:
            self._forget(next(iter(self._by_document)))

    def take(self, waiting: NationalDelivery) -> VerifiedDelivery | None:
        """Give back, once, what waits; None when it is not held, or was brought otherwise."""
        held = self._forget(waiting.document_id)
        if (
            held is None
            or held.message.header.message_id != waiting.message_id
            or held.sealed.octets != waiting.octets
        ):
            return None
        return held

    def _forget(self, document_id: str) -> VerifiedDelivery | None:
        held = self._by_document.pop(document_id, None)
        if held is not None:
            self._held -= len(held.sealed.octets)
        return held
