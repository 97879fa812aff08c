"""Watching: what a daemon runs with is entered into the audit trail, and whatever changes of it.

Years later the trail says under which trust lists, connections and keys a document was judged.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from swb_schemas.wire.digest import digest_text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from swb.ports import AuditTrail, Clock, ConnectionSource, TrustSource
    from swb_schemas.catalogue import Purpose
    from swb_schemas.connections import ConnectionTable
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["Watch"]

_TRUST: Final = "trust in force"
_CONNECTIONS: Final = "connections in force"


class Watch:
    """Enters what one daemon runs with.

    Args:
        name: The daemon: its state and roles.
        trail: Where to.
        trust: Whose lists are in force.
        connections: What is connected.
        clock: The present.
    """

    def __init__(
        self,
        *,
        name: str,
        trail: AuditTrail,
        trust: TrustSource,
        connections: ConnectionSource,
        clock: Clock,
    ) -> None:
        self._name = name
        self._trail = trail
        self._trust = trust
        self._connections = connections
        self._clock = clock
        self._entered: dict[str, str] = {}
        self._seen: tuple[TrustBundle, ConnectionTable] | None = None

    @asynccontextmanager
    async def run(
        self, version: str, certificates: Iterable[tuple[Purpose, bytes]]
    ) -> AsyncIterator[None]:
        """Enter the start with version and keys, what is in force then, and in the end the stop.

        Args:
            version: Of the program.
            certificates: DER, by purpose.

        Raises:
            UnavailableError: ``audit.unavailable``: what leaves no trail does not run.
        """
        for action in (_TRUST, _CONNECTIONS):
            entry = await self._trail.find_last(who=self._name, action=action)
            if entry is not None:
                self._entered[action] = entry.detail
        keys = ", ".join(f"{purpose} {digest_text_of(der)}" for purpose, der in certificates)
        await self._enter("daemon started", version, keys)
        await self.look()
        try:
            yield
        finally:
            await self._enter("daemon stopped", version, "")

    async def look(self) -> int:
        """Enter what changed since the last look.

        Returns:
            0: there is nothing to hurry for.

        Raises:
            SwbError: Trust or connections cannot be read now, or the trail cannot be written.
        """
        bundle, table = await self._trust.fetch(), await self._connections.fetch()
        if self._seen is not None and self._seen[0] is bundle and self._seen[1] is table:
            return 0
        for action, told in ((_TRUST, _tell_lists(bundle)), (_CONNECTIONS, _tell_table(table))):
            if self._entered.get(action) != told:
                await self._enter(action, bundle.environment, told)
                self._entered[action] = told
        self._seen = bundle, table
        return 0

    async def _enter(self, action: str, subject: str, detail: str) -> None:
        await self._trail.append(
            at=self._clock.now(), who=self._name, action=action, subject=subject, detail=detail
        )


def _tell_lists(bundle: TrustBundle) -> str:
    lists = sorted(bundle.lists.items())
    return ", ".join(f"{state} {each.number} {each.payload_digest}" for state, each in lists)


def _tell_table(table: ConnectionTable) -> str:
    """The table's digest over its JSON form, and how many connections stand in which state."""
    lines = table.model_dump(mode="json", by_alias=True)["connection"]
    octets = json.dumps(lines, sort_keys=True, separators=(",", ":")).encode()
    states = [each.state for each in table.connections]
    counted = ", ".join(f"{states.count(each)} {each}" for each in sorted(set(states)))
    return f"{digest_text_of(octets)} ({counted})"
