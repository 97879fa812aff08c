"""Who asks for documents again, and who says what it has, is answered no more than he may know."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.files import FileTrustSource
from swb.backends.softkey import make_development_keys
from swb.ports import Erasure
from swb_schemas.documents import ExchangeSummary
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.retransmission import (
    RetransmissionOutcome,
    RetransmissionReason,
    Wanted,
)
from swb_schemas.errors import RefusedError
from swb_schemas.wire.exchange import ExchangedDocuments
from swb_schemas.wire.sealed import read_kept
from swb_schemas.xml.codec import encode
from tests.integration.opening import open_world
from tests.integration.reconciling import (
    change,
    exchange,
    lose,
    open_pair,
    outcomes,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.reconciling import Pair

TEST: Final = Environment.TEST
LOST: Final = RetransmissionReason.LOST


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two states that reconcile; bodies are encrypted."""
    async with open_world(tmp_path, protect=True) as world, open_pair(world) as found:
        yield found


@pytest.mark.parametrize(
    "case", ["unknown", "other digest", "not addressed to the asker", "erased"]
)
async def test_a_request_is_answered_only_to_whom_the_document_was_for(
    pair: Pair, case: str
) -> None:
    (document_id, *_) = await exchange(pair.world, 1)
    record = await pair.th.member.store.find_document(document_id)
    assert record is not None
    asked = (document_id, record.digest)
    expected = RetransmissionOutcome.UNKNOWN
    match case:
        case "unknown":
            asked = ("019ca3b5-0a08-7000-8000-0000000000ff", record.digest)
        case "other digest":
            asked = (document_id, "sha-256:" + "00" * 32)
        case "not addressed to the asker":
            change(
                pair.th.member,
                "UPDATE documents SET receiving_party = 'urn:swb:party:MY:customs'"
                " WHERE document_id = :id",
                id=document_id,
            )
        case _:
            expected = RetransmissionOutcome.ERASED
            await pair.th.member.store.erase(
                Erasure(
                    erasure_id="019ca3b5-0a08-7000-8000-0000000000ee",
                    conversation_id=record.conversation_id,
                    document_ids=[document_id],
                    octets=b"record",
                    erased_at=pair.world.clock.now(),
                )
            )
    await pair.vn.retransmitting.ask("TH", TEST, [asked], reason=LOST)
    await pair.settle()
    assert await outcomes(pair.vn) == [expected]
    assert len(await pair.th.member.sent("CertificateIssue")) == 1


async def test_an_answered_request_that_comes_again_sends_nothing_new(pair: Pair) -> None:
    (document_id, *_) = await exchange(pair.world, 1)
    record = await pair.th.member.store.find_document(document_id)
    assert record is not None
    lose(pair.vn.member, document_id)
    await pair.vn.retransmitting.ask("TH", TEST, [(document_id, record.digest)], reason=LOST)
    await pair.settle()
    await pair.th.memory.move_to(0, "")  # as after a crash before the position was noted
    await pair.settle()
    assert len(await pair.th.member.sent("CertificateIssue")) == 2


async def test_acknowledgements_are_not_told_to_strangers(pair: Pair) -> None:
    (document_id, *_) = await exchange(pair.world, 1)
    asked = [(document_id, "sha-256:" + "00" * 32)]
    wanted = Wanted.ACKNOWLEDGEMENTS
    await pair.th.retransmitting.ask("VN", TEST, asked, reason=LOST, wanted=wanted)
    await pair.settle()
    assert await outcomes(pair.th) == [RetransmissionOutcome.UNKNOWN]


async def test_a_summary_that_contradicts_itself_says_nothing(pair: Pair) -> None:
    await exchange(pair.world, 1)
    day = datetime.now(UTC).date()
    one = ExchangedDocuments([("019ca3b5-0a08-7000-8000-000000000001", "sha-256:" + "00" * 32)])
    none = ExchangedDocuments([])
    false = one.summarise().model_copy(update={"root_hash": none.summarise().root_hash})
    summary = ExchangeSummary(
        day=day, revision=9, reply_wanted=False, sent=false, received=none.summarise()
    )
    post = pair.th.service._post  # noqa: SLF001 - an honest gateway does not send this
    await post.commit(await post.seal(summary, "VN", TEST))
    await pair.settle()
    assert await pair.vn.memory.find_summary("TH", TEST, day, own=False) is None


async def test_a_kept_summary_that_was_written_past_the_program_is_told(pair: Pair) -> None:
    await exchange(pair.world)
    day = await pair.end_day()
    sent = await pair.world.seal(pair.world.certificate())
    with closing(sqlite3.connect(pair.world.folder / "TH.reconciliation.db")) as file, file:
        _, document = read_kept(sent.document.octets)
        file.execute("UPDATE summaries SET octets = ? WHERE own = 0", (encode(document),))
    with pytest.raises(RefusedError) as refusal:
        await pair.th.judge.judge("VN", TEST, day, wait_for=0)
    assert refusal.value.code == "reconciliation.altered"


async def test_what_was_sealed_for_a_key_that_is_withdrawn_is_not_sent_again(pair: Pair) -> None:
    """Its receiver could not open it."""
    (lost, *_) = await exchange(pair.world)
    others = make_development_keys(
        pair.world.folder / "others", ["VN"], TEST, pair.world.clock.now()
    )
    pair.th.member.sealer._trust = FileTrustSource(  # noqa: SLF001 - VN lists another key now
        others.bundle, environment=TEST
    )
    before = len(await pair.world.th.store.list_messages())
    with pytest.raises(RefusedError) as refusal:
        await pair.th.retransmitting.send_again(lost)
    assert refusal.value.code == "retransmission.key_withdrawn"
    assert len(await pair.world.th.store.list_messages()) == before
