"""A demonstration ends when nothing is on its way any more, so that what it keeps is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.app import open_store
from swb.config import load_config
from swb.sandbox.demo import draw_certificates, run_demo
from tests.integration.daemons import lay_out

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("attempt", range(3))
async def test_nothing_is_on_its_way_when_it_ends(tmp_path: Path, attempt: int) -> None:
    region = await lay_out(tmp_path / "region", limits={"poll_seconds": 0.1})
    certificates = draw_certificates(
        states=region.states, documents=3, seed=5 + attempt, on=datetime.now(UTC).date()
    )
    seen: list[int] = []

    result = await run_demo(
        region, certificates, seed=1, transport="x", on_progress=seen.append, give_up_after=30
    )

    assert (result.total("delivered"), result.total("lost")) == (3, 0)
    assert seen[-1] == 3
    for state in region.states:
        for door in ("in", "out"):
            left = [path for path in (region.drop_folder(state) / door).iterdir() if path.is_file()]
            assert left == []
    for file in (region.router, *region.gateways.values()):
        async with open_store(load_config(file)) as store:
            counts = await store.count()
            assert (counts.outbound, counts.deliveries, counts.held) == (0, 0, 0)
