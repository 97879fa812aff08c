"""Two states compare what they exchanged on a day, find what is missing, and repair it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.lifecycle import Fact
from swb.core.reconciling import Kind, Way
from swb.ports import Erasure
from swb.services.judging_days import Repair
from swb.services.said import read_summary
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.retransmission import (
    RetransmissionOutcome,
    RetransmissionReason,
)
from swb_schemas.wire.exchange import ExchangedDocuments
from swb_schemas.xml.codec import encode
from tests.integration.opening import open_world
from tests.integration.reconciling import (
    change,
    exchange,
    lose,
    open_pair,
    open_side,
    outcomes,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from tests.integration.reconciling import Pair

TEST: Final = Environment.TEST
LOST: Final = RetransmissionReason.LOST


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two states that reconcile; bodies are encrypted."""
    async with open_world(tmp_path, protect=True) as world, open_pair(world) as found:
        yield found


def take_backup(file: Path, backup: Path) -> None:
    """Copy a store that is in use."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)


def put_back(backup: Path, file: Path) -> None:
    """Put a copy in a store's place."""
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    shutil.copy(backup, file)


# --- comparing ---------------------------------------------------------------------------------


async def test_two_sides_with_the_same_agree_by_their_summaries(pair: Pair) -> None:
    await exchange(pair.world)
    day = await pair.end_day()
    for side, partner in ((pair.th, "VN"), (pair.vn, "TH")):
        verdict = await side.judge.judge(partner, TEST, day, wait_for=0)
        assert verdict.is_equal
        assert side.service.notices == {}
    assert (await pair.th.judge.judge("VN", TEST, day, wait_for=0)).here.sent.count == 3
    assert await pair.vn.member.buried() == await pair.th.member.buried() == []


async def test_what_was_refused_counts_on_neither_side(pair: Pair) -> None:
    sent = await pair.world.seal(pair.world.certificate())  # in clear, where protection is agreed
    await pair.world.keep("TH", sent)
    await pair.world.hand_to("VN", sent.outbound.message.octets)
    assert await pair.vn.member.buried() == ["connection.protection"]
    day = await pair.end_day()
    verdict = await pair.th.judge.judge("VN", TEST, day, wait_for=0)
    assert verdict.is_equal
    assert (verdict.here.sent.count, verdict.here.refused) == (0, 1)


async def test_a_late_document_makes_another_revision(pair: Pair) -> None:
    await exchange(pair.world, 1)
    day = await pair.end_day()
    await pair.th.member.issue(pair.world.certificate())  # its id is of the day that has ended
    await pair.settle()
    kept = await pair.vn.memory.find_summary("TH", TEST, day, own=False)
    assert kept is not None
    assert kept.revision > 1
    assert (await pair.vn.judge.judge("TH", TEST, day, wait_for=0)).is_equal
    assert pair.th.service.notices == pair.vn.service.notices == {}


async def test_health_names_a_day_on_which_they_differ_and_a_summary_that_is_missing(
    pair: Pair,
) -> None:
    (document_id, *_) = await exchange(pair.world)
    lose(pair.vn.member, document_id)
    day = await pair.end_day()
    name = f"VN test {day.isoformat()}"
    assert pair.th.service.notices == {name: "reconciliation.differs"}
    change_memory = pair.world.folder / "TH.reconciliation.db"
    with closing(sqlite3.connect(change_memory)) as connection, connection:
        connection.execute("DELETE FROM summaries WHERE own = 0")
    pair.world.clock.turn(timedelta(days=1, hours=22))  # the third day after, whatever the hour
    await pair.th.service.look()
    assert pair.th.service.notices.get(name) == "reconciliation.missing"


async def test_health_misses_no_summary_of_a_day_before_reconciliation_began(pair: Pair) -> None:
    """At a start every partner is asked for its last days, also who was connected just now."""
    service, memory = pair.th.service, pair.th.memory
    day = pair.world.clock.now().date() - timedelta(days=3)
    await service.ask_all()
    pair.world.clock.turn(timedelta(minutes=2))
    await service.look()
    own = await memory.find_summary("VN", "test", day, own=True)
    assert own is not None
    assert service.notices == {}
    # What this side has of such a day is worth the other side's word.
    one = ExchangedDocuments([("01930001-0000-7000-8000-000000000002", f"sha-256:{'0' * 64}")])
    told = read_summary(own).model_copy(update={"sent": one.summarise()})
    await memory.keep_summary(replace(own, revision=own.revision + 1, octets=encode(told)))
    pair.world.clock.turn(timedelta(minutes=2))
    await service.look()
    assert service.notices == {f"VN test {day.isoformat()}": "reconciliation.missing"}


# --- what a person is told ----------------------------------------------------------------------


@asynccontextmanager
async def answering(pair: Pair) -> AsyncIterator[None]:
    """Have both gateways' daemons run."""

    async def run() -> None:
        while True:
            await pair.settle()
            await asyncio.sleep(0)

    running = asyncio.create_task(run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("asker", ["TH", "VN"])
@pytest.mark.parametrize("lost_after", [timedelta(minutes=5), timedelta(days=9)])
async def test_what_was_lost_after_the_summaries_agreed_is_named_from_either_side(
    pair: Pair, asker: str, lost_after: timedelta
) -> None:
    """The last summary says that all is there; for ever, once the day is out of the window."""
    (_, lost, _) = await exchange(pair.world)
    day = await pair.end_day()
    pair.world.clock.turn(lost_after)
    await pair.settle()
    lose(pair.vn.member, lost)
    side, partner = (pair.th, "VN") if asker == "TH" else (pair.vn, "TH")
    async with answering(pair):
        verdict = await side.judge.judge(partner, TEST, day, wait_for=30)
    assert verdict.answered
    assert [each.differing.document_id for each in verdict.explained] == [lost]


async def test_nothing_is_said_of_the_present_without_an_answer(pair: Pair) -> None:
    """Neither when nobody was asked, nor when nobody answered."""
    await exchange(pair.world)
    day = await pair.end_day()
    for patience in (0, 0.01):
        verdict = await pair.th.judge.judge("VN", TEST, day, wait_for=patience)
        assert (verdict.asked, verdict.answered) == (patience > 0, False)
        assert verdict.is_equal  # by the other side's word of then


async def test_a_summary_that_crosses_the_question_is_no_answer(pair: Pair) -> None:
    (lost, *_) = await exchange(pair.world)
    day = await pair.end_day()
    await pair.vn.service.ask("TH", TEST, day)  # sealed, and on its way
    lose(pair.vn.member, lost)
    asking = asyncio.create_task(pair.th.judge.judge("VN", TEST, day, wait_for=0.3))
    await pair.world.carry()
    await pair.th.service.look()
    verdict = await asking
    assert verdict.theirs is not None
    assert not verdict.answered
    assert verdict.is_equal  # which is why it must not count


# --- repairing ---------------------------------------------------------------------------------


async def test_what_the_receiver_lost_is_named_asked_for_and_whole_again(pair: Pair) -> None:
    (_, lost, _) = await exchange(pair.world)
    before = await pair.vn.member.store.find_document(lost)
    delivered = sorted(path.name for path in (pair.vn.member.drop / "out").iterdir())
    lose(pair.vn.member, lost)
    day = await pair.end_day()

    verdict = await pair.judge(pair.vn, day)
    (found,) = verdict.explained
    assert (found.differing.document_id, found.differing.way) == (lost, Way.RECEIVED)
    assert (found.differing.kind, found.repair) == (Kind.MISSING_HERE, Repair.ASK)
    await pair.vn.judge.repair(verdict, TEST, reason=LOST, wait_for=0)
    await pair.settle()

    again = await pair.vn.member.store.find_document(lost)
    assert before is not None
    assert again is not None
    assert (again.octets, again.digest) == (before.octets, before.digest)
    assert (await pair.judge(pair.vn, day)).is_equal
    assert pair.th.service.notices == pair.vn.service.notices == {}
    # Handed over under the same id, which the national system knows: the same files as before.
    assert sorted(path.name for path in (pair.vn.member.drop / "out").iterdir()) == delivered
    assert await outcomes(pair.vn) == [RetransmissionOutcome.SENT]
    (asked,) = await pair.vn.memory.list_asked(lost)
    assert asked.outcome == RetransmissionOutcome.SENT


async def test_a_repair_tells_what_the_other_side_has_erased_and_does_not_wait_for_it(
    pair: Pair,
) -> None:
    (lost, *_) = await exchange(pair.world)
    record = await pair.vn.member.store.find_document(lost)
    assert record is not None
    day = await pair.end_day()
    await pair.th.member.store.erase(
        Erasure(
            erasure_id="019ca3b5-0a08-7000-8000-0000000000ee",
            conversation_id=record.conversation_id,
            document_ids=[lost],
            octets=b"record",
            erased_at=pair.world.clock.now(),
        )
    )
    lose(pair.vn.member, lost)
    verdict = await pair.judge(pair.vn, day)

    async with asyncio.TaskGroup() as tasks:
        repairing = tasks.create_task(
            pair.vn.judge.repair(verdict, TEST, reason=LOST, wait_for=100)
        )
        while not repairing.done():
            await pair.settle()
    repaired = repairing.result()

    assert (repaired.asked, repaired.arrived) == ([lost], [])
    assert repaired.not_coming == {lost: RetransmissionOutcome.ERASED}


async def test_the_sender_names_what_the_receiver_lost_with_its_evidence_and_sends_it_again(
    pair: Pair,
) -> None:
    (lost, *_) = await exchange(pair.world)
    lose(pair.vn.member, lost)
    day = await pair.end_day()

    verdict = await pair.judge(pair.th, day)
    (found,) = verdict.explained
    assert (found.differing.document_id, found.differing.kind) == (lost, Kind.MISSING_THERE)
    assert found.evidence == (Fact.RELAYED, Fact.AS2, Fact.AS3)
    assert "acknowledged it (AS2)" in found.why
    repaired = await pair.th.judge.repair(verdict, TEST, reason=LOST, wait_for=0)
    assert repaired.sent == [lost]
    await pair.settle()
    assert await pair.vn.member.store.find_document(lost) is not None
    assert (await pair.judge(pair.th, day)).is_equal


async def test_what_the_sender_lost_is_named_by_the_receiver(pair: Pair) -> None:
    (lost, *_) = await exchange(pair.world)
    change(pair.th.member, "DELETE FROM submissions WHERE document_id = :id", id=lost)
    lose(pair.th.member, lost)
    day = await pair.end_day()
    verdict = await pair.judge(pair.vn, day)
    (found,) = verdict.explained
    assert (found.differing.way, found.differing.kind) == (Way.RECEIVED, Kind.MISSING_THERE)
    assert found.repair == Repair.NONE
    (seen,) = (await pair.judge(pair.th, day)).explained
    assert (seen.differing.way, seen.differing.kind) == (Way.SENT, Kind.MISSING_HERE)


async def test_a_store_restored_to_before_its_acknowledgements_is_noticed_and_made_whole(
    tmp_path: Path,
) -> None:
    """Nothing is lost, and nothing is handed over under another id."""
    async with open_world(tmp_path, protect=True) as world, open_pair(world) as pair:
        await exchange(world, 1)
        await pair.settle()
        file, backup = tmp_path / "store-VN.db", tmp_path / "backup.db"
        take_backup(file, backup)
        issued = await exchange(world, 2)
        await pair.settle()
        delivered = sorted(path.name for path in (world.vn.drop / "out").iterdir())

        await world.vn.store.close()
        put_back(backup, file)
        await world.vn.store.open()
        assert await world.vn.store.find_document(issued[0]) is None
        restarted = open_side(world, world.vn, pair.vn.memory, window=3)

        async def settle() -> None:
            while True:
                await world.carry()
                if not await pair.th.service.look() + await restarted.service.look():
                    return

        await settle()
        day = datetime.now(UTC).date()
        verdict = await restarted.judge.judge("TH", TEST, day, wait_for=0)
        missing = [
            each.differing.document_id
            for each in verdict.explained
            if each.differing.kind is Kind.MISSING_HERE and each.differing.way is Way.RECEIVED
        ]
        assert set(issued) == set(missing)
        await restarted.judge.repair(
            verdict, TEST, reason=RetransmissionReason.RESTORED, wait_for=0
        )
        await settle()
        for document_id in issued:
            record = await world.vn.store.find_document(document_id)
            assert record is not None
            assert record.octets
        assert sorted(path.name for path in (world.vn.drop / "out").iterdir()) == delivered
        for document_id in issued:
            assert {Fact.AS2, Fact.AS3} <= (await world.th.facts(document_id)).keys()

        # What came back that way can be asked for once more.
        first = await world.vn.store.find_document(issued[0])
        assert first is not None
        asked = [(first.document_id, first.digest)]
        await restarted.retransmitting.ask("TH", TEST, asked, reason=LOST)
        await settle()
        assert await world.vn.buried() == []
        assert Fact.REFUSED not in await world.th.facts(issued[0])


async def test_a_loss_is_noticed_where_store_and_reconciliation_file_were_both_restored(
    tmp_path: Path,
) -> None:
    """Both files agree, the day was compared before and after: only the partner knows."""
    async with open_world(tmp_path, protect=True) as world, open_pair(world) as pair:
        await exchange(world, 1)
        day = world.clock.now().date()
        assert (await pair.judge(pair.vn, day)).is_equal
        files = [tmp_path / "store-VN.db", tmp_path / "VN.reconciliation.db"]
        for file in files:
            take_backup(file, file.with_suffix(".backup"))
        issued = await exchange(world, 2)
        assert (await pair.judge(pair.vn, day)).is_equal

        await world.vn.store.close()
        await pair.vn.memory.close()
        for file in files:
            put_back(file.with_suffix(".backup"), file)
        await world.vn.store.open()
        await pair.vn.memory.open()
        assert await world.vn.store.find_document(issued[0]) is None
        restarted = replace(pair, vn=open_side(world, world.vn, pair.vn.memory, window=3))
        await restarted.end_day()
        name = f"test {day.isoformat()}"
        assert restarted.vn.service.notices.get(f"TH {name}") == "reconciliation.differs"
        assert restarted.th.service.notices.get(f"VN {name}") == "reconciliation.differs"
        verdict = await restarted.vn.judge.judge("TH", TEST, day, wait_for=0)
        missing = {
            each.differing.document_id for each in verdict.explained if each.repair == Repair.ASK
        }
        assert set(issued) == missing


async def test_a_gateway_that_has_nothing_yet_asks_nobody_when_it_starts(pair: Pair) -> None:
    await pair.settle()
    assert await pair.th.member.sent("ExchangeSummary") == []
    assert await pair.vn.member.sent("ExchangeSummary") == []


async def test_an_unreadable_document_is_mended_and_handed_over_again(pair: Pair) -> None:
    (spoiled, *_) = await exchange(pair.world, 1)
    before = await pair.vn.member.store.find_document(spoiled)
    assert before is not None
    change(
        pair.vn.member,
        "UPDATE documents SET octets = x'00' WHERE document_id = :id",
        id=spoiled,
    )
    out = pair.vn.member.drop / "out"
    (file,) = (path for path in out.iterdir() if spoiled in path.name)
    file.unlink()
    unreadable = RetransmissionReason.UNREADABLE
    asked = [(spoiled, before.digest)]
    await pair.vn.retransmitting.ask("TH", TEST, asked, reason=unreadable)
    await pair.settle()
    again = await pair.vn.member.store.find_document(spoiled)
    assert again is not None
    assert again.octets == before.octets
    assert file.exists()


async def asked_twice(pair: Pair, asked: list[tuple[str, str]]) -> None:
    for _ in range(2):
        await pair.vn.retransmitting.ask("TH", TEST, asked, reason=LOST)


async def asked_again_after_it_was_repaired(pair: Pair, asked: list[tuple[str, str]]) -> None:
    for _ in range(2):
        await pair.vn.retransmitting.ask("TH", TEST, asked, reason=LOST)
        await pair.settle()


async def asked_for_and_sent_unasked(pair: Pair, asked: list[tuple[str, str]]) -> None:
    await pair.vn.retransmitting.ask("TH", TEST, asked, reason=LOST)
    await pair.th.retransmitting.send_again(asked[0][0])


async def sent_unasked_and_asked_for(pair: Pair, asked: list[tuple[str, str]]) -> None:
    await pair.th.retransmitting.send_again(asked[0][0])
    await pair.settle()
    await pair.vn.retransmitting.ask("TH", TEST, asked, reason=LOST)


async def unreadable_after_it_was_repaired(pair: Pair, asked: list[tuple[str, str]]) -> None:
    await pair.vn.retransmitting.ask("TH", TEST, asked, reason=LOST)
    await pair.settle()
    spoil = "UPDATE documents SET octets = x'00' WHERE document_id = :id"
    change(pair.vn.member, spoil, id=asked[0][0])
    unreadable = RetransmissionReason.UNREADABLE
    await pair.vn.retransmitting.ask("TH", TEST, asked, reason=unreadable)


@pytest.mark.parametrize(
    "repair",
    [
        asked_twice,
        asked_again_after_it_was_repaired,
        asked_for_and_sent_unasked,
        sent_unasked_and_asked_for,
        unreadable_after_it_was_repaired,
    ],
)
async def test_what_was_lost_and_repaired_can_be_sent_again(
    pair: Pair, repair: Callable[[Pair, list[tuple[str, str]]], Awaitable[None]]
) -> None:
    """Every retransmission names the first message, which the receiver has lost for good."""
    (lost,) = await exchange(pair.world, 1)
    stood = await status_of(pair.th.member, lost)
    before = await pair.vn.member.store.find_document(lost)
    assert before is not None
    (file,) = (each for each in (pair.vn.member.drop / "out").iterdir() if lost in each.name)
    lose(pair.vn.member, lost)
    file.unlink()

    await repair(pair, [(lost, before.digest)])
    await pair.settle()

    assert len(await pair.th.member.sent("CertificateIssue")) == 3
    assert await pair.vn.member.buried() == await pair.th.member.buried() == []
    again = await pair.vn.member.store.find_document(lost)
    assert again is not None
    assert again.octets == before.octets
    assert file.exists()
    assert await status_of(pair.th.member, lost) == stood
    assert Fact.REFUSED not in await pair.th.member.facts(lost)
    assert (await pair.vn.member.store.count()).parked == 0


async def test_a_missing_acknowledgement_is_asked_for_and_comes(pair: Pair) -> None:
    (document_id, *_) = await exchange(pair.world, 1)
    change(
        pair.th.member,
        "DELETE FROM inbox WHERE message_id IN"
        " (SELECT message_id FROM events WHERE document_id = :id AND name IN ('AS2', 'AS3'))",
        "DELETE FROM messages WHERE message_id IN"
        " (SELECT message_id FROM events WHERE document_id = :id AND name IN ('AS2', 'AS3'))",
        "DELETE FROM events WHERE document_id = :id AND name IN ('AS2', 'AS3')",
        id=document_id,
    )
    day = await pair.end_day()
    verdict = await pair.th.judge.judge("VN", TEST, day, wait_for=0)
    assert verdict.is_equal
    assert verdict.unproven == [document_id]
    repaired = await pair.th.judge.repair(verdict, TEST, reason=LOST, wait_for=0)
    assert repaired.acknowledgements == [document_id]
    await pair.settle()
    assert {Fact.AS2, Fact.AS3} <= (await pair.th.member.facts(document_id)).keys()
