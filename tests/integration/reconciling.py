"""Two gateways that reconcile, taken apart: each step is taken by the test."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.services.judging_days import DayJudge
from swb.services.posting import Post
from swb.services.reconciling import ReconcileService, ReconciliationPolicy
from swb.services.retransmitting import RetransmitService
from swb_schemas.documents.elements import Environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from swb.services.judging_days import DayVerdict
    from tests.integration.world import Member, World

__all__ = ["Pair", "Side", "open_pair"]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One gateway's reconciliation."""

    member: Member
    memory: SqliteReconciliationStore
    service: ReconcileService
    retransmitting: RetransmitService
    judge: DayJudge


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Both gateways' reconciliation, and the region between them."""

    world: World
    th: Side
    vn: Side

    async def settle(self) -> None:
        """Carry and look until nothing is left to do."""
        while True:
            await self.world.carry()
            if not sum([await side.service.look() for side in (self.th, self.vn)]):
                return

    async def end_day(self) -> date:
        """Let the day of what is exchanged now end, and its summaries travel; returns the day."""
        day = self.world.clock.now().date()
        self.world.clock.turn(timedelta(days=1, hours=2))
        await self.settle()
        return day

    async def judge(self, side: Side, day: date) -> DayVerdict:
        """Judge a day as a command does, with daemons that answer."""
        partner = "VN" if side is self.th else "TH"
        await side.service.ask(partner, Environment.TEST, day)
        await self.settle()
        return await side.judge.judge(partner, Environment.TEST, day, wait_for=0)


def open_side(
    world: World, member: Member, memory: SqliteReconciliationStore, **policy: object
) -> Side:
    """Build what a gateway's daemon does."""
    post = Post(
        state=member.state, store=member.store, sealer=member.sealer, on_commit=lambda: None
    )
    retransmitting = RetransmitService(
        store=member.store,
        memory=memory,
        sealer=member.sealer,
        post=post,
        clock=world.clock,
    )
    service = ReconcileService(
        state=member.state,
        environment=Environment.TEST,
        connections=world.connections,
        store=member.store,
        memory=memory,
        post=post,
        retransmitting=retransmitting,
        policy=ReconciliationPolicy(**policy),  # type: ignore[arg-type]  # fields by name
        clock=world.clock,
    )
    return Side(
        member=member,
        memory=memory,
        service=service,
        retransmitting=retransmitting,
        judge=DayJudge(
            store=member.store, memory=memory, service=service, retransmitting=retransmitting
        ),
    )


@asynccontextmanager
async def open_pair(world: World) -> AsyncIterator[Pair]:
    """Have both gateways of a world reconcile."""
    memories = {
        state: SqliteReconciliationStore(path=world.folder / f"{state}.reconciliation.db")
        for state in ("TH", "VN")
    }
    for memory in memories.values():
        await memory.open()
        await memory.begin(world.clock.now().date())
    pair = Pair(
        world=world,
        th=open_side(world, world.th, memories["TH"], window=3),
        vn=open_side(world, world.vn, memories["VN"], window=3),
    )
    try:
        for side in (pair.th, pair.vn):
            await side.service.look()  # a start with nothing exchanged yet: it asks nobody
        yield pair
    finally:
        for memory in memories.values():
            await memory.close()
