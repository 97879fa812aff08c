"""The daemon: any set of nodes in one process, from start to ordered end.

SIGTERM and SIGINT ask for an ordered end (`swb.draining`), a second one for an end at once. SIGHUP
has every file that may change looked at now, and says in the log what became of each.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from swb.app import open_node
from swb.draining import AUTHORITY, INBOX, drain
from swb.health import serve_health
from swb.metrics import Meter
from swb.reloading import reload_nodes
from swb.services.noting import set_listener
from swb.serving import make_server_tls, serve_application
from swb.supervision import Supervisor
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from swb.app import Node
    from swb.config import Config

__all__ = ["Requests", "run_nodes", "serve"]

_log = structlog.get_logger("swb.daemon")


@dataclass(slots=True)
class Requests:
    """What a daemon is asked from outside.

    Attributes:
        stop: End in order.
        at_once: End without waiting for what is under way.
        reload: Look at the files that may change.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        """Ask for the end; asked again, for the end at once."""
        (self.at_once if self.stop.is_set() else self.stop).set()


async def serve(
    configs: Sequence[Config], read_again: Callable[[], Sequence[Config]] | None = None
) -> None:
    """Run daemons until SIGTERM or SIGINT.

    Args:
        configs: One for each.
        read_again: Reads the configurations again, for a reload.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached at the start.
    """
    requests = Requests()
    supervisor = Supervisor.of(os.environ)
    with _signals(requests):
        await run_nodes(configs, requests, supervisor=supervisor, read_again=read_again)


@contextmanager
def _signals(requests: Requests) -> Iterator[None]:
    """Turn signals into requests."""
    loop = asyncio.get_running_loop()
    meant = {
        signal.SIGTERM: requests.end,
        signal.SIGINT: requests.end,
        signal.SIGHUP: requests.reload.set,
    }
    for number, act in meant.items():
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in meant:
            loop.remove_signal_handler(number)


async def run_nodes(
    configs: Sequence[Config],
    requests: Requests | asyncio.Event,
    on_ready: Callable[[Sequence[Node]], None] | None = None,
    *,
    supervisor: Supervisor | None = None,
    read_again: Callable[[], Sequence[Config]] | None = None,
) -> None:
    """Run daemons until they are asked to end.

    Args:
        configs: One for each.
        requests: What is asked of them; an event alone asks for the end.
        on_ready: Called once with the open nodes, when everything runs.
        supervisor: Told how it stands.
        read_again: Reads the configurations again, for a reload.

    Raises:
        RefusedError: ``config.*``, ``adapter.*``.
        UnavailableError: A back end cannot be reached at the start; ``daemon.loop_ended``.
    """
    asked = requests if isinstance(requests, Requests) else Requests(stop=requests)
    told = supervisor or Supervisor()
    async with AsyncExitStack() as stack:
        meter = None
        if any(config.health is not None and config.health.metrics for config in configs):
            meter = Meter()
            await stack.enter_async_context(meter.watch())
        nodes = [await stack.enter_async_context(open_node(config, meter)) for config in configs]
        for config, node in zip(configs, nodes, strict=True):
            if config.health is not None:
                serving = serve_health(config.health, nodes, meter)
                node.ports["health"] = port = await stack.enter_async_context(serving)
                _log.info("health", port=port)
            await _serve_api(config, node, stack)
        drain_for = max(config.limits.shutdown_seconds for config in configs)
        await stack.enter_async_context(told.reassure())
        tasks = [task for node in nodes for task in _start(node)]
        try:
            _log.info("started", nodes=[node.name for node in nodes])
            told.tell_ready(", ".join(node.name for node in nodes))
            if on_ready is not None:
                on_ready(nodes)
            await _wait(tasks, asked, _Reload(nodes, configs, told, read_again))
        finally:
            told.tell_stopping("ends what it began")
            await drain(nodes, tasks, drain_for=drain_for, at_once=asked.at_once)
    _log.info("stopped", nodes=[node.name for node in nodes])


async def _serve_api(config: Config, node: Node, stack: AsyncExitStack) -> None:
    """Serve a gateway's API, and its console beside it, where its configuration asks for it.

    Raises:
        RefusedError: ``config.invalid``: the files of TLS are of no use.
        UnavailableError: ``api.unavailable``: the address cannot be listened on.
    """
    section = config.api
    if section is None:
        return
    from swb.api import Gateway, build_application  # noqa: PLC0415 - slow to import

    tls = None
    if section.certificate is not None and section.key is not None:
        authorities = section.client_authorities
        tls = make_server_tls(section.certificate, section.key, client_authorities=authorities)
    beside, prefix = None, ""
    if node.desk is not None:
        from swb.console import PREFIX, build_site  # noqa: PLC0415 - as above

        beside, prefix = build_site(node.desk, hosts=section.hosts), PREFIX
    serving = serve_application(
        build_application(Gateway.of(node), beside, prefix=prefix),
        host=section.host,
        port=section.port,
        error_code="api.unavailable",
        tls=tls,
        trusted_proxies=section.trusted_proxies,
        proxy_header=section.proxy_header,
    )
    port = await stack.enter_async_context(serving)
    node.ports["api"] = port
    _log.info("api", node=node.name, port=port)


@dataclass(frozen=True, slots=True)
class _Reload:
    """What a reload needs."""

    nodes: Sequence[Node]
    configs: Sequence[Config]
    told: Supervisor
    read_again: Callable[[], Sequence[Config]] | None

    async def run(self) -> None:
        """Look at every file that may change, and tell the supervisor before and after."""
        self.told.tell_reloading()
        await reload_nodes(self.nodes, self.configs, self.read_again)
        self.told.tell_ready(", ".join(node.name for node in self.nodes))


def _start(node: Node) -> list[asyncio.Task[None]]:
    named = [(f": {pace.name}", pace.run()) for pace in node.paces]
    named += [(INBOX, inbox.run()) for inbox in node.inboxes]
    if node.authority is not None:
        named.append((AUTHORITY, node.authority.run()))
    context = copy_context()
    context.run(set_listener, node.tell)
    return [
        asyncio.create_task(run, name=f"{node.name}{name}", context=context.copy())
        for name, run in named
    ]


async def _wait(tasks: Sequence[asyncio.Task[None]], asked: Requests, reload: _Reload) -> None:
    """Wait for the stop, or for the first loop that ends although it should not.

    Raises:
        UnavailableError: ``daemon.loop_ended``; or what ended the loop.
    """
    stopping = asyncio.create_task(asked.stop.wait())
    try:
        while True:
            hearing = asyncio.create_task(asked.reload.wait())
            try:
                await asyncio.wait([stopping, hearing, *tasks], return_when=asyncio.FIRST_COMPLETED)
            finally:
                hearing.cancel()
            if asked.stop.is_set() or any(task.done() for task in tasks):
                break
            asked.reload.clear()
            await reload.run()
    finally:
        stopping.cancel()
    if asked.stop.is_set():
        return
    for task in tasks:
        if task.done():
            _log.error("loop_ended", task=task.get_name())
            task.result()
            message = f"expected {task.get_name()} to go on until the stop, found that it ended"
            raise UnavailableError("daemon.loop_ended", message)
