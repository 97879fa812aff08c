"""A whole region in one process: real keys, stores, lines and folders, and a clock to turn.

What the daemon repeats by itself, a test does step by step: `World.carry` takes every step until
nothing is due any more. Inboxes run by themselves, as they do in the daemon.
"""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from swb.backends.softkey import SoftKeyAgreement, SoftKeySigner
from swb.clock import new_id
from swb.core.lifecycle import Fact
from swb.ports import Submission, SubmissionRecord
from swb.services.sealing import Route, Sealer
from swb.simulator.customs import draw_receipt, draw_response
from swb.simulator.issuing import draw_certificate
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, REGION, PartyId
from swb_schemas.wire.encryption import DecryptionKey
from swb_schemas.wire.verification import verify_delivery, verify_message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from swb.backends.files import DropFolder, FileConnectionSource
    from swb.backends.softkey import DevelopmentKeys
    from swb.backends.sqlite.transport import SqliteTransport
    from swb.ports import (
        KeyAgreement,
        LedgerStore,
        MessageRecord,
        MessageStore,
        NationalFormats,
        Signer,
        TrustSource,
    )
    from swb.services.collect import CollectService
    from swb.services.deliver import DeliverService
    from swb.services.dispatch import DispatchService
    from swb.services.inbox import InboxService
    from swb.services.receive import ReceiveService
    from swb.services.route import RouteService
    from swb.services.sealing import Sent
    from swb.services.submit import SubmitService
    from swb_schemas.documents import CertificateOfOrigin, Document, LeadingDocument
    from swb_schemas.wire.evidence import VerifiedDelivery

__all__ = [
    "Clock",
    "Member",
    "World",
    "load_agreements",
    "load_opening",
    "load_signers",
    "until",
]

_PURPOSES: Final = (
    Purpose.ISSUING_SEAL,
    Purpose.CUSTOMS_SEAL,
    Purpose.RECEIPT_SEAL,
    Purpose.TRANSPORT,
)


class Clock:
    """A clock that a test turns."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def ticks(self) -> float:
        """The same as seconds."""
        return self.moment.timestamp()

    def turn(self, by: timedelta) -> None:
        self.moment += by


async def until(holds: Callable[[], bool | Awaitable[bool]], *, within: float = 10.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within):
        while True:
            found = holds()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.005)


@dataclass(kw_only=True)
class Member:
    """One state's gateway, taken apart."""

    state: str
    drop: Path
    store: MessageStore
    line: SqliteTransport
    folder: DropFolder
    formats: NationalFormats
    sealer: Sealer
    submitting: SubmitService
    receiving: ReceiveService
    inbox: InboxService
    dispatching: DispatchService
    delivering: DeliverService
    collecting: CollectService

    @property
    def gateway(self) -> PartyId:
        return PartyId(self.state, GATEWAY)

    async def payload(self, document: Document) -> bytes:
        """Write a document in this state's format."""
        return (await self.formats.from_canonical(document)).payload

    async def issue(self, certificate: LeadingDocument) -> str:
        """Submit a certificate; returns its document id."""
        return (await self.submitting.submit(await self.payload(certificate))).document_id

    async def facts(self, document_id: str) -> dict[Fact, str]:
        """What is known of a document, each fact with its code."""
        events = await self.store.list_events(document_id)
        return {Fact(event.name): event.code for event in events}

    async def sent(self, message_type: str) -> list[MessageRecord]:
        """Messages of one type that this member made."""
        return [
            message
            for message in await self.store.list_messages()
            if message.message_type == message_type and message.sender == str(self.gateway)
        ]

    async def received(self, message_type: str) -> list[MessageRecord]:
        """Messages of one type that came to this member."""
        return [
            message
            for message in await self.store.list_messages()
            if message.message_type == message_type and message.receiver == str(self.gateway)
        ]

    async def buried(self) -> list[str]:
        """Codes of dead letters, the earliest first."""
        return [each.code for each in reversed(await self.store.list_buried())]


@dataclass(kw_only=True)
class World:
    """The region."""

    folder: Path
    clock: Clock
    keys: DevelopmentKeys
    trust: TrustSource
    connections: FileConnectionSource
    members: dict[str, Member] = field(default_factory=dict)
    router_store: MessageStore
    router_sealer: Sealer
    ledger: LedgerStore
    routing: RouteService
    router_lines: dict[str, SqliteTransport] = field(default_factory=dict)
    router_inboxes: dict[str, InboxService] = field(default_factory=dict)
    router_dispatching: DispatchService
    serials: int = 0

    @property
    def th(self) -> Member:
        return self.members["TH"]

    @property
    def vn(self) -> Member:
        return self.members["VN"]

    def certificate(
        self, exporting: str = "TH", importing: str = "VN", *, items: int | None = 2
    ) -> CertificateOfOrigin:
        """Draw a certificate that nobody has yet."""
        self.serials += 1
        return draw_certificate(
            exporting=exporting,
            importing=importing,
            serial=self.serials,
            seed=7,
            on=self.clock.now().date(),
            items=items,
        )

    def sealer(
        self,
        state: str,
        *,
        without: Purpose | None = None,
        clock: Clock | None = None,
        new_ids: Sequence[str] = (),
    ) -> Sealer:
        """Build another sealer with a state's keys; `new_ids` are the first that it uses."""
        ids = iter(new_ids)
        return Sealer(
            signers=load_signers(self.keys, state, without=without),
            trust=self.trust,
            clock=clock or self.clock,
            new_id=lambda: next(ids, "") or new_id(),
        )

    async def seal(
        self, certificate: LeadingDocument, *, sealer: Sealer | None = None, **changes: object
    ) -> Sent:
        """Seal a certificate from TH to VN by hand; `changes` are changes of its route."""
        route = Route(
            issuing_party=PartyId("TH", ISSUING),
            receiving_party=PartyId("VN", CUSTOMS),
            sender=PartyId("TH", GATEWAY),
            receiver=PartyId("VN", GATEWAY),
            line="TH",
            environment=Environment.TEST,
        )
        changed: Route = replace(route, **changes)  # type: ignore[arg-type]  # fields by name
        return await (sealer or self.sealer("TH")).seal(certificate, changed)

    async def keep(self, state: str, sent: Sent) -> None:
        """Commit what was sealed by hand, as if a payload had been submitted; it is not due."""
        digest = f"sha-256:{sha256(sent.document.octets).hexdigest()}"
        record = SubmissionRecord(
            payload_digest=digest,
            adapter="test/1.0.0",
            payload=sent.document.octets,
            document_id=sent.document.document_id,
            recorded_at=sent.document.recorded_at,
        )
        store = self.members[state].store
        await store.commit_submission(
            Submission(record=record, document=sent.document, outbound=sent.outbound, events=())
        )
        await store.mark_published([sent.outbound.message.message_id], self.clock.now())

    async def hand_to(self, state: str, raw: bytes) -> None:
        """Put octets into a member's inbox, and wait until the member is done with them."""
        await self.router_lines[state].publish(
            raw, message_id=new_id(), message_type="", environment="test"
        )
        await self.drained()

    async def hand_in(self, state: str, raw: bytes) -> None:
        """Put octets into the region's hands by a member's line, and wait for the router."""
        await self.members[state].line.publish(
            raw, message_id=new_id(), message_type="", environment="test"
        )
        await self.drained()

    def count_queued(self) -> int:
        """Count what lies in all queues of the transport, leased or not."""
        with sqlite3.connect(f"file:{self.folder / 'broker.db'}?mode=ro", uri=True) as connection:
            (found,) = connection.execute("SELECT count(*) FROM messages").fetchone()
        connection.close()
        return int(found)

    async def drained(self) -> None:
        """Wait until every queue is empty."""
        await until(lambda: self.count_queued() == 0)

    async def step(self) -> int:
        """Take every step once; returns how much was due."""
        done = await self.router_dispatching.dispatch_due()
        done += await self.router_inboxes["TH"].judge_held()
        for member in self.members.values():
            done += await member.dispatching.dispatch_due()
            done += await member.inbox.judge_held()
            done += await member.delivering.deliver_due()
            done += await member.collecting.collect_waiting()
        await self.drained()
        return done

    async def carry(self) -> None:
        """Take steps until nothing is due."""
        while await self.step():
            pass

    def answers(self, certificate: CertificateOfOrigin) -> tuple[Document, Document]:
        """What customs of the importing state says: receipt and response."""
        state = certificate.exporter_declaration.importing_country
        at = self.clock.now().replace(microsecond=0)
        response = draw_response(
            certificate, state=state, seed=1, at=at, decision=Decision.NOT_GIVEN
        )
        return draw_receipt(certificate, state=state, at=at), response

    async def open_delivery(self, state: str, raw: bytes) -> VerifiedDelivery:
        """Verify both layers of a message to a member, as a stranger would."""
        bundle = await self.trust.fetch()
        at = self.clock.now()
        message = verify_message(raw, trust=bundle, at=at, receiver=PartyId(state, GATEWAY))
        keys = load_opening(self.keys, state)
        return verify_delivery(message, trust=bundle, at=at, decryption_keys=keys)


def load_signers(
    keys: DevelopmentKeys, state: str, *, without: Purpose | None = None
) -> dict[Purpose, Signer]:
    """Load what a state's gateway, or the router, signs with."""
    purposes = (Purpose.RECEIPT_SEAL, Purpose.TRANSPORT) if state == REGION else _PURPOSES
    return {
        purpose: SoftKeySigner.load(keys.key(state, purpose), keys.certificate(state, purpose))
        for purpose in (*purposes, Purpose.PHYTOSANITARY_SEAL)
        if purpose is not without and keys.key(state, purpose).exists()
    }


def load_opening(keys: DevelopmentKeys, state: str) -> dict[str, DecryptionKey]:
    """Load what opens protected bodies for a state, where verification alone is tried."""
    raw = keys.key(state, Purpose.DECRYPTION).read_bytes()
    key = load_pem_private_key(raw, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    opening = DecryptionKey.of(key)
    return {opening.thumbprint: opening}


def load_agreements(keys: DevelopmentKeys, state: str) -> dict[str, KeyAgreement]:
    """Load who agrees on the secrets of protected bodies for a state."""
    purpose = Purpose.DECRYPTION
    holder = SoftKeyAgreement.load(keys.key(state, purpose), keys.certificate(state, purpose))
    return {holder.thumbprint: holder}
