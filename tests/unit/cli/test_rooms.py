"""Folders that commands leave something in: that they cannot be had is told before the work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from swb.cli.entry import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("demo", "--keep"), "demo.keep_unwritable"),
        (("drill", "chaos", "--logs"), "cli.output"),
    ],
    ids=["demo", "chaos"],
)
@pytest.mark.parametrize("name", ["file/folder", "x" * 256], ids=["beneath a file", "too long"])
def test_a_folder_that_cannot_be_made_is_told_at_once(
    command: tuple[str, ...],
    code: str,
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    assert main([*command, str(tmp_path / name), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert (told["code"], told["actor"]) == (code, "operator")
    assert "expected to write into" in told["message"]
