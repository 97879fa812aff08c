"""Claims: what this process took from the store stays its own for as long as it works on it.

A lease is short, so that what a dead process had is soon somebody else's. Work can take longer: a
line that confirms slowly, a national system that answers late, a machine with much to do. If its
leases ended meanwhile, somebody else would do the same work again, and that makes more load. So
the leases of what is still worked on are extended, three times before they could end, in one
statement for all of it. Work that is done sooner costs nothing.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from swb_schemas.errors import SwbError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from swb.ports import Clock, Leases, ParkedKind

__all__ = ["EXTENSIONS", "Claims"]

_log = structlog.get_logger("swb.claims")

_PARTS: Final = 3
"""Of a lease; after each of them it is extended, so two extensions may fail."""
EXTENSIONS: Final = 12
"""How often at most: four leases, by the defaults two minutes. Whoever works for longer hangs; then
the claim is kept no longer, and anybody may try, this process too."""


class Claims:
    """Rows of one kind that this process works on.

    Args:
        kind: What they are.
        store: Where they were claimed.
        clock: By which leases end.
        lease_for: How long a lease lasts that nobody extends.
    """

    def __init__(
        self, kind: ParkedKind, *, store: Leases, clock: Clock, lease_for: timedelta
    ) -> None:
        self._kind = kind
        self._store = store
        self._clock = clock
        self._lease_for = lease_for
        self._kept: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._extending: asyncio.Task[None] | None = None

    def take(self, item_ids: Iterable[str]) -> frozenset[str]:
        """Keep what was claimed just now, until it is said to be done.

        Returns:
            Those that this process does not work on already. It may claim something twice when
            its lease has ended after all; nothing is to be begun for that again.
        """
        fresh = frozenset(item_ids) - self._kept.keys()
        self._kept.update(dict.fromkeys(fresh, 0))
        self._wait()
        return fresh

    def end(self, item_ids: Iterable[str]) -> None:
        """Keep these no longer: the store knows what became of them, or never will."""
        for each in item_ids:
            self._kept.pop(each, None)
        if not self._kept and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        if self._kept and self._timer is None and self._extending is None:
            pause = self._lease_for.total_seconds() / _PARTS
            self._timer = asyncio.get_running_loop().call_later(pause, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._extending = asyncio.create_task(self._extend())
        self._extending.add_done_callback(self._go_on)

    def _go_on(self, _: asyncio.Task[None]) -> None:
        self._extending = None
        self._wait()

    async def _extend(self) -> None:
        self.end([each for each, times in self._kept.items() if times >= EXTENSIONS])
        item_ids = list(self._kept)
        if not item_ids:
            return
        try:
            await self._store.extend_leases(
                self._kind, item_ids, self._clock.now(), lease_for=self._lease_for
            )
        except SwbError as error:
            _log.warning(
                "leases_not_extended", kind=str(self._kind), claims=len(item_ids), code=error.code
            )
        for each in item_ids:
            if each in self._kept:
                self._kept[each] += 1
