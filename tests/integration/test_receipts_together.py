"""Receipts for several messages at a time say the same as receipts for each."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import Fact
from swb.core.receipts import acknowledge, judge_message
from swb.services.sealing import route_to_gateway
from swb_schemas.documents import RelayReceipt, TransportAck
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Environment
from swb_schemas.evidence import verify_container
from tests.integration.evidencing import open_desk
from tests.integration.test_evidence import contents_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.integration.world import World

TOGETHER = 5
ALL = {Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3}


async def travel(world: World) -> list[str]:
    """Have certificates travel at the same time; returns documents' ids."""
    ids = [await world.th.issue(world.certificate()) for _ in range(TOGETHER)]
    await world.carry()
    return ids


async def learnt(world: World, document_id: str) -> list[list[tuple[str, str, int]]]:
    """What both sides know of a document, but for moments and messages."""
    return [
        sorted(
            (each.name, each.code, each.revision)
            for each in await member.store.list_events(document_id)
        )
        for member in (world.th, world.vn)
    ]


async def said(world: World, kind: type[TransportAck | RelayReceipt]) -> Sequence[int]:
    """Of how many messages each receipt speaks that came to TH."""
    counts = []
    for message in await world.th.received(kind.__name__):
        delivery = await world.open_delivery("TH", message.octets)
        document = delivery.sealed.document
        if isinstance(document, TransportAck):
            counts.append(len(document.acknowledged))
        elif isinstance(document, RelayReceipt):
            counts.append(len(document.relayed))
    return counts


async def test_what_comes_together_is_receipted_by_few_messages_and_known_as_well(
    world: World,
) -> None:
    ids = await travel(world)
    assert sum(await said(world, TransportAck)) == 2 * TOGETHER
    assert sum(await said(world, RelayReceipt)) == TOGETHER
    assert len(await said(world, TransportAck)) < 2 * TOGETHER
    assert len(await said(world, RelayReceipt)) < TOGETHER
    for document_id in ids:
        assert set(await world.th.facts(document_id)) == ALL
        by_sender = await world.th.store.list_events(document_id)
        by_receiver = await world.vn.store.list_events(document_id)
        for hop in (Fact.AS2, Fact.AS3):
            (here,) = (each for each in by_sender if each.name == hop)
            (there,) = (each for each in by_receiver if each.name == hop)
            assert (here.at, here.message_id) == (there.at, there.message_id)


async def test_both_sides_know_the_same_as_where_each_is_receipted_alone(world: World) -> None:
    alone = await world.th.issue(world.certificate())
    await world.carry()
    assert set(await said(world, TransportAck)) == set(await said(world, RelayReceipt)) == {1}
    expected = await learnt(world, alone)
    assert all(expected)
    for document_id in await travel(world):
        assert await learnt(world, document_id) == expected
    assert max(await said(world, TransportAck)) > 1


async def test_evidence_of_one_certificate_holds_the_receipts_that_it_shares(world: World) -> None:
    ids = await travel(world)
    async with open_desk(world, "TH") as desk:
        await desk.stamping().stamp_due()
        for document_id in ids[:2]:
            octets = await desk.export(document_id)
            at = world.clock.now() + timedelta(seconds=1)
            verdict = verify_container(octets, trust=world.keys.bundle.read_bytes(), at=at)
            assert verdict.error is None
            assert not [each for each in verdict.missing if "AS2" in each or "relay" in each]
            types = Counter(each.type for each in contents_of(octets).items)
            assert types["RelayReceipt"] == types["TransportAck"] / 2 == 2, "document and message"


async def test_a_message_that_comes_again_is_acknowledged_again_by_itself(world: World) -> None:
    receipts = {
        document_id: [
            each.message_id
            for each in await world.vn.store.list_events(document_id)
            if each.name in {Fact.AS2, Fact.AS3}
        ]
        for document_id in await travel(world)
    }
    shared = Counter(message_id for both in receipts.values() for message_id in both)
    (among_others, *_) = (
        each for each, both in receipts.items() if all(shared[name] > 1 for name in both)
    )
    message = await world.th.store.find_carrier(among_others)
    assert message is not None
    before = await said(world, TransportAck)
    await world.hand_to("VN", message.octets)
    await world.carry()
    (again,) = list(await said(world, TransportAck))[len(before) :]
    assert again == 2, "that the gateway has it, and that the national system has it"
    before = await said(world, TransportAck)
    await world.hand_to("VN", message.octets)
    await world.carry()
    assert len(await said(world, TransportAck)) == len(before), "the same message once more"


async def test_a_message_that_comes_among_others_for_the_second_time_spoils_none(
    world: World,
) -> None:
    ids = [await world.th.issue(world.certificate()) for _ in range(3)]
    message = await world.th.store.find_carrier(ids[0])
    assert message is not None
    await world.hand_in("TH", message.octets)
    await world.carry()
    for document_id in ids:
        assert set(await world.th.facts(document_id)) == ALL
    assert len(list((world.vn.drop / "out").glob("*.xml"))) + len(
        list((world.vn.drop / "out").glob("*.json"))
    ) >= len(ids)


async def test_one_that_is_known_keeps_none_of_those_out_that_are_committed_with_it(
    world: World,
) -> None:
    ids = [await world.th.issue(world.certificate()) for _ in range(3)]
    carriers = [await world.th.store.find_carrier(each) for each in ids]
    messages = {each.message_id: each.octets for each in carriers if each is not None}
    first = next(iter(messages.values()))
    for judge, store, line in (
        (world.routing.judge, world.router_store, "TH"),
        (world.vn.receiving.judge, world.vn.store, "VN"),
    ):
        await judge(first, line)
        async with asyncio.timeout(20):
            await asyncio.gather(*(judge(each, line) for each in reversed(messages.values())))
        assert all([await store.find_message(each) for each in messages])
    await world.carry()
    for document_id in ids:
        assert set(await world.th.facts(document_id)) == ALL


@pytest.mark.parametrize("false_first", [False, True])
async def test_a_false_word_in_a_receipt_spoils_no_true_one(
    world: World, *, false_first: bool
) -> None:
    issued = [await world.th.issue(world.certificate()) for _ in range(2)]
    records = [await world.th.store.find_carrier(each) for each in issued]
    true, other = (
        judge_message(
            hop=Hop.AS2,
            message_id=record.message_id,
            message_digest=record.digest,
            document=None,
            at=world.clock.now(),
        )
        for record in records
        if record is not None
    )
    false = other.model_copy(update={"message_digest": true.message_digest})
    entries = (false, true) if false_first else (true, false)
    sealed = await world.sealer("VN").seal(
        acknowledge(*entries),
        route_to_gateway(world.vn.gateway, world.th.gateway, environment=Environment.TEST),
    )
    await world.hand_to("TH", sealed.outbound.message.octets)
    assert Fact.AS2 in await world.th.facts(issued[0])
    assert Fact.AS2 not in await world.th.facts(issued[1])
    assert await world.th.buried() == []
