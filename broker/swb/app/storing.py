"""A daemon's store: which back end keeps it, and the version of its schema."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.app.fault_points import Watched, arm
from swb.app.parts import missing_section
from swb.backends.sqlite.store import SqliteMessageStore
from swb.config import resolve_secret
from swb.core.migrating import list_missing
from swb.ports.store import CLAIM_OCTETS
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from swb.backends.postgres.store import PostgresMessageStore
    from swb.config import Config, StoreConfig
    from swb.ports import MessageStore, Migratable

__all__ = ["Migrated", "build_store", "migrate_store", "open_private_postgres"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was found of a store's schema, and what was done.

    Attributes:
        kind: ``sqlite`` or ``postgres``.
        found: The version that was there; 0 where there was nothing.
        wanted: The version of this code.
        stands: The version that is there now.
        compatible_with: The oldest version whose code can work with it.
    """

    kind: str
    found: int
    wanted: int
    stands: int
    compatible_with: int


def build_store(config: Config, *, create: bool) -> MessageStore:
    """Name the store that a configuration asks for; nothing is opened yet.

    Args:
        config: Of the daemon.
        create: Whether a store may be made where there is none.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``.
        UnavailableError: ``store.unavailable``: there is none, and none may be made;
            ``store.not_installed``.
    """
    section = _get_section(config)
    if create:
        _make_folder(section)
    elif section.kind == "sqlite" and not section.path.exists():
        message = f"expected a store at {section.path}; the daemon makes it"
        raise UnavailableError("store.unavailable", message)
    migrates = create and section.migrate == "open"
    claim_octets = config.limits.in_flight_octets // 4
    return arm(Watched.STORE, _build(section, migrates=migrates, claim_octets=claim_octets))


async def migrate_store(config: Config, *, check: bool) -> Migrated:
    """Bring a store's schema to what this code needs, or only look.

    Args:
        config: Of the daemon.
        check: Change nothing.

    Raises:
        RefusedError: ``config.invalid``, ``config.secret``.
        UnavailableError: ``store.unavailable``, ``store.schema``: the data need newer code, or
            are something else's; ``store.not_installed``.
    """
    section = _get_section(config)
    store: Migratable = _build(section, migrates=not check)
    before = await store.find_schema()
    if before is not None:
        list_missing(store.schema, before)
    if not check:
        _make_folder(section)
        await store.migrate()
    after = before if check else await store.find_schema()
    return Migrated(
        kind=section.kind,
        found=before.version if before else 0,
        wanted=store.schema.version,
        stands=after.version if after else 0,
        compatible_with=after.compatible_with if after else 0,
    )


def _get_section(config: Config) -> StoreConfig:
    if config.store is None:
        raise missing_section("store")
    return config.store


def _make_folder(section: StoreConfig) -> None:
    try:
        section.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        message = f"expected to make {section.path.parent}: {cause.strerror}"
        raise UnavailableError("store.unavailable", message) from cause


def _build(
    section: StoreConfig, *, migrates: bool, claim_octets: int = CLAIM_OCTETS
) -> SqliteMessageStore | PostgresMessageStore:
    if section.kind == "sqlite":
        return SqliteMessageStore(path=section.path, migrates=migrates, claim_octets=claim_octets)
    with needs_postgres():
        from swb.backends.postgres.store import PostgresMessageStore  # noqa: PLC0415 - an extra
    return PostgresMessageStore(
        url=resolve_secret(section.url or "", what="PostgreSQL's connection string"),
        schema=section.schema_name,
        connections=section.connections,
        migrates=migrates,
        claim_octets=claim_octets,
    )


@contextmanager
def needs_postgres() -> Iterator[None]:
    """Say what to install where an import inside fails.

    Raises:
        UnavailableError: ``store.not_installed``.
    """
    try:
        yield
    except ImportError as cause:
        message = "PostgreSQL needs an extra: pip install 'single-window-broker[postgres]'"
        raise UnavailableError("store.not_installed", message) from cause


@asynccontextmanager
async def open_private_postgres(*, durable: bool = False) -> AsyncIterator[str]:
    """Have a private PostgreSQL server on loopback, and stop it in the end.

    Args:
        durable: Whether its commits wait for the disk, as in production.

    Yields:
        Its URL, with a password.

    Raises:
        UnavailableError: ``store.not_installed``, ``postgres.not_installed``,
            ``postgres.start_failed``.
    """
    with needs_postgres():
        from swb.backends.postgres.node import PrivatePostgres  # noqa: PLC0415 - an extra
    async with PrivatePostgres(durable=durable) as server:
        yield server.url()
