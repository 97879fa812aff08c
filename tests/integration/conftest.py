"""What integration tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.opening import open_world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Two connected states, everything real but the clock."""
    async with open_world(tmp_path) as world:
        yield world
