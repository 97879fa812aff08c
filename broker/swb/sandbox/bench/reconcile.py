"""How long it takes to name the one document of many that a store lost, and to have it back.

Two gateways and a router run in this process, the command in one of its own, as a person runs it.
All documents but one are rows alone: ids and digests of the day, with their messages and receipts,
and no octets. The one that is lost is real; it is sealed, sent, delivered, deleted, named by the
command, asked for and handed over again.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sqlite3
import sys
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb.app import open_store
from swb.app.adapting import get_formats
from swb.app.parts import get_national
from swb.app.reconciliation import open_memory
from swb.clock import SystemClock
from swb.config import load_config
from swb.core.lifecycle import Fact
from swb.daemon import run_nodes
from swb.sandbox.demo import draw_certificates
from swb.sandbox.region import lay_out_region
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.exchange import first_id_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from swb.app import Node
    from swb.sandbox.region import Region

__all__ = ["ReconcileBench", "run_reconcile_bench"]

_WITHIN: Final = 300.0
"""Seconds for one phase."""
_LOOK_EVERY: Final = 0.02
_DOCUMENT: Final = """
INSERT INTO documents (document_id, message_type, certificate_key, conversation_id, issuing_party,
    receiving_party, environment, digest, direction, recorded_at, octets)
VALUES (?, 'CertificateIssue', ?, ?, 'urn:swb:party:TH:issuing', 'urn:swb:party:VN:customs', 'test',
    ?, ?, ?, x'')
"""
_MESSAGE: Final = """
INSERT INTO messages (message_id, message_type, document_id, sender, receiver, digest, direction,
    expires_at, recorded_at, octets)
VALUES (?, 'CertificateIssue', ?, 'urn:swb:party:TH:gateway', 'urn:swb:party:VN:gateway', ?, ?, ?,
    ?, x'')
"""
_EVENT: Final = """
INSERT INTO events (document_id, name, at, message_id, code, detail, revision)
VALUES (?, ?, ?, '', '', '', 0)
"""
_LOSE: Final = (
    "DELETE FROM deliveries WHERE document_id = :id",
    """
DELETE FROM inbox
WHERE message_id IN (SELECT message_id FROM messages WHERE document_id = :id)
""",
    "DELETE FROM messages WHERE document_id = :id",
    "DELETE FROM events WHERE document_id = :id",
    "DELETE FROM documents WHERE document_id = :id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileBench:
    """What was measured.

    Attributes:
        documents: On each side.
        named: Whether the lost document, and no other, was named at both gateways, though both had
            said that all is there before it was lost.
        repaired: Whether it is whole again, and was handed over under its id.
        seconds_to_name: Of the command without --repair at the gateway that lost the document, its
            start included.
        seconds_to_name_at_sender: The same at the other one.
        seconds_to_repair: Of the command with --repair, until the document was back.
        seconds_again: Of the command afterwards, which finds both sides equal.
        processor_seconds: Of the four commands together, imports included; the rest of the
            seconds is waiting, for the daemons and for the machine.
    """

    documents: int
    named: bool
    repaired: bool
    seconds_to_name: float
    seconds_to_name_at_sender: float
    seconds_to_repair: float
    seconds_again: float
    processor_seconds: float


async def run_reconcile_bench(folder: Path, *, documents: int) -> ReconcileBench:
    """Measure once.

    Args:
        folder: Empty.
        documents: On each side, the lost one among them.

    Raises:
        RefusedError: ``bench.not_reconciled``: the command did something else.
    """
    at = SystemClock().now()
    region = await lay_out_region(folder, at=at, states=("TH", "VN"), log=False)
    for state in ("TH", "VN"):
        async with open_store(load_config(region.gateways[state]), create=True):
            pass
        await asyncio.to_thread(_fill, _store_of(region, state), state, at.date(), documents - 1)
    async with _running(region) as nodes:
        lost = await _send_one(region, nodes, at.date())
        await _until_read(region)
        day = at.date().isoformat()
        agreed, _ = await _reconcile(region, "VN", day)
        await asyncio.to_thread(_lose, _store_of(region, "VN"), lost)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        named_there, to_name_there = await _reconcile(region, "TH", day)
        named, to_name = await _reconcile(region, "VN", day)
        repaired, to_repair = await _reconcile(region, "VN", day, "--repair")
        again, seconds_again = await _reconcile(region, "VN", day)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        store = nodes["VN"].store
        record = None if store is None else await store.find_document(lost)
    found = [
        [each["document_id"] for each in said.get("documents", ())] for said in (named_there, named)
    ]
    if not agreed.get("equal") or "repaired" not in repaired or "equal" not in again:
        message = f"expected the day to be repaired, found {repaired.get('code')}"
        raise RefusedError("bench.not_reconciled", message, actor=Actor.DEVELOPER)
    return ReconcileBench(
        documents=documents,
        named=found == [[lost], [lost]],
        repaired=record is not None and bool(record.octets) and bool(again["equal"]),
        seconds_to_name=to_name,
        seconds_to_name_at_sender=to_name_there,
        seconds_to_repair=to_repair,
        seconds_again=seconds_again,
        processor_seconds=sum(after[:2]) - sum(before[:2]),
    )


@asynccontextmanager
async def _running(region: Region) -> AsyncIterator[dict[str, Node]]:
    """Run router and gateways; yields them by state."""
    stop = asyncio.Event()
    ready: asyncio.Future[Sequence[Node]] = asyncio.get_running_loop().create_future()
    configs = [load_config(file) for file in (region.router, *region.gateways.values())]
    running = asyncio.create_task(run_nodes(configs, stop, on_ready=ready.set_result))
    while not ready.done() and not running.done():  # noqa: ASYNC110 - one of two
        await asyncio.sleep(_LOOK_EVERY)
    if running.done():
        await running
    try:
        yield {node.state: node for node in ready.result()}
    finally:
        stop.set()
        await running


async def _send_one(region: Region, nodes: dict[str, Node], on: date) -> str:
    """Send a real certificate and wait until it has arrived; returns its document id."""
    (certificate,) = draw_certificates(states=("TH", "VN"), documents=1, seed=1, on=on)
    formats = get_formats(get_national(load_config(region.gateways["TH"])))
    payload = (await formats.from_canonical(certificate)).payload
    sender = nodes["TH"]
    assert sender.submitting is not None  # noqa: S101 - it is a gateway
    assert sender.store is not None  # noqa: S101 - as above
    accepted = await sender.submitting.submit(payload)
    async with asyncio.timeout(_WITHIN):
        while True:
            events = await sender.store.list_events(accepted.document_id)
            if Fact.AS3 in {each.name for each in events}:
                return accepted.document_id
            await asyncio.sleep(_LOOK_EVERY)


async def _until_read(region: Region) -> None:
    """Wait until both gateways have read what is in their stores."""
    async with asyncio.timeout(_WITHIN):
        for file in region.gateways.values():
            config = load_config(file)
            async with open_store(config) as store, open_memory(config) as memory:
                while True:
                    position, _ = await memory.find_position()
                    if not await store.list_recorded(after=position, limit=1):
                        break
                    await asyncio.sleep(_LOOK_EVERY)


async def _reconcile(
    region: Region, state: str, day: str, *options: str
) -> tuple[dict[str, Any], float]:
    """Run the command at a state's gateway; returns what it printed, and its seconds."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "swb.cli", "reconcile", "TH", "VN", "--day", day, "--json"]
    command += ["--config", str(region.gateways[state]), "--wait", str(_WITHIN), *options]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    printed, _ = await process.communicate()
    value = json.loads(printed)
    return value if isinstance(value, dict) else {}, time.perf_counter() - begun


def _store_of(region: Region, state: str) -> Path:
    return region.folder / "store" / f"{state}.db"


def _fill(file: Path, state: str, day: date, number: int) -> None:
    """Write the rows of documents that went from TH to VN, as a gateway has them."""
    direction = "out" if state == "TH" else "in"
    with closing(sqlite3.connect(file)) as connection, connection:
        for document_id, digest, at in _draw(day, number):
            key = f"TH:BENCH:{document_id}"
            row = (document_id, key, document_id, digest, direction, at)
            connection.execute(_DOCUMENT, row)
            message = (document_id, document_id, digest, direction, at + 2_592_000_000_000, at)
            connection.execute(_MESSAGE, message)
            facts = (Fact.AS1, Fact.RELAYED, Fact.AS2, Fact.AS3) if state == "TH" else (Fact.AS3,)
            connection.executemany(_EVENT, [(document_id, fact, at) for fact in facts])


def _draw(day: date, number: int) -> Iterator[tuple[str, str, int]]:
    """Draw ids over the first hours of a day, with digests and microseconds since 1970."""
    first = int(first_id_of(day).replace("-", "")[:12], 16)
    for serial in range(number):
        stamp = f"{first + serial // 8:012x}"
        document_id = f"{stamp[:8]}-{stamp[8:]}-7000-8000-{serial:012x}"
        digest = digest_text_of(document_id.encode())
        yield document_id, digest, (first + serial // 8) * 1000


def _lose(file: Path, document_id: str) -> None:
    with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
        for statement in _LOSE:
            connection.execute(statement, {"id": document_id})
