"""The judge of drills sees what stores keep back, dead letters too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb.app import open_store
from swb.config import load_config
from swb.ports import BuriedMessage
from swb.sandbox.daemons import Daemons
from swb.sandbox.fleet import Fleet
from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from pathlib import Path

LETTER = "sha-256:" + "ab" * 32


async def test_a_dead_letter_is_left_over_unless_it_was_put_there_on_purpose(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    region = await lay_out_region(tmp_path / "region", at=now, seed=1)
    for file in (region.router, *region.gateways.values()):
        async with open_store(load_config(file), create=True):
            pass
    for state in region.states:
        for door in ("in", "out"):
            (region.drop_folder(state) / door).mkdir(parents=True, exist_ok=True)
    fleet = Fleet(region=region, daemons=Daemons(tmp_path), seed=1)
    assert (await fleet.judge()).is_clean
    async with open_store(load_config(region.gateways["TH"])) as store:
        await store.bury(
            BuriedMessage(
                octets_digest=LETTER,
                octets=b"receipt",
                line="TH",
                code="xml.malformed",
                detail="expected XML",
                buried_at=now,
            )
        )
    verdict = await fleet.judge()
    assert verdict.stuck == {"gateway-TH": {"buried": 1}}
    assert not verdict.is_clean
    fleet.rubbish.add(LETTER)
    assert (await fleet.judge()).is_clean
