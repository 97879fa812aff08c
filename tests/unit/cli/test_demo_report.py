"""What ``swb demo`` tells to type next can be typed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from swb.cli.demo_report import spell_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("folder", "called", "is_on_path", "spelled"),
    [
        ("bin", "{}/bin/swb", True, "swb"),
        ("bin", "{}/bin/swb", False, "{}/bin/swb"),
        ("my bin", "{}/my bin/swb", False, "'{}/my bin/swb'"),
        ("bin", "{}/bin/__main__.py", False, "swb"),
    ],
    ids=["on the path", "elsewhere", "with a space", "as a module"],
)
def test_the_program_is_spelled_as_a_shell_finds_it(
    folder: str,
    called: str,
    is_on_path: bool,
    spelled: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / folder).mkdir()
    program = tmp_path / folder / "swb"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent if is_on_path else tmp_path))
    monkeypatch.setattr(sys, "argv", [called.format(tmp_path), "demo"])
    assert spell_program() == spelled.format(tmp_path)
