"""A console that runs, and a browser that looks at it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.console.browsing import Visitor, launch
from tests.console.world import World
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One console for all tests of this process."""
    world = World(tmp_path_factory.mktemp("console"))
    world.start()
    yield world
    world.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests of this process."""
    program = shutil.which("chromium") or miss("Chromium", "chromium")
    with launch(program) as browser:
        yield browser


@pytest.fixture
def visitor(world: World, browser: Browser) -> Iterator[Visitor]:
    """Somebody who visits the console; signed in as whoever they say."""
    visitor = Visitor(world, browser)
    yield visitor
    visitor.close()
