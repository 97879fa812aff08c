"""Receive: a gateway verifies both layers, commits, and only then says so.

One transaction commits the message, its document, what it says of other documents, its delivery
to the national system and the acknowledgement (AS2; `swb.services.accepting`). A message whose
sender could be verified and that is refused is answered by a signed acknowledgement with the
reason; one that could not be verified is never answered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from swb.core.lifecycle import Fact
from swb.core.receipts import acknowledge, judge_message
from swb.ports import (
    Acceptance,
    Disposition,
    Event,
    NationalDelivery,
)
from swb.services.accepting import Accepting, record_document, record_message, say_of
from swb.services.answers import hear_answer
from swb.services.kept import find_kept
from swb.services.noting import note
from swb.services.receipting import Receipts
from swb.services.recent import RecentDeliveries
from swb_schemas.catalogue import get_type, may_acknowledge
from swb_schemas.documents.acknowledgements import AcknowledgedMessage, Hop
from swb_schemas.errors import RefusedError
from swb_schemas.parties import GATEWAY, REGION, PartyId, parse_party_id
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.encryption import DecryptionKey, EncryptedBody
from swb_schemas.wire.evidence import LayerRecord, VerifiedDelivery
from swb_schemas.wire.verification import verify_delivery, verify_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb.ports import (
        Clock,
        ConnectionSource,
        Fingerprinted,
        KeyAgreement,
        MessageStore,
        TrustSource,
    )
    from swb.services.fingerprinting import Fingerprinting
    from swb.services.kept import Kept
    from swb.services.receipting import Said
    from swb.services.sealing import Sealer, Sent
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.evidence import VerifiedMessage
    from swb_schemas.wire.message import MessageHeader
    from swb_schemas.wire.seal_header import SealHeader
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["ReceiveService"]

_log = structlog.get_logger("swb.receive")


class ReceiveService:
    """The inbox of one state's gateway, as one judgement over one message.

    Args:
        state: The gateway's state.
        environment: What it serves.
        connections: What is connected; the rest is denied.
        store: Commits.
        sealer: Seals acknowledgements.
        trust: Whom to believe.
        policy: How strictly to verify.
        clock: The judging moment.
        decryption_keys: Who agrees on the secrets of protected bodies, by thumbprint: the key
            that is listed last, and those before it for as long as messages for them may come.
        recent: Told of what is committed for the national system.
        fingerprinting: Takes what is kept to find what is alike; None where no key is configured.
    """

    def __init__(
        self,
        *,
        state: str,
        environment: Environment,
        connections: ConnectionSource,
        store: MessageStore,
        sealer: Sealer,
        trust: TrustSource,
        policy: VerificationPolicy,
        clock: Clock,
        decryption_keys: Mapping[str, KeyAgreement],
        recent: RecentDeliveries | None = None,
        fingerprinting: Fingerprinting | None = None,
    ) -> None:
        self._fingerprinting = fingerprinting
        self._gateway = PartyId(state, GATEWAY)
        self._accepting = Accepting(
            store=store,
            receipts=Receipts(self._gateway, sealer=sealer, write=acknowledge),
            note_receipt=_note_receipt,
            say_further=self._say_further,
        )
        self._environment = environment
        self._connections = connections
        self._store = store
        self._trust = trust
        self._policy = policy
        self._clock = clock
        self._decryption_keys = decryption_keys
        self._recent = recent or RecentDeliveries(limit=0)

    async def judge(self, raw: bytes, line: str, received_at: datetime | None = None) -> None:
        """Take one message in, and commit that.

        Args:
            raw: The message.
            line: By which it came.
            received_at: When it came, where it was held; None is now. It came in time when it had
                not expired then.

        Raises:
            RefusedError: It is refused, for good.
            UndeterminedError: It cannot be judged now.
            UnavailableError: Store, signer or trust are down, or the connection is suspended.
        """
        with self._accepting.coming():
            await self._judge(raw, line, received_at)

    async def _judge(self, raw: bytes, line: str, received_at: datetime | None) -> None:
        now = self._clock.now()
        bundle = await self._trust.fetch()
        table = await self._connections.fetch()
        evidence: LayerRecord[MessageHeader] = LayerRecord()
        try:
            message = verify_message(
                raw,
                trust=bundle,
                at=now,
                receiver=self._gateway,
                received_at=received_at,
                policy=self._policy,
                record=evidence,
            )
            _note(message.header)
            delivery = verify_delivery(
                message,
                trust=bundle,
                at=now,
                policy=self._policy,
                decryption_keys=await self._open(message),
            )
            answered = await self._find_answered(delivery)
            self._check_connection(table, delivery, answered)
            acceptance = await self._consequences(delivery, answered)
        except RefusedError as refusal:
            if evidence.header is not None:
                _note(evidence.header)
            if evidence.header is not None and evidence.digest is not None:
                await self._refuse(evidence.header, evidence.digest.text, raw, refusal)
            raise
        disposition = await self._accept(delivery, acceptance)
        note(outcome=disposition)
        if disposition is Disposition.CONFLICT:
            raise await self._report_conflict(message.header, message.digest.text, raw)
        if acceptance.deliveries and disposition is Disposition.NEW:
            self._recent.remember(delivery)
        _log.info(
            "received",
            message_id=message.header.message_id,
            message_type=message.header.message_type,
            conversation_id=message.header.conversation_id,
            document_id=message.header.document_id,
            disposition=disposition,
            line=line,
        )

    async def _open(self, message: VerifiedMessage) -> dict[str, DecryptionKey]:
        """Have the key's holder agree on the secret of a protected body.

        Verification is pure and synchronous, and the holder may be a token or another process: so
        it is asked before, and verification gets what opens this one body.
        """
        body = message.body
        if not isinstance(body, EncryptedBody):
            return {}
        holder = self._decryption_keys.get(body.recipient_key)
        if holder is None:
            return {}
        secret = await holder.agree(body.read_ephemeral())
        return {holder.thumbprint: DecryptionKey.agreed(body, secret)}

    async def _find_answered(self, delivery: VerifiedDelivery) -> Kept | None:
        """Find the certificate that is answered or taken back; None where none is, or not here."""
        answers = delivery.sealed.header.answers
        return await find_kept(self._store, answers.document_id) if answers else None

    def _check_connection(
        self, table: ConnectionTable, delivery: VerifiedDelivery, answered: Kept | None
    ) -> None:
        """Hold what came to what this side agreed on, whatever a router let pass."""
        header = delivery.message.header
        sender = parse_party_id(header.sender)
        if sender.state == REGION:
            return  # relay receipts; who may issue them is the catalogue's matter
        connection = table.require(
            sender=sender.state,
            receiver=self._gateway.state,
            message_type=header.message_type,
            served=self._environment,
            agreement=_read_agreement(delivery.sealed.header, answered),
            environment=header.environment,
        )
        protectable = get_type(header.message_type).national
        clear = not isinstance(delivery.message.body, EncryptedBody)
        if connection.terms.protected and protectable and clear:
            message = f"expected a protected body from {sender.state}, found a clear one"
            raise RefusedError("connection.protection", message)

    async def _consequences(self, delivery: VerifiedDelivery, answered: Kept | None) -> Acceptance:
        at = self._clock.now()
        record = record_document(delivery, at=at)
        kind = get_type(record.message_type)
        events = await hear_answer(delivery, answered, self._store, at=at)
        handed_over = NationalDelivery(
            document_id=record.document_id,
            message_type=record.message_type,
            octets=record.octets,
            message_id=delivery.message.header.message_id,
            message_digest=delivery.message.digest.text,
            sender=delivery.message.header.sender,
            recorded_at=at,
        )
        return Acceptance(
            message=record_message(
                delivery.message.header,
                digest=delivery.message.digest.text,
                octets=delivery.message.octets,
                at=at,
            ),
            documents=[record],
            deliveries=[handed_over] if kind.national else [],
            forces_delivery=kind.national and await self._forces_delivery(delivery),
            events=events,
            fingerprinted=await self._fingerprint(delivery) if kind.leads else None,
        )

    async def _accept(self, delivery: VerifiedDelivery, acceptance: Acceptance) -> Disposition:
        header = delivery.message.header
        if not get_type(header.message_type).acknowledged:
            return await self._accepting.accept(acceptance, None)
        (record,) = acceptance.documents
        entry = judge_message(
            hop=Hop.AS2,
            message_id=header.message_id,
            message_digest=acceptance.message.digest,
            document=(record.document_id, record.digest),
            at=record.recorded_at,
        )
        return await self._accepting.accept(acceptance, say_of(header, entry))

    async def _say_further(
        self, acceptance: Acceptance, said: Said[AcknowledgedMessage]
    ) -> Sequence[Said[AcknowledgedMessage]]:
        """Say that the national system has what came again, where it does."""
        (record,) = acceptance.documents
        events = await self._store.list_events(record.document_id)
        handed_over = [each.at for each in events if each.name == Fact.AS3]
        return [
            replace(said, entry=said.entry.model_copy(update={"hop": Hop.AS3, "at": at}))
            for at in handed_over[:1]
        ]

    async def _fingerprint(self, delivery: VerifiedDelivery) -> Fingerprinted | None:
        if self._fingerprinting is None:
            return None
        header = delivery.sealed.header
        taken = await self._fingerprinting.take(
            delivery.sealed.document,
            issuing=parse_party_id(header.issuing_party).state,
            receiving=parse_party_id(header.receiving_party).state,
        )
        return taken.keep(header.document_id) if taken else None

    async def _forces_delivery(self, delivery: VerifiedDelivery) -> bool:
        """Whether a document that is known goes to the national system once more.

        Only where this gateway asked for it, and the message answers that request. What is repeated
        is told by the document's id and digest. The message that it names brought the document
        first; that one may never have come here, or be lost with what else a store forgot, so it
        proves nothing and is looked at only to refuse what is known to be false.
        """
        header = delivery.message.header
        if header.retransmission_of is None:
            return False
        known = await self._store.find_document(header.document_id)
        if known is None or known.digest != delivery.sealed.digest.text:
            return False  # it is handed over anyway, or is in conflict with what is kept
        earlier = await self._store.find_message(header.retransmission_of)
        if earlier is not None and earlier.document_id != header.document_id:
            raise RefusedError(
                "receive.unknown_retransmission",
                f"expected a message that brought document {header.document_id} to be repeated, "
                f"found {header.retransmission_of}, which brought {earlier.document_id}",
            )
        return any(
            event.name == Fact.ASKED_AGAIN and event.message_id == header.correlation
            for event in await self._store.list_events(header.document_id)
        )

    async def _refuse(
        self, header: MessageHeader, digest: str, raw: bytes, refusal: RefusedError
    ) -> None:
        """Tell a sender that could be verified, where its message may be acknowledged.

        A message for somebody else is not ours to refuse: it leaves no trace under its id. Nor does
        one of which nobody is told, an acknowledgement for instance: when what it is about has been
        restored, its dead letter is judged anew and counts.
        """
        if header.receiver != str(self._gateway) or not may_acknowledge(header.message_type):
            return
        await self._accepting.refuse(
            record_message(header, digest=digest, octets=raw, at=self._clock.now()),
            self._say_refused(header, digest, refusal),
        )

    async def _report_conflict(
        self, header: MessageHeader, digest: str, raw: bytes
    ) -> RefusedError:
        """Tell the sender that it used an id for two contents; the first one stands."""
        known = await self._store.find_message(header.message_id)
        if known is not None and known.digest != digest:
            message = f"another message came under the id {header.message_id} before"
            refusal = RefusedError("message.conflict", message)
        else:
            message = f"another document came under the id {header.document_id} before"
            refusal = RefusedError("document.conflict", message)
        if may_acknowledge(header.message_type):
            said = self._say_refused(header, digest, refusal)
            await self._accepting.answer(digest_text_of(raw), said)
        return refusal

    def _say_refused(
        self, header: MessageHeader, digest: str, refusal: RefusedError
    ) -> Said[AcknowledgedMessage]:
        entry = judge_message(
            hop=Hop.AS2,
            message_id=header.message_id,
            message_digest=digest,
            document=None,
            at=self._clock.now(),
            refusal=refusal,
        )
        return say_of(header, entry)


def _read_agreement(seal: SealHeader, answered: Kept | None) -> str | None:
    """Read the agreement of a certificate, or of the one that is answered.

    Returns:
        None where it is not known: of an acknowledgement, and of an answer to what is not here.
    """
    if get_type(seal.message_type).leads:
        return seal.agreement or ""
    return answered.agreement if answered else None


def _note_receipt(acceptance: Acceptance, receipt: Sent) -> Acceptance:
    """Note by which message it was acknowledged."""
    (record,) = acceptance.documents
    event = Event(
        document_id=record.document_id,
        name=Fact.AS2,
        at=record.recorded_at,
        message_id=receipt.outbound.message.message_id,
    )
    return replace(acceptance, events=[*acceptance.events, event])


def _note(header: MessageHeader) -> None:
    note(message_type=header.message_type, conversation_id=header.conversation_id)
