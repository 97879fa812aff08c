"""Retransmission: what the other side lost is sent again (OCP Rule 29(3)), and asked for.

Only the state that a document was addressed to gets it again, as a new message with the same sealed
octets and a life of its own. Whoever asks notes that first: a document that is known is handed to
the national system once more only because of that note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb.core.lifecycle import Fact
from swb.ports import AskedDocument, Direction, Event
from swb.services.sealing import route_to_gateway
from swb_schemas.documents import TransportAck
from swb_schemas.documents.elements import Digest, Environment
from swb_schemas.documents.retransmission import (
    AnsweredDocument,
    RequestedDocument,
    RetransmissionOutcome,
    RetransmissionReply,
    RetransmissionRequest,
    Wanted,
)
from swb_schemas.errors import RefusedError
from swb_schemas.parties import GATEWAY, PartyId, parse_party_id
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import (
        Clock,
        DocumentRecord,
        MessageStore,
        OutboundMessage,
        ReconciliationStore,
    )
    from swb.services.posting import Post
    from swb.services.sealing import Sealer
    from swb_schemas.documents.retransmission import RetransmissionReason

__all__ = ["RetransmitService"]

_log = structlog.get_logger("swb.retransmit")

_AT_ONCE: Final = 16
"""Documents that are answered for together: what they weigh is in memory at the same time."""
_IN_A_REQUEST: Final = 1000


class RetransmitService:
    """What one gateway sends again, and asks for.

    Args:
        store: Holds what was sent and received.
        memory: Remembers what was asked for.
        sealer: Wraps what is sent again.
        post: Sends requests and replies.
        clock: The present.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        memory: ReconciliationStore,
        sealer: Sealer,
        post: Post,
        clock: Clock,
    ) -> None:
        self._store = store
        self._memory = memory
        self._sealer = sealer
        self._post = post
        self._clock = clock

    # --- asking --------------------------------------------------------------------------------

    async def ask(
        self,
        partner: str,
        environment: Environment,
        documents: Sequence[tuple[str, str]],
        *,
        reason: RetransmissionReason,
        wanted: Wanted = Wanted.DOCUMENT,
    ) -> int:
        """Ask a partner's gateway for documents, or for the acknowledgements of some.

        Args:
            partner: The state that sent them, or that received what is to be acknowledged.
            environment: Of the documents.
            documents: Ids and digests.
            reason: Why.
            wanted: What of them.

        Returns:
            How many requests were made.

        Raises:
            UnavailableError: ``store.unavailable``, ``reconciliation.unavailable``, ``signer.*``.
        """
        parts = range(0, len(documents), _IN_A_REQUEST)
        for start in parts:
            part = documents[start : start + _IN_A_REQUEST]
            request = RetransmissionRequest(
                reason=reason,
                requested=tuple(
                    RequestedDocument(
                        document_id=document_id,
                        document_digest=Digest.parse(digest),
                        wanted=wanted,
                    )
                    for document_id, digest in part
                ),
            )
            sent = await self._post.seal(request, partner, environment)
            message_id, at = sent.outbound.message.message_id, sent.document.recorded_at
            if wanted is Wanted.DOCUMENT:
                # Before it leaves: what comes because of it is handed over on the word of this.
                await self._store.record_events(
                    [
                        Event(
                            document_id=document_id,
                            name=Fact.ASKED_AGAIN,
                            at=at,
                            message_id=message_id,
                            detail=reason,
                        )
                        for document_id, _ in part
                    ]
                )
            await self._memory.keep_asked(
                [
                    AskedDocument(
                        document_id=document_id,
                        partner=partner,
                        message_id=message_id,
                        reason=reason,
                        wanted=wanted,
                        asked_at=at,
                    )
                    for document_id, _ in part
                ]
            )
            await self._post.commit(sent)
            _log.info("asked_again", partner=partner, documents=len(part), reason=reason)
        return len(parts)

    # --- answering -----------------------------------------------------------------------------

    async def answer(
        self,
        request: RetransmissionRequest,
        *,
        partner: str,
        environment: Environment,
        message_id: str,
        conversation_id: str,
    ) -> None:
        """Answer a request; repeating it under the same message id sends nothing new.

        Raises:
            UndeterminedError: ``trust.*``.
            UnavailableError: ``store.unavailable``, ``signer.*``, ``trust.unreachable``.
        """
        for start in range(0, len(request.requested), _AT_ONCE):
            answered: list[AnsweredDocument] = []
            along: list[OutboundMessage] = []
            for asked in request.requested[start : start + _AT_ONCE]:
                outcome, messages = await self._answer_one(asked, partner, environment, message_id)
                along += messages
                answered.append(
                    AnsweredDocument(
                        document_id=asked.document_id,
                        outcome=outcome,
                        message_id=messages[0].message.message_id if messages else None,
                    )
                )
            reply = RetransmissionReply(answered=tuple(answered))
            told = await self._post.seal(
                reply,
                partner,
                environment,
                conversation_id=conversation_id,
                correlation=message_id,
            )
            await self._post.commit(
                told, because_of=f"{message_id} {start // _AT_ONCE}", along=along
            )
            _log.info("sent_again", partner=partner, documents=len(along), asked=len(answered))

    async def _answer_one(
        self, asked: RequestedDocument, partner: str, environment: Environment, message_id: str
    ) -> tuple[RetransmissionOutcome, list[OutboundMessage]]:
        record = await self._store.find_document(asked.document_id)
        is_sender = asked.wanted is Wanted.DOCUMENT
        if (
            record is None
            or record.digest != asked.document_digest.text
            or record.environment != environment
            or record.direction is not (Direction.OUT if is_sender else Direction.IN)
            or parse_party_id(record.receiving_party if is_sender else record.issuing_party).state
            != partner
        ):
            return RetransmissionOutcome.UNKNOWN, []
        again = [record] if is_sender else await self._find_acknowledgements(record)
        if not again:
            return RetransmissionOutcome.UNKNOWN, []
        if not all(each.octets for each in again):
            return RetransmissionOutcome.ERASED, []
        try:
            messages = [await self.wrap_again(each, message_id) for each in again]
        except RefusedError:
            return RetransmissionOutcome.KEY_WITHDRAWN, []
        return RetransmissionOutcome.SENT, messages

    async def _find_acknowledgements(self, record: DocumentRecord) -> list[DocumentRecord]:
        """Find what was said of a received document to whoever sent it."""
        trail = await self._store.find_trail(record.document_id)
        return [
            each
            for each in (trail.answers if trail else ())
            if each.message_type == "TransportAck"
            and each.direction is Direction.OUT
            and _acknowledges(each, record.document_id)
        ]

    async def wrap_again(self, record: DocumentRecord, correlation: str | None) -> OutboundMessage:
        """Wrap a document that was sent from here into a new message to the same gateway.

        Raises:
            RefusedError: ``retransmission.key_withdrawn``.
        """
        carrier = await self._store.find_carrier(record.document_id)
        route = route_to_gateway(
            self._post.gateway,
            PartyId(parse_party_id(record.receiving_party).state, GATEWAY),
            environment=Environment(record.environment),
            conversation_id=record.conversation_id,
            correlation=correlation,
        )
        return await self._sealer.wrap_again(
            record, route, retransmission_of=carrier.message_id if carrier else None
        )

    async def send_again(self, document_id: str) -> bool:
        """Send a document again that the other side has told, under its seal, that it lacks.

        Returns:
            False where it is not here to be sent.

        Raises:
            RefusedError: ``retransmission.key_withdrawn``.
            UnavailableError: ``store.unavailable``, ``signer.*``.
        """
        record = await self._store.find_document(document_id)
        if record is None or not record.octets or record.direction is not Direction.OUT:
            return False
        message = await self.wrap_again(record, None)
        await self._store.answer(message.message.message_id, documents=[], outbound=[message])
        return True


def _acknowledges(record: DocumentRecord, document_id: str) -> bool:
    if not record.octets:
        return False
    _, document = read_kept(record.octets)
    return isinstance(document, TransportAck) and any(
        each.document_id == document_id for each in document.acknowledged
    )
