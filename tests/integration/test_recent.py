"""The shortcut from verifying to handing over gives what the way through the store gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.ports import NationalDelivery
from swb.services.advising import Advising
from swb.services.deliver import DeliverService
from swb.services.hand_over import HandOver
from swb.services.receive import ReceiveService
from swb.services.recent import RecentDeliveries
from swb_schemas.documents import TransportAck
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import SwbError
from swb_schemas.wire.sealed import read_kept
from swb_schemas.wire.trust import Distrust, Unknown
from swb_schemas.wire.verification import VerificationPolicy, verify_delivery, verify_message
from tests.integration.opening import LEASE, RETRYING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.ports import TrustSource
    from swb.services.sealing import Sent
    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding
    from swb_schemas.wire.evidence import VerifiedDelivery
    from swb_schemas.wire.trust import ListedCertificate, TrustBundle
    from tests.integration.world import World


DAY: Final = timedelta(days=1)


class Door:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.given: dict[str, tuple[bytes, str, tuple[Finding, ...]]] = {}

    async def deliver(
        self,
        payload: bytes,
        *,
        delivery_id: str,
        message_type: str,
        file_suffix: str,
        binding: bool = True,
        findings: Sequence[Finding] = (),
    ) -> None:
        assert file_suffix == ".xml"
        assert binding
        self.given[delivery_id] = (payload, message_type, tuple(findings))


def receiving(world: World, recent: RecentDeliveries | None) -> ReceiveService:
    return ReceiveService(
        state="VN",
        environment=Environment.TEST,
        connections=world.connections,
        store=world.vn.store,
        sealer=world.vn.sealer,
        trust=world.trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        decryption_keys={},
        recent=recent,
    )


class Believed:
    """Lets trust change while a document waits."""

    def __init__(self, bundle: TrustBundle) -> None:
        self.bundle = bundle

    async def fetch(self) -> TrustBundle:
        return self.bundle


def handing_over(
    world: World, door: Door, recent: RecentDeliveries | None, trust: TrustSource | None = None
) -> HandOver:
    return HandOver(
        state="VN",
        advising=Advising(
            state="VN", connections=world.connections, store=world.vn.store, clock=world.clock
        ),
        formats=world.vn.formats,
        national=door,
        store=world.vn.store,
        sealer=world.vn.sealer,
        trust=world.trust if trust is None else trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        on_commit=lambda: None,
        recent=recent,
    )


def delivering(world: World, door: Door, recent: RecentDeliveries | None) -> DeliverService:
    return DeliverService(
        handing_over=handing_over(world, door, recent),
        store=world.vn.store,
        clock=world.clock,
        jitter=lambda: 0.0,
        retrying=RETRYING,
        batch=64,
        lease_for=LEASE,
        ticks=world.clock.ticks,
    )


async def send(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    return sent


async def verify(world: World, sent: Sent) -> VerifiedDelivery:
    bundle, at, policy = await world.trust.fetch(), world.clock.now(), VerificationPolicy()
    message = verify_message(
        sent.outbound.message.octets,
        trust=bundle,
        at=at,
        receiver=world.vn.gateway,
        policy=policy,
    )
    return verify_delivery(message, trust=bundle, at=at, policy=policy, decryption_keys={})


def waiting(sent: Sent) -> NationalDelivery:
    return NationalDelivery(
        document_id=sent.document.document_id,
        message_type=sent.document.message_type,
        octets=sent.document.octets,
        message_id=sent.outbound.message.message_id,
        message_digest=sent.outbound.message.digest,
        sender=sent.outbound.message.sender,
        recorded_at=sent.document.recorded_at,
    )


async def test_what_was_verified_is_what_the_kept_octets_say(world: World) -> None:
    sent = await send(world)
    verified = (await verify(world, sent)).sealed
    assert (verified.header, verified.document) == read_kept(sent.document.octets)


@pytest.mark.parametrize("shortcut", [True, False])
async def test_both_ways_hand_over_the_same_and_acknowledge_the_same(
    world: World, shortcut: bool
) -> None:
    recent = RecentDeliveries(limit=8) if shortcut else None
    door = Door()
    sent = await send(world)
    await receiving(world, recent).judge(sent.outbound.message.octets, "VN")

    assert await delivering(world, door, recent).deliver_due() == 1

    document_id = sent.document.document_id
    rendering = await world.vn.formats.from_canonical(_document_of(sent))
    assert door.given == {document_id: (rendering.payload, "CertificateIssue", ())}
    await world.carry()
    _, ack = await world.th.received("TransportAck")
    (event,) = (
        each for each in await world.th.store.list_events(document_id) if each.name == "AS3"
    )
    assert event.message_id == ack.message_id
    kept = await world.th.store.find_document(ack.document_id)
    assert kept is not None
    header, document = read_kept(kept.octets)
    assert header.conversation_id == sent.document.conversation_id
    assert isinstance(document, TransportAck)
    (acknowledged,) = document.acknowledged
    assert acknowledged.message_id == sent.outbound.message.message_id
    assert acknowledged.message_digest.text == sent.outbound.message.digest
    assert acknowledged.document_id == document_id
    assert acknowledged.document_digest is not None
    assert acknowledged.document_digest.text == sent.document.digest


def distrust(bundle: TrustBundle, sealer: ListedCertificate, how: str) -> TrustBundle:
    """What is believed after something became known while a document waited."""
    ours = bundle.lists["TH"]
    others = {
        party: tuple(each for each in listed if each.certificate.der != sealer.certificate.der)
        for party, listed in ours.parties.items()
    }
    match how:
        case "revoked from an earlier moment on":
            since = Distrust(since=ours.issued_at - DAY, reason="revoked")
            return bundle.with_statuses({sealer.certificate.thumbprint: since})
        case "status not known":
            return bundle.with_statuses({sealer.certificate.thumbprint: Unknown(reason="down")})
        case "taken off the list":
            lists = {**bundle.lists, "TH": replace(ours, parties=others)}
        case "list expired":
            lists = {**bundle.lists, "TH": replace(ours, expires_at=ours.issued_at)}
        case _:
            raise AssertionError(how)
    return replace(bundle, lists=lists)


@pytest.mark.parametrize("shortcut", [True, False])
@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("revoked from an earlier moment on", "certificate.revoked"),
        ("status not known", "certificate.status_unknown"),
        ("taken off the list", "party.unknown"),
        ("list expired", "trust.list_expired"),
    ],
)
async def test_what_is_distrusted_while_it_waits_is_handed_over_on_neither_way(
    world: World, how: str, code: str, shortcut: bool
) -> None:
    recent, sent = RecentDeliveries(limit=8), await send(world)
    await receiving(world, recent).judge(sent.outbound.message.octets, "VN")
    sealer = (await verify(world, sent)).sealed.signer
    trust = Believed(distrust(await world.trust.fetch(), sealer, how))
    hand = handing_over(world, Door(), recent if shortcut else None, trust)
    with pytest.raises(SwbError) as caught:
        await hand.prepare(waiting(sent))
    assert caught.value.code == code


def _document_of(sent: Sent) -> Document:
    return read_kept(sent.document.octets)[1]


async def test_a_refused_handing_over_goes_through_the_store_when_it_is_tried_again(
    world: World,
) -> None:
    recent, door, sent = RecentDeliveries(limit=8), Door(), await send(world)
    await receiving(world, recent).judge(sent.outbound.message.octets, "VN")
    assert recent.take(waiting(sent)) is not None
    assert recent.take(waiting(sent)) is None

    assert await delivering(world, door, recent).deliver_due() == 1

    assert list(door.given) == [sent.document.document_id]


async def test_a_repeated_message_is_not_remembered(world: World) -> None:
    recent, sent = RecentDeliveries(limit=8), await send(world)
    service = receiving(world, recent)
    await service.judge(sent.outbound.message.octets, "VN")
    assert recent.take(waiting(sent)) is not None
    await service.judge(sent.outbound.message.octets, "VN")
    assert recent.take(waiting(sent)) is None


@pytest.mark.parametrize("changed", ["octets", "message_id"])
async def test_gives_nothing_for_what_was_brought_otherwise(world: World, changed: str) -> None:
    recent, sent = RecentDeliveries(limit=8), await send(world)
    recent.remember(await verify(world, sent))
    other = {
        "octets": sent.document.octets + b" ",
        "message_id": "019ca3b5-0efa-7000-8000-000000000003",
    }[changed]
    assert recent.take(_replace(waiting(sent), changed, other)) is None


def _replace(delivery: NationalDelivery, name: str, value: object) -> NationalDelivery:
    members = {each: getattr(delivery, each) for each in NationalDelivery.__slots__}
    return NationalDelivery(**(members | {name: value}))


async def test_holds_no_more_than_its_limit_and_forgets_the_oldest(world: World) -> None:
    recent = RecentDeliveries(limit=2)
    sent = [await send(world) for _ in range(3)]
    for each in sent:
        recent.remember(await verify(world, each))
    assert [recent.take(waiting(each)) is not None for each in sent] == [False, True, True]
