"""What this store exchanged on one day with whom, as reconciliation counts it.

One pass over the ids of the day serves every partner. Of each document only id, digest and facts
are read, never its octets.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from swb.core.lifecycle import Fact
from swb.core.reconciling import Way, counts_as_sent
from swb.ports import Direction
from swb_schemas.catalogue import CATALOGUE
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.exchange import ExchangedDocuments, find_differing, first_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from swb.ports import Documents, Exchanged
    from swb_schemas.documents import ExchangeSummary

__all__ = [
    "COUNTED",
    "ExchangeDay",
    "Partner",
    "find_differing_buckets",
    "get_day",
    "read_day",
]

COUNTED: Final = tuple(name for name, kind in CATALOGUE.items() if kind.national)
"""The types of which two sides must have the same."""
_ACKNOWLEDGED: Final = (Fact.RELAYED, Fact.AS2, Fact.AS3)
_PAGE: Final = 5000
"""Rows read at a time: some milliseconds of the store's reading thread."""
_ONE_DAY: Final = timedelta(days=1)

Partner = tuple[str, str]
"""The other state, and the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeDay:
    """What was exchanged with one partner in one environment on one day.

    Attributes:
        sent: What counts as sent.
        received: What came.
        unproven: Ids of sent documents without a relay receipt, AS2, AS3, by that fact, though
            their type is acknowledged. What was refused is not among them.
        refused: How many sent documents were refused, and so do not count.
        waiting: Ids of sent documents that wait to be published, or for a person.
    """

    sent: ExchangedDocuments
    received: ExchangedDocuments
    unproven: Mapping[Fact, Sequence[str]] = field(default_factory=dict)
    refused: int = 0
    waiting: frozenset[str] = frozenset()

    def of(self, way: Way) -> ExchangedDocuments:
        """What went one way."""
        return self.sent if way is Way.SENT else self.received


@dataclass(slots=True)
class _Gathered:
    sent: list[tuple[str, str]] = field(default_factory=list)
    received: list[tuple[str, str]] = field(default_factory=list)
    unproven: dict[Fact, list[str]] = field(default_factory=dict)
    refused: int = 0
    waiting: set[str] = field(default_factory=set)

    def add(self, row: Exchanged) -> None:
        if row.direction is Direction.IN:
            self.received.append((row.document_id, row.digest))
            return
        if not counts_as_sent(row.facts):
            self.refused += 1
            return
        self.sent.append((row.document_id, row.digest))
        if row.waits:
            self.waiting.add(row.document_id)
        if CATALOGUE[row.message_type].acknowledged:
            for fact in _ACKNOWLEDGED:
                if fact not in row.facts:
                    self.unproven.setdefault(fact, []).append(row.document_id)

    def tally(self) -> ExchangeDay:
        return ExchangeDay(
            sent=ExchangedDocuments(self.sent),
            received=ExchangedDocuments(self.received),
            unproven=self.unproven,
            refused=self.refused,
            waiting=frozenset(self.waiting),
        )


async def read_day(store: Documents, day: date) -> Mapping[Partner, ExchangeDay]:
    """Read what a gateway's store exchanged on a day, by partner.

    Raises:
        UnavailableError: ``store.unavailable``.
    """
    gathered: defaultdict[Partner, _Gathered] = defaultdict(_Gathered)
    position, until = first_id_of(day), first_id_of(day + _ONE_DAY)
    while rows := await store.list_exchanged(COUNTED, after=position, until=until, limit=_PAGE):
        for row in rows:
            gathered[_partner_of(row)].add(row)
        position = rows[-1].document_id
    return await asyncio.to_thread(
        lambda: {partner: found.tally() for partner, found in gathered.items()}
    )


def get_day(days: Mapping[Partner, ExchangeDay], partner: Partner) -> ExchangeDay:
    """Get what was exchanged with a partner; nothing where nothing was."""
    return days.get(partner) or _Gathered().tally()


def find_differing_buckets(here: ExchangeDay, there: ExchangeSummary) -> dict[Way, tuple[str, ...]]:
    """Find the buckets in which this side and the other one's summary differ, by way."""
    return {
        Way.SENT: find_differing(here.sent.summarise(), there.received),
        Way.RECEIVED: find_differing(here.received.summarise(), there.sent),
    }


def _partner_of(row: Exchanged) -> Partner:
    outwards = row.direction is Direction.OUT
    return _state_of(row.receiving_party if outwards else row.issuing_party), row.environment


@lru_cache(maxsize=256)
def _state_of(party: str) -> str:
    """Read whose a party is; a day has many documents and few parties."""
    return parse_party_id(party).state
