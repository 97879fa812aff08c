"""Data that several stores can open, as several processes do, whatever keeps them."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import psycopg

from swb.backends.postgres.overview import PostgresOverview
from swb.backends.postgres.store import PostgresMessageStore
from swb.backends.sqlite.overview import SqliteOverview
from swb.backends.sqlite.store import SqliteMessageStore

if TYPE_CHECKING:
    from swb.ports import MessageStore, Overview

EMPTY: Final = """
TRUNCATE documents, messages, inbox, outbox, deliveries, submissions, events, held, buried,
    erasures, mentions, fingerprints, remarks, counted, figures, glances, spellings
    RESTART IDENTITY
"""
_NUMBERS: Final = itertools.count()


class StoreWorld(Protocol):
    """Data that several stores can open."""

    def store(self) -> MessageStore:
        """Build a store, not yet open; each has connections of its own."""
        ...

    def overview(self) -> Overview:
        """Build the overview of the same data, not yet open."""
        ...

    def describe(self) -> str:
        """Say what another process needs."""
        ...


@dataclass(frozen=True)
class SqliteStoreWorld:
    """A file."""

    path: Path

    def store(self) -> MessageStore:
        return SqliteMessageStore(path=self.path)

    def overview(self) -> Overview:
        return SqliteOverview(path=self.path)

    def describe(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class PostgresStoreWorld:
    """A schema of the run's server."""

    url: str
    schema: str

    def store(self) -> MessageStore:
        return PostgresMessageStore(url=self.url, schema=self.schema, connections=4)

    def overview(self) -> Overview:
        return PostgresOverview(url=self.url, schema=self.schema, connections=2)

    def describe(self) -> str:
        return f"{self.url}#{self.schema}"


def build_world_from_description(description: str) -> StoreWorld:
    """Be the inverse of a world's `describe`."""
    url, _, schema = description.partition("#")
    return PostgresStoreWorld(url, schema) if schema else SqliteStoreWorld(Path(description))


def build_store_from_description(description: str) -> MessageStore:
    """Build the store of a world that was described."""
    return build_world_from_description(description).store()


def name_schema() -> str:
    """Name a schema that no other test has."""
    return f"test_{os.getpid()}_{next(_NUMBERS)}"


class Schemas:
    """Schemas of one server, used by one test after the other: emptying costs less than making."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[str] = []

    def take(self) -> PostgresStoreWorld:
        """Take an empty one; the first store that opens it makes what is in it."""
        return PostgresStoreWorld(self._url, self._free.pop() if self._free else name_schema())

    def give_back(self, world: PostgresStoreWorld) -> None:
        """Empty it for the next test."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SELECT set_config('search_path', %s, false)", (world.schema,))
            if connection.execute("SELECT to_regclass('schema_info')").fetchone() == (None,):
                return
            connection.execute(EMPTY)
        self._free.append(world.schema)
