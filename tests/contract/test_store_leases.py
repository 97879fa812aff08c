"""How every message store lends out what waits, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb.ports import ParkedKind, Share
from tests.contract.records import (
    ACK,
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    by_line,
    digests_of,
    documents_of,
    held,
    ids_of,
    uuid_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from swb.ports import MessageStore

KINDS: Final = (ParkedKind.OUTBOUND, ParkedKind.DELIVERY, ParkedKind.HELD)


async def keep(store: MessageStore, *numbers: int) -> None:
    """One of each kind under each number."""
    for number in numbers:
        await store.accept(acceptance(number))
        await store.hold(held(number), due_at=NOW)


def id_of(kind: ParkedKind, number: int) -> str:
    return {
        ParkedKind.OUTBOUND: uuid_of(number, ACK),
        ParkedKind.DELIVERY: uuid_of(number, DOCUMENT),
        ParkedKind.HELD: held(number).octets_digest,
    }[kind]


async def claim(store: MessageStore, kind: ParkedKind, at: datetime) -> set[str]:
    if kind is ParkedKind.OUTBOUND:
        return set(ids_of(await store.claim_outbound(at, shares=by_line(9), lease_for=LEASE)))
    if kind is ParkedKind.DELIVERY:
        claimed = await store.claim_deliveries(at, share=Share(fresh=9), lease_for=LEASE)
        return set(documents_of(claimed))
    return set(digests_of(await store.claim_held(at, limit=9, lease_for=LEASE)))


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_what_is_still_worked_on_stays_claimed_and_the_rest_does_not(
    store: MessageStore, other_store: MessageStore, kind: ParkedKind
) -> None:
    await keep(store, 1, 2, 3)
    assert len(await claim(store, kind, NOW)) == 3
    at = NOW + LEASE - SECOND
    await store.extend_leases(kind, [id_of(kind, 1), id_of(kind, 3)], at, lease_for=LEASE)
    assert await claim(other_store, kind, NOW + LEASE) == {id_of(kind, 2)}
    assert await claim(other_store, kind, at + LEASE) == {id_of(kind, 1), id_of(kind, 3)}


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_a_lease_that_has_ended_is_not_begun_again(
    store: MessageStore, other_store: MessageStore, kind: ParkedKind
) -> None:
    await keep(store, 1)
    await claim(store, kind, NOW)
    await store.extend_leases(kind, [id_of(kind, 1)], NOW + LEASE, lease_for=LEASE)
    assert await claim(other_store, kind, NOW + LEASE) == {id_of(kind, 1)}


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_a_clock_that_was_set_back_makes_no_lease_shorter(
    store: MessageStore, other_store: MessageStore, kind: ParkedKind
) -> None:
    await keep(store, 1)
    await claim(store, kind, NOW)
    await store.extend_leases(kind, [id_of(kind, 1)], NOW - LEASE, lease_for=LEASE)
    assert await claim(other_store, kind, NOW + LEASE - SECOND) == set()


SETTLEMENTS: Final[
    dict[str, tuple[ParkedKind, Callable[[MessageStore, str], Awaitable[object]]]]
] = {
    "a line that is down": (
        ParkedKind.OUTBOUND,
        lambda store, item: store.release_outbound([item], code="test.down"),
    ),
    "a message that failed": (
        ParkedKind.OUTBOUND,
        lambda store, item: store.retry_outbound(item, code="test.own", due_at=NOW),
    ),
    "a system that is down": (
        ParkedKind.DELIVERY,
        lambda store, item: store.release_deliveries([item], code="test.down"),
    ),
    "a document that failed": (
        ParkedKind.DELIVERY,
        lambda store, item: store.retry_delivery(item, code="test.own", due_at=NOW),
    ),
    "what is held again": (ParkedKind.HELD, lambda store, _: store.hold(held(1), due_at=NOW)),
}


@pytest.mark.parametrize("case", SETTLEMENTS)
async def test_an_extension_that_comes_late_takes_nothing_away_again(
    store: MessageStore, case: str
) -> None:
    """It was given back while the extension was on its way."""
    kind, settle = SETTLEMENTS[case]
    await keep(store, 1)
    await claim(store, kind, NOW)
    await settle(store, id_of(kind, 1))
    await store.extend_leases(kind, [id_of(kind, 1)], NOW, lease_for=LEASE)
    assert await claim(store, kind, NOW) == {id_of(kind, 1)}


async def test_what_is_unknown_or_done_is_not_extended_and_hurts_nobody(
    store: MessageStore,
) -> None:
    await keep(store, 1)
    await claim(store, ParkedKind.OUTBOUND, NOW)
    await store.mark_published([uuid_of(1, ACK)], NOW)
    for kind in KINDS:
        await store.extend_leases(kind, [id_of(kind, 9), uuid_of(1, ACK)], NOW, lease_for=LEASE)
        await store.extend_leases(kind, [], NOW, lease_for=LEASE)
    assert await claim(store, ParkedKind.OUTBOUND, NOW + 9 * LEASE) == set()
