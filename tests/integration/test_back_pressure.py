"""At a limit the sender is told to wait, and nothing is lost for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from swb.app.measuring import ask_pace
from swb.backends.sqlite.topology import apply_topology
from swb.backends.sqlite.transport import SqliteTransport
from swb.backends.sqlite.transport_file import TransportFile
from swb.core.quotas import Quota
from swb.ports import LineEnd, Settlement
from swb.services.outbox_limit import OutboxLimit
from swb.services.paced import PacedTransport
from swb.services.submit import SubmitService
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.world import World


async def open_line(
    folder: Path, quota: Quota, *, max_length: int = 20
) -> tuple[SqliteTransport, PacedTransport]:
    """A line whose router's end reads no faster than a quota."""
    path = folder / "line.db"
    await apply_topology(path=path, members=["XX"], max_length=max_length)
    file = TransportFile(path=path)
    member = SqliteTransport(file=file, line="XX", end=LineEnd.MEMBER)
    router = SqliteTransport(file=file, line="XX", end=LineEnd.ROUTER, prefetch=4)
    paced = PacedTransport(router, quota)
    await member.open()
    await paced.open()
    return member, paced


async def test_a_member_beyond_its_quota_is_read_slowly_then_told_to_wait(tmp_path: Path) -> None:
    member, paced = await open_line(tmp_path, Quota(messages_per_second=20, burst_seconds=0.25))
    taken: list[str] = []
    begun = time.monotonic()

    async def read() -> None:
        async for delivery in paced.deliveries():
            taken.append(delivery.claimed_message_id)
            await paced.settle(delivery, Settlement.ACCEPT)

    reading = asyncio.create_task(read())
    refused, number = 0, 0
    while number < 60:
        try:
            await member.publish(
                b"<a/>", message_id=str(number), message_type="T", environment="test"
            )
        except UnavailableError as error:
            refused += error.code == "transport.full"
            await asyncio.sleep(0.02)
        else:
            number += 1
    while len(taken) < 60:  # noqa: ASYNC110 - another task reads
        await asyncio.sleep(0.01)
    passed = time.monotonic() - begun

    assert sorted(taken, key=int) == [str(each) for each in range(60)], "each once, none lost"
    assert refused > 0
    assert 5 + 20 * passed >= 60, "no faster than the quota, whatever the machine does"
    assert paced.waited_seconds > 0
    (told,) = await ask_pace("TH", paced)
    assert (told.name, told.value) == ("swb_held_back_seconds", paced.waited_seconds)
    assert told.labels == {"line": "TH"}
    paced.end_deliveries()
    await reading
    await paced.close()
    await member.close()


async def test_what_waits_for_its_turn_when_the_line_ends_goes_back(tmp_path: Path) -> None:
    member, paced = await open_line(tmp_path, Quota(messages_per_day=1))
    for number in range(3):
        await member.publish(b"<a/>", message_id=str(number), message_type="T", environment="test")
    taken = []

    async def read() -> None:
        async for delivery in paced.deliveries():
            taken.append(delivery.claimed_message_id)
            await paced.settle(delivery, Settlement.ACCEPT)

    reading = asyncio.create_task(read())
    while not taken or paced.waited_seconds == 0:  # noqa: ASYNC110 - another task reads
        await asyncio.sleep(0.01)
    paced.end_deliveries()
    await asyncio.wait_for(reading, 5)
    await paced.close()

    again = PacedTransport(
        SqliteTransport(
            file=TransportFile(path=tmp_path / "line.db"), line="XX", end=LineEnd.ROUTER
        ),
        Quota(),
    )
    await again.open()
    async for delivery in again.deliveries():
        taken.append(delivery.claimed_message_id)
        await again.settle(delivery, Settlement.ACCEPT)
        if len(taken) == 3:
            again.end_deliveries()
    assert sorted(taken) == ["0", "1", "2"]
    await again.close()
    await member.close()


async def test_a_payload_waits_while_too_much_waits_to_leave(world: World) -> None:
    clock = [0.0]
    limit = OutboxLimit(world.th.store, messages=2, ticks=lambda: clock[0])
    submitting = SubmitService(
        state="TH",
        formats=world.th.formats,
        environment=Environment.TEST,
        connections=world.connections,
        store=world.th.store,
        sealer=world.th.sealer,
        clock=world.clock,
        on_commit=lambda: None,
        may_take=limit.require_room,
    )
    for _ in range(2):
        await submitting.submit(await world.th.payload(world.certificate()))
    clock[0] += 2
    payload = await world.th.payload(world.certificate())
    with pytest.raises(UnavailableError) as failure:
        await submitting.submit(payload)
    assert failure.value.code == "submission.outbox_full"
    assert failure.value.retry_after is not None
    assert "in 60 seconds" in failure.value.message
    assert len(await world.th.store.list_documents()) == 2

    await world.th.dispatching.dispatch_due()
    clock[0] += 2
    assert not (await submitting.submit(payload)).repeated
