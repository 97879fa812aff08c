"""The system's clock and ids: the only places where time and chance come from."""

from __future__ import annotations

from datetime import UTC, datetime

from uuid6 import uuid7

__all__ = ["SystemClock", "new_id"]


class SystemClock:
    """`swb.ports.Clock` of the machine, to the millisecond."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562, 5.7)."""
    return str(uuid7())
