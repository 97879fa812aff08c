"""Every move in every state, with what is expected of it written out, not taken from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from swb_schemas.exchanges import (
    BEGINNING,
    MACHINES,
    Effect,
    ExchangeState,
    Move,
    State,
    Step,
    judge_own,
    judge_received,
)
from swb_schemas.exchanges.table import Numbering, find_row

if TYPE_CHECKING:
    from swb_schemas.exchanges import Verdict

ROUND: Final = 3
"""The number at which a machine stands before the move."""

ROAD: Final = ("SENT", "ARRIVED", "DELIVERED", "NOT RECEIVED", "RECEIVED")
PREFERENCE: Final = ("UNDECIDED", "PENDING", "GIVEN", "NOT GIVEN")
STANDING: Final = (
    "IN FORCE",
    "CANCELLATION ASKED",
    "CANCELLED",
    "IN FORCE, UTILISED",
    "IN FORCE, UNKNOWN",
)
VERIFICATION: Final = (
    "NOT ASKED",
    "ASKED",
    "ASKED, SUSPENDED",
    "REPLIED",
    "REPLIED, SUSPENDED",
    "CONFIRMED",
    "DENIED",
)

CODES: Final = {"busy": "verification_open"}

# What follows in each of these states: another state, "-" where nothing changes, "waits", or the
# code of the refusal without its prefix.
ALIKE: Final = {
    "AS2": (ROAD, "ARRIVED; -; -; -; -"),
    "AS3": (ROAD, "DELIVERED; DELIVERED; -; -; -"),
    "RES-NOT": (ROAD, "NOT RECEIVED; NOT RECEIVED; NOT RECEIVED; -; -"),
    "RES-REC": (ROAD, "RECEIVED; RECEIVED; RECEIVED; RECEIVED; -"),
    "PENDING": (PREFERENCE, "PENDING; -; PENDING; PENDING"),
    "GIVEN": (PREFERENCE, "GIVEN; GIVEN; -; GIVEN"),
    "NOT GIVEN": (PREFERENCE, "NOT GIVEN; NOT GIVEN; NOT GIVEN; -"),
    "CANCELLATION": (
        STANDING,
        "CANCELLATION ASKED; cancellation_open; cancelled; CANCELLATION ASKED; CANCELLATION ASKED",
    ),
}
MADE: Final = ALIKE | {
    "CANCELLED": (STANDING, "nothing_asked; CANCELLED; answered; answered; answered"),
    "CANCELLATION UTILISED": (
        STANDING,
        "nothing_asked; IN FORCE, UTILISED; answered; answered; answered",
    ),
    "CANCELLATION UNKNOWN": (
        STANDING,
        "nothing_asked; IN FORCE, UNKNOWN; answered; answered; answered",
    ),
    "VERIFICATION": (
        VERIFICATION,
        "ASKED; busy; busy; busy; busy; ASKED; ASKED",
    ),
    "VERIFICATION SUSPENDING": (
        VERIFICATION,
        "ASKED, SUSPENDED; busy; busy; busy; busy; ASKED, SUSPENDED; ASKED, SUSPENDED",
    ),
    "VERIFICATION REPLY": (
        VERIFICATION,
        "nothing_asked; REPLIED; REPLIED, SUSPENDED; answered; answered; answered; answered",
    ),
    "VERIFICATION CONFIRMED": (
        VERIFICATION,
        "nothing_asked; reply_missing; reply_missing; CONFIRMED; CONFIRMED; answered; answered",
    ),
    "VERIFICATION DENIED": (
        VERIFICATION,
        "nothing_asked; DENIED; DENIED; DENIED; DENIED; answered; answered",
    ),
}
RECEIVED: Final = ALIKE | {
    # Of two that disagree the one stands that leaves less to be gained.
    "CANCELLED": (STANDING, "nothing_asked; CANCELLED; -; -; -"),
    "CANCELLATION UTILISED": (
        STANDING,
        "nothing_asked; IN FORCE, UTILISED; IN FORCE, UTILISED; -; IN FORCE, UTILISED",
    ),
    "CANCELLATION UNKNOWN": (
        STANDING,
        "nothing_asked; IN FORCE, UNKNOWN; IN FORCE, UNKNOWN; -; -",
    ),
    "VERIFICATION": (VERIFICATION, "ASKED; waits; waits; waits; waits; ASKED; ASKED"),
    "VERIFICATION SUSPENDING": (
        VERIFICATION,
        "ASKED, SUSPENDED; waits; waits; waits; waits; ASKED, SUSPENDED; ASKED, SUSPENDED",
    ),
    "VERIFICATION REPLY": (
        VERIFICATION,
        "nothing_asked; REPLIED; REPLIED, SUSPENDED; -; -; -; -",
    ),
    "VERIFICATION CONFIRMED": (
        VERIFICATION,
        "nothing_asked; reply_missing; reply_missing; CONFIRMED; CONFIRMED; -; -",
    ),
    "VERIFICATION DENIED": (
        VERIFICATION,
        "nothing_asked; DENIED; DENIED; DENIED; DENIED; DENIED; -",
    ),
}
ACROSS: Final = {
    ("PENDING", "CANCELLED", "cancelled"),
    ("GIVEN", "CANCELLED", "cancelled"),
    ("NOT GIVEN", "CANCELLED", "cancelled"),
    ("GIVEN", "ASKED, SUSPENDED", "suspended"),
    ("GIVEN", "REPLIED, SUSPENDED", "suspended"),
    ("CANCELLATION", "GIVEN", "utilised"),
    ("CANCELLED", "GIVEN", "utilised"),
    ("VERIFICATION", "CANCELLED", "cancelled"),
    ("VERIFICATION SUSPENDING", "CANCELLED", "cancelled"),
}
"""Move, state of another machine, code: what is forbidden where it is made, and nowhere else."""


def list_walks(expected: dict[str, tuple[tuple[str, ...], str]]) -> list[object]:
    """Each pair of a move and a state of its machine, with what is expected."""
    return [
        pytest.param(Move(move), State(state), then, id=f"{move} in {state}")
        for move, (states, row) in expected.items()
        for state, then in zip(states, row.split("; "), strict=True)
    ]


def due(move: Move) -> int:
    """The number that a move has when it comes in its turn."""
    _, row = find_row(move)
    counts_on = row.numbering in {Numbering.OPENS, Numbering.LATEST}
    return 0 if row.numbering is Numbering.NONE else ROUND + 1 if counts_on else ROUND


def standing(state: State) -> ExchangeState:
    """A state of the whole in which one machine stands there, in round 3."""
    machine = next(each.machine for each in MACHINES if state in each.states)
    return BEGINNING.put(machine, state, ROUND)


def spell(before: State, verdict: Verdict) -> str:
    """Spell a verdict as above."""
    match verdict.effect:
        case Effect.WAITS:
            assert verdict.code == "exchange.too_early"
            return "waits"
        case Effect.REFUSED:
            return verdict.code.removeprefix("exchange.")
    machine = next(each.machine for each in MACHINES if before in each.states)
    after, _ = verdict.state.get(machine)
    assert (after is before) == (verdict.effect is Effect.KEEPS)
    return "-" if after is before else after


@pytest.mark.parametrize("expected", [MADE, RECEIVED], ids=["made", "received"])
def test_every_move_stands_here(expected: dict[str, tuple[tuple[str, ...], str]]) -> None:
    assert sorted(expected) == sorted(Move)
    assert {state for states, _ in expected.values() for state in states} == set(State)


@pytest.mark.parametrize(("move", "state", "expected"), list_walks(MADE))
def test_whoever_makes_a_move_may_make_it_here_and_nowhere_else(
    move: Move, state: State, expected: str
) -> None:
    before = standing(state)
    verdict = judge_own(before, Step(move=move, number=due(move)))
    assert spell(state, verdict) == CODES.get(expected, expected)
    if verdict.effect is Effect.REFUSED:
        assert verdict.state == before


@pytest.mark.parametrize(("move", "state", "expected"), list_walks(RECEIVED))
def test_whoever_receives_a_move_takes_it_keeps_it_waits_or_refuses(
    move: Move, state: State, expected: str
) -> None:
    before = standing(state)
    verdict = judge_received(before, Step(move=move, number=due(move)))
    assert spell(state, verdict) == expected
    machine = find_row(move)[0].machine
    assert verdict.state.put(machine, *before.get(machine)) == before


def test_what_one_machine_forbids_of_another_is_refused_where_it_is_made_and_only_there() -> None:
    found = set()
    for move in Move:
        home, row = find_row(move)
        closes = row.numbering is Numbering.CLOSES
        # With a reply in, where a round is open, so that nothing at home is in the way.
        opened = State.CANCELLATION_ASKED if home.states[0] is State.IN_FORCE else State.REPLIED
        own = opened if closes and move is not Move.VERIFICATION_REPLY else State.ASKED
        for table in MACHINES:
            if table.machine is home.machine:
                continue
            for state in table.states:
                before = BEGINNING.put(table.machine, state, 1)
                before = before.put(home.machine, own, 1) if closes else before
                step = Step(move=move, number=0 if row.numbering is Numbering.NONE else 1)
                verdict = judge_own(before, step)
                if verdict.effect is Effect.REFUSED:
                    found.add((move.value, state.value, verdict.code.removeprefix("exchange.")))
                assert judge_received(before, step).effect is Effect.GOES, (move, state)
    assert found == ACROSS
