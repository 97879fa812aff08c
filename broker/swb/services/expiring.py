"""Expiring: what ends soon, of everything that trust rests on, is logged once and told by health.

A gateway whose partner's list ends goes on; it will stand still when the list has ended. So these
are notices and not failures, and come 60, 30 and 7 days before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from swb.core.expiries import find_expiries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from swb.core.expiries import Expiry
    from swb.ports import Clock, TrustSource
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["ExpiryWatch"]

_log = structlog.get_logger("swb.trust")

_AGAIN_AFTER: Final = timedelta(minutes=10)
"""How long the same bundle is not looked at again."""


class ExpiryWatch:
    """Looks at what ends.

    Args:
        state: Whose daemon it is: what is its own is told as such.
        trust: Whose dates are looked at.
        clock: The present.
    """

    def __init__(self, *, state: str, trust: TrustSource, clock: Clock) -> None:
        self._state = state
        self._trust = trust
        self._clock = clock
        self._logged: dict[str, int] = {}
        self._notices: dict[str, str] = {}
        self._seen: tuple[TrustBundle, datetime] | None = None

    @property
    def notices(self) -> Mapping[str, str]:
        """By what ends, when it does."""
        return dict(self._notices)

    async def look(self) -> int:
        """Look once, and log each thing when it passes a threshold.

        Returns:
            0: there is nothing to hurry for.

        Raises:
            SwbError: Trust cannot be read now.
        """
        bundle, now = await self._trust.fetch(), self._clock.now()
        if self._seen is not None and self._seen[0] is bundle and now < self._seen[1]:
            return 0
        self._seen = bundle, now + _AGAIN_AFTER
        found = find_expiries(bundle, now)
        for each in found:
            key = f"{each.subject} {each.identity} {each.name}"
            if self._logged.get(key) != each.threshold:
                self._log(each)
            self._logged[key] = each.threshold
        self._notices = {
            f"{each.subject} of {each.state}: {each.name}": f"{each.ends_at:%Y-%m-%dT%H:%M:%SZ}"
            for each in found
        }
        return 0

    def _log(self, each: Expiry) -> None:
        tell = _log.error if each.threshold == 0 else _log.warning
        tell(
            "ended" if each.threshold == 0 else "ends_soon",
            subject=each.subject,
            state=each.state,
            name=each.name,
            own=each.state == self._state,
            identity=each.identity,
            ends_at=f"{each.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            within_days=each.threshold,
        )
