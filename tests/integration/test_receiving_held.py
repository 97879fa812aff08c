"""What a gateway does with a message that it cannot judge now: it holds it, and loses nothing."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.softkey import make_development_keys
from swb.core.lifecycle import Fact
from swb.services.receive import ReceiveService
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.verification import VerificationPolicy
from tests.integration.reissuing import reissue_list

if TYPE_CHECKING:
    from tests.integration.world import World


async def test_holds_what_it_cannot_judge_while_the_trust_bundle_is_missing(world: World) -> None:
    sent = await world.seal(world.certificate())
    aside = world.keys.bundle.with_suffix(".aside")
    world.keys.bundle.rename(aside)

    await world.hand_to("VN", sent.outbound.message.octets)

    (held,) = await world.vn.store.claim_held(
        world.clock.now() + timedelta(minutes=5), limit=9, lease_for=timedelta(0)
    )
    assert held.code == "trust.unreachable"
    assert await world.vn.buried() == []

    aside.rename(world.keys.bundle)
    world.clock.turn(timedelta(minutes=10))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)
    assert (await world.vn.store.count()).held == 0


@pytest.mark.parametrize("content", [b"", b"{}", b"no bundle"])
async def test_holds_what_it_cannot_judge_while_the_trust_bundle_is_damaged(
    world: World, content: bytes
) -> None:
    sent = await world.seal(world.certificate())
    whole = world.keys.bundle.read_bytes()
    world.keys.bundle.write_bytes(content)

    await world.hand_to("VN", sent.outbound.message.octets)
    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1

    world.keys.bundle.write_bytes(whole)
    world.clock.turn(timedelta(minutes=10))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)


async def test_never_gives_up_while_a_trust_list_has_expired(world: World) -> None:
    """Undetermined says nothing about the message, however long it lasts."""
    now = world.clock.now()
    reissue_list(world.keys, "TH", number=2, expires_at=now + timedelta(days=2))
    sent = await world.seal(world.certificate())
    await world.keep("TH", sent)
    world.clock.turn(timedelta(days=3))
    await world.hand_to("VN", sent.outbound.message.octets)
    for _ in range(12):
        world.clock.turn(timedelta(minutes=2))
        assert await world.vn.inbox.judge_held() == 1

    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1

    reissue_list(world.keys, "TH", number=3, expires_at=now + timedelta(days=200))
    world.clock.turn(timedelta(minutes=2))
    await world.carry()
    assert await world.vn.facts(sent.document.document_id)
    assert set(await world.th.facts(sent.document.document_id)) == {Fact.AS2, Fact.AS3}


async def test_holds_everything_while_the_bundle_is_one_of_another_environment(
    world: World,
) -> None:
    """Whoever gave a gateway the wrong bundle refuses nobody by that."""
    sent = await world.seal(world.certificate())
    others = make_development_keys(
        world.folder / "production", ["TH", "VN"], Environment.PRODUCTION, world.clock.now()
    )
    shutil.copyfile(others.bundle, world.keys.bundle)

    await world.hand_to("VN", sent.outbound.message.octets)

    assert await world.vn.buried() == []
    assert (await world.vn.store.count()).held == 1


async def test_a_trust_list_that_goes_back_to_an_older_one_judges_nothing(world: World) -> None:
    now = world.clock.now()
    reissue_list(world.keys, "TH", number=5, expires_at=now + timedelta(days=2))
    await world.trust.fetch()
    reissue_list(world.keys, "TH", number=4, expires_at=now + timedelta(days=200))

    sent = await world.seal(world.certificate())
    await world.hand_to("VN", sent.outbound.message.octets)

    later = now + timedelta(minutes=5)
    (held,) = await world.vn.store.claim_held(later, limit=9, lease_for=timedelta(0))
    assert held.code == "trust.unusable"
    assert await world.vn.buried() == []


async def test_gives_a_message_back_to_the_line_while_the_store_is_down(world: World) -> None:
    sent = await world.seal(world.certificate())
    await world.vn.store.close()
    await world.router_lines["VN"].publish(
        sent.outbound.message.octets, message_id="1", message_type="", environment="test"
    )
    await asyncio.sleep(0.3)
    assert world.count_queued() == 1

    await world.vn.store.open()
    await world.drained()
    assert await world.vn.facts(sent.document.document_id)
    assert (await world.vn.store.count()).held == 0


async def test_holds_a_good_message_while_the_key_to_acknowledge_it_is_missing(
    world: World,
) -> None:
    sent = await world.seal(world.certificate())
    sealer = world.sealer("VN", without=Purpose.RECEIPT_SEAL)
    receiving = ReceiveService(
        state="VN",
        environment=Environment.TEST,
        connections=world.connections,
        store=world.vn.store,
        sealer=sealer,
        trust=world.trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        decryption_keys={},
    )
    with pytest.raises(UnavailableError) as failure:
        await receiving.judge(sent.outbound.message.octets, "VN")
    assert failure.value.code == "signer.missing"
    assert failure.value.actor == "operator"


# --- once more, and conflicts ------------------------------------------------------------------
