"""A process that sequences until it is killed: ``python -m tests.integration.sequencer FOLDER``."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from swb.backends.files import FileLogFolder
from swb.backends.softkey import SoftKeySigner
from swb.backends.sqlite.ledger import SqliteLedgerStore
from swb.backends.sqlite.store import SqliteMessageStore
from swb.clock import SystemClock
from swb.services.sequencing import SequencingService
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import UnavailableError
from swb_schemas.wire.certificates import parse_certificate
from tests.ledgers import ORIGIN
from tests.vectors.world import ROUTER, holder

if TYPE_CHECKING:
    from swb.ports import Clock, LedgerStore, LogFolder, MessageStore, Signer

__all__ = ["DELAY", "build_sequencing", "log_signer"]

DELAY = timedelta(minutes=10)
LEASE = timedelta(seconds=1)


def log_signer() -> Signer:
    """The region's key for its log."""
    one = holder(ROUTER, Purpose.LOG)
    return SoftKeySigner(one.key, parse_certificate(one.der))


def build_sequencing(
    *,
    owner: str,
    store: MessageStore,
    ledger: LedgerStore,
    folder: LogFolder,
    clock: Clock,
    signer: Signer | None = None,
    batch: int = 3,
    lease_for: timedelta = LEASE,
) -> SequencingService:
    """Build a sequencer as a router has it, with small batches."""
    return SequencingService(
        owner=owner,
        store=store,
        ledger=ledger,
        folder=folder,
        signer=signer or log_signer(),
        clock=clock,
        merge_delay=DELAY,
        batch=batch,
        lease_for=lease_for,
        witnesses=2,
    )


async def main(folder: Path) -> None:
    """Take one step after the other."""
    store = SqliteMessageStore(path=folder / "store.db")
    ledger = SqliteLedgerStore(path=folder / "ledger.db", origin=ORIGIN)
    await store.open()
    await ledger.open()
    sequencing = build_sequencing(
        owner=f"process {os.getpid()}",
        store=store,
        ledger=ledger,
        folder=FileLogFolder(folder / "log"),
        clock=SystemClock(),
    )
    while True:
        before = (await ledger.load()).checkpoint.size
        try:
            await sequencing.sequence_due()
        except UnavailableError as error:
            print(error.code, flush=True)  # noqa: T201 - how it talks to the test
        if (await ledger.load()).checkpoint.size > before:
            print("grew", flush=True)  # noqa: T201 - how it talks to the test
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
