"""What waits in a store, and for whom: shares of a claim, backlogs, what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.core.traffic import Traffic
    from swb.ports.records import Counts, Event

__all__ = [
    "Backlog",
    "Parked",
    "ParkedFilter",
    "ParkedKind",
    "ParkedWork",
    "Share",
    "Standing",
    "Surveyed",
    "WaitingDelivery",
    "Workload",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of what waits for one destination is wanted.

    Attributes:
        fresh: At most so many that are due since `old_before` or later.
        old: At most so many that are due for longer.
        old_before: Where the two part; None: everything is fresh.
    """

    fresh: int
    old: int = 0
    old_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits to be published by one line.

    Attributes:
        line: The line.
        waiting: How many messages.
        oldest_at: Since when the oldest of them is due; later than now where all of them rest.
    """

    line: str
    waiting: int
    oldest_at: datetime


class ParkedKind(StrEnum):
    """What can wait for a person."""

    OUTBOUND = "outbound"
    """A message that nobody tries to publish any more."""
    DELIVERY = "delivery"
    """A document that nobody tries to hand to the national system any more."""
    HELD = "held"
    """A received message that cannot be judged; it is tried as long as it takes."""
    DEAD_LETTER = "dead-letter"
    """A received message that was refused, or given up for a fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedFilter:
    """Which of them.

    Attributes:
        kind: One kind; None is all.
        code: The code for which it waits; empty is all.
        partner: The state at the other end, as far as it is known; empty is all.
        before: What waits since an earlier moment only.
        item_id: One id; empty is all.
        discarded: Whether what a person gave up is among them.
    """

    kind: ParkedKind | None = None
    code: str = ""
    partner: str = ""
    before: datetime | None = None
    item_id: str = ""
    discarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Something that waits for a person, without its octets.

    Attributes:
        kind: What it is.
        item_id: Message id, document id, or ``sha-256:<hex>`` of the octets, by kind.
        code: Why it waits.
        detail: What was expected and found, where it was noted.
        since: Since when it waits.
        partner: URN of the party at the other end, or the member by whose line it came.
        line: The line; empty for a delivery.
        message_id: Of the message; empty where only unjudged octets are known.
        message_type: The same.
        document_id: The same.
        attempts: How often it was tried.
        expires_at: When the message expires, where it is an outbound one.
        octets: How many; 0 when they were erased.
        discarded_at: When a person gave it up.
    """

    kind: ParkedKind
    item_id: str
    code: str
    detail: str
    since: datetime
    partner: str
    line: str
    message_id: str
    message_type: str
    document_id: str
    attempts: int
    expires_at: datetime | None
    octets: int
    discarded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one message or delivery of a document stands.

    Attributes:
        kind: ``outbound`` or ``delivery``.
        item_id: Message id or document id.
        line: By which it leaves; empty for a delivery.
        state: ``waiting``, ``published``, ``completed``, ``parked`` or ``discarded``.
        attempts: How often it was tried in vain.
        code: Why it was not done the last time; empty where it was not tried in vain.
        due_at: When it is or was due.
        ended_at: When it was published, completed, parked or discarded.
    """

    kind: ParkedKind
    item_id: str
    line: str
    state: str
    attempts: int
    code: str
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """How much of one kind waits for one destination.

    Attributes:
        kind: ``outbound``, ``deliveries`` or ``held``.
        destination: The line; empty for the national system of this store's gateway.
        waiting: How many wait for their turn.
        parked: How many wait for a person.
        oldest_at: When the oldest that waits for its turn was recorded, or came; None where none
            waits.
    """

    kind: str
    destination: str
    waiting: int
    parked: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDelivery:
    """A document that waits to be handed to the national system, without its octets.

    Attributes:
        document_id: Of the document.
        message_type: Name in the catalogue.
        recorded_at: When it came.
        due_at: When it is due.
        leased_until: Until then it belongs to whoever claimed it; None where nobody did.
        attempts: How often it was tried.
    """

    document_id: str
    message_type: str
    recorded_at: datetime
    due_at: datetime
    leased_until: datetime | None
    attempts: int


class ParkedWork(Protocol):
    """What waits for a person."""

    async def list_parked(self, wanted: ParkedFilter, *, limit: int = 500) -> Sequence[Parked]:
        """List what waits for a person, the longest waiting first."""
        ...

    async def replay_parked(self, kind: ParkedKind, item_id: str, *, at: datetime) -> bool:
        """Make something due again: published or handed over anew as it is, or judged.

        Message id and octets stay what they are; attempts are counted from 0. A message or
        delivery takes its place in the order of age. Of a dead letter the record stays, and is
        listed again when it is refused again.

        Returns:
            Whether it waited for a person.
        """
        ...

    async def discard_parked(
        self, kind: ParkedKind, item_id: str, *, at: datetime, events: Sequence[Event] = ()
    ) -> bool:
        """Give something up, and record what that says of its document. Its record stays.

        A retransmission that comes later hands a discarded delivery over nevertheless.

        Returns:
            Whether it waited for a person; what is only held cannot be given up.
        """
        ...

    async def list_standings(self, document_id: str) -> Sequence[Standing]:
        """List where the messages that carry a document and its delivery stand."""
        ...


class Workload(Protocol):
    """What waits and what went by, counted."""

    async def list_traffic(self, since: datetime, until: datetime) -> Sequence[Traffic]:
        """Add up the messages that were recorded from `since` to just before `until`.

        In order of day, sender, receiver and type.
        """
        ...

    async def count(self) -> Counts:
        """Count what waits."""
        ...

    async def survey(self) -> Sequence[Surveyed]:
        """Survey what waits, by kind and destination; what nothing waits for is left out.

        It looks at every row that waits, so it is for now and then.
        """
        ...
