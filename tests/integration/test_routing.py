"""What the region's router passes on, and what it denies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import Fact
from swb.core.receipts import judge_relay, receipt_relay
from swb.services.sealing import Sent, route_to_gateway
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import CUSTOMS, GATEWAY, REGION, ROUTER, PartyId
from tests.integration.opening import open_world, write_connections
from tests.integration.rewrapping import rewrap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.integration.world import World


@pytest.fixture
async def one_way(tmp_path: Path) -> AsyncIterator[World]:
    """TH may send to VN, VN not to TH; MY is listed and has no line."""
    async with open_world(tmp_path, pairs=[("TH", "VN")], extra_states=["MY"]) as world:
        yield world


async def dead_letters(world: World) -> list[str]:
    """Codes of the router's dead letters."""
    return [each.code for each in await world.router_store.list_buried()]


async def test_passes_a_message_on_byte_for_byte_and_says_so(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    await world.carry()

    (sent,) = await world.th.sent("CertificateIssue")
    (received,) = await world.vn.received("CertificateIssue")
    logged = await world.router_store.find_message(sent.message_id)
    assert logged is not None
    assert sent.octets == received.octets == logged.octets
    assert Fact.RELAYED in await world.th.facts(document_id)
    (receipt,) = await world.th.received("RelayReceipt")
    opened = await world.open_delivery("TH", receipt.octets)
    assert opened.sealed.header.issuing_party == str(PartyId(REGION, ROUTER))


async def test_receipts_nothing_that_is_an_acknowledgement_itself(world: World) -> None:
    await world.th.issue(world.certificate())
    await world.carry()

    assert len(await world.vn.sent("TransportAck")) == 2
    assert await world.vn.received("RelayReceipt") == []


# --- denied, and told --------------------------------------------------------------------------


async def unconnected(world: World) -> Sent:
    certificate = world.certificate("VN", "TH")
    sealer = world.sealer("VN")
    return await world.seal(
        certificate,
        sealer=sealer,
        issuing_party=PartyId("VN", "issuing"),
        receiving_party=PartyId("TH", CUSTOMS),
        sender=PartyId("VN", GATEWAY),
        receiver=PartyId("TH", GATEWAY),
        line="VN",
    )


async def to_a_state_without_line(world: World) -> Sent:
    certificate = world.certificate()
    declared = certificate.exporter_declaration.model_copy(update={"importing_country": "MY"})
    return await world.seal(
        certificate.model_copy(update={"exporter_declaration": declared}),
        receiving_party=PartyId("MY", CUSTOMS),
        receiver=PartyId("MY", GATEWAY),
    )


async def to_itself(world: World) -> Sent:
    return await rewrap(
        world, await world.seal(world.certificate()), receiver=str(world.th.gateway)
    )


async def expired(world: World) -> Sent:
    sent = await world.seal(world.certificate())
    world.clock.turn(timedelta(days=31))
    return sent


async def unknown_type(world: World) -> Sent:
    return await rewrap(world, await world.seal(world.certificate()), message_type="LetterOfCredit")


async def to_a_router(world: World) -> Sent:
    receiver = PartyId("VN", ROUTER)
    return await world.seal(world.certificate(), receiver=receiver)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (unconnected, "connection.none"),
        (to_a_state_without_line, "connection.none"),
        (to_itself, "connection.none"),
        (expired, "message.expired"),
        (unknown_type, "catalogue.unknown_type"),
        (to_a_router, "routing.role"),
    ],
)
async def test_denies_and_tells_the_sender_why(
    one_way: World, make: Callable[[World], Awaitable[Sent]], code: str
) -> None:
    world = one_way
    sent = await make(world)
    state = sent.outbound.line
    await world.keep(state, sent)

    await world.hand_in(state, sent.outbound.message.octets)
    await world.carry()

    assert await dead_letters(world) == [code]
    facts = await world.members[state].facts(sent.outbound.message.document_id)
    assert facts == {Fact.REFUSED: code}
    other = "VN" if state == "TH" else "TH"
    assert await world.members[other].store.list_messages() == []


async def test_passes_nothing_parallel_on_where_the_connection_is_live(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, environment=Environment.PRODUCTION) as world:
        sent = await world.seal(world.certificate(), environment=Environment.PARALLEL)
        await world.hand_in("TH", sent.outbound.message.octets)
        assert await dead_letters(world) == ["connection.environment"]


async def test_another_message_under_a_known_id_is_refused_and_reported(world: World) -> None:
    first = await world.seal(world.certificate())
    second = await world.seal(world.certificate())
    clash = await rewrap(world, second, message_id=first.outbound.message.message_id)
    await world.keep("TH", clash)
    await world.hand_in("TH", first.outbound.message.octets)

    await world.hand_in("TH", clash.outbound.message.octets)
    await world.carry()

    assert await dead_letters(world) == ["message.conflict"]
    facts = await world.th.facts(second.document.document_id)
    assert facts[Fact.REFUSED] == "message.conflict"
    assert await world.vn.facts(first.document.document_id)
    assert await world.vn.facts(second.document.document_id) == {}


# --- denied in silence -------------------------------------------------------------------------


async def test_answers_nobody_whom_it_cannot_verify(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.hand_in("TH", sent.outbound.message.octets.replace(b"TH:gateway", b"VN:gateway"))

    assert await dead_letters(world) == ["signature.content_digest"]
    assert (await world.router_store.count()).outbound == 0


async def test_does_not_receipt_acknowledgements_that_it_denies(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.hand_to("VN", sent.outbound.message.octets)
    write_connections(world.folder / "connections.toml", [("VN", "KH")])
    (ack,) = await world.vn.sent("TransportAck")

    await world.hand_in("VN", ack.octets)

    assert await dead_letters(world) == ["connection.none"]
    assert (await world.router_store.count()).outbound == 0


async def test_lets_nobody_speak_in_the_routers_name(world: World) -> None:
    sent = await world.seal(world.certificate())
    message = sent.outbound.message
    receipt = receipt_relay(
        judge_relay(
            message_id=message.message_id, message_digest=message.digest, at=world.clock.now()
        )
    )
    route = replace(
        route_to_gateway(
            PartyId(REGION, ROUTER),
            world.vn.gateway,
            environment=Environment.TEST,
            conversation_id=sent.document.conversation_id,
            correlation=message.message_id,
        ),
        sender=world.th.gateway,
    )
    forged = await world.sealer("TH").seal(receipt, route)
    await world.hand_in("TH", forged.outbound.message.octets)

    assert await dead_letters(world) == ["routing.not_routed"]
    assert (await world.router_store.count()).outbound == 0


async def test_what_comes_by_a_foreign_line_is_buried_and_harms_nobody(world: World) -> None:
    """Whoever copies a message to another line can neither have it refused nor hold it up."""
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)

    await world.hand_in("VN", sent.outbound.message.octets)
    assert await dead_letters(world) == ["routing.foreign_line"]
    await world.hand_in("TH", sent.outbound.message.octets)
    await world.carry()

    facts = await world.th.facts(sent.document.document_id)
    assert set(facts) == {Fact.RELAYED, Fact.AS2, Fact.AS3}
    assert await world.vn.facts(sent.document.document_id)


# --- once more ---------------------------------------------------------------------------------


async def test_the_same_message_again_is_relayed_once_and_receipted_again(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    (message,) = await world.th.sent("CertificateIssue")

    await world.hand_in("TH", message.octets)

    counts = await world.router_store.count()
    assert counts.outbound == 1, "the receipt, and not the message"
    await world.carry()
    assert len(await world.vn.received("CertificateIssue")) == 1
    assert Fact.REFUSED not in await world.th.facts(document_id)


async def test_a_relayed_message_that_comes_again_after_its_time_stays_relayed(
    world: World,
) -> None:
    document_id = await world.th.issue(world.certificate())
    await world.carry()
    (message,) = await world.th.sent("CertificateIssue")
    world.clock.turn(timedelta(days=31))

    await world.hand_in("TH", message.octets)
    await world.carry()

    assert await dead_letters(world) == ["message.expired"]
    assert Fact.REFUSED not in await world.th.facts(document_id)
