"""How every message store shares out what waits, and what a person does with what is parked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from swb.ports import (
    Backlog,
    Counts,
    Event,
    Parked,
    ParkedFilter,
    ParkedKind,
    Share,
    WaitingDelivery,
)
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
    digests_of,
    documents_of,
    held,
    ids_of,
    outbound,
    relay,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb.ports import MessageStore

LATER = NOW + 100 * SECOND


async def submit(store: MessageStore, *numbers: int) -> list[str]:
    """Submit one document for each number, a second apart, the first the oldest."""
    for number in numbers:
        await store.commit_submission(submission(number, at=NOW + number * SECOND))
    return [uuid_of(number) for number in numbers]


async def claim(store: MessageStore, share: Share, at: datetime = LATER) -> list[str]:
    return ids_of(await store.claim_outbound(at, shares={"TH": share}, lease_for=LEASE))


# --- sharing -----------------------------------------------------------------------------------


async def test_each_line_gives_its_own_share_oldest_first(store: MessageStore) -> None:
    await submit(store, *range(5))
    for number in range(10, 13):
        await store.accept(relay(number, at=NOW + number * SECOND))

    claimed = await store.claim_outbound(
        LATER, shares={"TH": Share(fresh=2), "VN": Share(fresh=9)}, lease_for=LEASE
    )

    lines = {
        line: [each.message.message_id for each in claimed if each.line == line]
        for line in ("TH", "VN")
    }
    assert lines == {
        "TH": [uuid_of(0), uuid_of(1)],
        "VN": [uuid_of(10), uuid_of(11), uuid_of(12)],
    }


async def test_a_line_that_nobody_asks_for_keeps_what_it_has(store: MessageStore) -> None:
    await submit(store, 1)
    assert not await store.claim_outbound(LATER, shares={"VN": Share(fresh=9)}, lease_for=LEASE)
    assert not await store.claim_outbound(LATER, shares={}, lease_for=LEASE)
    assert await claim(store, Share(fresh=9)) == [uuid_of(1)]


@pytest.mark.parametrize(
    ("fresh", "old", "expected"),
    [
        (9, 9, [5, 6, 7, 0, 1, 2, 3, 4]),
        (1, 2, [5, 0, 1]),
        (0, 2, [0, 1]),
        (2, 0, [5, 6]),
        (0, 0, []),
    ],
    ids=["all of it", "some of each", "only old", "only fresh", "nothing"],
)
async def test_old_and_fresh_messages_have_shares_of_their_own(
    store: MessageStore, fresh: int, old: int, expected: Sequence[int]
) -> None:
    await submit(store, *range(8))
    share = Share(fresh=fresh, old=old, old_before=NOW + 5 * SECOND)
    assert await claim(store, share) == [uuid_of(number) for number in expected]


async def test_old_and_fresh_deliveries_have_shares_of_their_own(store: MessageStore) -> None:
    for number in range(6):
        await store.accept(acceptance(number, at=NOW + number * SECOND))
    share = Share(fresh=1, old=2, old_before=NOW + 4 * SECOND)
    claimed = await store.claim_deliveries(LATER, share=share, lease_for=LEASE)
    assert documents_of(claimed) == [uuid_of(number, DOCUMENT) for number in (4, 0, 1)]


async def test_what_is_released_keeps_its_place_and_its_attempts(store: MessageStore) -> None:
    first, second, third = await submit(store, 1, 2, 3)
    assert await claim(store, Share(fresh=2)) == [first, second]
    await store.release_outbound([first, second], code="transport.unreachable")
    [again, *_] = await store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE)
    assert again == replace(submission(1, at=NOW + SECOND).outbound, attempts=0)
    [standing] = await store.list_standings(again.message.document_id)
    assert (standing.state, standing.code) == ("waiting", "transport.unreachable")
    await store.mark_published([first, second, third], LATER)
    await store.release_outbound([first], code="transport.full")
    assert (await store.count()).outbound == 0, "what was published after all is not sent again"


async def test_a_probe_goes_behind_the_others_and_counts_for_nothing(
    store: MessageStore,
) -> None:
    first, second = await submit(store, 1, 2)
    await store.retry_outbound(first, code="transport.unconfirmed", due_at=LATER, counts=False)
    claimed = await store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE)
    assert ids_of(claimed) == [second, first]
    assert [each.attempts for each in claimed] == [0, 0]


async def test_a_delivery_that_was_a_probe_counts_no_attempt(store: MessageStore) -> None:
    await store.accept(acceptance())
    await store.retry_delivery(
        uuid_of(1, DOCUMENT), code="national.unavailable", due_at=LATER, counts=False
    )
    [claimed] = await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
    assert claimed.attempts == 0


async def test_released_deliveries_keep_their_place_and_their_attempts(
    store: MessageStore,
) -> None:
    await store.accept(acceptance())
    [claimed] = await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE)
    await store.release_deliveries([claimed.document_id], code="national.unavailable")
    assert await store.claim_deliveries(NOW, share=Share(fresh=9), lease_for=LEASE) == [claimed]


async def test_hastening_brings_the_order_of_age_back(store: MessageStore) -> None:
    ids = await submit(store, *range(5))
    for number, code in enumerate(("a.down", "a.down", "b.own", "a.down")):
        await store.retry_outbound(ids[number], code=code, due_at=LATER + (9 - number) * SECOND)
    assert await store.hasten_outbound("VN", LATER, codes=["a.down"], limit=9) == 0
    assert await store.hasten_outbound("TH", LATER, codes=["a.down"], limit=2) == 2
    assert await store.hasten_outbound("TH", LATER, codes=["a.down"], limit=2) == 1
    assert await store.hasten_outbound("TH", LATER, codes=["a.down"], limit=2) == 0
    assert await claim(store, Share(fresh=9)) == [ids[number] for number in (0, 1, 3, 4)]


async def test_hastened_deliveries_are_due_in_the_order_of_age(store: MessageStore) -> None:
    for number in range(3):
        await store.accept(acceptance(number, at=NOW + number * SECOND))
        await store.retry_delivery(
            uuid_of(number, DOCUMENT), code="a.down", due_at=LATER + (9 - number) * SECOND
        )
    assert await store.hasten_deliveries(LATER, codes=["b.own"], limit=9) == 0
    assert await store.hasten_deliveries(LATER, codes=["a.down"], limit=9) == 3
    claimed = await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
    assert documents_of(claimed) == [uuid_of(number, DOCUMENT) for number in range(3)]


async def test_lists_what_waits_for_the_national_system(store: MessageStore) -> None:
    assert await store.list_deliveries() == []
    for number in range(3):
        await store.accept(acceptance(number, at=NOW + number * SECOND))
    await store.claim_deliveries(NOW, share=Share(fresh=1), lease_for=LEASE)
    await store.retry_delivery(uuid_of(1, DOCUMENT), code="a.down", due_at=LATER)
    first, second, third = await store.list_deliveries()
    assert first == WaitingDelivery(
        document_id=uuid_of(0, DOCUMENT),
        message_type="CertificateIssue",
        recorded_at=NOW,
        due_at=NOW,
        leased_until=NOW + LEASE,
        attempts=0,
    )
    assert (second.document_id, second.leased_until) == (uuid_of(2, DOCUMENT), None)
    assert (third.document_id, third.due_at, third.attempts) == (uuid_of(1, DOCUMENT), LATER, 1)
    assert await store.list_deliveries(limit=1) == [first]
    await store.park_delivery(uuid_of(2, DOCUMENT), code="a.down", at=NOW)
    assert len(await store.list_deliveries()) == 2


async def test_tells_what_waits_by_line(store: MessageStore) -> None:
    assert await store.list_backlogs() == []
    await submit(store, 1, 2)
    await store.accept(relay(10, at=NOW + 10 * SECOND))
    assert await store.list_backlogs() == [
        Backlog(line="TH", waiting=3, oldest_at=NOW + SECOND),
        Backlog(line="VN", waiting=1, oldest_at=NOW + 10 * SECOND),
    ]


# --- what waits for a person -------------------------------------------------------------------


async def park_everything(store: MessageStore) -> None:
    """One of each kind, each parked a second after the other."""
    await store.commit_submission(submission(1))
    await store.park_outbound(uuid_of(1), code="message.expired", at=NOW + SECOND)
    await store.accept(acceptance(2))
    await store.mark_published([uuid_of(2, ACK)], NOW)
    await store.park_delivery(
        uuid_of(2, DOCUMENT), code="certificate.compromised", at=NOW + 2 * SECOND
    )
    waits = replace(held(3), received_at=NOW + 3 * SECOND)
    await store.hold(waits, due_at=LATER + LATER.resolution)
    await store.bury(buried(4, at=NOW + 4 * SECOND))


PARKED_OUTBOUND = Parked(
    kind=ParkedKind.OUTBOUND,
    item_id=uuid_of(1),
    code="message.expired",
    detail="",
    since=NOW + SECOND,
    partner="urn:swb:party:VN:gateway",
    line="TH",
    message_id=uuid_of(1),
    message_type="CertificateIssue",
    document_id=uuid_of(1, DOCUMENT),
    attempts=1,
    expires_at=outbound(1).message.expires_at,
    octets=len(outbound(1).message.octets),
)
KINDS = (ParkedKind.OUTBOUND, ParkedKind.DELIVERY, ParkedKind.HELD, ParkedKind.DEAD_LETTER)


async def kinds_of(store: MessageStore, wanted: ParkedFilter) -> tuple[ParkedKind, ...]:
    return tuple(each.kind for each in await store.list_parked(wanted))


async def find(store: MessageStore, kind: ParkedKind) -> Parked:
    [found] = await store.list_parked(ParkedFilter(kind=kind))
    return found


async def test_lists_what_waits_for_a_person_the_longest_waiting_first(
    store: MessageStore,
) -> None:
    await park_everything(store)
    found = await store.list_parked(ParkedFilter())
    assert tuple(each.kind for each in found) == KINDS
    assert found[0] == PARKED_OUTBOUND
    assert [each.since for each in found] == [NOW + number * SECOND for number in range(1, 5)]
    delivery = found[1]
    assert (delivery.item_id, delivery.message_id) == (uuid_of(2, DOCUMENT), uuid_of(2))
    assert found[3].detail == buried().detail
    assert len(await store.list_parked(ParkedFilter(), limit=2)) == 2


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ParkedFilter(kind=ParkedKind.HELD), KINDS[2:3]),
        (ParkedFilter(code="signature.invalid"), KINDS[3:]),
        (ParkedFilter(partner="VN"), KINDS[:1]),
        (ParkedFilter(partner="TH"), KINDS[1:]),
        (ParkedFilter(partner="T"), ()),
        (ParkedFilter(before=NOW + 3 * SECOND), KINDS[:2]),
        (ParkedFilter(item_id=uuid_of(2, DOCUMENT)), KINDS[1:2]),
        (ParkedFilter(item_id=held(3).octets_digest), KINDS[2:3]),
    ],
    ids=["kind", "code", "partner", "partner or line", "half a partner", "age", "id", "digest"],
)
async def test_finds_what_is_asked_for(
    store: MessageStore, wanted: ParkedFilter, expected: tuple[ParkedKind, ...]
) -> None:
    await park_everything(store)
    assert await kinds_of(store, wanted) == expected


async def test_a_replayed_message_keeps_id_octets_and_place(store: MessageStore) -> None:
    await park_everything(store)
    await submit(store, 7)
    assert await store.replay_parked(ParkedKind.OUTBOUND, uuid_of(1), at=LATER)
    assert not await store.replay_parked(ParkedKind.OUTBOUND, uuid_of(1), at=LATER)
    claimed = await store.claim_outbound(LATER, shares=by_line(9), lease_for=LEASE)
    assert ids_of(claimed) == [uuid_of(1), uuid_of(7)]
    assert claimed[0] == submission(1).outbound
    assert await kinds_of(store, ParkedFilter()) == KINDS[1:]


async def test_a_replayed_delivery_is_due_as_it_was(store: MessageStore) -> None:
    await park_everything(store)
    assert await store.replay_parked(ParkedKind.DELIVERY, uuid_of(2, DOCUMENT), at=LATER)
    claimed = await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
    assert claimed == list(acceptance(2).deliveries)


async def test_what_is_held_is_judged_now_when_somebody_says_so(store: MessageStore) -> None:
    await park_everything(store)
    assert not await store.claim_held(LATER, limit=9, lease_for=LEASE)
    assert await store.replay_parked(ParkedKind.HELD, held(3).octets_digest, at=LATER)
    claimed = await store.claim_held(LATER, limit=9, lease_for=LEASE)
    assert digests_of(claimed) == [held(3).octets_digest]
    assert claimed[0].received_at == NOW + 3 * SECOND


async def test_a_dead_letter_is_judged_again_and_its_record_stays(store: MessageStore) -> None:
    letter = buried(4, at=NOW + 4 * SECOND)
    await store.bury(letter)
    assert await store.replay_parked(ParkedKind.DEAD_LETTER, letter.octets_digest, at=LATER)
    assert await store.find_buried(letter.octets_digest) == letter
    assert await store.find_buried("sha-256:00") is None
    assert await store.count() == replace(NOTHING, held=1)
    [claimed] = await store.claim_held(LATER, limit=9, lease_for=LEASE)
    assert (claimed.octets, claimed.attempts, claimed.received_at) == (
        letter.octets,
        0,
        letter.buried_at,
    )
    assert not await store.replay_parked(ParkedKind.DEAD_LETTER, letter.octets_digest, at=LATER)
    again = replace(letter, code="trust.unlisted", buried_at=LATER)
    await store.bury(again)
    assert await store.list_buried() == [again]
    assert await store.count() == replace(NOTHING, buried=1)


DISCARDS = {
    ParkedKind.OUTBOUND: uuid_of(1),
    ParkedKind.DELIVERY: uuid_of(2, DOCUMENT),
    ParkedKind.DEAD_LETTER: buried(4).octets_digest,
}


@pytest.mark.parametrize("kind", DISCARDS, ids=str)
async def test_what_is_discarded_stays_visible_and_is_tried_no_more(
    store: MessageStore, kind: ParkedKind
) -> None:
    await park_everything(store)
    item_id = DISCARDS[kind]
    told = Event(document_id=uuid_of(1, DOCUMENT), name="DISCARDED", at=LATER, detail="a reason")

    assert await store.discard_parked(kind, item_id, at=LATER, events=[told])
    assert not await store.discard_parked(kind, item_id, at=LATER, events=[told])
    assert not await store.replay_parked(kind, item_id, at=LATER)

    assert kind not in await kinds_of(store, ParkedFilter())
    [found] = await store.list_parked(ParkedFilter(kind=kind, discarded=True))
    assert found.discarded_at == LATER
    counts = await store.count()
    expected = {ParkedKind.DEAD_LETTER: (2, 0)}.get(kind, (1, 1))
    assert (counts.parked, counts.buried) == expected
    assert told in await store.list_events(uuid_of(1, DOCUMENT))


async def test_what_is_held_cannot_be_given_up(store: MessageStore) -> None:
    await park_everything(store)
    assert not await store.discard_parked(ParkedKind.HELD, held(3).octets_digest, at=LATER)
    assert (await store.count()).held == 1


async def test_a_retransmission_delivers_what_was_discarded(store: MessageStore) -> None:
    await park_everything(store)
    await store.discard_parked(ParkedKind.DELIVERY, uuid_of(2, DOCUMENT), at=LATER)
    forced = acceptance(2)
    resent = replace(forced.message, message_id=uuid_of(2, 77), digest="sha-256:77")
    await store.accept(
        replace(forced, message=resent, outbound=(), events=(), forces_delivery=True)
    )
    assert await store.claim_deliveries(LATER, share=Share(fresh=9), lease_for=LEASE)
    await store.park_delivery(uuid_of(2, DOCUMENT), code="national.unavailable", at=LATER)
    assert (await find(store, ParkedKind.DELIVERY)).discarded_at is None


async def test_tells_where_each_message_of_a_document_stands(store: MessageStore) -> None:
    await park_everything(store)
    [sent] = await store.list_standings(uuid_of(1, DOCUMENT))
    assert (sent.kind, sent.state, sent.line) == (ParkedKind.OUTBOUND, "parked", "TH")
    assert (sent.code, sent.ended_at) == ("message.expired", NOW + SECOND)
    await store.discard_parked(ParkedKind.DELIVERY, uuid_of(2, DOCUMENT), at=LATER)
    [handed_over] = await store.list_standings(uuid_of(2, DOCUMENT))
    assert (handed_over.kind, handed_over.state) == (ParkedKind.DELIVERY, "discarded")
    assert await store.list_standings(uuid_of(9, DOCUMENT)) == []


async def test_nothing_unknown_is_replayed_or_discarded(store: MessageStore) -> None:
    for kind in ParkedKind:
        assert not await store.replay_parked(kind, uuid_of(9), at=NOW)
        assert not await store.discard_parked(kind, uuid_of(9), at=NOW)
    assert await store.count() == Counts(outbound=0, deliveries=0, held=0, parked=0, buried=0)
