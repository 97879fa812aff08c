"""What only the embedded transport does: leases, and a file that is missing or damaged."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sqlite3
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.topology import apply_topology
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.ports import LineEnd, Settlement
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.test_transport import names_of, opened, publish, receive, receives_nothing
from tests.contract.transport_worlds import SqliteWorld

if TYPE_CHECKING:
    from pathlib import Path

LEASE = timedelta(milliseconds=300)


@pytest.fixture
async def world(tmp_path: Path) -> SqliteWorld:
    world = SqliteWorld(path=tmp_path / "transport.sqlite")
    await world.make(max_length=1000)
    return world


def router(world: SqliteWorld, *, prefetch: int = 64) -> SqliteTransport:
    return SqliteTransport(
        file=TransportFile(path=world.path),
        line=world.line,
        end=LineEnd.ROUTER,
        prefetch=prefetch,
        lease_for=LEASE,
    )


async def test_offers_again_when_the_lease_ends(world: SqliteWorld) -> None:
    member, slow = world.transport(LineEnd.MEMBER), router(world)
    async with opened(member, slow):
        await publish(member, "m1")
        [first] = await receive(slow)
        [again] = await receive(slow)
        assert again.claimed_message_id == first.claimed_message_id
        assert again.redelivered
        assert not first.redelivered


async def test_offers_to_another_when_the_lease_ends(world: SqliteWorld) -> None:
    member, slow, other = world.transport(LineEnd.MEMBER), router(world), router(world)
    async with opened(member, slow, other):
        await publish(member, "m1")
        await receive(slow)
        assert names_of(await receive(other)) == {"m1": 1}


async def test_a_late_acceptance_still_forgets_the_message(world: SqliteWorld) -> None:
    member, slow, other = world.transport(LineEnd.MEMBER), router(world), router(world)
    async with opened(member, slow, other):
        await publish(member, "m1")
        [late] = await receive(slow)
        [taken] = await receive(other)
        await slow.settle(late, Settlement.ACCEPT)
        await other.settle(taken, Settlement.RELEASE)
        assert await receives_nothing(other)


async def test_a_late_release_does_not_take_the_message_from_its_new_owner(
    world: SqliteWorld,
) -> None:
    member, slow = world.transport(LineEnd.MEMBER), router(world)
    patient = world.transport(LineEnd.ROUTER, elsewhere=True)
    async with opened(member, slow, patient):
        await publish(member, "m1")
        [late] = await receive(slow)
        await receive(patient)
        await slow.settle(late, Settlement.RELEASE)
        assert await receives_nothing(slow)


async def test_the_prefetch_opens_again_when_leases_end(world: SqliteWorld) -> None:
    """A consumer that forgets what it was offered is not starved for ever."""
    member, forgetful = world.transport(LineEnd.MEMBER), router(world, prefetch=2)
    async with opened(member, forgetful):
        await publish(member, "m1", "m2")
        assert names_of(await receive(forgetful, 4)) == {"m1": 2, "m2": 2}


async def test_never_offers_what_lay_in_its_own_buffer_past_the_lease(world: SqliteWorld) -> None:
    member, slow, other = world.transport(LineEnd.MEMBER), router(world), router(world)
    async with opened(member, slow, other):
        await publish(member, "m1", "m2")
        deliveries = slow.deliveries()
        await anext(deliveries)
        await asyncio.sleep(LEASE.total_seconds() * 1.2)
        for delivery in await receive(other, 2):
            await other.settle(delivery, Settlement.ACCEPT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(LEASE.total_seconds()):
                await anext(deliveries)


async def test_gives_an_old_message_no_new_ones_number(world: SqliteWorld) -> None:
    member, here = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, here):
        await publish(member, "m1")
        [old] = await receive(here)
        await here.settle(old, Settlement.ACCEPT)
        await publish(member, "m2")
        await here.settle(old, Settlement.ACCEPT)
        assert names_of(await receive(here)) == {"m2": 1}


async def test_opens_nothing_that_an_operator_did_not_make(tmp_path: Path) -> None:
    path = tmp_path / "missing.sqlite"
    transport = SqliteTransport(file=TransportFile(path=path), line="TH", end=LineEnd.MEMBER)
    with pytest.raises(UnavailableError, match=r"transport\.unreachable.*missing\.sqlite"):
        await transport.open()
    assert not path.exists()


async def test_refuses_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "transport.sqlite"
    path.write_bytes(b"x" * 4096)
    with pytest.raises(UnavailableError, match=r"transport\.unreachable"):
        await apply_topology(path=path, members=["TH"])


async def test_refuses_a_message_that_is_not_its_own(world: SqliteWorld) -> None:
    member, here = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, here):
        await publish(member, "m1")
        [delivery] = await receive(here)
        foreign = type(delivery)(body=b"", claimed_message_id="", redelivered=False, tag="7")
        with pytest.raises(RefusedError, match=r"transport\.foreign_delivery"):
            await here.settle(foreign, Settlement.ACCEPT)


async def test_applying_the_topology_again_keeps_the_messages(world: SqliteWorld) -> None:
    member, here = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, here):
        await publish(member, "m1", "m2")
        await world.make(max_length=2)
        with pytest.raises(UnavailableError, match=r"transport\.full"):
            await publish(member, "m3")
        assert names_of(await receive(here, 2)) == {"m1": 1, "m2": 1}


async def test_counts_what_a_queue_holds(world: SqliteWorld) -> None:
    member, here = world.transport(LineEnd.MEMBER), world.transport(LineEnd.ROUTER)
    async with opened(member, here):
        await publish(member, "m1", "m2", "m3")
        [first] = await receive(here)
        await here.settle(first, Settlement.ACCEPT)
    with contextlib.closing(sqlite3.connect(world.path)) as connection:
        [(depth, held)] = connection.execute(
            "SELECT depth, (SELECT count(*) FROM messages m WHERE m.queue_id = q.queue_id)"
            " FROM queues q WHERE name = 'submit'"
        )
    assert depth == held == 2


async def test_the_file_is_for_its_owner_only(world: SqliteWorld) -> None:
    assert world.path.stat().st_mode & 0o077 == 0


async def test_who_is_cancelled_while_the_file_is_opened_leaves_nothing_open(
    world: SqliteWorld,
) -> None:
    before = threading.active_count()
    for turns in range(60):
        file = TransportFile(path=world.path)
        opening = asyncio.create_task(file.acquire())
        for _ in range(turns):
            await asyncio.sleep(0)
        if opening.cancel():
            with contextlib.suppress(asyncio.CancelledError):
                await opening
        if opening.cancelled():
            with pytest.raises(UnavailableError, match="is not open"):
                await file.database.read(lambda _: None)
        else:
            await file.release()
    gc.collect()  # a connection that nobody closed is a warning, and with it an error
    assert threading.active_count() < before + 10, "a few are the loop's own"
