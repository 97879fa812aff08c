"""Health over HTTP: ``/health/live`` says that it answers, ``/health/ready`` that it works.

Ready is 200 when every back end answers in time and 503 otherwise, with each check's outcome and
what waits in the store. Notices tell what a person
should look at though everything works. Nothing of a document is in it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from socket import AF_INET, AF_INET6, create_server
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from swb_schemas.errors import SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.requests import Request

    from swb.app import Node
    from swb.config import HealthConfig
    from swb.services.stamping import StampingService

__all__ = ["check_node", "serve_health"]

_log = structlog.get_logger("swb.health")

_CHECK_FOR: Final = 3.0
"""Seconds that one check may take."""


async def check_node(node: Node) -> dict[str, str]:
    """Ask every back end of a node how it is.

    Returns:
        By check: ``ok``, or the code of what is wrong.
    """
    names = list(node.checks)
    results = await asyncio.gather(*(_check(node.checks[name]) for name in names))
    return dict(zip(names, results, strict=True))


async def _check(ask: Callable[[], Awaitable[object]]) -> str:
    try:
        async with asyncio.timeout(_CHECK_FOR):
            await ask()
    except SwbError as error:
        return error.code
    except TimeoutError:
        return "health.timeout"
    except Exception:  # noqa: BLE001 - health answers, whatever is wrong
        _log.exception("check_faulted")
        return "internal.fault"
    return "ok"


async def _count(node: Node) -> dict[str, int] | None:
    """Count what waits in a node's store; None when it went away meanwhile."""
    if node.store is None:
        return None
    try:
        async with asyncio.timeout(_CHECK_FOR):
            return asdict(await node.store.count())
    except (SwbError, TimeoutError):
        return None


async def _find_age(stamping: StampingService) -> float | None:
    """Age of the oldest file without a time-stamp, in seconds; None when nobody can tell."""
    try:
        async with asyncio.timeout(_CHECK_FOR):
            return round((await stamping.find_age()).total_seconds(), 3)
    except (SwbError, TimeoutError):
        return None


def _build_application(nodes: Sequence[Node]) -> Starlette:
    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> JSONResponse:
        report: dict[str, dict[str, object]] = {}
        healthy = True
        all_checks = await asyncio.gather(*(check_node(node) for node in nodes))
        for node, checks in zip(nodes, all_checks, strict=True):
            good = all(outcome == "ok" for outcome in checks.values())
            healthy = healthy and good
            waiting = await _count(node) if checks.get("store") == "ok" else None
            notices = {name: dict(told) for name, ask in node.notices.items() if (told := ask())}
            report[node.name] = {"checks": checks, "waiting": waiting, "notices": notices}
            if node.stamping is not None:
                report[node.name]["seconds_without_time_stamp"] = await _find_age(node.stamping)
        body = {"status": "ready" if healthy else "degraded", "nodes": report}
        return JSONResponse(body, status_code=200 if healthy else 503)

    return Starlette(routes=[Route("/health/live", live), Route("/health/ready", ready)])


@asynccontextmanager
async def serve_health(config: HealthConfig, nodes: Sequence[Node]) -> AsyncIterator[int]:
    """Serve while the context lasts.

    Yields:
        The port that it listens on.

    Raises:
        UnavailableError: ``health.unavailable``: the address cannot be listened on.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            _build_application(nodes),
            host=config.host,
            port=config.port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the daemon's own
    family = AF_INET6 if ":" in config.host else AF_INET
    try:
        listening = create_server((config.host, config.port), family=family)
    except OSError as cause:
        message = f"expected to listen on {config.host}:{config.port}: {cause.strerror}"
        raise UnavailableError("health.unavailable", message) from cause
    port = int(listening.getsockname()[1])
    task = asyncio.create_task(server._serve([listening]))  # noqa: SLF001 - serve() takes the signals
    try:
        yield port
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
