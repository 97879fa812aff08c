"""The state's day as two gateways tell it, of a real exchange between them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.app.overview import list_levels
from swb.backends.sqlite.overview import SqliteOverview
from swb.cli.overview_showing import spell_overview
from swb.config import OverviewConfig
from swb.core.figures import Awaited
from swb.core.lifecycle import Fact
from swb.ports import GlanceFilter, Measure
from swb.services.release_study import ReleaseStudyService
from swb.services.rolling_up import LATE, RollUpService
from swb.services.state_day import DayService
from swb_schemas.errors import RefusedError
from tests.integration.opening import open_world
from tests.integration.world import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.ports import Overview
    from swb.services.state_day import Counted, StateDay
    from tests.integration.world import World

DAY = timedelta(days=1)


@asynccontextmanager
async def counted(world: World, state: str) -> AsyncIterator[Overview]:
    """A gateway's overview, with everything counted."""
    overview = SqliteOverview(path=world.folder / f"store-{state}.db")
    await overview.open()
    counting = RollUpService(
        overview=overview, clock=world.clock, late_after=timedelta(minutes=5), breath=0
    )
    while await counting.roll_up_due():
        pass
    assert counting.notices == {}
    yield overview
    await overview.close()


async def tell(world: World, overview: Overview, at: datetime) -> StateDay:
    """The day that begins in an hour, so that no midnight comes between."""
    day = DayService(overview=overview, clock=world.clock, levels=list_levels(OverviewConfig()))
    return await day.tell_day(at.replace(minute=0, second=0, microsecond=0))


def named(counted: Sequence[Counted]) -> Mapping[tuple[str, str], int]:
    return {(each.direction, each.name): each.count for each in counted}


async def test_both_ends_tell_the_same_day_each_from_its_side(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        certificate, other = world.certificate(), world.certificate()
        began = world.clock.now()
        await world.th.issue(certificate)
        await world.th.issue(other)
        await world.carry()
        for answer in world.answers(certificate):
            await world.vn.submitting.submit(await world.vn.payload(answer))
        await world.carry()
        world.clock.turn(3 * DAY)
        for state, direction in (("TH", "out"), ("VN", "in")):
            async with counted(world, state) as overview:
                day = await tell(world, overview, began)
                facts = named(day.facts)
                assert facts[direction, Fact.AS2] == facts[direction, Fact.AS3] == 2
                assert facts[direction, Fact.RES_REC] == 1
                assert sum(facts.get((direction, each), 0) for each in ("GIVEN", "NOT GIVEN")) == 1
                assert named(day.by_type) == named(day.by_partner) == facts
                (waits,) = day.waits
                assert (waits.direction, waits.awaited) == (direction, Awaited.RECEIPT)
                assert (waits.total, waits.late) == (1, 1)
                assert day.on_the_road == []
                statuses = [each.status for each in await overview.list_glances(GlanceFilter())]
                assert min(statuses) == Fact.AS3
                assert len(statuses) == 2
                listed = sum(count for hour in day.hours for count in hour.facts.values())
                assert listed == sum(facts.values())


async def test_what_was_refused_is_told_with_its_reasons_once_however_often_it_is_tried(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, pairs=[("VN", "TH")]) as world:
        payload = await world.th.payload(world.certificate())
        for _ in range(2):
            with pytest.raises(RefusedError) as refusal:
                await world.th.submitting.submit(payload)
        with pytest.raises(RefusedError):
            await world.th.submitting.submit(b"no payload")
        with pytest.raises(RefusedError):
            await world.th.submitting.submit(b"nor this, but it waits", waits=lambda _: True)
        async with counted(world, "TH") as overview:
            day = await tell(world, overview, world.clock.now())
            found = named(day.refusals)
            assert found["out", refusal.value.code] == 1
            assert sum(found.values()) == 2
            table = "\n".join(spell_overview(day, None, days=1))
            assert "refused in all: 2, also what was never sealed" in table
            wanted = await DayService(
                overview=overview, clock=world.clock, levels=list_levels(OverviewConfig())
            ).tell_day(day.since, partner="VN")
            assert named(wanted.refusals) == {("out", refusal.value.code): 1}
            assert not await overview.list_glances(GlanceFilter())


async def test_release_times_are_published_only_where_the_terms_name_a_legal_basis(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        await world.th.issue(world.certificate())
        await world.carry()
        async with counted(world, "VN") as overview:
            study = ReleaseStudyService(
                state="VN", overview=overview, connections=world.connections
            )
            now = world.clock.now()
            period = (now - 40 * DAY, now + DAY)
            (found,) = await study.tell_releases(*period)
            assert (found.authority, found.arrived) == ("urn:swb:party:VN:customs", 1)
            assert found.steps[Measure.DELIVERY].total == 1
            assert not found.may_be_published
            table = tmp_path / "connections.toml"
            table.write_text(table.read_text().replace("}", ', legal_basis = "MoU, 4" }'))
            (found,) = await study.tell_releases(*period)
            assert found.may_be_published
            assert not await study.tell_releases(now - 40 * DAY, now - 2 * DAY)


async def test_health_is_told_when_the_figures_have_been_behind_for_long(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        for _ in range(25):
            await world.th.issue(world.certificate())
        overview = SqliteOverview(path=world.folder / "store-TH.db")
        await overview.open()
        clock = Clock(world.clock.now())
        counting = RollUpService(
            overview=overview, clock=clock, late_after=timedelta(minutes=5), page=1, breath=0
        )
        assert await counting.roll_up_due() == 20
        assert counting.notices == {}
        clock.turn(timedelta(minutes=6))
        assert counting.notices == {"figures": LATE}
        await counting.roll_up_due()
        assert counting.notices == {}
        await overview.close()
