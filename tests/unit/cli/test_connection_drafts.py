"""``swb connections draft``: what it writes, and that it writes over nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swb.cli.entry import main
from tests.integration.opening import write_connections

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_never_writes_over_a_draft(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "connections.toml", tmp_path / "draft.json"
    write_connections(table, [("TH", "VN"), ("VN", "TH"), ("TH", "MY")])
    drafting = ["connections", "draft", str(table), "--states", "TH,VN", "--environment", "test"]
    drafting += ["--number", "1", "--out", str(out), "--json"]
    assert main(drafting) == 0
    octets = out.read_bytes()
    assert octets
    capsys.readouterr()
    assert main(drafting) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "connection.draft_exists"
    assert out.read_bytes() == octets
