"""Opens what a person needs to look after what waits: the store of one daemon."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from swb.app.nodes import open_store
from swb.clock import SystemClock
from swb.services.parking import ParkingService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from swb.config import Config

__all__ = ["open_parking"]


@asynccontextmanager
async def open_parking(config: Config) -> AsyncIterator[ParkingService]:
    """Open it beside a running daemon, which sees at once what is due again.

    Raises:
        RefusedError: ``config.invalid``.
        UnavailableError: ``store.unavailable``, ``store.schema``.
    """
    async with open_store(config) as store:
        yield ParkingService(store=store, clock=SystemClock())
