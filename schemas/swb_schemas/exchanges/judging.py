"""Judge a move by the table: for who makes it, and for who receives it.

Who makes a move knows everything that it may rest upon, so what the table forbids is refused. Who
receives one may learn of things in another order than they happened in: what is too early waits,
what was overtaken says nothing new, and only what no order could explain is refused. So the state
in the end is the same however messages were shuffled and repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb_schemas.exchanges.table import (
    ACROSS,
    KEPT,
    MACHINES,
    Machine,
    Move,
    Numbering,
    Side,
    State,
    find_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb_schemas.exchanges.table import MoveRow

__all__ = [
    "BEGINNING",
    "Effect",
    "ExchangeState",
    "Step",
    "Verdict",
    "judge_own",
    "judge_received",
    "settle",
    "spell_state",
]

_WAITS: Final = "exchange.too_early"
_NUMBER: Final = "exchange.number"
_PLACE: Final = {row.move: place for place, row in enumerate(r for t in MACHINES for r in t.moves)}
_FAVOUR: Final = {Move.GIVEN: 0, Move.PENDING: 1, Move.NOT_GIVEN: 2}
_FAVOUR_OF_STATE: Final = {
    State.UNDECIDED: -1,
    State.GIVEN: 0,
    State.PENDING: 1,
    State.NOT_GIVEN: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeState:
    """Where the exchange about one certificate stands.

    Attributes:
        road: How far it came.
        preference: What customs decided last.
        response: Number of that response; 0 where there is none.
        standing: Whether it stands.
        cancellation: Number of the last request for cancellation.
        verification: Whether it is being verified.
        request: Number of the last request for verification.
    """

    road: State = State.SENT
    preference: State = State.UNDECIDED
    response: int = 0
    standing: State = State.IN_FORCE
    cancellation: int = 0
    verification: State = State.NOT_ASKED
    request: int = 0

    @property
    def states(self) -> frozenset[State]:
        """Where its machines stand."""
        return frozenset({self.road, self.preference, self.standing, self.verification})

    @property
    def is_suspended(self) -> bool:
        """Whether preference is suspended while the certificate is verified."""
        return self.verification in {State.ASKED_SUSPENDED, State.REPLIED_SUSPENDED}

    def get(self, machine: Machine) -> tuple[State, int]:
        """Get the state of one machine and the number that it stands at."""
        match machine:
            case Machine.ROAD:
                return self.road, 0
            case Machine.PREFERENCE:
                return self.preference, self.response
            case Machine.STANDING:
                return self.standing, self.cancellation
            case Machine.VERIFICATION:
                return self.verification, self.request

    def put(self, machine: Machine, state: State, number: int) -> ExchangeState:
        """Put one machine into a state, at a number."""
        match machine:
            case Machine.ROAD:
                return replace(self, road=state)
            case Machine.PREFERENCE:
                return replace(self, preference=state, response=number)
            case Machine.STANDING:
                return replace(self, standing=state, cancellation=number)
            case Machine.VERIFICATION:
                return replace(self, verification=state, request=number)


BEGINNING: Final = ExchangeState()
"""A certificate that was just sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move as it was made.

    Attributes:
        move: What.
        number: Of the response, the cancellation or the verification; 0 where moves have none.
    """

    move: Move
    number: int = 0


class Effect(StrEnum):
    """What a judgement says."""

    GOES = "goes"
    """The state changes."""
    KEEPS = "keeps"
    """It is taken, and changes nothing."""
    WAITS = "waits"
    """It came before what it rests upon."""
    REFUSED = "refused"
    """It is forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one move.

    Attributes:
        effect: What happens to it.
        state: What stands afterwards; what stood before where it waits or is refused.
        code: Of the refusal, or of what it waits for; else empty.
    """

    effect: Effect
    state: ExchangeState
    code: str = ""


def judge_own(state: ExchangeState, step: Step, *, utilised: bool = False) -> Verdict:
    """Judge a move that is made here, by all that is known here.

    Args:
        state: Where the exchange stands.
        step: The move.
        utilised: Whether anything of the certificate stands as utilised (`rulebook.utilisation`):
            then all is forbidden that is after GIVEN, although the last response is another one.

    Returns:
        `Effect.GOES`, `Effect.KEEPS` or `Effect.REFUSED`.
    """
    across = ACROSS.get(step.move, {})
    for each in sorted(state.states | {State.GIVEN} if utilised else state.states):
        if each in across:
            return Verdict(effect=Effect.REFUSED, state=state, code=across[each])
    machine, row = find_row(step.move)
    stands, number = state.get(machine.machine)
    if row.numbering is Numbering.OPENS and step.number != number + 1:
        entry = row.entries[stands]
        is_code = not isinstance(entry, State) and entry != KEPT
        return Verdict(effect=Effect.REFUSED, state=state, code=entry if is_code else _NUMBER)
    if row.numbering is Numbering.LATEST and step.number not in {number, number + 1}:
        # A second one under the last number is found by who keeps both.
        return Verdict(effect=Effect.REFUSED, state=state, code=_NUMBER)
    if row.numbering is Numbering.CLOSES:
        entry = row.entries[stands]
        if step.number != number and number:
            return Verdict(effect=Effect.REFUSED, state=state, code=_NUMBER)
        if entry == KEPT or (isinstance(entry, State) and stands not in machine.open):
            return Verdict(effect=Effect.REFUSED, state=state, code="exchange.answered")
    return _enter(state, step, machine.machine, row)


def judge_received(state: ExchangeState, step: Step) -> Verdict:
    """Judge a move that came, or that is known already: too early waits, overtaken is kept.

    A closing move waits for the opening one where the same side makes both; where the other side
    opens, that side is who judges, and knows whether it did.
    """
    machine, row = find_row(step.move)
    stands, number = state.get(machine.machine)
    keeps = Verdict(effect=Effect.KEEPS, state=state)
    waits = Verdict(effect=Effect.WAITS, state=state, code=_WAITS)
    match row.numbering:
        case Numbering.OPENS:
            if step.number <= number:
                return keeps
            opened_by_maker = _closes_itself(machine.machine, row.by)
            is_open = not isinstance(row.entries[stands], State)
            if step.number > number + 1 or (is_open and opened_by_maker):
                return waits
        case Numbering.CLOSES:
            if step.number < number:
                return keeps
            if step.number > number:
                waiting = _opens_itself(machine.machine, row.by)
                refused = Verdict(effect=Effect.REFUSED, state=state, code="exchange.nothing_asked")
                return waits if waiting else refused
        case Numbering.LATEST:
            less_favourable = _FAVOUR[step.move] > _FAVOUR_OF_STATE[stands]
            if step.number < number or (step.number == number and not less_favourable):
                return keeps
        case Numbering.NONE:
            pass
    return _enter(state, step, machine.machine, row)


def settle(steps: Iterable[Step]) -> tuple[ExchangeState, tuple[Step, ...]]:
    """Take moves that are known, again and again until none moves anything.

    They are taken by number and by their place in the table, so that a set of moves has one state,
    of who contradicts itself, too: of two openings of one round the one that suspends is first.

    Returns:
        What stands, and what could not be taken: what still waits, and what is forbidden.
    """
    state = BEGINNING
    waiting = sorted(set(steps), key=lambda step: (step.number, _PLACE[step.move]))
    moved = True
    while moved and waiting:
        moved = False
        still = []
        for step in waiting:
            verdict = judge_received(state, step)
            if verdict.effect in {Effect.GOES, Effect.KEEPS}:
                state = verdict.state
                moved = True
            else:
                still.append(step)
        waiting = still
    return state, tuple(waiting)


def spell_state(state: ExchangeState) -> str:
    """Spell where the exchange stands, for people: what is beyond the beginning only."""
    parts = []
    for each in MACHINES:
        stands, number = state.get(each.machine)
        if stands is not each.states[0]:
            told = f" (no. {number})" if number else ""
            parts.append(f"{each.machine}: {stands}{told}")
    return "; ".join(parts)


def _enter(state: ExchangeState, step: Step, machine: Machine, row: MoveRow) -> Verdict:
    stands, number = state.get(machine)
    entry = row.entries[stands]
    if isinstance(entry, State):
        return Verdict(effect=Effect.GOES, state=state.put(machine, entry, step.number))
    if entry == KEPT:
        after = state.put(machine, stands, max(number, step.number))
        return Verdict(effect=Effect.KEEPS, state=after)
    return Verdict(effect=Effect.REFUSED, state=state, code=entry)


def _opens_itself(machine: Machine, side: Side) -> bool:
    """Whether a side opens the rounds of a machine."""
    return any(
        row.numbering is Numbering.OPENS and row.by is side
        for each in MACHINES
        if each.machine is machine
        for row in each.moves
    )


def _closes_itself(machine: Machine, side: Side) -> bool:
    """Whether the side that opens a round ends it too, so that its end may come later."""
    return any(
        row.numbering is Numbering.CLOSES and row.by is side
        for each in MACHINES
        if each.machine is machine
        for row in each.moves
    )
