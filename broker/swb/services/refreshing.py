"""Refreshing: newer trust lists are fetched beside the traffic, and taken when they may follow.

Each state's list is taken for itself as soon as it verifies; the region's only together with those
that its snapshot names, so that what is in force always agrees. What cannot be fetched, or may not
be taken, changes nothing: the list at hand counts until it expires. It is logged once and told by
health until it is mended.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from swb.core.dueness import bring_forward
from swb_schemas.errors import SwbError
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from swb.ports import Clock, ListFetcher, ListShelf
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["RefreshService"]

_log = structlog.get_logger("swb.trust")


class RefreshService:
    """Looks for newer lists.

    Args:
        shelf: Where they are put.
        fetchers: By scheme of a location.
        sources: By state, where its list comes from.
        follow_pointers: Whether states without a source are looked for where the region points.
        clock: Decides what is due.
        every: How often each source is asked.
        again_after: How soon one that failed is asked again.
    """

    def __init__(
        self,
        *,
        shelf: ListShelf,
        fetchers: Mapping[str, ListFetcher],
        sources: Mapping[str, str],
        follow_pointers: bool,
        clock: Clock,
        every: timedelta,
        again_after: timedelta,
    ) -> None:
        self._shelf = shelf
        self._fetchers = fetchers
        self._sources = sources
        self._follow_pointers = follow_pointers
        self._clock = clock
        self._every = every
        self._again_after = min(again_after, every)
        self._due: dict[str, datetime] = {}
        self._waiting: dict[str, bytes] = {}
        self._taken: dict[str, str] = {}
        self._troubles: dict[str, str] = {}

    @property
    def troubles(self) -> Mapping[str, str]:
        """By state, the code of what keeps a newer list away."""
        return dict(self._troubles)

    async def refresh_due(self) -> int:
        """Fetch what is due, and take what may be taken.

        Returns:
            How many lists were taken.

        Raises:
            UndeterminedError: ``trust.unusable``.
            UnavailableError: ``trust.unreachable``, ``trust.memory``.
        """
        bundle = await self._shelf.fetch()
        now = self._clock.now()
        locations = self._locations(bundle)
        due = {state: where for state, where in locations.items() if self._is_due(state, now)}
        if not due:
            return 0
        for state, location in due.items():
            if state not in self._waiting and not self._is_in_force(state, bundle):
                self._fetcher(location).forget(location)
        found = await asyncio.gather(*(self._fetch(*each) for each in due.items()))
        for state, octets in zip(due, found, strict=True):
            if octets is not None:
                self._waiting[state] = octets
        return await self._take()

    def _is_due(self, state: str, now: datetime) -> bool:
        planned = self._due.get(state, now)
        self._due[state] = bring_forward(planned, now=now, every=self._every)
        return self._due[state] <= now

    def _is_in_force(self, state: str, bundle: TrustBundle) -> bool:
        """Whether what was fetched last is what counts; only then may it be called unchanged."""
        here = bundle.lists.get(state)
        return here is not None and self._taken.get(state) == here.payload_digest

    def _fetcher(self, location: str) -> ListFetcher:
        return self._fetchers[location.partition(":")[0]]

    def _locations(self, bundle: TrustBundle) -> dict[str, str]:
        region = bundle.lists.get(REGION)
        pointed = {each.state: each.location for each in region.pointers} if region else {}
        followed = pointed if self._follow_pointers else {}
        return {
            state: location
            for state, location in {**followed, **self._sources}.items()
            if state in bundle.roots
        }

    async def _fetch(self, state: str, location: str) -> bytes | None:
        now = self._clock.now()
        try:
            octets = await self._fetcher(location).fetch(location)
        except SwbError as error:
            self._due[state] = now + self._again_after
            self._tell(state, error)
            return None
        self._due[state] = now + self._every
        if octets is None and state not in self._waiting:
            self._troubles.pop(state, None)  # unchanged since it was taken, see `refresh_due`
        if octets is not None:
            self._taken.pop(state, None)
        return octets

    async def _take(self) -> int:
        """Offer what waits, the region's list last: those that it saw may be there by then."""
        taken = 0
        for state in sorted(self._waiting, key=lambda each: (each == REGION, each)):
            try:
                await self._offer({state: self._waiting[state]})
            except SwbError as error:
                if error.final:
                    del self._waiting[state]
                self._tell(state, error)
                continue
            taken += 1
            del self._waiting[state]
        return taken

    async def _offer(self, publications: Mapping[str, bytes]) -> None:
        before = await self._shelf.fetch()
        after = await self._shelf.offer(publications)
        for state in publications:
            self._troubles.pop(state, None)
            here, there = before.lists.get(state), after.lists[state]
            self._taken[state] = there.payload_digest
            if here is None or here.payload_digest != there.payload_digest:
                _log.info("list_taken", state=state, number=there.number, roots=there.root_number)

    def _tell(self, state: str, error: SwbError) -> None:
        """Log a trouble when it begins or changes, and not each time."""
        if self._troubles.get(state) != error.code:
            _log.warning("list_not_taken", state=state, code=error.code, reason=error.message)
        self._troubles[state] = error.code
