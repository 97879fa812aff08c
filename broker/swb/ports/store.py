"""The store: domain operations, one transaction each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from swb.core.duplicates import Disposition
    from swb.core.figures import Remark
    from swb.core.traffic import Traffic
    from swb.ports.alike import Alike, FingerprintKeyUse
    from swb.ports.pruning import Prunable, Pruned
    from swb.ports.records import (
        Acceptance,
        BuriedMessage,
        Completion,
        Counts,
        DocumentRecord,
        Erasure,
        Event,
        Exchanged,
        HeldMessage,
        MessageRecord,
        NationalDelivery,
        OutboundMessage,
        Recorded,
        RecordedOctets,
        SentMessage,
        Submission,
        SubmissionRecord,
        Trail,
    )
    from swb.ports.waiting import (
        Backlog,
        Parked,
        ParkedFilter,
        ParkedKind,
        Share,
        Standing,
        Surveyed,
        WaitingDelivery,
    )

__all__ = ["CLAIM_OCTETS", "MessageStore"]

CLAIM_OCTETS: Final = 16_000_000
"""Octets of what is claimed at a time of one line, or for the national system."""


class MessageStore(Protocol):
    """What a gateway or router must never forget. Each method is one transaction.

    Every method may raise `UnavailableError` ``store.unavailable`` when the store cannot be
    reached or written, and then nothing of it happened; where a network broke in the commit, it
    cannot be known. Every method may be repeated, and then does what is still to be done.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``store.unavailable``, or ``store.schema`` when the data need
                newer code.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    # submitting

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

    # dispatching

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

    # what was claimed

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

    # receiving

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

    # handing over to the national system

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

    # what waits for a person

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

    # erasing

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

    # pruning

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

    # what is alike

    async def find_alike(
        self, values: Sequence[str], *, environment: str, other_than: str = "", limit: int = 16
    ) -> Sequence[Alike]:
        """Find documents that share fingerprints, those that share most kinds first.

        Args:
            values: Fingerprints of a document, under any keys.
            environment: Of the documents that are found.
            other_than: The document itself, where it is kept.
            limit: So many documents.
        """
        ...

    async def list_fingerprint_keys(self) -> Sequence[FingerprintKeyUse]:
        """List under which keys fingerprints are kept, by key id. It looks at every fingerprint."""
        ...

    async def forget_fingerprints(self, key_id: str) -> int:
        """Forget every fingerprint under a key: it is withdrawn, or its legal basis has ended.

        Returns:
            How many there were.
        """
        ...

    # what was found

    async def record_remarks(self, remarks: Sequence[Remark]) -> None:
        """Record what was found of payloads that became no document, for the figures.

        The same of one subject counts once a day in UTC: repeating it changes nothing.
        """
        ...

    # what a person states

    async def record_events(self, events: Sequence[Event]) -> None:
        """Record facts that a person states of documents. Repeating it changes nothing."""
        ...

    # asking

    async def find_document(self, document_id: str) -> DocumentRecord | None:
        """Find a sealed document by its id."""
        ...

    async def find_message(self, message_id: str) -> MessageRecord | None:
        """Find a message by its id."""
        ...

    async def list_sent(self, message_ids: Sequence[str]) -> Sequence[SentMessage]:
        """List those of some messages that were sent from here."""
        ...

    async def find_carrier(self, document_id: str) -> MessageRecord | None:
        """Find the first message that carried a document."""
        ...

    async def find_certificate(self, certificate_key: str) -> DocumentRecord | None:
        """Find the latest certificate with this key; what takes one back is not meant by it."""
        ...

    async def list_certificates(
        self, certificate_key: str, *, limit: int = 16
    ) -> Sequence[DocumentRecord]:
        """List the certificates with this key, earliest first; there should be one."""
        ...

    async def search_certificates(
        self, state: str, numbers: Sequence[str], *, limit: int = 100
    ) -> Sequence[DocumentRecord]:
        """Search certificates that any office of a state gave one of these numbers."""
        ...

    async def list_mentioning(
        self, mentioned: Sequence[str], *, limit: int = 1000
    ) -> Sequence[DocumentRecord]:
        """List the documents that name one of these, earliest first (`DocumentRecord.mentions`)."""
        ...

    async def list_certificate_keys(
        self, state: str, *, after: str = "", limit: int = 5000
    ) -> Sequence[str]:
        """List the keys of all certificates that a state issued, in their order.

        Args:
            state: The issuing state.
            after: Key just behind which the page begins; empty for the first one.
            limit: So many of them.
        """
        ...

    async def list_unconcluded(
        self, *, asked_before: datetime, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """List documents with a cancellation or a verification that nobody has concluded.

        Args:
            asked_before: Last instant at which this store learnt that it was asked for.
            after: Document id just behind which the page begins; empty for the first one.
            limit: So many of them.

        Returns:
            Document ids, in their order.
        """
        ...

    async def find_trail(self, reference: str) -> Trail | None:
        """Find a document by certificate key, document id or message id."""
        ...

    async def list_messages(self, *, after: str = "", limit: int = 500) -> Sequence[MessageRecord]:
        """List messages in order of id, from just after `after`."""
        ...

    async def list_recorded(self, *, after: int = 0, limit: int = 500) -> Sequence[Recorded]:
        """List what was committed after a position, in the order of the commits.

        What works beside the road (the log, time assertions) reads from here and remembers how
        far it came: nothing ever appears before a position that was listed.
        """
        ...

    async def list_recorded_octets(
        self, *, after: int = 0, limit: int = 100
    ) -> Sequence[RecordedOctets]:
        """List the same as `list_recorded`, with the octets."""
        ...

    async def list_documents(
        self, *, after: str = "", limit: int = 500
    ) -> Sequence[DocumentRecord]:
        """List sealed documents in order of id, from just after `after`."""
        ...

    async def list_exchanged(
        self, message_types: Sequence[str], *, after: str, until: str, limit: int = 5000
    ) -> Sequence[Exchanged]:
        """List documents of some types in order of id, from just after `after`, below `until`."""
        ...

    async def list_events(self, document_id: str) -> Sequence[Event]:
        """List a document's events in the order in which they happened."""
        ...

    async def find_buried(self, octets_digest: str) -> BuriedMessage | None:
        """Find a dead letter by the digest of its octets."""
        ...

    async def list_buried(self, *, limit: int = 500) -> Sequence[BuriedMessage]:
        """List dead letters, latest first."""
        ...

    async def list_traffic(self, since: datetime, until: datetime) -> Sequence[Traffic]:
        """Add up the messages that were recorded from `since` to just before `until`.

        In order of day, sender, receiver and type.
        """
        ...

    async def list_backlogs(self) -> Sequence[Backlog]:
        """List what waits to be published, by line."""
        ...

    async def list_deliveries(self, *, limit: int = 100) -> Sequence[WaitingDelivery]:
        """List what waits for the national system, in the order in which it is claimed."""
        ...

    async def count(self) -> Counts:
        """Count what waits."""
        ...

    async def survey(self) -> Sequence[Surveyed]:
        """Survey what waits, by kind and destination; what nothing waits for is left out.

        It looks at every row that waits, so it is for now and then.
        """
        ...
