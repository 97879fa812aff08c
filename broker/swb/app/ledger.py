"""The evidence log in a daemon: a router runs it, a gateway watches it, anybody reads it."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from os import getpid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swb.backends.files import FileLogFolder
from swb.backends.http.log_site import HttpLogSite
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.witness import SqliteWitnessStore
from swb.clock import new_id
from swb.services.cosignatures import LogDesk
from swb.services.log_view import LogView
from swb.services.pacing import Pace
from swb.services.sequencing import SequencingService
from swb.services.witnessing import WitnessService
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import Actor, RefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from swb.app.node import Node
    from swb.app.parts import Parts
    from swb.config import Config
    from swb.ports import LedgerStore, LogReader, WitnessStore

__all__ = ["open_log", "open_log_view", "open_witness_store", "run_log", "run_witness"]

_PATIENCE: Final = timedelta(seconds=10)
"""How long a command waits for one answer of a log's web server."""


@asynccontextmanager
async def run_log(node: Node, parts: Parts) -> AsyncIterator[LogDesk | None]:
    """Have a router sequence and publish its log, where its configuration has one.

    Where several routers have the same log, the one that holds its lease does that. A router that
    knows the log by name only promises; what witnesses send it, it leaves to one that has the log.

    Yields:
        What the road needs of the log.

    Raises:
        UnavailableError: ``ledger.*``.
    """
    section = parts.config.ledger
    if section is None:
        yield None
        return
    merge_delay = timedelta(seconds=section.merge_delay_seconds)
    if section.path is None or section.publish is None:
        yield LogDesk(origin=section.origin, ledger=None, merge_delay=merge_delay)
        return
    async with open_log(parts.config) as ledger:
        sequencing = SequencingService(
            owner=f"{socket.gethostname()} {getpid()} {new_id()}",
            store=parts.store,
            ledger=ledger,
            folder=FileLogFolder(section.publish),
            signer=parts.signers[Purpose.LOG],
            clock=parts.clock,
            merge_delay=merge_delay,
            batch=parts.config.limits.batch,
            lease_for=timedelta(seconds=max(section.lease_seconds, 4 * section.interval_seconds)),
            witnesses=section.witnesses,
        )
        node.checks["ledger"] = sequencing.check
        node.checks["witnesses"] = sequencing.check_witnesses
        node.paces.append(_timed("ledger", sequencing.sequence_due, section.interval_seconds))
        try:
            yield LogDesk(origin=section.origin, ledger=ledger, merge_delay=merge_delay)
        finally:
            await sequencing.release()


@asynccontextmanager
async def run_witness(node: Node, parts: Parts) -> AsyncIterator[None]:
    """Have a gateway watch the region's log, where its configuration says so.

    Raises:
        RefusedError: ``config.invalid``.
        UnavailableError: ``ledger.*``.
    """
    section = parts.config.witness
    if section is None:
        yield
        return
    async with open_witness_store(parts.config, create=True) as store:
        watching = WitnessService(
            state=node.state,
            environment=parts.config.party.environment,
            origin=section.origin,
            view=open_log_view(section.log, patience=timedelta(seconds=section.patience_seconds)),
            store=store,
            signer=parts.signers[Purpose.LOG],
            sealer=parts.sealer,
            line=node.lines[node.state],
            trust=parts.trust,
            clock=parts.clock,
        )
        node.checks["witness"] = watching.check
        node.paces.append(_timed("witness", watching.look, section.interval_seconds))
        yield


@asynccontextmanager
async def open_log(config: Config) -> AsyncIterator[LedgerStore]:
    """Open a router's log.

    Raises:
        UnavailableError: ``ledger.unavailable``, ``ledger.schema``, ``ledger.other_log``.
    """
    assert config.ledger is not None  # noqa: S101 - whoever asks has looked
    assert config.ledger.path is not None  # noqa: S101 - see above
    _make_folder(config.ledger.path)
    ledger = SqliteLedgerStore(path=config.ledger.path, origin=config.ledger.origin)
    await ledger.open()
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def open_witness_store(
    config: Config, *, create: bool = False
) -> AsyncIterator[WitnessStore]:
    """Open what a gateway remembers of the log that it watches.

    Raises:
        UnavailableError: ``ledger.unavailable``, ``ledger.schema``.
    """
    assert config.witness is not None  # noqa: S101 - whoever asks has looked
    if create:
        _make_folder(config.witness.path)
    store = SqliteWitnessStore(path=config.witness.path, create=create)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def open_log_view(location: str, *, patience: timedelta = _PATIENCE) -> LogView:
    """Name where a log is published; nothing is fetched yet.

    Args:
        location: A folder, ``file:PATH``, or a URL of HTTPS, or of HTTP on loopback.
        patience: How long one request may take.

    Raises:
        RefusedError: ``config.invalid``: it is a URL that is not asked, or no folder.
    """
    reader: LogReader
    if "://" in location or location.lower().startswith(("https:", "http:")):
        reader = HttpLogSite(location, patience=patience)
    else:
        named = location.removeprefix("file:")
        if not named or "\0" in named or Path(named).is_file():
            message = f"expected a folder that a log is published in, found {location[:200]!r}"
            raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)
        reader = FileLogFolder(Path(named))
    return LogView(reader, place=location)


def _timed(name: str, step: Callable[[], Awaitable[int]], interval: float) -> Pace:
    return Pace(
        name,
        step,
        rest_for=interval,
        rest_after_failure=max(1.0, interval),
        heeds_commits=False,
    )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        message = f"expected to make {path.parent}: {cause.strerror}"
        raise UnavailableError("ledger.unavailable", message) from cause
