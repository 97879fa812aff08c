"""Who holds a document now: the station of its road that had it last, and what it waits for there.

A judgement over the set of facts, as its status is (`swb.core.lifecycle`): facts arrive in any
order, and one of a later station says that the earlier ones had it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import DECISIONS, Fact

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["STATIONS", "Station", "find_holder"]


class Station(StrEnum):
    """Where a document can be, in the order of its road."""

    EXPORTING_GATEWAY = "exporting gateway"
    REGION = "region"
    IMPORTING_GATEWAY = "importing gateway"
    SINGLE_WINDOW = "importing single window"
    CUSTOMS = "importing customs"


STATIONS: Final = tuple(Station)

_SHOWS: Final = (
    (Station.CUSTOMS, frozenset({Fact.RES_REC, *DECISIONS})),
    (Station.SINGLE_WINDOW, frozenset({Fact.AS3, Fact.RES_NOT})),
    (Station.IMPORTING_GATEWAY, frozenset({Fact.AS2})),
    (Station.REGION, frozenset({Fact.RELAYED})),
    (Station.EXPORTING_GATEWAY, frozenset({Fact.AS1})),
)
"""By station, the last one first: facts that say that it had the document."""


def find_holder(facts: Collection[Fact]) -> Station | None:
    """Find the last station that is known to have it; None when nothing is known."""
    known = frozenset(facts)
    return next((station for station, shows in _SHOWS if known & shows), None)
