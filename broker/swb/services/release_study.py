"""Release times by authority, in the form of a time release study, and who may be shown them.

See `swb.core.release_times` for what is measured. A state's own figures are its own to look at.
Publishing them is a use of the data beyond validating certificates, and so needs what the two
sides agreed on: the terms of every connection that the documents came by must name a legal basis
(``legal_basis``; ATIGA Annex 8, Rules 17(5) and 31(4)). Where one names none they are not to be
published, and this module says so beside the figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from swb.core.figures import RELEASES
from swb.core.release_times import Histogram
from swb.ports import Direction, FigureFilter, Grain, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from swb.ports import ConnectionSource, CountedFigure, Overview
    from swb_schemas.connections import ConnectionTable

__all__ = ["Release", "ReleaseStudyService"]

_LONGER_THAN_A_MONTH: Final = timedelta(days=32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How long one authority took for documents of one type.

    Attributes:
        authority: URN of the party that the documents were addressed to.
        direction: ``in``: an authority of this state; ``out``: one of a partner, as it told us.
        message_type: Name in the catalogue.
        arrived: How many arrived in the period (AS2); what is missing below is not done yet.
        steps: By step (delivery, receipt, response): how long from the arrival on.
        partners: The states that they were exchanged with.
        may_be_published: Whether the terms of every connection of theirs name a legal basis.
    """

    authority: str
    direction: str
    message_type: str
    arrived: int
    steps: Mapping[Measure, Histogram]
    partners: Sequence[str]
    may_be_published: bool


class ReleaseStudyService:
    """Tells release times.

    Args:
        state: Whose store it is.
        overview: Of the store.
        connections: What was agreed on.
    """

    def __init__(self, *, state: str, overview: Overview, connections: ConnectionSource) -> None:
        self._state = state
        self._overview = overview
        self._connections = connections

    async def tell_releases(self, since: datetime, until: datetime) -> Sequence[Release]:
        """Tell the release times of what arrived in a period.

        Args:
            since: Days in UTC that begin at this moment or later.
            until: Days in UTC that begin before this moment.

        Returns:
            By direction, authority and type.

        Raises:
            UndeterminedError: ``connection.unusable``, ``trust.unusable``.
            UnavailableError: ``store.unavailable``, ``connection.unreachable``.
        """
        table = await self._connections.fetch()
        arrived: Counter[tuple[str, str, str]] = Counter()
        partners: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        steps: defaultdict[tuple[str, str, str], dict[Measure, Counter[int]]] = defaultdict(dict)
        for grain, begin, end in _split(since, until):
            for measure in (Measure.ARRIVAL, *RELEASES):
                wanted = FigureFilter(measure=measure, grain=grain, since=begin, until=end)
                for each in await self._overview.list_sums(wanted):
                    key = _key_of(each)
                    if measure is Measure.ARRIVAL:
                        arrived[key] += each.count
                        partners[key].add(each.figure.partner)
                    else:
                        counts = steps[key].setdefault(measure, Counter())
                        counts[int(each.figure.code)] += each.count
        return [
            Release(
                authority=key[1],
                direction=key[0],
                message_type=key[2],
                arrived=arrived[key],
                steps={each: Histogram(counts=counts) for each, counts in steps[key].items()},
                partners=sorted(partners[key]),
                may_be_published=self._may_publish(table, key, partners[key]),
            )
            for key in sorted(arrived)
        ]

    def _may_publish(
        self, table: ConnectionTable, key: tuple[str, str, str], partners: Iterable[str]
    ) -> bool:
        """Whether every connection by which these documents may have come names a legal basis."""
        direction, _, message_type = key
        ends = (
            (partner, self._state) if direction == Direction.IN else (self._state, partner)
            for partner in partners
        )
        return all(
            _has_legal_basis(table, sender=sender, receiver=receiver, message_type=message_type)
            for sender, receiver in ends
        )


def _key_of(each: CountedFigure) -> tuple[str, str, str]:
    return each.figure.direction, each.figure.authority, each.figure.message_type


def _split(since: datetime, until: datetime) -> Iterator[tuple[Grain, datetime, datetime]]:
    """Split a period into whole months, and the days before and behind them."""
    first = _begin_month(since) if since == _begin_month(since) else _end_month(since)
    last = _begin_month(until)
    if first >= last:
        yield Grain.DAY, since, until
        return
    yield Grain.DAY, since, first
    yield Grain.MONTH, first, last
    yield Grain.DAY, last, until


def _begin_month(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _end_month(at: datetime) -> datetime:
    return _begin_month(_begin_month(at) + _LONGER_THAN_A_MONTH)


def _has_legal_basis(
    table: ConnectionTable, *, sender: str, receiver: str, message_type: str
) -> bool:
    found = table.find(sender=sender, receiver=receiver, message_type=message_type)
    return bool(found) and all(each.terms.legal_basis.strip() for each in found)
