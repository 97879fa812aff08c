"""Route: the region verifies the outer layer, authorises, logs and passes on; it reads no payload.

One transaction commits the message (the log), its relaying and, where the type asks for it, the
relay receipt to the sender. What is judged at about the same time is committed together, under one
receipt for each sender; where one of several messages turns out to be known, each is committed
alone. What is refused is kept as a dead letter, and a sender that could be
verified is told by a signed receipt. What is for the router itself, a witness's word on the
evidence log, is opened and goes no further.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.receipts import judge_relay
from swb.core.routing import authorise, authorise_witness
from swb.ports import Acceptance, Direction, Disposition, MessageRecord, OutboundMessage
from swb.services.noting import note
from swb.services.octets import digest_octets
from swb.services.sealing import receipt_route
from swb.services.together import Together
from swb_schemas.catalogue import get_type, may_acknowledge
from swb_schemas.documents import RelayReceipt
from swb_schemas.errors import RefusedError
from swb_schemas.parties import REGION, ROUTER, PartyId, parse_party_id
from swb_schemas.wire.evidence import LayerRecord
from swb_schemas.wire.verification import verify_delivery, verify_message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import Clock, ConnectionSource, MessageStore, TrustSource
    from swb.services.cosignatures import LogDesk
    from swb.services.sealing import Sealer, Sent
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.documents.acknowledgements import RelayedMessage
    from swb_schemas.documents.elements import Environment
    from swb_schemas.wire.evidence import VerifiedMessage
    from swb_schemas.wire.message import MessageHeader
    from swb_schemas.wire.trust import TrustBundle
    from swb_schemas.wire.verification import VerificationPolicy

__all__ = ["RouteService"]

_log = structlog.get_logger("swb.route")
_ROUTER = PartyId(REGION, ROUTER)
RECEIPTED_TOGETHER: Final = 64
"""Messages that are committed together at most, and receipted by one message to each sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passing:
    """A message that is to be passed on and receipted, and is not committed yet.

    Attributes:
        header: Of the message.
        acceptance: What it brings, without its receipt.
        judged: What is to be said of it.
    """

    header: MessageHeader
    acceptance: Acceptance
    judged: RelayedMessage


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
        together: int = RECEIPTED_TOGETHER,
    ) -> None:
        self._together = Together(self._accept_all, most=together)
        self._environment = environment
        self._connections = connections
        self._store = store
        self._sealer = sealer
        self._trust = trust
        self._policy = policy
        self._clock = clock
        self._desk = desk

    async def judge(self, raw: bytes, line: str) -> None:
        """Pass one message on, and commit that.

        Raises:
            RefusedError: It is not passed on, for good.
            UndeterminedError: It cannot be judged now.
            UnavailableError: Store, signer or trust are down, or the connection is suspended.
        """
        with self._together.coming():
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
        record = self._record(header, message.digest.text, raw)
        relayed = OutboundMessage(message=record, line=leaves_by, environment=header.environment)
        disposition = await self._accept(
            header, Acceptance(message=record, outbound=[relayed]), at=record.recorded_at
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

    async def _accept(
        self, header: MessageHeader, acceptance: Acceptance, *, at: datetime
    ) -> Disposition:
        if not get_type(header.message_type).acknowledged:
            with self._together.aside():
                return await self._store.accept(acceptance)
        judged = judge_relay(
            message_id=header.message_id, message_digest=acceptance.message.digest, at=at
        )
        passing = _Passing(header=header, acceptance=acceptance, judged=judged)
        return await self._together.do(passing)

    async def _accept_all(self, passing: Sequence[_Passing]) -> Sequence[Disposition]:
        """Commit messages together; each alone where one of them is known already."""
        if len(passing) == 1:
            return [await self._accept_alone(passing[0])]
        by_sender: defaultdict[tuple[str, Environment], list[_Passing]] = defaultdict(list)
        for each in passing:
            by_sender[each.header.sender, each.header.environment].append(each)
        receipts = [
            await self._receipt(*((each.header, each.judged) for each in some))
            for some in by_sender.values()
        ]
        if await self._store.accept_together(
            [each.acceptance for each in passing],
            documents=[each.document for each in receipts],
            outbound=[each.outbound for each in receipts],
        ):
            return [Disposition.NEW] * len(passing)
        return [await self._accept_alone(each) for each in passing]

    async def _accept_alone(self, passing: _Passing) -> Disposition:
        receipt = await self._receipt((passing.header, passing.judged))
        acceptance = replace(
            passing.acceptance,
            documents=[receipt.document],
            outbound=[*passing.acceptance.outbound, receipt.outbound],
        )
        disposition = await self._store.accept(acceptance)
        if disposition is Disposition.REPEAT:
            # It may have been receipted among others, by what nobody sends again.
            await self._store.answer(
                passing.header.message_id,
                documents=[receipt.document],
                outbound=[receipt.outbound],
            )
        return disposition

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
        receipts: list[Sent] = []
        if tell:
            receipts = [await self._refuse_by_receipt(header, digest, refusal)]
        await self._store.accept(
            Acceptance(
                message=self._record(header, digest, raw),
                documents=[each.document for each in receipts],
                outbound=[each.outbound for each in receipts],
            )
        )

    async def _report_conflict(
        self, header: MessageHeader, digest: str, raw: bytes, table: ConnectionTable
    ) -> RefusedError:
        """Tell the sender that it used an id for two messages; the first one stands."""
        refusal = RefusedError(
            "message.conflict", f"another message came under the id {header.message_id} before"
        )
        if _may_tell(table, header):
            receipt = await self._refuse_by_receipt(header, digest, refusal)
            await self._store.answer(
                digest_octets(raw), documents=[receipt.document], outbound=[receipt.outbound]
            )
        return refusal

    async def _refuse_by_receipt(
        self, header: MessageHeader, digest: str, refusal: RefusedError
    ) -> Sent:
        judged = judge_relay(
            message_id=header.message_id,
            message_digest=digest,
            at=self._clock.now(),
            refusal=refusal,
        )
        return await self._receipt((header, judged))

    async def _receipt(self, *judged: tuple[MessageHeader, RelayedMessage]) -> Sent:
        """Seal what is said of messages of one sender, all accepted or one refused."""
        (first, said), *others = judged
        promise = None
        if self._desk is not None and said.code is None:
            promise = self._desk.promise(min(each.at for _, each in judged))
        document = RelayReceipt(
            relayed=tuple(each for _, each in judged),
            extensions=promise.extensions() if promise else None,
        )
        route = receipt_route(
            _ROUTER,
            other=first.sender,
            environment=first.environment,
            conversation_id=None if others else first.conversation_id,
            correlation=None if others else first.message_id,
        )
        return await self._sealer.seal(document, route)

    def _record(self, header: MessageHeader, digest: str, raw: bytes) -> MessageRecord:
        return MessageRecord(
            message_id=header.message_id,
            message_type=header.message_type,
            document_id=header.document_id,
            sender=header.sender,
            receiver=header.receiver,
            digest=digest,
            direction=Direction.IN,
            octets=raw,
            expires_at=header.expires_at,
            recorded_at=self._clock.now(),
        )


def _may_tell(table: ConnectionTable, header: MessageHeader) -> bool:
    """Whether a sender has a line, and its message may be answered."""
    sender = parse_party_id(header.sender)
    return sender.state in table.members and may_acknowledge(header.message_type)
