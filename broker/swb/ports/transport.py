"""One member's line to the region: bytes and strings only, at least once, in no order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

__all__ = ["Delivery", "LineEnd", "Settlement", "Transport"]


class LineEnd(StrEnum):
    """Which end of a member's line somebody holds."""

    MEMBER = "member"
    """Publishes to ``submit``, receives from ``inbox``."""
    ROUTER = "router"
    """Publishes to ``inbox``, receives from ``submit``."""


class Settlement(StrEnum):
    """What becomes of a delivery."""

    ACCEPT = "accept"
    """Its effect is committed (or it is known to be worthless): the transport forgets it."""
    RELEASE = "release"
    """Nothing was committed: the transport offers it again, to anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as the transport offers it. Nothing in it is trusted.

    Attributes:
        body: The message's octets.
        claimed_message_id: The id the transport carries beside the body, for logs only.
        redelivered: True when the transport offered it before.
        tag: The transport's own handle, for `Transport.settle`; opaque to everybody else.
    """

    body: bytes
    claimed_message_id: str
    redelivered: bool
    tag: object


class Transport(Protocol):
    """One end of one member's line to the region: it publishes one way and receives the other.

    A member's end writes to ``submit`` and reads ``inbox``; the router's end of the same line
    writes to ``inbox`` and reads ``submit``. Delivery is at least once, in no promised order.
    """

    async def open(self) -> None:
        """Connect and check that what the line needs exists. Declares nothing.

        Raises:
            UnavailableError: ``transport.unreachable``, ``transport.topology``.
        """
        ...

    def when_back(self, call: Callable[[], None]) -> None:
        """Have something called, once more each time, when the line was lost and is back."""
        ...

    def end_deliveries(self) -> None:
        """Offer nothing more; what was offered may still be settled. Safe to repeat."""
        ...

    async def close(self) -> None:
        """End the deliveries, let unsettled ones go back, disconnect. Safe to repeat."""
        ...

    async def publish(
        self, body: bytes, *, message_id: str, message_type: str, environment: str
    ) -> None:
        """Hand a message over; returns only after the transport holds it durably.

        Raises:
            UnavailableError: It is not known to be held (``transport.unconfirmed``,
                ``transport.unreachable``, ``transport.unroutable``, ``transport.full``): send it
                again under the same id.
        """
        ...

    def deliveries(self) -> AsyncIterator[Delivery]:
        """Offer messages until closed; survives reconnects. Bounded by the prefetch."""
        ...

    async def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Say what became of a delivery.

        A lost line is no error here: the delivery comes back.
        """
        ...

    async def ping(self) -> None:
        """Prove that the line works.

        Raises:
            UnavailableError: ``transport.unreachable``.
        """
        ...
