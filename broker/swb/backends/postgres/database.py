"""One PostgreSQL schema as one process uses it: connections, transactions, waits that end.

Every piece of work is one transaction on a connection of the pool. What it is done again for:
another transaction won a race or a deadlock, or the connection broke. A connection may break after
PostgreSQL committed and before it said so; every operation of a store may be repeated, and the
repetition finds what the first one wrote.

Nothing waits for ever: connecting, a place in the pool, a lock, a statement and the whole have
limits. A server that is stopped and not gone answers nothing at all, so the last limit is ours.

The connection string may name several hosts; only one that takes writes is used. Every error of
the driver becomes `UnavailableError`, the cause kept.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from swb.backends.postgres.migrations import check, migrate, read_found
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from swb.core.migrating import Found, Schema

__all__ = ["Connection", "Database", "RaceLostError"]

T = TypeVar("T")
Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]
Pool: TypeAlias = AsyncConnectionPool[Connection]

_OLDEST_SERVER: Final = 130000
"""PostgreSQL 13: the oldest one that tests of this project could be run against by its makers."""

_ATTEMPTS: Final = 4
"""How often work is done at most when connections break or others win."""

_CONNECT_WITHIN: Final = 5
"""Seconds for a connection to one host."""

_CANCEL_WITHIN: Final = 6.0
"""Seconds that the driver takes to cancel a statement; then its connection is given up."""

_GROWTH: Final = timedelta(seconds=20)
"""How long connections are tried in the background before the next caller tries anew."""

_DEFAULTS: Final[Mapping[str, str | int]] = {
    "application_name": "swb",
    "connect_timeout": _CONNECT_WITHIN,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "target_session_attrs": "read-write",
}
"""What a connection string that says nothing else means; libpq's own defaults wait for hours."""

# A receipt is sent only after the commit, so a commit waits for the disk whatever the server's
# default is; where it waits for a standby as well, that stays.
_SETTINGS: Final = """
SELECT set_config('search_path', %(schema)s, false),
    set_config('TimeZone', 'UTC', false),
    set_config('statement_timeout', %(statement)s, false),
    set_config('lock_timeout', %(lock)s, false),
    set_config('idle_in_transaction_session_timeout', %(idle)s, false),
    CASE WHEN current_setting('synchronous_commit') = 'off'
        THEN set_config('synchronous_commit', 'on', false) END
"""

_BROKEN: Final = (errors.OperationalError, errors.InterfaceError)
_RACES: Final = (errors.SerializationFailure, errors.DeadlockDetected)
_IN_VAIN: Final = (PoolTimeout, PoolClosed, errors.DiskFull)
"""Trying again at once helps nothing; on a full disk each attempt would need room again."""
_TURNED: Final = (errors.ReadOnlySqlTransaction, errors.CannotConnectNow)
"""The server is another one's standby now, or is not yet what it will be."""


class RaceLostError(Exception):
    """Work found what another transaction committed meanwhile; it is to be done again."""


@dataclass(slots=True)
class _Opened:
    """What exists while the schema is open."""

    pool: Pool
    places: asyncio.Semaphore
    running: set[asyncio.Task[Any]]


class Database:
    """One open PostgreSQL schema."""

    def __init__(
        self,
        *,
        url: str,
        name: str,
        schema: Schema,
        error_code: str,
        connections: int = 8,
        migrates: bool = True,
        work_for: timedelta = timedelta(seconds=20),
        wait_for: timedelta = timedelta(seconds=30),
    ) -> None:
        """Name the schema; nothing is opened yet.

        Args:
            url: libpq's connection string or URL; it may hold a password.
            name: The PostgreSQL schema: small letters, digits and underscores.
            schema: What must be in it.
            error_code: The code of every failure, for example ``store.unavailable``.
            connections: How many this process may have at a time.
            migrates: Whether opening makes and migrates what is missing; else it is an error.
            work_for: How long one attempt at a piece of work may take.
            wait_for: How long a caller may wait for its turn.

        Raises:
            RefusedError: ``config.invalid``: no connection string.
        """
        self._conninfo = _complete(url)
        self._name = name
        self._schema = schema
        self._error_code = error_code
        self._connections = connections
        self._migrates = migrates
        self._work_for = work_for
        self._wait_for = wait_for
        self._opening = asyncio.Lock()
        self._opened: _Opened | None = None

    async def open(self) -> None:
        """Connect, and create or migrate where that is allowed. Safe to repeat.

        Raises:
            UnavailableError: The database's code, or the schema's.
        """
        async with self._opening:
            if self._opened is not None:
                return
            await self._once(migrate if self._migrates else check)
            pool: Pool = AsyncConnectionPool(
                self._conninfo,
                connection_class=psycopg.AsyncConnection[tuple[Any, ...]],
                kwargs={"autocommit": True},
                min_size=1,
                max_size=self._connections,
                timeout=_CONNECT_WITHIN,
                reconnect_timeout=_GROWTH.total_seconds(),
                configure=self._configure,
                open=False,
                name=self._name,
            )
            await pool.open()
            self._opened = _Opened(pool, asyncio.Semaphore(self._connections), set())

    async def find_schema(self) -> Found | None:
        """Find what the schema says of itself; it need not be open.

        Returns:
            None where there is no such PostgreSQL schema, or nothing in it.

        Raises:
            UnavailableError: It cannot be reached, or something else is in it.
        """
        return await self._once(read_found)

    async def migrate(self) -> None:
        """Create or migrate; it need not be open.

        Raises:
            UnavailableError: The database's code, or the schema's.
        """
        await self._once(migrate)

    async def close(self) -> None:
        """Finish what was begun, then close. Safe to repeat."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        while opened.running:
            await asyncio.wait(opened.running)
        await opened.pool.close()

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do work in a transaction of its own and wait for the commit.

        Cancelling the caller leaves the work whole: all of it or nothing happens.

        Raises:
            UnavailableError: It did not happen; or, where the connection broke again and again,
                it cannot be known whether it did.
        """
        return await self._run(_in_transaction, work)

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do work that asks one thing.

        Raises:
            UnavailableError: It could not be read.
        """
        return await self._run(_at_once, work)

    async def read_snapshot(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do work that asks several things of one snapshot.

        Raises:
            UnavailableError: It could not be read.
        """
        return await self._run(_in_snapshot, work)

    async def _run(
        self,
        scope: Callable[[Connection, Callable[[Connection], Awaitable[T]]], Awaitable[T]],
        work: Callable[[Connection], Awaitable[T]],
    ) -> T:
        opened = self._require()
        task = asyncio.create_task(self._attempt(opened, scope, work))
        opened.running.add(task)
        task.add_done_callback(opened.running.discard)
        task.add_done_callback(_hear)
        return await asyncio.shield(task)

    async def _attempt(
        self,
        opened: _Opened,
        scope: Callable[[Connection, Callable[[Connection], Awaitable[T]]], Awaitable[T]],
        work: Callable[[Connection], Awaitable[T]],
    ) -> T:
        """Wait for a place, then try until it is done or cannot be done."""
        try:
            async with asyncio.timeout(self._wait_for.total_seconds()):
                await opened.places.acquire()
        except TimeoutError as cause:
            message = "too much work is waiting for the database"
            raise UnavailableError(self._error_code, message) from cause
        try:
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    return await self._limit(opened, scope, work)
                except (*_RACES, RaceLostError) as cause:
                    if attempt == _ATTEMPTS:
                        raise self._translate(cause) from cause
                except (*_BROKEN, *_TURNED) as cause:
                    if attempt == _ATTEMPTS or isinstance(cause, _IN_VAIN):
                        raise self._translate(cause) from cause
                    # A server that ended took every connection along.
                    await opened.pool.check()
        except psycopg.Error as cause:
            raise self._translate(cause) from cause
        finally:
            opened.places.release()
        raise AssertionError  # pragma: no cover - the last attempt returned or raised

    async def _limit(
        self,
        opened: _Opened,
        scope: Callable[[Connection, Callable[[Connection], Awaitable[T]]], Awaitable[T]],
        work: Callable[[Connection], Awaitable[T]],
    ) -> T:
        """Do it once, and give it up when it takes too long."""

        async def once() -> T:
            async with opened.pool.connection() as connection:
                return await scope(connection, work)

        task = asyncio.ensure_future(once())
        done, _ = await asyncio.wait({task}, timeout=self._work_for.total_seconds())
        if done:
            return task.result()
        giving_up = asyncio.create_task(_give_up(task))
        opened.running.add(giving_up)
        giving_up.add_done_callback(opened.running.discard)
        message = f"no answer within {self._work_for.total_seconds():.0f} s"
        raise UnavailableError(self._error_code, f"the database cannot be used: {message}")

    async def _once(self, work: Callable[..., Awaitable[T]]) -> T:
        """Look at the server and do work on the schema, on a connection of its own."""
        try:
            async with asyncio.timeout((self._wait_for + self._work_for).total_seconds()):
                connection: Connection = await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                )
                async with connection:
                    await self._configure(connection)
                    self._check_server(connection)
                    return await work(connection, self._schema, name=self._name)
        except (psycopg.Error, TimeoutError) as cause:
            raise self._translate(cause) from cause

    def _check_server(self, connection: Connection) -> None:
        version = connection.info.server_version
        if version < _OLDEST_SERVER:
            message = f"expected PostgreSQL {_OLDEST_SERVER // 10_000} or later, found {version}"
            raise UnavailableError(self._error_code, message)
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            message = f"expected a database in UTF8, found {encoding}"
            raise UnavailableError(self._error_code, message)

    async def _configure(self, connection: Connection) -> None:
        """Set what holds for every transaction of a connection."""
        limit = f"{int(self._work_for.total_seconds() * 1000)}ms"
        await connection.execute(
            _SETTINGS, {"schema": self._name, "statement": limit, "lock": limit, "idle": limit}
        )

    def _require(self) -> _Opened:
        if self._opened is None:
            message = f"the {self._schema.purpose}'s database is not open"
            raise UnavailableError(self._error_code, message)
        return self._opened

    def _translate(self, cause: Exception) -> SwbError:
        # PostgreSQL's first line names tables and constraints; values stand in the lines after it.
        words = str(cause).partition("\n")[0] or type(cause).__name__
        message = f"the {self._schema.purpose}'s database cannot be used: {words}"
        return UnavailableError(self._error_code, message)


async def _in_transaction(connection: Connection, work: Callable[[Connection], Awaitable[T]]) -> T:
    async with connection.transaction():
        return await work(connection)


async def _in_snapshot(connection: Connection, work: Callable[[Connection], Awaitable[T]]) -> T:
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return await work(connection)


async def _at_once(connection: Connection, work: Callable[[Connection], Awaitable[T]]) -> T:
    return await work(connection)


async def _give_up(task: asyncio.Future[Any]) -> None:
    """Cancel work until its connection is let go; the first cancelling asks the server to stop."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_WITHIN)
    _hear(task)


def _hear(task: asyncio.Future[Any]) -> None:
    """Take note of an outcome that nobody may be waiting for any more."""
    if not task.cancelled():
        task.exception()


def _complete(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as cause:
        # The driver's words repeat the string, which holds a password.
        message = "[store] url: expected a PostgreSQL connection string or URL"
        raise RefusedError("config.invalid", message, actor=Actor.OPERATOR) from cause
    missing = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return make_conninfo(url, **missing)
