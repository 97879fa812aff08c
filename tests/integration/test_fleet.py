"""The judge of drills sees what stores keep back, dead letters too, and what is still to come."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from swb.app import open_store
from swb.config import load_config
from swb.ports import BuriedMessage, Direction
from swb.sandbox.daemons import Daemons
from swb.sandbox.fleet import Fleet
from swb.sandbox.region import lay_out_region
from swb.sandbox.rest import Rest
from swb_schemas.parties import REGION
from tests.contract.records import acceptance, submission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from swb.ports import Acceptance, Counts, MessageStore
    from swb.sandbox.region import Region

LETTER = "sha-256:" + "ab" * 32


@pytest.fixture
async def region(tmp_path: Path) -> Region:
    return await lay_out_region(tmp_path / "region", at=datetime.now(UTC), seed=1)


@pytest.fixture
async def stores(region: Region) -> AsyncIterator[Mapping[str, MessageStore]]:
    files = {REGION: region.router, **region.gateways}
    async with AsyncExitStack() as stack:
        yield {
            state: await stack.enter_async_context(open_store(load_config(file), create=True))
            for state, file in files.items()
        }


async def test_a_dead_letter_is_left_over_unless_it_was_put_there_on_purpose(
    region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    fleet = Fleet(region=region, daemons=Daemons(tmp_path), seed=1)
    assert (await fleet.judge()).is_clean
    await stores["TH"].bury(
        BuriedMessage(
            octets_digest=LETTER,
            octets=b"receipt",
            line="TH",
            code="xml.malformed",
            detail="expected XML",
            buried_at=datetime.now(UTC),
        )
    )
    verdict = await fleet.judge()
    assert verdict.stuck == {"gateway-TH": {"buried": 1}}
    assert not verdict.is_clean
    fleet.rubbish.add(LETTER)
    assert (await fleet.judge()).is_clean


@pytest.mark.parametrize("door", ["in", "out", "later"])
async def test_what_a_single_window_says_later_is_left_over_like_what_lies_in_a_door(
    door: str, region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    fleet, rest = Fleet(region=region, daemons=Daemons(tmp_path), seed=1), Rest(region)
    folder = region.drop_folder("VN") / door
    folder.mkdir(parents=True)
    (folder / ".reply.xml.part").touch()  # nothing yet
    assert await rest.is_reached(stores)
    (folder / "1760000000.0_reply.xml").touch()
    assert not await rest.is_reached(stores)
    assert (await fleet.judge()).stuck == {"doors": {"payloads": 1}}


async def test_what_was_sent_is_on_its_way_until_whom_it_is_for_has_it(
    region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    """Neither that the line has taken it nor that the router has it ends its way."""
    fleet, rest = Fleet(region=region, daemons=Daemons(tmp_path), seed=1), Rest(region)
    await send(stores["TH"])
    assert not await rest.is_reached(stores)
    await stores[REGION].accept(received(1))
    assert not await rest.is_reached(stores)
    assert (await fleet.judge()).stuck == {"lines": {"messages": 1}}
    await stores["VN"].accept(received(1))
    assert await rest.is_reached(stores)
    assert (await fleet.judge()).is_clean


class Ends:
    """What all of a fleet do: start, which may bring about something, and stop."""

    def __init__(self, *on_start: Callable[[], Awaitable[object]]) -> None:
        self.acts: list[str] = []
        self._on_start = list(on_start)

    async def stop(self) -> None:
        self.acts.append("stop")

    async def start(self) -> None:
        self.acts.append("start")
        if self._on_start:
            await self._on_start.pop(0)()


async def test_what_was_said_while_all_were_ending_is_heard_before_it_is_judged(
    region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    fleet = Fleet(region=region, daemons=Daemons(tmp_path), seed=1)
    calm = Ends()
    verdict, is_quiet = await fleet.end_and_judge(within=10, stop=calm.stop, start=calm.start)
    assert (verdict.is_clean, is_quiet, calm.acts) == (True, True, ["stop"])

    await send(stores["TH"])
    ends = Ends(partial(stores["VN"].accept, received(1)))
    verdict, is_quiet = await fleet.end_and_judge(within=10, stop=ends.stop, start=ends.start)
    assert (verdict.is_clean, is_quiet) == (True, True)
    assert ends.acts == ["stop", "start", "stop"]


async def test_what_nobody_hears_is_left_over_and_nothing_runs_after_the_last_look(
    region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    fleet = Fleet(region=region, daemons=Daemons(tmp_path), seed=1)
    await send(stores["TH"])
    ends = Ends()
    verdict, is_quiet = await fleet.end_and_judge(within=0, stop=ends.stop, start=ends.start)
    assert verdict.stuck == {"lines": {"messages": 1}}
    assert not is_quiet
    assert ends.acts == ["stop", "start", "stop", "start", "stop"]


async def test_what_else_is_left_over_is_judged_at_once(
    region: Region, stores: Mapping[str, MessageStore], tmp_path: Path
) -> None:
    fleet = Fleet(region=region, daemons=Daemons(tmp_path), seed=1)
    await stores["TH"].commit_submission(submission(1))  # and nobody publishes it
    ends = Ends()
    verdict, _ = await fleet.end_and_judge(within=0, stop=ends.stop, start=ends.start)
    assert "gateway-TH" in verdict.stuck
    assert ends.acts == ["stop"]


async def test_what_is_for_the_router_ends_there(
    region: Region, stores: Mapping[str, MessageStore]
) -> None:
    rest = Rest(region)
    made = submission(1)
    told = replace(made.outbound.message, receiver="urn:swb:party:REGION:router")
    await stores["TH"].commit_submission(
        replace(made, outbound=replace(made.outbound, message=told))
    )
    await stores["TH"].mark_published([told.message_id], told.recorded_at)
    assert not await rest.is_reached(stores)
    await stores[REGION].accept(replace(received(1), message=replace(told, direction=Direction.IN)))
    assert await rest.is_reached(stores)


async def test_what_moves_while_it_is_looked_for_does_not_slip_past(
    region: Region, stores: Mapping[str, MessageStore]
) -> None:
    """It leaves its door after the stores were read, and before the doors are looked at."""

    class Moving:
        def __init__(self, store: MessageStore) -> None:
            self._store = store

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
            return getattr(self._store, name)

        async def count(self) -> Counts:
            counts = await self._store.count()
            await send(self._store)
            await stores["VN"].accept(received(1))
            return counts

    moving = {**stores, "TH": cast("MessageStore", Moving(stores["TH"]))}
    assert not await Rest(region).is_reached(moving)
    assert await Rest(region).is_reached(stores)


async def send(store: MessageStore) -> None:
    made = submission(1)
    await store.commit_submission(made)
    await store.mark_published([made.outbound.message.message_id], made.record.recorded_at)


def received(number: int) -> Acceptance:
    """That a certificate came, and no more: neither answered nor handed over."""
    return replace(acceptance(number), outbound=[], deliveries=[])
