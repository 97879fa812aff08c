"""A national system that fetches: leases that end, processes that die, documents that cannot go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb.backends.sqlite.access import SqliteAccessStore
from swb.core.lifecycle import Fact
from swb.ports import ParkedFilter
from swb_adapters.vietnam.adapter import VietnamAdapter
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from swb_schemas.wire.verification import verify_sealed
from tests.integration.delivering import pulling, receive
from tests.integration.lookups import count_calls
from tests.integration.test_recent import Believed, distrust

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.services.pulling import PullService, Taken
    from swb_schemas.documents import Document
    from tests.integration.world import World

LEASE: Final = timedelta(minutes=5)
NSW: Final = "VN system nsw"


@pytest.fixture
async def leases(tmp_path: Path) -> AsyncIterator[SqliteAccessStore]:
    opened = SqliteAccessStore(path=tmp_path / "access.db")
    await opened.open()
    yield opened
    await opened.close()


async def take(service: PullService, owner: str = NSW, *, limit: int = 10) -> list[Taken]:
    return list(await service.take(owner, limit=limit, lease_for=LEASE))


async def code_of(service: PullService, taken: Taken, owner: str = NSW) -> str:
    with pytest.raises(SwbError) as caught:
        await service.acknowledge(owner, taken.delivery.document_id, taken.lease.lease_id)
    return caught.value.code


async def test_the_sender_is_told_with_the_acknowledgement_and_not_before(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    (taken,) = await take(service)
    assert set(await world.vn.facts(document_id)) == {Fact.AS2}
    assert await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    assert Fact.AS3 in await world.vn.facts(document_id)
    assert not await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    assert len(await world.vn.sent("TransportAck")) == 2  # AS2, and AS3 once


async def test_what_is_taken_is_judged_and_written_once(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    with count_calls(VietnamAdapter.from_canonical, verify_sealed) as called:
        (taken,) = await take(service)
        assert await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    assert called == {"from_canonical": 1, "verify_sealed": 1}


async def test_what_is_distrusted_while_it_is_leased_is_acknowledged_no_more(
    world: World, leases: SqliteAccessStore
) -> None:
    believed = Believed(await world.trust.fetch())
    service = pulling(world, leases, trust=believed)
    await receive(world)
    (taken,) = await take(service)
    sealer = taken.prepared.sealed.signer
    believed.bundle = distrust(believed.bundle, sealer, "revoked from an earlier moment on")
    assert await code_of(service, taken) == "certificate.revoked"


async def test_the_oldest_are_taken_first_and_no_more_than_asked_for(
    world: World, leases: SqliteAccessStore
) -> None:
    ids = []
    for _ in range(3):
        ids += await receive(world)
        world.clock.turn(timedelta(seconds=1))
    service = pulling(world, leases)
    first, second = await take(service, limit=2)
    assert [first.delivery.document_id, second.delivery.document_id] == ids[:2]
    (third,) = await take(service)
    assert third.delivery.document_id == ids[2]
    assert [each.document_id for each in await service.list_waiting(limit=9)] == ids


async def test_what_is_not_acknowledged_in_time_is_somebody_else_s(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    await receive(world)
    (first,) = await take(service)
    assert await take(service, "VN system other") == []
    world.clock.turn(LEASE)
    (second,) = await take(service, "VN system other")
    assert second.delivery == first.delivery
    assert await code_of(service, first) == "inbox.lease_lost"
    assert await code_of(service, second) == "inbox.lease_lost", "another one's"
    document_id = second.delivery.document_id
    assert await service.acknowledge("VN system other", document_id, second.lease.lease_id)


async def test_a_late_acknowledgement_counts_as_long_as_nobody_else_has_it(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    (taken,) = await take(service)
    world.clock.turn(3 * LEASE)
    assert await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    assert await take(service) == []


async def test_a_process_that_comes_after_another_one_knows_its_leases(
    world: World, leases: SqliteAccessStore
) -> None:
    (document_id,) = await receive(world)
    (taken,) = await take(pulling(world, leases))
    assert await pulling(world, leases).acknowledge(NSW, document_id, taken.lease.lease_id)


async def test_a_process_that_dies_between_both_commits_tells_nothing_twice(
    world: World, leases: SqliteAccessStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    (taken,) = await take(service)

    async def fail(*_: object, **__: object) -> None:
        raise UnavailableError("access.unavailable", "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(leases, "keep_leases", fail)
        assert await code_of(service, taken) == "access.unavailable"
    assert Fact.AS3 in await world.vn.facts(document_id)
    assert not await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    assert len(await world.vn.sent("TransportAck")) == 2


async def test_what_is_given_back_is_offered_later_and_at_last_waits_for_a_person(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    times = 0
    while not await world.vn.store.list_parked(ParkedFilter()):
        (taken,) = await take(service)
        assert taken.delivery.attempts == times
        await service.give_back(NSW, document_id, taken.lease.lease_id)
        assert await code_of(service, taken) == "inbox.lease_lost"
        assert await take(service) == [], "not before its time"
        world.clock.turn(timedelta(hours=1))
        times += 1
    (parked,) = await world.vn.store.list_parked(ParkedFilter())
    assert (parked.document_id, parked.code) == (document_id, "national.returned")


async def test_what_was_acknowledged_cannot_be_given_back(
    world: World, leases: SqliteAccessStore
) -> None:
    service = pulling(world, leases)
    (document_id,) = await receive(world)
    (taken,) = await take(service)
    await service.acknowledge(NSW, document_id, taken.lease.lease_id)
    with pytest.raises(RefusedError) as caught:
        await service.give_back(NSW, document_id, taken.lease.lease_id)
    assert caught.value.code == "inbox.lease_lost"


class Formats:
    """Writes everything but the first document that it sees, for the reason given."""

    def __init__(self, world: World, error: Exception) -> None:
        self._inner = world.vn.formats
        self._error: Exception | None = error

    async def from_canonical(self, document: Document) -> Any:  # noqa: ANN401 - passed on
        error, self._error = self._error, None
        if error is not None:
            raise error
        return await self._inner.from_canonical(document)


async def test_what_can_never_be_written_waits_for_a_person_and_holds_nobody_up(
    world: World, leases: SqliteAccessStore
) -> None:
    refused, fine = await receive(world, count=2)
    formats: Any = Formats(world, RefusedError("adapter.mandatory_loss", "x"))
    (taken,) = await take(pulling(world, leases, formats=formats))
    assert taken.delivery.document_id == fine
    (parked,) = await world.vn.store.list_parked(ParkedFilter())
    assert (parked.document_id, parked.code) == (refused, "adapter.mandatory_loss")


@pytest.mark.parametrize(
    "error", [UnavailableError("store.unavailable", "x"), KeyError("a fault of ours")], ids=type
)
async def test_what_cannot_be_written_now_is_offered_later(
    world: World, leases: SqliteAccessStore, error: Exception
) -> None:
    waits, fine = await receive(world, count=2)
    formats: Any = Formats(world, error)
    service = pulling(world, leases, formats=formats)
    (taken,) = await take(service)
    assert taken.delivery.document_id == fine
    world.clock.turn(timedelta(minutes=2))
    (later,) = await take(service)
    assert later.delivery.document_id == waits


async def test_an_acknowledgement_waits_for_the_signer_and_may_be_repeated(
    world: World, leases: SqliteAccessStore
) -> None:
    (document_id,) = await receive(world)
    silent = pulling(world, leases, sealer=world.sealer("VN", without=Purpose.RECEIPT_SEAL))
    (taken,) = await take(silent)
    await code_of(silent, taken)
    assert Fact.AS3 not in await world.vn.facts(document_id)
    again = pulling(world, leases)
    assert await again.acknowledge(NSW, document_id, taken.lease.lease_id)
