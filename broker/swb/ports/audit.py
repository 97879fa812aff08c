"""The audit trail: appended to, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from swb.core.audit import AuditEntry

__all__ = ["AuditTrail"]


class AuditTrail(Protocol):
    """What was done here, by whom, why; see `swb.core.audit` for the chain.

    Every method may raise `UnavailableError` ``audit.unavailable``; whoever cannot leave an entry
    does not act.
    """

    async def append(
        self, *, at: datetime, who: str, action: str, subject: str, detail: str
    ) -> AuditEntry:
        """Chain one more entry to the last, durably; several processes may do so at once."""
        ...

    async def find_last(self, *, who: str, action: str) -> AuditEntry | None:
        """Find the latest entry of somebody's action; None where there is none."""
        ...

    async def list_actions(
        self, actions: Collection[str], *, since: datetime | None = None
    ) -> Sequence[AuditEntry]:
        """List the entries of some actions in order, without reading the others.

        Args:
            actions: Which.
            since: Those from then on; None lists all of them.
        """
        ...

    async def find_head(self) -> AuditEntry | None:
        """Find the latest entry; None where there is none yet."""
        ...

    async def list_entries(self, *, after: int = 0, limit: int = 500) -> Sequence[AuditEntry]:
        """List entries in order, from just after a sequence number."""
        ...
