"""What a store lets go of, what it never does, and that nothing happens twice afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.duplicates import Disposition
from swb.ports import Prunable, Share
from swb.services.pruning import PruneRule, PruneService
from tests.contract.records import (
    ACK,
    ACK_DOCUMENT,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    buried,
    by_line,
    message,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import MessageStore

DAY = timedelta(days=1)
LATER = NOW + 200 * DAY


class Calendar:
    """A clock that says what it is told."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


async def prune(
    store: MessageStore,
    what: Prunable,
    *,
    days: int = 31,
    at: datetime = LATER,
    types: tuple[str, ...] = (),
    up_to: int | None = None,
) -> None:
    async def find_limit() -> int | None:
        return up_to

    rule = PruneRule(what=what, keep_for=days * DAY, types=types)
    service = PruneService(store=store, clock=Calendar(at), rules=[rule], find_limit=find_limit)
    assert await service.prune_due() == 0


async def end_roads(store: MessageStore, *numbers: int) -> None:
    """Certificates that came in, were acknowledged and delivered."""
    for number in numbers:
        await store.accept(acceptance(number, at=NOW + number * SECOND))
        await store.mark_published([uuid_of(number, ACK)], NOW)
        await store.complete_delivery(
            uuid_of(number, DOCUMENT), at=NOW, events=[], documents=[], outbound=[]
        )


async def octets_of(store: MessageStore, number: int) -> tuple[int, ...]:
    """How many octets are left: message, document, acknowledgement, its document."""
    found = (
        await store.find_message(uuid_of(number)),
        await store.find_document(uuid_of(number, DOCUMENT)),
        await store.find_message(uuid_of(number, ACK)),
        await store.find_document(uuid_of(number, ACK_DOCUMENT)),
    )
    return tuple(-1 if each is None else len(each.octets) for each in found)


@pytest.mark.parametrize("what", [Prunable.MESSAGES, Prunable.DOCUMENTS])
async def test_octets_go_when_their_road_has_ended_and_records_stay(
    store: MessageStore, what: Prunable
) -> None:
    await end_roads(store, 1)
    before = await octets_of(store, 1)
    await store.accept(acceptance(2))
    await prune(store, what)
    left = await octets_of(store, 1)
    gone = {Prunable.MESSAGES: (0, 2), Prunable.DOCUMENTS: (1, 3)}[what]
    assert left == tuple(0 if place in gone else size for place, size in enumerate(before))
    # The other one waits to be delivered, and its acknowledgement to be published.
    assert 0 not in await octets_of(store, 2)
    assert len(await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)) == 1
    found = await store.find_document(uuid_of(1, DOCUMENT))
    assert found is not None
    assert found.digest == acceptance(1).documents[0].digest


async def test_only_some_types_go_and_nothing_that_somebody_has_to_read(
    store: MessageStore,
) -> None:
    await end_roads(store, 1, 2)
    [first, *_] = await store.list_recorded()
    before = await octets_of(store, 1)
    await prune(store, Prunable.DOCUMENTS, types=("TransportAck",))
    assert await octets_of(store, 1) == (*before[:3], 0)
    await prune(store, Prunable.MESSAGES, up_to=first.position)
    assert await octets_of(store, 1) == (0, before[1], before[2], 0)
    await prune(store, Prunable.DOCUMENTS, up_to=0)
    assert (await octets_of(store, 2))[1] > 0


async def test_what_is_young_stays(store: MessageStore) -> None:
    await end_roads(store, *range(1, 4))
    before = await octets_of(store, 3)
    await prune(store, Prunable.DOCUMENTS, at=NOW + 31 * DAY + 3 * SECOND)
    assert (await octets_of(store, 2))[1] == 0
    assert await octets_of(store, 3) == before


async def test_a_pass_walks_over_everything_in_batches(store: MessageStore) -> None:
    await end_roads(store, *range(1, 8))
    after: str | None = ""
    rows = []
    while after is not None:
        pruned = await store.prune(Prunable.DOCUMENTS, before=LATER, after=after, limit=4)
        rows.append(pruned.rows)
        after = pruned.after
    assert rows == [4, 4, 4, 2]
    assert (await store.prune(Prunable.DOCUMENTS, before=LATER)).rows == 0


async def test_what_was_published_goes_from_the_outbox_after_it_expired(
    store: MessageStore,
) -> None:
    await end_roads(store, 1)
    await store.accept(acceptance(2))
    await prune(store, Prunable.OUTBOX, days=1, at=NOW + 30 * DAY)  # it lives for 30 days
    assert len(await store.list_standings(uuid_of(1, ACK_DOCUMENT))) == 1
    await prune(store, Prunable.OUTBOX, days=1)
    assert await store.list_standings(uuid_of(1, ACK_DOCUMENT)) == []
    assert len(await store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE)) == 1


async def test_nothing_is_delivered_or_submitted_twice_after_everything_went(
    store: MessageStore,
) -> None:
    await end_roads(store, 1)
    sent = submission(5)
    await store.commit_submission(sent)
    await store.mark_published([uuid_of(5)], NOW)
    for what in Prunable:
        await prune(store, what)
    kept = await store.commit_submission(sent)
    assert kept is not None
    assert (kept.document_id, kept.payload) == (sent.record.document_id, b"")
    # Its duplicate record is gone, and its delivery is remembered.
    again = replace(acceptance(1), message=message(77))
    again = replace(again, message=replace(again.message, document_id=uuid_of(1, DOCUMENT)))
    for arrived in (acceptance(1), again):
        assert await store.accept(arrived) is Disposition.NEW
        assert not await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
    forged = replace(acceptance(1), message=message(1, digest="sha-256:forged"))
    assert await store.accept(forged) is Disposition.CONFLICT


async def test_a_dead_letter_loses_its_octets_and_stays_listed(store: MessageStore) -> None:
    await store.bury(buried(1))
    await store.bury(buried(2, at=LATER))
    await prune(store, Prunable.DEAD_LETTERS)
    assert await store.list_buried() == [buried(2, at=LATER), replace(buried(1), octets=b"")]
