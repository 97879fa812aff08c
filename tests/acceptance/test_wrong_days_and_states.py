"""Days that have not begun and states that nobody exchanges with are a fault of the command."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.region import Region, lay_out_region

if TYPE_CHECKING:
    from tests.acceptance.program import Program


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    async def lay_out() -> Region:
        folder = tmp_path_factory.mktemp("region")
        return await lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=3)

    return asyncio.run(lay_out())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reconcile", "TH", "VN", "--day", "2099-01-01"), "a day that has begun"),
        (("reconcile", "TH", "XX"), "was connected with in test, found XX"),
        (("reconcile", "th", "vn"), "found th and vn"),
        (("reconcile", "TH", "VN", "--environment", "production"), "in production, found VN"),
        (("paper", "record", "VN:NTB01:1", "--on", "2099-01-01"), "a day that has begun"),
        (("paper", "record", "XX:NTB01:1", "--on", "2026-01-05"), "found 'XX:NTB01:1'"),
        (("paper", "record", "TH:NTB01:1", "--on", "2026-01-05"), "found 'TH:NTB01:1'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_nobody_is_asked_and_nothing_recorded(
    swb: Program, region: Region, arguments: tuple[str, ...], told: str
) -> None:
    config = ("--config", region.gateways["TH"])
    ran = swb(*arguments, *config, "--json")
    assert (ran.status, ran.failure["code"]) == (2, "cli.usage"), ran.stderr
    assert told in " ".join(ran.failure["message"].split())
    left = [file for file in region.folder.rglob("*") if "reconcil" in file.name]
    assert left == [], "no question was asked, no use recorded"
