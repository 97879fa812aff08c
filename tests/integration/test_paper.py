"""Paper in the place of the exchange: told to the partner, and no certificate is used twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.sqlite.reconciliation import SqliteReconciliationStore
from swb.core.lifecycle import Fact
from swb.services.paper import PaperDesk
from swb.services.posting import Post
from swb.services.reconciling import DECLARED
from swb.simulator.customs import draw_response
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.elements import Environment
from swb_schemas.documents.outage_notice import OutageReason
from swb_schemas.errors import RefusedError
from tests.integration.opening import open_world
from tests.integration.reconciling import open_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.reconciling import Pair, Side

TEST = Environment.TEST
DAY = date(2026, 11, 20)


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with open_world(tmp_path) as world, open_pair(world) as found:
        for side in (found.th, found.vn):
            side.member.delivering._paper = side.memory  # noqa: SLF001 - as swb.app joins them
        yield found


def desk_of(side: Side) -> PaperDesk:
    member = side.member
    post = Post(
        state=member.state, store=member.store, sealer=member.sealer, on_commit=lambda: None
    )
    return PaperDesk(
        state=member.state,
        store=member.store,
        memory=side.memory,
        post=post,
        clock=side.service._clock,  # noqa: SLF001 - the world's
    )


def advice(pair: Pair, document_id: str) -> str:
    """What customs was told beside a document."""
    out = pair.vn.member.drop / "out"
    return "".join(
        path.read_text(encoding="utf-8")
        for path in out.iterdir()
        if document_id in path.name and path.name.endswith(".advice.json")
    )


async def test_what_was_used_on_paper_arrives_with_the_finding(pair: Pair) -> None:
    certificate = pair.world.certificate()
    desk = desk_of(pair.vn)
    await desk.record(str(certificate.key), used_on=DAY, declaration="D-1", who="officer")
    document_id = await pair.th.member.issue(certificate)
    await pair.world.carry()
    assert "paper.already_used" in advice(pair, document_id)
    assert "D-1" in advice(pair, document_id)
    (matched,) = await desk.list_uses()
    assert matched.document is not None
    assert (matched.document.document_id, matched.status) == (document_id, Fact.AS3)


async def test_what_came_electronically_first_is_matched_with_the_paper(pair: Pair) -> None:
    certificate = pair.world.certificate()
    document_id = await pair.th.member.issue(certificate)
    await pair.world.carry()
    assert "paper.already_used" not in advice(pair, document_id)
    matched = await desk_of(pair.vn).record(
        str(certificate.key), used_on=DAY, declaration="D-1", who="officer"
    )
    assert matched.document is not None
    assert matched.document.document_id == document_id


async def test_refuses_paper_where_preference_was_given_electronically(pair: Pair) -> None:
    certificate = pair.world.certificate()
    await pair.th.member.issue(certificate)
    await pair.world.carry()
    at = pair.world.clock.now().replace(microsecond=0)
    response = draw_response(certificate, state="VN", seed=1, at=at, decision=Decision.GIVEN)
    await pair.vn.member.submitting.submit(await pair.vn.member.payload(response))
    desk = desk_of(pair.vn)
    with pytest.raises(RefusedError) as refused:
        await desk.record(str(certificate.key), used_on=DAY, declaration="D-1", who="officer")
    assert refused.value.code == "paper.used_electronically"
    assert await desk.list_uses() == []


async def test_a_second_use_on_paper_is_refused_and_the_same_one_changes_nothing(
    pair: Pair,
) -> None:
    desk, key = desk_of(pair.vn), str(pair.world.certificate().key)
    first = await desk.record(key, used_on=DAY, declaration="D-1", who="officer")
    assert await desk.record(key, used_on=DAY, declaration="D-1", who="other") == first
    for changed in ({"declaration": "D-2"}, {"used_on": DAY + timedelta(days=1)}):
        values = {"used_on": DAY, "declaration": "D-1", **changed}
        with pytest.raises(RefusedError) as refused:
            await desk.record(key, who="officer", **values)  # type: ignore[arg-type]
        assert refused.value.code == "paper.recorded_before"
    spelled = key.lower().replace(key[:2].lower(), key[:2], 1)
    if spelled != key:
        other = await desk.record(spelled, used_on=DAY, declaration="D-3", who="officer")
        assert other.other_spellings == [key]


async def test_a_certificate_that_is_entered_again_from_paper_is_refused_at_its_office(
    pair: Pair,
) -> None:
    certificate = pair.world.certificate()
    await pair.th.member.issue(certificate)
    entered = certificate.model_copy(update={"remarks": "entered from paper"})
    with pytest.raises(RefusedError) as refused:
        await pair.th.member.issue(entered)
    assert refused.value.code == "submission.certificate_exists"


async def test_an_outage_is_told_to_the_partner_and_ends(pair: Pair) -> None:
    desk, now = desk_of(pair.th), pair.world.clock.now()
    notice = await desk.declare("VN", TEST, from_at=now, until_at=None, reason=OutageReason.NETWORK)
    await pair.settle()
    (here,), (there,) = await pair.th.memory.list_notices(), await pair.vn.memory.list_notices()
    assert (here.own, here.partner, there.own, there.partner) == (True, "VN", False, "TH")
    assert pair.th.service.outages == {"VN, declared by TH": DECLARED}
    assert pair.vn.service.outages == {"TH, declared by TH": DECLARED}

    pair.world.clock.turn(timedelta(hours=1))
    await desk.end(notice.document_id, TEST, pair.world.clock.now())
    await pair.settle()
    pair.world.clock.turn(timedelta(minutes=2))
    await pair.settle()
    (ended,) = await pair.vn.memory.list_notices()
    assert ended.until_at is not None
    assert pair.th.service.outages == pair.vn.service.outages == {}


async def test_only_a_notice_of_ones_own_is_ended(pair: Pair) -> None:
    now = pair.world.clock.now()
    notice = await desk_of(pair.th).declare(
        "VN", TEST, from_at=now, until_at=None, reason=OutageReason.REGION
    )
    await pair.settle()
    with pytest.raises(RefusedError) as refused:
        await desk_of(pair.vn).end(notice.document_id, TEST, now + timedelta(hours=1))
    assert refused.value.code == "outage.unknown"


async def test_remembers_over_a_restart(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, open_pair(world) as pair:
        key = str(world.certificate().key)
        await desk_of(pair.vn).record(key, used_on=DAY, declaration="", who="officer")
        await pair.vn.memory.close()
        memory = SqliteReconciliationStore(path=tmp_path / "VN.reconciliation.db", create=False)
        await memory.open()
        assert await memory.find_paper_use(key) is not None
        await memory.close()
