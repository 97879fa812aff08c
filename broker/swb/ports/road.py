"""What the road asks of a store, room by room, from a payload to its delivery.

Each method is one transaction; what may happen in any of them says `swb.ports.MessageStore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.core.duplicates import Disposition
    from swb.core.figures import Remark
    from swb.ports.records import (
        Acceptance,
        BuriedMessage,
        Completion,
        DocumentRecord,
        Event,
        HeldMessage,
        NationalDelivery,
        OutboundMessage,
        Submission,
        SubmissionRecord,
    )
    from swb.ports.waiting import Backlog, ParkedKind, Share, WaitingDelivery

__all__ = ["Deliveries", "Inbox", "Leases", "Outbox", "Submissions"]


class Submissions(Protocol):
    """National payloads, and the documents that they became."""

    async def find_submission(self, payload_digest: str) -> SubmissionRecord | None:
        """Find what the same payload became before."""
        ...

    async def commit_submission(self, submission: Submission) -> SubmissionRecord | None:
        """Commit all of it or nothing.

        Returns:
            The record that stands: the given one, or the earlier one when the same payload was
            committed before (then nothing new is written). None, and nothing is written, when its
            grounds have changed since: then it is to be judged again.

        Raises:
            RefusedError: ``submission.certificate_exists``: another payload became a certificate
                with the same key before. ``submission.response_exists``: another payload became a
                response with the same number on the same certificate before (an own event of that
                document with that revision).
        """
        ...


class Leases(Protocol):
    """What was claimed, of any kind."""

    async def extend_leases(
        self, kind: ParkedKind, item_ids: Sequence[str], now: datetime, *, lease_for: timedelta
    ) -> None:
        """Keep for longer what was claimed and is still worked on.

        A lease that has ended is not begun again: somebody else may have that row by now. Nor is
        one made shorter.

        Args:
            kind: ``outbound``, ``delivery`` or ``held``.
            item_ids: Message ids, document ids, or digests of octets, by kind.
            now: Leases that end later are extended.
            lease_for: From `now`.
        """
        ...


class Outbox(Leases, Protocol):
    """Messages that are to be published."""

    async def claim_outbound(
        self, now: datetime, *, shares: Mapping[str, Share], lease_for: timedelta
    ) -> Sequence[OutboundMessage]:
        """Take due messages, so many of each line, its oldest first.

        Nobody else gets them before the lease ends. Within a line the fresh ones come first. Of
        either not more octets than the store allows, and one in any case.
        """
        ...

    async def mark_published(self, message_ids: Sequence[str], at: datetime) -> None:
        """Record that the transport holds them. Repeating it changes nothing."""
        ...

    async def retry_outbound(
        self, message_id: str, *, code: str, due_at: datetime, counts: bool = True
    ) -> None:
        """End the lease after a failed attempt, which counts unless it is said not to.

        It is due again at `due_at`.
        """
        ...

    async def release_outbound(self, message_ids: Sequence[str], *, code: str) -> None:
        """End the leases: the line is down, and no attempt of theirs is counted.

        They stay due, and so in the order of age.
        """
        ...

    async def hasten_outbound(
        self, line: str, now: datetime, *, codes: Sequence[str], limit: int
    ) -> int:
        """Make due, in the order of age, what rests since an attempt that failed with such a code.

        Args:
            line: Whose messages.
            now: What is due later than this rests.
            codes: Of the failures.
            limit: So many in one transaction, at most.

        Returns:
            How many; less than `limit` when none is left.
        """
        ...

    async def park_outbound(self, message_id: str, *, code: str, at: datetime) -> None:
        """Stop trying; it waits for a person."""
        ...

    async def list_backlogs(self) -> Sequence[Backlog]:
        """List what waits to be published, by line."""
        ...


class Inbox(Leases, Protocol):
    """Messages that were received: accepted, held until they can be judged, or buried."""

    async def accept(self, acceptance: Acceptance) -> Disposition:
        """Commit a received message with all its consequences.

        Returns:
            NEW: committed. REPEAT: the same id and digest were committed before; nothing is
            written, but acknowledgements that were sent because of it become due again (what
            it relayed under its own id does not, nor what has expired). CONFLICT: the same id, or
            the id of one of the documents, with another digest; nothing is written. A new message
            that brings a document which another one brought before is NEW, and its deliveries
            count only where it forces them.
        """
        ...

    async def accept_together(
        self,
        acceptances: Sequence[Acceptance],
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> bool:
        """Commit several received messages, and what is told of all of them, or nothing.

        Args:
            acceptances: Each of another message.
            documents: Those of the outbound messages.
            outbound: What is told; a repetition of one of the messages makes none of it due again.

        Returns:
            False, and nothing was written, where one of them is not NEW.
        """
        ...

    async def answer(
        self,
        because_of: str,
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> None:
        """Commit what is told because of something that is no message on its road.

        Repeating it under the same key writes nothing and makes the first answer due again, as far
        as that has not expired.

        Args:
            because_of: A key of the cause: the digest of a dead letter's octets, or what
                reconciliation answers to.
            documents: Those of the outbound messages.
            outbound: The answer.
        """
        ...

    async def hold(self, held: HeldMessage, *, due_at: datetime) -> int:
        """Keep octets that could not be judged, or count one more attempt on them.

        Returns:
            The number of attempts so far, this one included.
        """
        ...

    async def claim_held(
        self, now: datetime, *, limit: int, lease_for: timedelta
    ) -> Sequence[HeldMessage]:
        """Take held messages that are due; nobody else gets them before the lease ends."""
        ...

    async def release_held(self, octets_digest: str) -> None:
        """Forget a held message: it was judged. Repeating it changes nothing."""
        ...

    async def bury(self, buried: BuriedMessage) -> None:
        """Keep a refused message as evidence, and forget it where it was held.

        That it was refused is a remark, too; its partner is the member by whose line it came.
        """
        ...

    async def find_buried(self, octets_digest: str) -> BuriedMessage | None:
        """Find a dead letter by the digest of its octets."""
        ...

    async def list_buried(self, *, limit: int = 500) -> Sequence[BuriedMessage]:
        """List dead letters, latest first."""
        ...


class Deliveries(Leases, Protocol):
    """Documents that are to be handed over to the national system."""

    async def claim_deliveries(
        self, now: datetime, *, share: Share, lease_for: timedelta
    ) -> Sequence[NationalDelivery]:
        """Take due deliveries, oldest first; nobody else gets them before the lease ends."""
        ...

    async def complete_delivery(
        self,
        document_id: str,
        *,
        at: datetime,
        events: Sequence[Event],
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
        remarks: Sequence[Remark] = (),
    ) -> None:
        """Record a delivery together with the acknowledgement that it causes.

        Repeating it changes nothing: the first one stands. Remarks are those that the national
        system was told, for the figures.
        """
        ...

    async def complete_together(
        self,
        completions: Sequence[Completion],
        *,
        documents: Sequence[DocumentRecord],
        outbound: Sequence[OutboundMessage],
    ) -> None:
        """Record several deliveries together with what is told of all of them.

        What was recorded before stays as it is.
        """
        ...

    async def retry_delivery(
        self, document_id: str, *, code: str, due_at: datetime, counts: bool = True
    ) -> None:
        """End the lease after a failed attempt, which counts unless it is said not to.

        It is due again at `due_at`.
        """
        ...

    async def release_deliveries(self, document_ids: Sequence[str], *, code: str) -> None:
        """End the leases: the national system is down, and no attempt of theirs is counted."""
        ...

    async def hasten_deliveries(self, now: datetime, *, codes: Sequence[str], limit: int) -> int:
        """Do for deliveries what `hasten_outbound` does for messages."""
        ...

    async def park_delivery(self, document_id: str, *, code: str, at: datetime) -> None:
        """Stop trying; it waits for a person."""
        ...

    async def list_deliveries(self, *, limit: int = 100) -> Sequence[WaitingDelivery]:
        """List what waits for the national system, in the order in which it is claimed."""
        ...
