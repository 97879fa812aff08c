"""The commands on the page about live tests do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.pages import run_page

if TYPE_CHECKING:
    from pathlib import Path

_RUNS: Final = 2
"""One that is played, and one that finds all of it played."""


def test_the_page_on_live_tests_is_executed(tmp_path: Path) -> None:
    printed = run_page("docs/conformance/live.md", tmp_path)
    assert printed.count("19 passed, 0 failed, 0 skipped") == _RUNS
