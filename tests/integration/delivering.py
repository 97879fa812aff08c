"""VN's door outward, to be opened with one part changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.clock import new_id
from swb.services.advising import Advising
from swb.services.deliver import DeliverService
from swb.services.hand_over import HandOver
from swb.services.pulling import PullService
from swb_schemas.wire.verification import VerificationPolicy
from tests.integration.opening import LEASE, RETRYING

if TYPE_CHECKING:
    from datetime import timedelta

    from swb.ports import AccessStore, NationalFormats, NationalGateway, TrustSource
    from swb.services.sealing import Sealer
    from tests.integration.world import World


def delivering(
    world: World,
    *,
    national: NationalGateway | None = None,
    formats: NationalFormats | None = None,
    sealer: Sealer | None = None,
    lease_for: timedelta = LEASE,
) -> DeliverService:
    """VN's door outward with one part changed."""
    return DeliverService(
        handing_over=_handing_over(
            world, national=national or world.vn.folder, formats=formats, sealer=sealer
        ),
        store=world.vn.store,
        clock=world.clock,
        jitter=lambda: 0.0,
        retrying=RETRYING,
        batch=64,
        lease_for=lease_for,
        ticks=world.clock.ticks,
    )


def pulling(
    world: World,
    leases: AccessStore,
    *,
    formats: NationalFormats | None = None,
    sealer: Sealer | None = None,
    trust: TrustSource | None = None,
) -> PullService:
    """VN's door outward, where the national system fetches."""
    return PullService(
        handing_over=_handing_over(world, formats=formats, sealer=sealer, trust=trust),
        store=world.vn.store,
        leases=leases,
        clock=world.clock,
        jitter=lambda: 0.0,
        retrying=RETRYING,
        new_id=new_id,
    )


def _handing_over(
    world: World,
    *,
    national: NationalGateway | None = None,
    formats: NationalFormats | None = None,
    sealer: Sealer | None = None,
    trust: TrustSource | None = None,
) -> HandOver:
    return HandOver(
        state="VN",
        advising=Advising(
            state="VN", connections=world.connections, store=world.vn.store, clock=world.clock
        ),
        formats=formats or world.vn.formats,
        national=national,
        store=world.vn.store,
        sealer=sealer or world.vn.sealer,
        trust=trust or world.trust,
        policy=VerificationPolicy(),
        clock=world.clock,
        on_commit=lambda: None,
    )


async def receive(world: World, count: int = 1) -> list[str]:
    """Have VN's gateway receive certificates; returns their document ids."""
    ids = []
    for _ in range(count):
        sent = await world.seal(world.certificate())
        await world.keep("TH", sent)
        await world.hand_to("VN", sent.outbound.message.octets)
        ids.append(sent.document.document_id)
    return ids
