"""What a store knows, room by room: documents, certificates, and the order of the commits.

Each method is one transaction; what may happen in any of them says `swb.ports.MessageStore`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.core.figures import Remark
    from swb.ports.records import (
        DocumentRecord,
        Event,
        Exchanged,
        MessageRecord,
        Recorded,
        RecordedOctets,
        SentMessage,
        Trail,
    )

__all__ = ["Archive", "Certificates", "CommitFeed", "Documents", "Facts"]


class Facts(Protocol):
    """Dated facts in the lives of documents, and remarks on what became none."""

    async def record_remarks(self, remarks: Sequence[Remark]) -> None:
        """Record what was found of payloads that became no document, for the figures.

        The same of one subject counts once a day in UTC: repeating it changes nothing.
        """
        ...

    async def record_events(self, events: Sequence[Event]) -> None:
        """Record facts that a person states of documents. Repeating it changes nothing."""
        ...


class Documents(Protocol):
    """Sealed documents, and the messages that carried them."""

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

    async def find_trail(self, reference: str) -> Trail | None:
        """Find a document by certificate key, document id or message id."""
        ...

    async def list_messages(self, *, after: str = "", limit: int = 500) -> Sequence[MessageRecord]:
        """List messages in order of id, from just after `after`."""
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


class Certificates(Protocol):
    """Certificates by key and number, and what names them."""

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


class Archive(Documents, Certificates, Protocol):
    """All that is known of what was sealed and carried."""


class CommitFeed(Protocol):
    """What was committed, in the order of the commits."""

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
