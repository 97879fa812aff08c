"""Two gateways at work at random: what travels is shuffled and repeated, and both end alike.

Real stores, real messages and inboxes; the moves of each side are drawn from what the table lets it
do by what it knows. The same over the pure table is in tests/unit/schemas/test_exchanges.py.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.postgres.store import PostgresMessageStore
from swb_schemas.documents.verification import VerificationResult
from swb_schemas.exchanges import MACHINES, Effect, Machine, Move, Side, Step, judge_own
from swb_schemas.exchanges.table import Numbering
from tests.contract.store_worlds import name_schema
from tests.integration.opening import ADAPTERS, open_world
from tests.integration.talking import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from swb_schemas.exchanges import ExchangeState
    from tests.integration.talking import Talk
    from tests.integration.world import World

MOVES: Final = 9
TYPES: Final = {
    row.message_type
    for table in MACHINES
    if table.machine is not Machine.ROAD
    for row in table.moves
}
SIDES: Final = {Side.EXPORTING: "TH", Side.IMPORTING: "VN"}
REPLIES: Final = {Move.CANCELLED: "ACCEPTED", Move.UTILISED: "UTILISED", Move.UNKNOWN: "UNKNOWN"}
RESULTS: Final = {
    Move.CONFIRMED: VerificationResult.CONFIRMED.value,
    Move.DENIED: VerificationResult.DENIED.value,
}


def list_possible(side: Side, state: ExchangeState, *, utilised: bool) -> Iterator[Step]:
    """What a side may do by what it knows; hops are the gateways' own."""
    for table in MACHINES:
        if table.machine is Machine.ROAD:
            continue
        _, number = state.get(table.machine)
        for row in table.moves:
            opens = row.numbering in {Numbering.OPENS, Numbering.LATEST}
            step = Step(move=row.move, number=number + 1 if opens else number)
            verdict = judge_own(state, step, utilised=utilised)
            if row.by is side and verdict.effect is not Effect.REFUSED:
                yield step


async def make(talk: Talk, step: Step) -> None:
    """Make one move at the side that makes such moves."""
    match step.move:
        case Move.CANCELLATION:
            await talk.cancel(step.number)
        case Move.CANCELLED | Move.UTILISED | Move.UNKNOWN:
            await talk.reply(REPLIES[step.move], step.number)
        case Move.VERIFICATION | Move.VERIFICATION_SUSPENDING:
            await talk.ask(step.number, suspends=step.move is Move.VERIFICATION_SUSPENDING)
        case Move.VERIFICATION_REPLY:
            await talk.explain(step.number)
        case Move.CONFIRMED | Move.DENIED:
            await talk.conclude(RESULTS[step.move], step.number)
        case _:
            await talk.respond(step.move.replace(" ", "_"), step.number)


class Post:
    """What one side made and the other has not heard yet."""

    def __init__(self, world: World, sender: str, receiver: str) -> None:
        self._world = world
        self._sender = sender
        self._receiver = receiver
        self._known: set[str] = set()
        self.waiting: list[bytes] = []

    async def collect(self) -> None:
        """Take up what was made."""
        member = self._world.members[self._sender]
        for each in await member.store.list_messages():
            is_move = each.message_type not in {"TransportAck", "RelayReceipt", "CertificateIssue"}
            if (
                each.sender == str(member.gateway)
                and is_move
                and each.message_id not in self._known
            ):
                self._known.add(each.message_id)
                self.waiting.append(each.octets)

    async def hand_over(self, random: Random, *, how_many: int) -> None:
        """Hand some of it to the other side, in any order, one of it twice."""
        random.shuffle(self.waiting)
        taken, self.waiting = self.waiting[:how_many], self.waiting[how_many:]
        for raw in [*taken, *taken[:1]]:
            await self._world.hand_to(self._receiver, raw)


CANONICAL: Final = dict.fromkeys(ADAPTERS, "canonical")


async def work_at_random(world: World, seed: int) -> None:
    """Have both sides work, then have everything arrive, and compare what they know."""
    random = Random(seed)  # noqa: S311 - a story, no secret
    talk = await begin(world)
    posts = [Post(world, "TH", "VN"), Post(world, "VN", "TH")]
    for _ in range(MOVES):
        side = random.choice(sorted(Side))
        member = world.members[SIDES[side]]
        utilised = await talk.is_utilised(member)
        options = list(list_possible(side, await talk.stands(member), utilised=utilised))
        if options:
            await make(talk, random.choice(options))
        for post in posts:
            await post.collect()
        await random.choice(posts).hand_over(random, how_many=random.randrange(2))
    for post in posts:
        await post.hand_over(random, how_many=len(post.waiting))
    while (await world.th.store.count()).held + (await world.vn.store.count()).held:
        world.clock.turn(timedelta(minutes=5))
        judged = await world.th.inbox.judge_held() + await world.vn.inbox.judge_held()
        assert judged, "held for ever"
    assert await talk.stands(world.th) == await talk.stands(world.vn)
    assert await world.th.buried() == await world.vn.buried() == []


@pytest.mark.parametrize("seed", range(6))
async def test_both_ends_know_the_same_in_the_end(tmp_path: Path, seed: int) -> None:
    async with open_world(tmp_path, adapters=CANONICAL) as world:
        await work_at_random(world, seed)


async def test_both_ends_know_the_same_whatever_keeps_it(
    tmp_path: Path, postgres_server: PrivatePostgres
) -> None:
    store = PostgresMessageStore(url=postgres_server.url(), schema=name_schema())
    async with open_world(tmp_path, adapters=CANONICAL, stores={"VN": store}) as world:
        await work_at_random(world, 6)
