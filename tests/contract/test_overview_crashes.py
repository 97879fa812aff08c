"""A process that dies at a commit of its counting counts nothing twice, and leaves nothing out."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from signal import SIGKILL
from typing import TYPE_CHECKING

from swb.app.fault_points import Phase, Watched, list_changing_methods
from tests.contract.overviews import LIVES, list_all_figures, live, recount, remark, roll_up
from tests.contract.records import NOW
from tests.services import ROOT

if TYPE_CHECKING:
    from swb.ports import MessageStore, Overview
    from tests.contract.store_worlds import StoreWorld


async def test_deaths_between_counting_and_its_commit_change_no_figure(
    store: MessageStore, overview: Overview, store_world: StoreWorld
) -> None:
    lives = list(LIVES) * 3
    for number, life in enumerate(lives, 1):
        await live(store, number, life, at=NOW + timedelta(minutes=number))
    found = [remark(number) for number in range(40)]
    await store.record_remarks(found)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.dying_counting", store_world.describe()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert said.decode().splitlines() == [
        f"{act} {phase} {-SIGKILL}"
        for act in list_changing_methods(Watched.OVERVIEW)
        for phase in Phase
    ]
    await roll_up(overview)
    assert await list_all_figures(overview) == await recount(store, found)


async def test_two_that_count_at_a_time_count_everything_once(
    store: MessageStore, overview: Overview, store_world: StoreWorld
) -> None:
    for number, life in enumerate(list(LIVES) * 2, 1):
        await live(store, number, life)
    other = store_world.overview()
    await other.open()
    await asyncio.gather(*(roll_up(each, page=3) for each in (overview, other)))
    await other.close()
    assert await list_all_figures(overview) == await recount(store)
