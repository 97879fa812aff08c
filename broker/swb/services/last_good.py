"""Last good: a table of connections that breaks leaves the one before it in force, and alarms.

Somebody's slip in an editor must not stop a state's traffic. So what was read last stays in force
until the file is mended, health tells that it was not taken, and nothing that it would have allowed
is allowed. Where nothing good was read yet, nothing is connected.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb_schemas.errors import RefusedError, SwbError

if TYPE_CHECKING:
    from datetime import datetime

    from swb.ports import Clock, ConnectionSource
    from swb_schemas.connections import ConnectionTable

__all__ = ["LastGoodConnections"]

_log = structlog.get_logger("swb.connections")
_LOOK_AGAIN_AFTER: Final = timedelta(seconds=1)
"""How long a table that could not be read is not read again."""


class LastGoodConnections:
    """`swb.ports.ConnectionSource` over another.

    Args:
        source: Reads what is connected.
        clock: The present.
    """

    def __init__(self, source: ConnectionSource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._good: ConnectionTable | None = None
        self._trouble: SwbError | None = None
        self._look_at: datetime | None = None

    async def fetch(self) -> ConnectionTable:
        """See `ConnectionSource.fetch`; raises only where nothing good was read yet."""
        now = self._clock.now()
        if self._good is not None and self._rests(now):
            return self._good
        try:
            self._good = await self._source.fetch()
        except SwbError as error:
            if self._good is None or isinstance(error, RefusedError):
                raise
            if self._trouble is None:
                _log.error("connections_not_taken", code=error.code, reason=error.message)
            self._trouble, self._look_at = error, now + _LOOK_AGAIN_AFTER
        else:
            if self._trouble is not None:
                _log.info("connections_taken")
            self._trouble, self._look_at = None, None
        return self._good

    async def check(self) -> None:
        """Say whether what is in force is what the files say.

        Raises:
            SwbError: Why it is not.
        """
        self._look_at = None
        await self.fetch()
        if self._trouble is not None:
            raise self._trouble

    def _rests(self, now: datetime) -> bool:
        """Whether it is too early to look again; a clock that was set back does not prolong it."""
        look_at = self._look_at
        return look_at is not None and now < look_at <= now + _LOOK_AGAIN_AFTER
