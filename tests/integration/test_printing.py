"""Who signs the code on a print, and of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.app.printing import PrintRoom
from swb.core.lifecycle import Fact
from swb.ports import Event
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError
from swb_schemas.wire.verification import verify_sealed
from tests.integration.opening import open_world
from tests.integration.world import load_signers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb_schemas.wire.evidence import VerifiedSealedDocument
    from tests.integration.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as made:
        yield made


async def open_room(world: World, state: str, *, sealing: bool = True) -> PrintRoom:
    """What a state's gateway prints with."""
    signers = load_signers(world.keys, state)
    return PrintRoom(
        state=state,
        trust=await world.trust.fetch(),
        seal=signers[Purpose.ISSUING_SEAL] if sealing else None,
        store=world.members[state].store,
    )


async def print_issued(world: World) -> VerifiedSealedDocument:
    """Issue a certificate in Thailand, have it arrive, and find it there by its key."""
    certificate = world.certificate()
    await world.th.issue(certificate)
    await world.carry()
    room = await open_room(world, "TH")
    raw = await room.find(str(certificate.key))
    return verify_sealed(raw, trust=room.trust, at=world.clock.now())


async def test_the_issuing_state_signs_and_nobody_else(world: World) -> None:
    sealed = await print_issued(world)
    assert await (await open_room(world, "TH")).why_unsigned(sealed) == ""
    importing = await open_room(world, "VN")
    assert "did not issue it" in await importing.why_unsigned(sealed)
    without = await open_room(world, "TH", sealing=False)
    assert "no issuing seal" in await without.why_unsigned(sealed)


@pytest.mark.parametrize(
    "facts",
    [[Fact.CANCELLATION, Fact.CANCELLED], [Fact.QUARANTINED]],
    ids=["cancelled", "quarantined"],
)
async def test_what_was_taken_back_gets_no_code(world: World, facts: list[Fact]) -> None:
    sealed = await print_issued(world)
    document_id, at = sealed.header.document_id, world.clock.now()
    events = [Event(document_id=document_id, name=each, at=at, revision=1) for each in facts]
    await world.th.store.record_events(events)
    told = await (await open_room(world, "TH")).why_unsigned(sealed)
    assert told == f"its status is {facts[-1]}"


async def test_a_reference_that_nobody_knows_is_refused(world: World) -> None:
    room = await open_room(world, "TH")
    with pytest.raises(RefusedError) as failure:
        await room.find("TH:BKK:NONE")
    assert failure.value.code == "reference.unknown"
