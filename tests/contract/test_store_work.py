"""How every message store keeps what it holds, buries and hands over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.ports import Direction, Event, Share
from tests.contract.records import (
    ACK,
    DOCUMENT,
    LEASE,
    NOTHING,
    NOW,
    SECOND,
    acceptance,
    buried,
    by_line,
    document,
    held,
    ids_of,
    outbound,
    uuid_of,
)

if TYPE_CHECKING:
    from swb.ports import MessageStore


# --- how much is claimed at a time ---------------------------------------------------------------


async def test_claims_no_more_octets_than_allowed_and_one_in_any_case(
    store: MessageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        await store.accept(acceptance(number, at=NOW + number * SECOND))
    later = NOW + 10 * SECOND
    size = max(len(acceptance(number).documents[0].octets) for number in range(1, 6))
    monkeypatch.setattr(store, "claim_octets", 2 * size)
    sizes = []
    for _ in range(4):
        claimed = await store.claim_deliveries(later, share=Share(fresh=9), lease_for=LEASE)
        sizes.append(len(claimed))
    assert sizes == [2, 2, 1, 0]

    monkeypatch.setattr(store, "claim_octets", 1)
    alone = [
        await store.claim_outbound(later, shares=by_line(9), lease_for=LEASE) for _ in range(6)
    ]
    assert [len(each) for each in alone] == [1, 1, 1, 1, 1, 0]
    oldest_first = [uuid_of(number, ACK) for number in range(1, 6)]
    assert [each for claimed in alone for each in ids_of(claimed)] == oldest_first


# --- held and buried ---------------------------------------------------------------------------


async def test_counts_every_attempt_on_a_held_message(store: MessageStore) -> None:
    assert await store.hold(held(code="trust.stale"), due_at=NOW) == 1
    assert await store.hold(held(code="trust.unreachable"), due_at=NOW + SECOND) == 2
    assert not await store.claim_held(NOW, limit=9, lease_for=LEASE)
    [claimed] = await store.claim_held(NOW + SECOND, limit=9, lease_for=LEASE)
    assert claimed == held(code="trust.unreachable", attempts=2)
    assert not await store.claim_held(NOW + SECOND, limit=9, lease_for=LEASE)
    assert await store.claim_held(NOW + SECOND + LEASE, limit=9, lease_for=LEASE)


async def test_forgets_a_held_message_that_was_judged(store: MessageStore) -> None:
    await store.hold(held(), due_at=NOW)
    for _ in range(2):
        await store.release_held(held().octets_digest)
    assert await store.count() == NOTHING


async def test_a_poison_message_ends_as_a_dead_letter(store: MessageStore) -> None:
    for attempt in range(1, 6):
        assert await store.hold(held(code="internal.fault"), due_at=NOW) == attempt
    for _ in range(2):
        await store.bury(buried())
    assert await store.count() == replace(NOTHING, buried=1)
    assert not await store.claim_held(NOW + LEASE, limit=9, lease_for=LEASE)
    assert await store.list_buried() == [buried()]


async def test_lists_the_latest_dead_letters_first(store: MessageStore) -> None:
    for number in range(3):
        await store.bury(buried(number, at=NOW + number * SECOND))
    assert await store.list_buried(limit=2) == [
        buried(2, at=NOW + 2 * SECOND),
        buried(1, at=NOW + SECOND),
    ]


# --- handing over to the national system -------------------------------------------------------


async def complete(store: MessageStore, at_second: int = 0) -> None:
    at = NOW + at_second * SECOND
    kind = 10 + at_second
    await store.complete_delivery(
        uuid_of(1, DOCUMENT),
        at=at,
        events=[Event(document_id=uuid_of(1, DOCUMENT), name="AS3", at=at)],
        documents=[document(1, kind=kind, certificate_key="", direction=Direction.OUT, at=at)],
        outbound=[outbound(1, kind=20 + at_second, document_kind=kind, at=at)],
    )


async def test_a_delivery_is_completed_once(store: MessageStore) -> None:
    await store.accept(acceptance())
    await store.mark_published([uuid_of(1, ACK)], NOW)
    await complete(store)
    await complete(store, at_second=1)
    assert await store.count() == replace(NOTHING, outbound=1)
    events = await store.list_events(uuid_of(1, DOCUMENT))
    assert [(event.name, event.at) for event in events] == [("AS2", NOW), ("AS3", NOW)]
    due = await store.claim_outbound(NOW + LEASE, shares=by_line(9), lease_for=LEASE)
    assert ids_of(due) == [uuid_of(1, 20)]


async def test_a_delivery_is_tried_again_when_said(store: MessageStore) -> None:
    await store.accept(acceptance())
    [first] = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    due_at = NOW + 5 * SECOND
    await store.retry_delivery(first.document_id, code="national.unavailable", due_at=due_at)
    assert not await store.claim_deliveries(due_at - SECOND, share=Share(fresh=9), lease_for=LEASE)
    assert await store.claim_deliveries(due_at, share=Share(fresh=9), lease_for=LEASE) == [
        replace(first, attempts=1)
    ]
    assert not await store.claim_deliveries(
        due_at + LEASE - SECOND, share=Share(fresh=9), lease_for=LEASE
    )
    assert await store.claim_deliveries(due_at + LEASE, share=Share(fresh=9), lease_for=LEASE)


async def test_a_parked_delivery_waits_for_a_person_unless_it_was_made_after_all(
    store: MessageStore,
) -> None:
    await store.accept(acceptance())
    await store.park_delivery(uuid_of(1, DOCUMENT), code="national.unavailable", at=NOW)
    assert await store.count() == replace(NOTHING, outbound=1, parked=1)
    assert not await store.claim_deliveries(NOW + LEASE, share=Share(fresh=9), lease_for=LEASE)
    await complete(store)
    assert (await store.count()).parked == 0


@pytest.mark.parametrize("late", ["retry", "park"])
async def test_a_late_failure_does_not_undo_a_delivery(store: MessageStore, late: str) -> None:
    await store.accept(acceptance())
    await complete(store)
    if late == "retry":
        await store.retry_delivery(uuid_of(1, DOCUMENT), code="national.unavailable", due_at=NOW)
    else:
        await store.park_delivery(uuid_of(1, DOCUMENT), code="national.unavailable", at=NOW)
    assert (await store.count()).deliveries == 0
    assert (await store.count()).parked == 0


# --- what waits ----------------------------------------------------------------------------------


async def test_surveys_what_waits_by_kind_and_destination(store: MessageStore) -> None:
    assert await store.survey() == []
    for number in (1, 2, 3):
        await store.accept(acceptance(number, at=NOW + number * SECOND))
    (first, *_) = await store.claim_outbound(NOW + 9 * SECOND, shares=by_line(1), lease_for=LEASE)
    (delivery, *_) = await store.claim_deliveries(
        NOW + 9 * SECOND, share=Share(fresh=1), lease_for=LEASE
    )
    await store.park_outbound(first.message.message_id, code="message.expired", at=NOW)
    await store.park_delivery(delivery.document_id, code="adapter.loss", at=NOW)
    await store.hold(held(), due_at=NOW)
    surveyed = {each.kind: each for each in await store.survey()}
    assert set(surveyed) == {"outbound", "deliveries", "held"}
    for kind in ("outbound", "deliveries"):
        each = surveyed[kind]
        assert (each.waiting, each.parked) == (2, 1)
        assert each.oldest_at == NOW + 2 * SECOND
        assert each.destination == (first.line if kind == "outbound" else "")
    assert (surveyed["held"].waiting, surveyed["held"].oldest_at) == (1, held().received_at)


async def test_a_survey_tells_of_what_is_parked_alone(store: MessageStore) -> None:
    await store.accept(acceptance())
    [claimed] = await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    await store.park_outbound(claimed.message.message_id, code="message.expired", at=NOW)
    surveyed = [each for each in await store.survey() if each.kind == "outbound"]
    assert [(each.waiting, each.parked, each.oldest_at) for each in surveyed] == [(0, 1, None)]


# --- traffic -------------------------------------------------------------------------------------


async def test_adds_up_traffic_by_day_pair_and_type(store: MessageStore) -> None:
    """A day ends at midnight in UTC, and the last moment asked for does not count."""
    day = timedelta(days=1)
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0) + day
    for number, at in enumerate((NOW, NOW, midnight - SECOND, midnight, midnight + day), start=1):
        await store.accept(acceptance(number, at=at))
    found = await store.list_traffic(midnight - day, midnight + day)
    recorded = {
        number: [acceptance(number).message, *(o.message for o in acceptance(number).outbound)]
        for number in range(1, 6)
    }
    by_day = {(midnight - day).date(): (1, 2, 3), midnight.date(): (4,)}
    for on, numbers in by_day.items():
        messages = [each for number in numbers for each in recorded[number]]
        told = [each for each in found if each.day == on]
        assert sum(each.messages for each in told) == len(messages)
        assert sum(each.octets for each in told) == sum(len(each.octets) for each in messages)
        assert {(e.sender, e.receiver, e.message_type) for e in told} == {
            (e.sender, e.receiver, e.message_type) for e in messages
        }
    assert {each.day for each in found} == set(by_day)
    assert await store.list_traffic(midnight + 2 * day, midnight + 3 * day) == []
