"""Pacing: a step is repeated while there is work, not too soon, then rests until woken or due.

A step that fails, for whatever reason, is tried again after a rest: at night a gateway that goes
on with its other steps is worth more than one that ended. Health tells which step fails.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from swb.services.faults import INTERNAL_FAULT
from swb_schemas.errors import SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Pace"]

_log = structlog.get_logger("swb.pacing")

_REST_AFTER_FAILURE: Final = 1.0
_APART: Final = 0.05


class Pace:
    """Repeats one step.

    Args:
        name: Of the step, for logs and health.
        step: Does what is due once, and says how much that was.
        rest_for: Seconds of rest when nothing was due.
        rest_after_failure: Seconds of rest before a step that failed is tried again.
        heeds_commits: Whether a commit ends its rest; not where work is better done in batches.
        empties: Whether it goes on while the daemon ends, until nothing is due; see `finish`.
        settle: Waits for what the step began and did not wait for; says whether there was any.
        apart: Seconds from the beginning of one step to that of the next at least. What is woken
            by every commit, and does then what can as well be done for several commits, takes the
            processor from those that make them.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], Awaitable[int]],
        *,
        rest_for: float,
        rest_after_failure: float = _REST_AFTER_FAILURE,
        heeds_commits: bool = True,
        empties: bool = False,
        settle: Callable[[], Awaitable[bool]] | None = None,
        apart: float = _APART,
    ) -> None:
        self.name = name
        self.empties = empties
        self._step = step
        self._rest_for = rest_for
        self._rest_after_failure = rest_after_failure
        self._heeds_commits = heeds_commits
        self._settle = settle
        self._apart = apart
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ending = asyncio.Event()
        self._finishing = False
        self._failed_with = ""

    def wake(self) -> None:
        """End the rest: something was committed that the step may wait for."""
        if self._heeds_commits:
            self._woken.set()

    def stop(self) -> None:
        """Ask `run` to end after the step that it is at."""
        self._stopping.set()
        self._ending.set()
        self._woken.set()

    def finish(self) -> None:
        """Ask `run` to end as soon as nothing is due, or the step fails."""
        self._finishing = True
        self._ending.set()
        self._woken.set()

    async def check(self) -> None:
        """Say how the last step ended.

        Raises:
            UnavailableError: It failed; the code says why.
        """
        if self._failed_with:
            message = f"the step {self.name} failed and is tried again"
            raise UnavailableError(self._failed_with, message)

    async def run(self) -> None:
        """Repeat until asked to stop, or cancelled."""
        while not self._stopping.is_set():
            self._woken.clear()
            began = asyncio.get_running_loop().time()
            try:
                done = await self._step()
            except SwbError as error:
                _log.warning("step_failed", step=self.name, code=error.code)
                self._failed_with = error.code
            except Exception:  # noqa: BLE001 - the step is tried again, and health tells
                _log.exception("step_faulted", step=self.name)
                self._failed_with = INTERNAL_FAULT
            else:
                self._failed_with = ""
                if done:
                    await self._keep_apart(began)
                    continue
                if self._finishing:
                    if await self._settle_begun():
                        continue
                    return
                await _wait(self._woken, self._rest_for)
                await self._keep_apart(began)
                continue
            if self._finishing:
                break
            await _wait(self._stopping, self._rest_after_failure)
        await self._settle_begun()

    async def _keep_apart(self, began: float) -> None:
        """Rest until the next step may begin; not while the daemon ends."""
        rest = began + self._apart - asyncio.get_running_loop().time()
        if rest > 0:
            await _wait(self._ending, rest)

    async def _settle_begun(self) -> bool:
        return self._settle is not None and await self._settle()


async def _wait(event: asyncio.Event, wait_for: float) -> None:
    """Wait for an event no longer than allowed.

    Not `asyncio.wait_for`: before Python 3.12 it loses a cancellation that comes in the moment of
    the event, and then a shutdown never ends.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_for):
            await event.wait()
