"""The commands on the page about live tests do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pages import run_page

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_on_live_tests_is_executed(tmp_path: Path) -> None:
    run_page("docs/conformance/live.md", tmp_path)
