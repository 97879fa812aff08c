"""Daemons of a region that is laid out in a folder, run in this process."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from swb.clock import SystemClock
from swb.daemon import run_nodes
from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from swb.app import Node
    from swb.config import Config
    from swb.sandbox.region import Region

__all__ = ["QUICK", "fetch_json", "lay_out", "running"]

QUICK: Mapping[str, float] = {
    "poll_seconds": 0.02,
    "first_retry_seconds": 0.05,
    "retry_ceiling_seconds": 0.2,
    "probe_ceiling_seconds": 0.2,
    "lease_seconds": 2,
    "shutdown_seconds": 5,
}


async def lay_out(folder: Path, **changes: Any) -> Region:  # noqa: ANN401 - passed on
    """Lay a region out whose waits are short."""
    limits = {**QUICK, **changes.pop("limits", {})}
    return await lay_out_region(folder, at=SystemClock().now(), limits=limits, **changes)


@asynccontextmanager
async def running(configs: Sequence[Config]) -> AsyncIterator[tuple[Sequence[Node], asyncio.Event]]:
    """Run daemons; yields their nodes and what stops them, and ends them in order."""
    stop = asyncio.Event()
    ready: asyncio.Future[Sequence[Node]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run_nodes(configs, stop, on_ready=ready.set_result))
    started = asyncio.create_task(_wait_for(ready))
    await asyncio.wait([task, started], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        started.cancel()
        await task
    try:
        yield ready.result(), stop
    finally:
        stop.set()
        await task


async def _wait_for(ready: asyncio.Future[Sequence[Node]]) -> None:
    await ready


async def fetch_json(url: str, *, method: str = "GET") -> tuple[int, dict[str, Any]]:
    """Ask over real HTTP; returns status and body."""
    return await asyncio.to_thread(_fetch, url, method)


def _fetch(url: str, method: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, method=method)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
        try:
            return error.code, json.loads(body)
        except ValueError:
            return error.code, {}
