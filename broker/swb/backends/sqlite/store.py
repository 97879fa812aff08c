"""The embedded message store: one SQLite file.

It is made of the rooms of the port. Each has a module ``store_...`` of its own: its statements,
functions that each do the whole of one operation inside a transaction, and the class that the store
is made of, whose methods are made of them (`operations`). They write on the writing thread, one
after the other, so what a function reads stays true until it returns; other processes (the daemon,
``swb submit``, ``swb status`` may have the file open at once) are kept out by ``BEGIN IMMEDIATE``.
What only asks reads one snapshot of the file. Nothing of a statement is assembled from strings; the
columns of each SELECT stand in the order that `store_rows` reads. How the file is reached is in
`database`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.store_alike import SqliteFingerprints
from swb.backends.sqlite.store_certificates import SqliteCertificates
from swb.backends.sqlite.store_deliveries import SqliteDeliveries
from swb.backends.sqlite.store_documents import SqliteDocuments
from swb.backends.sqlite.store_erasing import SqliteErasures
from swb.backends.sqlite.store_facts import SqliteFacts
from swb.backends.sqlite.store_feed import SqliteCommitFeed
from swb.backends.sqlite.store_inbox import SqliteInbox
from swb.backends.sqlite.store_outbox import SqliteOutbox
from swb.backends.sqlite.store_parked import SqliteParkedWork
from swb.backends.sqlite.store_pruning import SqlitePruning
from swb.backends.sqlite.store_submissions import SqliteSubmissions
from swb.backends.sqlite.store_workload import SqliteWorkload
from swb.ports.store import CLAIM_OCTETS

if TYPE_CHECKING:
    from pathlib import Path

    from swb.core.migrating import Found, Schema

__all__ = ["SqliteMessageStore"]


class SqliteMessageStore(
    SqliteSubmissions,
    SqliteOutbox,
    SqliteInbox,
    SqliteDeliveries,
    SqliteParkedWork,
    SqliteErasures,
    SqlitePruning,
    SqliteFingerprints,
    SqliteFacts,
    SqliteDocuments,
    SqliteCertificates,
    SqliteCommitFeed,
    SqliteWorkload,
):
    """`swb.ports.MessageStore` in one SQLite file."""

    def __init__(
        self,
        *,
        path: Path,
        migrates: bool = True,
        claim_octets: int = CLAIM_OCTETS,
    ) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file, made when missing. Its folder must exist, on a local disk.
            migrates: Whether opening makes and migrates what is missing; else that is an error.
            claim_octets: What is claimed at a time of one line, or for the national system, has no
                more octets, if it is more than one.
        """
        self.schema: Schema = load_schema("store", error_code="store.schema")
        self.claim_octets = claim_octets
        self._database = Database(
            path=path,
            schema=self.schema,
            error_code="store.unavailable",
            overwrites=True,
            migrates=migrates,
            looks_up=True,
        )

    async def open(self) -> None:
        """See `MessageStore.open`."""
        await self._database.open(create=True)

    async def close(self) -> None:
        """See `MessageStore.close`."""
        await self._database.close()

    async def find_schema(self) -> Found | None:
        """See `Migratable.find_schema`."""
        return await self._database.find_schema()

    async def migrate(self) -> None:
        """See `Migratable.migrate`."""
        await self._database.open(create=True)
        await self._database.close()

    async def ping(self) -> None:
        """See `MessageStore.ping`."""
        await self._database.beat()
