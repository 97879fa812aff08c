"""Rolling up: what the store learnt gets into the figures that pages show, beside the traffic.

One step reads the feeds of facts and remarks from where the last one ended, a page at a time;
how the figures change and how far it came are committed together. So a process that dies anywhere
leaves nothing counted twice and nothing left out, several may try at once and one of them counts,
and an old store is counted from its beginning, page by page, while the road goes on.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from swb.core.figures import count_remark, find_changes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from swb.ports import Clock, Figure, Overview, RemarkPage

__all__ = ["LATE", "RollUpService", "count_remarks"]

LATE: Final = "overview.late"
"""The code of the notice that figures are behind."""
_PAGES: Final = 20
"""Pages of facts in one step, before it says how it goes on."""


class RollUpService:
    """Keeps the figures of one store.

    Args:
        overview: Of the store.
        clock: Tells for how long the figures have been behind.
        page: So many facts or remarks in one transaction.
        breath: Seconds between two pages, so that the road goes first.
        late_after: Behind for longer than this is told.
    """

    def __init__(
        self,
        *,
        overview: Overview,
        clock: Clock,
        late_after: timedelta,
        page: int = 200,
        breath: float = 0.01,
    ) -> None:
        self._overview = overview
        self._clock = clock
        self._late_after = late_after
        self._page = page
        self._breath = breath
        self._behind_since: datetime | None = None

    @property
    def notices(self) -> Mapping[str, str]:
        """Whether the figures have been behind for too long."""
        since = self._behind_since
        if since is None or self._clock.now() - since <= self._late_after:
            return {}
        return {"figures": LATE}

    @property
    def is_behind(self) -> bool:
        """Whether the last step left something to the next one."""
        return self._behind_since is not None

    async def roll_up_due(self) -> int:
        """Count what was committed since the last step, at most so many pages of it.

        Returns:
            How much this service counted; 0 when nothing was due, or somebody else counted it.

        Raises:
            UnavailableError: ``store.unavailable``; the next step goes on from there.
        """
        counted, is_behind = 0, False
        for count in (self._count_facts, self._count_remarks):
            for _ in range(_PAGES):
                found = await count()
                if found is None:
                    break
                counted += found
                if 0 < found < self._page:
                    break  # the rest comes with what is learnt of the same documents
                await asyncio.sleep(self._breath)
            else:
                is_behind = True
        if not is_behind:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = self._clock.now()
        return counted

    async def _count_facts(self) -> int | None:
        """Count a page; None where there is none, 0 where somebody else was faster."""
        page = await self._overview.read_facts(limit=self._page)
        if page.position == page.after:
            return None
        changes = find_changes(page.documents, after=page.after)
        counted = await self._overview.commit_facts(page, changes)
        return page.position - page.after if counted else 0

    async def _count_remarks(self) -> int | None:
        """Count a page, as `_count_facts`."""
        page = await self._overview.read_remarks(limit=self._page)
        if page.position == page.after:
            return None
        counted = await self._overview.commit_remarks(page, count_remarks(page))
        return page.position - page.after if counted else 0


def count_remarks(page: RemarkPage) -> Mapping[Figure, int]:
    """Count a page of remarks."""
    changes: Counter[Figure] = Counter()
    for remark in page.remarks:
        changes.update(count_remark(remark))
    return changes
