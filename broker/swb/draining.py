"""Draining: how a daemon ends in order.

1. Health says ``draining``, and nothing new is taken: not from the drop folder, not by `submit`.
2. Steps beside the road end what they are at.
3. The lines offer nothing more; what they offered is judged, committed and settled.
4. What that brought is handed over and published, until nothing is due.
5. The lines close. What is left is counted, told in the log, and waits for the next start.

All of it within the time of ``shutdown_seconds``, or at once when somebody asks a second time:
then what is under way is cut off, and offered again after the start.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import structlog

from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.app import Node

__all__ = ["AUTHORITY", "INBOX", "drain"]

_log = structlog.get_logger("swb.daemon")

INBOX: Final = ": inbox"
AUTHORITY: Final = ": authority"
"""How the names of tasks end that are not steps."""
_COUNT_WITHIN: Final = 3.0
"""Seconds that counting what is left may take."""


async def drain(
    nodes: Sequence[Node],
    tasks: Sequence[asyncio.Task[None]],
    *,
    drain_for: float,
    at_once: asyncio.Event,
) -> None:
    """End the tasks of nodes in order; see the module.

    Args:
        nodes: Open.
        tasks: Their loops, named by node and step.
        drain_for: Seconds that all of it may take.
        at_once: Cuts it short.
    """
    for node in nodes:
        node.draining = True
    _log.info("stopping")
    deadline = asyncio.get_running_loop().time() + drain_for
    emptying = {
        pace: task
        for node in nodes
        for pace in node.paces
        for task in tasks
        if pace.empties and task.get_name() == f"{node.name}: {pace.name}"
    }
    inboxes = [task for task in tasks if task.get_name().endswith(INBOX)]
    others = [task for task in tasks if task not in inboxes and task not in emptying.values()]
    _stop_steps(nodes, others)
    await _end(others, deadline, at_once)
    for transport in (each for node in nodes for each in node.lines.values()):
        transport.end_deliveries()
    await _end(inboxes, deadline, at_once)
    # What brings work to the outbox ends before the outbox does.
    for last in (False, True):
        ending = [pace for pace in emptying if (pace.name == "dispatch") is last]
        for pace in ending:
            pace.finish()
        await _end([emptying[pace] for pace in ending], deadline, at_once)
    for node in nodes:
        await _close_lines(node)
        await _tell_left(node)


def _stop_steps(nodes: Sequence[Node], tasks: Sequence[asyncio.Task[None]]) -> None:
    """Have every step end what it is at, but for those that empty the store."""
    for pace in (each for node in nodes for each in node.paces):
        if not pace.empties:
            pace.stop()
    for task in tasks:
        if task.get_name().endswith(AUTHORITY):
            task.cancel()


async def _close_lines(node: Node) -> None:
    for name, transport in node.lines.items():
        try:
            await transport.close()
        except Exception:  # noqa: BLE001 - the others are to be closed nevertheless
            _log.exception("line_not_closed", line=name)


async def _end(
    tasks: Sequence[asyncio.Task[None]], deadline: float, at_once: asyncio.Event
) -> None:
    """Wait for loops that were asked to end; what they do when it is time is left undone."""
    if not tasks:
        return
    left = deadline - asyncio.get_running_loop().time()
    hurrying = asyncio.create_task(at_once.wait())
    ending = asyncio.gather(*tasks, return_exceptions=True)
    either: list[asyncio.Future[Any]] = [hurrying, ending]
    try:
        await asyncio.wait(either, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED)
    finally:
        hurrying.cancel()
    for task in tasks:
        if not task.done():
            _log.warning("not_finished_in_time", task=task.get_name())
            task.cancel()
    for outcome in await ending:
        if isinstance(outcome, Exception):
            _log.error("loop_failed", exc_info=outcome)


async def _tell_left(node: Node) -> None:
    """Log what waits for the next start."""
    if node.store is None:
        return
    try:
        async with asyncio.timeout(_COUNT_WITHIN):
            counts = asdict(await node.store.count())
    except (SwbError, TimeoutError) as error:
        _log.warning("left_uncounted", node=node.name, error=type(error).__name__)
        return
    _log.info("left", node=node.name, **counts)
