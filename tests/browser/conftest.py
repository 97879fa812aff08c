"""Debian's Chromium, driven by Playwright, with the network off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chromium import launch, read_axe
from tests.services import require_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: while it runs, nothing else runs an event loop in this thread.

    What needs one is made before, in fixtures of the session that are used by themselves.
    """
    with launch(require_program("chromium")) as browser:
        yield browser


@pytest.fixture
def faults() -> list[str]:
    """What went wrong on a page; a test that provokes something takes it out again."""
    return []


@pytest.fixture
def offline_page(chromium: Browser, faults: list[str]) -> Iterator[Page]:
    """A page without a network, on which no error may appear."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    yield page
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker of accessibility, as a script."""
    return read_axe()
