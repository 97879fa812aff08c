"""What a region asks over HTTP: a time-stamp authority, and every state's revocation authority."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb.clock import SystemClock
from swb.sandbox.revocation_server import name_sources, route_revocation
from swb.sandbox.serving import listen_on_loopback, serve_sites
from swb.sandbox.time_stamps import route_time_stamps_of
from swb.simulator.revoking import load_revocation_authority
from swb_schemas.parties import REGION
from swb_schemas.wire.revocation import Sources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from socket import socket

    from swb.sandbox.region import Region

__all__ = ["Surroundings", "take_addresses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Addresses that are taken before the region is laid out, and served while it runs.

    Attributes:
        time_stamps: URL of the time-stamp authority.
        sources: By state: where is asked whether its certificates still hold.
    """

    time_stamps: str
    sources: Mapping[str, Sources]
    _stamping: socket
    _revoking: Mapping[str, socket]

    @asynccontextmanager
    async def serve(self, region: Region) -> AsyncIterator[None]:
        """Serve while the context lasts.

        Args:
            region: Laid out with these addresses.
        """
        now = SystemClock().now
        revoking = [
            (route_revocation(load_revocation_authority(*region.root(state), now=now)), listening)
            for state, listening in self._revoking.items()
        ]
        async with serve_sites((route_time_stamps_of(region), self._stamping), *revoking):
            yield

    def close(self) -> None:
        """Give the addresses back; safe to repeat."""
        for each in (self._stamping, *self._revoking.values()):
            each.close()


def take_addresses(states: Sequence[str]) -> Surroundings:
    """Take addresses on loopback for the authorities of these states and the region.

    Raises:
        UnavailableError: ``health.unavailable``.
    """
    stamping, time_stamps = listen_on_loopback()
    taken = {state: listen_on_loopback() for state in (*states, REGION)}
    return Surroundings(
        time_stamps=time_stamps,
        # One list tells of all that a state issued; a question for each certificate takes longer.
        sources={state: Sources(crl=name_sources(url).crl) for state, (_, url) in taken.items()},
        _stamping=stamping,
        _revoking={state: listening for state, (listening, _) in taken.items()},
    )
