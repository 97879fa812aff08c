"""The router takes cosignatures of what it has signed, and nothing else for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.clock import new_id
from swb.core.receipts import acknowledge, judge_message
from swb.services.cosignatures import LogDesk
from swb.services.sealing import Route, route_to_gateway
from swb_schemas.documents import LogCosignature
from swb_schemas.documents.acknowledgements import Hop
from swb_schemas.documents.elements import Digest, Environment
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId
from tests.integration.region_log import sequencing_of
from tests.integration.sequencer import DELAY
from tests.ledgers import ORIGIN

if TYPE_CHECKING:
    import pytest

    from tests.integration.world import World


async def cosignature_message(
    world: World, *, size: int, root: bytes, log: str = ORIGIN, text: str = "", state: str = "TH"
) -> bytes:
    """Seal a cosignature by hand."""
    router, own = PartyId(REGION, ROUTER), PartyId(state, GATEWAY)
    document = LogCosignature(
        log=log, tree_size=size, root_hash=Digest.of_sha256(root), cosignature=text or "AAAAAAAA"
    )
    route = Route(
        issuing_party=own,
        receiving_party=router,
        sender=own,
        receiver=router,
        line=state,
        environment=Environment.TEST,
    )
    return (await world.sealer(state).seal(document, route)).outbound.message.octets


async def other_message(world: World) -> bytes:
    """Seal what goes between gateways, in a message for the router itself."""
    judged = judge_message(
        hop=Hop.AS2,
        message_id=new_id(),
        message_digest=f"sha-256:{'0' * 64}",
        document=(new_id(), f"sha-256:{'0' * 64}"),
        at=world.clock.now(),
    )
    route = route_to_gateway(
        world.th.gateway,
        PartyId(REGION, GATEWAY),
        environment=Environment.TEST,
        conversation_id=new_id(),
        correlation=judged.message_id,
    )
    route = replace(route, receiver=PartyId(REGION, ROUTER))
    return (await world.sealer("TH").seal(acknowledge(judged), route)).outbound.message.octets


async def test_the_router_takes_nothing_but_cosignatures_of_what_it_has_signed(
    world: World,
) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    await sequencing_of(world, world.folder / "log").sequence_due()
    state = await world.ledger.load()
    root, size = state.checkpoint.root, state.checkpoint.size
    certificate = await world.seal(world.certificate(), receiver=PartyId(REGION, ROUTER))
    messages = {
        "layers.disagree": [certificate.outbound.message.octets],
        "party.wrong_role": [await other_message(world)],
        "ledger.foreign_checkpoint": [
            await cosignature_message(world, size=size, root=bytes(32)),
            await cosignature_message(world, size=size + 1, root=root),
            await cosignature_message(world, size=size, root=root, log="log.example/other"),
        ],
        "ledger.cosigner": [await cosignature_message(world, size=size, root=root)],
        "ledger.note": [await cosignature_message(world, size=size, root=root, text="!")],
    }
    for raws in messages.values():
        for raw in raws:
            await world.hand_in("TH", raw)
    buried = [each.code for each in reversed(await world.router_store.list_buried())]
    assert buried == [code for code, raws in messages.items() for _ in raws]
    kept = await world.ledger.find_checkpoint(size)
    assert kept is not None
    assert kept.witnesses == ()
    assert len(await world.router_store.list_messages()) == size, "and logs nothing of it"


async def test_a_router_without_the_log_holds_a_cosignature_for_one_that_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.th.issue(world.certificate())
    await world.carry()
    await sequencing_of(world, world.folder / "log").sequence_due()
    state = await world.ledger.load()
    size, root = state.checkpoint.size, state.checkpoint.root
    raw = await cosignature_message(world, size=size, root=root)
    promising = LogDesk(origin=ORIGIN, ledger=None, merge_delay=DELAY)
    with monkeypatch.context() as patch:
        patch.setattr(world.routing, "_desk", promising)
        await world.hand_in("TH", raw)
    assert promising.promise(world.clock.now()).log == ORIGIN
    assert (await world.router_store.count()).held == 1
    assert await world.router_store.list_buried() == []
    world.clock.turn(timedelta(minutes=1))
    await world.router_inboxes["VN"].judge_held()
    assert (await world.router_store.count()).held == 0
    (judged,) = await world.router_store.list_buried()
    assert judged.code == "ledger.cosigner", "the other router judged it: nobody signed that"


async def test_the_router_takes_a_witnesss_word_by_its_own_line_only(world: World) -> None:
    raw = await cosignature_message(world, size=1, root=bytes(32))
    await world.hand_in("VN", raw)
    (buried,) = await world.router_store.list_buried()
    assert buried.code == "routing.foreign_line"


async def test_the_router_takes_nothing_for_itself_but_cosignatures(world: World) -> None:
    router = PartyId(REGION, ROUTER)
    sent = await world.seal(world.certificate(), receiver=router)
    await world.hand_in("TH", sent.outbound.message.octets)
    (buried,) = await world.router_store.list_buried()
    assert buried.code != "ledger.cosigner"
    assert await world.router_store.list_messages() == []
