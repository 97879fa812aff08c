"""The road beside an empty store and beside a full one, on the same RabbitMQ, in turns."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from swb.app.filling import fill_store
from swb.app.private import open_postgres
from swb.clock import SystemClock
from swb.config import load_config
from swb.sandbox.bench.growth_sizes import Run, measure_sizes
from swb.sandbox.region import lay_out_region
from swb.sandbox.road import EXPORTING, IMPORTING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from swb.sandbox.bench.growth_sizes import Size
    from swb.sandbox.region import Region

__all__ = ["KINDS", "Stored", "measure_stored"]

KINDS: Final = ("sqlite", "postgres")

_OLDER: Final = timedelta(days=10)
"""The youngest stored document is older: partners do not reconcile it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The road beside an empty store and beside a full one.

    Attributes:
        kind: ``sqlite`` or ``postgres``.
        documents: In each of the three full stores when it began.
        fill_seconds: It took to fill them.
        empty: The road with stores that were empty when it began.
        full: The road with the full ones.
    """

    kind: str
    documents: int
    fill_seconds: float
    empty: Size
    full: Size

    @property
    def ratio(self) -> float:
        """Rate with the full stores by the rate without, of the same turn; the median."""
        return median(
            full.documents_per_second / empty.documents_per_second
            for empty, full in zip(self.empty.turns, self.full.turns, strict=True)
        )

    @property
    def cpu_ratio(self) -> float | None:
        """Processor time a document with the full stores by that without, servers included.

        None where the system cannot tell.
        """
        empty, full = sum(self.empty.cpu.values()), sum(self.full.cpu.values())
        return full / empty if empty else None

    @property
    def value(self) -> dict[str, object]:
        """Of strings and numbers alone, for JSON."""
        cpu = self.cpu_ratio
        return {
            "stored": self.documents,
            "fill_seconds": round(self.fill_seconds, 1),
            "rate_ratio": round(self.ratio, 3),
            "cpu_ratio": None if cpu is None else round(cpu, 3),
            "empty": self.empty.value,
            "full": self.full.value,
        }


async def measure_stored(
    folder: Path,
    kind: str,
    *,
    stored: int,
    documents: int,
    turns: int,
    amqp_url: str,
    clear: Callable[[], Awaitable[None]],
    tell: Callable[[str], None],
) -> Stored:
    """Fill the stores of one region, leave those of another empty, and measure both in turns.

    Args:
        folder: Empty, or missing.
        kind: One of `KINDS`; a private PostgreSQL is started where it is needed.
        stored: Documents in each full store.
        documents: Of each measurement.
        turns: How often both take turns.
        amqp_url: RabbitMQ with the vhosts of both states.
        clear: Empties the queues when processes have ended.
        tell: Called with what is done now, for people.

    Raises:
        UnavailableError: ``bench.*``, ``postgres.*``, ``store.*``, ``transport.*``.
    """
    async with AsyncExitStack() as stack:
        urls: Mapping[str, str] = {}
        server = None
        if kind == "postgres":
            server = await stack.enter_async_context(open_postgres(database="empty"))
            await server.add_database("full")
            urls = {name: server.url(database=name) for name in ("empty", "full")}
        regions = {
            name: await lay_out_region(
                folder / name,
                states=(EXPORTING, IMPORTING),
                at=SystemClock().now(),
                amqp_url=amqp_url,
                answers=False,
                log=False,
                store_url=urls.get(name),
            )
            for name in ("empty", "full")
        }
        tell(f"filling three stores ({kind}) with {stored:,} documents each")
        begun = time.monotonic()
        if server is not None:
            await server.set_durable(False)
        await _fill(regions["full"], stored)
        if server is not None:
            await server.set_durable(True)
        # Or the first turns would wait for what the system has not written yet.
        await asyncio.to_thread(os.sync)
        filled_in = time.monotonic() - begun
        runs = {
            0: Run(name=f"{kind}, empty store", region=regions["empty"]),
            stored: Run(name=f"{kind}, {stored:,} stored documents", region=regions["full"]),
        }
        empty, full = await measure_sizes(
            runs, documents=documents, turns=turns, clear=clear, tell=tell
        )
    return Stored(kind=kind, documents=stored, fill_seconds=filled_in, empty=empty, full=full)


async def _fill(region: Region, documents: int) -> None:
    until = SystemClock().now() - _OLDER
    for file in (region.router, *region.gateways.values()):
        await fill_store(load_config(file), documents=documents, until=until)
