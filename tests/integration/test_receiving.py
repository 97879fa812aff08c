"""What a gateway refuses, answers, buries, keeps waiting and recognises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.softkey import make_development_keys
from swb.clock import new_id
from swb.core.lifecycle import Fact
from swb.ports import ParkedFilter, ParkedKind
from swb_schemas.catalogue import Purpose
from swb_schemas.documents import TransportAck
from swb_schemas.documents.acknowledgements import Outcome
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import GATEWAY, PartyId
from tests.integration.opening import open_world
from tests.integration.rewrapping import rewrap
from tests.integration.world import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from swb.ports import MessageRecord
    from swb.services.sealing import Sent
    from tests.integration.world import World


# --- refused and answered ----------------------------------------------------------------------


async def expired(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    world.clock.turn(timedelta(days=31))
    return sent


async def from_tomorrow(world: World) -> Sent:
    ahead = Clock(world.clock.now() + timedelta(hours=1))
    return await world.seal(world.certificate(), sealer=world.sealer("TH", clock=ahead))


async def other_conversation(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, conversation_id=new_id())


async def other_type(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, message_type="CustomsResponse")


async def unknown_type(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, message_type="LetterOfCredit")


async def too_long_lived(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    return await rewrap(world, sent, expires_at=world.clock.now() + timedelta(days=91))


async def damaged_seal(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    octets = sent.document.octets.replace(b"EXAMPLE", b"EXAMPLF", 1)
    damaged = replace(sent, document=replace(sent.document, octets=octets))
    return await rewrap(world, damaged)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (expired, "message.expired"),
        (from_tomorrow, "message.not_yet_valid"),
        (other_conversation, "layers.disagree"),
        (other_type, "layers.disagree"),
        (unknown_type, "layers.disagree"),
        (too_long_lived, "message.lifetime"),
        (damaged_seal, "signature.content_digest"),
    ],
)
async def test_tells_a_verified_sender_why_a_message_is_refused(
    world: World, make: Callable[[World], Awaitable[Sent]], code: str
) -> None:
    sent = await make(world)
    await world.keep("TH", sent)

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == [code]
    assert (await world.th.facts(sent.outbound.message.document_id))[Fact.REFUSED] == code
    assert not list((world.vn.drop / "out").iterdir())
    assert await world.vn.facts(sent.document.document_id) == {}


# --- buried, never answered --------------------------------------------------------------------


async def garbage(_: World) -> bytes:
    return b"\x00\xff no message at all"


async def altered(world: World) -> bytes:
    sent = await world.seal(world.certificate())
    return sent.outbound.message.octets.replace(b"<Type>CertificateIssue", b"<Type>CustomsReceipt")


async def not_canonical(world: World) -> bytes:
    sent = await world.seal(world.certificate())
    return sent.outbound.message.octets + b"\n"


async def of_an_impostor(world: World) -> bytes:
    folder = world.folder / "impostor"
    foreign = make_development_keys(folder, ["TH"], Environment.TEST, world.clock.now())
    impostor = replace(world, keys=foreign)
    sent = await world.seal(world.certificate(), sealer=impostor.sealer("TH"))
    return sent.outbound.message.octets


async def of_an_unknown_party(world: World) -> bytes:
    sender = PartyId("TH", GATEWAY, "branch")
    return (await world.seal(world.certificate(), sender=sender)).outbound.message.octets


async def of_another_environment(world: World) -> bytes:
    sent = await world.seal(world.certificate(), environment=Environment.PRODUCTION)
    return sent.outbound.message.octets


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (garbage, "xml.malformed"),
        (altered, "signature.content_digest"),
        (not_canonical, "xml.not_canonical"),
        (of_an_impostor, "certificate.unlisted"),
        (of_an_unknown_party, "party.unknown"),
        (of_another_environment, "environment.wrong"),
    ],
)
async def test_buries_what_cannot_be_verified_and_answers_nobody(
    world: World, make: Callable[[World], Awaitable[bytes]], code: str
) -> None:
    await world.hand_to("VN", await make(world))

    assert await world.vn.buried() == [code]
    assert await world.vn.store.list_messages() == []
    assert (await world.vn.store.count()).outbound == 0


async def test_a_live_connection_takes_nothing_that_binds_nobody(tmp_path: Path) -> None:
    """Parallel exchanges are judged by production roots, and are never binding."""
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        sent = await world.seal(world.certificate(), environment=Environment.PARALLEL)
        await world.keep("TH", sent)

        await world.hand_to("VN", sent.outbound.message.octets)
        await world.carry()

        assert await world.vn.buried() == ["connection.environment"]
        assert not list((world.vn.drop / "out").iterdir())


async def test_a_gateway_of_parallel_exchanges_alone_takes_nothing_that_binds(
    tmp_path: Path,
) -> None:
    """Production roots judge both; what the gateway serves is asked of the connection."""
    async with open_world(tmp_path, environment=Environment.PARALLEL, state="PARALLEL") as world:
        binding = await world.seal(world.certificate(), environment=Environment.PRODUCTION)
        parallel = await world.seal(world.certificate(), environment=Environment.PARALLEL)
        for sent in (binding, parallel):
            await world.keep("TH", sent)
            await world.hand_to("VN", sent.outbound.message.octets)
        await world.carry()

        assert await world.vn.buried() == ["connection.environment"]
        assert Fact.AS3 in await world.th.facts(parallel.document.document_id)
        assert await world.vn.facts(binding.document.document_id) == {}


async def test_refuses_a_message_for_somebody_else(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    (message,) = await world.th.sent("CertificateIssue")

    await world.hand_to("TH", message.octets)

    assert await world.th.buried() == ["message.misaddressed"]
    assert set(await world.th.facts(document_id)) == {Fact.AS1}
    assert await world.th.sent("TransportAck") == [], "only a receiver may refuse for good"


# --- waiting for trust, store, keys ------------------------------------------------------------


async def test_the_same_message_again_takes_effect_once_and_is_acknowledged_again(
    world: World,
) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()
    counts = await world.vn.store.count()
    assert (counts.outbound, counts.deliveries) == (0, 0)

    await world.hand_to("VN", sent.outbound.message.octets)

    counts = await world.vn.store.count()
    assert counts.outbound == 2, "AS2 and AS3 are due again"
    assert counts.deliveries == 0
    await world.carry()
    assert len(await world.th.received("TransportAck")) == 2
    names = [event.name for event in await world.th.store.list_events(sent.document.document_id)]
    assert sorted(names) == ["AS2", "AS3"]


async def test_another_message_under_a_known_id_is_refused_and_reported(world: World) -> None:
    first = await world.seal(world.certificate())
    second = await world.seal(world.certificate())
    clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
    await world.keep("TH", clash)
    await world.hand_to("VN", first.outbound.message.octets)

    await world.hand_to("VN", clash.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["message.conflict"]
    assert await world.vn.facts(second.document.document_id) == {}
    assert (await world.th.facts(second.document.document_id))[Fact.REFUSED] == "message.conflict"


async def test_a_repeated_conflict_is_reported_again_by_the_same_message(world: World) -> None:
    first = await world.seal(world.certificate())
    second = await world.seal(world.certificate())
    clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
    await world.keep("TH", clash)
    await world.hand_to("VN", first.outbound.message.octets)
    for _ in range(3):
        await world.hand_to("VN", clash.outbound.message.octets)
        await world.carry()

    refusals = [
        message
        for message in await world.vn.sent("TransportAck")
        if b"message.conflict" in await carried_by(world, message)
    ]
    assert len(refusals) == 1


async def test_a_duplicate_that_comes_after_everything_expired_parks_nothing(
    world: World,
) -> None:
    """Any member has the messages of old in its archive, and may hand one in."""
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    (message,) = await world.vn.received("CertificateIssue")
    told = await world.th.facts(document_id)
    published = await world.vn.sent("TransportAck")
    world.clock.turn(timedelta(days=31))

    await world.hand_in("TH", message.octets)
    await world.hand_to("VN", message.octets)
    await world.carry()

    assert await world.vn.buried() == ["message.expired"]
    for store in (world.vn.store, world.router_store):
        assert await store.list_parked(ParkedFilter(kind=ParkedKind.OUTBOUND)) == []
    assert await world.vn.sent("TransportAck") == published
    assert await world.th.facts(document_id) == told


async def carried_by(world: World, message: MessageRecord) -> bytes:
    """The sealed document in a message of VN."""
    document = await world.vn.store.find_document(message.document_id)
    assert document is not None
    return document.octets


async def test_other_content_under_a_known_document_id_is_refused_and_reported(
    world: World,
) -> None:
    first = await world.seal(world.certificate())
    sealer = world.sealer("TH", new_ids=[first.document.document_id])
    second = await world.seal(world.certificate(), sealer=sealer)
    assert second.document.document_id == first.document.document_id
    await world.keep("TH", second)
    await world.hand_to("VN", first.outbound.message.octets)

    await world.hand_to("VN", second.outbound.message.octets)
    await world.carry()

    assert await world.vn.buried() == ["document.conflict"]
    facts = await world.th.facts(second.document.document_id)
    assert facts[Fact.REFUSED] == "document.conflict"


# --- acknowledgements and answers of the wrong people ------------------------------------------


async def test_the_signed_refusal_says_what_it_refuses(world: World) -> None:
    sent = await expired(world)
    await world.keep("TH", sent)
    await world.hand_to("VN", sent.outbound.message.octets)
    (ack,) = await world.vn.sent("TransportAck")

    opened = await world.open_delivery("TH", ack.octets)

    document = opened.sealed.document
    assert isinstance(document, TransportAck)
    (judged,) = document.acknowledged
    assert (judged.outcome, judged.code) == (Outcome.REFUSED, "message.expired")
    assert judged.message_id == sent.outbound.message.message_id
    assert judged.message_digest.text == sent.outbound.message.digest
    assert opened.message.header.correlation == sent.outbound.message.message_id
    assert str(opened.sealed.signer.purpose) == Purpose.RECEIPT_SEAL
