"""Traffic by member: what a store recorded, seen from each state that sent or received it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swb_schemas.parties import REGION, parse_party_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["MemberTraffic", "Traffic", "count_by_member"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Messages of one day, type and pair, added up.

    Attributes:
        day: In UTC, by when the store recorded them.
        sender: URN of the sending gateway or router.
        receiver: URN of the receiving one.
        message_type: Name in the catalogue.
        messages: How many.
        octets: Of them; what was erased counts no more.
    """

    day: date
    sender: str
    receiver: str
    message_type: str
    messages: int
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTraffic:
    """What one member sent, or received, on one day.

    Attributes:
        day: In UTC.
        member: The state.
        direction: ``sent`` or ``received``, by the member.
        message_type: Name in the catalogue.
        messages: How many.
        octets: Of them.
    """

    day: date
    member: str
    direction: str
    message_type: str
    messages: int
    octets: int


def count_by_member(recorded: Iterable[Traffic]) -> Sequence[MemberTraffic]:
    """Add up by day, member, direction and type, in this order; the region is no member."""
    found: dict[tuple[date, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in recorded:
        for direction, party in (("sent", each.sender), ("received", each.receiver)):
            member = parse_party_id(party).state
            if member != REGION:
                count = found[each.day, member, direction, each.message_type]
                count[0] += each.messages
                count[1] += each.octets
    return [
        MemberTraffic(
            day=day,
            member=member,
            direction=direction,
            message_type=message_type,
            messages=messages,
            octets=octets,
        )
        for (day, member, direction, message_type), (messages, octets) in sorted(found.items())
    ]
