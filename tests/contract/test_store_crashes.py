"""What a gateway keeps, and how often it acts, when it dies between any two steps."""

from __future__ import annotations

import asyncio
from collections import Counter
from signal import SIGKILL
from typing import TYPE_CHECKING

import pytest

from swb.ports import Counts, LineEnd, Settlement
from tests.contract.records import ACK, ACK_DOCUMENT, DOCUMENT, acceptance, uuid_of
from tests.contract.store_worlds import PostgresStoreWorld
from tests.contract.test_transport import SOON, opened, receives_nothing
from tests.contract.transport_worlds import RabbitWorld
from tests.contract.victim import COMPLETION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.processes import Victims
    from tests.contract.store_worlds import StoreWorld
    from tests.contract.transport_worlds import TransportWorld

NUMBERS = range(1, 5)

CRASH_POINTS = {
    "received": "after the delivery, before the commit",
    "accepted": "after the commit, before the settlement",
    "settled": "after the settlement",
    "outbound claimed": "after claiming an acknowledgement, before publishing it",
    "published": "after publishing it, before marking it",
    "marked": "after marking it",
    "delivery claimed": "after claiming a delivery, before the national system has it",
    "handed over": "after the national system has it, before noting it",
    "completed": "after noting it",
}


AROUND_COMMITS = {"accepted", "published", "handed over", "completed"}
"""The points that depend on what keeps the data; the others show what carries them."""


@pytest.mark.parametrize("crash_point", CRASH_POINTS)
async def test_a_death_between_any_two_steps_has_no_effect_in_the_end(
    world: TransportWorld,
    store_world: StoreWorld,
    victim: Victims,
    tmp_path: Path,
    crash_point: str,
) -> None:
    if isinstance(store_world, PostgresStoreWorld) and (
        crash_point not in AROUND_COMMITS or isinstance(world, RabbitWorld)
    ):
        pytest.skip("shown with the embedded store, or with the embedded transport")
    national = tmp_path / "national"
    router = world.transport(LineEnd.ROUTER)
    arguments = ("gateway", store_world.describe(), world.describe(LineEnd.MEMBER), str(national))
    async with opened(router):
        for number in NUMBERS:
            await router.publish(
                str(number).encode(),
                message_id=uuid_of(number),
                message_type="CertificateIssue",
                environment="test",
            )
        async with victim(*arguments, crash_point, str(len(NUMBERS))) as process:
            status, said_before = await process.end()
            assert status == -SIGKILL
        settled = sum(line.startswith("settled") for line in said_before)
        async with victim(*arguments, "", str(len(NUMBERS) - settled)) as process:
            status, said_after = await process.end()
            assert status == 0
        arrived: Counter[tuple[str, bytes]] = Counter()
        async with asyncio.timeout(SOON):
            async for delivery in router.deliveries():
                arrived[delivery.claimed_message_id, delivery.body] += 1
                await router.settle(delivery, Settlement.ACCEPT)
                if len(arrived) == 2 * len(NUMBERS):
                    break

    # Accepted once; only a death between commit and settlement brings a message twice.
    dispositions = Counter(line.split()[0] for line in (*said_before, *said_after))
    assert dispositions["conflict"] == 0
    assert dispositions["repeat"] == (crash_point == "accepted")
    assert dispositions["new"] == len(NUMBERS)
    # Each acknowledgement arrives, byte for byte the same on every attempt.
    expected = {uuid_of(number, kind) for number in NUMBERS for kind in (ACK, COMPLETION)}
    assert {message_id for message_id, _ in arrived} == expected
    # The national system has every document; it may be told twice, under the same id.
    handed_over = Counter(national.read_text().split())
    assert handed_over.keys() == {uuid_of(number, DOCUMENT) for number in NUMBERS}
    assert handed_over.total() == len(NUMBERS) + (crash_point == "handed over")
    store = store_world.store()
    await store.open()
    for number in NUMBERS:
        events = await store.list_events(uuid_of(number, DOCUMENT))
        assert Counter(event.name for event in events) == {"AS2": 1, "AS3": 1}
    assert await store.count() == Counts(outbound=0, deliveries=0, held=0, parked=0, buried=0)
    await store.close()
    member = world.transport(LineEnd.MEMBER)
    async with opened(member):
        assert await receives_nothing(member)


async def test_a_death_in_mid_write_loses_nothing_that_was_committed(
    store_world: StoreWorld, victim: Victims
) -> None:
    store = store_world.store()
    said: list[str] = []
    for _ in range(3):
        async with victim("accept", store_world.describe()) as process:
            said += await process.hear(150)
            said += await process.kill()
    await store.open()
    await store.ping()
    for number in map(int, set(said)):
        given = acceptance(number)
        assert await store.find_message(given.message.message_id) == given.message
    # What was under way when it died is there as a whole or not at all.
    number = 0
    while (await store.find_message(uuid_of(number))) is not None:
        assert await store.find_document(uuid_of(number, ACK_DOCUMENT)) is not None
        assert len(await store.list_events(uuid_of(number, DOCUMENT))) == 1
        number += 1
    assert number >= 150
    await store.close()
