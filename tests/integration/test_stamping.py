"""Stamping: batches beside the traffic, outages, crashes, clocks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb.ports import Feed, LeafKind
from swb_schemas.errors import UnavailableError
from tests.integration.evidencing import Desk, Office, open_desk
from tests.stamping import StampWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from swb.ports import EvidenceStore, Leaf, StampedBatch
    from tests.integration.world import World


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    async with open_desk(world, "TH") as desk:
        yield desk


async def issue(world: World) -> str:
    """Send one certificate; returns its message's id."""
    document_id = await world.th.issue(world.certificate())
    carrier = await world.th.store.find_carrier(document_id)
    assert carrier is not None
    return carrier.message_id


async def test_messages_and_documents_of_sender_and_receiver_are_stamped_once(
    world: World,
) -> None:
    await issue(world)
    await world.carry()
    for state in ("TH", "VN"):
        async with open_desk(world, state) as desk:
            stamping = desk.stamping()
            done = await stamping.stamp_due()
            messages = await desk.member.store.list_messages()
            documents = await desk.member.store.list_documents()
            assert done == len(messages) + len(documents) > 4
            tally = await desk.evidence.tally()
            assert (tally.stamped, tally.waiting, tally.batches) == (done, 0, 1)
            assert await stamping.stamp_now() == 0
            assert desk.offices[0].asked == 1
            await stamping.check_age()
            await stamping.check_clock()
            await stamping.require_open()


async def test_stamps_by_interval_and_no_more_than_a_batch_at_a_time(world: World) -> None:
    async with open_desk(world, "TH", batch=3) as desk:
        stamping = desk.stamping()
        assert await stamping.stamp_due() == 0
        for _ in range(2):
            await issue(world)
        assert await stamping.stamp_due() == 0
        world.clock.turn(timedelta(seconds=60))
        assert await stamping.stamp_due() == 4
        assert (await desk.evidence.tally()).batches == 2


async def test_a_clock_that_leaps_and_comes_back_does_not_end_the_stamping(world: World) -> None:
    async with open_desk(world, "TH") as desk:
        stamping = desk.stamping()
        world.clock.turn(timedelta(days=400))
        assert await stamping.stamp_due() == 0
        world.clock.turn(-timedelta(days=400))
        await issue(world)
        assert await stamping.stamp_due() == 0
        world.clock.turn(timedelta(seconds=60))
        assert await stamping.stamp_due() == 2


class Killed:
    """An evidence store whose daemon is killed between token and commit."""

    def __init__(self, store: EvidenceStore, *, before: bool) -> None:
        self._store = store
        self._before = before

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    async def commit_batch(self, batch: StampedBatch, leaves: Sequence[Leaf]) -> bool:
        if not self._before:
            await self._store.commit_batch(batch, leaves)
        raise KeyboardInterrupt


@pytest.mark.parametrize("before", [True, False], ids=["before the commit", "after it"])
async def test_a_crash_between_token_and_commit_loses_nothing(
    world: World, desk: Desk, *, before: bool
) -> None:
    message_id = await issue(world)
    with pytest.raises(KeyboardInterrupt):
        await desk.stamping(evidence=Killed(desk.evidence, before=before)).stamp_due()
    await issue(world)
    await desk.stamping().stamp_due()
    tally = await desk.evidence.tally()
    assert (tally.stamped, tally.waiting) == (4, 0)
    assert await desk.evidence.find_stamped(LeafKind.MESSAGE, message_id)
    assert await desk.evidence.get_position(Feed.MESSAGES) == 2


async def test_what_comes_after_the_store_was_restored_is_stamped_too(
    world: World, desk: Desk
) -> None:
    """The store was restored to a moment before its last message, the evidence was not."""
    for _ in range(2):
        await issue(world)
    await desk.stamping().stamp_now()
    store = world.th.store
    await store.close()
    with closing(sqlite3.connect(world.folder / "store-TH.db")) as connection, connection:
        connection.execute("DELETE FROM outbox WHERE sequence = 2")
        connection.execute("DELETE FROM messages WHERE sequence = 2")
        connection.execute("DELETE FROM submissions WHERE sequence = 2")
        connection.execute("DELETE FROM documents WHERE sequence = 2")
    await store.open()
    issued = await issue(world)
    later = desk.stamping()
    assert await later.stamp_now() == 2
    assert await desk.evidence.find_stamped(LeafKind.MESSAGE, issued)
    assert await later.stamp_now() == 0


async def test_two_daemons_on_one_store_stamp_nothing_twice(world: World, desk: Desk) -> None:
    await issue(world)
    first, second = desk.stamping(), desk.stamping()
    waiting: list[int] = []
    ask = desk.offices[0].answer

    def answer_while_the_other_stamps(query: bytes) -> bytes:
        waiting.append(1)
        return ask(query)

    desk.offices[0].answer = answer_while_the_other_stamps
    await first._take_in()  # noqa: SLF001 - both have seen the same leaves
    leaves = await desk.evidence.list_waiting(limit=10)
    await second.stamp_now()
    await first._stamp(leaves)  # noqa: SLF001 - too late
    tally = await desk.evidence.tally()
    assert (tally.batches, tally.stamped, len(waiting)) == (1, 2, 2)


async def test_an_outage_is_measured_and_alarmed_and_stops_nothing(
    world: World, desk: Desk
) -> None:
    await issue(world)
    good = desk.offices[0].answer
    desk.offices[0].fail()
    stamping = desk.stamping()
    with pytest.raises(UnavailableError) as failed:
        await stamping.stamp_due()
    assert failed.value.code == "evidence.no_time_stamp"
    assert "time_stamp.unreachable" in failed.value.message
    await stamping.check_age()
    world.clock.turn(timedelta(minutes=16))
    assert await stamping.find_age() == timedelta(minutes=16)
    with pytest.raises(UnavailableError) as late:
        await stamping.check_age()
    assert late.value.code == "evidence.unstamped"
    await stamping.require_open()
    await issue(world)
    desk.offices[0].answer = good
    assert await stamping.stamp_due() == 4
    await stamping.check_age()


async def test_policy_may_stop_what_is_new_until_a_time_stamp_comes(world: World) -> None:
    async with open_desk(world, "TH", stop_after=timedelta(hours=4)) as desk:
        await issue(world)
        good = desk.offices[0].answer
        desk.offices[0].fail()
        stamping = desk.stamping()
        with pytest.raises(UnavailableError):
            await stamping.stamp_due()
        await stamping.require_open()
        world.clock.turn(timedelta(hours=4, seconds=1))
        with pytest.raises(UnavailableError) as stopped:
            await stamping.require_open()
        assert stopped.value.code == "evidence.stopped"
        desk.offices[0].answer = good
        await stamping.stamp_due()
        await stamping.require_open()


STRANGER = StampWorld.make()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda _: b"garbage", "time_stamp.malformed"),
        (lambda _: STRANGER.tsa.answer(b"no query"), "time_stamp.rejected"),
        (STRANGER.tsa.answer, "time_stamp.unlisted"),
    ],
    ids=["garbage", "a refusal", "an authority that nobody lists"],
)
async def test_a_bad_answer_counts_as_none_and_the_next_authority_is_asked(
    world: World, desk: Desk, answer: Callable[[bytes], bytes], code: str
) -> None:
    await issue(world)
    good = desk.offices[0]
    bad = Office(answer, name="bad")
    desk.offices[:] = [bad]
    with pytest.raises(UnavailableError) as failed:
        await desk.stamping().stamp_due()
    assert code in failed.value.message
    desk.offices[:] = [bad, good]
    assert await desk.stamping().stamp_due() == 2
    assert (bad.asked, good.asked) == (2, 1)


async def test_an_answer_to_an_earlier_query_is_not_taken(world: World, desk: Desk) -> None:
    await issue(world)
    office = desk.offices[0]
    answers: list[bytes] = []
    good = office.answer

    def record(query: bytes) -> bytes:
        answers.append(good(query))
        return answers[0]

    office.answer = record
    await desk.stamping().stamp_due()
    await issue(world)
    with pytest.raises(UnavailableError) as failed:
        await desk.stamping().stamp_due()
    assert "time_stamp.imprint" in failed.value.message


@pytest.mark.parametrize("minutes", [-20, 20], ids=["behind", "ahead"])
async def test_a_clock_that_differs_from_the_authoritys_is_told(
    world: World, desk: Desk, minutes: int
) -> None:
    await issue(world)
    office = desk.offices[0]
    good = office.answer

    def answer(query: bytes) -> bytes:
        world.clock.turn(timedelta(minutes=minutes))
        try:
            return good(query)
        finally:
            world.clock.turn(timedelta(minutes=-minutes))

    office.answer = answer
    stamping = desk.stamping()
    assert await stamping.stamp_due() == 2
    with pytest.raises(UnavailableError) as told:
        await stamping.check_clock()
    assert told.value.code == "evidence.clock"
    office.answer = good
    await issue(world)
    await stamping.stamp_now()
    await stamping.check_clock()
