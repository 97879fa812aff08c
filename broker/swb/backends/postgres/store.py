"""The production message store: one schema of a PostgreSQL database.

It is made of the rooms of the port. Each has a module ``store_...`` of its own: its statements,
functions that each do the whole of one operation inside a transaction, and the class that the store
is made of, whose methods are made of them (`operations`). Any number of processes may have the
schema open (the daemon, several routers that share the work, ``swb submit``, ``swb status``), so
what decides a race is a unique constraint: whoever comes second waits for the first, writes
nothing, and then reads what stands. Where reading came before writing and somebody wrote in
between, the operation is done again (`RaceLostError`). Nothing of a statement is assembled from
strings; the columns of each SELECT stand in the order that `store_rows` reads. How the server is
reached is in `database`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.postgres.database import Database
from swb.backends.postgres.migrations import load_schema
from swb.backends.postgres.operations import writing
from swb.backends.postgres.store_alike import PostgresFingerprints
from swb.backends.postgres.store_certificates import PostgresCertificates
from swb.backends.postgres.store_deliveries import PostgresDeliveries
from swb.backends.postgres.store_documents import PostgresDocuments
from swb.backends.postgres.store_erasing import PostgresErasures
from swb.backends.postgres.store_facts import PostgresFacts
from swb.backends.postgres.store_feed import PostgresCommitFeed
from swb.backends.postgres.store_inbox import PostgresInbox
from swb.backends.postgres.store_outbox import PostgresOutbox
from swb.backends.postgres.store_parked import PostgresParkedWork
from swb.backends.postgres.store_pruning import PostgresPruning
from swb.backends.postgres.store_pulse import beat
from swb.backends.postgres.store_submissions import PostgresSubmissions
from swb.backends.postgres.store_workload import PostgresWorkload
from swb.ports.store import CLAIM_OCTETS

if TYPE_CHECKING:
    from swb.core.migrating import Found, Schema

__all__ = ["PostgresMessageStore"]


class PostgresMessageStore(
    PostgresSubmissions,
    PostgresOutbox,
    PostgresInbox,
    PostgresDeliveries,
    PostgresParkedWork,
    PostgresErasures,
    PostgresPruning,
    PostgresFingerprints,
    PostgresFacts,
    PostgresDocuments,
    PostgresCertificates,
    PostgresCommitFeed,
    PostgresWorkload,
):
    """`swb.ports.MessageStore` in one PostgreSQL schema."""

    def __init__(
        self,
        *,
        url: str,
        schema: str = "swb",
        connections: int = 8,
        migrates: bool = True,
        claim_octets: int = CLAIM_OCTETS,
    ) -> None:
        """Name the schema; nothing is opened yet.

        Args:
            url: libpq's connection string or URL; it may name several hosts.
            schema: The PostgreSQL schema: small letters, digits and underscores.
            connections: How many this process may have at a time.
            migrates: Whether opening makes and migrates what is missing; else that is an error.
            claim_octets: What is claimed at a time of one line, or for the national system, has no
                more octets, if it is more than one.

        Raises:
            RefusedError: ``config.invalid``: no connection string.
        """
        self.schema: Schema = load_schema("store", error_code="store.schema")
        self.claim_octets = claim_octets
        self._database = Database(
            url=url,
            name=schema,
            schema=self.schema,
            error_code="store.unavailable",
            connections=connections,
            migrates=migrates,
        )
        self._feed_end = 0

    async def open(self) -> None:
        """See `MessageStore.open`."""
        await self._database.open()

    async def close(self) -> None:
        """See `MessageStore.close`."""
        await self._database.close()

    async def find_schema(self) -> Found | None:
        """See `Migratable.find_schema`."""
        return await self._database.find_schema()

    async def migrate(self) -> None:
        """See `Migratable.migrate`."""
        await self._database.migrate()

    ping = writing(beat)
