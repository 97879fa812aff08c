"""The store: domain operations, one transaction each; the port joins its rooms."""

from __future__ import annotations

from typing import Final, Protocol

from swb.ports.alike import Fingerprints
from swb.ports.asking import Archive, CommitFeed, Facts
from swb.ports.erasing import Erasures
from swb.ports.pruning import Pruning
from swb.ports.road import Deliveries, Inbox, Outbox, Submissions
from swb.ports.waiting import ParkedWork, Workload

__all__ = ["CLAIM_OCTETS", "MessageStore"]

CLAIM_OCTETS: Final = 16_000_000
"""Octets of what is claimed at a time of one line, or for the national system."""


class MessageStore(
    Submissions,
    Outbox,
    Inbox,
    Deliveries,
    ParkedWork,
    Erasures,
    Pruning,
    Fingerprints,
    Facts,
    Archive,
    CommitFeed,
    Workload,
    Protocol,
):
    """What a gateway or router must never forget. Each method is one transaction.

    A use case that needs one room alone asks for that room.

    Every method may raise `UnavailableError` ``store.unavailable`` when the store cannot be
    reached or written, and then nothing of it happened; where a network broke in the commit, it
    cannot be known. Every method may be repeated, and then does what is still to be done.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``store.unavailable``, or ``store.schema`` when the data need
                newer code.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...
