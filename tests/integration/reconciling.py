"""Two gateways that reconcile, taken apart: each step is taken by the test."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.core.lifecycle import Fact, judge_status
from swb.services.judging_days import DayJudge
from swb.services.posting import Post
from swb.services.reconciling import ReconcileService, ReconciliationPolicy
from swb.services.retransmitting import RetransmitService
from swb_schemas.documents import RetransmissionReply
from swb_schemas.documents.elements import Environment
from swb_schemas.wire.sealed import read_kept

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from swb.services.judging_days import DayVerdict
    from swb_schemas.documents.retransmission import RetransmissionOutcome
    from tests.integration.world import Member, World

__all__ = [
    "Pair",
    "Side",
    "change",
    "exchange",
    "lose",
    "open_pair",
    "open_side",
    "outcomes",
    "status_of",
]


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


def change(member: Member, *statements: str, **values: object) -> None:
    """Write into a member's store past the program."""
    file = member.drop.parent.parent / f"store-{member.state}.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement, values)


def lose(member: Member, document_id: str) -> None:
    """Delete every trace of a document and of the messages that carried it."""
    change(
        member,
        "DELETE FROM deliveries WHERE document_id = :id",
        "DELETE FROM inbox WHERE message_id IN"
        " (SELECT message_id FROM messages WHERE document_id = :id)",
        "DELETE FROM outbox WHERE message_id IN"
        " (SELECT message_id FROM messages WHERE document_id = :id)",
        "DELETE FROM messages WHERE document_id = :id",
        "DELETE FROM events WHERE document_id = :id",
        "DELETE FROM documents WHERE document_id = :id",
        id=document_id,
    )


async def exchange(world: World, number: int = 3) -> list[str]:
    """Exchange certificates and their answers both ways; returns those of TH to VN."""
    issued = []
    for _ in range(number):
        certificate = world.certificate()
        issued.append(await world.th.issue(certificate))
        await world.carry()
        for answer in world.answers(certificate):
            await world.vn.submitting.submit(await world.vn.payload(answer))
    await world.vn.issue(world.certificate("VN", "TH"))
    await world.carry()
    return issued


async def status_of(member: Member, document_id: str) -> Fact | None:
    """Where a document stands."""
    events = await member.store.list_events(document_id)
    return judge_status((Fact(event.name), event.revision) for event in events)


async def outcomes(side: Side) -> list[RetransmissionOutcome]:
    """What the other side said became of the requests."""
    found = []
    for message in await side.member.received("RetransmissionReply"):
        record = await side.member.store.find_document(message.document_id)
        assert record is not None
        _, document = read_kept(record.octets)
        assert isinstance(document, RetransmissionReply)
        found += [each.outcome for each in document.answered]
    return found
