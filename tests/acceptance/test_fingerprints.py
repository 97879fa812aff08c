"""Fingerprints are forgotten under a key that there is, for a reason that says something."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from swb.app import open_store
from swb.config import load_config
from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program

KEYS = """
[[fingerprints.keys]]
id = "K1"
partners = ["VN"]
secret = "env:SWB_NO_SUCH_SECRET"
"""


async def open_once(file: Path) -> None:
    """Make the gateway's store."""
    async with open_store(load_config(file), create=True):
        pass


def test_forgets_under_a_known_key_and_for_a_reason_only(swb: Program, tmp_path: Path) -> None:
    at = datetime.now(UTC)
    region = asyncio.run(lay_out_region(tmp_path, states=("TH", "VN"), at=at, seed=2))
    file = region.gateways["TH"]
    file.write_text(file.read_text() + KEYS)
    config = ("--config", file)
    asyncio.run(open_once(file))

    other = swb("fingerprints", "forget", "k1", *config, "--reason", "stolen", "--json")
    assert (other.status, other.failure["code"]) == (1, "fingerprint.key_unknown")
    assert other.failure["message"] == "expected one of the keys K1, found 'k1'"

    unsaid = swb("fingerprints", "forget", "K1", *config, "--reason", " ")
    assert unsaid.status == 2
    assert "expected a reason in words, found ' '" in unsaid.stderr

    known = swb("fingerprints", "forget", "K1", *config, "--reason", "stolen", "--json")
    assert (known.status, known.value) == (0, {"key_id": "K1", "forgotten": 0})
