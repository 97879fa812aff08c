"""Accepting: what a gateway or the router commits of a message that came, and says of it.

A message is committed with others and their receipts, or alone where it is not acknowledged; one
that is refused is kept, and its sender told where that may be.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from swb.ports import Acceptance, Direction, Disposition, DocumentRecord, MessageRecord
from swb.services.receipting import Ready, Receipting, Receipts, Said
from swb_schemas.documents.acknowledgements import AcknowledgedMessage, RelayedMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from swb.ports import MessageStore
    from swb.services.sealing import Sent
    from swb_schemas.wire.evidence import VerifiedDelivery
    from swb_schemas.wire.message import MessageHeader

__all__ = ["Accepting", "record_document", "record_message", "say_of"]

E = TypeVar("E", bound=AcknowledgedMessage | RelayedMessage)


class Accepting(Receipting[Acceptance, E, Disposition], Generic[E]):
    """Commits messages that came, and what their senders are told.

    Args:
        store: Commits.
        receipts: Seals what is told.
        note_receipt: Notes in what a message brings by which message it was told.
        say_further: Tells what else is to be said of a message that came again.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        receipts: Receipts[E],
        note_receipt: Callable[[Acceptance, Sent], Acceptance] | None = None,
        say_further: Callable[[Acceptance, Said[E]], Awaitable[Sequence[Said[E]]]] | None = None,
    ) -> None:
        super().__init__(receipts)
        self._store = store
        self._note_receipt = note_receipt
        self._say_further = say_further

    async def accept(self, acceptance: Acceptance, said: Said[E] | None) -> Disposition:
        """Commit a message; inside `coming`.

        Args:
            acceptance: What it brings.
            said: What its sender is told; None where its type is not acknowledged.

        Raises:
            UndeterminedError: As `Sealer.seal` does.
            UnavailableError: The store or the signer is.
        """
        if said is None:
            with self.aside():
                return await self._store.accept(acceptance)
        return await self.do(Ready(brings=acceptance, said=said))

    async def refuse(self, message: MessageRecord, said: Said[E] | None) -> None:
        """Keep a message that is refused, and tell its sender where it may be told."""
        receipts = [await self._receipts.seal(said)] if said else []
        await self._store.accept(_answered(Acceptance(message=message), receipts))

    async def answer(self, because_of: str, *said: Said[E]) -> None:
        """Tell a sender of what is not committed here; see `MessageStore.answer`."""
        await self._answer(because_of, await self._receipts.seal(*said))

    def _note(self, brings: Acceptance, receipt: Sent) -> Acceptance:
        return self._note_receipt(brings, receipt) if self._note_receipt else brings

    async def _commit_all(
        self, brought: Sequence[Acceptance], receipts: Sequence[Sent]
    ) -> Sequence[Disposition] | None:
        """Commit several; nothing is committed where one of them is not new."""
        are_new = await self._store.accept_together(
            brought,
            documents=[each.document for each in receipts],
            outbound=[each.outbound for each in receipts],
        )
        return [Disposition.NEW] * len(brought) if are_new else None

    async def _commit_alone(self, ready: Ready[Acceptance, E], receipt: Sent | None) -> Disposition:
        receipts = [receipt] if receipt else []
        disposition = await self._store.accept(_answered(ready.brings, receipts))
        if disposition is Disposition.REPEAT and receipt and ready.said:
            await self._say_again(ready.brings, ready.said, receipt)
        return disposition

    async def _say_again(self, acceptance: Acceptance, said: Said[E], receipt: Sent) -> None:
        """Say of one message what was said of it among others, by what nobody sends again."""
        further = await self._say_further(acceptance, said) if self._say_further else ()
        if further:
            receipt = await self._receipts.seal(said, *further)
        await self._answer(acceptance.message.message_id, receipt)

    async def _answer(self, because_of: str, receipt: Sent) -> None:
        await self._store.answer(
            because_of, documents=[receipt.document], outbound=[receipt.outbound]
        )


def _answered(acceptance: Acceptance, receipts: Sequence[Sent]) -> Acceptance:
    return replace(
        acceptance,
        documents=[*acceptance.documents, *(each.document for each in receipts)],
        outbound=[*acceptance.outbound, *(each.outbound for each in receipts)],
    )


def record_message(
    header: MessageHeader, *, digest: str, octets: bytes, at: datetime
) -> MessageRecord:
    """Record a message that came.

    Args:
        header: Of the message.
        digest: Its signed digest, ``sha-256:<hex>``.
        octets: As it came.
        at: When it was judged.
    """
    return MessageRecord(
        message_id=header.message_id,
        message_type=header.message_type,
        document_id=header.document_id,
        sender=header.sender,
        receiver=header.receiver,
        digest=digest,
        direction=Direction.IN,
        octets=octets,
        expires_at=header.expires_at,
        recorded_at=at,
    )


def record_document(delivery: VerifiedDelivery, *, at: datetime) -> DocumentRecord:
    """Record the sealed document that a message brought.

    Args:
        delivery: Both layers.
        at: When it was judged.
    """
    header = delivery.sealed.header
    return DocumentRecord(
        document_id=header.document_id,
        message_type=header.message_type,
        certificate_key=header.certificate_key or "",
        conversation_id=header.conversation_id,
        issuing_party=header.issuing_party,
        receiving_party=header.receiving_party,
        environment=header.environment,
        digest=delivery.sealed.digest.text,
        direction=Direction.IN,
        octets=delivery.sealed.octets,
        recorded_at=at,
        mentions=delivery.sealed.document.mentions,
    )


def say_of(header: MessageHeader, entry: E) -> Said[E]:
    """Address what is said of a message to its sender."""
    return Said(
        to=header.sender,
        environment=header.environment,
        conversation_id=header.conversation_id,
        entry=entry,
    )
