"""A console that runs, and a browser that looks at it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.console.browsing import Visitor, Windows, launch
from tests.console.world import World
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One console for all tests of a file; no longer, for what it logs is not for others."""
    world = World(tmp_path_factory.mktemp("console"))
    world.start()
    yield world
    world.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests of a file.

    No longer: as long as it is there, Playwright has this thread's event loop, and asynchronous
    tests of other files would have none.
    """
    program = shutil.which("chromium") or miss("Chromium", "chromium")
    with launch(program) as browser:
        yield browser


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Windows:
    """Windows of that browser."""
    return Windows(browser)


@pytest.fixture
def visitor(world: World, windows: Windows) -> Iterator[Visitor]:
    """Somebody who visits the console; signed in as whoever they say."""
    visitor = Visitor(world, windows)
    yield visitor
    visitor.close()
