"""Overdue: what was asked about a certificate, and nobody has answered within its time limit.

A cancellation without a reply, a verification without a reply or an outcome: a person should ask
the other side. Each is logged once, and health tells all of them. That customs gives no preference
is no alarm (ATIGA Annex 8, Rule 30(2)); what came late is a finding of the rule book about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from swb.services.kept import Kept
from swb.services.learning import list_moves
from swb_schemas.exchanges import LIMITS, find_exceeded
from swb_schemas.exchanges.limits import Gravity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from swb.ports import Clock, DocumentRecord, Documents
    from swb_schemas.exchanges import Exceeded

__all__ = ["OverdueWatch"]

_log = structlog.get_logger("swb.overdue")

_PAGE: Final = 200
_TOLD: Final = 500
"""So many are told by health at most; all are logged."""
_SHORTEST: Final = min(each.within for each in LIMITS if each.alarms)


class OverdueWatch:
    """Looks at what was asked and not concluded.

    Args:
        store: Knows what was asked.
        clock: The present.
    """

    def __init__(self, *, store: Documents, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._logged: set[tuple[str, str, int]] = set()
        self._notices: dict[str, str] = {}

    @property
    def notices(self) -> Mapping[str, str]:
        """By certificate, limit and number: when the limit passed."""
        return dict(self._notices)

    async def look(self) -> int:
        """Look once at everything, and log each thing when it is found first.

        Returns:
            0: there is nothing to hurry for.

        Raises:
            UnavailableError: ``store.unavailable``.
        """
        found: set[tuple[str, str, int]] = set()
        notices: dict[str, str] = {}
        async for record, exceeded in self._find(self._clock.now()):
            key = (record.document_id, exceeded.limit.code, exceeded.number)
            found.add(key)
            due_at = f"{exceeded.due_at:%Y-%m-%dT%H:%M:%SZ}"
            if key not in self._logged:
                _log.warning(
                    "overdue",
                    code=exceeded.limit.code,
                    document_id=record.document_id,
                    number=exceeded.number,
                    due_at=due_at,
                    direction=record.direction.value,
                )
            if len(notices) < _TOLD:
                notices[f"{record.certificate_key}: {key[1]} no. {key[2]}"] = due_at
        self._logged, self._notices = found, notices
        return 0

    async def _find(self, now: datetime) -> AsyncIterator[tuple[DocumentRecord, Exceeded]]:
        after = ""
        while page := await self._store.list_unconcluded(
            asked_before=now - _SHORTEST, after=after, limit=_PAGE
        ):
            after = page[-1]
            for document_id in page:
                record = await self._store.find_document(document_id)
                if record is None:
                    continue
                events = await self._store.list_events(document_id)
                agreement = Kept(record).agreement
                moves = await list_moves(self._store, events)
                for each in find_exceeded(moves, agreement=agreement, at=now):
                    if each.gravity is Gravity.ALARM:
                        yield record, each
