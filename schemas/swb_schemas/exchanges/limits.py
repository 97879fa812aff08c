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

from swb_schemas.exchanges.judging import Step, settle
from swb_schemas.exchanges.table import Move, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

__all__ = [
    "LIMITS",
    "TIME_TO_REPLY",
    "Exceeded",
    "Gravity",
    "TimeLimit",
    "find_cut_short",
    "find_exceeded",
]


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
_DECISIONS: Final = frozenset({Move.PENDING, Move.GIVEN, Move.NOT_GIVEN})

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

TIME_TO_REPLY: Final = TimeLimit(
    code="exchange.denied_early",
    begins=_ASKED,
    ends=frozenset({Move.DENIED}),
    within=timedelta(days=90),
    clause="ATIGA Annex 8 Rule 18(b)",
    agreements=_ATIGA,
    alarms=False,
    by_round=True,
)
"""The time that the issuing authority has: who denies without its reply waits for the end of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """A limit that passed, or was not waited for.

    Attributes:
        limit: Which.
        number: Of the round or the response; 0 where it has none.
        due_at: When it passed, or would have.
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
    known: Iterable[tuple[Move, int, datetime]],
    *,
    agreement: str,
    at: datetime,
    refusing: Collection[int] | None = None,
) -> Iterator[Exceeded]:
    """Find the limits that have passed.

    Nobody is awaited any more for a certificate that is cancelled.

    Args:
        known: Moves of one certificate, each with its number and when it was made.
        agreement: Of the certificate.
        at: The moment by which it is judged.
        refusing: Numbers of the responses that refuse an item which the ones before did not
            (`utilisation.find_refusing`). Where that is not known, a refusal counts that follows
            none.
    """
    moves = sorted(set(known), key=lambda each: (each[2], each[1], each[0]))
    state, _ = settle(Step(move=move, number=number) for move, number, _ in moves)
    if refusing is None:
        refusing = _find_refusing(moves)
    for limit in LIMITS:
        if limit.agreements and agreement not in limit.agreements:
            continue
        begun = [(number, when) for move, number, when in moves if move in limit.begins]
        ended = [(number, when) for move, number, when in moves if move in limit.ends]
        found = (
            _of_rounds(limit, begun, ended, at)
            if limit.by_round
            else _of_late(limit, begun, [each for each in ended if each[0] in refusing])
        )
        for each in found:
            if each.gravity is Gravity.FINDING or state.standing is not State.CANCELLED:
                yield each


def find_cut_short(
    known: Iterable[tuple[Move, int, datetime]], *, agreement: str
) -> Iterator[Exceeded]:
    """Find what was denied while the issuing authority still had time to reply, and had not.

    Args:
        known: Moves of one certificate, each with its number and when it was made.
        agreement: Of the certificate.
    """
    limit = TIME_TO_REPLY
    if agreement not in limit.agreements:
        return
    moves = sorted(set(known), key=lambda each: (each[2], each[1], each[0]))
    replied = {number for move, number, _ in moves if move is Move.VERIFICATION_REPLY}
    for move, number, when in moves:
        begun = [at for each, round_, at in moves if each in limit.begins and round_ == number]
        if move not in limit.ends or number in replied or not begun:
            continue
        due_at = min(begun) + limit.within
        if when <= due_at:
            yield Exceeded(limit=limit, number=number, due_at=due_at, came_at=when)


def _find_refusing(moves: Iterable[tuple[Move, int, datetime]]) -> frozenset[int]:
    """Which responses refuse after one that did not, by their decisions alone."""
    by_number: dict[int, set[Move]] = {}
    for move, number, _ in moves:
        if move in _DECISIONS:
            by_number.setdefault(number, set()).add(move)
    refusing, refused = set(), False
    for number, found in sorted(by_number.items()):
        if Move.NOT_GIVEN in found and not refused:
            refusing.add(number)
        refused = Move.NOT_GIVEN in found
    return frozenset(refusing)


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
    """Only what came late, each by itself, from the first of what begins it."""
    if not begun:
        return
    due_at = min(when for _, when in begun) + limit.within
    for number, came_at in ended:
        if came_at > due_at:
            yield Exceeded(limit=limit, number=number, due_at=due_at, came_at=came_at)
