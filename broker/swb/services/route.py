"""Route: the region verifies the outer layer, authorises, logs and passes on; it reads no payload.

One transaction commits the message (the log), its relaying and, where the type asks for it, the
relay receipt to the sender (`swb.services.accepting`). What is refused is kept as a dead letter,
and a sender that could be verified is told by a signed receipt. What is for the router itself, a
witness's word on the evidence log, is opened and goes no further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from swb.core.receipts import judge_relay, receipt_relay
from swb.core.routing import authorise, authorise_witness
from swb.ports import Acceptance, Disposition, OutboundMessage
from swb.services.accepting import Accepting, record_message, say_of
from swb.services.noting import note
from swb.services.receipting import Receipts
from swb_schemas.catalogue import get_type, may_acknowledge
from swb_schemas.errors import RefusedError
from swb_schemas.parties import REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.evidence import LayerRecord
from swb_schemas.wire.verification import verify_delivery, verify_message

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import Clock, ConnectionSource, MessageStore, TrustSource
    from swb.services.cosignatures import LogDesk
    from swb.services.receipting import Said
    from swb.services.sealing import Sealer
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.documents import RelayReceipt
    from swb_schemas.documents.acknowledgements import RelayedMessage
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.evidence import VerifiedMessage
    from swb_schemas.wire.message import MessageHeader
    from swb_schemas.wire.trust import TrustBundle
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["RouteService"]

_log = structlog.get_logger("swb.route")
_ROUTER = PartyId(REGION, ROUTER)


class RouteService:
    """The region's router, as one judgement over one message.

    Args:
        environment: What this router serves.
        connections: What is connected; the rest is denied.
        store: The log and the outbox.
        sealer: Seals relay receipts.
        trust: Whom to believe.
        policy: How strictly to verify.
        clock: The judging moment.
        desk: The region's evidence log, where this router has one.
    """

    def __init__(
        self,
        *,
        environment: Environment,
        connections: ConnectionSource,
        store: MessageStore,
        sealer: Sealer,
        trust: TrustSource,
        policy: VerificationPolicy,
        clock: Clock,
        desk: LogDesk | None = None,
    ) -> None:
        self._accepting = Accepting(
            store=store, receipts=Receipts(_ROUTER, sealer=sealer, write=self._write)
        )
        self._environment = environment
        self._connections = connections
        self._trust = trust
        self._policy = policy
        self._clock = clock
        self._desk = desk

    async def judge(self, raw: bytes, line: str, _received_at: datetime | None = None) -> None:
        """Pass one message on, and commit that; what expired while it was held is refused.

        Raises:
            RefusedError: It is not passed on, for good.
            UndeterminedError: It cannot be judged now.
            UnavailableError: Store, signer or trust are down, or the connection is suspended.
        """
        with self._accepting.coming():
            await self._judge(raw, line)

    async def _judge(self, raw: bytes, line: str) -> None:
        now = self._clock.now()
        bundle = await self._trust.fetch()
        table = await self._connections.fetch()
        evidence: LayerRecord[MessageHeader] = LayerRecord()
        try:
            message = verify_message(
                raw, trust=bundle, at=now, receiver=None, policy=self._policy, record=evidence
            )
            header = message.header
            note(message_type=header.message_type, conversation_id=header.conversation_id)
            if self._desk is not None and header.receiver == str(_ROUTER):
                await self._take(message, line, table, bundle, self._desk)
                return
            leaves_by = authorise(
                table,
                served=self._environment,
                line=line,
                sender=parse_party_id(header.sender),
                receiver=parse_party_id(header.receiver),
                message_type=header.message_type,
                environment=header.environment,
            )
        except RefusedError as refusal:
            known = evidence.header
            if known is not None:
                note(message_type=known.message_type, conversation_id=known.conversation_id)
            # What came by another line than the sender's own leaves no trace under its id: whoever
            # copied it there must not be able to hold up the sender's own message. Nor does what a
            # witness sends: it would become an entry of the log that it speaks of.
            if (
                known is not None
                and evidence.digest is not None
                and parse_party_id(known.sender).state == line
                and not (self._desk is not None and known.receiver == str(_ROUTER))
            ):
                await self._refuse(
                    known, evidence.digest.text, raw, refusal, tell=_may_tell(table, known)
                )
            raise
        record = record_message(
            header, digest=message.digest.text, octets=raw, at=self._clock.now()
        )
        relayed = OutboundMessage(message=record, line=leaves_by, environment=header.environment)
        disposition = await self._accepting.accept(
            Acceptance(message=record, outbound=[relayed]),
            _say(header, record.digest, at=record.recorded_at)
            if get_type(header.message_type).acknowledged
            else None,
        )
        note(outcome=disposition)
        if disposition is Disposition.CONFLICT:
            raise await self._report_conflict(header, record.digest, raw, table)
        _log.info(
            "relayed",
            message_id=header.message_id,
            message_type=header.message_type,
            conversation_id=header.conversation_id,
            digest=record.digest,
            line=line,
            leaves_by=leaves_by,
            disposition=disposition,
        )

    async def _take(
        self,
        message: VerifiedMessage,
        line: str,
        table: ConnectionTable,
        bundle: TrustBundle,
        desk: LogDesk,
    ) -> None:
        """Take in what is for the router itself: it leaves no trace but in the log's own file."""
        now = self._clock.now()
        authorise_witness(
            table,
            served=self._environment,
            line=line,
            sender=parse_party_id(message.header.sender),
            environment=message.header.environment,
        )
        delivery = verify_delivery(
            message, trust=bundle, at=now, policy=self._policy, decryption_keys={}
        )
        await desk.take(delivery, trust=bundle, at=now)

    async def _refuse(
        self, header: MessageHeader, digest: str, raw: bytes, refusal: RefusedError, *, tell: bool
    ) -> None:
        """Keep what was refused; tell a sender that has a line and may be told."""
        at = self._clock.now()
        said = _say(header, digest, at=at, refusal=refusal) if tell else None
        await self._accepting.refuse(record_message(header, digest=digest, octets=raw, at=at), said)

    async def _report_conflict(
        self, header: MessageHeader, digest: str, raw: bytes, table: ConnectionTable
    ) -> RefusedError:
        """Tell the sender that it used an id for two messages; the first one stands."""
        refusal = RefusedError(
            "message.conflict", f"another message came under the id {header.message_id} before"
        )
        if _may_tell(table, header):
            said = _say(header, digest, at=self._clock.now(), refusal=refusal)
            await self._accepting.answer(digest_text_of(raw), said)
        return refusal

    def _write(self, *judged: RelayedMessage) -> RelayReceipt:
        """Say what was judged, and which log will hold it."""
        first = min(each.at for each in judged)
        return receipt_relay(*judged, promise=self._desk.promise(first) if self._desk else None)


def _say(
    header: MessageHeader, digest: str, *, at: datetime, refusal: RefusedError | None = None
) -> Said[RelayedMessage]:
    entry = judge_relay(message_id=header.message_id, message_digest=digest, at=at, refusal=refusal)
    return say_of(header, entry)


def _may_tell(table: ConnectionTable, header: MessageHeader) -> bool:
    """Whether a sender has a line, and its message may be answered."""
    sender = parse_party_id(header.sender)
    return sender.state in table.members and may_acknowledge(header.message_type)
