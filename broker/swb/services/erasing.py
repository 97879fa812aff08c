"""Erasing: payloads go, what proves them stays.

Of each erased file its signature is kept whole, with the digest that it signs, in a record that is
time-stamped like everything else. Receipts and acknowledgements are kept as they are: they hold
ids, digests and codes alone. Nothing that is still on the road is erased.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from swb.ports import Erasure, LeafKind
from swb.services.trails import get_trail
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.evidence import ErasedFile, ErasureRecord, encode_erasure_record
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.sealed import read_kept_header
from swb_schemas.wire.signature import find_signature_octets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swb.ports import (
        Clock,
        DocumentRecord,
        EvidenceStore,
        MessageRecord,
        MessageStore,
        Trail,
    )

__all__ = ["EraseService", "Erased"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased.

    Attributes:
        record: Who, when, why, what.
    """

    record: ErasureRecord


class EraseService:
    """Erases what one gateway holds of a conversation.

    Args:
        state: Whose gateway.
        store: Where it is erased.
        evidence: Where it has to be stamped already.
        clock: Dates the record.
        new_id: Names it.
    """

    def __init__(
        self,
        *,
        state: str,
        store: MessageStore,
        evidence: EvidenceStore,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._state = state
        self._store = store
        self._evidence = evidence
        self._clock = clock
        self._new_id = new_id

    async def find(self, reference: str) -> Trail:
        """Find what a reference names.

        Raises:
            RefusedError: ``reference.unknown``.
        """
        return await get_trail(self._store, reference)

    async def erase(
        self, reference: str, *, reason: str, by: str, approval: str | None = None
    ) -> Erased:
        """Erase the payloads of a conversation.

        Args:
            reference: A certificate's key, a document id or a message id.
            reason: For the record; no personal data.
            by: The person who does it.
            approval: Id of the request that another person agreed to, where two are needed.

        Raises:
            RefusedError: ``reference.unknown``; ``erasure.on_the_road``; ``erasure.nothing``:
                all of it was erased before; ``erasure.unstamped``: something has no time-stamp
                yet, and could never get one.
            UnavailableError: A store is down.
        """
        trail = await self.find(reference)
        conversation = trail.document.conversation_id
        documents = [
            each
            for each in (trail.document, *trail.answers)
            if each.conversation_id == conversation and _is_erased(each) and each.octets
        ]
        carried = {each.document_id for each in documents}
        messages = [each for each in trail.messages if each.document_id in carried and each.octets]
        if not documents:
            # Once more, for what somebody kept on reading when it was erased.
            for each in await self._store.find_erasures(conversation):
                await self._store.erase(each)
            message = "expected something to erase, found that all of it is erased"
            raise RefusedError("erasure.nothing", message, actor=Actor.OPERATOR)
        for kind, subject_id in (
            *((LeafKind.DOCUMENT, each.document_id) for each in documents),
            *((LeafKind.MESSAGE, each.message_id) for each in messages),
        ):
            stamped = await self._evidence.find_stamped(kind, subject_id)
            if stamped is None or stamped.batch is None:
                message = f"expected a time-stamp on {kind} {subject_id} before it is erased"
                raise RefusedError("erasure.unstamped", message, actor=Actor.OPERATOR)
        at = self._clock.now()
        record = ErasureRecord(
            id=self._new_id(),
            conversation=conversation,
            state=self._state,
            by=by,
            approval=approval,
            at=at,
            reason=reason,
            payloads=tuple(sorted(_list_payloads(documents))),
            files=(
                *(_leave_of_document(each) for each in documents),
                *(_leave_of_message(each) for each in messages),
            ),
        )
        await self._store.erase(
            Erasure(
                erasure_id=record.id,
                conversation_id=conversation,
                document_ids=[each.document_id for each in documents],
                message_ids=[each.message_id for each in messages],
                octets=encode_erasure_record(record),
                erased_at=at,
            )
        )
        return Erased(record=record)


def _is_erased(document: DocumentRecord) -> bool:
    """Whether documents of this type are payloads; acknowledgements are not."""
    kind = CATALOGUE.get(document.message_type)
    return kind is None or kind.national


def _list_payloads(documents: Sequence[DocumentRecord]) -> Iterator[str]:
    """Digests of the national payloads that documents were made of."""
    for each in documents:
        source = read_kept_header(each.octets).source
        if source is not None and source.payload_digest is not None:
            yield source.payload_digest.text


def _leave_of_document(document: DocumentRecord) -> ErasedFile:
    return _leave(
        "document",
        document.document_id,
        document.message_type,
        document.digest,
        document.octets,
        document.issuing_party,
    )


def _leave_of_message(message: MessageRecord) -> ErasedFile:
    return _leave(
        "message",
        message.message_id,
        message.message_type,
        message.digest,
        message.octets,
        message.sender,
    )


def _leave(  # noqa: PLR0917 - private, one for each field
    kind: Literal["message", "document"],
    subject_id: str,
    message_type: str,
    digest: str,
    octets: bytes,
    signer: str,
) -> ErasedFile:
    return ErasedFile(
        kind=kind,
        id=subject_id,
        type=message_type,
        digest=digest,
        octets=digest_text_of(octets),
        signer=signer,
        signature=base64.b64encode(find_signature_octets(octets)).decode(),
    )
