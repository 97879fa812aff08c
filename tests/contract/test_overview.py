"""What every overview does, whatever keeps the data: counting, searching, listing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from swb.console.partners import Partner, count_partners
from swb.core.figures import find_changes
from swb.ports import (
    Direction,
    Event,
    FigureFilter,
    GlanceFilter,
    Grain,
    Lag,
    Measure,
    OverviewFeed,
    ParkedKind,
    PlaceInList,
)
from swb.services.rolling_up import RollUpService
from tests.contract.overviews import LIVES, Still, list_all_figures, live, recount, remark, roll_up
from tests.contract.records import (
    DOCUMENT,
    LEASE,
    NOW,
    SECOND,
    acceptance,
    buried,
    by_line,
    held,
    submission,
    uuid_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb.console.pages import Visit
    from swb.ports import FactPage, MessageStore, Overview

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HALF_PAST_EIGHT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


async def count(
    overview: Overview, measure: Measure, grain: Grain = Grain.DAY
) -> Mapping[str, int]:
    found = await overview.list_figures(FigureFilter(measure=measure, grain=grain))
    counted: dict[str, int] = {}
    for each in found:
        counted[each.figure.code] = counted.get(each.figure.code, 0) + each.count
    return counted


# --- counting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [1, 3, 500])
async def test_figures_are_what_counting_everything_anew_gives_however_they_were_read(
    store: MessageStore, overview: Overview, page: int
) -> None:
    randomly = Random(page)  # noqa: S311 - no secret
    lives = [randomly.choice(list(LIVES)) for _ in range(24)]
    for number, life in enumerate(lives, 1):
        await live(store, number, life, at=NOW + number * 7 * HOUR, seed=page)
        if not number % 5:  # what is counted in between must change as if it had not been
            await roll_up(overview, page=page)
    await store.accept(acceptance(90))
    found = [remark(1), remark(2), remark(1, "atiga.box"), remark(1, at=NOW + DAY)]
    await store.record_remarks(found)
    await roll_up(overview, page=page)
    assert await list_all_figures(overview) == await recount(store, found)
    assert await overview.find_lag() == [
        Lag(feed=OverviewFeed.FACTS, behind=0),
        Lag(feed=OverviewFeed.REMARKS, behind=0),
    ]


async def test_a_page_that_somebody_else_counted_changes_nothing(
    store: MessageStore, overview: Overview
) -> None:
    await live(store, 1, "given")
    await store.record_remarks([remark(1)])
    facts, remarks = await overview.read_facts(), await overview.read_remarks()
    changes = find_changes(facts.documents, after=facts.after)
    assert await overview.commit_facts(facts, changes)
    assert not await overview.commit_facts(facts, changes)
    assert await overview.commit_remarks(remarks, {})
    assert not await overview.commit_remarks(remarks, changes)
    assert await list_all_figures(overview) == await recount(store)
    assert not (await overview.read_facts()).documents


async def test_each_of_two_that_count_says_only_what_it_counted_itself(
    store: MessageStore, overview: Overview
) -> None:
    await live(store, 1, "given")
    await store.record_remarks([remark(1)])
    other = RollUpService(overview=overview, clock=Still(), late_after=HOUR, page=2, breath=0)
    told: list[int] = []

    class Slow:
        """Reads pages, and lets another one count them first."""

        async def read_facts(self, *, limit: int) -> FactPage:
            page = await overview.read_facts(limit=limit)
            told.append(await other.roll_up_due())
            return page

        def __getattr__(self, name: str) -> object:
            return getattr(overview, name)

    slow = RollUpService(
        overview=cast("Overview", Slow()), clock=Still(), late_after=HOUR, page=2, breath=0
    )
    assert await slow.roll_up_due() == 0
    assert await slow.roll_up_due() == 0
    assert sum(told) >= 6, "five facts and a remark"
    assert await list_all_figures(overview) == await recount(store, [remark(1)])


async def test_the_page_of_partners_tells_what_counting_every_half_hour_would(
    store: MessageStore, overview: Overview
) -> None:
    for number, life in enumerate(LIVES, 1):
        await live(store, number, life, at=NOW - number * HOUR, seed=3)
    await live(store, 99, "on the way", at=NOW - 9 * DAY)
    await roll_up(overview)
    partners = {"VN": Partner(state="VN"), "SG": Partner(state="SG")}
    desk = SimpleNamespace(overview=overview, clock=Still())
    await count_partners(cast("Visit", SimpleNamespace(desk=desk)), partners)
    facts = await overview.list_figures(
        FigureFilter(measure=Measure.FACT, grain=Grain.HALF_HOUR, since=NOW - 6 * DAY)
    )
    vietnam, waits = partners["VN"], await count(overview, Measure.WAITING)
    assert vietnam.sent == len(LIVES), "and not the one of nine days ago"
    assert vietnam.last_at == max(each.figure.begins_at for each in facts)
    assert vietnam.waiting == sum(waits.values())
    assert partners["SG"] == Partner(state="SG")


async def test_what_waits_is_counted_where_it_waits_and_no_more_when_it_is_answered(
    store: MessageStore, overview: Overview
) -> None:
    for number, life in enumerate(LIVES, 1):
        await live(store, number, life)
    await roll_up(overview)
    assert await count(overview, Measure.WAITING) == {"arrival": 1, "delivery": 1, "receipt": 1}
    await store.record_events([Event(document_id=uuid_of(1, DOCUMENT), name="RES-REC", at=NOW)])
    await roll_up(overview)
    found = await overview.list_figures(
        FigureFilter(measure=Measure.WAITING, grain=Grain.HALF_HOUR)
    )
    assert {each.figure.code: each.count for each in found} == {
        "delivery": 1,
        "receipt": 1,
        "response": 1,
    }
    assert {each.figure.begins_at for each in found} == {HALF_PAST_EIGHT}


async def test_a_fact_that_is_told_twice_counts_once(
    store: MessageStore, overview: Overview
) -> None:
    await live(store, 1, "arrived")
    again = Event(document_id=uuid_of(1, DOCUMENT), name="AS2", at=NOW, message_id=uuid_of(1, 77))
    await store.record_events([again])
    await roll_up(overview)
    assert await count(overview, Measure.FACT) == {"AS1": 1, "AS2": 1}


async def test_refusals_and_rules_are_counted_wherever_they_come_from(
    store: MessageStore, overview: Overview
) -> None:
    await live(store, 1, "refused")
    await store.bury(buried(7))
    await store.bury(buried(7))
    warned = replace(submission(3), remarks=[remark(3, "atiga.box")])
    await store.commit_submission(warned)
    await store.accept(acceptance(4))
    told = [replace(remark(4, "atiga.hs"), direction="in", partner="TH")] * 2
    for _ in range(2):
        await store.complete_delivery(
            uuid_of(4, DOCUMENT), at=NOW, events=[], documents=[], outbound=[], remarks=told
        )
    await roll_up(overview)
    assert await count(overview, Measure.REFUSAL) == {"signature.invalid": 2}
    assert await count(overview, Measure.RULE) == {"atiga.box": 1, "atiga.hs": 1}


async def test_release_times_run_from_arrival_by_authority_and_day_of_arrival(
    store: MessageStore, overview: Overview
) -> None:
    await store.accept(acceptance(1, at=NOW))
    for name, took in (("AS3", 4 * SECOND), ("RES-REC", HOUR), ("GIVEN", 2 * DAY)):
        event = Event(document_id=uuid_of(1, DOCUMENT), name=name, at=NOW + took)
        await store.record_events([event])
    await roll_up(overview)
    for measure, bucket in ((Measure.DELIVERY, 3), (Measure.RECEIPT, 21), (Measure.RESPONSE, 33)):
        (found,) = await overview.list_figures(FigureFilter(measure=measure, grain=Grain.DAY))
        (month,) = await overview.list_figures(FigureFilter(measure=measure, grain=Grain.MONTH))
        assert month.figure.begins_at == datetime(2026, 11, 1, tzinfo=UTC)
        assert (found.figure.authority, found.figure.code, found.count) == (
            "urn:swb:party:VN:customs",
            str(bucket),
            1,
        )
        assert found.figure.begins_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert await count(overview, Measure.ARRIVAL) == {"": 1}


async def test_figures_are_chosen_by_period_and_by_what_they_are_of(
    store: MessageStore, overview: Overview
) -> None:
    for number in range(1, 5):
        await live(store, number, "on the way", at=NOW + number * HOUR)
    await roll_up(overview)
    wanted = FigureFilter(
        measure=Measure.FACT,
        grain=Grain.HALF_HOUR,
        since=HALF_PAST_EIGHT + 2 * HOUR,
        until=HALF_PAST_EIGHT + 4 * HOUR,
        direction="out",
        partner="VN",
        message_types=["CertificateIssue", "TransportAck"],
        environment="test",
    )
    found = await overview.list_figures(wanted)
    assert [each.figure.begins_at - HALF_PAST_EIGHT for each in found] == [2 * HOUR, 3 * HOUR]
    for other in (
        replace(wanted, direction="in"),
        replace(wanted, partner="TH"),
        replace(wanted, message_types=["TransportAck"]),
        replace(wanted, environment="production"),
    ):
        assert not await overview.list_figures(other)


async def test_figures_are_added_up_over_their_periods(
    store: MessageStore, overview: Overview
) -> None:
    for number, life in enumerate(("on the way", "arrived", "arrived"), 1):
        await live(store, number, life, at=NOW + number * DAY)
    await roll_up(overview)
    wanted = FigureFilter(measure=Measure.FACT, grain=Grain.DAY)
    found = await overview.list_sums(wanted)
    assert [(each.figure.code, each.count) for each in found] == [("AS1", 3), ("AS2", 2)]
    later = await overview.list_sums(replace(wanted, since=NOW + 2 * DAY, until=NOW + 3 * DAY))
    assert {each.figure.code for each in later} <= {"AS1", "AS2"}
    assert sum(each.count for each in later if each.figure.code == "AS1") == 1
    assert not await overview.list_sums(replace(wanted, direction="in"))
    totals = await overview.list_totals(wanted)
    assert sum(each.count for each in totals) == 5
    assert [each.begins_at for each in totals] == sorted(each.begins_at for each in totals)
    assert {(each.direction, each.code) for each in totals} == {("out", "AS1"), ("out", "AS2")}


# --- searching and listing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        (uuid_of(1, DOCUMENT), [1]),
        (uuid_of(1), [1]),
        (uuid_of(1, 9), [1]),
        (uuid_of(1, DOCUMENT)[:8], [1]),
        (uuid_of(1, DOCUMENT)[:8].upper(), [1]),
        (uuid_of(1, DOCUMENT)[:7], []),
        ("TH:DFT:D2026%2F1", [1, 12]),
        ("th dft d-2026/1", [1, 12]),
        ("d2026/1", [1, 12]),
        ("D202", [12, 2, 1]),
        ("D20", []),
        ("  D2026/2 ", [2]),
        ("nothing", []),
        ("", []),
        ("a\x00b", []),
        ("%", []),
    ],
)
async def test_finds_by_key_number_and_id_and_by_how_they_begin(
    store: MessageStore, overview: Overview, reference: str, found: list[int]
) -> None:
    for number in (1, 2, 12):
        sent = submission(number, at=NOW + number * SECOND)
        key = f"TH:DFT:D2026%2F{number}"
        await store.commit_submission(
            replace(sent, document=replace(sent.document, certificate_key=key))
        )
    await roll_up(overview)
    glances = await overview.search_documents(reference)
    assert [each.document_id for each in glances] == [uuid_of(each, DOCUMENT) for each in found]
    assert {(each.partner, each.status) for each in glances} <= {("VN", "AS1")}


async def test_finds_what_is_not_counted_yet_by_its_key_and_ids(
    store: MessageStore, overview: Overview
) -> None:
    await store.commit_submission(submission(1))
    for reference in (uuid_of(1, DOCUMENT), uuid_of(1), "TH:DFT:1"):
        (found,) = await overview.search_documents(reference)
        assert (found.document_id, found.status) == (uuid_of(1, DOCUMENT), "")


async def test_what_leads_a_conversation_is_found_before_what_answers_in_it(
    store: MessageStore, overview: Overview
) -> None:
    await store.accept(acceptance(1))
    await roll_up(overview)
    found = await overview.search_documents(uuid_of(1, 9))
    assert [each.message_type for each in found] == ["CertificateIssue", "TransportAck"]
    assert len(await overview.search_documents(uuid_of(1, 9), limit=1)) == 1


async def test_lists_newest_first_a_page_at_a_time(store: MessageStore, overview: Overview) -> None:
    for number in range(1, 8):
        life = "refused" if number % 2 else "given"
        await live(store, number, life, at=NOW + number // 2 * HOUR)
    await store.accept(acceptance(9, at=NOW - DAY))
    await roll_up(overview)
    seen: list[str] = []
    behind: PlaceInList | None = None
    while page := await overview.list_glances(GlanceFilter(), behind=behind, limit=3):
        seen += [each.document_id for each in page]
        behind = PlaceInList(recorded_at=page[-1].recorded_at, document_id=page[-1].document_id)
    assert seen == [uuid_of(each, DOCUMENT) for each in (7, 6, 5, 4, 3, 2, 1, 9)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (GlanceFilter(status="REFUSED"), [3, 1]),
        (GlanceFilter(direction="in"), [9]),
        (GlanceFilter(direction="in", status="REFUSED"), []),
        (GlanceFilter(partner="TH"), [9]),
        (GlanceFilter(partner="XX"), []),
        (GlanceFilter(message_type="CertificateIssue", status="GIVEN"), [2]),
        (GlanceFilter(message_type="TransportAck"), []),
        (GlanceFilter(since=NOW + 2 * HOUR), [3, 2]),
        (GlanceFilter(until=NOW + 2 * HOUR), [1, 9]),
        (GlanceFilter(since=NOW + 2 * HOUR, until=NOW + 3 * HOUR), [2]),
    ],
)
async def test_lists_by_direction_partner_type_status_and_day(
    store: MessageStore, overview: Overview, wanted: GlanceFilter, found: list[int]
) -> None:
    for number, life in ((1, "refused"), (2, "given"), (3, "refused")):
        await live(store, number, life, at=NOW + number * HOUR)
    await store.accept(acceptance(9, at=NOW - DAY))
    await roll_up(overview)
    glances = await overview.list_glances(wanted)
    assert [each.document_id for each in glances] == [uuid_of(each, DOCUMENT) for each in found]


async def test_a_document_stands_in_the_list_as_it_stands_now(
    store: MessageStore, overview: Overview
) -> None:
    await live(store, 1, "on the way")
    await roll_up(overview)
    assert [each.status for each in await overview.list_glances(GlanceFilter())] == ["AS1"]
    await store.record_events([Event(document_id=uuid_of(1, DOCUMENT), name="AS2", at=NOW)])
    await roll_up(overview)
    (found,) = await overview.list_glances(GlanceFilter())
    assert (found.status, found.partner, found.direction) == ("AS2", "VN", Direction.OUT)
    assert await count(overview, Measure.STATUS, Grain.EVER) == {"AS2": 1}


# --- what waits on the road --------------------------------------------------------------------


async def test_tells_what_waits_by_kind_line_and_age(
    store: MessageStore, overview: Overview
) -> None:
    await store.commit_submission(submission(1, at=NOW))
    await store.commit_submission(submission(2, at=NOW - 2 * HOUR))
    await store.commit_submission(submission(3, at=NOW - 3 * HOUR))
    await store.claim_outbound(NOW, shares=by_line(9), lease_for=LEASE)
    await store.retry_outbound(uuid_of(2), code="test.down", due_at=NOW + HOUR)
    await store.park_outbound(uuid_of(3), code="test.parked", at=NOW - HOUR)
    await store.accept(acceptance(4, at=NOW - 2 * DAY))
    await store.hold(replace(held(5), received_at=NOW - HOUR), due_at=NOW)
    await store.hold(held(6), due_at=NOW)
    await store.bury(buried(7, at=NOW - 3 * DAY))
    await store.mark_published([uuid_of(4, 3)], NOW)
    found = await overview.list_ages(NOW, [HOUR, DAY])
    assert [
        (each.kind, each.is_parked, each.line, each.bucket, each.waiting, each.oldest_at)
        for each in found
    ] == [
        (ParkedKind.DEAD_LETTER, True, "TH", 2, 1, NOW - 3 * DAY),
        (ParkedKind.DELIVERY, False, "", 2, 1, NOW - 2 * DAY),
        (ParkedKind.HELD, False, "TH", 0, 1, None),
        (ParkedKind.HELD, False, "TH", 1, 1, NOW - HOUR),
        (ParkedKind.OUTBOUND, False, "TH", 0, 1, NOW),
        (ParkedKind.OUTBOUND, False, "TH", 1, 1, NOW - 2 * HOUR),
        (ParkedKind.OUTBOUND, True, "TH", 1, 1, NOW - HOUR),
    ]


async def test_what_was_given_up_or_judged_again_waits_no_more(
    store: MessageStore, overview: Overview
) -> None:
    await store.bury(buried(1))
    await store.bury(buried(2))
    await store.replay_parked(ParkedKind.DEAD_LETTER, buried(1).octets_digest, at=NOW)
    await store.discard_parked(ParkedKind.DEAD_LETTER, buried(2).octets_digest, at=NOW)
    found = await overview.list_ages(NOW, [HOUR])
    assert [each.kind for each in found] == [ParkedKind.HELD]
