"""How every evidence store keeps leaves, batches and trust."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.evidence_store import SqliteEvidenceStore
from swb.ports import Feed, KeptTrust, Leaf, LeafKind, StampedBatch
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.ports import EvidenceStore

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["sqlite"])
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence.db"


@pytest.fixture
async def evidence(path: Path) -> AsyncIterator[EvidenceStore]:
    store = SqliteEvidenceStore(path=path)
    await store.open()
    yield store
    await store.close()


def leaf(number: int, kind: LeafKind = LeafKind.MESSAGE) -> Leaf:
    return Leaf(
        kind=kind,
        subject_id=f"{kind}-{number}",
        octets_digest=sha256(f"{kind}{number}".encode()).digest(),
        signature_digest=b"" if kind is LeafKind.ERASURE else sha256(b"signature").digest(),
        recorded_at=NOW + number * SECOND,
    )


BATCH = StampedBatch(
    root=bytes(32),
    token=b"token",
    authority="urn:swb:party:TH:time-stamping",
    generated_at=NOW,
    proven_at=NOW + SECOND,
    made_at=NOW + 2 * SECOND,
)


async def test_remembers_leaves_and_how_far_it_came_together(evidence: EvidenceStore) -> None:
    assert await evidence.get_position(Feed.MESSAGES) == 0
    await evidence.take_in(Feed.MESSAGES, [leaf(1), leaf(2)], position=7)
    assert await evidence.get_position(Feed.MESSAGES) == 7
    assert await evidence.get_position(Feed.ERASURES) == 0
    assert await evidence.list_waiting(limit=9) == [leaf(1), leaf(2)]
    assert await evidence.list_waiting(limit=1) == [leaf(1)]
    assert await evidence.find_oldest_waiting() == NOW + SECOND


async def test_a_leaf_that_is_known_stays_as_it_is_and_a_position_never_goes_back(
    evidence: EvidenceStore,
) -> None:
    await evidence.take_in(Feed.MESSAGES, [leaf(1)], position=7)
    other = replace(leaf(1), octets_digest=bytes(32))
    await evidence.take_in(Feed.MESSAGES, [other], position=3)
    assert await evidence.list_waiting(limit=9) == [leaf(1)]
    assert await evidence.get_position(Feed.MESSAGES) == 7


async def test_a_batch_is_recorded_once(evidence: EvidenceStore) -> None:
    leaves = [leaf(1), leaf(2), leaf(1, LeafKind.DOCUMENT)]
    await evidence.take_in(Feed.MESSAGES, [*leaves, leaf(3)], position=3)
    assert await evidence.commit_batch(BATCH, leaves)
    assert not await evidence.commit_batch(BATCH, [leaf(3), leaf(1)])
    found = await evidence.find_stamped(LeafKind.MESSAGE, leaf(1).subject_id)
    assert found is not None
    assert (found.leaf, found.batch) == (leaf(1), BATCH)
    assert found.others == leaves
    waiting = await evidence.find_stamped(LeafKind.MESSAGE, leaf(3).subject_id)
    assert waiting is not None
    assert waiting.batch is None
    assert await evidence.find_stamped(LeafKind.MESSAGE, "unknown") is None
    tally = await evidence.tally()
    assert (tally.stamped, tally.stamped_messages, tally.waiting, tally.batches) == (3, 2, 1, 1)
    assert tally.oldest_waiting_at == NOW + 3 * SECOND


async def test_keeps_each_trust_bundle_once_in_the_order_of_their_time(
    evidence: EvidenceStore,
) -> None:
    kept = [
        KeptTrust(digest=sha256(each).digest(), octets=each, seen_at=NOW)
        for each in (b"first", b"second")
    ]
    for each in (*kept, replace(kept[0], seen_at=NOW + SECOND)):
        await evidence.keep_trust(each)
    assert await evidence.list_trust() == kept


async def test_another_process_sees_what_was_committed(evidence: EvidenceStore, path: Path) -> None:
    await evidence.take_in(Feed.ERASURES, [leaf(1, LeafKind.ERASURE)], position=1)
    other = SqliteEvidenceStore(path=path)
    await other.open()
    try:
        assert await other.list_waiting(limit=9) == [leaf(1, LeafKind.ERASURE)]
    finally:
        await other.close()


async def test_a_closed_store_and_a_foreign_file_are_unavailable(tmp_path: Path) -> None:
    store = SqliteEvidenceStore(path=tmp_path / "evidence.db")
    with pytest.raises(UnavailableError) as failed:
        await store.tally()
    assert failed.value.code == "evidence.unavailable"
    (tmp_path / "foreign.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(UnavailableError) as failed:
        await SqliteEvidenceStore(path=tmp_path / "foreign.db").open()
    assert failed.value.code == "evidence.unavailable"
