"""The tutorial on adapters works from an empty folder, in an environment beside the broker's."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

from tests.out_of_tree import make_beside
from tests.pages import BLOCK
from tests.services import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "tutorial" / "first-adapter.md"
OFFLINE: Final = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_DEPS": "1"}
"""pip builds from what is on this machine. (That 0 turns isolation off is its own way.)"""
QUIET: Final = {"PYTEST_ADDOPTS": "-p no:cacheprovider -p no:asyncio", "PYTHONPATH": ""}


def test_the_tutorial_works_from_an_empty_folder(tmp_path: Path) -> None:
    beside = make_beside(tmp_path / "env")
    folder = tmp_path / "work"
    folder.mkdir()
    script = "\n".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={
            **os.environ,
            **OFFLINE,
            **QUIET,
            "PATH": f"{beside.programs}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout
    assert "lemuria 0.1.0  (lemuria-swb 0.1.0; simulated)" in printed
    assert "<DepartureDate>2026-11-20</DepartureDate>" in printed
    assert "exit status 1" in printed
    assert "transport.departure (CertificateOfOrigin/Transport/DepartureDate)" in done.stderr
    assert "- `CertificateOfOrigin/Remarks`" in printed
    assert "CertificateOfOrigin/Remarks: lost: the format has no place for it" in printed
    assert "no remarks any more" in printed
    assert " passed in " in printed
    assert "speed   CertificateIssue of 3 items" in printed
    assert "0 fault(s)" in printed
