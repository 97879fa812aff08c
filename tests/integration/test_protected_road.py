"""The same road with bodies that only the receiving gateway opens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileTrustSource
from swb.backends.softkey import make_development_keys
from swb.config import FileKeyConfig
from swb.core.lifecycle import Fact
from swb.keyring import open_keys
from swb.services.receive import ReceiveService
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UndeterminedError
from swb_schemas.wire.encryption import EncryptedBody
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.key_agreement import read_ephemeral_key
from swb_schemas.wire.verification import VerificationPolicy, verify_message
from tests.integration.lookups import count_calls
from tests.integration.opening import open_world
from tests.integration.world import load_agreements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from swb.ports import KeyAgreement
    from tests.integration.world import World


@pytest.fixture
async def protected(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path, protect=True) as world:
        yield world


def receiving(world: World, keys: Mapping[str, KeyAgreement]) -> ReceiveService:
    """VN's judgement with other keys at hand."""
    return ReceiveService(
        state="VN",
        environment=Environment.TEST,
        connections=world.connections,
        store=world.vn.store,
        sealer=world.vn.sealer,
        trust=world.trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        decryption_keys=keys,
    )


async def test_a_protected_certificate_goes_the_whole_road(protected: World) -> None:
    world = protected
    certificate = world.certificate()
    document_id = await world.th.issue(certificate)
    await world.carry()
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    facts = await world.th.facts(document_id)
    assert {Fact.RELAYED, Fact.AS2, Fact.AS3, Fact.RES_REC} <= set(facts)
    kept = await world.vn.store.find_document(document_id)
    sealed = await world.th.store.find_document(document_id)
    assert kept is not None
    assert sealed is not None
    assert kept.octets == sealed.octets


async def test_nobody_on_the_way_can_read_it(protected: World) -> None:
    world = protected
    certificate = world.certificate()
    await world.th.issue(certificate)
    await world.carry()
    for answer in world.answers(certificate):
        await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.carry()

    told = certificate.exporter.name.encode()
    logged = await world.router_store.list_messages()
    bundle = await world.trust.fetch()
    for message in logged:
        assert told not in message.octets
        opened = verify_message(message.octets, trust=bundle, at=world.clock.now(), receiver=None)
        national = message.message_type in {
            "CertificateIssue",
            "CustomsReceipt",
            "CustomsResponse",
        }
        assert isinstance(opened.body, EncryptedBody) is national
    assert await world.router_store.find_certificate(str(certificate.key)) is None


async def test_what_a_body_says_of_itself_is_read_once(protected: World) -> None:
    world = protected
    sent = await world.seal(world.certificate(), protect=True)
    with count_calls(parse_json, read_ephemeral_key) as called:
        await world.vn.receiving.judge(sent.outbound.message.octets, "VN")
    assert called == {"parse_json": 1, "read_ephemeral_key": 1}


async def test_waits_for_a_key_that_is_listed_and_not_at_hand(protected: World) -> None:
    world = protected
    sent = await world.seal(world.certificate(), protect=True)
    raw = sent.outbound.message.octets

    with pytest.raises(UndeterminedError) as failure:
        await receiving(world, {}).judge(raw, "VN")

    assert failure.value.code == "encryption.key_missing"
    assert await world.vn.store.list_messages() == []
    await receiving(world, load_agreements(world.keys, "VN")).judge(raw, "VN")
    assert Fact.AS2 in await world.vn.facts(sent.document.document_id)


async def test_refuses_a_body_for_a_key_that_is_not_its_own(protected: World) -> None:
    world = protected
    others = make_development_keys(
        world.folder / "others", ["VN"], Environment.TEST, world.clock.now()
    )
    sealer = world.sealer("TH")
    sealer._trust = FileTrustSource(  # noqa: SLF001 - a sender misled about keys
        others.bundle, environment=Environment.TEST
    )
    sent = await world.seal(world.certificate(), sealer=sealer, protect=True)
    await world.keep("TH", sent)

    await world.hand_to("VN", sent.outbound.message.octets)
    await world.carry()

    facts = await world.th.facts(sent.document.document_id)
    assert facts[Fact.REFUSED] == "encryption.not_for_receiver"
    assert await world.vn.buried() == ["encryption.not_for_receiver"]


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "thrown away"])
async def test_opens_what_was_protected_for_a_retired_key_that_is_kept(
    protected: World, kept: bool
) -> None:
    """A message may be on its way for days while a key is replaced."""
    world = protected
    sent = await world.seal(world.certificate(), protect=True)
    newer = make_development_keys(
        world.folder / "newer", ["VN"], Environment.TEST, world.clock.now()
    )
    world.clock.turn(timedelta(days=3))
    present, retired = (
        FileKeyConfig(
            key=keys.key("VN", Purpose.DECRYPTION),
            certificate=keys.certificate("VN", Purpose.DECRYPTION),
        )
        for keys in (newer, world.keys)
    )
    async with open_keys({Purpose.DECRYPTION: present}, [retired] if kept else []) as ring:
        judging = receiving(world, ring.agreements).judge(sent.outbound.message.octets, "VN")
        if kept:
            await judging
            assert Fact.AS2 in await world.vn.facts(sent.document.document_id)
            return
        with pytest.raises(UndeterminedError) as failure:
            await judging
    assert failure.value.code == "encryption.key_missing"
