"""What ``swb overview`` and ``swb tokens`` refuse before any store is asked."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from swb.app.storing import build_store
from swb.cli.entry import main
from swb.config import load_config
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["gateway-VN.toml", "--partner", "XX"], "which are TH, found 'XX'"),
        (["gateway-VN.toml", "--partner", "vn"], "which are TH, found 'VN'"),
        (["gateway-VN.toml", "--day", "2999-01-01"], "expected a day that has begun"),
        (["gateway-VN.toml", "--day", "0001-01-01"], "expected a day from 2000-01-01 on"),
        (["router.toml"], "expected a gateway's configuration"),
    ],
    ids=["unknown partner", "itself", "day of the future", "day long ago", "router"],
)
def test_refuses_what_has_no_figures(
    arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """All dashes would read as a quiet day."""
    config, *more = arguments
    status = main(["overview", "--config", str(ROOT / "examples/region" / config), *more, "--json"])
    failure = json.loads(capfd.readouterr().out)
    assert (status, failure["code"]) == (2, "cli.usage")
    assert told in failure["message"]


@pytest.mark.parametrize("option", ["--for", "--overlap"])
def test_what_begins_now_has_no_age(option: str, capfd: pytest.CaptureFixture[str]) -> None:
    """``swb tokens``: what is asked for is how long, not how old."""
    config = str(ROOT / "examples/region/gateway-VN.toml")
    act = (
        ["create", "nsw", "--role", "single-window"] if option == "--for" else ["rotate", "0" * 16]
    )
    status = main(["tokens", *act, option, "1y", "--config", config, "--json"])
    failure = json.loads(capfd.readouterr().out)
    assert (status, failure["code"]) == (2, "cli.usage")
    assert "expected how long from now on, such as 90s" in failure["message"]


def test_release_times_are_of_all_partners_and_left_out_for_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for each in (ROOT / "examples/region").glob("*.toml"):
        shutil.copy(each, tmp_path)
    file = tmp_path / "gateway-VN.toml"
    asyncio.run(_make_store(file))
    command = ["overview", "--config", str(file)]
    assert main([*command, "--partner", "th", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["releases"] is None
    assert main([*command, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["releases"]["authorities"] == []
    assert main([*command, "--partner", "th"]) == 0
    assert "release times are not kept by partner" in capfd.readouterr().out


async def _make_store(file: Path) -> None:
    store = build_store(load_config(file), create=True)
    await store.open()
    await store.close()
