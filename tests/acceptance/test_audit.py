"""``swb audit`` and ``swb approvals``."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.region import Region, lay_out_region

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.program import Program


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("region")
    return asyncio.run(lay_out_region(folder, states=("TH", "VN"), at=datetime.now(UTC), seed=2))


def test_tells_who_submitted_what_and_notices_a_change(
    swb: Program, region: Region, thai_form_d: Path
) -> None:
    config = ("--config", region.gateways["TH"])
    accepted = swb("submit", *config, thai_form_d, "--json").value
    (entry,) = swb("audit", "show", *config, "--json").value["entries"]
    assert (entry["sequence"], entry["action"]) == (1, "submitted")
    assert entry["subject"] == accepted["document_id"]
    assert entry["who"]

    verified = swb("audit", "verify", *config, "--json").value
    assert verified == {
        "verdict": "valid",
        "entries": 1,
        "head": entry["digest"],
        "time_stamped": {"entry": None, "at": None},
    }
    assert swb("audit", "verify", *config, "--head", entry["digest"]).status == 0
    cut = swb("audit", "verify", *config, "--head", "f" * 64, "--json")
    assert (cut.status, cut.failure["code"]) == (1, "audit.cut")

    connection = sqlite3.connect(region.folder / "store" / "TH.audit.db", isolation_level=None)
    connection.execute("DROP TRIGGER entries_stay")
    connection.execute("UPDATE entries SET who = 'nobody'")
    connection.close()
    broken = swb("audit", "verify", *config, "--json")
    assert (broken.status, broken.failure["code"]) == (1, "audit.broken")


def test_nothing_is_asked_for_at_first(swb: Program, region: Region) -> None:
    config = ("--config", region.gateways["VN"])
    assert swb("audit", "show", *config).status == 4
    assert swb("approvals", "list", *config, "--json").value == {"requests": []}
    unknown = swb("approvals", "give", "nothing", *config, "--json")
    assert (unknown.status, unknown.failure["code"]) == (1, "approval.unknown")
