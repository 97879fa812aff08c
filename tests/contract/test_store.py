"""How every message store behaves, whatever keeps the data."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.core.duplicates import Disposition
from swb.ports import Direction, Event, Exchanged, Share
from tests.contract.records import (
    ACK,
    DOCUMENT,
    LEASE,
    NOTHING,
    NOW,
    SECOND,
    acceptance,
    by_line,
    digest_of,
    digests_of,
    document,
    documents_of,
    held,
    ids_of,
    message,
    outbound,
    relay,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from swb.ports import Acceptance, MessageStore


# --- submitting --------------------------------------------------------------------------------


async def test_commits_a_submission_with_all_that_it_brings(store: MessageStore) -> None:
    given = submission()
    assert await store.commit_submission(given) == given.record
    assert await store.find_submission(given.record.payload_digest) == given.record
    assert await store.find_document(given.document.document_id) == given.document
    assert await store.find_message(uuid_of(1)) == given.outbound.message
    assert await store.list_events(given.document.document_id) == list(given.events)
    [waiting] = await store.claim_outbound(NOW, shares=by_line(10), lease_for=LEASE)
    assert waiting == given.outbound


async def test_finds_no_submission_that_was_never_made(store: MessageStore) -> None:
    assert await store.find_submission(digest_of("payload 1")) is None


async def test_the_same_payload_again_writes_nothing(store: MessageStore) -> None:
    first = submission(1)
    await store.commit_submission(first)
    again = submission(2, payload=1)
    assert await store.commit_submission(again) == first.record
    assert await store.find_document(again.document.document_id) is None
    assert (await store.count()).outbound == 1


async def test_the_same_payload_from_two_processes_becomes_one_document(
    store: MessageStore, other_store: MessageStore
) -> None:
    outcomes = await asyncio.gather(
        *(
            (store, other_store)[number % 2].commit_submission(submission(number, payload=0))
            for number in range(1, 21)
        )
    )
    assert len({outcome and outcome.document_id for outcome in outcomes}) == 1
    assert len(await store.list_documents()) == 1


# --- dispatching -------------------------------------------------------------------------------


async def test_claims_what_is_due_oldest_first(store: MessageStore) -> None:
    for number in (3, 1, 2):
        await store.commit_submission(submission(number, at=NOW + number * SECOND))
    now = NOW + 2 * SECOND
    assert ids_of(await store.claim_outbound(now, shares=by_line(10), lease_for=LEASE)) == [
        uuid_of(1),
        uuid_of(2),
    ]


async def test_claims_no_more_than_the_limit(store: MessageStore) -> None:
    for number in range(5):
        await store.commit_submission(submission(number))
    claimed = [
        await store.claim_outbound(NOW, shares=by_line(2), lease_for=LEASE) for _ in range(4)
    ]
    assert [len(rows) for rows in claimed] == [2, 2, 1, 0]


async def test_a_claimed_message_is_nobody_elses_before_its_lease_ends(
    store: MessageStore, other_store: MessageStore
) -> None:
    await store.commit_submission(submission())
    assert await store.claim_outbound(NOW, shares=by_line(1), lease_for=LEASE)
    assert not await other_store.claim_outbound(
        NOW + LEASE - SECOND, shares=by_line(1), lease_for=LEASE
    )
    assert await other_store.claim_outbound(NOW + LEASE, shares=by_line(1), lease_for=LEASE)


async def test_two_processes_never_claim_the_same_row(
    store: MessageStore, other_store: MessageStore
) -> None:
    numbers = range(200)
    await asyncio.gather(*(store.accept(acceptance(number)) for number in numbers))
    for number in numbers:
        await store.hold(held(number), due_at=NOW)

    async def claim_all(store: MessageStore) -> list[str]:
        mine: list[str] = []
        while True:
            got = [
                *ids_of(await store.claim_outbound(NOW, shares=by_line(3), lease_for=LEASE)),
                *documents_of(
                    await store.claim_deliveries(NOW, share=Share(fresh=3), lease_for=LEASE)
                ),
                *digests_of(await store.claim_held(NOW, limit=3, lease_for=LEASE)),
            ]
            if not got:
                return mine
            mine += got

    shares = await asyncio.gather(
        *(claim_all(each) for each in (store, other_store, store, other_store))
    )
    claimed = [name for share in shares for name in share]
    assert len(claimed) == len(set(claimed)) == 3 * len(numbers)


async def test_a_published_message_is_not_sent_again(store: MessageStore) -> None:
    await store.commit_submission(submission())
    await store.claim_outbound(NOW, shares=by_line(1), lease_for=LEASE)
    for _ in range(2):
        await store.mark_published([uuid_of(1)], NOW)
    assert await store.count() == NOTHING
    assert not await store.claim_outbound(NOW + 2 * LEASE, shares=by_line(1), lease_for=LEASE)


async def test_a_failed_attempt_is_counted_and_due_again_when_said(store: MessageStore) -> None:
    await store.commit_submission(submission())
    [claimed] = await store.claim_outbound(NOW, shares=by_line(1), lease_for=LEASE)
    assert claimed.attempts == 0
    due_at = NOW + 5 * SECOND
    await store.retry_outbound(uuid_of(1), code="transport.unconfirmed", due_at=due_at)
    assert not await store.claim_outbound(due_at - SECOND, shares=by_line(1), lease_for=LEASE)
    [again] = await store.claim_outbound(due_at, shares=by_line(1), lease_for=LEASE)
    assert again == replace(claimed, attempts=1)


async def test_a_parked_message_waits_for_a_person(store: MessageStore) -> None:
    await store.commit_submission(submission())
    await store.park_outbound(uuid_of(1), code="message.expired", at=NOW)
    assert await store.count() == replace(NOTHING, parked=1)
    assert not await store.claim_outbound(NOW + 2 * LEASE, shares=by_line(1), lease_for=LEASE)


@pytest.mark.parametrize("late", ["retry", "park"])
async def test_a_late_failure_does_not_undo_what_another_process_published(
    store: MessageStore, late: str
) -> None:
    await store.commit_submission(submission())
    await store.mark_published([uuid_of(1)], NOW)
    if late == "retry":
        await store.retry_outbound(uuid_of(1), code="transport.unconfirmed", due_at=NOW)
    else:
        await store.park_outbound(uuid_of(1), code="transport.unconfirmed", at=NOW)
    assert await store.count() == NOTHING


# --- receiving ---------------------------------------------------------------------------------


async def test_accepts_a_new_message_with_all_its_consequences(store: MessageStore) -> None:
    given = acceptance()
    assert await store.accept(given) is Disposition.NEW
    assert await store.find_message(given.message.message_id) == given.message
    for sealed in given.documents:
        assert await store.find_document(sealed.document_id) == sealed
    assert await store.list_events(uuid_of(1, DOCUMENT)) == list(given.events)
    assert await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE) == list(
        given.outbound
    )
    assert await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE) == list(
        given.deliveries
    )


async def test_a_repeated_message_writes_nothing(store: MessageStore) -> None:
    await store.accept(acceptance())
    before = await store.count()
    again = acceptance(at=NOW + SECOND)
    assert await store.accept(again) is Disposition.REPEAT
    assert await store.count() == before
    assert await store.find_message(uuid_of(1)) == acceptance().message
    assert await store.list_events(uuid_of(1, DOCUMENT)) == list(acceptance().events)


async def test_a_repeated_message_has_its_acknowledgements_sent_again(store: MessageStore) -> None:
    """The sender asks again because it did not hear them."""
    await store.accept(acceptance())
    await store.mark_published([uuid_of(1, ACK)], NOW)
    await store.complete_delivery(
        uuid_of(1, DOCUMENT),
        at=NOW,
        events=[],
        documents=[document(1, kind=6, certificate_key="", direction=Direction.OUT)],
        outbound=[outbound(1, kind=5, document_kind=6)],
    )
    await store.mark_published([uuid_of(1, 5)], NOW)
    assert await store.accept(acceptance(at=NOW + SECOND)) is Disposition.REPEAT
    assert not await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    due = await store.claim_outbound(NOW + SECOND, shares=by_line(9), lease_for=LEASE)
    assert sorted(ids_of(due)) == [uuid_of(1, ACK), uuid_of(1, 5)]
    assert {entry.attempts for entry in due} == {0}
    assert not await store.claim_deliveries(NOW + SECOND, share=Share(fresh=9), lease_for=LEASE)


async def test_a_repeated_message_has_no_acknowledgement_sent_again_that_has_expired(
    store: MessageStore,
) -> None:
    """Nobody would take it, and it would be parked as if it had never been heard."""
    given = acceptance()
    ack, life = given.outbound[0], timedelta(days=30)
    living = outbound(1, kind=5, document_kind=6, at=NOW + SECOND)
    ended_at = ack.message.expires_at
    assert (ended_at, living.message.expires_at) == (NOW + life, NOW + life + SECOND)
    await store.accept(given)
    await store.complete_delivery(
        uuid_of(1, DOCUMENT),
        at=NOW,
        events=[],
        documents=[document(1, kind=6, certificate_key="", direction=Direction.OUT)],
        outbound=[living],
    )
    await store.mark_published([uuid_of(1, ACK), uuid_of(1, 5)], NOW)
    assert await store.accept(acceptance(at=ended_at)) is Disposition.REPEAT
    due = await store.claim_outbound(ended_at, shares=by_line(9), lease_for=LEASE)
    assert ids_of(due) == [living.message.message_id]


async def test_a_repeated_message_is_not_relayed_again(store: MessageStore) -> None:
    await store.accept(relay())
    await store.mark_published([uuid_of(1), uuid_of(1, ACK)], NOW)
    assert await store.accept(relay()) is Disposition.REPEAT
    due = await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    assert ids_of(due) == [uuid_of(1, ACK)]


async def test_a_repeated_message_leaves_an_acknowledgement_alone_that_still_waits(
    store: MessageStore,
) -> None:
    await store.accept(acceptance())
    await store.retry_outbound(uuid_of(1, ACK), code="transport.full", due_at=NOW + LEASE)
    await store.accept(acceptance())
    assert not await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)


async def test_a_relayed_message_leaves_as_it_came(store: MessageStore) -> None:
    given = relay()
    await store.accept(given)
    due = await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    [relayed] = [entry for entry in due if entry.line == "VN"]
    assert relayed.message.octets == given.message.octets


async def test_the_same_id_with_another_digest_is_a_conflict(store: MessageStore) -> None:
    await store.accept(acceptance())
    before = await store.count()
    forged = replace(acceptance(2), message=message(1, digest=digest_of("forged")))
    assert await store.accept(forged) is Disposition.CONFLICT
    assert await store.count() == before
    assert await store.find_document(uuid_of(2, DOCUMENT)) is None
    assert await store.find_message(uuid_of(1)) == acceptance().message


async def test_a_known_document_id_with_another_digest_is_a_conflict(store: MessageStore) -> None:
    await store.accept(acceptance())
    before = await store.count()
    other = acceptance(2)
    forged = replace(
        other, documents=[document(1, digest=digest_of("forged")), *other.documents[1:]]
    )
    assert await store.accept(forged) is Disposition.CONFLICT
    assert await store.count() == before
    assert await store.find_message(other.message.message_id) is None
    assert await store.accept(other) is Disposition.NEW, "nothing of it was received"


async def test_a_message_sent_from_here_that_comes_in_altered_is_a_conflict(
    store: MessageStore,
) -> None:
    await store.commit_submission(submission())
    forged = replace(relay(), message=message(1, digest=digest_of("forged")), outbound=())
    assert await store.accept(forged) is Disposition.CONFLICT


async def test_many_arrivals_of_one_message_are_accepted_once(
    store: MessageStore, other_store: MessageStore
) -> None:
    outcomes = await asyncio.gather(
        *((store, other_store)[number % 2].accept(acceptance()) for number in range(20))
    )
    assert outcomes.count(Disposition.NEW) == 1
    assert outcomes.count(Disposition.REPEAT) == 19


async def test_the_same_fact_told_twice_is_one_event(store: MessageStore) -> None:
    fact = Event(document_id=uuid_of(9, DOCUMENT), name="GIVEN", at=NOW, message_id=uuid_of(7))
    later = replace(fact, at=NOW + SECOND, detail="told again")
    second = replace(fact, revision=2, name="NOT_GIVEN", at=NOW - SECOND)
    await store.accept(replace(acceptance(1), events=[fact, fact]))
    await store.accept(replace(acceptance(2), events=[later, second]))
    assert await store.list_events(uuid_of(9, DOCUMENT)) == [second, fact]


@pytest.mark.parametrize("state", ["waiting", "completed", "parked"])
async def test_a_known_document_in_a_new_message_is_not_delivered_again(
    store: MessageStore, state: str
) -> None:
    """It is acknowledged, and its delivery stays what it is."""
    first = acceptance()
    await store.accept(first)
    if state == "completed":
        await store.complete_delivery(
            uuid_of(1, DOCUMENT), at=NOW, events=[], documents=[], outbound=[]
        )
    elif state == "parked":
        await store.park_delivery(uuid_of(1, DOCUMENT), code="national.refused", at=NOW)
    assert await store.accept(bring_again(first)) is Disposition.NEW
    due = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    assert due == (list(first.deliveries) if state == "waiting" else [])
    acks = ids_of(await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE))
    assert acks == [uuid_of(1, ACK), uuid_of(2, ACK)]


def bring_again(first: Acceptance, *, forced: bool = False) -> Acceptance:
    """Another message with the document of the first one."""
    came = replace(message(2), document_id=uuid_of(1, DOCUMENT))
    other = acceptance(2)
    [delivery] = first.deliveries
    again = replace(delivery, message_id=came.message_id, message_digest=came.digest)
    return replace(
        other,
        message=came,
        documents=[first.documents[0], other.documents[1]],
        deliveries=[again],
        forces_delivery=forced,
    )


@pytest.mark.parametrize("state", ["completed", "parked"])
async def test_a_retransmission_forces_redelivery(store: MessageStore, state: str) -> None:
    """OCP rule 29(3): a new message with the same document."""
    first = acceptance()
    await store.accept(first)
    if state == "completed":
        await store.complete_delivery(
            uuid_of(1, DOCUMENT), at=NOW, events=[], documents=[], outbound=[]
        )
    else:
        await store.park_delivery(uuid_of(1, DOCUMENT), code="national.refused", at=NOW)
    assert not await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    retransmission = bring_again(first, forced=True)
    assert await store.accept(retransmission) is Disposition.NEW
    due = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    assert due == list(retransmission.deliveries)


async def test_what_came_again_because_it_was_asked_for_mends_what_is_kept(
    store: MessageStore,
) -> None:
    """Octets that are not those that were sealed are replaced; unasked, they stay."""
    first = acceptance()
    came, *others = first.documents
    spoiled = replace(came, octets=b"spoiled")
    await store.accept(replace(first, documents=[spoiled, *others]))
    again = bring_again(first, forced=False)
    assert await store.accept(again) is Disposition.NEW
    kept = await store.find_document(came.document_id)
    assert kept is not None
    assert kept.octets == b"spoiled"
    another = replace(again.message, message_id=uuid_of(77), digest=digest_of("asked for"))
    asked = replace(again, message=another, forces_delivery=True)
    assert await store.accept(asked) is Disposition.NEW
    kept = await store.find_document(came.document_id)
    assert kept is not None
    assert kept.octets == asked.deliveries[0].octets


async def test_lists_what_was_exchanged_between_two_ids(store: MessageStore) -> None:
    first = acceptance()
    await store.accept(first)
    came = first.documents[0]
    everything = "ffffffff"
    (found,) = await store.list_exchanged([came.message_type], after="", until=everything)
    assert found == Exchanged(
        document_id=came.document_id,
        message_type=came.message_type,
        digest=came.digest,
        issuing_party=came.issuing_party,
        receiving_party=came.receiving_party,
        environment=came.environment,
        direction=came.direction,
        facts=frozenset({each.name for each in first.events}),
        waits=False,
    )
    types = [came.message_type]
    assert not await store.list_exchanged(types, after=came.document_id, until=everything)
    assert not await store.list_exchanged(types, after="", until=came.document_id)
    assert not await store.list_exchanged(["Gift"], after="", until=everything)


async def test_tells_of_what_was_exchanged_whether_it_waits(store: MessageStore) -> None:
    sent = submission()
    await store.commit_submission(sent)
    types = [sent.document.message_type]
    (found,) = await store.list_exchanged(types, after="", until="ffffffff")
    assert found.waits
    assert found.facts == {each.name for each in sent.events}
    await store.mark_published([sent.outbound.message.message_id], NOW)
    (found,) = await store.list_exchanged(types, after="", until="ffffffff")
    assert not found.waits


async def test_a_retransmission_of_what_still_waits_changes_nothing(store: MessageStore) -> None:
    first = acceptance()
    await store.accept(first)
    assert await store.accept(bring_again(first, forced=True)) is Disposition.NEW
    assert await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE) == list(
        first.deliveries
    )
