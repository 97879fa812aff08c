"""Evidence of time: what is to be time-stamped, the store of it, and who stamps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

__all__ = [
    "EvidenceStore",
    "Feed",
    "KeptTrust",
    "Leaf",
    "LeafKind",
    "StampedBatch",
    "StampedLeaf",
    "Tally",
    "TimeStampAuthority",
]


class LeafKind(StrEnum):
    """What a leaf is about."""

    MESSAGE = "message"
    DOCUMENT = "document"
    ERASURE = "erasure"
    AUDIT = "audit"
    """An entry of the audit trail; a digest that covers every one before it."""


class Feed(StrEnum):
    """Where leaves come from; each is followed by a position of its own."""

    MESSAGES = "messages"
    ERASURES = "erasures"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One file to be time-stamped; digests alone, no octets.

    Attributes:
        kind: What it is.
        subject_id: Id of the message or document; of an erasure, that of its record; of an audit
            entry, its sequence number.
        octets_digest: SHA-256 of the whole file.
        signature_digest: SHA-256 of the signature element in it, so that its age is provable when
            the rest is erased; empty where there is none.
        recorded_at: When the store committed the file.
    """

    kind: LeafKind
    subject_id: str
    octets_digest: bytes
    signature_digest: bytes
    recorded_at: datetime

    @property
    def group(self) -> tuple[bytes, ...]:
        """The digests that stand together in a hash tree."""
        return tuple(each for each in (self.octets_digest, self.signature_digest) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedBatch:
    """A time-stamp over the hash tree of a batch.

    Attributes:
        root: What was stamped.
        token: DER.
        authority: URN of the party whose token it is.
        generated_at: By the authority's clock.
        proven_at: That, and the accuracy.
        made_at: By this daemon's clock.
    """

    root: bytes
    token: bytes
    authority: str
    generated_at: datetime
    proven_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedLeaf:
    """A leaf with the batch that it was stamped in.

    Attributes:
        leaf: The leaf.
        batch: None while it waits.
        others: Every leaf of the batch, this one included; empty while it waits.
    """

    leaf: Leaf
    batch: StampedBatch | None
    others: Sequence[Leaf] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrust:
    """A trust bundle that was in force here.

    Attributes:
        digest: SHA-256 of its octets.
        octets: The bundle.
        seen_at: When it was in force here first.
    """

    digest: bytes
    octets: bytes
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far time-stamping is.

    Attributes:
        stamped: Leaves with a time-stamp.
        stamped_messages: Those of messages among them.
        waiting: Leaves without.
        oldest_waiting_at: When the oldest of those was committed.
        batches: Time-stamps.
    """

    stamped: int
    stamped_messages: int
    waiting: int
    oldest_waiting_at: datetime | None
    batches: int


class EvidenceStore(Protocol):
    """Keeps time assertions, apart from what they are about. Each method is one transaction.

    Every method may raise `UnavailableError` ``evidence.unavailable``, and then nothing happened.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``evidence.unavailable``, or ``evidence.schema`` when the data need
                newer code.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def get_position(self, feed: Feed) -> int:
        """Get how far a feed was taken in; 0 at first."""
        ...

    async def take_in(self, feed: Feed, leaves: Sequence[Leaf], *, position: int) -> None:
        """Add leaves, and remember how far the feed was taken in, both or nothing.

        A leaf that is known stays as it is.
        """
        ...

    async def list_waiting(self, *, limit: int) -> Sequence[Leaf]:
        """List leaves without a time-stamp, oldest first."""
        ...

    async def commit_batch(self, batch: StampedBatch, leaves: Sequence[Leaf]) -> bool:
        """Record that leaves were stamped together.

        Returns:
            Whether it was recorded; not when somebody else has stamped one of them meanwhile.
        """
        ...

    async def find_stamped(self, kind: LeafKind, subject_id: str) -> StampedLeaf | None:
        """Find a leaf and what is needed to reduce its tree."""
        ...

    async def find_oldest_waiting(self) -> datetime | None:
        """Find when the oldest file without a time-stamp was committed; None where none waits."""
        ...

    async def tally(self) -> Tally:
        """Count."""
        ...

    async def keep_trust(self, kept: KeptTrust) -> None:
        """Keep a trust bundle; repeating it changes nothing."""
        ...

    async def list_trust(self, *, limit: int = 1000) -> Sequence[KeptTrust]:
        """List the trust bundles that were in force here, earliest first."""
        ...


class TimeStampAuthority(Protocol):
    """Somebody who answers RFC 3161 queries."""

    @property
    def name(self) -> str:
        """For logs and health; nothing secret."""
        ...

    async def ask(self, query: bytes) -> bytes:
        """Send a query, get the answer as it came.

        Raises:
            UnavailableError: ``time_stamp.unreachable``: no answer, or none in the protocol's form.
        """
        ...
