"""Pacing: a step is repeated while there is work, then rests until it is woken or it is time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Pace"]

_log = structlog.get_logger("swb.pacing")

_REST_AFTER_FAILURE: Final = 1.0
"""Seconds before a step that could not reach its store or door is tried again."""


class Pace:
    """Repeats one step.

    Args:
        name: Of the step, for logs.
        step: Does what is due once, and says how much that was.
        rest_for: Seconds of rest when nothing was due.
    """

    def __init__(self, name: str, step: Callable[[], Awaitable[int]], *, rest_for: float) -> None:
        self.name = name
        self._step = step
        self._rest_for = rest_for
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """End the rest: something was committed that the step may wait for."""
        self._woken.set()

    async def run(self) -> None:
        """Repeat until cancelled."""
        while True:
            self._woken.clear()
            try:
                done = await self._step()
            except SwbError as error:
                _log.warning("step_failed", step=self.name, code=error.code)
                await asyncio.sleep(_REST_AFTER_FAILURE)
                continue
            if not done:
                # Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes in
                # the moment of the wake-up, and then a shutdown never ends.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._rest_for):
                        await self._woken.wait()
