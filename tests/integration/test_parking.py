"""What a person does with what waits: it leaves, is delivered or judged as it would have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.lifecycle import Fact, judge_status
from swb.ports import Event, ParkedFilter, ParkedKind
from swb.services.parking import ParkingService
from swb_schemas.errors import RefusedError
from swb_schemas.parties import GATEWAY, PartyId
from tests.integration.opening import open_world, write_connections
from tests.integration.test_receiving_answers import acknowledge_by

if TYPE_CHECKING:
    from pathlib import Path

    from swb.ports import Parked
    from swb.services.parking import Treated
    from tests.integration.world import Member, World

BOTH_WAYS = (("TH", "VN"), ("VN", "TH"))


def parking(world: World, member: Member) -> ParkingService:
    return ParkingService(store=member.store, clock=world.clock)


async def only(service: ParkingService, **wanted: object) -> Parked:
    (found,) = await service.list_parked(ParkedFilter(**wanted), limit=9)  # type: ignore[arg-type]  # fields by name
    return found


def refusals(treated: Treated) -> list[str]:
    assert not treated.done
    return [error.code for _, error in treated.left]


async def park_message(world: World, *, code: str = "transport.unroutable") -> str:
    """Have TH seal a certificate whose message nobody tries any more; returns its document id."""
    document_id = await world.th.issue(world.certificate())
    (message,) = await world.th.sent("CertificateIssue")
    await world.th.store.park_outbound(message.message_id, code=code, at=world.clock.now())
    return document_id


async def test_a_replayed_message_arrives_under_its_id(world: World) -> None:
    document_id = await park_message(world)
    service = parking(world, world.th)
    parked = await only(service)
    await world.carry()
    assert await world.vn.received("CertificateIssue") == []

    treated = await service.replay([parked])
    await world.carry()

    assert [each.item_id for each in treated.done] == [parked.item_id]
    (arrived,) = await world.vn.received("CertificateIssue")
    assert arrived.message_id == parked.item_id
    assert Fact.AS3 in await world.th.facts(document_id)
    assert refusals(await service.replay([parked])) == ["parked.unknown"], "it waits no more"


async def test_an_expired_message_is_not_replayed_as_it_is(world: World) -> None:
    await world.th.issue(world.certificate())
    world.clock.turn(timedelta(days=31))
    await world.carry()
    service = parking(world, world.th)
    parked = await only(service, code="message.expired")
    assert refusals(await service.replay([parked])) == ["parked.expired"]
    details = await service.show(parked.item_id)
    assert details.hindrance is not None
    assert details.status is Fact.AS1


async def test_what_is_discarded_says_so_in_its_documents_status(world: World) -> None:
    document_id = await park_message(world)
    service = parking(world, world.th)
    parked = await only(service)
    await service.discard([parked], reason="sent on paper")
    await world.carry()

    assert await world.vn.received("CertificateIssue") == []
    details = await service.show(parked.item_id)
    assert details.status is Fact.DISCARDED
    assert details.parked.discarded_at == world.clock.now()
    (told,) = [each for each in details.events if each.name == Fact.DISCARDED]
    assert (told.detail, told.message_id) == ("sent on paper", parked.item_id)
    assert (await world.th.facts(document_id))[Fact.DISCARDED] == "transport.unroutable"
    for again in (service.replay([details.parked]), service.discard([details.parked], reason="")):
        assert refusals(await again) == ["parked.discarded"]


async def test_a_quarantined_delivery_goes_out_after_the_statement_is_lifted(world: World) -> None:
    document_id = await world.th.issue(world.certificate())
    await world.th.dispatching.dispatch_due()
    await world.drained()
    await world.router_dispatching.dispatch_due()
    await world.drained()
    store, at = world.vn.store, world.clock.now()
    await store.park_delivery(document_id, code="certificate.compromised", at=at)
    stated = Event(document_id=document_id, name=Fact.QUARANTINED, at=at, revision=1)
    await store.record_events([stated])
    service = parking(world, world.vn)
    parked = await only(service, kind=ParkedKind.DELIVERY)

    assert refusals(await service.replay([parked])) == ["parked.quarantined"]
    lifted = Event(document_id=document_id, name=Fact.RELEASED, at=at, revision=1)
    await store.record_events([lifted])
    await service.replay([parked])
    await world.carry()

    assert Fact.AS3 in await world.th.facts(document_id)
    assert len(list((world.vn.drop / "out").glob(f"{document_id}.*"))) == 1


async def test_a_dead_letter_that_was_answered_is_its_senders_to_mend(world: World) -> None:
    sent = await world.seal(world.certificate())
    world.clock.turn(timedelta(days=31))
    await world.hand_to("VN", sent.outbound.message.octets)
    service = parking(world, world.vn)
    letter = await only(service, kind=ParkedKind.DEAD_LETTER)
    assert letter.code == "message.expired"
    assert refusals(await service.replay([letter])) == ["parked.answered"]
    await service.discard([letter], reason="told by telephone")
    assert await service.list_parked(ParkedFilter(), limit=9) == []


async def test_acknowledgements_of_a_message_that_was_lost_count_once_it_is_back(
    world: World,
) -> None:
    """Nobody is told that they were refused, so nobody would ever send them again."""
    sent = await world.seal(world.certificate())
    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()
    service = parking(world, world.th)
    letters = await service.list_parked(ParkedFilter(kind=ParkedKind.DEAD_LETTER), limit=9)
    assert [each.code for each in letters] == ["receive.unknown_message"] * 2
    await world.keep("TH", sent)
    assert (await service.replay(letters)).left == []
    await world.carry()
    assert {Fact.AS2, Fact.AS3} <= set(await world.th.facts(sent.document.document_id))
    assert await service.list_parked(ParkedFilter(), limit=9) == []


async def test_what_a_router_keeps_for_its_log_is_not_replayed(tmp_path: Path) -> None:
    async with open_world(tmp_path, extra_states=["MY"]) as world:
        sent = await world.seal(world.certificate())
        message = replace(sent.outbound.message, sender=str(PartyId("MY", GATEWAY)))
        theirs = replace(sent, outbound=replace(sent.outbound, message=message))
        await world.hand_in("TH", await acknowledge_by(world, "TH", theirs))
        service = ParkingService(store=world.router_store, clock=world.clock)
        letter = await only(service, kind=ParkedKind.DEAD_LETTER)
        assert letter.code == "connection.none"
        assert (await world.router_store.count()).outbound == 0
        assert refusals(await service.replay([letter])) == ["parked.untold"]


async def test_a_dead_letter_that_was_not_answered_is_judged_again(world: World) -> None:
    await world.hand_to("VN", b"this is no message")
    service = parking(world, world.vn)
    letter = await only(service, kind=ParkedKind.DEAD_LETTER)
    await service.replay([letter])
    assert await service.list_parked(ParkedFilter(kind=ParkedKind.DEAD_LETTER), limit=9) == []
    await world.carry()
    again = await only(service, kind=ParkedKind.DEAD_LETTER)
    assert again.item_id == letter.item_id
    assert (await world.vn.store.count()).held == 0


async def test_what_is_held_is_judged_now_and_is_nobodys_to_give_up(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    write_connections(world.folder / "connections.toml", BOTH_WAYS, state="SUSPENDED")
    await world.hand_to("VN", sent.outbound.message.octets)
    service = parking(world, world.vn)
    held = await only(service, kind=ParkedKind.HELD)
    assert held.code == "connection.suspended"
    assert refusals(await service.discard([held], reason="x")) == ["parked.held"]

    write_connections(world.folder / "connections.toml", BOTH_WAYS)
    assert await world.vn.inbox.judge_held() == 0, "not before its time"
    await service.replay([held])
    await world.carry()
    assert Fact.AS3 in await world.th.facts(sent.document.document_id)


async def test_a_message_that_was_held_longer_than_it_lives_came_in_time(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    write_connections(world.folder / "connections.toml", BOTH_WAYS, state="SUSPENDED")
    await world.hand_to("VN", sent.outbound.message.octets)
    world.clock.turn(timedelta(days=40))
    assert sent.outbound.message.expires_at < world.clock.now()
    assert await world.vn.inbox.judge_held() == 1, "and held again"

    write_connections(world.folder / "connections.toml", BOTH_WAYS)
    world.clock.turn(timedelta(minutes=2))
    await world.carry()

    assert await world.vn.buried() == []
    facts = await world.vn.facts(sent.document.document_id)
    assert Fact.AS3 in facts
    assert judge_status((fact, 0) for fact in facts) is Fact.AS3


async def test_nothing_waits_under_an_unknown_id(world: World) -> None:
    for item_id in ("", "sha-256:00", "01a20351-bae3-7ded-8813-cf94bebccede"):
        with pytest.raises(RefusedError) as refused:
            await parking(world, world.th).find(item_id)
        assert refused.value.code == "parked.unknown"
