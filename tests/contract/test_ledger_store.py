"""What every store of the evidence log, and every memory of a witness, must do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.witness import SqliteWitnessStore
from swb.ports import LogIncident
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.ledger.entry import LogEntry, parse_entry
from swb_schemas.wire.ledger.merkle import EMPTY_ROOT, Frontier
from swb_schemas.wire.ledger.notes import NoteSignature
from swb_schemas.wire.ledger.tiles import ENTRIES, Tile, list_new_tiles, parse_entries
from tests.contract.records import NOW, SECOND
from tests.ledgers import ORIGIN, draw_entry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.ports import LedgerStore, WitnessStore

LEASE = timedelta(seconds=30)
ENTRIES_DRAWN = [draw_entry(serial) for serial in range(600)]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerStore]:
    store = SqliteLedgerStore(path=tmp_path / "ledger.db", origin=ORIGIN)
    await store.open()
    assert await store.claim("one", NOW, lease_for=LEASE)
    yield store
    await store.close()


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[WitnessStore]:
    store = SqliteWitnessStore(path=tmp_path / "witness.db")
    await store.open()
    yield store
    await store.close()


def signature_of(name: str, value: bytes = b"value") -> NoteSignature:
    return NoteSignature(name=name, key_id=b"\0\0\0\1", value=value)


# --- one sequencer -----------------------------------------------------------------------------


async def test_one_owner_sequences_until_its_lease_ends(ledger: LedgerStore) -> None:
    assert not await ledger.claim("two", NOW + LEASE - SECOND, lease_for=LEASE)
    assert await ledger.claim("one", NOW + SECOND, lease_for=LEASE)
    assert not await ledger.claim("two", NOW + LEASE, lease_for=LEASE)
    assert await ledger.claim("two", NOW + SECOND + LEASE, lease_for=LEASE)


async def test_who_releases_the_lease_is_followed_at_once(ledger: LedgerStore) -> None:
    await ledger.release("two")
    assert not await ledger.claim("two", NOW, lease_for=LEASE)
    await ledger.release("one")
    assert await ledger.claim("two", NOW, lease_for=LEASE)


async def test_whoever_lost_the_lease_appends_nothing(ledger: LedgerStore) -> None:
    assert await ledger.claim("two", NOW + LEASE, lease_for=LEASE)
    with pytest.raises(UnavailableError) as lost:
        await ledger.append("one", after=0, entries=ENTRIES_DRAWN[:1], position=1)
    assert lost.value.code == "ledger.lease_lost"
    assert (await ledger.load()).checkpoint.size == 0


async def test_a_step_is_taken_from_where_the_log_stands_or_not_at_all(ledger: LedgerStore) -> None:
    await ledger.append("one", after=0, entries=ENTRIES_DRAWN[:2], position=7)
    with pytest.raises(UnavailableError):
        await ledger.append("one", after=0, entries=ENTRIES_DRAWN[2:3], position=8)
    assert (await ledger.load()).checkpoint.size == 2


async def test_of_many_who_claim_at_once_one_gets_it(ledger: LedgerStore) -> None:
    later = NOW + 2 * LEASE
    names = [f"owner {number}" for number in range(8)]
    won = await asyncio.gather(*(ledger.claim(name, later, lease_for=LEASE) for name in names))
    assert sum(won) == 1


# --- growing -----------------------------------------------------------------------------------


async def test_an_empty_log_has_the_empty_root(ledger: LedgerStore) -> None:
    state = await ledger.load()
    assert (state.position, state.last_message_id) == (0, "")
    assert (state.checkpoint.origin, state.checkpoint.size) == (ORIGIN, 0)
    assert state.checkpoint.root == EMPTY_ROOT


async def test_a_log_that_grew_has_the_root_of_its_entries(ledger: LedgerStore) -> None:
    position = 0
    for start, end in ((0, 1), (1, 300), (300, 300), (300, 600)):
        state = await ledger.append(
            "one", after=position, entries=ENTRIES_DRAWN[start:end], position=position + 10
        )
        position += 10
        expected = Frontier().append(each.leaf for each in ENTRIES_DRAWN[:end])
        assert (state.checkpoint.size, state.checkpoint.root) == (end, expected.root)
        assert state.position == position
    assert await ledger.load() == state
    assert state.last_message_id == ENTRIES_DRAWN[-1].message_id


async def test_what_is_in_the_log_already_is_not_appended_again(ledger: LedgerStore) -> None:
    await ledger.append("one", after=0, entries=ENTRIES_DRAWN[:3], position=3)
    state = await ledger.append("one", after=3, entries=ENTRIES_DRAWN[1:4], position=4)
    assert state.checkpoint.size == 4
    assert state.checkpoint.root == Frontier().append(e.leaf for e in ENTRIES_DRAWN[:4]).root


async def test_a_message_with_another_digest_than_the_logged_one_stops_the_log(
    ledger: LedgerStore,
) -> None:
    await ledger.append("one", after=0, entries=ENTRIES_DRAWN[:3], position=3)
    other = LogEntry(
        message_id=ENTRIES_DRAWN[1].message_id,
        sender=ENTRIES_DRAWN[1].sender,
        digest=ENTRIES_DRAWN[2].digest,
    )
    with pytest.raises(UnavailableError) as conflict:
        await ledger.append("one", after=3, entries=[ENTRIES_DRAWN[5], other], position=5)
    assert conflict.value.code == "ledger.conflict"
    assert (await ledger.load()).checkpoint.size == 3


async def test_tiles_are_those_of_the_tree(ledger: LedgerStore) -> None:
    await ledger.append("one", after=0, entries=ENTRIES_DRAWN, position=600)
    for tile in list_new_tiles(0, 600):
        raw = await ledger.read_tile(tile)
        start = tile.number * 256
        if tile.level == ENTRIES:
            found = [parse_entry(each) for each in parse_entries(raw, width=tile.width)]
            assert found == ENTRIES_DRAWN[start : start + tile.width]
        else:
            tile.check(raw)
    assert await ledger.read_tile(Tile(1, 0, 2)) == b"".join(
        Frontier().append(each.leaf for each in ENTRIES_DRAWN[start : start + 256]).root
        for start in (0, 256)
    )
    with pytest.raises(UnavailableError):
        await ledger.read_tile(Tile(0, 2, 200))


# --- what was signed ---------------------------------------------------------------------------


async def test_the_first_checkpoint_of_a_size_stands(ledger: LedgerStore) -> None:
    first = await ledger.keep_checkpoint(b"first\n", size=3, at=NOW)
    second = await ledger.keep_checkpoint(b"second\n", size=3, at=NOW + SECOND)
    assert first == second == await ledger.find_checkpoint(3)
    assert (first.note, first.witnesses, first.signed_at) == (b"first\n", (), NOW)
    assert await ledger.find_checkpoint(4) is None


async def test_cosignatures_stand_below_their_checkpoint_each_witness_once(
    ledger: LedgerStore,
) -> None:
    await ledger.keep_checkpoint(b"note\n", size=3, at=NOW)
    for name, value in (("b", b"1"), ("a", b"2"), ("b", b"3")):
        await ledger.add_cosignature(3, signature_of(name, value), NOW)
    kept = await ledger.find_checkpoint(3)
    assert kept is not None
    assert kept.witnesses == ("a", "b")
    lines = signature_of("a", b"2").line + signature_of("b", b"1").line
    assert kept.note == b"note\n" + lines.encode()


async def test_the_latest_checkpoint_is_found_by_how_many_watched(ledger: LedgerStore) -> None:
    for size in (3, 5, 9):
        await ledger.keep_checkpoint(b"note\n", size=size, at=NOW)
    for size, name in ((3, "a"), (3, "b"), (5, "a")):
        await ledger.add_cosignature(size, signature_of(name), NOW)
    found = [await ledger.find_latest(witnesses=number) for number in range(4)]
    assert [each.size if each else None for each in found] == [9, 5, 3, None]


async def test_a_cosignature_of_what_was_never_signed_is_not_kept(ledger: LedgerStore) -> None:
    with pytest.raises(UnavailableError):
        await ledger.add_cosignature(3, signature_of("a"), NOW)


async def test_everything_is_there_after_a_restart(ledger: LedgerStore, tmp_path: Path) -> None:
    state = await ledger.append("one", after=0, entries=ENTRIES_DRAWN[:5], position=5)
    await ledger.keep_checkpoint(b"note\n", size=5, at=NOW)
    await ledger.close()
    again = SqliteLedgerStore(path=tmp_path / "ledger.db", origin=ORIGIN)
    await again.open()
    assert await again.load() == state
    assert await again.find_latest() is not None
    await again.close()


async def test_a_file_holds_one_log(ledger: LedgerStore, tmp_path: Path) -> None:
    await ledger.close()
    other = SqliteLedgerStore(path=tmp_path / "ledger.db", origin="log.example/other")
    with pytest.raises(UnavailableError) as refused:
        await other.open()
    assert refused.value.code == "ledger.other_log"


async def test_a_file_of_another_purpose_is_not_touched(
    memory: WitnessStore, tmp_path: Path
) -> None:
    await memory.close()
    other = SqliteLedgerStore(path=tmp_path / "witness.db", origin=ORIGIN)
    with pytest.raises(UnavailableError) as refused:
        await other.open()
    assert refused.value.code == "ledger.schema"


# --- a witness's memory ------------------------------------------------------------------------


async def test_a_witness_remembers_the_largest_checkpoint_that_it_accepted(
    memory: WitnessStore,
) -> None:
    assert await memory.find_last(ORIGIN) is None
    assert await memory.accept(ORIGIN, before=0, size=3, note=b"three", at=NOW)
    assert await memory.accept(ORIGIN, before=3, size=9, note=b"nine", at=NOW + SECOND)
    await memory.keep_line(ORIGIN, 9, "line\n")
    last = await memory.find_last(ORIGIN)
    assert last is not None
    assert (last.size, last.note, last.line, last.accepted_at) == (
        9,
        b"nine",
        "line\n",
        NOW + SECOND,
    )
    assert [each.size for each in await memory.list_cosigned(ORIGIN)] == [3, 9]
    assert [each.size for each in await memory.list_cosigned(ORIGIN, after=3)] == [9]
    assert await memory.find_last("log.example/other") is None


@pytest.mark.parametrize(("before", "size"), [(0, 12), (3, 12), (9, 9), (9, 4), (12, 13)])
async def test_a_witness_accepts_nothing_from_anywhere_but_its_last_checkpoint(
    memory: WitnessStore, before: int, size: int
) -> None:
    assert await memory.accept(ORIGIN, before=0, size=9, note=b"nine", at=NOW)
    assert not await memory.accept(ORIGIN, before=before, size=size, note=b"other", at=NOW)
    assert [each.note for each in await memory.list_cosigned(ORIGIN)] == [b"nine"]


async def test_of_two_processes_of_a_witness_one_accepts(memory: WitnessStore) -> None:
    notes = [str(number).encode() for number in range(8)]
    accepted = await asyncio.gather(
        *(memory.accept(ORIGIN, before=0, size=5, note=note, at=NOW) for note in notes)
    )
    assert sum(accepted) == 1


async def test_what_a_witness_refused_is_kept_once(memory: WitnessStore) -> None:
    incident = LogIncident(
        origin=ORIGIN,
        code="ledger.forked",
        first=b"one",
        second=b"other",
        proof=b"proof",
        seen_at=NOW,
    )
    assert await memory.keep_incident(incident)
    assert not await memory.keep_incident(incident)
    assert list(await memory.list_incidents(ORIGIN)) == [incident]
    assert list(await memory.list_incidents("log.example/other")) == []
