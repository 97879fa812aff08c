"""The times that an agreement sets for an exchange, as data, and what passed them.

Times are judged by the moment that is given. A limit that passes while somebody is still awaited
is an alarm; a move that came after its limit is a finding about that move. That customs says
nothing is neither: it may respond while the certificate holds, and need not (ATIGA Annex 8,
Rule 30(2)), so no limit stands here for GIVEN.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.exchanges.table import Move

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["LIMITS", "Exceeded", "Gravity", "TimeLimit", "find_exceeded"]


class Gravity(StrEnum):
    """What a passed limit is."""

    ALARM = "alarm"
    """Somebody is awaited still: a person should ask."""
    FINDING = "finding"
    """It came, and came late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """One time limit.

    Attributes:
        code: Of what is said when it passes.
        begins: Moves from the last of which time runs, of the same round where rounds count.
        ends: Moves that end it.
        within: How long.
        clause: That sets it; empty where this project does.
        agreements: Under which it holds; empty for all.
        alarms: Whether it is an alarm when nothing has ended it; else only what comes late is a
            finding.
        by_round: Whether begin and end are of one number.
    """

    code: str
    begins: frozenset[Move]
    ends: frozenset[Move]
    within: timedelta
    clause: str
    agreements: frozenset[str] = frozenset()
    alarms: bool
    by_round: bool


_ATIGA: Final = frozenset({"ATIGA"})
_ASKED: Final = frozenset({Move.VERIFICATION, Move.VERIFICATION_SUSPENDING})

LIMITS: Final = (
    TimeLimit(
        code="exchange.refusal_late",
        begins=frozenset({Move.RES_REC}),
        ends=frozenset({Move.NOT_GIVEN}),
        within=timedelta(days=60),
        clause="ATIGA Annex 8 Rule 30(3)(a)",
        agreements=_ATIGA,
        alarms=False,
        by_round=False,
    ),
    TimeLimit(
        code="exchange.cancellation_unanswered",
        begins=frozenset({Move.CANCELLATION}),
        ends=frozenset({Move.CANCELLED, Move.UTILISED, Move.UNKNOWN}),
        within=timedelta(days=7),
        clause="",
        alarms=True,
        by_round=True,
    ),
    TimeLimit(
        code="exchange.reply_late",
        begins=_ASKED,
        ends=frozenset({Move.VERIFICATION_REPLY, Move.CONFIRMED, Move.DENIED}),
        within=timedelta(days=90),
        clause="ATIGA Annex 8 Rule 18(b)",
        agreements=_ATIGA,
        alarms=True,
        by_round=True,
    ),
    TimeLimit(
        code="exchange.verification_late",
        begins=_ASKED,
        ends=frozenset({Move.CONFIRMED, Move.DENIED}),
        within=timedelta(days=180),
        clause="ATIGA Annex 8 Rule 18(d)",
        agreements=_ATIGA,
        alarms=True,
        by_round=True,
    ),
)
"""Every limit. That of a cancellation is this project's own: no text sets one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """A limit that passed.

    Attributes:
        limit: Which.
        number: Of the round or the response; 0 where it has none.
        due_at: When it passed.
        came_at: When what was awaited came; None where it is awaited still.
    """

    limit: TimeLimit
    number: int
    due_at: datetime
    came_at: datetime | None

    @property
    def gravity(self) -> Gravity:
        """An alarm while somebody is awaited."""
        return Gravity.ALARM if self.came_at is None else Gravity.FINDING


def find_exceeded(
    known: Iterable[tuple[Move, int, datetime]], *, agreement: str, at: datetime
) -> Iterator[Exceeded]:
    """Find the limits that have passed.

    Args:
        known: Moves of one certificate, each with its number and when it was made.
        agreement: Of the certificate.
        at: The moment by which it is judged.
    """
    moves = sorted(set(known), key=lambda each: (each[2], each[1], each[0]))
    for limit in LIMITS:
        if limit.agreements and agreement not in limit.agreements:
            continue
        begun = [(number, when) for move, number, when in moves if move in limit.begins]
        ended = [(number, when) for move, number, when in moves if move in limit.ends]
        yield from (
            _of_rounds(limit, begun, ended, at) if limit.by_round else _of_late(limit, begun, ended)
        )


def _of_rounds(
    limit: TimeLimit,
    begun: list[tuple[int, datetime]],
    ended: list[tuple[int, datetime]],
    at: datetime,
) -> Iterator[Exceeded]:
    for number in sorted(Counter(number for number, _ in begun)):
        due_at = min(when for each, when in begun if each == number) + limit.within
        came_at = min((when for each, when in ended if each == number), default=None)
        if (came_at or at) > due_at and (came_at is not None or limit.alarms):
            yield Exceeded(limit=limit, number=number, due_at=due_at, came_at=came_at)


def _of_late(
    limit: TimeLimit, begun: list[tuple[int, datetime]], ended: list[tuple[int, datetime]]
) -> Iterator[Exceeded]:
    """Only what came late: the first of what ends it that reverses nothing counts."""
    if not begun or not ended:
        return
    due_at = min(when for _, when in begun) + limit.within
    number, came_at = ended[0]
    if came_at > due_at:
        yield Exceeded(limit=limit, number=number, due_at=due_at, came_at=came_at)
