"""Debian's Chromium, driven by Playwright, and the checker of what keeps people out of a page."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.services import ROOT, miss

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["launch", "read_axe"]


@contextmanager
def launch(program: str | Path) -> Iterator[Browser]:
    """Run a browser without a window; as root it has no sandbox of its own.

    While it runs, nothing else runs an event loop in this thread.
    """
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@cache
def read_axe() -> str:
    """Read axe-core, which `tools/services.py` installs by its lock file."""
    file = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        miss("axe-core", "npm, then python3 tools/services.py")
    return file.read_text(encoding="utf-8")
