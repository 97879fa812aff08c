"""The audit trail of one daemon, and the acts of people that are entered into it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from swb.app.parts import missing_section
from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.clock import SystemClock, new_id
from swb.services.approving import Approvals
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.config import Config
    from swb.ports import AuditTrail

__all__ = ["open_approvals", "open_audit"]

_SUFFIX: Final = ".audit.db"


@asynccontextmanager
async def open_audit(config: Config, *, create: bool = False) -> AsyncIterator[AuditTrail]:
    """Open the audit trail of a daemon.

    Args:
        config: Of the daemon.
        create: Make it where it is missing; commands that only ask do not.

    Raises:
        RefusedError: ``config.invalid``: the configuration names neither trail nor store.
        UnavailableError: ``audit.unavailable``, ``audit.schema``.
    """
    path = _locate(config)
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            message = f"expected to make {path.parent}: {cause.strerror}"
            raise UnavailableError("audit.unavailable", message) from cause
    trail = SqliteAuditTrail(path=path)
    await trail.open(create=create)
    try:
        yield trail
    finally:
        await trail.close()


@asynccontextmanager
async def open_approvals(config: Config, *, who: str) -> AsyncIterator[Approvals]:
    """Open what lets a person act.

    Args:
        config: Of the daemon.
        who: The person's account.

    Raises:
        RefusedError: ``config.invalid``.
        UnavailableError: ``audit.unavailable``, ``audit.schema``.
    """
    async with open_audit(config, create=True) as trail:
        yield Approvals(
            trail=trail,
            guarded=config.approvals.two_people,
            who=who,
            clock=SystemClock(),
            new_id=new_id,
        )


def _locate(config: Config) -> Path:
    if config.audit is not None:
        return config.audit.path
    if config.store is None:
        raise missing_section("audit")
    return config.store.path.with_suffix(_SUFFIX)
