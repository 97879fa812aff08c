"""The daemon: any set of nodes in one process, from start to ordered shutdown.

Shutdown first stops taking in (lines, drop folders), lets what was begun be committed, then
closes back ends. Whatever does not finish in time is offered again after the restart.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import structlog

from swb.app import open_node
from swb.health import serve_health

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb.app import Node
    from swb.config import Config

__all__ = ["run_nodes", "serve"]

_log = structlog.get_logger("swb.daemon")


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
    """
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(open_node(config)) for config in configs]
        for config in configs:
            if config.health is not None:
                port = await stack.enter_async_context(serve_health(config.health, nodes))
                _log.info("health", port=port)
        shutdown_for = max(config.limits.shutdown_seconds for config in configs)
        tasks = [task for node in nodes for task in _start(node)]
        _log.info("started", nodes=[node.name for node in nodes])
        if on_ready is not None:
            on_ready(nodes)
        try:
            await _wait(tasks, stop)
        finally:
            await _shut_down(nodes, tasks, shutdown_for)
    _log.info("stopped", nodes=[node.name for node in nodes])


def _start(node: Node) -> list[asyncio.Task[None]]:
    named = [(pace.name, pace.run()) for pace in node.paces]
    named += [("inbox", inbox.run()) for inbox in node.inboxes]
    if node.authority is not None:
        named.append(("authority", node.authority.run()))
    return [asyncio.create_task(run, name=f"{node.name}: {name}") for name, run in named]


async def _wait(tasks: Sequence[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Wait for the stop, or for the first loop that ends although it should not."""
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    for task in done:
        if task is not stopping:
            _log.error("loop_ended", task=task.get_name())
            await task


async def _shut_down(
    nodes: Sequence[Node], tasks: Sequence[asyncio.Task[None]], shutdown_for: float
) -> None:
    """Close the lines, let inboxes finish what they began, stop the rest."""
    _log.info("stopping")
    inboxes = [task for task in tasks if task.get_name().endswith(": inbox")]
    others = [task for task in tasks if task not in inboxes]
    for task in others:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*others, return_exceptions=True)
    for node in nodes:
        for transport in node.lines.values():
            await transport.close()
    if inboxes:
        _, late = await asyncio.wait(inboxes, timeout=shutdown_for)
        for task in late:
            _log.warning("not_finished_in_time", task=task.get_name())
            task.cancel()
        await asyncio.gather(*inboxes, return_exceptions=True)
