"""What a gateway made a moment ago, so that nothing is made anew that is still at hand.

Only a shortcut: it holds a few, nobody waits for it, and after a restart it is empty. What it gives
is what reading the kept octets would give, because it was made of the same octets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from swb.ports import NationalDelivery
    from swb_schemas.wire.evidence import VerifiedDelivery

__all__ = ["Recent", "RecentDeliveries"]

M = TypeVar("M")


class Recent(Generic[M]):
    """A few of what was made.

    Args:
        limit: How many it holds; the oldest goes first.
        octets: Of all of them together; what they were read into costs many times that.
    """

    def __init__(self, *, limit: int, octets: int = 8_000_000) -> None:
        self._limit = limit
        self._octets = octets
        self._held = 0
        self._made: dict[str, tuple[M, int]] = {}

    def remember(self, name: str, made: M, *, octets: int) -> None:
        """Hold one under a name, in the place of what had it."""
        self.take(name)
        self._made[name] = made, octets
        self._held += octets
        while len(self._made) > self._limit or self._held > self._octets:
            self.take(next(iter(self._made)))

    def take(self, name: str) -> M | None:
        """Give one back, once; None where it is not held."""
        made, octets = self._made.pop(name, (None, 0))
        self._held -= octets
        return made


class RecentDeliveries:
    """Verified documents that were just committed and wait for the national system.

    Args:
        limit: As of `Recent`.
        octets: Of their sealed documents.
    """

    def __init__(self, *, limit: int, octets: int = 8_000_000) -> None:
        self._recent: Recent[VerifiedDelivery] = Recent(limit=limit, octets=octets)

    def remember(self, delivery: VerifiedDelivery) -> None:
        """Hold a document whose delivery is committed."""
        sealed = delivery.sealed
        self._recent.remember(sealed.header.document_id, delivery, octets=len(sealed.octets))

    def take(self, waiting: NationalDelivery) -> VerifiedDelivery | None:
        """Give back, once, what waits; None when it is not held, or was brought otherwise."""
        held = self._recent.take(waiting.document_id)
        if (
            held is None
            or held.message.header.message_id != waiting.message_id
            or held.sealed.octets != waiting.octets
        ):
            return None
        return held
