"""Who may do what at a gateway: the file of tokens, users and sessions, and what uses it."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.app.auditing import open_audit
from swb.app.parts import missing_section
from swb.backends.argon2.passwords import Argon2Passwords
from swb.backends.sqlite.access import SqliteAccessStore
from swb.clock import SystemClock
from swb.core.credentials import SessionLimits
from swb.services.access import AccessService
from swb.services.accounts import Accounts
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.config import ApiConfig, Config
    from swb.ports import AccessStore, AuditTrail, Clock, PasswordHasher

__all__ = ["Access", "open_access", "open_accounts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the API and the console of a gateway ask who somebody is.

    Attributes:
        service: Proves who asks.
        store: What is remembered.
        trail: Where every act is entered.
        passwords: The slow function.
        clock: The present.
    """

    service: AccessService
    store: AccessStore
    trail: AuditTrail
    passwords: PasswordHasher
    clock: Clock

    def accounts_of(self, who: str) -> Accounts:
        """Decide on systems and people in somebody's name."""
        return Accounts(
            store=self.store,
            trail=self.trail,
            passwords=self.passwords,
            clock=self.clock,
            new_secret=secrets.token_bytes,
            who=who,
        )


@asynccontextmanager
async def open_access(config: Config, *, clock: Clock | None = None) -> AsyncIterator[Access]:
    """Open what proves who asks.

    Args:
        config: Of a gateway with a section ``[api]``.
        clock: The present; None is the machine's, whatever it is set to.

    Raises:
        RefusedError: ``config.invalid``: there is no such section.
        UnavailableError: ``access.unavailable``, ``access.schema``, ``audit.*``.
    """
    section = _get_section(config)
    await asyncio.to_thread(_make_folder, section.access.parent)
    store = SqliteAccessStore(path=section.access)
    await store.open()
    try:
        async with open_audit(config, create=True) as trail:
            passwords, present = Argon2Passwords(), clock or SystemClock()
            service = AccessService(
                store=store,
                trail=trail,
                passwords=passwords,
                clock=present,
                new_secret=secrets.token_bytes,
                limits=SessionLimits(
                    idle=timedelta(minutes=section.session_idle_minutes),
                    absolute=timedelta(hours=section.session_hours),
                ),
            )
            yield Access(
                service=service, store=store, trail=trail, passwords=passwords, clock=present
            )
    finally:
        await store.close()


@asynccontextmanager
async def open_accounts(config: Config, *, who: str) -> AsyncIterator[Accounts]:
    """Open what a person decides on systems and people by.

    Args:
        config: Of a gateway with a section ``[api]``.
        who: The person's account.

    Raises:
        RefusedError: ``config.invalid``.
        UnavailableError: ``access.*``, ``audit.*``.
    """
    async with open_access(config) as access:
        yield access.accounts_of(who)


def _get_section(config: Config) -> ApiConfig:
    if config.api is None:
        raise missing_section("api")
    return config.api


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        message = f"expected to make {folder}: {cause.strerror}"
        raise UnavailableError("access.unavailable", message) from cause
