"""The daemon: any set of nodes in one process, from start to ordered shutdown.

Shutdown lets every step (drop folder, outbox, deliveries) end what it is at, then closes the lines
and lets what came by them be committed, then closes back ends. Whatever does not finish in time is
offered again after the restart.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import structlog

from swb.app import open_node
from swb.health import serve_health
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.app import Node
    from swb.config import Config

__all__ = ["run_nodes", "serve"]

_log = structlog.get_logger("swb.daemon")

_INBOX: Final = ": inbox"
_AUTHORITY: Final = ": authority"


async def serve(configs: Sequence[Config]) -> None:
    """Run daemons until SIGTERM or SIGINT.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached at the start.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await run_nodes(configs, stop)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def run_nodes(
    configs: Sequence[Config],
    stop: asyncio.Event,
    on_ready: Callable[[Sequence[Node]], None] | None = None,
) -> None:
    """Run daemons until `stop` is set.

    Args:
        configs: One for each.
        stop: Asks for an ordered shutdown.
        on_ready: Called once with the open nodes, when everything runs.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached at the start; ``daemon.loop_ended``.
    """
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(open_node(config)) for config in configs]
        for config in configs:
            if config.health is not None:
                port = await stack.enter_async_context(serve_health(config.health, nodes))
                _log.info("health", port=port)
        shutdown_for = max(config.limits.shutdown_seconds for config in configs)
        tasks = [task for node in nodes for task in _start(node)]
        try:
            _log.info("started", nodes=[node.name for node in nodes])
            if on_ready is not None:
                on_ready(nodes)
            await _wait(tasks, stop)
        finally:
            await _shut_down(nodes, tasks, shutdown_for)
    _log.info("stopped", nodes=[node.name for node in nodes])


def _start(node: Node) -> list[asyncio.Task[None]]:
    named = [(f": {pace.name}", pace.run()) for pace in node.paces]
    named += [(_INBOX, inbox.run()) for inbox in node.inboxes]
    if node.authority is not None:
        named.append((_AUTHORITY, node.authority.run()))
    return [asyncio.create_task(run, name=f"{node.name}{name}") for name, run in named]


async def _wait(tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Wait for the stop, or for the first loop that ends although it should not.

    Raises:
        UnavailableError: ``daemon.loop_ended``; or what ended the loop.
    """
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    if stop.is_set():
        return
    for task in tasks:
        if task.done():
            _log.error("loop_ended", task=task.get_name())
            task.result()
            message = f"expected {task.get_name()} to go on until the stop, found that it ended"
            raise UnavailableError("daemon.loop_ended", message)


async def _shut_down(
    nodes: Sequence[Node], tasks: Sequence[asyncio.Task[None]], shutdown_for: float
) -> None:
    """Let steps end, let inboxes finish what they began, close the lines, all within the time."""
    _log.info("stopping")
    deadline = asyncio.get_running_loop().time() + shutdown_for
    for node in nodes:
        for pace in node.paces:
            pace.stop()
    inboxes = [task for task in tasks if task.get_name().endswith(_INBOX)]
    steps = [task for task in tasks if task not in inboxes]
    for task in steps:
        if task.get_name().endswith(_AUTHORITY):
            task.cancel()
    await _end(steps, deadline)
    for node in nodes:
        for transport in node.lines.values():
            transport.end_deliveries()
    await _end(inboxes, deadline)
    for node in nodes:
        for name, transport in node.lines.items():
            try:
                await transport.close()
            except Exception:  # noqa: BLE001 - the others are to be closed nevertheless
                _log.exception("line_not_closed", line=name)


async def _end(tasks: Sequence[asyncio.Task[None]], deadline: float) -> None:
    """Wait for loops that were asked to end; what they do when it is time is left undone."""
    if not tasks:
        return
    left = deadline - asyncio.get_running_loop().time()
    _, late = await asyncio.wait(tasks, timeout=max(0.0, left))
    for task in late:
        _log.warning("not_finished_in_time", task=task.get_name())
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            _log.error("loop_failed", exc_info=outcome)
