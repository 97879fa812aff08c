"""What ``swb run`` refuses before it opens anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from swb.cli.entry import main
from tests.services import ROOT

if TYPE_CHECKING:
    import pytest


def test_one_configuration_runs_one_daemon(capfd: pytest.CaptureFixture[str]) -> None:
    """Two on one store would both send; the same file under another spelling is the same."""
    file = ROOT / "examples" / "region" / "gateway-TH.toml"
    other = file.parent / ".." / "region" / file.name
    status = main(["run", "--config", str(file), "--config", str(other), "--json"])
    failure = json.loads(capfd.readouterr().out)
    assert (status, failure["code"]) == (2, "cli.usage")
    assert f"expected each file once, found {file} several times" in failure["message"]
