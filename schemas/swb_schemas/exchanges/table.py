"""The table: four machines of one certificate, their states, and what each move does in each state.

The machines run side by side, because what they tell apart is independent: how far the certificate
came (`ROAD`), what customs decided (`PREFERENCE`), whether it still stands (`STANDING`) and whether
it is being verified (`VERIFICATION`). A move belongs to one machine and is made by one side.

An entry of a move is the state that follows, ``KEPT`` (the move says nothing new in that state) or
the code for which the move is forbidden there. Every pair of a state and a move has an entry; the
page docs/reference/exchanges.md is made of this table.

Sources: ATIGA Annex 8, Rules 18, 29 and 30. No message guide is public, so names are this project's
own, except those of the status codes that a member's tracking page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACROSS",
    "KEPT",
    "MACHINES",
    "Machine",
    "MachineTable",
    "Move",
    "MoveRow",
    "Numbering",
    "Side",
    "State",
    "find_row",
]


class Side(StrEnum):
    """Who makes a move."""

    EXPORTING = "exporting"
    """The issuing authority and its gateway."""
    IMPORTING = "importing"
    """Customs and its gateway."""


class Machine(StrEnum):
    """What is told apart."""

    ROAD = "road"
    PREFERENCE = "preference"
    STANDING = "standing"
    VERIFICATION = "verification"


class State(StrEnum):
    """Where a machine stands."""

    SENT = "SENT"
    """The exporting gateway has sealed it."""
    ARRIVED = "ARRIVED"
    """The importing gateway has it (AS2)."""
    DELIVERED = "DELIVERED"
    """The importing single window has it (AS3)."""
    NOT_RECEIVED = "NOT RECEIVED"
    """The customs system could not take it (RES-NOT)."""
    RECEIVED = "RECEIVED"
    """The customs system has it (RES-REC)."""

    UNDECIDED = "UNDECIDED"
    """No response of customs; it need not send one (Rule 30(2))."""
    PENDING = "PENDING"
    """Customs has answered, and has not decided every item."""
    GIVEN = "GIVEN"
    """Preference is given: the certificate is utilised."""
    NOT_GIVEN = "NOT GIVEN"
    """Preference is not given for at least one item."""

    IN_FORCE = "IN FORCE"
    """Nobody asked for anything else."""
    CANCELLATION_ASKED = "CANCELLATION ASKED"
    """The issuing authority asked for its cancellation, and customs has not replied."""
    CANCELLED = "CANCELLED"
    """Customs accepted the cancellation."""
    IN_FORCE_UTILISED = "IN FORCE, UTILISED"
    """Customs did not accept the cancellation: it is utilised already."""
    IN_FORCE_UNKNOWN = "IN FORCE, UNKNOWN"
    """Customs did not accept the cancellation: it does not know the certificate."""

    NOT_ASKED = "NOT ASKED"
    """No verification was asked for."""
    ASKED = "ASKED"
    """Customs asked the issuing authority to verify (Rule 18)."""
    ASKED_SUSPENDED = "ASKED, SUSPENDED"
    """The same, and preference is suspended meanwhile."""
    REPLIED = "REPLIED"
    """The issuing authority replied; customs has not concluded."""
    REPLIED_SUSPENDED = "REPLIED, SUSPENDED"
    """The same, and preference is suspended meanwhile."""
    CONFIRMED = "CONFIRMED"
    """Customs concluded that the goods originate."""
    DENIED = "DENIED"
    """Customs concluded that they do not, or that nothing shows it."""


class Move(StrEnum):
    """What is done, by the name under which a gateway notes it of the certificate."""

    AS2 = "AS2"
    AS3 = "AS3"
    RES_NOT = "RES-NOT"
    RES_REC = "RES-REC"

    PENDING = "PENDING"
    GIVEN = "GIVEN"
    NOT_GIVEN = "NOT GIVEN"

    CANCELLATION = "CANCELLATION"
    CANCELLED = "CANCELLED"
    UTILISED = "CANCELLATION UTILISED"
    UNKNOWN = "CANCELLATION UNKNOWN"

    VERIFICATION = "VERIFICATION"
    VERIFICATION_SUSPENDING = "VERIFICATION SUSPENDING"
    VERIFICATION_REPLY = "VERIFICATION REPLY"
    CONFIRMED = "VERIFICATION CONFIRMED"
    DENIED = "VERIFICATION DENIED"


class Numbering(StrEnum):
    """What the number of a move means."""

    NONE = "none"
    """It has none; repeating it says nothing new."""
    LATEST = "the highest stands"
    """Each message counts on; one that comes late is overtaken."""
    OPENS = "begins a round"
    """It opens round n, when n - 1 has ended."""
    CLOSES = "belongs to a round"
    """It belongs to the open round of its number."""


KEPT: Final = "kept"
"""The move is taken, and the state stays."""

Entry = State | str
"""The state that follows, `KEPT`, or an error code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """One move of a machine.

    Attributes:
        move: Its name.
        by: Who makes it.
        message_type: Of the catalogue; the message that makes it.
        numbering: What its number means.
        entries: What it does, by state.
    """

    move: Move
    by: Side
    message_type: str
    numbering: Numbering = Numbering.NONE
    entries: Mapping[State, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTable:
    """One machine.

    Attributes:
        machine: Its name.
        states: In order; it begins in the first.
        open: Those in which a round runs: only there its maker may make a closing move. The entries
            of closing moves elsewhere are for what crosses on the way, and for who contradicts
            itself.
        moves: What may be done; of one number, what comes first here is judged first.
    """

    machine: Machine
    states: tuple[State, ...]
    open: frozenset[State] = frozenset()
    moves: tuple[MoveRow, ...]


_S = State
_ROAD: Final = (_S.SENT, _S.ARRIVED, _S.DELIVERED, _S.NOT_RECEIVED, _S.RECEIVED)
_PREFERENCE: Final = (_S.UNDECIDED, _S.PENDING, _S.GIVEN, _S.NOT_GIVEN)
_STANDING: Final = (
    _S.IN_FORCE,
    _S.CANCELLATION_ASKED,
    _S.CANCELLED,
    _S.IN_FORCE_UTILISED,
    _S.IN_FORCE_UNKNOWN,
)
_VERIFICATION: Final = (
    _S.NOT_ASKED,
    _S.ASKED,
    _S.ASKED_SUSPENDED,
    _S.REPLIED,
    _S.REPLIED_SUSPENDED,
    _S.CONFIRMED,
    _S.DENIED,
)


def _row(  # noqa: PLR0917 - the columns of a row, in their order
    move: Move,
    by: Side,
    message_type: str,
    numbering: Numbering,
    states: tuple[State, ...],
    entries: tuple[Entry, ...],
) -> MoveRow:
    return MoveRow(
        move=move,
        by=by,
        message_type=message_type,
        numbering=numbering,
        entries=MappingProxyType(dict(zip(states, entries, strict=True))),
    )


def _go(target: State, over: tuple[State, ...], states: tuple[State, ...]) -> tuple[Entry, ...]:
    """Go to a state from those before it; what is beyond stays."""
    return tuple(target if each in over else KEPT for each in states)


_EX, _IM = Side.EXPORTING, Side.IMPORTING
_OPEN = "exchange.cancellation_open"
_GONE = "exchange.cancelled"
_NONE = "exchange.nothing_asked"
_BUSY = "exchange.verification_open"
_BARE = "exchange.reply_missing"

MACHINES: Final = (
    MachineTable(
        machine=Machine.ROAD,
        states=_ROAD,
        moves=(
            _row(
                Move.AS2,
                _IM,
                "TransportAck",
                Numbering.NONE,
                _ROAD,
                _go(_S.ARRIVED, (_S.SENT,), _ROAD),
            ),
            _row(
                Move.AS3,
                _IM,
                "TransportAck",
                Numbering.NONE,
                _ROAD,
                _go(_S.DELIVERED, (_S.SENT, _S.ARRIVED), _ROAD),
            ),
            _row(
                Move.RES_NOT,
                _IM,
                "CustomsReceipt",
                Numbering.NONE,
                _ROAD,
                _go(_S.NOT_RECEIVED, (_S.SENT, _S.ARRIVED, _S.DELIVERED), _ROAD),
            ),
            _row(
                Move.RES_REC,
                _IM,
                "CustomsReceipt",
                Numbering.NONE,
                _ROAD,
                _go(_S.RECEIVED, _ROAD[:4], _ROAD),
            ),
        ),
    ),
    MachineTable(
        machine=Machine.PREFERENCE,
        states=_PREFERENCE,
        moves=tuple(
            _row(
                move,
                _IM,
                "CustomsResponse",
                Numbering.LATEST,
                _PREFERENCE,
                tuple(KEPT if each is to else to for each in _PREFERENCE),
            )
            for move, to in (
                (Move.PENDING, _S.PENDING),
                (Move.GIVEN, _S.GIVEN),
                (Move.NOT_GIVEN, _S.NOT_GIVEN),
            )
        ),
    ),
    MachineTable(
        machine=Machine.STANDING,
        states=_STANDING,
        open=frozenset({_S.CANCELLATION_ASKED}),
        moves=(
            _row(
                Move.CANCELLATION,
                _EX,
                "Cancellation",
                Numbering.OPENS,
                _STANDING,
                (
                    _S.CANCELLATION_ASKED,
                    _OPEN,
                    _GONE,
                    _S.CANCELLATION_ASKED,
                    _S.CANCELLATION_ASKED,
                ),
            ),
            # Of two replies to one cancellation that disagree, the one stands that leaves the
            # certificate in force: then no replacement earns preference a second time.
            _row(
                Move.CANCELLED,
                _IM,
                "CancellationReply",
                Numbering.CLOSES,
                _STANDING,
                (_NONE, _S.CANCELLED, KEPT, KEPT, KEPT),
            ),
            _row(
                Move.UNKNOWN,
                _IM,
                "CancellationReply",
                Numbering.CLOSES,
                _STANDING,
                (_NONE, _S.IN_FORCE_UNKNOWN, _S.IN_FORCE_UNKNOWN, KEPT, KEPT),
            ),
            _row(
                Move.UTILISED,
                _IM,
                "CancellationReply",
                Numbering.CLOSES,
                _STANDING,
                (
                    _NONE,
                    _S.IN_FORCE_UTILISED,
                    _S.IN_FORCE_UTILISED,
                    KEPT,
                    _S.IN_FORCE_UTILISED,
                ),
            ),
        ),
    ),
    MachineTable(
        machine=Machine.VERIFICATION,
        states=_VERIFICATION,
        open=frozenset(_VERIFICATION[1:5]),
        moves=(
            # Of two requests of one number the one that suspends stands: it comes first here.
            *(
                _row(
                    move,
                    _IM,
                    "VerificationRequest",
                    Numbering.OPENS,
                    _VERIFICATION,
                    (to, _BUSY, _BUSY, _BUSY, _BUSY, to, to),
                )
                for move, to in (
                    (Move.VERIFICATION_SUSPENDING, _S.ASKED_SUSPENDED),
                    (Move.VERIFICATION, _S.ASKED),
                )
            ),
            # A reply may cross the outcome of customs that waited for it in vain.
            _row(
                Move.VERIFICATION_REPLY,
                _EX,
                "VerificationReply",
                Numbering.CLOSES,
                _VERIFICATION,
                (_NONE, _S.REPLIED, _S.REPLIED_SUSPENDED, KEPT, KEPT, KEPT, KEPT),
            ),
            _row(
                Move.CONFIRMED,
                _IM,
                "VerificationOutcome",
                Numbering.CLOSES,
                _VERIFICATION,
                (_NONE, _BARE, _BARE, _S.CONFIRMED, _S.CONFIRMED, KEPT, KEPT),
            ),
            _row(
                Move.DENIED,
                _IM,
                "VerificationOutcome",
                Numbering.CLOSES,
                _VERIFICATION,
                (_NONE, _S.DENIED, _S.DENIED, _S.DENIED, _S.DENIED, _S.DENIED, KEPT),
            ),
        ),
    ),
)

ACROSS: Final[Mapping[Move, Mapping[State, str]]] = MappingProxyType(
    {
        Move.PENDING: {_S.CANCELLED: _GONE},
        Move.GIVEN: {
            _S.CANCELLED: _GONE,
            _S.ASKED_SUSPENDED: "exchange.suspended",
            _S.REPLIED_SUSPENDED: "exchange.suspended",
        },
        Move.NOT_GIVEN: {_S.CANCELLED: _GONE},
        Move.CANCELLATION: {_S.GIVEN: "exchange.utilised"},
        Move.CANCELLED: {_S.GIVEN: "exchange.utilised"},
        Move.VERIFICATION: {_S.CANCELLED: _GONE},
        Move.VERIFICATION_SUSPENDING: {_S.CANCELLED: _GONE},
    }
)
"""What one machine's state forbids of a move of another, where the move is made.

Only there: who receives may learn of the two in another order than they were made in.
"""

_ROWS: Final = {row.move: (each, row) for each in MACHINES for row in each.moves}


def find_row(move: Move) -> tuple[MachineTable, MoveRow]:
    """Find the machine and the row of a move; every move has exactly one."""
    return _ROWS[move]
