"""Commands that leave something behind end in order also when they are asked to end."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["run_in_order"]

T = TypeVar("T")


def run_in_order(work: Coroutine[object, object, T]) -> T:
    """Run work that cleans up behind itself; SIGTERM interrupts it as Ctrl-C does.

    Raises:
        KeyboardInterrupt: It was asked to end, and has cleaned up.
    """

    async def run() -> T:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(run())
    except asyncio.CancelledError as cause:
        raise KeyboardInterrupt from cause
