"""Health over HTTP: ``/health/live`` says that it answers, ``/health/ready`` that it works.

Ready is 200 when every back end answers in time and 503 otherwise, or from the moment on in which
the daemon was asked to end, with each check's outcome and what waits in the store. Notices tell
what a person should look at though everything works. ``/metrics`` shows the same and more in the
form that Prometheus reads. Nothing of a document is in it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from swb.metrics import Measure
from swb.serving import serve_application
from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.requests import Request

    from swb.app import Node
    from swb.config import HealthConfig
    from swb.metrics import Meter
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
    down = {name: code for ask in node.outages for name, code in ask().items()}
    results = await asyncio.gather(
        *(_check(ask, down.get(name, "health.timeout")) for name, ask in node.checks.items())
    )
    return dict(zip(node.checks, results, strict=True))


async def _check(ask: Callable[[], Awaitable[object]], late: str) -> str:
    """Ask one back end; `late` is the code where it does not answer in time."""
    try:
        async with asyncio.timeout(_CHECK_FOR):
            await ask()
    except SwbError as error:
        return error.code
    except TimeoutError:
        return late
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


async def _measure(node: Node) -> list[Measure]:
    """Ask a node for everything that only a question can tell; what cannot be told is left out."""
    checks = await check_node(node)
    good = all(outcome == "ok" for outcome in checks.values())
    found = [Measure("swb_ready", good and not node.draining, {})]
    for name, outcome in checks.items():
        found.append(Measure("swb_check_ok", outcome == "ok", {"check": name}))
        if outcome != "ok":
            found.append(Measure("swb_check_failing", 1, {"check": name, "code": outcome}))
    for ask in node.measures:
        try:
            async with asyncio.timeout(_CHECK_FOR):
                found += await ask()
        except (SwbError, TimeoutError):
            continue  # the check of what it asks tells
        except Exception:  # noqa: BLE001 - the others are told, whatever is wrong with one
            _log.exception("measure_faulted")
    return found


def _build_application(nodes: Sequence[Node], meter: Meter | None) -> Starlette:
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
        status = "ready" if healthy else "degraded"
        if any(node.draining for node in nodes):
            status = "draining"
        body = {"status": status, "nodes": report}
        return JSONResponse(body, status_code=200 if status == "ready" else 503)

    routes = [Route("/health/live", live), Route("/health/ready", ready)]
    if meter is not None:
        asking = asyncio.Lock()

        async def metrics(_: Request) -> Response:
            async with asking:  # so that two who ask at once cost one look each, in turn
                meter.gauge("swb_draining").set(any(node.draining for node in nodes))
                found = await asyncio.gather(*(_measure(node) for node in nodes))
                told = [
                    (node.name, each)
                    for node, measures in zip(nodes, found, strict=True)
                    for each in measures
                ]
                return Response(meter.show(told), media_type=CONTENT_TYPE_LATEST)

        routes.append(Route("/metrics", metrics))
    return Starlette(routes=routes)


@asynccontextmanager
async def serve_health(
    config: HealthConfig, nodes: Sequence[Node], meter: Meter | None = None
) -> AsyncIterator[int]:
    """Serve while the context lasts.

    Args:
        config: Where.
        nodes: Whose health.
        meter: What the process measures, for ``/metrics``.

    Yields:
        The port that it listens on.

    Raises:
        UnavailableError: ``health.unavailable``: the address cannot be listened on.
    """
    application = _build_application(nodes, meter if config.metrics else None)
    async with serve_application(
        application, host=config.host, port=config.port, error_code="health.unavailable"
    ) as port:
        yield port
