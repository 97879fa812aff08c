"""Steps that end in files: what is handed over, what is collected, and a line of the log."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import AsyncExitStack, contextmanager, redirect_stderr
from functools import partial
from typing import TYPE_CHECKING

import structlog

from swb.app.national import get_drop_folder, open_doors
from swb.clock import new_id
from swb.core.handing_over import note_accepted
from swb.observability import configure_logs
from swb.sandbox.bench.comparing import (
    AT_ONCE,
    ROUNDS,
    Compared,
    Took,
    compare,
    start_watch,
    take_many,
)
from swb.sandbox.bench.floors import collect_bare, deliver_bare
from swb.sandbox.road import EXPORTING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from swb.ports import PayloadSource
    from swb.sandbox.bench.carried import Carried, Ends

__all__ = ["measure_folder", "measure_logging"]


async def measure_folder(
    ends: Ends, carried: Carried, bare: Path, *, turns: int
) -> list[tuple[str, str, Compared]]:
    """Measure the doors of both drop folders with a national document.

    Files stay until the bench ends: where many were just removed, new ones take longer.

    Args:
        ends: Whose drop folders, and whose adapters wrote the payloads.
        carried: The document.
        bare: A folder for the floors' files.
        turns: How many.

    Returns:
        Name of the step, its floor in words, and figures.

    Raises:
        UnavailableError: ``national.unavailable``.
    """
    rendered = ends.writes.from_canonical(carried.document).payload
    suffix = ends.writes.info.file_suffix
    async with AsyncExitStack() as stack:
        importing = (await open_doors(ends.receiver.config, stack)).outward
        exporting = (await open_doors(ends.sender.config, stack)).inward
        assert importing is not None  # noqa: S101 - a region's gateways have drop folders
        assert exporting is not None  # noqa: S101 - likewise

        door = get_drop_folder(ends.sender.config) / "in"

        async def deliver(name: str) -> None:
            await importing.deliver(
                rendered, delivery_id=name, message_type=carried.message_type, file_suffix=suffix
            )

        async def deliver_alone(name: str) -> None:
            await asyncio.to_thread(deliver_bare, bare / f"{name}{suffix}", rendered)

        delivered = await compare(
            partial(_time_deliveries, deliver),
            partial(_time_deliveries, deliver_alone),
            turns=turns,
            waits=True,
        )
        collected = await compare(
            partial(_time_collecting, exporting, door, carried.payload),
            partial(_time_bare_collecting, bare, carried.payload),
            turns=turns,
            waits=True,
        )
    return [
        (
            "deliver",
            f"written, synced and renamed by the same system calls, {AT_ONCE} in threads",
            delivered,
        ),
        ("collect", "read, noted and renamed by the same system calls", collected),
    ]


async def _time_deliveries(deliver: Callable[[str], Awaitable[None]]) -> Took:
    stop = start_watch()
    for _ in range(ROUNDS):
        await asyncio.gather(*(deliver(new_id()) for _ in range(AT_ONCE)))
    return stop(AT_ONCE * ROUNDS)


async def _time_collecting(source: PayloadSource, door: Path, payload: bytes) -> Took:
    """List, read and put aside, as the collecting side does with what became a document."""
    for _ in range(AT_ONCE * ROUNDS):
        (door / new_id()).write_bytes(payload)
    stop = start_watch()
    for _ in range(ROUNDS):
        names = [each.name for each in await source.list_payloads(limit=AT_ONCE)]
        await asyncio.gather(*map(source.read, names))
        for name in names:
            await source.put_aside_accepted(name, document_id=name, findings=())
    return stop(AT_ONCE * ROUNDS)


async def _time_bare_collecting(folder: Path, payload: bytes) -> Took:
    names = [new_id() for _ in range(AT_ONCE * ROUNDS)]
    for name in names:
        (folder / name).write_bytes(payload)
    stop = start_watch()
    for name in names:
        note = note_accepted(name, []).encode()
        collect_bare(folder / name, folder / f"{name}.aside", note)
    return stop(len(names))


async def measure_logging(
    carried: Carried, file: Path, *, turns: int, turn_seconds: float
) -> tuple[str, str, Compared]:
    """Measure a line of a daemon's log, as it tells that a message was received.

    Args:
        carried: What was received.
        file: For the lines; it is made, and stays.
        turns: How many.
        turn_seconds: Of the processor, for a turn of one side.

    Returns:
        Name of the step, its floor in words, and figures.
    """
    message = carried.clear.outbound.message
    told = {
        "message_id": message.message_id,
        "message_type": message.message_type,
        "conversation_id": carried.sealed.conversation_id,
        "document_id": message.document_id,
        "disposition": "new",
        "line": EXPORTING,
    }
    with file.open("a", encoding="utf-8") as stream:

        async def write_bare() -> None:
            stream.write(json.dumps(told) + "\n")
            stream.flush()

        with redirect_stderr(stream), _configured_logs():
            log = structlog.get_logger("swb.receive")

            async def write() -> None:
                log.info("received", **told)

            compared = await compare(
                take_many(write, seconds=turn_seconds),
                take_many(write_bare, seconds=turn_seconds),
                turns=turns,
            )
    return "log", "the same members written by json.dumps, and flushed", compared


@contextmanager
def _configured_logs() -> Iterator[None]:
    """Have logs written as a daemon writes them, and afterwards as before."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    try:
        configure_logs()
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.configure(**kept)
